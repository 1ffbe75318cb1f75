package certificate

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// lookEvery is how often files are looked at again at most.
const lookEvery = 10 * time.Second

// Files is a certificate and its key in files that somebody else renews.
type Files struct {
	certificate, key string
	now              func() time.Time
	report           func(error)

	mu     sync.Mutex // guards what follows
	pair   *tls.Certificate
	looked time.Time
	seen   [2]stamp // of the files as they were read last
}

// stamp tells whether a file is another one.
type stamp struct {
	changed time.Time
	size    int64
}

// OpenFiles reads a certificate, with those of its issuers behind it, and its key,
// all in PEM. Errors: ErrFiles.
func OpenFiles(certificate, key string, now func() time.Time, report func(error)) (*Files, error) {
	f := &Files{certificate: certificate, key: key, now: now, report: report, looked: now()}
	f.seen, _ = f.stamps()
	pair, err := readPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFiles, err)
	}
	f.pair = pair
	return f, nil
}

// GetCertificate returns the certificate in the files, or the last one there that
// could be used.
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		f.again()
	}
	return f.pair, nil
}

func (f *Files) again() {
	seen, err := f.stamps()
	if err == nil && seen == f.seen {
		return
	}
	pair, failed := (*tls.Certificate)(nil), err
	if err == nil {
		f.seen = seen // said once, however often somebody connects
		pair, failed = readPair(f.certificate, f.key)
	}
	if failed != nil {
		f.report(fmt.Errorf("%w, the one before stays in use: %v", ErrFiles, failed))
		return
	}
	f.pair = pair
}

func (f *Files) stamps() (out [2]stamp, err error) {
	for i, name := range [...]string{f.certificate, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, nil
}

// readPair reads a certificate and its key, which must belong together.
func readPair(certificate, key string) (*tls.Certificate, error) {
	chain, err := os.ReadFile(certificate)
	if err != nil {
		return nil, err
	}
	secret, err := os.ReadFile(key)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chain, secret)
	return &pair, err
}

// write puts a certificate and its key into the folder, the key first: a crash
// between the two leaves a pair that does not belong together, which is made anew.
func (a *Authority) write(name, keyName string, der []byte, key crypto.Signer) error {
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(a.o.Dir, keyName), &pem.Block{Type: "PRIVATE KEY", Bytes: secret}); err != nil {
		return err
	}
	return replace(filepath.Join(a.o.Dir, name), &pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// replace writes a file that only its owner reads, whole or not at all, and durably.
func replace(name string, block *pem.Block) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // nothing is there any more where all went well
	if err = pem.Encode(f, block); err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

// syncFolder brings a folder's names to the disk: a file that was renamed is else its
// old self after a power cut.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
