package store

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Bounds of tokens.
const (
	maxTokensOf = 50 // of one person, that are good
	// What is over is shown for keepTokens, and then forgotten; of one person the last
	// maxEndedOf, or they alone could fill the list. maxTokens are kept.
	maxEndedOf = 50
	keepTokens = 90 * 24 * time.Hour
	maxTokens  = 100_000
	// TokenFor and TokenMost are how long a token lives, if nothing is said and at
	// most: what never ends is forgotten, and found by somebody else.
	TokenFor  = 90 * 24 * time.Hour
	TokenMost = 366 * 24 * time.Hour
)

func hashOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// tokenRecord is a token for a program, which may at most what its owner may.
type tokenRecord struct {
	ID      string      `json:"id"`
	User    string      `json:"user"`
	Label   string      `json:"label,omitempty"`
	Hash    []byte      `json:"hash"`
	Scope   []string    `json:"scope,omitempty"`
	Created ledger.Time `json:"created"`
	Expires ledger.Time `json:"expires"`
	Used    ledger.Time `json:"used,omitzero"`
	Ended   ledger.Time `json:"ended,omitzero"`

	scope *access.Scope
}

// Token is what is shown of one: everything but its secret.
type Token struct {
	ID, User, Label               string
	Scope                         []string
	Created, Expires, Used, Ended ledger.Time
}

func (r *tokenRecord) token() Token {
	return Token{r.ID, r.User, r.Label, r.Scope, r.Created, r.Expires, r.Used, r.Ended}
}

// TokenRight is under which name the books know of a token.
func TokenRight(id string) string { return "token/" + id }

func (s *Store) loadToken(name string, value []byte) error {
	r := new(tokenRecord)
	err := json.Unmarshal(value, r)
	if err == nil {
		r.scope, err = access.ParseScope(r.Scope)
	}
	if err != nil || r.ID != name || len(r.Hash) != hashSize {
		return fmt.Errorf("%w: the token %q", ErrDamaged, name)
	}
	s.keepToken(r)
	return nil
}

func (s *Store) keepToken(r *tokenRecord) {
	s.tokens[r.ID] = r
	if delete(s.byToken, digest(r.Hash)); r.Ended == 0 {
		s.byToken[digest(r.Hash)] = r
	}
}

// over is when it ends, or ended.
func (r *tokenRecord) over() ledger.Time {
	if r.Ended != 0 {
		return min(r.Ended, r.Expires)
	}
	return r.Expires
}

// putToken stores a token, and forgets those that a change removes.
func (s *Store) putToken(r *tokenRecord, with change) error {
	with[prefixToken+r.ID] = stored(r)
	if err := s.commit(with); err != nil {
		return fmt.Errorf("the token could not be stored; nothing was changed: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, value := range with {
		if old := s.tokens[strings.TrimPrefix(key, prefixToken)]; value == nil && old != nil {
			delete(s.byToken, digest(old.Hash))
			delete(s.tokens, old.ID)
		}
	}
	s.dropCodes(with)
	s.keepToken(r)
	return nil
}

// AddToken makes a token for somebody and returns its secret, which nobody can see
// again. Errors: a *ledger.Fault, Badger's.
func (s *Store) AddToken(user, label string, scope []string, lives time.Duration) (Token, string, error) {
	bad := func(field, why string) (Token, string, error) {
		return Token{}, "", &ledger.Fault{Code: ledger.BadField, Field: field, Message: why + " No token was made."}
	}
	if lives == 0 {
		lives = TokenFor
	}
	parsed, err := access.ParseScope(scope)
	switch {
	case err != nil:
		return bad("scope", err.Error()+".")
	case lives < time.Minute || lives > TokenMost:
		return bad("days", "A token lives at most 366 days.")
	case len(label) > ledger.MaxCode:
		return bad("label", "A label has at most 200 bytes.")
	}
	secret, hash, err := s.secret(tokenPrefix, secretBytes)
	if err != nil {
		return Token{}, "", err
	}
	name, err := s.id("t")
	if err != nil {
		return Token{}, "", err
	}
	s.write.Lock()
	defer s.write.Unlock()
	now := s.now()
	c := change{}
	s.mu.RLock()
	owner, own, all := s.users[user], 0, len(s.tokens)
	var ended []*tokenRecord
	for id, t := range s.tokens {
		switch {
		case t.over()+ledger.Time(keepTokens.Microseconds()) <= now:
			c[prefixToken+id] = nil
		case t.User == user && t.over() > now:
			own++
		case t.User == user:
			ended = append(ended, t)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(ended, func(a, b *tokenRecord) int { return cmp.Or(cmp.Compare(b.over(), a.over()), cmp.Compare(b.ID, a.ID)) })
	for _, t := range ended[min(len(ended), maxEndedOf):] {
		c[prefixToken+t.ID] = nil
	}
	all -= len(c)
	switch {
	case all >= maxTokens:
		return Token{}, "", &ledger.Fault{Code: ledger.TooLarge, Message: "There are 100,000 tokens, the most there can be. None was made."}
	case owner == nil || owner.DisabledAt != 0:
		return Token{}, "", noUser(user)
	case own >= maxTokensOf:
		return Token{}, "", &ledger.Fault{Code: ledger.TooLarge, Message: "There are 50 tokens of this person, the most there can be. None was made; end one first."}
	}
	r := &tokenRecord{ID: name, User: user, Label: label, Hash: hash[:], Scope: parsed.Words(), Created: now, Expires: now + ledger.Time(lives.Microseconds()), scope: parsed}
	if err := s.putToken(r, c); err != nil {
		return Token{}, "", err
	}
	return r.token(), secret, nil
}

// EndToken ends a token; of user's, unless user is "". Errors: a *ledger.Fault
// (not_found), Badger's.
func (s *Store) EndToken(user, id string) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.tokens[id]
	s.mu.RUnlock()
	if old == nil || old.Ended != 0 || user != "" && old.User != user {
		return &ledger.Fault{Code: ledger.NotFound, Field: "token", Message: "There is no such token. Nothing was ended."}
	}
	r := *old
	r.Ended = s.now()
	c := change{}
	s.endCodes(c, func(x *codeRecord) bool { return x.Token == id })
	return s.putToken(&r, c)
}

// endTokensOf adds to a change the end of somebody's tokens, and returns them as they
// are after it.
func (s *Store) endTokensOf(user string, c change) (ended []*tokenRecord) {
	now := s.now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id, old := range s.tokens {
		if old.User == user && old.over() > now {
			r := *old
			r.Ended = now
			c[prefixToken+id] = stored(&r)
			ended = append(ended, &r)
		}
	}
	return ended
}

// Tokens returns somebody's tokens, or everybody's for "", the newest first.
func (s *Store) Tokens(user string) []Token {
	s.mu.RLock()
	var out []Token
	for _, r := range s.tokens {
		if user == "" || r.User == user {
			out = append(out, r.token())
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b Token) int { return cmp.Or(cmp.Compare(b.Created, a.Created), cmp.Compare(a.ID, b.ID)) })
	return out
}

// LookupToken returns what is known of a token.
func (s *Store) LookupToken(id string) (Token, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.tokens[id]; r != nil {
		return r.token(), true
	}
	return Token{}, false
}

func (s *Store) tokenOf(hash digest) (p access.Principal, ok bool) {
	now := s.now()
	s.mu.RLock()
	r := s.byToken[hash]
	var u *userRecord
	if r != nil {
		u = s.users[r.User]
	}
	s.mu.RUnlock()
	if u == nil || subtle.ConstantTimeCompare(r.Hash, hash[:]) != 1 || u.DisabledAt != 0 || len(u.grants) == 0 || now >= r.Expires {
		return p, false
	}
	if now-r.Used > ledger.Time(seenEvery.Microseconds()) {
		s.usedToken(r.ID, now)
	}
	return r.principal(u), true
}

// principal is who comes with the token, which is u's.
func (r *tokenRecord) principal(u *userRecord) access.Principal {
	p := u.principal()
	p.Kind, p.Scope, p.Token = access.Token, r.scope, r.ID
	return p
}

// usedToken notes when a token was used last, to some minutes.
func (s *Store) usedToken(id string, now ledger.Time) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.tokens[id]
	s.mu.RUnlock()
	if old == nil || old.Ended != 0 || now <= old.Used {
		return
	}
	r := *old
	r.Used = now
	_ = s.putToken(&r, change{}) // it is noted the next time
}
