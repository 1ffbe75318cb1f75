package rest_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/ledger"
)

func TestPairUseRevoke(t *testing.T) {
	w := newWorld(t)
	w.goods()
	a := w.as(access.Supervisor, "POST", "/v1/devices", `{"device":"H 07+ü","role":"floor","site":"main","name":"Aisle 3 blue"}`)
	var paired struct {
		Device, Role, Site, Name, Key string
		CreatedBy                     string `json:"created_by"`
	}
	a.json(t, &paired)
	if a.status != 201 || !strings.HasPrefix(paired.Key, "bl_") || paired.Device != "H 07+ü" || paired.Role != "floor" || paired.CreatedBy != "supervisor" || paired.Name != "Aisle 3 blue" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := w.do("POST", "/v1/intents", paired.Key, `{"seq":1,"action":"add","product":"BOLT"}`); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if own := w.do("GET", "/v1/key", paired.Key, ""); own.status != 200 || !strings.Contains(string(own.body), `"device":"H 07+ü"`) {
		t.Errorf("whose key it is: %d %s", own.status, own.body)
	}
	list := w.as(access.Supervisor, "GET", "/v1/devices", "")
	if !strings.Contains(string(list.body), `"H 07+ü"`) || strings.Contains(string(list.body), paired.Key) || strings.Contains(string(list.body), "hash") {
		t.Errorf("%s", list.body)
	}
	if got := w.as(access.Supervisor, "DELETE", "/v1/devices/"+url.PathEscape("H 07+ü"), ""); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	w.fails(w.do("GET", "/v1/balances", paired.Key, ""), 401, "bad_key")
	w.fails(w.do("GET", "/v1/key", paired.Key, ""), 401, "bad_key")
	w.fails(w.as(access.Supervisor, "DELETE", "/v1/devices/"+url.PathEscape("H 07+ü"), ""), 404, "not_found")
	w.ok("POST", "/v1/devices", `{"device":"plain"}`) // a floor key of main
	if strings.Contains(w.logs.String(), paired.Key) {
		t.Error("the key stands in the log")
	}
}

// What a device says of itself stands beside its key, and who is of another site sees
// neither.
func TestPresence(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) {
		o.Presence = func() []rest.Presence {
			return []rest.Presence{{Device: "D-main", App: "scan/1.2", Connected: true, Heard: ledger.TimeOf(noon), Pending: 12, Oldest: ledger.TimeOf(noon.Add(-20 * time.Minute)), Battery: 41, LostFocus: 4, Ahead: -1500},
				{Device: "unpaired", Heard: ledger.TimeOf(noon)}}
		}
	})
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("POST", "/v1/devices", `{"device":"D-main","site":"main"}`)
	w.ok("POST", "/v1/devices", `{"device":"D-north","site":"north"}`)
	if a := w.as(access.Supervisor, "PATCH", "/v1/devices/D-north", `{"name":"Aisle 3 blue"}`); a.status != 200 || !strings.Contains(a.text(), "Aisle 3 blue") {
		t.Errorf("%d %s", a.status, a.body)
	}
	w.fails(w.as(access.Supervisor, "PATCH", "/v1/devices/none", `{"name":"x"}`), 404, "not_found")
	list := w.as(access.Supervisor, "GET", "/v1/devices", "").text()
	for _, word := range []string{`"presence":{"app":"scan/1.2","connected":true,"heard":"2026-03-02T12:00:00Z","pending":12,"oldest":"2026-03-02T11:40:00Z","battery":41,"lost_focus":4,"ahead_ms":-1500}`, `"now":"2026-03-02T12:00:00Z"`} {
		if !strings.Contains(list, word) {
			t.Errorf("no %s in %s", word, list)
		}
	}
	if strings.Count(list, `"presence"`) != 1 || strings.Contains(list, "unpaired") {
		t.Errorf("%s", list)
	}
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	if list := w.do("GET", "/v1/devices", key, "").text(); !strings.Contains(list, "D-north") || strings.Contains(list, "D-main") || strings.Contains(list, "presence") {
		t.Errorf("%s", list)
	}
}

func TestWhoMayPairWhom(t *testing.T) {
	w := newWorld(t)
	w.ok("POST", "/v1/devices", `{"device":"second","role":"admin"}`)
	for _, c := range []struct {
		who         access.Role
		method, arg string
		want        int
	}{
		{access.Floor, "POST", `{"device":"x","role":"floor"}`, 403},
		{access.Dock, "POST", `{"device":"x","role":"floor"}`, 403},
		{access.Supervisor, "POST", `{"device":"x","role":"dock"}`, 201},
		{access.Supervisor, "POST", `{"device":"x","role":"supervisor"}`, 403},
		{access.Supervisor, "POST", `{"device":"x","role":"admin"}`, 403},
		{access.Supervisor, "POST", `{"device":"second","role":"floor"}`, 403}, // would cut an admin off
		{access.Supervisor, "DELETE", "second", 403},
		{access.Supervisor, "DELETE", "x", 204},
		{access.Supervisor, "POST", `{"device":"x","role":"floor"}`, 201}, // the name is free again
		{access.Admin, "POST", `{"device":"x","role":"supervisor"}`, 201},
		{access.Supervisor, "DELETE", "x", 403},
		{access.Admin, "DELETE", "x", 204},
		{access.Admin, "DELETE", "second", 204},
		{access.Admin, "DELETE", "admin", 403}, // the last one
	} {
		path, body := "/v1/devices", c.arg
		if c.method == "DELETE" {
			path, body = path+"/"+c.arg, ""
		}
		a := w.as(c.who, c.method, path, body)
		if a.status != c.want {
			t.Errorf("%s %s %s: %d %s", c.who, c.method, c.arg, a.status, a.body)
		}
		if a.status == 403 {
			w.fails(a, 403, "not_allowed")
		}
	}
	for _, role := range []access.Role{access.Floor, access.Dock} {
		w.fails(w.as(role, "GET", "/v1/devices", ""), 403, "not_allowed")
	}
}

func TestBadPairings(t *testing.T) {
	w := newWorld(t)
	for body, want := range map[string]string{
		`{"device":""}`:     "422 bad_field",
		`{"device":"a/b"}`:  "422 bad_field",
		`{"device":"a\nb"}`: "422 bad_field",
		`{"device":"` + strings.Repeat("a", 201) + `"}`: "422 bad_field",
		`{"device":"a","role":"owner"}`:                 "422 bad_field",
		`{"device":"a","colour":"red"}`:                 "422 unknown_field",
		`{"role":"floor"}`:                              "422 bad_field",
		`{"device":7}`:                                  "422 bad_field",
		`{"device":"a","site":"moon"}`:                  "404 not_found",
		`{`:                                             "400 bad_json",
		`"a"`:                                           "422 bad_field",
		`{"device":"` + strings.Repeat("a", 300<<10) + `"}`: "413 too_large",
	} {
		a := w.as(access.Admin, "POST", "/v1/devices", body)
		status, code, _ := strings.Cut(want, " ")
		if got := w.fails(a, map[string]int{"422": 422, "404": 404, "400": 400, "413": 413}[status], code); got.Message == "" {
			t.Errorf("%.60s", body)
		}
	}
	if got := len(w.store.List()); got != 4 {
		t.Errorf("%d keys", got)
	}
}
