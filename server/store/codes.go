package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Bounds of codes that work once.
const (
	// PairFor and PairMost are how long a code for a device lives, if nothing is said
	// and at most: somebody stands there with the handheld.
	PairFor  = 10 * time.Minute
	PairMost = time.Hour
	// SetUpFor is how long the link for the first administrator lives.
	SetUpFor = time.Hour
	// maxCodes are waiting at once: a pallet of new handhelds.
	maxCodes = 1_000
)

// codeRecord is a code that works once, under the hash of it.
type codeRecord struct {
	SetUp   bool        `json:"set_up,omitempty"` // makes the first administrator
	Device  string      `json:"device,omitempty"`
	Role    access.Role `json:"role,omitempty"`
	Site    string      `json:"site,omitempty"`
	Only    bool        `json:"only,omitempty"`
	Label   string      `json:"label,omitempty"`
	By      string      `json:"by,omitempty"`
	Expires ledger.Time `json:"expires"`

	hash digest
}

// Code is a code that works once.
type Code struct {
	Text    string
	Expires ledger.Time
}

func (s *Store) loadCode(name string, value []byte) error {
	r := new(codeRecord)
	hash, err := hex.DecodeString(name)
	if err != nil || len(hash) != hashSize || json.Unmarshal(value, r) != nil {
		return fmt.Errorf("%w: a code", ErrDamaged)
	}
	r.hash = digest(hash)
	s.codes[r.hash] = r
	return nil
}

// Offer makes a code with which a handheld gets its key: it works once, and for the
// time given (0: PairFor). Errors: a *ledger.Fault, Badger's.
func (s *Store) Offer(q Request, within time.Duration) (Code, error) {
	if f := q.check(); f != nil {
		return Code{}, f
	}
	switch {
	case within == 0:
		within = PairFor
	case within < time.Minute || within > PairMost:
		return Code{}, &ledger.Fault{Code: ledger.BadField, Field: "minutes", Message: "A code lives from 1 to 60 minutes. None was made."}
	}
	return s.offer(&codeRecord{Device: q.Device, Role: q.Role, Site: q.Site, Only: q.Only, Label: q.Label, By: q.By}, within)
}

// OfferSetUp makes a code with which somebody becomes the first administrator, with
// ok false where there is one. An earlier one works no more. Errors: Badger's.
func (s *Store) OfferSetUp() (code Code, ok bool, err error) {
	if s.HasAdmin() {
		return Code{}, false, nil
	}
	code, err = s.offer(&codeRecord{SetUp: true}, SetUpFor)
	return code, err == nil, err
}

func (s *Store) offer(r *codeRecord, within time.Duration) (Code, error) {
	text, hash, err := s.secret("", codeBytes)
	if err != nil {
		return Code{}, err
	}
	s.write.Lock()
	defer s.write.Unlock()
	now := s.now()
	r.hash, r.Expires = hash, now+ledger.Time(within.Microseconds())
	c := change{codeKey(hash): stored(r)}
	s.mu.RLock()
	left := len(s.codes)
	for old, x := range s.codes {
		if x.Expires <= now || x.SetUp && r.SetUp {
			c[codeKey(old)] = nil
			left--
		}
	}
	s.mu.RUnlock()
	if left >= maxCodes {
		return Code{}, &ledger.Fault{Code: ledger.TooFast, Message: "1,000 codes wait to be used, the most there can be. None was made; use them, or wait until they end."}
	}
	if err := s.commit(c); err != nil {
		return Code{}, fmt.Errorf("the code could not be stored, so none was made: %w", err)
	}
	s.mu.Lock()
	s.dropCodes(c)
	s.codes[hash] = r
	s.mu.Unlock()
	return Code{Text: text, Expires: r.Expires}, nil
}

func codeKey(hash digest) string { return prefixCode + hex.EncodeToString(hash[:]) }

// dropCodes forgets the codes that a change removed. The caller holds mu.
func (s *Store) dropCodes(c change) {
	for key, value := range c {
		if hash, err := hex.DecodeString(strings.TrimPrefix(key, prefixCode)); value == nil && err == nil && len(hash) == hashSize {
			delete(s.codes, digest(hash))
		}
	}
}

// errCode is told for every code that does not work: a stranger learns nothing.
func errCode() *ledger.Fault {
	return &ledger.Fault{Code: ledger.BadKey, Field: "code", Message: "The code is not valid, was used, or its time is over. Nothing was changed; ask for a new one."}
}

// open finds a code that works. The caller holds write.
func (s *Store) openCode(text string, setUp bool) (*codeRecord, *ledger.Fault) {
	if len(text) > maxSecret {
		return nil, errCode()
	}
	s.mu.RLock()
	r := s.codes[sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(text))))]
	s.mu.RUnlock()
	if r == nil || r.SetUp != setUp || r.Expires <= s.now() {
		return nil, errCode()
	}
	return r, nil
}

// Redeem gives a handheld its key for a code, which is used up with it. Errors: a
// *ledger.Fault (bad_key, and those of Pair), Badger's; the code is good still then.
func (s *Store) Redeem(text string) (k Key, secret string, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	r, f := s.openCode(text, false)
	if f != nil {
		return k, "", f
	}
	c := change{codeKey(r.hash): nil}
	secret, err = s.pair(Request{Device: r.Device, Role: r.Role, Site: r.Site, Only: r.Only, Label: r.Label, By: r.By}, c)
	if err != nil {
		return k, "", err
	}
	s.mu.Lock()
	delete(s.codes, r.hash)
	k = s.byName[r.Device].key()
	s.mu.Unlock()
	return k, secret, nil
}
