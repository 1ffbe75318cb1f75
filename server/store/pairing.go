package store

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Request says for whom a key is wanted.
type Request struct {
	Device string // the handheld's or person's name
	Role   access.Role
	Site   string // where it works; "" is main
	// Only says that the role holds at Site alone, and not everywhere.
	Only  bool
	Label string // what people call it, if not by its name
	By    string // who asks, by the name that entries have
	Token string // the token that they ask with, if any
}

// CheckDevice says what is wrong with a device name, nil if nothing is.
func CheckDevice(name string) *ledger.Fault {
	why := ""
	switch {
	case name == "":
		why = "A device needs a name."
	case len(name) > MaxDeviceName:
		why = "A device's name has at most 200 bytes."
	case !utf8.ValidString(name):
		why = "A device's name is text in UTF-8."
	case strings.ContainsRune(name, '/'):
		why = "A device's name has no slash."
	case strings.ContainsFunc(name, unicode.IsControl):
		why = "A device's name has no control characters."
	default:
		return nil
	}
	return &ledger.Fault{Code: ledger.BadField, Field: "device", Message: why + " Nothing was paired; choose another name."}
}

func (q *Request) check() *ledger.Fault {
	if f := CheckDevice(q.Device); f != nil {
		return f
	}
	if !q.Role.Known() {
		return &ledger.Fault{Code: ledger.BadField, Field: "role", Message: "There is no role " + strconv.Quote(short(string(q.Role))) + ". Nothing was paired; use floor, dock, supervisor or admin."}
	}
	if len(q.Site) > ledger.MaxCode || len(q.Label) > ledger.MaxCode || len(q.By) > ledger.MaxCode {
		return &ledger.Fault{Code: ledger.TooLarge, Field: "label", Message: "A site and a label have at most 200 bytes. Nothing was paired."}
	}
	return nil
}

// grants are the roles of the key that is asked for.
func (q *Request) grants() ledger.Grants {
	if q.Only {
		return ledger.Grants{{Site: cmp.Or(q.Site, mainSite), Role: string(q.Role)}}
	}
	return ledger.GrantsEverywhere(string(q.Role))
}

// Pair makes a key and returns its secret, which nobody can see again. A device
// that has one already gets a new one; with the old one a handheld hands in what it
// scanned before, for HandInFor, unless it was cut.
// Errors: a *ledger.Fault, and those of Badger and of the source of randomness;
// then nothing has changed.
func (s *Store) Pair(q Request) (secret string, err error) {
	if f := q.check(); f != nil {
		return "", f
	}
	s.write.Lock()
	defer s.write.Unlock()
	return s.pair(q, change{})
}

// pair is Pair, with what else changes with it. The caller holds write.
func (s *Store) pair(q Request, with change) (secret string, err error) {
	s.mu.RLock()
	count, old := len(s.byName), s.byName[q.Device]
	last := old != nil && q.Role != access.Admin && s.lastAdmin(old)
	s.mu.RUnlock()
	if old == nil && count >= MaxDevices {
		return "", &ledger.Fault{Code: ledger.TooLarge, Message: "There are 50,000 keys, the most there can be. Nothing was paired."}
	}
	if last {
		return "", lastAdminFault("Nothing was paired")
	}
	secret, hash, err := s.secret(keyPrefix, secretBytes)
	if err != nil {
		return "", err
	}
	r := &record{Device: q.Device, Role: q.Role, Site: q.Site, Label: q.Label, Hash: hash[:], CreatedAt: s.now(), CreatedBy: q.By, Number: 1}
	if old != nil {
		r.Number = max(old.Number, 1) + 1
	}
	if q.Only {
		r.Roles = q.grants().Text()
	}
	r.read()
	r.Former = s.former(old, r)
	s.endCodes(with, func(x *codeRecord) bool { return x.By == q.Device || x.Device == q.Device }) // the name is another's now
	logs := s.endAsk(old, r, with)
	if err := s.put(r, with); err != nil {
		return "", fmt.Errorf("the key of %s could not be stored, so nothing was paired: %w", q.Device, err)
	}
	if logs != nil {
		s.mu.Lock()
		s.logs[q.Device] = logs
		s.mu.Unlock()
	}
	return secret, nil
}

// former are the keys before a new one that hand in still: what the old handheld has
// scanned and not sent would be shut out otherwise. None where the old key was cut.
func (s *Store) former(old, fresh *record) []*record {
	if old == nil || old.Cut || !old.handheld() || !fresh.handheld() {
		return nil
	}
	now := s.now()
	last := *old
	if last.Former = nil; last.RevokedAt == 0 {
		last.RevokedAt, last.RevokedBy = now, fresh.CreatedBy
	}
	list := append([]*record{&last}, old.Former...)
	list = slices.DeleteFunc(list, func(r *record) bool { return now > r.handsIn() })
	return list[:min(len(list), maxFormer)]
}

// handsIn is until when a key that was taken back hands in.
func (r *record) handsIn() ledger.Time {
	return r.RevokedAt + ledger.Time(HandInFor.Microseconds())
}
