package backup_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/backup"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// TestRightsComeAtOnce: where new entries change a right the rows come with them, and
// not only when it is their turn.
func TestRightsComeAtOnce(t *testing.T) {
	f := follow(t)
	for n := range 5 { // whichever look it is
		device := fmt.Sprint("H-", n)
		f.pair(device)
		if _, _, err := f.book.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityRight, Code: store.KeyRight(device), Fields: map[string]string{"roles": "floor", "key": "1"}}}, false); err != nil {
			t.Fatal(err)
		}
		f.ticks <- f.time()
		f.ticks <- f.time()
		dir, _ := restore(t, f.to, backup.RestoreOptions{})
		if got := openServer(t, dir).devices(); !slices.Contains(got, device) {
			t.Errorf("after one look the backup has the keys of %v, and not that of %s", got, device)
		}
	}
}

// TestRightsThatWereEnded: what was taken back between the copy of the rows and that of
// the entries stays taken back where both are restored, in the rows and in the books.
func TestRightsThatWereEnded(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	secrets := map[string]string{}
	pair := func(device string) {
		t.Helper()
		secret, err := s.store.Pair(store.Request{Device: device, Role: access.Floor})
		must(err)
		secrets[device] = secret
	}
	tell := func(s *server) {
		t.Helper()
		must(rest.TellRights(t.Context(), s.book, s.store, "test", s.store.Rights()))
	}
	for _, device := range []string{"KEPT", "REVOKED", "PAIRED-AGAIN", "FETCHED", "LATER"} {
		pair(device)
	}
	ann, err := s.store.AddUser(store.NewUser{Login: "ann", Name: "Ann", Grants: ledger.GrantsEverywhere("admin")})
	must(err)
	bob, err := s.store.AddUser(store.NewUser{Login: "bob", Name: "Bob", Grants: ledger.GrantsEverywhere("supervisor")})
	must(err)
	scope := []string{"read"}
	token, tokenSecret, err := s.store.AddToken(bob.ID, "a label", scope, time.Hour)
	must(err)
	must(s.store.SetPIN("7", "2580", "test"))
	fetched, err := s.store.Renew("FETCHED")
	must(err)
	tell(s)
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, s.source())

	must(s.store.Revoke("REVOKED", "test", false))
	pair("PAIRED-AGAIN")
	if _, ok := s.store.Authenticate(fetched); !ok {
		t.Fatal("a renewed key is not good")
	}
	gone, floor := true, ledger.GrantsEverywhere("floor")
	must(s.store.EndToken(bob.ID, token.ID))
	_, err = s.store.ChangeUser(bob.ID, store.UserChange{Disabled: &gone})
	must(err)
	carl, err := s.store.AddUser(store.NewUser{Login: "carl", Name: "Carl", Grants: ledger.GrantsEverywhere("admin")})
	must(err)
	_, err = s.store.ChangeUser(ann.ID, store.UserChange{Grants: floor})
	must(err)
	must(s.store.SetPIN("7", "", "test"))
	tell(s)
	w := openBackup(t, to)
	taken, err := w.Take(t.Context(), s.source(), false)
	if must(errors.Join(err, w.Close())); !taken.Rights {
		t.Fatalf("taken were %+v, and rights changed", taken)
	}

	dir, _ := restore(t, to, backup.RestoreOptions{})
	back := openServer(t, dir)
	if yes, err := back.store.Restored(); !yes || err != nil {
		t.Fatalf("the folder does not say that it was restored (%v)", err)
	}
	ended, err := rest.EndRights(t.Context(), back.book, back.store)
	must(err)
	want := []string{"device/FETCHED", "device/PAIRED-AGAIN", "device/REVOKED", "pin/7", "token/" + token.ID, "user/" + ann.ID, "user/" + bob.ID}
	slices.Sort(want)
	if !slices.Equal(ended, want) {
		t.Errorf("ended were %q, want %q", ended, want)
	}
	if yes, err := back.store.Restored(); yes || err != nil {
		t.Errorf("it would be compared again (%v)", err)
	}
	for name, good := range map[string]bool{"KEPT": true, "FETCHED": false, "LATER": true} {
		if p, ok := back.store.Authenticate(secrets[name]); (ok && p.Until == 0) != good {
			t.Errorf("the first key of %s: good %v until %v, want %v", name, ok, p.Until, good)
		}
	}
	if _, ok := back.store.Authenticate(fetched); !ok {
		t.Error("the handheld that had fetched a new key is shut out")
	}
	if _, ok := back.store.Authenticate(tokenSecret); ok {
		t.Error("the ended token is good")
	}
	if there, _, _ := back.store.PINState("7"); there {
		t.Error("the removed PIN is there")
	}
	if u, ok := back.store.FindUser(ann.ID); !ok || u.Grants.Text() != "floor" {
		t.Errorf("ann is %+v", u)
	}
	before := back.j.Head().N
	tell(back)
	if now := back.j.Head().N; now != before+1 { // the key that PAIRED-AGAIN has by the books is in no row
		t.Errorf("%d rights were changed in the books, want the one that nobody has a key for", now-before)
	}
	must(back.book.View(t.Context(), func(st *ledger.State, _ uint64) {
		for name, roles := range map[string]string{"device/REVOKED": "", "device/PAIRED-AGAIN": "", "device/FETCHED": "floor", "user/" + ann.ID: "floor", "user/" + bob.ID: ""} {
			if v, ok := st.Item(ledger.Item{Entity: ledger.EntityRight, Key: name}); !ok || v.Fields["roles"] != roles {
				t.Errorf("by the books %s has %q, want %q", name, v.Fields["roles"], roles)
			}
		}
	}))
	if _, ok := back.store.FindUser(carl.ID); ok {
		t.Error("carl came after the rows, and is there")
	}
}
