package main

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bayledger/server/certificate"
)

// authorityFolder is where, in the data folder, the server's own authority is.
const authorityFolder = "tls"

// security is how a server speaks: plainly, or TLS.
type security struct {
	scheme    string
	source    certificate.Source
	authority *certificate.Authority // nil: certificates come from elsewhere, or not at all
	trust     http.Handler           // shows the authority's root; nil where there is none
}

// openTLS makes ready what serve was told.
func (a *app) openTLS(o *serveFlags, at net.Addr, log *slog.Logger) (*security, error) {
	report := func(err error) { log.Warn("certificates", "error", err) }
	switch {
	case o.tls:
		authority, err := certificate.OpenAuthority(certificate.Options{Dir: filepath.Join(a.data, authorityFolder), Names: serverNames(o.names, at, log),
			Now: time.Now, Random: rand.Reader, Report: report})
		if err != nil {
			return nil, err
		}
		return &security{scheme: "https", source: authority, authority: authority, trust: authority.Handler()}, nil
	case o.certificate != "":
		files, err := certificate.OpenFiles(o.certificate, o.key, time.Now, report)
		if err != nil {
			return nil, err
		}
		return &security{scheme: "https", source: files}, nil
	}
	return &security{scheme: "http"}, nil
}

// over lets a listener speak so.
func (s *security) over(l net.Listener) net.Listener {
	if s.source == nil {
		return l
	}
	return certificate.Listen(l, s.source)
}

// ends tells when the certificate in use ends; nil where there is none.
func (s *security) ends() func() (time.Time, bool) {
	if s.source == nil {
		return nil
	}
	return func() (time.Time, bool) {
		c, err := s.source.GetCertificate(nil)
		if err != nil || c.Leaf == nil {
			return time.Time{}, false
		}
		return c.Leaf.NotAfter, true
	}
}

// renewals tells how many renewals in a row have failed; nil where nobody renews here.
func (s *security) renewals() func() int {
	if s.authority == nil {
		return nil
	}
	return s.authority.Failed
}

// tell says what handhelds have to trust.
func (s *security) tell(out io.Writer, url string) {
	if s.authority != nil {
		fmt.Fprintf(out, "trust: %s%s (SHA-256 of the root %s)\n", url, certificate.PagePath, s.authority.Fingerprint())
	}
}

// client is how this process speaks to its own server; nil: as to any.
func (s *security) client() *tls.Config {
	if s.authority == nil {
		return nil
	}
	return trusting(s.authority.Root())
}

func trusting(root []byte) *tls.Config {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	pool.AppendCertsFromPEM(root)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
}

// clientTLS is how commands speak to a server: they trust the authority of the data
// folder, and the root in the file that BAYLEDGER_ROOT names.
func (a *app) clientTLS() (*tls.Config, error) {
	if a.trusted != "" {
		root, err := os.ReadFile(a.trusted)
		if err != nil {
			return nil, fmt.Errorf("the root that BAYLEDGER_ROOT names cannot be read: %w", err)
		}
		return trusting(root), nil
	}
	root, err := os.ReadFile(filepath.Join(a.data, authorityFolder, "root.crt"))
	if err != nil {
		return nil, nil // no authority: only those that the machine trusts
	}
	return trusting(root), nil
}

// serverNames lists how a server is reached: as it was told, by the machine's name,
// and by the addresses that it listens on.
func serverNames(told []string, at net.Addr, log *slog.Logger) []string {
	names := slices.Clone(told)
	if host, err := os.Hostname(); err == nil && host != "" {
		names = append(names, strings.ToLower(host), strings.ToLower(host)+".local")
	}
	names = append(names, "localhost", "127.0.0.1", "::1")
	if ip, err := netip.ParseAddr(hostOf(at)); err == nil && !ip.IsUnspecified() {
		return unique(append(names, ip.String()))
	}
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		log.Warn("this machine's addresses are not known, so that certificates name none of them: add those that handhelds use with --name", "error", err)
		return unique(names)
	}
	for _, address := range addresses {
		if n, ok := address.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			names = append(names, n.IP.String())
		}
	}
	return unique(names)
}

// unique drops what comes again; the order stays.
func unique(names []string) (out []string) {
	for _, name := range names {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// certificateEnd is when a certificate in PEM ends.
func certificateEnd(file []byte) (time.Time, bool) {
	block, _ := pem.Decode(file)
	if block == nil {
		return time.Time{}, false
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return time.Time{}, false
	}
	return c.NotAfter, true
}
