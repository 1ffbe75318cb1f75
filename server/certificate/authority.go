package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// How long certificates last.
const (
	rootLasts  = 10 * 365 * 24 * time.Hour // as long as a handheld is in use
	leafLasts  = 90 * 24 * time.Hour       // what browsers and phones take from anyone
	leafRenews = 30 * 24 * time.Hour       // before its end: a month of restarts and failures
	backdated  = time.Hour                 // clocks of handhelds go wrong
	// After a renewal that failed the next one waits, twice as long each time: a full
	// disk is not written to at each connection, and once it is free nobody waits long.
	retryFirst = time.Minute
	retryMost  = time.Hour
)

// Files of an authority.
const (
	rootFile    = "root.crt"
	rootKeyFile = "root.key"
	leafFile    = "server.crt"
	leafKeyFile = "server.key"
)

// Options of an authority. All but Report are needed.
type Options struct {
	Dir    string   // made where it is missing, mode 0700
	Names  []string // host names and addresses under which the server is reached
	Now    func() time.Time
	Random io.Reader
	Report func(error) // what went wrong and stopped nothing; nil: nobody is told
}

// Authority signs the server's certificate with a root of its own. Make one with
// OpenAuthority; its methods may be called by many at a time.
type Authority struct {
	o       Options
	root    *x509.Certificate
	rootKey crypto.Signer

	mu     sync.Mutex // guards what follows
	leaf   *tls.Certificate
	failed int       // renewals in a row
	retry  time.Time // when the next is tried
}

// OpenAuthority opens the authority of a folder, or makes it. Errors: ErrAuthority
// where only a part of it is there or it cannot be read, those of the file system.
func OpenAuthority(o Options) (*Authority, error) {
	if o.Report == nil {
		o.Report = func(error) {}
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	if err := syncFolder(filepath.Dir(filepath.Clean(o.Dir))); err != nil { // or the folder itself may be gone after a power cut
		return nil, err
	}
	a := &Authority{o: o}
	if err := a.openRoot(); err != nil {
		return nil, err
	}
	if now := o.Now(); now.After(a.root.NotAfter) {
		return nil, badAuthority("its root ended on %s; move %s away, start again, and have the handhelds trust the new root", a.root.NotAfter.Format(time.DateOnly), o.Dir)
	}
	a.leaf = a.storedLeaf()
	_, err := a.GetCertificate(nil)
	return a, err
}

func (a *Authority) openRoot() error {
	pair, err := readPair(filepath.Join(a.o.Dir, rootFile), filepath.Join(a.o.Dir, rootKeyFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return a.makeRoot()
	case err != nil:
		return badAuthority("%s and %s in %s: %v; put them back from a backup", rootFile, rootKeyFile, a.o.Dir, err)
	case !pair.Leaf.IsCA:
		return badAuthority("%s in %s is no root", rootFile, a.o.Dir)
	}
	a.root, a.rootKey = pair.Leaf, pair.PrivateKey.(crypto.Signer)
	return nil
}

// makeRoot makes a root where there is nothing of one.
func (a *Authority) makeRoot() error {
	// A key alone was left by a crash: nobody has seen a root of it yet.
	for _, name := range []string{rootFile, leafFile} {
		if _, err := os.Stat(filepath.Join(a.o.Dir, name)); err == nil {
			return badAuthority("of %s and %s in %s one is missing; put it back from a backup, or move %s away to begin anew: the handhelds have to trust the new root then",
				rootFile, rootKeyFile, a.o.Dir, a.o.Dir)
		}
	}
	now := a.o.Now()
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Bayledger on " + first(a.o.Names), Organization: []string{"Bayledger"}}, NotBefore: now.Add(-backdated), NotAfter: now.Add(rootLasts),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	root, key, err := a.sign(template, template, nil)
	if err != nil {
		return err
	}
	if err := a.write(rootFile, rootKeyFile, root, key); err != nil {
		return err
	}
	a.root, err = x509.ParseCertificate(root)
	a.rootKey = key
	return err
}

// sign makes a key and a certificate of it; by nil signs itself.
func (a *Authority) sign(template, parent *x509.Certificate, by crypto.Signer) ([]byte, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), a.o.Random)
	if err != nil {
		return nil, nil, err
	}
	serial := make([]byte, 16)
	if _, err := io.ReadFull(a.o.Random, serial); err != nil {
		return nil, nil, err
	}
	serial[0] &= 0x7f // it must be above zero, and takes 20 bytes at most
	template.SerialNumber = new(big.Int).SetBytes(serial)
	if by == nil {
		by = key
	}
	der, err := x509.CreateCertificate(a.o.Random, template, parent, key.Public(), by)
	return der, key, err
}

// GetCertificate returns the server's certificate, made anew where its time comes.
func (a *Authority) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	if a.leaf != nil && now.Before(a.leaf.Leaf.NotAfter.Add(-leafRenews)) {
		return a.leaf, nil
	}
	if a.leaf != nil && now.Before(a.retry) {
		if err := a.ended(now); err != nil {
			return nil, err
		}
		return a.leaf, nil
	}
	fresh, err := a.issue(now)
	if err == nil {
		a.leaf, a.failed, a.retry = fresh, 0, time.Time{}
		return fresh, nil
	}
	if a.leaf == nil {
		return nil, err
	}
	wait := min(retryMost, retryFirst<<min(a.failed, 10))
	a.failed, a.retry = a.failed+1, now.Add(wait)
	a.o.Report(fmt.Errorf("the server's certificate could not be renewed, %d times in a row; the one in use lasts until %s, and it is tried again in %s: %w",
		a.failed, a.leaf.Leaf.NotAfter.Format(time.DateOnly), wait, err))
	if ended := a.ended(now); ended != nil {
		return nil, ended
	}
	return a.leaf, nil
}

// ended says that the certificate in use has ended, and could not be renewed. The
// caller holds mu.
func (a *Authority) ended(now time.Time) error {
	if now.After(a.leaf.Leaf.NotAfter) {
		return badAuthority("the server's certificate ended on %s and could not be renewed since; see the log", a.leaf.Leaf.NotAfter.Format(time.DateOnly))
	}
	return nil
}

// Failed is how many renewals in a row have failed.
func (a *Authority) Failed() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failed
}

// issue makes the server's certificate.
func (a *Authority) issue(now time.Time) (*tls.Certificate, error) {
	until := now.Add(leafLasts)
	if until.After(a.root.NotAfter) {
		until = a.root.NotAfter
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: first(a.o.Names)}, NotBefore: now.Add(-backdated), NotAfter: until, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	template.DNSNames, template.IPAddresses = split(a.o.Names)
	der, key, err := a.sign(template, a.root, a.rootKey)
	if err != nil {
		return nil, err
	}
	if err := a.write(leafFile, leafKeyFile, der, key); err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.root.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// storedLeaf returns the server's certificate of an earlier start, nil where there
// is none that the root has signed for all names of today.
func (a *Authority) storedLeaf() *tls.Certificate {
	pair, err := readPair(filepath.Join(a.o.Dir, leafFile), filepath.Join(a.o.Dir, leafKeyFile))
	if err != nil || pair.Leaf.CheckSignatureFrom(a.root) != nil {
		return nil
	}
	for _, name := range a.o.Names {
		if pair.Leaf.VerifyHostname(name) != nil {
			return nil
		}
	}
	pair.Certificate = [][]byte{pair.Leaf.Raw, a.root.Raw}
	return pair
}

// Root returns the root, in PEM: what handhelds have to trust.
func (a *Authority) Root() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}

// Fingerprint is the root's SHA-256 as phones show it, for people to compare.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.root.Raw)
	parts := make([]string, len(sum))
	for i, c := range sum {
		parts[i] = fmt.Sprintf("%02X", c)
	}
	return strings.Join(parts, ":")
}

// Names returns the names and addresses that the server's certificate holds for.
func (a *Authority) Names() []string { return slices.Clone(a.o.Names) }

func split(names []string) (hosts []string, addresses []net.IP) {
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			addresses = append(addresses, ip)
		} else {
			hosts = append(hosts, name)
		}
	}
	return hosts, addresses
}

func first(names []string) string {
	if len(names) == 0 {
		return "this server"
	}
	return names[0]
}
