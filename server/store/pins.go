package store

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"bayledger/sync/ledger"
)

// Bounds of PINs.
const (
	minPIN, maxPIN = 4, 12
	maxPINs        = 50_000
	// ShiftFor is how long a handheld may judge PINs by itself.
	ShiftFor = 12 * time.Hour
	// MaxShift bounds those whose PINs one handheld can judge.
	MaxShift = 500
)

// pinRecord is an operator's PIN, beside their name.
type pinRecord struct {
	Code   string      `json:"code"`
	Hash   string      `json:"hash,omitempty"` // "" was removed
	SetAt  ledger.Time `json:"set_at"`
	SetBy  string      `json:"set_by,omitempty"`
	Number uint64      `json:"number"`
	Wrong  int         `json:"wrong,omitempty"` // at all handhelds where it was never right
	Until  ledger.Time `json:"until,omitzero"`  // it is shut at those until then
	Tries  []pinTries  `json:"tries,omitempty"` // wrong ones, by handheld
	Known  []string    `json:"known,omitempty"` // where it was right, the last first
}

// PINRight is under which name the books know that an operator was given a PIN.
func PINRight(code string) string { return "pin/" + code }

func (s *Store) loadPIN(name string, value []byte) error {
	r := new(pinRecord)
	if err := json.Unmarshal(value, r); err != nil || r.Code != name {
		return fmt.Errorf("%w: the PIN of %q", ErrDamaged, name)
	}
	s.pins[name] = r
	return nil
}

func (s *Store) putPIN(r *pinRecord) error {
	if err := s.commit(change{prefixPIN + r.Code: stored(r)}); err != nil {
		return fmt.Errorf("the PIN could not be stored; it is as it was: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pins[r.Code] = r
	return nil
}

// SetPIN gives an operator a PIN, of 4 to 12 digits; "" takes it away. It is shut no
// more. Errors: a *ledger.Fault, Badger's.
func (s *Store) SetPIN(code, pin, by string) error {
	if code == "" || len(code) > ledger.MaxCode {
		return &ledger.Fault{Code: ledger.BadField, Field: "code", Message: "An operator has a code of 1 to 200 bytes. Nothing was changed."}
	}
	hash := ""
	if pin != "" {
		if f := checkPIN(pin); f != nil {
			return f
		}
		var err error
		if hash, err = s.hashed(pin, pinCost); err != nil {
			return err
		}
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old, count := s.pins[code], len(s.pins)
	s.mu.RUnlock()
	if old == nil && count >= maxPINs {
		return &ledger.Fault{Code: ledger.TooLarge, Message: "There are 50,000 PINs, the most there can be. Nothing was changed."}
	}
	r := &pinRecord{Code: code, Hash: hash, SetAt: s.now(), SetBy: by, Number: 1}
	if old != nil {
		r.Number = old.Number + 1
	}
	return s.putPIN(r)
}

func checkPIN(pin string) *ledger.Fault {
	bad := func(why string) *ledger.Fault {
		return &ledger.Fault{Code: ledger.BadField, Field: "pin", Message: why + " Nothing was changed; choose another."}
	}
	if len(pin) < minPIN || len(pin) > maxPIN {
		return bad("A PIN has 4 to 12 digits.")
	}
	up, down, same := true, true, true
	for i := range pin {
		if pin[i] < '0' || pin[i] > '9' {
			return bad("A PIN has 4 to 12 digits.")
		}
		if i > 0 {
			up, down, same = up && pin[i] == pin[i-1]+1, down && pin[i] == pin[i-1]-1, same && pin[i] == pin[i-1]
		}
	}
	if up || down || same {
		return bad("A PIN is not 1234, 4321 or one digit again and again.")
	}
	return nil
}

// PINState says what is known of an operator's PIN: whether there is one, and until
// when it is shut somewhere, 0 where it is not. Number counts the PINs given.
func (s *Store) PINState(code string) (there bool, shut ledger.Time, number uint64) {
	now := s.now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.pins[code]
	if r == nil {
		return false, 0, 0
	}
	if until := r.shutUntil(); until > now {
		shut = until
	}
	return r.Hash != "", shut, r.Number
}

// PINCodes returns the operators who have, or had, a PIN, sorted.
func (s *Store) PINCodes() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]string, 0, len(s.pins))
	for code := range s.pins {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}

// WithPIN returns the operators who have a PIN, sorted.
func (s *Store) WithPIN() []string {
	return slices.DeleteFunc(s.PINCodes(), func(code string) bool {
		s.mu.RLock()
		defer s.mu.RUnlock()
		r := s.pins[code]
		return r == nil || r.Hash == ""
	})
}

// PINCheck is by what one handheld judges one operator's PIN for one shift: HMAC-SHA-256
// of the Argon2id sum, keyed by the nonce of device and shift. It is of no use at the
// server or on another device; whoever takes the device apart can try all PINs of
// four digits against it in some minutes.
type PINCheck struct {
	Operator      string
	Salt          []byte
	Memory, Times uint32
	Nonce, Check  []byte
}

// Shift returns by what a handheld judges the PINs of these operators until the end
// of the shift, MaxShift at most. Errors: those of the source of randomness.
func (s *Store) Shift(codes []string) (checks []PINCheck, until ledger.Time, err error) {
	nonce, _, err := s.secret("", secretBytes)
	if err != nil {
		return nil, 0, err
	}
	s.mu.RLock()
	var list []*pinRecord
	for _, code := range codes {
		if r := s.pins[code]; r != nil && r.Hash != "" {
			list = append(list, r)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(list, func(a, b *pinRecord) int { return cmp.Compare(a.Code, b.Code) })
	for _, r := range list[:min(len(list), MaxShift)] {
		v, err := readVerifier(r.Hash)
		if err != nil {
			continue // it opens nothing here either
		}
		mac := hmac.New(sha256.New, []byte(nonce))
		mac.Write(v.sum)
		checks = append(checks, PINCheck{Operator: r.Code, Salt: v.salt, Memory: v.cost.memory, Times: v.cost.times, Nonce: []byte(nonce), Check: mac.Sum(nil)})
	}
	return checks, s.now() + ledger.Time(ShiftFor.Microseconds()), nil
}
