package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/labels/printer/fakeprinter"

	"github.com/spf13/pflag"
)

// certificateFiles are those of a company's own authority, which this machine does not
// trust, for a name under which nobody here reaches the server.
func certificateFiles(t *testing.T, s *shell, ends time.Time) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stock.example"}, DNSNames: []string{"stock.example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s.file("server.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))),
		s.file("server.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}

// consult has the doctor look at a data folder with a server's settings, at a moment.
func consult(t *testing.T, s *shell, at time.Time, flags ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs, data: s.data}
	var o serveFlags
	set := pflag.NewFlagSet("doctor", pflag.ContinueOnError)
	o.flags(set)
	if err := set.Parse(flags); err != nil {
		t.Fatal(err)
	}
	d := &doctor{app: a, o: &o, now: func() time.Time { return at }}
	d.look(context.Background())
	_ = d.report() // what is wrong stands in out
	return out.String() + errs.String()
}

// Of a server that runs, plainly or with TLS of either kind, the doctor asks the server
// itself: its version, whether it takes scans, limits, certificate, printers, backup.
func TestDoctorAsksTheServerThatRuns(t *testing.T) {
	for _, way := range []string{"plain", "an authority of its own", "files that nobody here trusts"} {
		t.Run(way, func(t *testing.T) {
			s := newShell(t)
			flags := []string{"--backup-to", filepath.Join(s.dir, "backup")}
			what, certificate := "certificate", "ok certificate none: it speaks plainly"
			switch way {
			case "an authority of its own":
				flags, what, certificate = append(flags, "--tls"), "certificate in use", "ok certificate in use until "
			case "files that nobody here trusts":
				file, key := certificateFiles(t, s, time.Now().Add(30*24*time.Hour))
				flags, what, certificate = append(flags, "--tls-cert", file, "--tls-key", key), "certificate in use", "ok certificate in use until "
			}
			url, _, _ := s.serving(flags...)
			flags = append(flags, "--listen", url[strings.Index(url, "//")+2:])
			s.within("the first backup", func() bool {
				return strings.HasPrefix(lineOfDoctor(consult(t, s, time.Now(), flags...), "backup"), "ok")
			})
			says := func(out, what, want string) {
				t.Helper()
				if got := lineOfDoctor(out, what); got == "" || !strings.HasPrefix(got, want) {
					t.Errorf("%s: %q, want %q in\n%s", what, got, want, out)
				}
			}
			now := consult(t, s, time.Now(), flags...)
			says(now, "port", "ok port the server listens on "+flags[len(flags)-1])
			says(now, "server", "ok server "+version()+" runs and takes scans")
			says(now, "schema", "ok schema a server runs")
			says(now, "printers", "ok printers none is known")
			says(now, "backup", "ok backup in "+filepath.Join(s.dir, "backup"))
			says(now, what, certificate)
			if files := lineOfDoctor(now, "open files"); !strings.Contains(files, ", of the server") {
				t.Errorf("open files: %q", files)
			}
			if strings.Contains(now, "measures") {
				t.Errorf("the server does not tell:\n%s", now)
			}
			past := consult(t, s, time.Now().Add(-time.Hour), flags...)
			says(past, "clock", "fail clock it says")
			later := consult(t, s, time.Now().Add(time.Hour), flags...)
			says(later, "backup", "fail backup in "+filepath.Join(s.dir, "backup")+"; it last succeeded")
			if way != "plain" {
				says(consult(t, s, time.Now().Add(20*24*time.Hour+365*24*time.Hour), flags...), "certificate in use", "fail certificate in use ended on")
			}
		})
	}
}

// Printers of a server that runs are asked how they are, and a server that keeps no
// backup is not taken for one that does.
func TestDoctorOfPrintersAndNoBackup(t *testing.T) {
	s := newShell(t)
	url, _, _ := s.serving()
	client, err := (&app{data: s.data}).httpClient()
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	server := (&app{data: s.data}).running(t.Context(), client)
	if server == nil {
		t.Fatal("it does not run")
	}
	raw, empty := fakeprinter.NewRaw(t), fakeprinter.NewIPP(t)
	empty.Behave(fakeprinter.Refuse)
	for name, address := range map[string]string{"DOCK": raw.Address(), "EMPTY": empty.Address(), "GONE": "raw://127.0.0.1:1"} {
		if err := server.call(t.Context(), "PUT", "/v1/printers/"+name, "application/json", fmt.Appendf(nil, `{"address":%q,"dpi":203}`, address), nil); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(s.dir, "backup")
	s.do(0, "backup", dir)
	out := consult(t, s, time.Now(), "--listen", url[strings.Index(url, "//")+2:], "--backup-to", dir)
	for what, want := range map[string]string{"printer DOCK": "ok printer DOCK ready", "printer EMPTY": "warn printer EMPTY", "printer GONE": "", "backup": "fail backup the server that runs keeps none"} {
		if got := lineOfDoctor(out, what); got == "" || !strings.HasPrefix(got, want) || what == "printer GONE" && strings.HasPrefix(got, "ok") {
			t.Errorf("%s: %q in\n%s", what, got, out)
		}
	}
}
