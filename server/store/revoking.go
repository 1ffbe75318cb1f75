package store

import (
	"fmt"
	"slices"
	"strconv"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Revoke takes a device's key back: what it scanned before is still taken from it,
// for HandInFor; with cut, of a handheld that was stolen, nothing is. Codes that it
// offered, and those for it, are dead. Errors: a
// *ledger.Fault (not_found, not_allowed for the last admin's), Badger's; then nothing
// has changed.
func (s *Store) Revoke(device, by string, cut bool) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	last := old != nil && s.lastAdmin(old)
	s.mu.RUnlock()
	switch {
	case old == nil || old.RevokedAt != 0 && (!cut || old.Cut):
		return noKey(device, "revoked")
	case last:
		return lastAdminFault("It was not revoked")
	}
	r := *old
	if r.Cut = cut; r.RevokedAt == 0 {
		r.RevokedAt, r.RevokedBy = s.now(), by
	}
	c := change{}
	s.endCodes(c, func(x *codeRecord) bool { return x.By == device || x.Device == device })
	if err := s.put(&r, c); err != nil {
		return fmt.Errorf("the key of %s could not be revoked and is still good: %w", device, err)
	}
	return nil
}

func noKey(device, done string) *ledger.Fault {
	return &ledger.Fault{Code: ledger.NotFound, Field: "device", Message: "The device " + strconv.Quote(short(device)) + " has no key. Nothing was " + done + "."}
}

// AskToRenew notes that a device is to fetch a new secret when it comes. Errors: a
// *ledger.Fault (not_found), Badger's.
func (s *Store) AskToRenew(device string) error {
	found, err := s.amend(device, func(r *record) { r.Renew = true })
	if err != nil {
		return fmt.Errorf("it could not be noted that %s is to renew its key: %w", device, err)
	}
	if !found {
		return noKey(device, "renewed")
	}
	return nil
}

// Rename changes what people call a device. Errors: a *ledger.Fault (not_found), Badger's.
func (s *Store) Rename(device, label string) error {
	found, err := s.amend(device, func(r *record) { r.Label = label })
	if err != nil {
		return fmt.Errorf("%s could not be renamed: %w", device, err)
	}
	if !found {
		return noKey(device, "renamed")
	}
	return nil
}

// amend stores a device's key with a change, unless it has none that is good: then found
// is false.
func (s *Store) amend(device string, with func(*record)) (found bool, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	s.mu.RUnlock()
	if old == nil || old.RevokedAt != 0 {
		return false, nil
	}
	r := *old
	with(&r)
	return true, s.put(&r, change{})
}

// Renew gives a device a new secret; the old one is good until the new one is first
// used, so that a handheld which did not get the answer is not locked out. Errors: a
// *ledger.Fault (not_found), Badger's, those of the source of randomness.
func (s *Store) Renew(device string) (secret string, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byName[device]
	s.mu.RUnlock()
	if old == nil || old.RevokedAt != 0 {
		return "", noKey(device, "renewed")
	}
	secret, hash, err := s.secret(keyPrefix, secretBytes)
	if err != nil {
		return "", err
	}
	r := *old
	r.Next, r.Renew = hash[:], false
	if err := s.put(&r, change{}); err != nil {
		return "", fmt.Errorf("the new key of %s could not be stored; the old one is good: %w", device, err)
	}
	return secret, nil
}

// used takes note that a new secret was used: the old one ends. Where that cannot be
// stored the old one stays good for now.
func (s *Store) used(next digest) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.byHash[next]
	s.mu.RUnlock()
	if old == nil || !slices.Equal(old.Next, next[:]) {
		return
	}
	r := *old
	r.Hash, r.Next, r.Number = r.Next, nil, max(r.Number, 1)+1
	_ = s.put(&r, change{})
}

// lastAdmin says whether a key is the only admin key that is good. The caller
// holds mu.
func (s *Store) lastAdmin(r *record) bool {
	if r.Role != access.Admin || r.RevokedAt != 0 || !r.grants.Whole() {
		return false
	}
	for _, other := range s.byName {
		if other != r && other.Role == access.Admin && other.RevokedAt == 0 && other.grants.Whole() {
			return false
		}
	}
	return true
}

func lastAdminFault(what string) error {
	return &ledger.Fault{Code: ledger.NotAllowed, Field: "device", Message: "This is the last admin key. " + what + ", or nobody could let anyone in again; pair another admin first."}
}
