package store

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"bayledger/sync/ledger"
)

// A secret is a prefix and 32 random bytes: enough that nobody guesses one, so that
// a plain SHA-256 is as good a store for it as a slow hash. The prefix says what it
// opens, and lets scanners for leaked secrets find it.
const (
	keyPrefix     = "bl_"  // a key of a device or program
	tokenPrefix   = "bay_" // a token of a person
	sessionPrefix = "bs_"  // a session in a browser; never taken but from a cookie
	devicePrefix  = "bd_"  // by which a browser is known again; it opens nothing
	secretBytes   = 32
	codeBytes     = 15 // of a code that lives for minutes: 120 bits
	hashSize      = sha256.Size
	// maxSecret bounds what is hashed for a stranger.
	maxSecret = 200
)

type digest = [hashSize]byte

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// secret makes one, and its hash. Errors: those of the source of randomness.
func (s *Store) secret(prefix string, size int) (text string, hash digest, err error) {
	random := make([]byte, size)
	if _, err := io.ReadFull(s.opts.Random, random); err != nil {
		return "", hash, fmt.Errorf("no random bytes could be had, so nothing was changed: %w", err)
	}
	text = prefix + base32Lower.EncodeToString(random)
	return text, sha256.Sum256([]byte(text)), nil
}

// idBytes make a name long enough that no two are alike.
const idBytes = 8

// id makes a name that says nothing of whom it names, such as u-k3f9x2m7qrstu.
func (s *Store) id(kind string) (string, error) {
	text, _, err := s.secret(kind+"-", idBytes)
	return text, err
}

// IsSession says whether a secret is that of a session, which only a cookie brings.
func IsSession(secret string) bool { return strings.HasPrefix(secret, sessionPrefix) }

// checkGrants says what is wrong with roles that somebody is to be given.
func checkGrants(g ledger.Grants) *ledger.Fault {
	bad := func(why string) *ledger.Fault {
		return &ledger.Fault{Code: ledger.BadField, Field: "roles", Message: why + " Nothing was changed."}
	}
	if len(g) == 0 {
		return bad("Nobody is let in without a role.")
	}
	if len(g.Text()) > ledger.MaxText {
		return bad("So many sites cannot be named one by one; give the role at all sites.")
	}
	again, ok := ledger.ParseGrants(g.Text())
	if !ok || len(again) != len(g) {
		return bad("Roles are floor, dock, supervisor and admin, one at each of at most 100 sites.")
	}
	whole := roleOf(g.At(ledger.Everywhere))
	for _, x := range g {
		if whole.Above(roleOf(x.Role)) {
			return bad("The role at the site " + ledger.Quote(x.Site) + " is less than that at all sites.")
		}
	}
	return nil
}
