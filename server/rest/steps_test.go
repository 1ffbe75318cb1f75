package rest_test

import (
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
)

type stepsBody struct {
	Product, Site, Location, Package, Balance, Before, Next string
	Rows                                                    []struct {
		Change, Balance, Device, Operator, Action, Reason, From, To, At string
		Entry, Changed                                                  uint64
		Counts, Undone                                                  bool
		BookedAt                                                        string `json:"booked_at"`
		UndoneBy                                                        string `json:"undone_by"`
	}
}

func (s *stepsBody) text() string {
	out := s.Balance + ":"
	for _, r := range s.Rows {
		out += " " + map[bool]string{true: "undone "}[r.Undone] + r.Action + " " + r.Change + "=" + r.Balance
	}
	return out
}

// A number is told by what made it so, back from now, with who did it and why, also
// where scans came late, were counted over, or undone.
func TestStepsOfABalance(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/locations/N-1?site=north", `{}`)
	at := func(minute string) string { return `,"at":"2026-03-02T10:` + minute + `:00Z"` }
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"5","to":"A-01","operator":"ann"`+at("00")),
		w.intent(2, `"action":"count","product":"BOLT","quantity":"2","from":"A-01"`+at("20")),
		w.intent(3, `"action":"move","product":"BOLT","quantity":"4","from":"A-01","to":"north/N-1","reason":"wanted there"`+at("30")),
		w.intent(4, `"action":"remove","product":"BOLT","quantity":"1","from":"A-01"`+at("40")),
		w.intent(5, `"action":"undo","reference":"4"`+at("45")),
		w.intent(6, `"action":"remove","product":"BOLT","quantity":"3","from":"A-01","operator":"bob"`+at("10"))}, "\n"))
	var got stepsBody
	w.ok("GET", "/v1/balances/steps?product=BOLT&location=A-01", "").json(t, &got)
	if want := "-2: undone remove 0=-2 move -4=-2 count 0=2 remove -3=2 add 5=5"; got.text() != want {
		t.Errorf("%s, want %s", got.text(), want)
	}
	if got.Site != "main" || got.Location != "A-01" || got.Before != "0" || got.Next != "" {
		t.Errorf("%+v", got)
	}
	move, count, late := got.Rows[1], got.Rows[2], got.Rows[3]
	if move.From != "main/A-01" || move.To != "north/N-1" || move.Reason != "wanted there" || !count.Counts || count.Changed == 0 || late.Operator != "bob" || late.BookedAt == "" || got.Rows[0].UndoneBy == "" {
		t.Errorf("%+v", got.Rows)
	}
	// A page at a time, and numbers alone.
	pages := ""
	for next, n := "", 0; n < 9; n++ {
		got = stepsBody{}
		w.ok("GET", "/v1/balances/steps?product=BOLT&location=A-01&limit=2&brief=true&after="+next, "").json(t, &got)
		for _, r := range got.Rows {
			pages += r.Change + "=" + r.Balance + " "
		}
		if next = got.Next; next == "" {
			break
		}
		pages += "| "
	}
	if want := "0=-2 -4=-2 | 0=2 -3=2 | 5=5 "; pages != want {
		t.Errorf("%s, want %s", pages, want)
	}
	got = stepsBody{}
	w.ok("GET", "/v1/balances/steps?product=BOLT&site=main&since=2026-03-02T10:25:00Z", "").json(t, &got)
	if want := "-2: undone remove 0=-2 move -4=-2"; got.text() != want || got.Before != "2" {
		t.Errorf("%s before %s, want %s", got.text(), got.Before, want)
	}
	got = stepsBody{}
	w.ok("GET", "/v1/balances/steps?product=BOLT", "").json(t, &got)
	if want := "2: undone remove 0=2 count 0=2 remove -3=2 add 5=5"; got.text() != want {
		t.Errorf("of all sites: %s, want %s", got.text(), want)
	}
}

func TestWhoSeesSteps(t *testing.T) {
	w := newWorld(t)
	w.stock()
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	w.post(access.Admin, `{"device":"H-X","seq":1,"action":"move","product":"BOLT","quantity":"1","from":"M-SECRET","to":"north/N-1","site":"main"}`)
	w.pass(time.Minute)
	for _, c := range []struct {
		path   string
		status int
	}{
		{"?product=BOLT", 200}, {"?product=BOLT&site=north&location=N-1", 200}, {"?product=BOLT&site=main", 403}, {"?product=BOLT&site=main&location=M-SECRET", 403},
		{"?product=BOLT&location=loss", 403}, {"?product=NONE", 404}, {"", 422}, {"?product=BOLT&package=none", 404}, {"?product=BOLT&after=x", 422}, {"?product=BOLT&limit=2001", 422}, {"?product=BOLT&since=yesterday", 422},
	} {
		a := w.do("GET", "/v1/balances/steps"+c.path, key, "")
		if a.status != c.status {
			t.Errorf("%s: %d %s", c.path, a.status, a.body)
		}
		if a.status == 200 && (strings.Contains(a.text(), "SECRET") || !strings.Contains(a.text(), "N-1")) {
			t.Errorf("%s: %s", c.path, a.body)
		}
	}
	w.fails(w.as(access.Floor, "GET", "/v1/balances/steps?product=BOLT", ""), 403, "not_allowed")
	if a := w.as(access.Admin, "GET", "/v1/balances/steps?product=BOLT&site=main&location=M-SECRET", ""); a.status != 200 || strings.Contains(a.text(), "98765") {
		t.Errorf("costs are no part of it: %d %s", a.status, a.body)
	}
}
