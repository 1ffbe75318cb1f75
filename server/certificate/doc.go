// Package certificate keeps the certificates with which a server speaks TLS: those
// of an authority of its own, or those that somebody puts into files.
//
// # Use
//
// OpenAuthority opens the authority in a folder, or makes one; OpenFiles reads a
// certificate and its key from files. Listen has a listener speak TLS with either, Config
// makes a TLS configuration of it.
// Handler shows the authority's root to those who have to trust it: as a page with
// a code to scan and the steps for each kind of handheld, and as a file.
//
// # Promised
//
// An authority has one root for ten years, whose key never leaves its folder (mode
// 0600). The server's own certificate lasts 90 days and is made anew 30 days before
// its end, and at a start where the server's names or addresses are others than it
// says; connections that are open stay open. Nothing that is in use is written over
// in place: a new file takes the old one's name, and both are on the disk before it is
// used. A renewal that fails is reported and tried again, after a minute at first and
// an hour at most; Failed counts them.
//
// Files are looked at again every ten seconds at most, when somebody connects; a pair
// that cannot be read, or does not belong together, is reported and the one before
// stays in use.
//
// Who speaks plain HTTP to a listener is answered with the https address, a browser sent
// there, and nothing else of what they say is read: 16 KiB of it at most, under the deadline
// of whoever serves the listener.
//
// # Not promised
//
// Revocation: whoever has the root's key can speak for any server to the handhelds
// that trust it. A folder that was copied away is a reason to make a new root.
//
// # Owed by callers
//
// One process at a time has the authority's folder.
package certificate

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// Source gives the certificate in force at each connection.
type Source interface {
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Config is how a server speaks TLS with the certificates of a source. WebSockets
// are opened over HTTP/1.1, so that it offers nothing else.
func Config(s Source) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.GetCertificate, NextProtos: []string{"http/1.1"}}
}

// Errors. Code gives each one's machine code.
var (
	// ErrAuthority tells that the authority's folder holds what cannot be used.
	ErrAuthority = errors.New("the certificate authority cannot be used")
	// ErrFiles tells that a certificate and its key cannot be used.
	ErrFiles = errors.New("the certificate cannot be used")
)

// Code returns the machine code of an error of this package, "internal" for others.
func Code(err error) string {
	switch {
	case errors.Is(err, ErrAuthority):
		return "bad_authority"
	case errors.Is(err, ErrFiles):
		return "bad_certificate"
	}
	return "internal"
}

func badAuthority(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrAuthority, fmt.Sprintf(format, args...))
}
