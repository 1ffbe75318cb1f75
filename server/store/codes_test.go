package store_test

import (
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

// A code is judged again when it is used: by what whoever made it may then, and by
// whose key it would take the place of.
func TestACodeDiesWithWhatItRestsOn(t *testing.T) {
	off, fresh := true, "another good one"
	north := ledger.Grants{{Site: "north", Role: "supervisor"}}
	for name, c := range map[string]struct {
		by   func(h *house) (name, token string)
		then func(h *house, by, token string) error
		want ledger.Code // "" the code works
	}{
		"nothing happens": {person(north), func(*house, string, string) error { return nil }, ""},
		"the person was disabled": {person(north), func(h *house, by, _ string) error {
			_, err := h.ChangeUser(by, store.UserChange{Disabled: &off})
			return err
		}, ledger.BadKey},
		"the person has less": {person(north), func(h *house, by, _ string) error {
			_, err := h.ChangeUser(by, store.UserChange{Grants: ledger.Grants{{Site: "north", Role: "floor"}}})
			return err
		}, ledger.BadKey},
		"the person has another password": {person(north), func(h *house, by, _ string) error {
			_, err := h.ChangeUser(by, store.UserChange{Password: &fresh})
			return err
		}, ledger.BadKey},
		"the person has another name": {person(north), func(h *house, by, _ string) error {
			name := "Ann"
			_, err := h.ChangeUser(by, store.UserChange{Name: &name})
			return err
		}, ""},
		"the key that made it was taken back": {key, func(h *house, by, _ string) error { return h.Revoke(by, "boss", false) }, ledger.BadKey},
		"the key that made it is another's": {key, func(h *house, by, _ string) error {
			_, err := h.Pair(store.Request{Device: by, Role: access.Supervisor})
			return err
		}, ledger.BadKey},
		"the device was taken back": {key, func(h *house, _, _ string) error {
			if _, err := h.Pair(store.Request{Device: "other", Role: access.Floor}); err != nil {
				return err
			}
			return h.Revoke("H-1", "boss", true)
		}, ledger.BadKey},
		"the name was paired otherwise": {key, func(h *house, _, _ string) error {
			_, err := h.Pair(store.Request{Device: "H-1", Role: access.Admin})
			return err
		}, ledger.BadKey},
		"the token ended":       {token("device.pair", "read", "intent.own", "pin.verify", "print.labels"), func(h *house, by, token string) error { return h.EndToken(by, token) }, ledger.BadKey},
		"the token's time over": {token("device.pair", "read", "intent.own", "pin.verify", "print.labels"), func(h *house, _, _ string) error { h.pass(31 * time.Minute); return nil }, ledger.NotAllowed},
		"the token has it all":  {token("device.pair", "read", "intent.own", "pin.verify", "print.labels"), func(*house, string, string) error { return nil }, ""},
		"the token has less":    {token("device.pair", "read"), func(*house, string, string) error { return nil }, ledger.NotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.user("boss", ledger.GrantsEverywhere("admin"))
			if _, err := h.Pair(store.Request{Device: "H-1", Role: access.Floor, Site: "north", Only: true}); err != nil {
				t.Fatal(err)
			}
			by, token := c.by(h)
			offer := must[store.Code](t)(h.Offer(store.Request{Device: "H-1", Role: access.Floor, Site: "north", Only: true, By: by, Token: token}, time.Hour))
			if err := c.then(h, by, token); err != nil {
				t.Fatal(err)
			}
			for _, again := range []bool{false, true} { // also after a restart, and what died stays so
				_, _, err := h.Redeem(offer.Text)
				want := c.want
				if again {
					want = ledger.BadKey
				}
				if code(err) != want {
					t.Errorf("again %v: %v, want %q", again, err, want)
				}
				h.reopen()
			}
		})
	}
}

func person(g ledger.Grants) func(h *house) (name, token string) {
	return func(h *house) (string, string) { return h.user("ann", g).ID, "" }
}

func key(h *house) (name, token string) {
	if _, err := h.Pair(store.Request{Device: "script", Role: access.Supervisor}); err != nil {
		h.Fatal(err)
	}
	return "script", ""
}

func token(scope ...string) func(h *house) (name, token string) {
	return func(h *house) (string, string) {
		u := h.user("ann", ledger.Grants{{Site: "north", Role: "supervisor"}})
		t, _, err := h.AddToken(u.ID, "", scope, 30*time.Minute)
		if err != nil {
			h.Fatal(err)
		}
		return u.ID, t.ID
	}
}

// Whoever makes codes without end keeps nobody else from theirs.
func TestCodesOfOneAreBounded(t *testing.T) {
	h := newHouse(t)
	ask := store.Request{Device: "H-1", Role: access.Floor, By: "eve"}
	for i := range 201 {
		if _, err := h.Offer(ask, time.Hour); (i < 200) != (err == nil) {
			t.Fatalf("%d: %v", i, err)
		}
	}
	ask.By = "ann"
	if _, err := h.Offer(ask, time.Hour); err != nil {
		t.Error(err)
	}
	h.pass(time.Hour)
	ask.By = "eve"
	if _, err := h.Offer(ask, time.Hour); err != nil {
		t.Error(err)
	}
}

// Of tokens that ended, one person's are kept up to a bound.
func TestEndedTokensAreBounded(t *testing.T) {
	h := newHouse(t)
	u := h.user("ann", ledger.GrantsEverywhere("admin"))
	for range 60 {
		token, _, err := h.AddToken(u.ID, "", nil, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.EndToken(u.ID, token.ID); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Minute)
	}
	h.reopen()
	if got := h.Tokens(u.ID); len(got) != 51 { // 50, and the one that was made last and ended
		t.Errorf("%d tokens are kept", len(got))
	}
}

// That a handheld whose key was taken back turns out to be stolen is a change of rights.
func TestStolenLaterIsTold(t *testing.T) {
	h := newHouse(t)
	pair(t, h.Store, "H-1", access.Floor)
	if err := h.Revoke("H-1", "boss", false); err != nil {
		t.Fatal(err)
	}
	before, _ := h.Right("device/H-1")
	if err := h.Revoke("H-1", "boss", true); err != nil {
		t.Fatal(err)
	}
	after, _ := h.Right("device/H-1")
	if before["cut"] != "" || after["cut"] != ledger.RightCut {
		t.Errorf("%v, then %v", before, after)
	}
	// Rows of a backup from before it are brought up to what the books know.
	secret := pair(t, h.Store, "H-2", access.Floor)
	if err := h.Revoke("H-2", "boss", false); err != nil {
		t.Fatal(err)
	}
	if ended, err := h.EndAsBooks("device/H-2", map[string]string{"roles": "", "key": "1", "cut": ledger.RightCut}); !ended || err != nil {
		t.Error(ended, err)
	}
	if _, ok := h.Authenticate(secret); ok {
		t.Error("what was stolen by the books hands in still")
	}
}
