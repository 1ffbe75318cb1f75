package rest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
)

type countsBody struct {
	Rows []struct {
		Exception                                                        exception
		Name, Lot, Difference, Value, Expected, Counted, Balance, Reason string
		Since                                                            string `json:"moved_since"`
		Moves                                                            int    `json:"moves_since"`
	}
	Next string
}

// A count whose difference is large waits with what was expected, counted and moved
// since; a late scan that explains it takes it off the list, a decision too.
func TestCountsToApprove(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/main", `{"approve_quantity":"2"}`)
	w.pass(time.Hour)
	at := func(minute string) string { return `,"at":"2026-03-02T12:` + minute + `:00Z"` }
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"20","unit_cost":"2","to":"A-01"`+at("00")),
		w.intent(2, `"action":"count","product":"BOLT","quantity":"12","from":"A-01","operator":"ann","reason":"monthly"`+at("10")),
		w.intent(3, `"action":"remove","product":"BOLT","quantity":"3","from":"A-01"`+at("20")),
		w.intent(4, `"action":"count","product":"NUT","lot":"L","quantity":"9","from":"A-01"`+at("30")),
		w.intent(5, `"action":"count","product":"BOLT","quantity":"8","from":"A-01"`+at("40"))}, "\n"))
	var got countsBody
	w.ok("GET", "/v1/counts", "").json(t, &got)
	if len(got.Rows) != 2 {
		t.Fatalf("%+v", got)
	}
	bolt, nut := got.Rows[0], got.Rows[1]
	if bolt.Difference != "-8" || bolt.Value != "-16" || bolt.Expected != "20" || bolt.Counted != "12" || bolt.Since != "-4" || bolt.Moves != 2 || bolt.Balance != "8" || bolt.Reason != "monthly" {
		t.Errorf("%+v", bolt)
	}
	if nut.Difference != "9" || nut.Expected != "0" || nut.Counted != "9" || nut.Lot != "L" || nut.Name != "Nut" {
		t.Errorf("%+v", nut)
	}
	w.post(access.Admin, w.intent(6, `"action":"remove","product":"BOLT","quantity":"5","from":"A-01"`+at("05")))
	got = countsBody{}
	w.ok("GET", "/v1/counts?product=BOLT", "").json(t, &got)
	if len(got.Rows) != 1 || got.Rows[0].Difference != "-3" || got.Rows[0].Expected != "15" {
		t.Errorf("a late scan explains a part: %+v", got)
	}
	e := got.Rows[0].Exception
	w.post(access.Supervisor, fmt.Sprintf(`{"device":"supervisor","seq":1,"action":"decide","exception":%q,"choice":"accept","evidence":%q,"reason":"seen it"}`, e.ID, e.Evidence))
	got = countsBody{}
	w.ok("GET", "/v1/counts?limit=1", "").json(t, &got)
	if len(got.Rows) != 1 || got.Rows[0].Exception.Product != "NUT" || got.Next != "" {
		t.Errorf("%+v", got)
	}
	w.ok("PUT", "/v1/sites/north", `{}`)
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	if a := w.do("GET", "/v1/counts", key, ""); a.status != 200 || strings.Contains(a.text(), "NUT") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("GET", "/v1/counts?site=main", key, ""); a.status != 403 {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.fails(w.as(access.Floor, "GET", "/v1/counts", ""), 403, "not_allowed")
}

// Scans that wait for a code are told one by one; one that is undone waits no more, and
// waits again where that is undone too.
func TestScansThatWait(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","scan":"0950600099999","quantity":"3","to":"A-01","operator":"ann"`),
		w.intent(2, `"action":"remove","scan":"0950600099999"`)}, "\n"))
	type body struct {
		Rows  []struct{ Device, Install, Action, Scan, Quantity, To, Operator, Site string }
		Count int
	}
	var codes struct {
		Rows []struct {
			Kind, Raw string
			Scans     int
		}
	}
	w.ok("GET", "/v1/unknown", "").json(t, &codes)
	list := codes.Rows
	if len(list) != 1 || list[0].Scans != 2 {
		t.Fatalf("%+v", list)
	}
	path := "/v1/unknown/scans?kind=" + list[0].Kind + "&raw=" + url.QueryEscape(list[0].Raw)
	var got body
	w.ok("GET", path, "").json(t, &got)
	if got.Count != 2 || got.Rows[0].Quantity != "3" || got.Rows[0].To != "A-01" || got.Rows[0].Operator != "ann" || got.Rows[1].Quantity != "" || got.Rows[1].Action != "remove" || got.Rows[0].Site != "main" {
		t.Errorf("%+v", got)
	}
	undo := func(seq int, reference string) {
		w.post(access.Supervisor, fmt.Sprintf(`{"device":"supervisor","seq":%d,"action":"undo","reference":%q,"reason":"a test scan"}`, seq, reference))
	}
	undo(1, "H-1/-/1")
	got = body{}
	if w.ok("GET", path+"&limit=1", "").json(t, &got); got.Count != 1 || len(got.Rows) != 1 || got.Rows[0].Action != "remove" {
		t.Errorf("%+v", got)
	}
	undo(2, "H-1/-/2")
	if a := w.ok("GET", "/v1/unknown", "").text(); strings.Contains(a, "0950600099999") {
		t.Errorf("nobody has to name it: %s", a)
	}
	undo(3, "supervisor/-/2")
	got = body{}
	if w.ok("GET", path, "").json(t, &got); got.Count != 1 {
		t.Errorf("%+v", got)
	}
	w.ok("PUT", "/v1/sites/north", `{}`)
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	got = body{}
	if w.do("GET", path, key, "").json(t, &got); got.Count != 0 || len(got.Rows) != 0 {
		t.Errorf("%+v", got)
	}
	w.fails(w.as(access.Floor, "GET", path, ""), 403, "not_allowed")
	w.fails(w.as(access.Admin, "GET", "/v1/unknown/scans?kind=nothing&raw=x", ""), 422, "bad_field")
}
