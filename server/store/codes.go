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
	// maxCodes are waiting at once: pallets of new handhelds. maxCodesOf are of one
	// person or key: whoever makes codes without end must not keep others from theirs.
	maxCodes   = 1_000
	maxCodesOf = 200
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
	Token   string      `json:"token,omitempty"` // with which it was asked for
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
	return s.offer(&codeRecord{Device: q.Device, Role: q.Role, Site: q.Site, Only: q.Only, Label: q.Label, By: q.By, Token: q.Token}, within)
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
	left, own := len(s.codes), 0
	for old, x := range s.codes {
		switch {
		case x.Expires <= now || x.SetUp && r.SetUp:
			c[codeKey(old)] = nil
			left--
		case x.By == r.By && !r.SetUp:
			own++
		}
	}
	s.mu.RUnlock()
	switch {
	case own >= maxCodesOf:
		return Code{}, &ledger.Fault{Code: ledger.TooFast, Message: "200 of your codes wait to be used, the most there can be. None was made; use them, or wait until they end."}
	case left >= maxCodes:
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

// Redeem gives a handheld its key for a code, which is used up with it. It is judged
// again whether whoever made the code may give that key, and take the place of the one
// that the name has now: where they may not any more, the code is dead. Errors: a
// *ledger.Fault (bad_key, not_allowed, and those of Pair), Badger's; but for
// not_allowed the code is good still then.
func (s *Store) Redeem(text string) (k Key, secret string, err error) {
	s.write.Lock()
	defer s.write.Unlock()
	r, f := s.openCode(text, false)
	if f != nil {
		return k, "", f
	}
	ask := Request{Device: r.Device, Role: r.Role, Site: r.Site, Only: r.Only, Label: r.Label, By: r.By, Token: r.Token}
	c := change{codeKey(r.hash): nil}
	if !s.mayStill(&ask) {
		if err := s.commit(c); err != nil {
			return k, "", fmt.Errorf("a code that is dead could not be forgotten; nothing was paired: %w", err)
		}
		s.mu.Lock()
		s.dropCodes(c)
		s.mu.Unlock()
		return k, "", &ledger.Fault{Code: ledger.NotAllowed, Field: "code", Message: "The code is dead: whoever made it may not give this key any more. Nothing was changed; ask for a new one."}
	}
	if secret, err = s.pair(ask, c); err != nil {
		return k, "", err
	}
	k, _ = s.Lookup(r.Device)
	return k, secret, nil
}

// mayStill says whether whoever asked for a key may give it now.
func (s *Store) mayStill(ask *Request) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	giver, ok := s.giver(ask.By, ask.Token)
	if !ok {
		return false
	}
	if old := s.byName[ask.Device]; old != nil {
		if _, _, ok := access.Refused(giver, old.Role, old.grants); !ok {
			return false
		}
	}
	_, _, may := access.Refused(giver, ask.Role, ask.grants())
	_, _, holds := access.Exceeds(giver, ask.Role, ask.grants())
	return may && holds
}

// giver is who a key or person is now, by the name that entries have, with a token
// where they came with one; ok is false where they are let in no more. The caller
// holds mu.
func (s *Store) giver(name, token string) (p access.Principal, ok bool) {
	if r := s.byName[name]; r != nil {
		return r.principal(), r.RevokedAt == 0
	}
	u := s.users[name]
	if u == nil || u.DisabledAt != 0 || len(u.grants) == 0 {
		return p, false
	}
	if token == "" {
		return u.principal(), true
	}
	t := s.tokens[token]
	if t == nil || t.User != name || s.now() >= t.over() {
		return p, false
	}
	return t.principal(u), true
}

// endCodes adds to a change the end of codes: those that somebody offered, by their
// name or with a token, and those for a device.
func (s *Store) endCodes(c change, which func(*codeRecord) bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for hash, r := range s.codes {
		if !r.SetUp && which(r) {
			c[codeKey(hash)] = nil
		}
	}
}

func offeredBy(name string) func(*codeRecord) bool {
	return func(r *codeRecord) bool { return r.By == name }
}
