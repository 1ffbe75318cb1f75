package store

import (
	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// UserChange says what is to change; nil stays.
type UserChange struct {
	Login, Name *string
	Password    *string
	Grants      ledger.Grants
	Disabled    *bool
}

// ChangeUser changes somebody, by id. A new password, other roles and an end take
// their sessions and the codes that they offered. An end takes their tokens, too, for
// good: whoever is let in again makes new ones; after other roles tokens may what is
// left to their owner. The last administrator stays one. Errors: a *ledger.Fault,
// Badger's.
func (s *Store) ChangeUser(id string, q UserChange) (User, error) {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	old, admins := s.users[id], s.admins(id)
	s.mu.RUnlock()
	if old == nil {
		return User{}, noUser(id)
	}
	r := *old
	if f := s.changed(&r, &q); f != nil {
		return User{}, f
	}
	was := old.DisabledAt == 0 && roleOf(old.grants.At(ledger.Everywhere)) == access.Admin
	is := r.DisabledAt == 0 && roleOf(r.grants.At(ledger.Everywhere)) == access.Admin
	if was && !is && admins == 0 {
		return User{}, &ledger.Fault{Code: ledger.NotAllowed, Message: "This is the last administrator who can sign in. Nothing was changed; make another first."}
	}
	if q.Password != nil {
		var err error
		if r.Password, err = s.hashed(*q.Password, passwordCost); err != nil {
			return User{}, err
		}
		r.Number++
	}
	c := change{}
	var ended []*tokenRecord
	if q.Password != nil || r.DisabledAt != 0 || r.Roles != old.Roles {
		ended = s.endAll(&r, c)
	}
	if err := s.putUser(&r, c, ended...); err != nil {
		return User{}, err
	}
	s.mu.Lock()
	s.forgive(id)
	s.mu.Unlock()
	return r.user(), nil
}

// endAll adds to a change the end of what somebody has open: their sessions and the
// codes that they offered; where they are let in no more their tokens, and where they
// have signed in.
func (s *Store) endAll(r *userRecord, c change) (ended []*tokenRecord) {
	s.endSessionsOf(r.ID, c)
	s.endCodes(c, offeredBy(r.ID))
	if r.DisabledAt != 0 || len(r.grants) == 0 {
		r.Places = nil
		ended = s.endTokensOf(r.ID, c)
	}
	return ended
}

// changed applies a change to a copy, but for the password.
func (s *Store) changed(r *userRecord, q *UserChange) *ledger.Fault {
	if q.Login != nil && *q.Login != r.Login {
		gone := *q.Login == "" && (r.DisabledAt != 0 || q.Disabled != nil && *q.Disabled) // a name may have to go
		if f := checkLogin(*q.Login); f != nil && !gone {
			return f
		}
		s.mu.RLock()
		other := s.logins[fold(*q.Login)]
		s.mu.RUnlock()
		if other != nil && *q.Login != "" && other.ID != r.ID {
			return &ledger.Fault{Code: ledger.IdentityConflict, Field: "login", Message: "The login " + ledger.Quote(*q.Login) + " is taken. Nothing was changed; choose another."}
		}
		r.Login = *q.Login
	}
	if q.Name != nil {
		if len(*q.Name) > ledger.MaxCode {
			return &ledger.Fault{Code: ledger.TooLarge, Field: "name", Message: "A name has at most 200 bytes. Nothing was changed."}
		}
		r.Name = *q.Name
	}
	if q.Grants != nil {
		if f := checkGrants(q.Grants); f != nil {
			return f
		}
		r.grants, r.Roles = q.Grants, q.Grants.Text()
	}
	if q.Disabled != nil {
		switch {
		case !*q.Disabled:
			r.DisabledAt = 0
		case r.DisabledAt == 0:
			r.DisabledAt = s.now()
		}
	}
	if q.Password != nil {
		return checkPassword(*q.Password, r.Login)
	}
	return nil
}

// Elsewhere returns whom an identity provider vouches for, made where they are new,
// with the roles that it says they have now: somebody who has none is let in no
// more. Errors: a *ledger.Fault (not_allowed), Badger's.
func (s *Store) Elsewhere(issuer, subject, login string, grants ledger.Grants) (User, error) {
	denied := &ledger.Fault{Code: ledger.NotAllowed, Message: "The identity provider knows you, and none of your groups has a role here. Nothing was changed; ask an administrator."}
	if issuer == "" || subject == "" || len(subject) > 2*ledger.MaxCode || len(grants) > 0 && checkGrants(grants) != nil {
		return User{}, denied
	}
	s.write.Lock()
	defer s.write.Unlock()
	who := issuer + " " + subject
	s.mu.RLock()
	old := s.subjects[who]
	taken := s.logins[fold(login)]
	s.mu.RUnlock()
	if old == nil {
		if len(grants) == 0 {
			return User{}, denied
		}
		if taken != nil || checkLogin(login) != nil {
			login = "" // what a provider calls somebody opens nobody else's account
		}
		return s.addUser(NewUser{Login: login, Grants: grants, By: "openid"}, who, change{})
	}
	if old.DisabledAt != 0 {
		return User{}, denied
	}
	if old.Roles == grants.Text() && len(grants) > 0 {
		return old.user(), nil
	}
	r := *old
	r.grants, r.Roles = grants, grants.Text()
	if r.grants == nil {
		r.grants = ledger.Grants{}
	}
	c := change{}
	if err := s.putUser(&r, c, s.endAll(&r, c)...); err != nil {
		return User{}, err
	}
	if len(grants) == 0 {
		return User{}, denied
	}
	return r.user(), nil
}
