package rest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"bayledger/server/access"
)

// scans books lines such as `H-1 09:00 "action":"add",…` as supervisors' devices
// send them, in this order.
func (w *world) scans(lines ...string) {
	w.t.Helper()
	for i, line := range lines {
		device, rest, _ := strings.Cut(line, " ")
		clock, fields, _ := strings.Cut(rest, " ")
		o := w.post(access.Admin, fmt.Sprintf(`{"device":%q,"install":"i","seq":%d,"at":"2026-03-02T%s:00Z",%s}`, device, i+1, clock, fields)).Outcomes[0]
		if o.Outcome == "parked" || o.Outcome == "refused" {
			w.t.Fatalf("%s: %+v", line, o)
		}
	}
}

type holdDetail struct {
	Hold struct {
		Hold, Product, Lot, Location string
		Open                         bool
	}
	Left []struct {
		At, Product, Lot, Quantity, From, To, Device string
	}
	Tainted []tainted
}

type tainted struct {
	Asset, At, Product, Lot, Quantity, Via string
	TakenOut                               string `json:"taken_out"`
	Held                                   bool
}

func (t *tainted) String() string {
	return fmt.Sprintf("%s#%s %s in %s at %q held=%t via=%s out=%s", t.Product, t.Lot, t.Quantity, t.Asset, t.At, t.Held, t.Via, t.TakenOut)
}

func (w *world) hold(id string) (d holdDetail) {
	w.t.Helper()
	w.ok("GET", "/v1/holds/"+url.PathEscape(id), "").json(w.t, &d)
	return d
}

// Rule I2: what left before a hold stands, and the hold lists what left in the day
// before it, whichever of the two came first.
func TestI2AHoldListsWhatLeftBeforeIt(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.scans(
		`H-1 08:00 "action":"add","product":"NUT","lot":"L7","quantity":"9"`,
		`H-1 08:30 "action":"add","product":"NUT","lot":"L8","quantity":"9"`,
		`H-2 09:00 "action":"remove","product":"NUT","lot":"L7","quantity":"2"`,
		`H-2 09:10 "action":"remove","product":"NUT","lot":"L8","quantity":"1"`,
		`S-1 10:00 "action":"isolate","product":"NUT","lot":"L7","reason":"recall"`,
		`H-3 11:00 "action":"remove","product":"NUT","lot":"L7","quantity":"1"`,
		`H-4 09:30 "action":"remove","product":"NUT","lot":"L7","quantity":"3"`,
	)
	d := w.hold("S-1/i/5")
	var got []string
	for _, l := range d.Left {
		got = append(got, l.Device+" took "+l.Quantity+" to "+l.To)
	}
	if want := "H-4 took 3 to customer, H-2 took 2 to customer"; strings.Join(got, ", ") != want || !d.Hold.Open || d.Hold.Lot != "L7" {
		t.Errorf("%q, want %q; %+v", got, want, d.Hold)
	}
	var entry struct{ Entries []struct{ Message string } }
	w.ok("GET", "/v1/activity?since=0&limit=1000", "").json(t, &entry)
	said := ""
	for _, e := range entry.Entries {
		if strings.HasPrefix(e.Message, "In the day before") {
			said = e.Message
		}
	}
	if want := "In the day before, 2 of NUT left in 1 removal, the last by H-2 at 09:00; the hold lists them."; said != want {
		t.Errorf("the entry says %q", said)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/holds/nobody%2Fi%2F1", ""), 404, "not_found")
	w.fails(w.as(access.Floor, "GET", "/v1/holds", ""), 403, "not_allowed")
}

// Rule K2: what held parts went into is listed, and what that went into, whether the
// hold came before the part was used or after.
func TestK2WhatGoodsWentInto(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/products/PUMP", `{"tracking":"serial"}`)
	w.scans(
		`H-1 08:00 "action":"add","product":"NUT","lot":"L7","quantity":"9"`,
		`H-1 08:10 "action":"add","product":"PUMP","serial":"P-1"`,
		`H-2 09:00 "action":"assemble","product":"NUT","lot":"L7","quantity":"2","asset":"P-1"`,
		`H-2 09:30 "action":"assemble","product":"NUT","lot":"L7","quantity":"1","asset":"PRESS-3"`,
		`H-2 09:40 "action":"disassemble","product":"NUT","lot":"L7","quantity":"1","asset":"PRESS-3"`,
		`H-3 12:00 "action":"assemble","product":"PUMP","serial":"P-1","asset":"LINE-2"`,
		`H-2 11:00 "action":"assemble","product":"NUT","lot":"L7","quantity":"1","asset":"P-1"`,
		`S-1 10:00 "action":"isolate","product":"NUT","lot":"L7","reason":"recall"`,
	)
	want := []string{
		`NUT#L7 3 in P-1 at "asset" held=true via= out=0`,
		`NUT#L7 0 in PRESS-3 at "" held=false via= out=1`,
		`PUMP# 1 in LINE-2 at "" held=true via=P-1 out=0`,
	}
	check := func(rows []tainted) {
		t.Helper()
		for i := range rows {
			if i >= len(want) || rows[i].String() != want[i] {
				t.Errorf("%d: %s", i, rows[i].String())
			}
		}
		if len(rows) != len(want) {
			t.Errorf("%d rows", len(rows))
		}
	}
	check(w.hold("S-1/i/8").Tainted)
	var rows []tainted
	w.ok("GET", "/v1/tainted?hold="+url.QueryEscape("S-1/i/8"), "").json(t, &rows)
	check(rows)
	rows = nil
	w.ok("GET", "/v1/tainted?product=PUMP&serial=P-1", "").json(t, &rows)
	if len(rows) != 1 || rows[0].Asset != "LINE-2" || rows[0].Held {
		t.Errorf("%+v", rows)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/tainted?product=PUMP", ""), 422, "bad_field")
	w.fails(w.as(access.Admin, "GET", "/v1/tainted?product=NONE&lot=L", ""), 404, "not_found")
}

// Rule S5: a count of serials takes those it did not find to loss, and lists them; an
// earlier sighting elsewhere that comes late takes one off the list, and so does a
// later one.
func TestS5SerialsThatCountsDidNotFind(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/products/PUMP", `{"tracking":"serial"}`)
	missing := func() string {
		t.Helper()
		var rows []struct{ Serial, From, Session, Device string }
		w.ok("GET", "/v1/missing", "").json(t, &rows)
		var out []string
		for _, r := range rows {
			out = append(out, r.Serial+" of "+r.From+" in "+r.Session+" by "+r.Device)
		}
		return strings.Join(out, ", ")
	}
	w.scans(
		`H-1 08:00 "action":"add","product":"PUMP","serial":"P-1","to":"A-01"`,
		`H-1 08:01 "action":"add","product":"PUMP","serial":"P-2","to":"A-01"`,
		`H-1 08:02 "action":"add","product":"PUMP","serial":"P-3","to":"A-01"`,
		`H-1 08:03 "action":"add","product":"PUMP","serial":"P-4","to":"A-01"`,
		`H-2 09:00 "action":"session-open","session":"Q1","from":"A-01"`,
		`H-2 09:10 "action":"count","product":"PUMP","serial":"P-1","quantity":"1","session":"Q1","from":"A-01"`,
		`H-2 09:40 "action":"session-close","session":"Q1","complete":true,"from":"A-01"`,
		`H-5 09:50 "action":"count","product":"PUMP","serial":"P-1","quantity":"0","from":"A-01"`,
	)
	if got, want := missing(), "P-1 of main/A-01 in  by H-5, P-2 of main/A-01 in Q1 by H-2, P-3 of main/A-01 in Q1 by H-2, P-4 of main/A-01 in Q1 by H-2"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	w.scans(
		`H-3 08:30 "action":"move","product":"PUMP","serial":"P-2","from":"A-01","to":"stock"`, // it had been moved before
		`H-4 11:00 "action":"move","product":"PUMP","serial":"P-3","from":"A-01","to":"stock"`, // and this is found again
	)
	if got, want := missing(), "P-1 of main/A-01 in  by H-5, P-4 of main/A-01 in Q1 by H-2"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	var s struct {
		Missing []struct{ Serial string }
	}
	w.ok("GET", "/v1/sessions/Q1", "").json(t, &s)
	if len(s.Missing) != 1 || s.Missing[0].Serial != "P-4" {
		t.Errorf("the session misses %+v", s.Missing)
	}
}

// Rule P3: a package scanned in a count is a sighting, and its content is assumed;
// opened, what is in it was counted. A supervisor sees which was which.
func TestP3PackagesAreAssumedOrOpened(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.scans(
		`H-1 08:00 "action":"pack","product":"BOLT","quantity":"3","from":"A-01","package":"P1"`,
		`H-1 08:01 "action":"pack","product":"BOLT","quantity":"2","from":"A-01","package":"P2"`,
		`H-1 08:02 "action":"pack","product":"BOLT","quantity":"1","from":"A-01","package":"P3"`,
		`H-1 08:03 "action":"pack","product":"BOLT","quantity":"1","from":"A-01","package":"P4"`,
		`H-1 08:04 "action":"pack","package":"P4","to":"P3"`,
		`H-2 09:00 "action":"session-open","session":"Q1","from":"A-01"`,
		`H-2 09:01 "action":"count","package":"P1","quantity":"1","session":"Q1","from":"A-01"`,
		`H-2 09:02 "action":"count","package":"P2","quantity":"1","session":"Q1","from":"A-01"`,
		`H-3 09:03 "action":"count","package":"P2","product":"BOLT","quantity":"5","session":"Q1","from":"A-01"`,
	)
	states := func() string {
		t.Helper()
		var s struct {
			Packages []struct{ Package, Parent, State, Device string }
		}
		w.ok("GET", "/v1/sessions/Q1", "").json(t, &s)
		var out []string
		for _, p := range s.Packages {
			out = append(out, p.Package+p.Parent+" "+p.State+" "+p.Device)
		}
		return strings.Join(out, ", ")
	}
	if got, want := states(), "P1 assumed H-2, P2 opened H-3, P3 unseen , P4P3 unseen "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w.scans(`H-2 09:05 "action":"count","package":"P3","quantity":"1","session":"Q1","from":"A-01"`, `H-2 09:06 "action":"undo","reference":"H-2/i/7"`)
	if got, want := states(), "P1 unseen , P2 opened H-3, P3 assumed H-2, P4P3 unseen "; got != want {
		t.Errorf("after an undo %s, want %s", got, want)
	}
}
