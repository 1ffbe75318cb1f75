package rest_test

import (
	"fmt"
	"net/url"
	"testing"

	"bayledger/server/access"
	"bayledger/server/store"
)

// Alerts are acknowledged, snoozed and given back by supervisors of their site, in
// words where that cannot be.
func TestAnsweringAlerts(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/constraints/BOLT", `{"min":"5"}`)
	north, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	low := "/v1/alerts/" + url.PathEscape("low/BOLT/main")
	for _, c := range []struct {
		what, key, path, body string
		status                int
		field, state          string
		changed               bool
	}{
		{"a floor key", w.keys[access.Floor], low + "/acknowledge", "", 403, "", "", false},
		{"a supervisor of elsewhere", north, low + "/acknowledge", "", 404, "id", "", false},
		{"none of that name", w.keys[access.Supervisor], "/v1/alerts/low%2FNONE%2Fmain/acknowledge", "", 404, "id", "", false},
		{"a moment that is none", w.keys[access.Supervisor], low + "/snooze", `{"until":"soon"}`, 422, "until", "", false},
		{"a moment that is over", w.keys[access.Supervisor], low + "/snooze", `{"until":"2026-03-02T11:59:00Z"}`, 422, "until", "", false},
		{"a moment too far off", w.keys[access.Supervisor], low + "/snooze", `{"until":"2027-03-02T11:59:00Z"}`, 422, "until", "", false},
		{"until the evening", w.keys[access.Supervisor], low + "/snooze", `{"until":"2026-03-02T18:00:00Z"}`, 200, "", "snoozed", true},
		{"taken", w.keys[access.Supervisor], low + "/acknowledge", "", 200, "", "acknowledged", true},
		{"taken again", w.keys[access.Admin], low + "/acknowledge", "", 200, "", "acknowledged", false},
		{"given back", w.keys[access.Supervisor], low + "/wake", "", 200, "", "raised", true},
	} {
		a := w.do("POST", c.path, c.key, c.body)
		var p struct {
			Field   string
			Alert   struct{ State, By string }
			Changed bool
		}
		a.json(t, &p)
		if a.status != c.status || p.Field != c.field || p.Alert.State != c.state || p.Changed != c.changed {
			t.Errorf("%s: %d %s", c.what, a.status, a.body)
		}
	}
	var list struct{ Rows []struct{ ID string } }
	w.ok("GET", "/v1/alerts?state=raised&kind=low", "").json(t, &list)
	if len(list.Rows) != 1 {
		t.Errorf("raised: %+v", list)
	}
}

// What to order, and which fields of a constraint do not fit.
func TestReorder(t *testing.T) {
	w := newWorld(t)
	w.goods()
	for body, field := range map[string]string{
		`{"min":"5","max":"4"}`: "max", `{"reorder":"9","max":"8"}`: "reorder", `{"multiple":"0"}`: "multiple", `{"reorder":"-1"}`: "reorder",
		`{"lead_days":"10000"}`: "lead_days", `{"lead_days":"soon"}`: "lead_days", `{"lot_size":"3"}`: "lot_size",
	} {
		var p problem
		if a := w.as(access.Admin, "PUT", "/v1/constraints/BOLT", body); a.status != 422 {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		} else if a.json(t, &p); p.Field != field {
			t.Errorf("%s: field %q", body, p.Field)
		}
	}
	w.ok("PUT", "/v1/constraints/BOLT", `{"min":"5","max":"50","reorder":"20","multiple":"12","lead_days":"14"}`)
	w.ok("POST", "/v1/import/constraints", "product,site,location,min,max,reorder,multiple,lead_days\nNUT,main,A,2,10,5,4,3\n")
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"30"`)+"\n"+w.intent(2, `"action":"remove","product":"BOLT","quantity":"15"`))
	var report struct {
		Rows []struct {
			Product, Location, Available, Point, Order string
			DaysLeft                                   string `json:"days_left"`
			Lead                                       string `json:"lead_days"`
			Late                                       bool
		}
	}
	w.ok("GET", "/v1/reorder", "").json(t, &report)
	if len(report.Rows) != 2 {
		t.Fatalf("%+v", report)
	}
	// 35 to the most: two dozen. 15 of 15 in 28 days are left: 28 days.
	if r := report.Rows[0]; r.Product != "BOLT" || r.Available != "15" || r.Point != "20" || r.Order != "24" || r.DaysLeft != "28" || r.Lead != "14" || r.Late {
		t.Errorf("%+v", r)
	}
	if r := report.Rows[1]; r.Product != "NUT" || r.Location != "A" || r.Order != "8" || r.DaysLeft != "" {
		t.Errorf("%+v", r)
	}
	w.ok("PUT", "/v1/sites/main", `{"zone":"Europe/Vienna","expiry_days":"7"}`)
	w.ok("PUT", "/v1/settings/book", `{"expiry_days.dairy":"3","usage_weeks":"8"}`)
	for path, body := range map[string]string{"/v1/sites/main": `{"zone":"Mars/Base"}`, "/v1/settings/book": `{"expiry_days":"many"}`} {
		if a := w.as(access.Admin, "PUT", path, body); a.status != 422 {
			t.Errorf("%s %s: %d %s", path, body, a.status, a.body)
		}
	}
}

// What open deliveries still bring to a site is not ordered once more.
func TestReorderKnowsWhatIsExpected(t *testing.T) {
	w := newWorld(t)
	w.expected() // 20 of BOLT are to come to main
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/constraints/BOLT", `{"max":"50","reorder":"40"}`)
	w.ok("PUT", "/v1/constraints/BOLT?site=north", `{"max":"50","reorder":"40"}`)
	show := func() string {
		var report struct {
			Rows []struct{ Product, Site, Available, Expected, Order string }
		}
		w.as(access.Floor, "GET", "/v1/reorder", "").json(t, &report)
		return fmt.Sprint(report.Rows)
	}
	north := " {BOLT north 0 0 50}]"
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"all is to come", func() {}, "[{BOLT main 0 20 30}" + north},
		{"some came", func() { w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"8"}]`) }, "[{BOLT main 8 12 30}" + north},
		{"some was refused", func() { w.receive("PK-881", `"reject":[{"product":"BOLT","quantity":"2","reason":"wet"}]`) }, "[{BOLT main 8 10 32}" + north},
		{"more is on its way", func() {
			w.ok("POST", "/v1/deliveries", `{"number":"D-2","lines":[{"product":"BOLT","quantity":"3","unit":"box"}]}`)
		}, "[" + north[1:]},
		{"that is cancelled", func() { w.ok("POST", "/v1/deliveries/D-2/cancel", `{"version":1}`) }, "[{BOLT main 8 10 32}" + north},
		{"nothing more comes", func() { w.receive("PK-881", `"close":true`) }, "[{BOLT main 8 0 42}" + north},
	} {
		step.do()
		if got := show(); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}
