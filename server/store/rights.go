package store

import (
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"
)

// Right returns what the books are to know of somebody by the name of their right
// (KeyRight and so on), ok false where nobody has it. No secret and no person's name
// is among it.
func (s *Store) Right(name string) (fields map[string]string, ok bool) {
	kind, who := rightParts(name)
	s.mu.RLock()
	defer s.mu.RUnlock()
	number := func(n uint64) string { return strconv.FormatUint(max(n, 1), 10) }
	switch kind {
	case "device":
		if r := s.byName[who]; r != nil {
			fields = map[string]string{"roles": r.grants.Text(), "key": number(r.Number)}
			if r.RevokedAt != 0 {
				fields["roles"] = ""
			}
			if fields["cut"] = ""; r.Cut {
				fields["cut"] = ledger.RightCut
			}
		}
	case "user":
		if r := s.users[who]; r != nil {
			fields = map[string]string{"roles": r.grants.Text(), "key": number(r.Number)}
			if r.DisabledAt != 0 {
				fields["roles"] = ""
			}
		}
	case "token":
		if r := s.tokens[who]; r != nil {
			fields = map[string]string{"owner": UserRight(r.User), "scope": strings.Join(r.Scope, " "), "expires": r.over().String()}
		}
	case "pin":
		if r := s.pins[who]; r != nil {
			fields = map[string]string{"key": number(r.Number)}
			if r.Hash == "" {
				fields["key"] = ""
			}
		}
	}
	return fields, fields != nil
}

// Rights lists the names of all rights, sorted.
func (s *Store) Rights() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]string, 0, len(s.byName)+len(s.users)+len(s.tokens)+len(s.pins))
	for device := range s.byName {
		out = append(out, KeyRight(device))
	}
	for user := range s.users {
		out = append(out, UserRight(user))
	}
	for token := range s.tokens {
		out = append(out, TokenRight(token))
	}
	for code := range s.pins {
		out = append(out, PINRight(code))
	}
	slices.Sort(out)
	return out
}

// RightPatch is what the books have to change to know what Right says, ok false where
// nobody has it.
func (s *Store) RightPatch(name string) (p ledger.Patch, ok bool) {
	fields, ok := s.Right(name)
	return ledger.Patch{Entity: ledger.EntityRight, Code: name, Fields: fields}, ok
}
