package rest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
)

// A log comes from the device that was asked, once for each time that it was, and is a
// text to be read, whatever is in it.
func TestLogsOfDevices(t *testing.T) {
	w := newWorld(t)
	pair := func(device string) string {
		var p struct{ Key string }
		w.as(access.Supervisor, "POST", "/v1/devices", `{"device":"`+device+`","site":"main"}`).json(t, &p)
		return p.Key
	}
	key := pair("H '07'ü")
	const at = "/v1/devices/H%20%2707%27%C3%BC"
	w.fails(w.do("POST", "/v1/log", key, "nobody asked"), 404, "not_found")
	for range 2 { // asking twice is asking once
		if a := w.as(access.Supervisor, "POST", at+"/log", ""); a.status != 202 || !strings.Contains(a.text(), `"log_asked":{"by":"supervisor","at":"2026-03-02T12:00:00Z"}`) {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	w.fails(w.do("POST", "/v1/log", w.keys[access.Supervisor], "x"), 403, "not_allowed")
	w.fails(w.do("POST", "/v1/log", pair("H-08"), "it was another"), 404, "not_found")
	w.fails(w.do("POST", "/v1/log", key, strings.Repeat("x", store.MaxLog+1)), 413, "too_large")
	w.fails(w.do("POST", "/v1/log", key, "x", "Content-Encoding", "gzip"), 415, "unsupported")
	hostile := "<script>alert(1)</script>\n\x00\xff\xfe=cmd|' /C calc'!A0\r\n"
	if a := w.do("POST", "/v1/log", key, hostile, "Content-Type", "text/html"); a.status != 204 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	w.fails(w.do("POST", "/v1/log", key, "once more"), 404, "not_found")
	a := w.as(access.Supervisor, "GET", at+"/logs/newest", "")
	if want := "<script>alert(1)</script>\n??=cmd|' /C calc'!A0\n"; a.status != 200 || a.text() != want {
		t.Errorf("%d %q, want %q", a.status, a.body, want)
	}
	for name, want := range map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff", "Content-Disposition": `attachment; filename="H__07__-log-1.txt"`} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, role := range []access.Role{access.Floor, access.Dock} {
		w.fails(w.as(role, "POST", at+"/log", ""), 403, "not_allowed")
		w.fails(w.as(role, "GET", at+"/logs/1", ""), 403, "not_allowed")
	}
	w.fails(w.do("GET", at+"/logs/1", key, ""), 403, "not_allowed") // the device itself, too
	w.fails(w.as(access.Supervisor, "GET", at+"/logs/2", ""), 404, "not_found")
	for _, text := range []string{"two", "three", "four"} {
		w.as(access.Admin, "POST", at+"/log", "")
		if a := w.do("POST", "/v1/log", key, text); a.status != 204 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	w.fails(w.as(access.Supervisor, "GET", at+"/logs/1", ""), 404, "not_found") // the last three
	if a := w.as(access.Supervisor, "GET", at+"/logs/4", ""); a.text() != "four" {
		t.Errorf("%d %s", a.status, a.body)
	}
	list := w.as(access.Supervisor, "GET", "/v1/devices", "").text()
	if !strings.Contains(list, `"logs":[{"id":"4","at":"2026-03-02T12:00:00Z","asked_by":"admin","asked_at":"2026-03-02T12:00:00Z","bytes":4},{"id":"3"`) || strings.Contains(list, "log_asked") {
		t.Errorf("%s", list)
	}
	w.as(access.Supervisor, "DELETE", at, "")
	w.fails(w.as(access.Supervisor, "POST", at+"/log", ""), 404, "not_found")
}

// Whoever holds a key that was taken back or replaced is not the device that was asked:
// the handheld that was lost does not answer for the new one.
func TestALogComesFromTheKeyInUse(t *testing.T) {
	w := newWorld(t)
	pair := func() string {
		var p struct{ Key string }
		w.as(access.Supervisor, "POST", "/v1/devices", `{"device":"H-07","site":"main"}`).json(t, &p)
		return p.Key
	}
	lost := pair()
	key := pair()
	w.as(access.Supervisor, "POST", "/v1/devices/H-07/log", "")
	if a := w.do("POST", "/v1/log", lost, "of a stranger"); a.status < 400 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("POST", "/v1/log", key, "its own"); a.status != 204 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// A name is paired again for another site. The log of the handheld at north is for who may
// pair it there, and that of main's for those of main, whatever the name is now.
func TestALogIsReadWhereItsDeviceWas(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/sites/north", `{}`)
	boss := map[string]string{"all": w.keys[access.Supervisor]}
	for _, site := range []string{"main", "north"} {
		secret, err := w.store.Pair(store.Request{Device: "boss-" + site, Role: access.Supervisor, Site: site, Only: true, By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		boss[site] = secret
	}
	const at = "/v1/devices/H-07"
	handIn := func(site string) {
		t.Helper()
		w.pass(time.Minute)
		var p struct{ Key string }
		w.as(access.Supervisor, "POST", "/v1/devices", `{"device":"H-07","site":"`+site+`"}`).json(t, &p)
		if a := w.do("POST", at+"/log", boss[site], ""); a.status != 202 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := w.do("POST", "/v1/log", p.Key, "seen at "+site); a.status != 204 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	reads := func(want map[string]string) {
		t.Helper()
		for name, key := range boss {
			got := ""
			for _, id := range []string{"1", "2", "newest"} {
				if a := w.do("GET", at+"/logs/"+id, key, ""); a.status == 200 {
					got += id + " " + a.text() + ", "
				} else if a.status != 403 && a.status != 404 || strings.Contains(a.text(), "seen") {
					t.Errorf("%d %s", a.status, a.body)
				}
			}
			var list struct {
				Rows []struct {
					Device string
					Logs   []struct{ ID string }
				}
			}
			w.do("GET", "/v1/devices", key, "").json(t, &list)
			for _, d := range list.Rows {
				if d.Device == "H-07" {
					got += fmt.Sprint("listed ", d.Logs)
				}
			}
			if got != want[name] {
				t.Errorf("%s reads %s, want %s", name, got, want[name])
			}
		}
	}
	handIn("north")
	reads(map[string]string{"all": "1 seen at north, newest seen at north, listed [{1}]", "north": "1 seen at north, newest seen at north, listed [{1}]", "main": ""})
	handIn("main")
	reads(map[string]string{"all": "1 seen at north, 2 seen at main, newest seen at main, listed [{2} {1}]",
		"north": "1 seen at north, newest seen at north, ", // it is on no list of theirs any more
		"main":  "2 seen at main, newest seen at main, listed [{2}]"})
}
