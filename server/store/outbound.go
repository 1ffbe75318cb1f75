package store

import "bayledger/server/access"

// prefixOutbound is before the rows of what goes out (server/outbound has their form).
const prefixOutbound = "kx"

// OutboundRows are the rows of what goes out: a Disk of server/outbound.
type OutboundRows struct{ shelf shelf }

// Outbound gives the rows of what goes out. One service at a time may have them.
func (s *Store) Outbound() *OutboundRows {
	return &OutboundRows{shelf{s.db, prefixOutbound, "what goes out"}}
}

// Scan calls fn with the rows whose keys begin so, in order, from the one behind after
// on, until fn says false.
func (r *OutboundRows) Scan(prefix, after string, fn func(key string, value []byte) (bool, error)) error {
	return r.shelf.Scan(prefix, after, false, fn)
}

// Commit changes rows, all or none, and returns when that is durable.
func (r *OutboundRows) Commit(put map[string][]byte, remove []string) error {
	return r.shelf.write(put, remove)
}

// Standing is what somebody may now, by the name of their key or of themselves; ok is
// false where the key was taken back, or they are disabled.
func (s *Store) Standing(name string) (p access.Principal, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.byName[name]; r != nil && r.RevokedAt == 0 {
		return r.principal(), true
	}
	if u := s.users[name]; u != nil && u.DisabledAt == 0 {
		return u.principal(), true
	}
	return p, false
}
