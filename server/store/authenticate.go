package store

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"

	"bayledger/server/access"
)

// Lookup returns what is known of a device's key, revoked or not.
func (s *Store) Lookup(device string) (Key, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok := s.byName[device]
	if !ok {
		return Key{}, false
	}
	return r.key(), true
}

// Named returns whose a name is: that of a device's key, revoked or not (Until), or a
// person's.
func (s *Store) Named(name string) (p access.Principal, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.byName[name]; r != nil {
		return r.principal(), true
	}
	if u := s.users[name]; u != nil {
		return u.principal(), true
	}
	return p, false
}

// List returns all keys, sorted by device.
func (s *Store) List() []Key {
	s.mu.RLock()
	out := make([]Key, 0, len(s.byName))
	for _, r := range s.byName {
		out = append(out, r.key())
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b Key) int { return cmp.Compare(a.Device, b.Device) })
	return out
}

// Authenticate returns who a secret belongs to, with ok false where it is none of
// ours or its time is over. Of a handheld's key that was taken back it tells until
// when it was good (Until): what was scanned before is taken still.
func (s *Store) Authenticate(secret string) (p access.Principal, ok bool) {
	if len(secret) > maxSecret {
		return p, false
	}
	hash := digest(sha256.Sum256([]byte(secret)))
	switch {
	case strings.HasPrefix(secret, keyPrefix):
		return s.keyOf(hash)
	case strings.HasPrefix(secret, tokenPrefix):
		return s.tokenOf(hash)
	case strings.HasPrefix(secret, sessionPrefix):
		return s.sessionOf(hash)
	}
	return p, false
}

func (s *Store) keyOf(hash digest) (p access.Principal, ok bool) {
	s.mu.RLock()
	r := s.byHash[hash]
	s.mu.RUnlock()
	if r == nil {
		return p, false
	}
	// The map is looked up by the hash of what came, which tells a stranger nothing
	// about ours; what is found is compared once more, in constant time.
	next := subtle.ConstantTimeCompare(r.Next, hash[:]) == 1
	if !next && subtle.ConstantTimeCompare(r.Hash, hash[:]) != 1 {
		return p, false
	}
	if r.RevokedAt != 0 && (!r.handheld() || s.now() > r.handsIn()) {
		return p, false
	}
	if next && r.RevokedAt == 0 {
		s.used(hash)
	}
	return r.principal(), true
}

// EnsureAdmin returns the secret of an admin key: known, if that is still one,
// else a new key's under AdminName, with created true. It is for whoever owns
// the data folder, who keeps the secret in a file of mode 0600 there.
func (s *Store) EnsureAdmin(known string) (secret string, created bool, err error) {
	if p, ok := s.Authenticate(known); ok && p.Kind == access.Program && p.Role == access.Admin && p.Grants.Whole() {
		return known, false, nil
	}
	secret, err = s.Pair(Request{Device: AdminName, Role: access.Admin, Label: "Administrator of the data folder", By: "bayledger"})
	return secret, err == nil, err
}
