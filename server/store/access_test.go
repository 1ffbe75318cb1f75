package store_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/crypto/argon2"
)

// house is a store with a clock that only moves when told to.
type house struct {
	*testing.T
	*store.Store
	db    *badger.DB
	clock atomic.Int64 // minutes after noon
}

// hall is where people sign in from.
var hall = store.Place{Address: "10.0.0.1"}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, db: openDB(t, "")}
	t.Cleanup(func() { h.db.Close() })
	h.reopen()
	return h
}

func (h *house) reopen() {
	h.Helper()
	var err error
	h.Store, err = store.Open(h.db, store.Options{Now: func() time.Time { return noon.Add(time.Duration(h.clock.Load()) * time.Minute) }})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) pass(d time.Duration) { h.clock.Add(int64(d / time.Minute)) }

func (h *house) user(login string, g ledger.Grants) store.User {
	h.Helper()
	u, err := h.AddUser(store.NewUser{Login: login, Grants: g, Password: "correct horse " + login, By: "test"})
	if err != nil {
		h.Fatal(err)
	}
	return u
}

// must returns what a call gave that must not fail.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A handheld that gets a new secret and loses the answer is not locked out: the old
// one is good until the new one is used, and not a moment longer.
func TestANewKeyEndsTheOldWhenItIsUsed(t *testing.T) {
	h := newHouse(t)
	old := pair(t, h.Store, "H-1", access.Floor)
	lost := must[string](t)(h.Renew("H-1"))
	fresh := must[string](t)(h.Renew("H-1"))
	good := func(secret string) bool { _, ok := h.Authenticate(secret); return ok }
	if !good(old) || good(lost) {
		t.Error("the old key ended, or one that was never used is good still")
	}
	h.reopen()
	if !good(old) || !good(fresh) || good(old) {
		t.Error("using the new key does not end the old one")
	}
	h.reopen()
	if !good(fresh) || good(old) {
		t.Error("after a restart it is otherwise")
	}
	if k, _ := h.Lookup("H-1"); k.Number != 2 || k.Renew {
		t.Errorf("%+v", k)
	}
	if err := h.AskToRenew("H-1"); err != nil {
		t.Fatal(err)
	}
	if k, _ := h.Lookup("H-1"); !k.Renew {
		t.Error("nobody knows that it is to renew its key")
	}
}

func TestARevokedKeyHandsInForAMonth(t *testing.T) {
	h := newHouse(t)
	floor, program := pair(t, h.Store, "H-1", access.Floor), pair(t, h.Store, "script", access.Supervisor)
	for _, name := range []string{"H-1", "script"} {
		if err := h.Revoke(name, "boss", false); err != nil {
			t.Fatal(err)
		}
	}
	if p, ok := h.Authenticate(floor); !ok || p.Until == 0 || !access.May(p, access.IntentOwn) || access.May(p, access.ReadCatalog) {
		t.Errorf("%+v %v", p, ok)
	}
	if _, ok := h.Authenticate(program); ok {
		t.Error("a key that speaks for anyone is good after its end")
	}
	h.pass(store.HandInFor + time.Minute)
	if _, ok := h.Authenticate(floor); ok {
		t.Error("it is good for ever")
	}
	stolen := pair(t, h.Store, "H-2", access.Floor)
	if err := h.Revoke("H-2", "boss", false); err != nil {
		t.Fatal(err)
	}
	if err := h.Revoke("H-2", "boss", true); err != nil { // it turns out to be stolen
		t.Fatal(err)
	}
	h.reopen()
	if _, ok := h.Authenticate(stolen); ok {
		t.Error("a stolen handheld is listened to")
	}
}

// The handheld that had a name before hands in what it scanned until then, and nothing
// of one that was reported as stolen; a person's key hands in nothing.
func TestANamePairedAgainHandsIn(t *testing.T) {
	h := newHouse(t)
	pair(t, h.Store, "boss", access.Admin)
	first := pair(t, h.Store, "H-1", access.Floor)
	waiting := must[string](t)(h.Renew("H-1")) // fetched, and not used before the end
	h.pass(time.Hour)
	end := ledger.TimeOf(noon.Add(time.Hour))
	second := pair(t, h.Store, "H-1", access.Dock)
	h.pass(time.Hour)
	third := pair(t, h.Store, "H-1", access.Floor)
	h.pass(29 * 24 * time.Hour)
	judge := func(secret string, in bool, until ledger.Time) {
		t.Helper()
		p, ok := h.Authenticate(secret)
		if ok != in || ok && (p.Device != "H-1" || p.Until != until) {
			t.Errorf("%v %+v, want %v until %d", ok, p, in, until)
		}
	}
	for range 2 {
		judge(first, true, end)
		judge(waiting, true, end)
		judge(second, true, ledger.TimeOf(noon.Add(2*time.Hour)))
		judge(third, true, 0)
		h.reopen()
	}
	if p, _ := h.Authenticate(second); p.Role != access.Dock {
		t.Errorf("the role that it had: %+v", p)
	}
	h.pass(24*time.Hour + time.Minute)
	judge(first, false, 0)
	judge(third, true, 0)
	if err := h.Revoke("H-1", "boss", true); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{second, third} {
		judge(secret, false, 0)
	}
	last := pair(t, h.Store, "H-1", access.Floor)
	judge(third, false, 0)
	judge(last, true, 0)
	chief := pair(t, h.Store, "chief", access.Supervisor)
	pair(t, h.Store, "chief", access.Floor)
	if _, ok := h.Authenticate(chief); ok {
		t.Error("a supervisor's old key hands in")
	}
	for range 10 { // bounded: the newest few
		first, last = last, pair(t, h.Store, "H-1", access.Floor)
	}
	if p, ok := h.Authenticate(first); !ok || p.Until == 0 {
		t.Error("the newest of many does not hand in")
	}
}

func TestACodeWorksOnceAndForMinutes(t *testing.T) {
	h := newHouse(t)
	pair(t, h.Store, "boss", access.Supervisor)
	ask := store.Request{Device: "H-1", Role: access.Floor, Site: "north", Only: true, By: "boss"}
	offer := must[store.Code](t)(h.Offer(ask, 0))
	h.reopen()
	k, secret, err := h.Redeem(" " + strings.ToUpper(offer.Text))
	if err != nil || k.Grants.Text() != "north=floor" || k.CreatedBy != "boss" {
		t.Fatalf("%+v %v", k, err)
	}
	if p, ok := h.Authenticate(secret); !ok || p.Device != "H-1" {
		t.Errorf("%+v", p)
	}
	late := must[store.Code](t)(h.Offer(ask, 2*time.Minute))
	h.pass(2 * time.Minute)
	for name, text := range map[string]string{"twice": offer.Text, "late": late.Text, "empty": "", "wrong": "aaaa", "huge": strings.Repeat("a", 1<<20)} {
		if _, _, err := h.Redeem(text); code(err) != ledger.BadKey {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.reopen()
	if _, _, err := h.Redeem(offer.Text); code(err) != ledger.BadKey {
		t.Errorf("after a restart: %v", err)
	}
	for _, minutes := range []time.Duration{time.Second, 61 * time.Minute, -1} {
		if _, err := h.Offer(ask, minutes); code(err) != ledger.BadField {
			t.Errorf("for %v: %v", minutes, err)
		}
	}
	many := must[store.Code](t)(h.Offer(ask, time.Hour))
	var won atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, _, err := h.Redeem(many.Text); err == nil {
				won.Add(1)
			}
		})
	}
	if group.Wait(); won.Load() != 1 {
		t.Errorf("%d handhelds were paired with one code", won.Load())
	}
}

func TestTheFirstAdministrator(t *testing.T) {
	h := newHouse(t)
	first, ok, err := h.OfferSetUp()
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	offer, _, _ := h.OfferSetUp()
	for _, bad := range [][3]string{{first.Text, "ann", "long enough pass"}, {offer.Text, "ann", "short"}, {offer.Text, "", "long enough pass"}, {offer.Text, "ann", ""}, {"x", "ann", "long enough pass"}} {
		if _, err := h.SetUp(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("%q is let in", bad)
		}
	}
	if _, _, err := h.Redeem(offer.Text); err == nil {
		t.Error("the code of the set-up pairs a device")
	}
	u, err := h.SetUp(offer.Text, "ann", "long enough pass")
	if err != nil || u.Grants.Text() != "admin" || strings.Contains(u.ID, "ann") {
		t.Fatal(u, err)
	}
	if _, err := h.SetUp(offer.Text, "eve", "long enough pass"); code(err) != ledger.BadKey {
		t.Errorf("twice: %v", err)
	}
	if _, ok, _ := h.OfferSetUp(); ok {
		t.Error("a second first administrator is asked for")
	}
	off := true
	if _, err := h.ChangeUser(u.ID, store.UserChange{Disabled: &off}); code(err) != ledger.NotAllowed {
		t.Errorf("the last administrator goes: %v", err)
	}
	if _, err := h.ChangeUser(u.ID, store.UserChange{Grants: ledger.Grants{{Site: "main", Role: "admin"}}}); code(err) != ledger.NotAllowed {
		t.Errorf("the last administrator of all sites: %v", err)
	}
}

func TestPasswords(t *testing.T) {
	h := newHouse(t)
	h.user("boss", ledger.GrantsEverywhere("admin"))
	u := h.user("Ann", ledger.Grants{{Site: "north", Role: "supervisor"}})
	right := "correct horse Ann"
	if got, ok := h.CheckPassword("ann", right, hall); !ok || got.ID != u.ID {
		t.Fatal(got, ok)
	}
	for login, password := range map[string]string{"ann": "wrong", "eve": right, "": "", "Ann": "", "ANN": strings.Repeat("a", 1<<20)} {
		if _, ok := h.CheckPassword(login, password, hall); ok {
			t.Errorf("%s gets in with %.20q", login, password)
		}
	}
	for range 10 {
		h.CheckPassword("ann", "wrong", hall)
	}
	if _, ok := h.CheckPassword("ann", right, hall); ok {
		t.Error("ten wrong ones do not shut the account")
	}
	h.pass(16 * time.Minute)
	if _, ok := h.CheckPassword("ann", right, hall); !ok {
		t.Error("it stays shut for ever")
	}
	for login, password := range map[string]string{"a": "short", "two words": right, "ann": right, "long enough": right} {
		if _, err := h.AddUser(store.NewUser{Login: login, Password: password, Grants: ledger.GrantsEverywhere("floor")}); err == nil {
			t.Errorf("%q %q is taken", login, password)
		}
	}
	for _, g := range []ledger.Grants{nil, {}, {{Site: "*", Role: "supervisor"}, {Site: "main", Role: "floor"}}, {{Site: "main", Role: "owner"}}} {
		if _, err := h.AddUser(store.NewUser{Login: "x", Grants: g}); code(err) != ledger.BadField {
			t.Errorf("%v: %v", g, err)
		}
	}
	h.reopen()
	if _, ok := h.CheckPassword("ann", right, hall); !ok {
		t.Error("not after a restart")
	}
}

// What ends a session: the clock, signing out, another password, other roles, an end.
func TestSessionsEnd(t *testing.T) {
	fresh, off := "another good one", true
	for name, end := range map[string]func(h *house, u store.User, secret string) error{
		"signing out": func(h *house, _ store.User, secret string) error { _, err := h.SignOut(secret); return err },
		"ended from afar": func(h *house, u store.User, _ string) error {
			_, err := h.EndSession(u.ID, h.Sessions(u.ID)[0].ID)
			return err
		},
		"twelve hours of nothing": func(h *house, _ store.User, _ string) error { h.pass(12*time.Hour + time.Minute); return nil },
		"another password": func(h *house, u store.User, _ string) error {
			_, err := h.ChangeUser(u.ID, store.UserChange{Password: &fresh})
			return err
		},
		"other roles": func(h *house, u store.User, _ string) error {
			_, err := h.ChangeUser(u.ID, store.UserChange{Grants: ledger.GrantsEverywhere("floor")})
			return err
		},
		"an end": func(h *house, u store.User, _ string) error {
			_, err := h.ChangeUser(u.ID, store.UserChange{Disabled: &off})
			return err
		},
		"a week, however busy": func(h *house, _ store.User, secret string) error {
			for range 7 * 24 {
				h.pass(time.Hour)
				h.Authenticate(secret)
			}
			h.pass(time.Minute)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.user("boss", ledger.GrantsEverywhere("admin"))
			u := h.user("ann", ledger.GrantsEverywhere("supervisor"))
			secret := must[string](t)(h.SignIn(u.ID, "a browser", store.Place{Address: "10.0.0.1"}))
			h.pass(11 * time.Hour)
			if p, ok := h.Authenticate(secret); !ok || p.Kind != access.Person || p.Name != u.ID || p.Device != "" {
				t.Fatalf("%+v %v", p, ok)
			}
			h.reopen()
			if err := end(h, u, secret); err != nil {
				t.Fatal(err)
			}
			if _, ok := h.Authenticate(secret); ok {
				t.Error("the session is good still")
			}
			h.reopen()
			if _, ok := h.Authenticate(secret); ok {
				t.Error("after a restart the session is good")
			}
		})
	}
}

func TestSessionsAreBounded(t *testing.T) {
	h := newHouse(t)
	u := h.user("ann", ledger.GrantsEverywhere("admin"))
	first := must[string](t)(h.SignIn(u.ID, strings.Repeat("ü", 1000), store.Place{Address: ""}))
	for range 20 {
		h.pass(time.Minute)
		must[string](t)(h.SignIn(u.ID, "", store.Place{Address: ""}))
	}
	if _, ok := h.Authenticate(first); ok || len(h.Sessions(u.ID)) != 20 {
		t.Errorf("%d sessions are open", len(h.Sessions(u.ID)))
	}
}

func TestTokens(t *testing.T) {
	h := newHouse(t)
	h.user("boss", ledger.GrantsEverywhere("admin"))
	u := h.user("ann", ledger.Grants{{Site: "north", Role: "supervisor"}})
	token, secret, err := h.AddToken(u.ID, "report", []string{"read"}, time.Hour)
	if err != nil || !strings.HasPrefix(secret, "bay_") {
		t.Fatal(secret, err)
	}
	h.reopen()
	p, ok := h.Authenticate(secret)
	if !ok || !access.MayAt(p, access.ReadReports, "north") || access.MayAt(p, access.ReadReports, "main") || access.May(p, access.EditCatalog) || access.May(p, access.SeeMoney) {
		t.Errorf("%+v", p)
	}
	if got := h.Tokens(u.ID); p.Token != token.ID || len(got) != 1 || got[0].Used == 0 {
		t.Errorf("%+v", got)
	}
	off := true
	if _, err := h.ChangeUser(u.ID, store.UserChange{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Authenticate(secret); ok {
		t.Error("a token outlives its owner")
	}
	off = false
	if _, err := h.ChangeUser(u.ID, store.UserChange{Disabled: &off}); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Authenticate(secret); ok {
		t.Error("a token comes back with its owner")
	}
	if token, secret, err = h.AddToken(u.ID, "report", []string{"read"}, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := h.EndToken("u-other", token.ID); code(err) != ledger.NotFound {
		t.Errorf("another's: %v", err)
	}
	h.pass(time.Hour)
	if _, ok := h.Authenticate(secret); ok {
		t.Error("a token outlives its time")
	}
	second, secret2, _ := h.AddToken(u.ID, "", nil, 0)
	if err := h.EndToken(u.ID, second.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Authenticate(secret2); ok {
		t.Error("an ended token is good")
	}
	h.pass(store.TokenFor + 91*24*time.Hour) // what is long over is forgotten
	if _, _, err := h.AddToken(u.ID, "", nil, 0); err != nil {
		t.Fatal(err)
	}
	h.reopen()
	if got := h.Tokens(u.ID); len(got) != 1 {
		t.Errorf("%d tokens are kept", len(got))
	}
	for _, c := range []struct {
		user  string
		scope []string
		lives time.Duration
	}{{"u-nobody", nil, 0}, {u.ID, []string{"everything"}, 0}, {u.ID, nil, 367 * 24 * time.Hour}, {u.ID, nil, time.Second}} {
		if _, _, err := h.AddToken(c.user, "", c.scope, c.lives); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

func TestPINs(t *testing.T) {
	h := newHouse(t)
	for pin, want := range map[string]ledger.Code{"1234": "bad_field", "9876": "bad_field", "7777": "bad_field", "12": "bad_field", "12a4": "bad_field", "1357913579135": "bad_field", "2580": ""} {
		if err := h.SetPIN("ann", pin, "boss"); code(err) != want {
			t.Errorf("%s: %v", pin, err)
		}
	}
	check := func(pin string) bool {
		right, _, err := h.CheckPIN("ann", pin, "device/H-1")
		if err != nil {
			t.Fatal(err)
		}
		return right
	}
	if !check("2580") || check("2581") || check("") {
		t.Error("the PIN is judged wrongly")
	}
	if right, _, _ := h.CheckPIN("nobody", "2580", "device/H-1"); right {
		t.Error("who has no PIN gets in")
	}
	for range 4 {
		h.reopen() // a restart forgets no wrong try
		check("0000")
	}
	if right, shut, _ := h.CheckPIN("ann", "2580", "device/H-1"); right || shut == 0 {
		t.Error("five wrong ones do not shut the badge")
	}
	h.pass(16 * time.Minute)
	if !check("2580") {
		t.Error("it stays shut")
	}
	if err := h.SetPIN("ann", "", "boss"); err != nil {
		t.Fatal(err)
	}
	if there, _, n := h.PINState("ann"); there || n != 2 || check("2580") || check("") {
		t.Error("a PIN that was taken away opens")
	}
}

// Many tries at once are counted one by one.
func TestPINTriesAtOnce(t *testing.T) {
	h := newHouse(t)
	if err := h.SetPIN("ann", "2580", ""); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() { _, _, _ = h.CheckPIN("ann", fmt.Sprintf("111%d", i+2), "device/H-1") })
	}
	group.Wait()
	if right, shut, _ := h.CheckPIN("ann", "2580", "device/H-1"); right || shut == 0 {
		t.Error("tries at once get around the count")
	}
}

// By the list of the shift a handheld judges PINs alone; the list of another handheld
// or shift is of no use to it.
func TestTheListOfTheShift(t *testing.T) {
	h := newHouse(t)
	for _, operator := range []string{"ann", "bob"} {
		if err := h.SetPIN(operator, "2580", ""); err != nil {
			t.Fatal(err)
		}
	}
	first, until, err := h.Shift([]string{"bob", "ann", "eve"})
	if err != nil || len(first) != 2 || first[0].Operator != "ann" || until != ledger.TimeOf(noon.Add(store.ShiftFor)) {
		t.Fatal(first, until, err)
	}
	second, _, _ := h.Shift([]string{"ann"})
	judge := func(c store.PINCheck, nonce []byte, pin string) bool {
		mac := hmac.New(sha256.New, nonce)
		mac.Write(argon2.IDKey([]byte(pin), c.Salt, c.Times, c.Memory, 1, 32))
		return hmac.Equal(mac.Sum(nil), c.Check)
	}
	if !judge(first[0], first[0].Nonce, "2580") || judge(first[0], first[0].Nonce, "2581") || judge(first[0], second[0].Nonce, "2580") {
		t.Error("the list is judged wrongly")
	}
}

func TestMessagesWait(t *testing.T) {
	h := newHouse(t)
	pair(t, h.Store, "H-1", access.Floor)
	if err := h.Tell("nobody", "hello", "boss"); code(err) != ledger.NotFound {
		t.Error(err)
	}
	for i := range 21 {
		err := h.Tell("H-1", fmt.Sprint("message ", i), "boss")
		if (i < 20) != (err == nil) {
			t.Errorf("%d: %v", i, err)
		}
	}
	h.reopen()
	if got := h.Messages("H-1"); len(got) != 20 || got[0].Text != "message 0" {
		t.Error(got)
	}
	if err := h.Told("H-1", 19); err != nil {
		t.Fatal(err)
	}
	h.reopen()
	if got := h.Messages("H-1"); len(got) != 1 || got[0].Text != "message 19" {
		t.Error(got)
	}
}

// Whom an identity provider vouches for has the roles of their groups, as they are
// now; a name that somebody here has opens no account of theirs.
func TestSignedInElsewhere(t *testing.T) {
	h := newHouse(t)
	h.user("ann", ledger.GrantsEverywhere("admin"))
	u, err := h.Elsewhere("https://id", "7", "ann", ledger.Grants{{Site: "north", Role: "supervisor"}})
	if err != nil || u.Login != "" {
		t.Fatal(u, err)
	}
	secret := must[string](t)(h.SignIn(u.ID, "", store.Place{Address: ""}))
	again, err := h.Elsewhere("https://id", "7", "ann", ledger.GrantsEverywhere("floor"))
	if err != nil || again.ID != u.ID || again.Grants.Text() != "floor" {
		t.Fatal(again, err)
	}
	if _, ok := h.Authenticate(secret); ok {
		t.Error("a session outlives its roles")
	}
	secret = must[string](t)(h.SignIn(u.ID, "", store.Place{Address: ""}))
	if _, err := h.Elsewhere("https://id", "7", "ann", nil); code(err) != ledger.NotAllowed {
		t.Error(err)
	}
	h.reopen()
	if _, ok := h.Authenticate(secret); ok {
		t.Error("somebody without any role is signed in")
	}
	if other, err := h.Elsewhere("https://other", "7", "zoe", ledger.GrantsEverywhere("floor")); err != nil || other.ID == u.ID {
		t.Errorf("the same subject of another issuer: %+v %v", other, err)
	}
}

// What the books are told of rights names nobody and holds no secret.
func TestWhatTheBooksAreTold(t *testing.T) {
	h := newHouse(t)
	key := pair(t, h.Store, "H-1", access.Floor)
	u := h.user("ann.miller", ledger.GrantsEverywhere("admin"))
	_, secret, _ := h.AddToken(u.ID, "Ann's report", []string{"read"}, 0)
	if err := h.SetPIN("OP-7", "2580", "boss"); err != nil {
		t.Fatal(err)
	}
	if err := h.Revoke("H-1", "boss", false); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, name := range h.Rights() {
		fields, _ := h.Right(name)
		all += fmt.Sprint(name, fields, "\n")
	}
	for _, bad := range []string{key, secret, "ann", "Ann", "miller", "2580", "argon"} {
		if strings.Contains(all, bad) {
			t.Errorf("%q stands in\n%s", bad, all)
		}
	}
	for _, want := range []string{"device/H-1map[cut: key:1 roles:]", "user/" + u.ID, "roles:admin", "scope:read", "pin/OP-7map[key:1]"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
}
