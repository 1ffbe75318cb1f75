package store

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// Bounds of guessing. Whoever guesses at somebody's name shuts it for themselves, and
// not for the one whose name it is: what is shut is the name at the place that the wrong
// passwords came from. Many places together can shut it at all places where nobody has
// signed in under it, and at no other.
const (
	// maxFails wrong passwords in a row shut a login at one place for lockedFor.
	maxFails  = 10
	lockedFor = 15 * time.Minute
	// maxStrange wrong ones of strange places together, each within lockedFor of the
	// last, shut it at all of those: ten addresses, each at its bound.
	maxStrange = 100
	// maxFailing bounds the places that are remembered. More do not come together: each
	// wrong password takes some 30 ms of a core to be judged, two at once.
	maxFailing = 75_000
	// maxPlaces of a person are known: those of the last months.
	maxPlaces = 20
	placeFor  = 180 * 24 * time.Hour
)

// Place is where somebody signs in from.
type Place struct {
	Address string // by which it is counted
	Device  string // the secret that the browser got when somebody signed in with it; "" none
}

// place is where somebody has signed in: the address, and the hash of what the browser
// keeps of it.
type place struct {
	Device  string      `json:"device,omitempty"`
	Address string      `json:"address,omitempty"`
	Seen    ledger.Time `json:"seen"`
}

func deviceHash(secret string) string {
	if !strings.HasPrefix(secret, devicePrefix) || len(secret) > maxSecret {
		return ""
	}
	hash := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(hash[:])
}

// NewDevice makes a secret for a browser to keep, by which it is known again. It opens
// nothing. Errors: those of the source of randomness.
func (s *Store) NewDevice() (string, error) {
	secret, _, err := s.secret(devicePrefix, secretBytes)
	return secret, err
}

// IsDevice says whether a secret is one that a browser is known by.
func IsDevice(secret string) bool { return deviceHash(secret) != "" }

// KnownDevice names the browser that a secret is of, where somebody has signed in with
// it under a login; else "".
func (s *Store) KnownDevice(login, secret string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.logins[fold(login)]; r != nil {
		if name, known := r.at(Place{Device: secret}, s.now()); known {
			return name
		}
	}
	return ""
}

// at names a place, and says whether somebody has signed in there.
func (r *userRecord) at(from Place, now ledger.Time) (name string, known bool) {
	device := deviceHash(from.Device)
	is := func(same func(*place) bool) bool {
		return slices.ContainsFunc(r.Places, func(p place) bool { return now <= p.Seen+ledger.Time(placeFor.Microseconds()) && same(&p) })
	}
	if device != "" && is(func(p *place) bool { return p.Device == device }) {
		return "device " + device, true
	}
	return "address " + from.Address, from.Address != "" && is(func(p *place) bool { return p.Address == from.Address })
}

// placesWith are the places where somebody has signed in, with one more.
func (r *userRecord) placesWith(from Place, now ledger.Time) []place {
	fresh := place{Device: deviceHash(from.Device), Address: from.Address, Seen: now}
	if fresh.Device == "" && fresh.Address == "" {
		return r.Places
	}
	out := []place{fresh}
	for _, p := range r.Places {
		same := p.Device == fresh.Device && (p.Device != "" || p.Address == fresh.Address)
		if !same && now <= p.Seen+ledger.Time(placeFor.Microseconds()) && len(out) < maxPlaces {
			out = append(out, p)
		}
	}
	return out
}

// guess is whose password is tried, and where; "" is all strange places together.
type guess struct{ user, place string }

// failing counts wrong passwords in a row.
type failing struct {
	count int
	last  ledger.Time
	until ledger.Time // it is shut until then
}

// over says whether it may be forgotten.
func (f *failing) over(now ledger.Time) bool {
	return now >= f.until && now-f.last > ledger.Time(lockedFor.Microseconds())
}

// CheckPassword returns who signs in with a login and a password, ok false where
// they do not fit, or were wrong too often from there. It takes as long for a stranger.
// Other calls are not held up by it.
func (s *Store) CheckPassword(login, password string, from Place) (u User, ok bool) {
	if len(login) > maxSecret || len(password) > maxPassword {
		return u, false
	}
	s.mu.RLock()
	r := s.logins[fold(login)]
	hash, shut, here, known := "", false, "", false
	if now := s.now(); r != nil && r.DisabledAt == 0 {
		hash = r.Password
		here, known = r.at(from, now)
		shut = s.shut(guess{r.ID, here}, now) || !known && s.shut(guess{r.ID, ""}, now)
	}
	s.mu.RUnlock()
	right := s.matches(hash, password, passwordCost)
	if r == nil || hash == "" || shut {
		return u, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !right {
		s.wrong(guess{r.ID, here}, maxFails)
		if !known {
			s.wrong(guess{r.ID, ""}, maxStrange)
		}
		return u, false
	}
	delete(s.fails, guess{r.ID, here})
	if now := s.users[r.ID]; now == nil || now.DisabledAt != 0 || now.Password != hash {
		return u, false // changed meanwhile
	}
	return r.user(), true
}

// shut says whether too many were wrong. The caller holds mu.
func (s *Store) shut(g guess, now ledger.Time) bool {
	f := s.fails[g]
	return f != nil && f.until > now
}

// wrong counts a wrong password. The caller holds mu.
func (s *Store) wrong(g guess, most int) {
	now := s.now()
	f := s.fails[g]
	if f == nil || f.over(now) {
		if f == nil && len(s.fails) >= maxFailing {
			s.forgetFails(now)
		}
		f = &failing{}
		s.fails[g] = f
	}
	f.last = now
	if f.count++; f.count >= most {
		f.count, f.until = 0, now+ledger.Time(lockedFor.Microseconds())
	}
}

// forgetFails makes room: what is over goes, and where nothing is, all but what is shut.
// The caller holds mu.
func (s *Store) forgetFails(now ledger.Time) {
	for g, f := range s.fails {
		if f.over(now) {
			delete(s.fails, g)
		}
	}
	if len(s.fails) < maxFailing {
		return
	}
	for g, f := range s.fails {
		if f.until <= now && g.place != "" {
			delete(s.fails, g)
		}
	}
}

// forgive forgets what was guessed at somebody's name. The caller holds mu.
func (s *Store) forgive(user string) {
	for g := range s.fails {
		if g.user == user {
			delete(s.fails, g)
		}
	}
}
