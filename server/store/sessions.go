package store

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Bounds of sessions.
const (
	// SessionFor is how long somebody stays signed in, SessionIdle for how long
	// without a sign of them: a shift and its breaks, a week at most.
	SessionFor  = 7 * 24 * time.Hour
	SessionIdle = 12 * time.Hour
	// seenEvery is how often a sign of them reaches the disk.
	seenEvery = 5 * time.Minute
	// maxSessionsOf one user are open at once; the oldest ends for a new one. What has
	// ended is not kept.
	maxSessionsOf = 20
	maxAgent      = 200
)

// sessionRecord is somebody signed in, under the hash of the cookie's secret.
type sessionRecord struct {
	ID      string      `json:"id"`
	User    string      `json:"user"`
	Agent   string      `json:"agent,omitempty"` // the browser, in its own words
	From    string      `json:"from,omitempty"`  // the address
	Created ledger.Time `json:"created"`
	Seen    ledger.Time `json:"seen"`

	hash digest
}

// Session is what is shown of one.
type Session struct {
	ID, User, Agent, From string
	Created, Seen         ledger.Time
}

func (s *Store) loadSession(name string, value []byte) error {
	r := new(sessionRecord)
	hash, err := hex.DecodeString(name)
	if err != nil || len(hash) != hashSize || json.Unmarshal(value, r) != nil {
		return fmt.Errorf("%w: a session", ErrDamaged)
	}
	r.hash = digest(hash)
	s.sessions[r.hash] = r
	return nil
}

func sessionKey(hash digest) string { return prefixSession + hex.EncodeToString(hash[:]) }

func (r *sessionRecord) over(now ledger.Time) bool {
	return now > r.Created+ledger.Time(SessionFor.Microseconds()) || now > r.Seen+ledger.Time(SessionIdle.Microseconds())
}

// SignIn begins a session and returns its secret, for a cookie. The place is known from
// then on. Errors: a *ledger.Fault (not_found), Badger's, those of the source of
// randomness.
func (s *Store) SignIn(user, agent string, from Place) (secret string, err error) {
	secret, hash, err := s.secret(sessionPrefix, secretBytes)
	if err != nil {
		return "", err
	}
	name, err := s.id("s")
	if err != nil {
		return "", err
	}
	s.write.Lock()
	defer s.write.Unlock()
	now := s.now()
	r := &sessionRecord{ID: name, User: user, Agent: strings.ToValidUTF8(agent[:min(len(agent), maxAgent)], ""), From: from.Address, Created: now, Seen: now, hash: hash}
	c := change{sessionKey(hash): stored(r)}
	s.mu.RLock()
	old := s.users[user]
	var own []*sessionRecord
	for _, x := range s.sessions {
		switch {
		case x.over(now):
			c[sessionKey(x.hash)] = nil
		case x.User == user:
			own = append(own, x)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(own, func(a, b *sessionRecord) int { return cmp.Compare(a.Created, b.Created) })
	for len(own) >= maxSessionsOf {
		c[sessionKey(own[0].hash)] = nil
		own = own[1:]
	}
	if old == nil {
		return "", noUser(user)
	}
	u := *old
	u.Places = u.placesWith(from, now)
	if err := s.putUser(&u, c); err != nil {
		return "", fmt.Errorf("the session could not be stored; nobody was signed in: %w", err)
	}
	s.mu.Lock()
	s.sessions[hash] = r
	s.mu.Unlock()
	return secret, nil
}

// forgetSessions forgets the sessions that a change removed. The caller holds mu.
func (s *Store) forgetSessions(c change) {
	for key, value := range c {
		if hash, err := hex.DecodeString(strings.TrimPrefix(key, prefixSession)); value == nil && err == nil && len(hash) == hashSize {
			delete(s.sessions, digest(hash))
		}
	}
}

// endSessionsOf adds to a change the end of somebody's sessions.
func (s *Store) endSessionsOf(user string, c change) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for hash, r := range s.sessions {
		if r.User == user {
			c[sessionKey(hash)] = nil
		}
	}
}

func (s *Store) sessionOf(hash digest) (p access.Principal, ok bool) {
	now := s.now()
	s.mu.RLock()
	r := s.sessions[hash]
	var u *userRecord
	if r != nil {
		u = s.users[r.User]
	}
	s.mu.RUnlock()
	if u == nil || u.DisabledAt != 0 || len(u.grants) == 0 || r.over(now) {
		return p, false
	}
	if now-r.Seen > ledger.Time(seenEvery.Microseconds()) {
		s.seen(hash, now)
	}
	return u.principal(), true
}

// seen notes a sign of somebody signed in; where that cannot be stored they are
// signed out the earlier.
func (s *Store) seen(hash digest, now ledger.Time) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old := s.sessions[hash]
	s.mu.RUnlock()
	if old == nil || now <= old.Seen {
		return
	}
	r := *old
	r.Seen = now
	if s.commit(change{sessionKey(hash): stored(&r)}) != nil {
		return
	}
	s.mu.Lock()
	s.sessions[hash] = &r
	s.mu.Unlock()
}

// SignOut ends a session by its secret. Errors: Badger's.
func (s *Store) SignOut(secret string) (ok bool, err error) {
	hash := hashOf(secret)
	err = s.endSessions(func(r *sessionRecord) bool {
		ok = ok || r.hash == hash
		return r.hash == hash
	})
	return ok, err
}

// EndSession ends somebody's session by its id; "" ends all of theirs. ok is false
// where there is none. Errors: Badger's.
func (s *Store) EndSession(user, id string) (ok bool, err error) {
	err = s.endSessions(func(r *sessionRecord) bool {
		match := r.User == user && (id == "" || r.ID == id)
		ok = ok || match
		return match
	})
	return ok, err
}

func (s *Store) endSessions(which func(*sessionRecord) bool) error {
	s.write.Lock()
	defer s.write.Unlock()
	c := change{}
	s.mu.RLock()
	for hash, r := range s.sessions {
		if which(r) {
			c[sessionKey(hash)] = nil
		}
	}
	s.mu.RUnlock()
	if len(c) == 0 {
		return nil
	}
	if err := s.commit(c); err != nil {
		return fmt.Errorf("the session could not be ended: %w", err)
	}
	s.mu.Lock()
	s.forgetSessions(c)
	s.mu.Unlock()
	return nil
}

// Sessions returns somebody's open sessions, the newest first.
func (s *Store) Sessions(user string) []Session {
	now := s.now()
	s.mu.RLock()
	var out []Session
	for _, r := range s.sessions {
		if r.User == user && !r.over(now) {
			out = append(out, Session{r.ID, r.User, r.Agent, r.From, r.Created, r.Seen})
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b Session) int {
		return cmp.Or(cmp.Compare(b.Created, a.Created), cmp.Compare(a.ID, b.ID))
	})
	return out
}
