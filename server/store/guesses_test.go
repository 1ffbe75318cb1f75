package store_test

import (
	"fmt"
	"testing"
	"time"

	"bayledger/server/store"
	"bayledger/sync/ledger"
)

func (h *house) guess(login string, from store.Place, times int) {
	for range times {
		h.CheckPassword(login, "wrong", from)
	}
}

// Whoever guesses at somebody's name shuts it for themselves.
func TestAStrangerLocksNobodyOut(t *testing.T) {
	h := newHouse(t)
	u := h.user("ann", ledger.GrantsEverywhere("admin"))
	right := "correct horse ann"
	in := func(from store.Place) bool { _, ok := h.CheckPassword("ann", right, from); return ok }
	stranger := store.Place{Address: "203.0.113.7"}
	h.guess("ann", stranger, 10)
	if in(stranger) {
		t.Error("ten wrong ones do not shut the name where they came from")
	}
	if !in(hall) {
		t.Error("a stranger shuts the name for the one whose it is")
	}
	// A browser with which they have signed in gets through from the stranger's own
	// address: both are behind one router.
	device := must[string](t)(h.NewDevice())
	must[string](t)(h.SignIn(u.ID, "", store.Place{Address: "198.51.100.9", Device: device}))
	h.reopen() // which forgets what was wrong
	h.guess("ann", stranger, 10)
	if !in(store.Place{Address: stranger.Address, Device: device}) || in(stranger) {
		t.Error("a known browser is shut out with its address, or the address is not")
	}
	if in(store.Place{Address: stranger.Address, Device: "bd_made-up"}) || h.KnownDevice("ann", "bd_made-up") != "" || h.KnownDevice("eve", device) != "" {
		t.Error("a browser that nobody has signed in with is known")
	}
	// Many strangers together shut it at strange places, and at no known one.
	for i := range 10 {
		h.guess("ann", store.Place{Address: fmt.Sprintf("203.0.113.%d", 100+i)}, 10)
	}
	if in(store.Place{Address: "192.0.2.1"}) {
		t.Error("a hundred strangers' tries do not shut strange places")
	}
	if !in(store.Place{Address: "198.51.100.9"}) || !in(store.Place{Address: "192.0.2.1", Device: device}) {
		t.Error("they shut places where she has signed in")
	}
	// A known browser is no licence to guess.
	h.guess("ann", store.Place{Device: device}, 10)
	if in(store.Place{Device: device}) {
		t.Error("a known browser guesses without end")
	}
	h.pass(16 * time.Minute)
	if !in(stranger) || !in(store.Place{Address: "192.0.2.1"}) || !in(store.Place{Device: device}) {
		t.Error("it stays shut for ever")
	}
	h.pass(181 * 24 * time.Hour)
	if h.KnownDevice("ann", device) != "" {
		t.Error("a browser is known for ever")
	}
}

// The same at badges: handhelds are the places.
func TestAHandheldShutsABadgeForItself(t *testing.T) {
	h := newHouse(t)
	if err := h.SetPIN("ann", "2580", ""); err != nil {
		t.Fatal(err)
	}
	check := func(pin, from string) bool {
		right, _, err := h.CheckPIN("ann", pin, from)
		if err != nil {
			t.Fatal(err)
		}
		return right
	}
	if !check("2580", "device/own") {
		t.Fatal("the right PIN is wrong")
	}
	for i := range 3 {
		for range 5 {
			check("0000", fmt.Sprint("device/eve-", i))
			h.reopen()
		}
		if check("2580", fmt.Sprint("device/eve-", i)) {
			t.Error("five wrong ones do not shut it there")
		}
	}
	if check("2580", "device/new") {
		t.Error("fifteen wrong ones do not shut it where it was never right")
	}
	if !check("2580", "device/own") {
		t.Error("others shut it where it was right")
	}
	if _, shut, _ := h.PINState("ann"); shut == 0 {
		t.Error("nobody is told that it is shut")
	}
	h.pass(16 * time.Minute)
	if !check("2580", "device/new") || !check("2580", "device/eve-1") {
		t.Error("it stays shut")
	}
}
