package store

import (
	"fmt"
	"strconv"
	"strings"

	"bayledger/sync/ledger"
)

// A backup's rows can be older than its entries: a right that was taken back between
// the two is good by the rows, and ended by the books. What the books have ended stays
// so.

// settingRestored says, by being there, that the rows came out of a backup and were not
// compared with the books yet.
const settingRestored = "restored"

// SetRestored notes that the rows came out of a backup, or with false that they were
// compared with its books.
func (s *Store) SetRestored(yes bool) error {
	if yes {
		return s.PutSetting(settingRestored, []byte("yes"))
	}
	return s.PutSetting(settingRestored, nil)
}

// Restored says whether the rows came out of a backup and were not compared yet.
func (s *Store) Restored() (yes bool, err error) {
	_, yes, err = s.Setting(settingRestored)
	return yes, err
}

// EndAsBooks takes back what a right has beyond what the books know of it, in fields as
// Right gives them, and says whether there was anything. A newer secret than the one
// that the books know is left alone: its right was given after the books end. The last
// administrator is no exception: the data folder has a key of its own, and makes
// another. Errors: Badger's; then it is as it was.
func (s *Store) EndAsBooks(name string, books map[string]string) (ended bool, err error) {
	have, ok := s.Right(name)
	if !ok {
		return false, nil
	}
	s.write.Lock()
	defer s.write.Unlock()
	kind, who := rightParts(name)
	switch kind {
	case "device":
		ended, err = s.endKey(who, have, books)
	case "user":
		ended, err = s.endUser(who, have, books)
	case "token":
		ended, err = s.endToken(who, books)
	case "pin":
		if books["key"] == "" && have["key"] != "" {
			r := *s.pins[who]
			r.Hash, ended = "", true
			err = s.putPIN(&r)
		}
	}
	if err != nil {
		return false, fmt.Errorf("the right %s could not be ended, as the books have it: %w", name, err)
	}
	return ended, nil
}

func rightParts(name string) (kind, who string) {
	kind, who, _ = strings.Cut(name, "/")
	return kind, who
}

// secretNumber reads a field "key"; 0 where there is none.
func secretNumber(fields map[string]string) uint64 {
	n, err := strconv.ParseUint(fields["key"], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// endKey ends a key that the books know to be revoked, or to be replaced by another.
// Where a handheld had fetched that other one, the row has it: it is the good one now.
func (s *Store) endKey(device string, have, books map[string]string) (bool, error) {
	old, mine, theirs := s.byName[device], secretNumber(have), secretNumber(books)
	if books["cut"] == ledger.RightCut && !old.Cut && mine <= theirs {
		r := *old
		if r.Cut = true; r.RevokedAt == 0 {
			r.RevokedAt, r.RevokedBy = s.now(), "restore"
		}
		r.Number = theirs
		return true, s.put(&r, change{})
	}
	if old.RevokedAt != 0 || mine > theirs || mine == theirs && books["roles"] == have["roles"] {
		return false, nil
	}
	r := *old
	grants, ok := ledger.ParseGrants(books["roles"])
	if ok && len(grants) > 0 && books["roles"] == have["roles"] && theirs == mine+1 && len(r.Next) > 0 {
		r.Hash, r.Next, r.Renew, r.Number = r.Next, nil, false, theirs
	} else {
		r.RevokedAt, r.RevokedBy, r.Number = s.now(), "restore", theirs
	}
	return true, s.put(&r, change{})
}

// endUser gives somebody the roles that the books know, or none.
func (s *Store) endUser(id string, have, books map[string]string) (bool, error) {
	old := s.users[id]
	grants, ok := ledger.ParseGrants(books["roles"])
	if old.DisabledAt != 0 || books["roles"] == have["roles"] || secretNumber(have) > secretNumber(books) {
		return false, nil
	}
	r := *old
	if !ok || len(grants) == 0 {
		r.DisabledAt = s.now()
	} else {
		r.grants, r.Roles = grants, grants.Text()
	}
	c := change{}
	return true, s.putUser(&r, c, s.endAll(&r, c)...)
}

// endToken ends a token when the books know it to have ended.
func (s *Store) endToken(id string, books map[string]string) (bool, error) {
	over, err := ledger.ParseTime(books["expires"])
	old := s.tokens[id]
	if err != nil || old.over() <= over {
		return false, nil
	}
	r := *old
	r.Ended = over
	return true, s.putToken(&r, change{})
}
