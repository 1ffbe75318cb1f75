package certificate_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/server/certificate"
)

// clock is a clock that a test turns.
type clock struct{ now time.Time }

func (c *clock) time() time.Time { return c.now }

func newClock() *clock { return &clock{time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func options(dir string, c *clock, names ...string) certificate.Options {
	return certificate.Options{Dir: dir, Names: names, Now: c.time, Random: rand.Reader}
}

func open(t *testing.T, o certificate.Options) *certificate.Authority {
	t.Helper()
	a, err := certificate.OpenAuthority(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func leafOf(t *testing.T, s certificate.Source) *x509.Certificate {
	t.Helper()
	c, err := s.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf
}

// trusts says whether who trusts the root takes a certificate for a name.
func trusts(root []byte, leaf *x509.Certificate, name string, at time.Time) error {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(root)
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: pool, CurrentTime: at})
	return err
}

func TestAuthority(t *testing.T) {
	c, dir := newClock(), filepath.Join(t.TempDir(), "tls")
	a := open(t, options(dir, c, "stock.example", "10.0.0.7"))
	for _, name := range []string{"stock.example", "10.0.0.7"} {
		if err := trusts(a.Root(), leafOf(t, a), name, c.now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if trusts(a.Root(), leafOf(t, a), "other.example", c.now) == nil {
		t.Error("a name that is not the server's is taken")
	}
	for _, name := range []string{"root.key", "server.key"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	again := open(t, options(dir, c, "10.0.0.7"))
	if string(again.Root()) != string(a.Root()) || !leafOf(t, again).Equal(leafOf(t, a)) {
		t.Error("a start made new certificates where the old ones hold")
	}
	more := open(t, options(dir, c, "stock.example", "192.168.1.4"))
	if string(more.Root()) != string(a.Root()) || trusts(a.Root(), leafOf(t, more), "192.168.1.4", c.now) != nil {
		t.Error("a new address needs a new certificate of the same root")
	}
}

// TestRenewal: a certificate is made anew a month before its end, while it is in use.
func TestRenewal(t *testing.T) {
	c := newClock()
	a := open(t, options(t.TempDir(), c, "stock.example"))
	old := leafOf(t, a)
	c.now = old.NotAfter.AddDate(0, 0, -31)
	if !leafOf(t, a).Equal(old) {
		t.Error("it was renewed too early")
	}
	c.now = old.NotAfter.AddDate(0, 0, -29)
	fresh := leafOf(t, a)
	if fresh.Equal(old) || fresh.NotAfter.Sub(c.now) < 89*24*time.Hour || trusts(a.Root(), fresh, "stock.example", c.now) != nil {
		t.Errorf("it lasts until %s", fresh.NotAfter)
	}
}

// TestRenewalFails: where the folder cannot be written, the old certificate serves
// to its end, and somebody is told.
func TestRenewalFails(t *testing.T) {
	c, dir := newClock(), filepath.Join(t.TempDir(), "tls")
	o := options(dir, c, "stock.example")
	var told []error
	o.Report = func(err error) { told = append(told, err) }
	a := open(t, o)
	old := leafOf(t, a)
	if err := os.Rename(dir, dir+".gone"); err != nil {
		t.Fatal(err)
	}
	c.now = old.NotAfter.AddDate(0, 0, -1)
	if !leafOf(t, a).Equal(old) || len(told) != 1 || a.Failed() != 1 || !strings.Contains(told[0].Error(), "could not be renewed") {
		t.Errorf("told %v", told)
	}
	// It is not tried again at each connection, but after a minute, then two, an hour at
	// most.
	for i, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		leafOf(t, a)
		c.now = c.now.Add(wait - time.Second)
		if leafOf(t, a); len(told) != i+1 {
			t.Errorf("%d tries after %s", len(told), wait)
		}
		c.now = c.now.Add(time.Second)
		if leafOf(t, a); len(told) != i+2 || a.Failed() != i+2 {
			t.Errorf("%d tries, %d failed", len(told), a.Failed())
		}
	}
	c.now = old.NotAfter.AddDate(0, 0, 1)
	if _, err := a.GetCertificate(nil); err == nil {
		t.Error("a certificate that has ended is served")
	}
	if _, err := a.GetCertificate(nil); err == nil {
		t.Error("a certificate that has ended is served between two tries")
	}
	if err := os.Rename(dir+".gone", dir); err != nil {
		t.Fatal(err)
	}
	c.now = old.NotAfter.AddDate(0, 0, 2)
	if leafOf(t, a).Equal(old) || a.Failed() != 0 {
		t.Error("it is not renewed once that is possible again")
	}
}

func TestDamagedAuthority(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"no root": func(dir string) error { return os.Remove(filepath.Join(dir, "root.crt")) },
		"no key":  func(dir string) error { return os.Remove(filepath.Join(dir, "root.key")) },
		"another key": func(dir string) error {
			return os.Rename(filepath.Join(dir, "server.key"), filepath.Join(dir, "root.key"))
		},
		"nonsense": func(dir string) error { return os.WriteFile(filepath.Join(dir, "root.crt"), []byte("x"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			c, dir := newClock(), t.TempDir()
			open(t, options(dir, c, "stock.example"))
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := certificate.OpenAuthority(options(dir, c, "stock.example")); certificate.Code(err) != "bad_authority" {
				t.Errorf("it says %v", err)
			}
		})
	}
	t.Run("broken off at its making", func(t *testing.T) {
		c, dir := newClock(), t.TempDir()
		open(t, options(dir, c, "stock.example"))
		for _, name := range []string{"root.crt", "server.crt", "server.key"} {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		open(t, options(dir, c, "stock.example"))
	})
	t.Run("ended", func(t *testing.T) {
		c, dir := newClock(), t.TempDir()
		open(t, options(dir, c, "stock.example"))
		c.now = c.now.AddDate(11, 0, 0)
		if _, err := certificate.OpenAuthority(options(dir, c, "stock.example")); !errors.Is(err, certificate.ErrAuthority) {
			t.Errorf("it says %v", err)
		}
	})
}

// TestFiles: a certificate that somebody puts into files is taken without a restart.
func TestFiles(t *testing.T) {
	c := newClock()
	pairs := [2]string{t.TempDir(), t.TempDir()}
	for _, dir := range pairs {
		open(t, options(dir, c, "stock.example"))
	}
	dir := t.TempDir()
	put := func(name, from string) {
		t.Helper()
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err == nil {
			c.now = c.now.Add(time.Minute)
			err = os.Chtimes(filepath.Join(dir, name), c.now, c.now)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	certificateFile, keyFile := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	var told []error
	report := func(err error) { told = append(told, err) }
	if _, err := certificate.OpenFiles(certificateFile, keyFile, c.time, report); certificate.Code(err) != "bad_certificate" {
		t.Errorf("without files it says %v", err)
	}
	put("c.pem", filepath.Join(pairs[0], "server.crt"))
	put("k.pem", filepath.Join(pairs[0], "server.key"))
	f, err := certificate.OpenFiles(certificateFile, keyFile, c.time, report)
	if err != nil {
		t.Fatal(err)
	}
	old := leafOf(t, f)
	put("c.pem", filepath.Join(pairs[1], "server.crt"))
	if !leafOf(t, f).Equal(old) || len(told) != 1 {
		t.Errorf("half a change: told %v", told)
	}
	put("k.pem", filepath.Join(pairs[1], "server.key"))
	if leafOf(t, f).Equal(old) || len(told) != 1 {
		t.Errorf("the new pair is not taken: told %v", told)
	}
}

// TestHandshake: whoever trusts the root speaks to the server, and nobody else does.
func TestHandshake(t *testing.T) {
	a := open(t, certificate.Options{Dir: t.TempDir(), Names: []string{"127.0.0.1"}, Now: time.Now, Random: rand.Reader})
	srv := httptest.NewUnstartedServer(a.Handler())
	srv.Listener = tls.NewListener(srv.Listener, certificate.Config(a))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	defer srv.Close()
	address := "https://" + srv.Listener.Addr().String()
	get := func(pool *x509.CertPool, path string) (*http.Response, error) {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
		return client.Get(address + path)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.Root())
	for path, says := range map[string]string{certificate.RootPath: string(a.Root()), certificate.PagePath: a.Fingerprint()} {
		resp, err := get(pool, path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !strings.Contains(string(body), says) {
			t.Errorf("%s: %v %s", path, err, body)
		}
	}
	if resp, err := get(x509.NewCertPool(), certificate.RootPath); err == nil {
		resp.Body.Close()
		t.Error("somebody who does not trust the root connected")
	}
}

// TestPageSpeaks: the page is in the language that is wanted, under a policy that runs
// nothing and takes its own style alone.
func TestPageSpeaks(t *testing.T) {
	a := open(t, options(t.TempDir(), newClock(), "stock.example"))
	for code, says := range map[string]string{"en": "Trust this server", "de": "Diesem Server vertrauen", "fr": "Faire confiance", "es": "Confiar en este servidor"} {
		r := httptest.NewRequest(http.MethodGet, certificate.PagePath, nil)
		r.Header.Set("Accept-Language", code+"-XX,en;q=0.1")
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		policy, vary := w.Header().Get("Content-Security-Policy"), w.Header().Get("Vary")
		if body := w.Body.String(); !strings.Contains(body, `<html lang="`+code+`">`) || !strings.Contains(body, says) || !strings.Contains(body, `href="/authority.crt"`) || !strings.Contains(body, `<code>authority.crt</code>`) {
			t.Errorf("%s: %s", code, body)
		}
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || vary == "" {
			t.Errorf("%s: %q, varies by %q", code, policy, vary)
		}
	}
}

// TestPageNamesNobodyElse: what a request says of its host is only taken where the
// certificate holds for it.
func TestPageNamesNobodyElse(t *testing.T) {
	a := open(t, options(t.TempDir(), newClock(), "stock.example", "10.0.0.7"))
	for host, want := range map[string]string{
		"10.0.0.7:8443": "https://10.0.0.7:8443/authority.crt", "evil.example": "https://stock.example/authority.crt", "<script>:1": "https://stock.example:1/authority.crt",
	} {
		r := httptest.NewRequest(http.MethodGet, certificate.PagePath, nil)
		r.Host = host
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if body := w.Body.String(); !strings.Contains(body, want) || strings.Contains(body, "evil") || strings.Contains(body, "<script>") {
			t.Errorf("%s: %s", host, body)
		}
	}
}
