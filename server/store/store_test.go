package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

func openDB(t *testing.T, dir string) *badger.DB {
	t.Helper()
	o := badger.DefaultOptions(dir).WithLogger(nil).WithInMemory(dir == "").WithMetricsEnabled(false)
	db, err := badger.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func openStore(t *testing.T, db *badger.DB) *store.Store {
	t.Helper()
	s, err := store.Open(db, store.Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newStore(t *testing.T) *store.Store {
	db := openDB(t, "")
	t.Cleanup(func() { db.Close() })
	return openStore(t, db)
}

func pair(t *testing.T, s *store.Store, device string, role access.Role) string {
	t.Helper()
	secret, err := s.Pair(store.Request{Device: device, Role: role, Site: "north", By: "boss"})
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func code(err error) ledger.Code {
	var f *ledger.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func TestKeysSurviveReopenAndAreNotStoredInClear(t *testing.T) {
	dir := t.TempDir()
	db := openDB(t, dir)
	s := openStore(t, db)
	secret := pair(t, s, "H-07", access.Floor)
	gone := pair(t, s, "H-08", access.Dock)
	if err := s.Revoke("H-08", "boss", false); err != nil {
		t.Fatal(err)
	}
	if err := db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			value, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			if bytes.Contains(value, []byte(secret)) || bytes.Contains(it.Item().Key(), []byte(secret)) {
				t.Errorf("the secret stands in the database at %q", it.Item().Key())
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openDB(t, dir)
	defer db.Close()
	s = openStore(t, db)
	p, ok := s.Authenticate(secret)
	want := access.Principal{Kind: access.Handheld, Device: "H-07", Name: "H-07", Site: "north", Role: access.Floor, Grants: ledger.GrantsEverywhere("floor"), Right: "device/H-07"}
	if !ok || !reflect.DeepEqual(p, want) {
		t.Fatalf("Authenticate = %+v, %v; want %+v", p, ok, want)
	}
	if p, ok := s.Authenticate(gone); !ok || p.Until != ledger.TimeOf(noon) || access.May(p, access.ReadBalances) {
		t.Fatalf("a revoked key after a restart: %+v, %v", p, ok)
	}
	list := s.List()
	if len(list) != 2 || list[0].Device != "H-07" || list[1].RevokedAt != ledger.TimeOf(noon) || list[1].RevokedBy != "boss" {
		t.Fatalf("List = %+v", list)
	}
}

func TestPeopleMayBringAnyonesIntents(t *testing.T) {
	s := newStore(t)
	for role, device := range map[access.Role]string{access.Floor: "x", access.Dock: "x", access.Supervisor: "", access.Admin: ""} {
		p, ok := s.Authenticate(pair(t, s, "x", role))
		if !ok || p.Device != device || p.Name != "x" || p.Role != role {
			t.Errorf("a %s key belongs to %+v", role, p)
		}
		pair(t, s, "other", access.Admin) // so that x is never the last admin
	}
}

func TestNoKeyButOurs(t *testing.T) {
	s := newStore(t)
	secret := pair(t, s, "H-07", access.Floor)
	for _, bad := range []string{"", "bl_", secret + "a", secret[:len(secret)-1], strings.ToUpper(secret), secret[3:], " " + secret, "bl_" + strings.Repeat("a", 1<<20)} {
		if _, ok := s.Authenticate(bad); ok {
			t.Errorf("%.60q opens the door", bad)
		}
	}
	if len(secret) != len("bl_")+52 {
		t.Errorf("a secret has %d characters", len(secret))
	}
}

func TestPairingAgainReplaces(t *testing.T) {
	s := newStore(t)
	first := pair(t, s, "H-07", access.Floor)
	second := pair(t, s, "H-07", access.Dock)
	if p, ok := s.Authenticate(first); ok && p.Until == 0 {
		t.Error("the replaced key is still good")
	}
	if p, ok := s.Authenticate(second); !ok || p.Role != access.Dock {
		t.Errorf("the new key is %+v, %v", p, ok)
	}
	if first == second {
		t.Error("two keys are equal")
	}
}

func TestBadRequests(t *testing.T) {
	s := newStore(t)
	for _, c := range []struct {
		name string
		q    store.Request
		want ledger.Code
	}{
		{"no name", store.Request{Role: access.Floor}, ledger.BadField},
		{"slash", store.Request{Device: "a/b", Role: access.Floor}, ledger.BadField},
		{"newline", store.Request{Device: "a\nb", Role: access.Floor}, ledger.BadField},
		{"C1 control", store.Request{Device: "a\u0085b", Role: access.Floor}, ledger.BadField},
		{"no UTF-8", store.Request{Device: "a\xff", Role: access.Floor}, ledger.BadField},
		{"201 bytes", store.Request{Device: strings.Repeat("a", 201), Role: access.Floor}, ledger.BadField},
		{"no role", store.Request{Device: "a"}, ledger.BadField},
		{"other role", store.Request{Device: "a", Role: "owner"}, ledger.BadField},
		{"long site", store.Request{Device: "a", Role: access.Floor, Site: strings.Repeat("s", 201)}, ledger.TooLarge},
	} {
		if _, err := s.Pair(c.q); code(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := s.Pair(store.Request{Device: strings.Repeat("ä", 100), Role: access.Floor}); err != nil {
		t.Errorf("a name of 200 bytes: %v", err)
	}
	if err := s.Revoke("nobody", "", false); code(err) != ledger.NotFound {
		t.Errorf("revoking nobody: %v", err)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	s := newStore(t)
	secret, created, err := s.EnsureAdmin("")
	if err != nil || !created {
		t.Fatal(secret, created, err)
	}
	again, created, err := s.EnsureAdmin(secret)
	if err != nil || created || again != secret {
		t.Fatalf("a known admin key was replaced: %v, %v", created, err)
	}
	if err := s.Revoke(store.AdminName, "", false); code(err) != ledger.NotAllowed {
		t.Fatalf("the last admin key was revoked: %v", err)
	}
	if _, err := s.Pair(store.Request{Device: store.AdminName, Role: access.Floor}); code(err) != ledger.NotAllowed {
		t.Fatalf("the last admin key was made a floor key: %v", err)
	}
	pair(t, s, "boss", access.Admin)
	if err := s.Revoke(store.AdminName, "boss", false); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Authenticate(secret); ok {
		t.Fatal("a revoked admin key is still good")
	}
	fresh, created, err := s.EnsureAdmin(secret)
	if err != nil || !created || fresh == secret {
		t.Fatalf("a revoked key in the folder was not replaced: %v, %v", created, err)
	}
}

func TestNoRandomnessNoKey(t *testing.T) {
	db := openDB(t, "")
	defer db.Close()
	s, err := store.Open(db, store.Options{Random: strings.NewReader("too short")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pair(store.Request{Device: "a", Role: access.Floor}); err == nil {
		t.Fatal("a key was made of nothing")
	}
	if len(s.List()) != 0 {
		t.Fatal("a key was kept")
	}
}

func TestDamageIsNamed(t *testing.T) {
	for name, value := range map[string]string{
		"no JSON": "{", "other device": `{"device":"b","role":"floor","hash":"` + strings.Repeat("A", 43) + `="}`, "no hash": `{"device":"a","role":"floor"}`,
	} {
		db := openDB(t, "")
		if err := db.Update(func(txn *badger.Txn) error { return txn.Set([]byte("kka"), []byte(value)) }); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(db, store.Options{}); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		db.Close()
	}
}

func TestSettings(t *testing.T) {
	s := newStore(t)
	if _, ok, err := s.Setting("a"); ok || err != nil {
		t.Fatal(ok, err)
	}
	for _, value := range []string{"1", "", "2"} {
		if err := s.PutSetting("a", []byte(value)); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Setting("a"); !ok || err != nil || string(got) != value {
			t.Fatalf("%q, %v, %v; want %q", got, ok, err, value)
		}
	}
	if err := s.PutSetting("a", nil); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := s.Setting("a"); ok {
		t.Fatal("the setting was not removed")
	}
	if err := s.PutSetting("a", make([]byte, store.MaxSetting+1)); code(err) != ledger.TooLarge {
		t.Fatal(err)
	}
	if err := s.PutSetting("", nil); code(err) != ledger.BadField {
		t.Fatal(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	s := newStore(t)
	pair(t, s, "admin", access.Admin)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 20 {
				name := fmt.Sprintf("d%d-%d", i, j)
				secret, err := s.Pair(store.Request{Device: name, Role: access.Floor})
				if err != nil {
					t.Error(err)
					return
				}
				if p, ok := s.Authenticate(secret); !ok || p.Device != name {
					t.Errorf("%s: %+v, %v", name, p, ok)
				}
				if j%2 == 0 {
					if err := s.Revoke(name, "", false); err != nil {
						t.Error(err)
					}
				}
				s.List()
			}
		})
	}
	group.Wait()
	if got := len(s.List()); got != 161 {
		t.Errorf("%d keys, want 161", got)
	}
}
