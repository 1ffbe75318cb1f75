package store

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// Bounds of guessing at PINs: as of passwords (see guesses.go), a wrong PIN counts at
// the handheld where it was tried, so that nobody shuts another's badge everywhere.
const (
	// maxWrongPINs in a row shut a badge at one handheld for lockedFor.
	maxWrongPINs = 5
	// maxStrangePINs together shut it at all handhelds where it was never right: with so
	// many a quarter of an hour, the 10,000 PINs of four digits take a week to try.
	maxStrangePINs = 15
	// maxPINTries handhelds with wrong ones are remembered of a badge, maxPINKnown where
	// it was right.
	maxPINTries = 20
	maxPINKnown = 20
)

// pinTries are the wrong ones in a row at one handheld, or of one key.
type pinTries struct {
	From  string      `json:"from"`
	Wrong int         `json:"wrong,omitempty"`
	Until ledger.Time `json:"until,omitzero"` // it is shut there until then
	At    ledger.Time `json:"at"`
}

// CheckPIN says whether a PIN is an operator's. from is the right of the key with which
// it is tried. A wrong one is counted, on disk, before it is told: five in a row shut it
// there for a quarter of an hour, and shut says until when. Errors: Badger's.
func (s *Store) CheckPIN(code, pin, from string) (right bool, shut ledger.Time, err error) {
	if len(pin) > maxSecret {
		return false, 0, nil
	}
	s.write.Lock() // one try at a time, or many at once would be counted as one
	s.mu.RLock()
	old := s.pins[code]
	s.mu.RUnlock()
	if old == nil || old.Hash == "" {
		s.write.Unlock()
		s.matches("", pin, pinCost)
		return false, 0, nil
	}
	now := s.now()
	if until := old.shutAt(from); until > now {
		s.write.Unlock()
		return false, until, nil
	}
	r := old.wrong(from, now) // it counts as wrong until it was right
	err = s.putPIN(r)
	s.write.Unlock()
	if err != nil {
		return false, 0, err
	}
	if !s.matches(r.Hash, pin, pinCost) {
		if shut = r.shutAt(from); shut <= now {
			shut = 0
		}
		return false, shut, nil
	}
	return true, 0, s.rightPIN(r, from)
}

// shutAt is until when a badge is shut at a handheld.
func (r *pinRecord) shutAt(from string) (until ledger.Time) {
	if i := r.triesOf(from); i >= 0 {
		until = r.Tries[i].Until
	}
	if !slices.Contains(r.Known, from) {
		until = max(until, r.Until)
	}
	return until
}

// shutUntil is until when it is shut somewhere.
func (r *pinRecord) shutUntil() ledger.Time {
	until := r.Until
	for i := range r.Tries {
		until = max(until, r.Tries[i].Until)
	}
	return until
}

func (r *pinRecord) triesOf(from string) int {
	return slices.IndexFunc(r.Tries, func(t pinTries) bool { return t.From == from })
}

// wrong is the record with one more wrong PIN.
func (r *pinRecord) wrong(from string, now ledger.Time) *pinRecord {
	out := *r
	locked := now + ledger.Time(lockedFor.Microseconds())
	tries := pinTries{From: from}
	if i := r.triesOf(from); i >= 0 {
		tries = r.Tries[i]
	}
	tries.At = now
	if tries.Wrong++; tries.Wrong >= maxWrongPINs {
		tries.Wrong, tries.Until = 0, locked
	}
	out.Tries = append([]pinTries{tries}, slices.DeleteFunc(slices.Clone(r.Tries), func(t pinTries) bool { return t.From == from })...)
	slices.SortStableFunc(out.Tries, func(a, b pinTries) int { return cmp.Or(cmp.Compare(b.Until, a.Until), cmp.Compare(b.At, a.At)) })
	out.Tries = out.Tries[:min(len(out.Tries), maxPINTries)]
	if slices.Contains(r.Known, from) {
		return &out
	}
	if out.Wrong++; out.Wrong >= maxStrangePINs {
		out.Wrong, out.Until = 0, locked
	}
	return &out
}

// rightPIN takes back what was counted against a PIN that was right, and knows the
// handheld from now on.
func (s *Store) rightPIN(counted *pinRecord, from string) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	now := s.pins[counted.Code]
	s.mu.RUnlock()
	if now == nil || now.Number != counted.Number {
		return nil // another PIN meanwhile
	}
	r := *now
	if !slices.Contains(r.Known, from) {
		r.Wrong, r.Until = 0, 0
	}
	r.Tries = slices.DeleteFunc(slices.Clone(r.Tries), func(t pinTries) bool { return t.From == from })
	known := append([]string{from}, slices.DeleteFunc(slices.Clone(r.Known), func(k string) bool { return k == from })...)
	r.Known = known[:min(len(known), maxPINKnown)]
	return s.putPIN(&r)
}
