package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"bayledger/server/certificate"
)

// client speaks to the server on the data folder. Where that has a certificate of
// files, these are what it has to show: the address it left in the folder is seldom a
// name that they are for, and this machine need not trust who made them.
func (d *doctor) client() (*http.Client, error) {
	client, err := d.app.httpClient()
	if err != nil || d.o.certificate == "" || d.app.trusted != "" {
		return client, err
	}
	pair, err := tls.LoadX509KeyPair(d.o.certificate, d.o.key)
	if err != nil {
		return client, nil // certificates says what is wrong
	}
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !bytes.Equal(s.PeerCertificates[0].Raw, pair.Certificate[0]) {
				return errors.New("it shows another certificate than that of --tls-cert")
			}
			return nil
		}}
	return client, nil
}

// certificates looks at what the server speaks TLS with: the files, and what a server
// that runs says it uses.
func (d *doctor) certificates() {
	switch {
	case d.o.certificate != "":
		files, err := certificate.OpenFiles(d.o.certificate, d.o.key, d.now, func(error) {})
		if err != nil {
			d.fail("certificate", "mend --tls-cert and --tls-key", "%v", err)
			return
		}
		if c, err := files.GetCertificate(nil); err == nil && c.Leaf != nil {
			d.ends("certificate", "renew it", c.Leaf.NotAfter)
		}
	case d.o.tls:
		d.authority()
	default:
		d.ok("certificate", "none: it speaks plainly")
	}
	if end, ok := d.measures["bayledger_certificate_expiry_timestamp_seconds"]; ok {
		d.ends("certificate in use", "look into the server's log for why it has not taken a new one", time.Unix(int64(end), 0))
	}
}

// authority looks at the server's own authority, and at the certificate that it made
// last: one that has ended is made anew when the server starts.
func (d *doctor) authority() {
	dir := filepath.Join(d.app.data, authorityFolder)
	root, err := os.ReadFile(filepath.Join(dir, "root.crt"))
	if err != nil {
		d.ok("authority", "serve makes one of its own at its first start")
		return
	}
	if ends, ok := certificateEnd(root); ok {
		d.ends("authority", "renew it", ends)
	} else {
		d.fail("authority", "put "+authorityFolder+" back from a backup", "its root cannot be read")
	}
	if d.running != nil {
		return // it says itself what it uses
	}
	leaf, err := os.ReadFile(filepath.Join(dir, "server.crt"))
	ends, ok := certificateEnd(leaf)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.ok("certificate", "serve makes one when it starts")
	case err != nil || !ok:
		d.warn("certificate", "let the server's user read and write "+dir, "server.crt cannot be read; serve makes another when it starts")
	case ends.Sub(d.now()) < soonEnds:
		d.ok("certificate", "until %s; serve makes another when it starts", ends.Format(time.DateOnly))
	default:
		d.ok("certificate", "until %s", ends.Format(time.DateOnly))
	}
}

// ends judges until when something holds.
func (d *doctor) ends(what, todo string, ends time.Time) {
	left := ends.Sub(d.now())
	switch {
	case left <= 0:
		d.fail(what, todo, "ended on %s", ends.Format(time.DateOnly))
	case left < soonEnds:
		d.warn(what, todo, "ends on %s", ends.Format(time.DateOnly))
	default:
		d.ok(what, "until %s", ends.Format(time.DateOnly))
	}
}
