package rest_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/store"
)

// A handheld of north, whose scans name no site and move nothing: each is what a
// supervisor of north sees and one of main does not, in every list and over the stream;
// and one of main's is theirs.
func TestWhatMovedNothingIsOfItsHandheldsSite(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	key := func(device, site string, role access.Role) string {
		t.Helper()
		secret, err := w.store.Pair(store.Request{Device: device, Role: role, Site: site, Only: true, By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	before := w.head()
	scans := map[string][]string{"N-1": {
		`"action":"add","scan":"555"`, // parked
		`"action":"add","product":"BOLT","quantity":1,"mode":"command","from":"x"`, // refused
		`"action":"ask","reference":"1"`,
		`"action":"session-open","session":"c","from":"stock"`,
	}, "M-1": {`"action":"add","scan":"666"`}}
	for device, site := range map[string]string{"N-1": "north", "M-1": "main"} {
		hand := key(device, site, access.Floor)
		for i, fields := range scans[device] {
			if a := w.do("POST", "/v1/intents", hand, fmt.Sprintf(`{"device":%q,"seq":%d,%s}`, device, i+1, fields)); a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
		}
	}
	for site, want := range map[string]struct{ scans, unknown, asked, total string }{
		"north": {"N-1/1 parked, N-1/2 refused, N-1/3 applied, N-1/4 applied", "555", "asked/N-1/-/3", "3 scans, 1 refused, 1 parked"}, // an ask is no work
		"main":  {"M-1/1 parked", "666", "", "1 scans, 0 refused, 1 parked"},
	} {
		t.Run(site, func(t *testing.T) {
			boss := key("boss-"+site, site, access.Supervisor)
			if got := w.scansIn(boss, fmt.Sprintf("?since=%d", before)); got != want.scans {
				t.Errorf("the history shows %s", got)
			}
			if got := w.scansIn(w.keys[access.Supervisor], fmt.Sprintf("?since=%d&site=%s", before, site)); got != want.scans {
				t.Errorf("of all sites, asked for this one, it shows %s", got)
			}
			if got := w.scansIn(w.keys[access.Supervisor], fmt.Sprintf("?since=%d&search=%s", before, url.QueryEscape("site:"+site))); got != want.scans {
				t.Errorf("searched for, it shows %s", got)
			}
			if got := w.scansFollowed(boss, before); got != want.scans {
				t.Errorf("the stream shows %s", got)
			}
			var unknown struct{ Rows []struct{ Raw string } }
			w.do("GET", "/v1/unknown", boss, "").json(t, &unknown)
			if len(unknown.Rows) != 1 || unknown.Rows[0].Raw != want.unknown {
				t.Errorf("to be named are %+v", unknown.Rows)
			}
			for _, raw := range []string{"555", "666"} {
				var waiting struct{ Rows []struct{ Action string } }
				w.do("GET", "/v1/unknown/scans?kind=product&raw="+raw, boss, "").json(t, &waiting)
				if shown := len(waiting.Rows) == 1 && waiting.Rows[0].Action == "add"; shown != (raw == want.unknown) {
					t.Errorf("of %s wait %+v", raw, waiting.Rows)
				}
			}
			var exceptions struct{ Rows []struct{ ID, Site string } }
			w.do("GET", "/v1/exceptions", boss, "").json(t, &exceptions)
			ids := ""
			for _, x := range exceptions.Rows {
				ids += x.ID
			}
			if ids != want.asked {
				t.Errorf("the exceptions are %+v", exceptions.Rows)
			}
			var rows []struct{ Scans, Refused, Parked int }
			w.do("GET", "/v1/throughput?by=total&span=today", boss, "").json(t, &rows)
			if len(rows) != 1 || fmt.Sprintf("%d scans, %d refused, %d parked", rows[0].Scans, rows[0].Refused, rows[0].Parked) != want.total {
				t.Errorf("counted are %+v", rows)
			}
		})
	}
}

// shownScan is what of an entry these tests look at.
type shownScan struct {
	Intent *struct {
		Device string
		Seq    int
	}
	Outcome string
}

func (e *shownScan) text() string {
	return fmt.Sprintf("%s/%d %s", e.Intent.Device, e.Intent.Seq, e.Outcome)
}

// scansIn are the scans on a page of the history.
func (w *world) scansIn(key, query string) string {
	w.t.Helper()
	var p struct{ Entries []shownScan }
	w.do("GET", "/v1/activity"+query, key, "").json(w.t, &p)
	var out []string
	for i := range p.Entries {
		if p.Entries[i].Intent != nil {
			out = append(out, p.Entries[i].text())
		}
	}
	return strings.Join(out, ", ")
}

// scansFollowed are the scans that the stream shows up to where the books are.
func (w *world) scansFollowed(key string, since uint64) string {
	w.t.Helper()
	e := w.follow(w.t.Context(), fmt.Sprintf("?since=%d", since), key, "")
	defer e.body.Close()
	var out []string
	for at := since; at < w.head(); {
		x, err := e.next()
		if err != nil {
			w.t.Fatal(err)
		}
		if x.id != "" { // of an entry, or of how far it has looked
			if at, err = strconv.ParseUint(x.id, 10, 64); err != nil {
				w.t.Fatal(err)
			}
		}
		var told shownScan
		if x.name == "entry" && json.Unmarshal([]byte(x.data), &told) == nil && told.Intent != nil {
			out = append(out, told.text())
		}
	}
	return strings.Join(out, ", ")
}
