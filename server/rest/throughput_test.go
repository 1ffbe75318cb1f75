package rest_test

import (
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/store"
)

// work is a morning at main, which is in Vienna, and a scan at north.
func (w *world) work() {
	w.t.Helper()
	w.goods()
	w.ok("PUT", "/v1/sites/main", `{"zone":"Europe/Vienna"}`)
	w.ok("PUT", "/v1/sites/north", `{"zone":"Asia/Tokyo"}`)
	w.post(access.Admin, strings.Join([]string{
		`{"device":"H-1","seq":1,"at":"2026-03-02T07:00:00Z","operator":"ann","action":"add","product":"BOLT","quantity":"10","unit_cost":"2","to":"incoming"}`,
		`{"device":"H-1","seq":2,"at":"2026-03-02T07:40:00Z","operator":"ann","action":"move","product":"BOLT","quantity":"4","from":"incoming","to":"A-01"}`,
		`{"device":"H-1","seq":3,"at":"2026-03-02T08:30:00Z","operator":"ben","action":"move","product":"BOLT","quantity":"6","from":"incoming","to":"A-01"}`,
		`{"device":"H-1","seq":4,"at":"2026-03-02T08:31:00Z","operator":"ben","action":"add","product":"GHOST"}`,
		`{"device":"H-1","seq":5,"at":"2026-03-02T08:32:00Z","operator":"ben","action":"remove","product":"BOLT","quantity":"3","from":"A-01"}`,
		`{"device":"H-1","seq":6,"at":"2026-03-01T23:30:00Z","operator":"ann","action":"add","product":"NUT","lot":"L","quantity":"1","to":"A-01"}`, // 00:30 of the 2nd in Vienna
		`{"device":"H-1","seq":7,"at":"2026-03-01T22:30:00Z","operator":"ann","action":"add","product":"NUT","lot":"L","quantity":"1","to":"A-01"}`, // 23:30 of the 1st
		`{"device":"N-1","seq":1,"at":"2026-03-02T06:00:00Z","operator":"kei","action":"add","product":"BOLT","quantity":"1","to":"north/stock"}`}, "\n"))
}

func TestThroughputOverREST(t *testing.T) {
	w := newWorld(t)
	w.work()
	columns := []string{"by", "group", "scans", "moves", "parked"}
	w.shows(access.Supervisor, "/v1/throughput?site=main&by=total,person", columns, "total - 6 5 1", "person ann 3 3 0", "person ben 3 2 1")
	w.shows(access.Supervisor, "/v1/throughput?by=device,error&span=28-days&limit=1", columns, "device H-1 7 6 1", "error parked/unknown_product 1 0 0")
	w.shows(access.Supervisor, "/v1/throughput?site=main&by=day&first=2026-02-28&last=2026-03-02", columns, "day 2026-02-28 0 0 0", "day 2026-03-01 1 1 0", "day 2026-03-02 6 5 1")
	w.shows(access.Supervisor, "/v1/throughput?site=main&by=product", []string{"group", "moves", "came", "went"}, "BOLT 4 10 3", "NUT 1 1 0")
	hours := w.table(access.Supervisor, "/v1/throughput?site=main&by=hour&span=today", "group", "scans")
	if len(hours) != 14 || hours[0] != "2026-03-02T00:00 1" || hours[8] != "2026-03-02T08:00 2" || hours[9] != "2026-03-02T09:00 3" || hours[13] != "2026-03-02T13:00 0" { // it is 13:00 there
		t.Errorf("%d: %v", len(hours), hours)
	}
	dock := []string{"day", "lines", "p50_seconds", "p90_seconds", "unknown"}
	w.shows(access.Supervisor, "/v1/dock-to-stock?site=main&span=7-days", dock, "2026-03-02 2 2400 5400 0", "- 2 2400 5400 0")
	w.shows(access.Supervisor, "/v1/dock-to-stock?site=main&product=NUT", dock, "- 0 - - 0")
	if csv := w.ok("GET", "/v1/throughput?site=main&by=person&format=csv", "").text(); csv != "by,group,scans,moves,refused,parked,exceptions,came,went\nperson,ann,3,3,0,0,0,,\nperson,ben,3,2,0,1,0,,\n" {
		t.Errorf("%q", csv)
	}
	if sheet := w.ok("GET", "/v1/dock-to-stock?format=xlsx", "").text(); !strings.HasPrefix(sheet, "PK") {
		t.Errorf("%.20q", sheet)
	}
	if csv := w.ok("GET", "/v1/stock?search=bolt&format=csv", "").text(); strings.Count(csv, "\n") != 2 || !strings.HasPrefix(csv, "product,name,") {
		t.Errorf("%q", csv)
	}
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	if a := w.do("GET", "/v1/throughput?by=person,device,place", key, "").text(); strings.Contains(a, "ann") || strings.Contains(a, "H-1") || strings.Contains(a, "main") || !strings.Contains(a, "kei") {
		t.Errorf("a supervisor of north sees %s", a)
	}
	w.fails(w.do("GET", "/v1/throughput?site=main", key, ""), 403, "not_allowed")
	w.fails(w.as(access.Floor, "GET", "/v1/throughput", ""), 403, "not_allowed")
	w.fails(w.as(access.Floor, "GET", "/v1/dock-to-stock", ""), 403, "not_allowed")
	for query, code := range map[string]string{"span=week": "bad_field", "span=today&first=2026-03-01": "bad_field", "first=yesterday": "bad_field", "last=2026-13-01": "bad_field", "first=2026-03-03&last=2026-03-02": "bad_field",
		"first=2020-01-01": "bad_field", "site=moon": "not_found", "by=moon": "bad_field", "limit=0": "bad_field", "colour=red": "unknown_field"} {
		if a := w.as(access.Admin, "GET", "/v1/throughput?"+query, ""); !strings.Contains(a.text(), code) {
			t.Errorf("%s: %s", query, a.text())
		}
	}
}
