package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// Bounds of people who sign in.
const (
	maxUsers    = 10_000
	minPassword = 10
	maxPassword = 200
)

// userRecord is somebody who signs in, under an id that is no name: journals know
// them by it for ever, while login and name can go.
type userRecord struct {
	ID         string      `json:"id"`
	Login      string      `json:"login,omitempty"`
	Name       string      `json:"name,omitempty"`
	Roles      string      `json:"roles"`
	Password   string      `json:"password,omitempty"` // Argon2id in PHC's notation; "" signs in elsewhere
	Subject    string      `json:"subject,omitempty"`  // issuer and subject of who signs in elsewhere
	CreatedAt  ledger.Time `json:"created_at"`
	CreatedBy  string      `json:"created_by,omitempty"`
	DisabledAt ledger.Time `json:"disabled_at,omitzero"`
	Number     uint64      `json:"number"`           // counts passwords
	Places     []place     `json:"places,omitempty"` // where they have signed in, the last first

	grants ledger.Grants
}

// User is what is shown of somebody who signs in.
type User struct {
	ID         string
	Login      string
	Name       string
	Grants     ledger.Grants
	Password   bool // signs in by password
	Elsewhere  bool // signs in by OpenID Connect
	CreatedAt  ledger.Time
	CreatedBy  string
	DisabledAt ledger.Time
	Number     uint64
}

func (r *userRecord) user() User {
	return User{r.ID, r.Login, r.Name, r.grants, r.Password != "", r.Subject != "", r.CreatedAt, r.CreatedBy, r.DisabledAt, r.Number}
}

// UserRight is under which name the books know what somebody may.
func UserRight(id string) string { return "user/" + id }

func (r *userRecord) principal() access.Principal {
	return access.Principal{Kind: access.Person, Name: r.ID, Site: r.home(), Role: access.HighestRole(r.grants), Grants: r.grants, Right: UserRight(r.ID)}
}

// home is the site that somebody means who names none: main, where they have a role
// there, else the first of theirs.
func (r *userRecord) home() string {
	if r.grants.At(mainSite) != "" || len(r.grants) == 0 {
		return ""
	}
	return r.grants[0].Site
}

func fold(login string) string { return strings.ToLower(login) }

func (s *Store) loadUser(name string, value []byte) error {
	r := new(userRecord)
	ok := json.Unmarshal(value, r) == nil && r.ID == name
	if ok {
		r.grants, ok = ledger.ParseGrants(r.Roles)
	}
	if !ok {
		return fmt.Errorf("%w: the user %q", ErrDamaged, name)
	}
	s.keepUser(r)
	return nil
}

// keepUser puts a record into memory. The caller holds mu, or is alone.
func (s *Store) keepUser(r *userRecord) {
	if old := s.users[r.ID]; old != nil {
		if old.Login != "" {
			delete(s.logins, fold(old.Login))
		}
		delete(s.subjects, old.Subject)
	}
	s.users[r.ID] = r
	if r.Login != "" {
		s.logins[fold(r.Login)] = r
	}
	if r.Subject != "" {
		s.subjects[r.Subject] = r
	}
}

// putUser stores somebody with what else changes with it, their tokens among it, then
// keeps it all. The caller holds write.
func (s *Store) putUser(r *userRecord, with change, tokens ...*tokenRecord) error {
	with[prefixUser+r.ID] = stored(r)
	if err := s.commit(with); err != nil {
		return fmt.Errorf("the user could not be stored; nothing was changed: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepUser(r)
	for _, t := range tokens {
		s.keepToken(t)
	}
	s.dropCodes(with)
	s.forgetSessions(with)
	return nil
}

// NewUser says who is to sign in.
type NewUser struct {
	Login    string
	Name     string
	Grants   ledger.Grants
	Password string // "" none: somebody sets one, or they sign in elsewhere
	By       string
}

func (q *NewUser) check() *ledger.Fault {
	if f := checkLogin(q.Login); f != nil {
		return f
	}
	if len(q.Name) > ledger.MaxCode {
		return &ledger.Fault{Code: ledger.TooLarge, Field: "name", Message: "A name has at most 200 bytes. Nothing was changed."}
	}
	if f := checkGrants(q.Grants); f != nil {
		return f
	}
	if q.Password == "" {
		return nil
	}
	return checkPassword(q.Password, q.Login)
}

func checkLogin(login string) *ledger.Fault {
	if login == "" || len(login) > ledger.MaxCode || !utf8.ValidString(login) || strings.ContainsFunc(login, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return &ledger.Fault{Code: ledger.BadField, Field: "login", Message: "A login has 1 to 200 bytes and no spaces. Nothing was changed; choose another."}
	}
	return nil
}

func checkPassword(password, login string) *ledger.Fault {
	why := ""
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		why = "A password has at least 10 characters."
	case len(password) > maxPassword:
		why = "A password has at most 200 bytes."
	case strings.EqualFold(password, login):
		why = "A password is not the login."
	case strings.Count(password, password[:1]) == len(password):
		why = "A password is not one character again and again."
	default:
		return nil
	}
	return &ledger.Fault{Code: ledger.BadField, Field: "password", Message: why + " Nothing was changed; choose another."}
}

// AddUser adds somebody who signs in. Errors: a *ledger.Fault, Badger's.
func (s *Store) AddUser(q NewUser) (User, error) {
	if f := q.check(); f != nil {
		return User{}, f
	}
	s.write.Lock()
	defer s.write.Unlock()
	return s.addUser(q, "", change{})
}

// addUser adds somebody, with what else changes with it. The caller holds write.
func (s *Store) addUser(q NewUser, subject string, with change) (User, error) {
	s.mu.RLock()
	count, taken := len(s.users), s.logins[fold(q.Login)] != nil
	s.mu.RUnlock()
	switch {
	case taken && q.Login != "":
		return User{}, &ledger.Fault{Code: ledger.IdentityConflict, Field: "login", Message: "The login " + ledger.Quote(q.Login) + " is taken. Nothing was changed; choose another."}
	case count >= maxUsers:
		return User{}, &ledger.Fault{Code: ledger.TooLarge, Message: "There are 10,000 users, the most there can be. Nothing was changed."}
	}
	name, err := s.id("u")
	if err != nil {
		return User{}, err
	}
	r := &userRecord{ID: name, Login: q.Login, Name: q.Name, Roles: q.Grants.Text(), Subject: subject, CreatedAt: s.now(), CreatedBy: q.By, Number: 1, grants: q.Grants}
	if q.Password != "" {
		if r.Password, err = s.hashed(q.Password, passwordCost); err != nil {
			return User{}, err
		}
	}
	if err := s.putUser(r, with); err != nil {
		return User{}, err
	}
	return r.user(), nil
}

// SetUp makes the first administrator for a code, which is used up with it. Errors: a
// *ledger.Fault, Badger's; the code is good still then.
func (s *Store) SetUp(code, login, password string) (User, error) {
	q := NewUser{Login: login, Password: password, Grants: ledger.GrantsEverywhere(string(access.Admin)), By: "set-up"}
	s.write.Lock()
	defer s.write.Unlock()
	r, f := s.openCode(code, true)
	if f == nil && s.HasAdmin() {
		f = errCode()
	}
	if f == nil && password == "" {
		f = checkPassword(password, login)
	}
	if f == nil {
		f = q.check()
	}
	if f != nil {
		return User{}, f
	}
	return s.addUser(q, "", change{codeKey(r.hash): nil})
}

// HasAdmin says whether somebody who signs in is an administrator.
func (s *Store) HasAdmin() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.admins("") > 0
}

// admins counts the administrators of all sites who can sign in, without one. The
// caller holds mu.
func (s *Store) admins(without string) (n int) {
	for _, r := range s.users {
		if r.ID != without && r.DisabledAt == 0 && roleOf(r.grants.At(ledger.Everywhere)) == access.Admin {
			n++
		}
	}
	return n
}

func noUser(id string) *ledger.Fault {
	return &ledger.Fault{Code: ledger.NotFound, Field: "user", Message: "There is no user " + ledger.Quote(short(id)) + ". Nothing was changed."}
}

// FindUser finds somebody by id or login.
func (s *Store) FindUser(name string) (User, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.users[name]
	if r == nil {
		r = s.logins[fold(name)]
	}
	if r == nil {
		return User{}, false
	}
	return r.user(), true
}

// Users returns all who sign in, sorted by login.
func (s *Store) Users() []User {
	s.mu.RLock()
	out := make([]User, 0, len(s.users))
	for _, r := range s.users {
		out = append(out, r.user())
	}
	s.mu.RUnlock()
	slices.SortFunc(out, func(a, b User) int { return cmp.Or(cmp.Compare(a.Login, b.Login), cmp.Compare(a.ID, b.ID)) })
	return out
}

// UserOf is the id of whom an identity provider calls so, "" where nobody is.
func (s *Store) UserOf(issuer, subject string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.subjects[issuer+" "+subject]; r != nil {
		return r.ID
	}
	return ""
}
