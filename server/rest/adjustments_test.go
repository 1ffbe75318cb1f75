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

type draft struct {
	ID, Name, State, Told, Reference string
	CopyOf                           string `json:"copy_of"`
	Version                          uint64
	Lines                            int
	Booking                          *struct {
		First, Last uint64
		Intents     int
		Outcomes    []struct{ Outcome, Message, Kind string }
	}
}

type adjusted struct {
	Adjustment draft
	Lines      []map[string]any
	Rows       []struct{ Product, Location, Lot, Quantity, Change string }
	Groups     []struct {
		Value, Quantity, Change string
		Rows, Changed           int
	}
	Moved, Negative []struct{ Product, Location, Seen, Now, After string }
	Next, Evidence  string
	Repeat          bool
	Changed         int
}

// adjustment begins one.
func (w *world) adjustment(body string) draft {
	w.t.Helper()
	var d draft
	w.ok("POST", "/v1/adjustments", body).json(w.t, &d)
	return d
}

func (w *world) lines(d *draft, lines string) adjusted {
	w.t.Helper()
	var a adjusted
	w.ok("PUT", "/v1/adjustments/"+d.ID+"/lines", fmt.Sprintf(`{"version":%d,"lines":[%s]}`, d.Version, lines)).json(w.t, &a)
	*d = a.Adjustment
	return a
}

func (w *world) bookDraft(d *draft, more string) adjusted {
	w.t.Helper()
	var a adjusted
	w.ok("POST", "/v1/adjustments/"+d.ID+"/book", fmt.Sprintf(`{"version":%d%s}`, d.Version, more)).json(w.t, &a)
	return a
}

// lying is what lies at a place, and at the virtual ones, of a product.
func (w *world) lying(product string) string {
	w.t.Helper()
	var b struct {
		Rows []struct{ Site, Location, Lot, Serial, Quantity, Value string }
	}
	w.ok("GET", "/v1/balances?all=true&product="+url.QueryEscape(product), "").json(w.t, &b)
	var out []string
	for _, r := range b.Rows {
		name := r.Location
		if r.Lot != "" {
			name += "#" + r.Lot
		}
		if r.Serial != "" {
			name += "@" + r.Serial
		}
		out = append(out, name+"="+r.Quantity)
	}
	return strings.Join(out, " ")
}

// What each kind of line does, as a stockkeeper reads it: 20 bolts lie at A-01.
func TestKindsOfAdjustments(t *testing.T) {
	for _, c := range []struct{ kind, change, want string }{
		{"received", "3", "supplier=-23 A-01=23"},
		{"found", "3", "loss=-3 supplier=-20 A-01=23"},
		{"opening", "3", "opening=-3 supplier=-20 A-01=23"},
		{"returned", "3", "customer=-3 supplier=-20 A-01=23"},
		{"correction", "3", "loss=-3 supplier=-20 A-01=23"},
		{"correction", "-3", "loss=3 supplier=-20 A-01=17"},
		{"stolen", "-3", "loss=3 supplier=-20 A-01=17"},
		{"broken", "-3", "scrap=3 supplier=-20 A-01=17"},
		{"expired", "-3", "scrap=3 supplier=-20 A-01=17"},
		{"broken", "-2.5", "scrap=2.5 supplier=-20 A-01=17.5"},
	} {
		t.Run(c.kind+c.change, func(t *testing.T) {
			w := newWorld(t)
			w.goods()
			w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"20","to":"A-01"`))
			d := w.adjustment(`{"name":"Monday"}`)
			w.lines(&d, fmt.Sprintf(`{"product":"BOLT","location":"A-01","kind":"%s","change":"%s"}`, c.kind, c.change))
			if got := w.bookDraft(&d, ""); got.Adjustment.State != "booked" || got.Repeat || len(got.Adjustment.Booking.Outcomes) > 0 {
				t.Errorf("%+v", got)
			}
			if got := w.lying("BOLT"); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			entry := w.ok("GET", fmt.Sprintf("/v1/activity?since=%d", w.head()-1), "").text()
			for _, want := range []string{`"device":"adjustment"`, `"install":"` + d.ID + `"`, `"reason":"` + c.kind + `"`, `"reference":"` + d.ID + `"`} {
				if !strings.Contains(entry, want) {
					t.Errorf("the entry lacks %s: %s", want, entry)
				}
			}
		})
	}
}

// A product with a loss place of its own is lost and found there; a line may name another.
func TestOwnLossPlaceOfAnAdjustment(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/locations/LOSS-B", `{"kind":"loss"}`)
	w.ok("PUT", "/v1/locations/ACME", `{"kind":"supplier"}`)
	w.ok("PUT", "/v1/products/BOLT", `{"loss":"LOSS-B"}`)
	w.pass(time.Minute) // settings hold from their edit on
	d := w.adjustment(`{"name":"x"}`)
	w.lines(&d, `{"product":"BOLT","location":"A-01","kind":"received","change":"9","other":"ACME"},{"product":"BOLT","location":"A-01","kind":"stolen","change":"-2"},{"product":"BOLT","location":"A-01","kind":"correction","change":"-1","other":"loss"}`)
	w.bookDraft(&d, "")
	if got, want := w.lying("BOLT"), "ACME=-9 LOSS-B=2 loss=1 A-01=6"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What cannot be a line is told in words that name the line and the field, and nothing
// of what was sent is kept.
func TestBadLines(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/products/SERVICE", `{"stocked":"false"}`)
	w.ok("PUT", "/v1/products/DRILL", `{"tracking":"serial"}`)
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/locations/N-1?site=north", `{}`)
	d := w.adjustment(`{"name":"x"}`)
	good := `{"product":"BOLT","location":"A-01","change":"1"}`
	for _, c := range []struct{ line, field, says string }{
		{`{"location":"A-01","change":"1"}`, "product", "No product"},
		{`{"product":"NONE","change":"1"}`, "product", "not known"},
		{`{"scan":"4006381333931","change":"1"}`, "scan", "not known"},
		{`{"product":"SERVICE","change":"1"}`, "product", "not stock-kept"},
		{`{"product":"BOLT","location":"B-9","change":"1"}`, "location", "no location"},
		{`{"product":"BOLT","location":"loss","change":"1"}`, "location", "none of main"},
		{`{"product":"BOLT","location":"north/N-1","change":"1"}`, "location", "one site"},
		{`{"product":"BOLT","kind":"eaten","change":"-1"}`, "kind", "none of"},
		{`{"product":"BOLT","kind":"stolen","change":"1"}`, "change", "takes away"},
		{`{"product":"BOLT","kind":"found","change":"-1"}`, "change", "adds"},
		{`{"product":"BOLT","change":"0.001"}`, "change", "more decimals"},
		{`{"product":"BOLT","change":"1","counted":"2"}`, "counted", "one of the two"},
		{`{"product":"BOLT","counted":"-1"}`, "counted", "less than nothing"},
		{`{"product":"BOLT","change":"1","unit":"box"}`, "unit", "no unit"},
		{`{"product":"BOLT","change":"-1","unit_cost":"2"}`, "unit_cost", "taken away"},
		{`{"product":"BOLT","change":"1","unit_cost":"2","total_cost":"2"}`, "total_cost", "one of the two"},
		{`{"product":"BOLT","change":"1","expiry":"soon"}`, "expiry", "calendar"},
		{`{"product":"BOLT","change":"1","other":"A-01"}`, "other", "loss place"},
		{`{"product":"DRILL","change":"2","serial":"S1"}`, "change", "one piece"},
		{good, "product", "line 1"},
	} {
		p := w.fails(w.as(access.Admin, "PUT", "/v1/adjustments/"+d.ID+"/lines", fmt.Sprintf(`{"version":%d,"lines":[%s,%s]}`, d.Version, good, c.line)),
			422, codeOf(c.line))
		if p.Line != 2 || p.Field != c.field || !strings.Contains(p.Message, c.says) || !strings.Contains(p.Message, "Line 2") {
			t.Errorf("%s: line %d, field %s: %s", c.line, p.Line, p.Field, p.Message)
		}
	}
	var a adjusted
	w.ok("GET", "/v1/adjustments/"+d.ID+"/lines", "").json(t, &a)
	if len(a.Lines) != 0 || a.Adjustment.Version != 1 {
		t.Errorf("something was kept: %+v", a)
	}
}

// codeOf is what the table above expects of codes.
func codeOf(line string) string {
	switch {
	case strings.Contains(line, "NONE"), strings.Contains(line, "4006381333931"):
		return "unknown_product"
	case strings.Contains(line, "B-9"), strings.Contains(line, `"other"`):
		return "unknown_location"
	case strings.Contains(line, "soon"):
		return "bad_time"
	case strings.Contains(line, `"stolen"`), strings.Contains(line, `"found"`), strings.Contains(line, "0.001"), strings.Contains(line, `"-1"`) && strings.Contains(line, "counted"), strings.Contains(line, "DRILL"):
		return "bad_quantity"
	}
	return "bad_field"
}

// Two people at one draft: who touches other lines goes on, who would overwrite what the
// other has just said is told, also where the other took the line out.
func TestTwoPeopleAtOneDraft(t *testing.T) {
	w := newWorld(t)
	w.goods()
	d := w.adjustment(`{"name":"x"}`)
	w.lines(&d, `{"product":"BOLT","location":"A-01","change":"1"},{"product":"NUT","location":"A-01","change":"1"}`)
	seen := d.Version
	put := func(version uint64, line string) answer {
		return w.as(access.Supervisor, "PUT", "/v1/adjustments/"+d.ID+"/lines", fmt.Sprintf(`{"version":%d,"lines":[%s]}`, version, line))
	}
	if a := put(seen, `{"product":"BOLT","location":"A-01","change":"2"}`); a.status != 200 {
		t.Fatal(a.text())
	}
	if a := put(seen, `{"product":"NUT","location":"A-01","change":"5"}`); a.status != 200 {
		t.Errorf("another line: %s", a.text())
	}
	p := w.fails(put(seen, `{"product":"BOLT","location":"A-01","change":"9"}`), 409, "expired")
	if !strings.Contains(p.Message, "changed by supervisor since version") || p.Line != 1 {
		t.Error(p.Message)
	}
	if a := put(seen+2, `{"product":"BOLT","location":"A-01","change":"0"}`); a.status != 200 {
		t.Fatal(a.text())
	}
	p = w.fails(put(seen+2, `{"product":"BOLT","location":"A-01","change":"9"}`), 409, "expired")
	if !strings.Contains(p.Message, "taken out by supervisor") {
		t.Error(p.Message)
	}
	w.fails(w.as(access.Admin, "POST", "/v1/adjustments/"+d.ID+"/book", fmt.Sprintf(`{"version":%d}`, seen)), 409, "expired")
	w.fails(w.as(access.Admin, "POST", "/v1/adjustments/"+d.ID+"/drop", fmt.Sprintf(`{"version":%d}`, seen)), 409, "expired")
	w.fails(put(0, `{"product":"NUT","change":"9"}`), 422, "bad_field")
	w.fails(put(seen+99, `{"product":"NUT","change":"9"}`), 409, "expired")
	w.ok("PATCH", "/v1/adjustments/"+d.ID, fmt.Sprintf(`{"version":%d,"name":"y"}`, seen+3))
	w.fails(w.as(access.Admin, "PATCH", "/v1/adjustments/"+d.ID, fmt.Sprintf(`{"version":%d,"name":"z"}`, seen+3)), 409, "expired")
}

// What moved while somebody drafted is shown, and a booking may demand that nothing did.
func TestMovedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"20","to":"A-01"`))
	d := w.adjustment(`{"name":"x"}`)
	w.lines(&d, `{"product":"BOLT","location":"A-01","kind":"stolen","change":"-15"},{"product":"NUT","lot":"L1","location":"A-01","kind":"found","change":"1"}`)
	review := func() (r adjusted) {
		w.ok("GET", "/v1/adjustments/"+d.ID+"/review", "").json(t, &r)
		return r
	}
	before := review()
	if len(before.Moved) != 0 || len(before.Negative) != 0 {
		t.Errorf("%+v", before)
	}
	w.post(access.Admin, w.intent(2, `"action":"remove","product":"BOLT","quantity":"8","from":"A-01"`))
	r := review()
	if len(r.Moved) != 1 || r.Moved[0].Seen != "20" || r.Moved[0].Now != "12" || r.Moved[0].After != "-3" || len(r.Negative) != 1 || r.Evidence == before.Evidence {
		t.Errorf("%+v", r)
	}
	book := func(more string) answer {
		return w.as(access.Admin, "POST", "/v1/adjustments/"+d.ID+"/book", fmt.Sprintf(`{"version":%d,%s}`, d.Version, more))
	}
	head := w.head()
	p := w.fails(book(`"unmoved":true`), 409, "expired")
	if !strings.Contains(p.Message, "BOLT at A-01: 20 then, 12 now") {
		t.Error(p.Message)
	}
	w.fails(book(`"evidence":"`+before.Evidence+`"`), 409, "expired")
	if w.head() != head {
		t.Error("something was booked")
	}
	if a := book(`"evidence":"` + r.Evidence + `"`); a.status != 200 {
		t.Error(a.text())
	}
}

// A repeat tells the same again and books nothing twice.
func TestBookedOnce(t *testing.T) {
	w := newWorld(t)
	w.goods()
	d := w.adjustment(`{"name":"x","reference":"INV-7"}`)
	w.fails(w.as(access.Admin, "POST", "/v1/adjustments/"+d.ID+"/book", `{"version":1}`), 422, "bad_field") // no lines
	w.lines(&d, `{"product":"BOLT","location":"A-01","change":"2","unit_cost":"1.50"},{"product":"NUT","location":"A-01","kind":"broken","change":"-1"}`)
	first := w.bookDraft(&d, "")
	head := w.head()
	w.pass(time.Hour)
	again := w.bookDraft(&d, "")
	if !again.Repeat || again.Adjustment.Booking.First != first.Adjustment.Booking.First || w.head() != head || first.Adjustment.Booking.Intents != 2 {
		t.Errorf("%+v %+v", first, again)
	}
	w.fails(w.as(access.Admin, "PUT", "/v1/adjustments/"+d.ID+"/lines", fmt.Sprintf(`{"version":%d,"lines":[]}`, d.Version)), 409, "closing")
	w.fails(w.as(access.Admin, "POST", "/v1/adjustments/"+d.ID+"/drop", fmt.Sprintf(`{"version":%d}`, d.Version)), 409, "closing")
	var copied draft
	w.ok("POST", "/v1/adjustments/"+d.ID+"/copy", "").json(t, &copied)
	if copied.CopyOf != d.ID || copied.Lines != 2 || copied.State != "draft" || copied.ID == d.ID {
		t.Errorf("%+v", copied)
	}
	var found struct{ Rows []draft }
	w.ok("GET", "/v1/adjustments?reference=INV-7", "").json(t, &found)
	if len(found.Rows) != 1 || found.Rows[0].ID != d.ID {
		t.Errorf("%+v", found)
	}
	w.ok("POST", "/v1/adjustments/"+copied.ID+"/drop", fmt.Sprintf(`{"version":%d}`, copied.Version))
	w.ok("GET", "/v1/adjustments?state=dropped", "").json(t, &found)
	if len(found.Rows) != 1 || found.Rows[0].ID != copied.ID {
		t.Errorf("%+v", found)
	}
}

// Of a day opening stock is booked at its beginning and all else at its end, so that the
// scans of that day lie between.
func TestDatedAdjustments(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.post(access.Admin, w.intent(1, `"action":"count","product":"BOLT","quantity":"10","from":"A-01","at":"2026-03-01T12:00:00Z"`))
	for _, c := range []struct{ date, kind, change, at, lies string }{
		{"2026-03-01", "opening", "4", "2026-03-01T00:00:00Z", "A-01=10"},        // the count of noon covers it
		{"2026-03-01", "broken", "-1", "2026-03-01T23:59:59.999999Z", "A-01=9"},  // it was there at noon
		{"2026-03-01T11:00:00Z", "found", "1", "2026-03-01T11:00:00Z", "A-01=9"}, // the count covers it
		{"2026-03-02", "found", "1", "2026-03-02T12:00:00Z", "A-01=10"},          // today's end is to come
		{"", "stolen", "-2", "2026-03-02T12:00:00Z", "A-01=8"},
	} {
		d := w.adjustment(`{"name":"x","date":"` + c.date + `"}`)
		w.lines(&d, fmt.Sprintf(`{"product":"BOLT","location":"A-01","kind":"%s","change":"%s"}`, c.kind, c.change))
		w.bookDraft(&d, "")
		var log struct {
			Entries []struct {
				TEff string `json:"t_eff"`
			}
		}
		w.ok("GET", fmt.Sprintf("/v1/activity?since=%d", w.head()-1), "").json(t, &log)
		if log.Entries[0].TEff != c.at || !strings.Contains(w.lying("BOLT")+" ", c.lies+" ") {
			t.Errorf("%+v: at %s, %s", c, log.Entries[0].TEff, w.lying("BOLT"))
		}
	}
	for _, date := range []string{"2026-03-03", "yesterday", "2026-02-30", "2026-03-02T13:00:00Z"} {
		w.fails(w.as(access.Admin, "POST", "/v1/adjustments", `{"name":"x","date":"`+date+`"}`), 422, "bad_time")
	}
}

// A day is one of the site's own clocks: what is still yesterday there, or tomorrow
// already.
func TestDaysOfASite(t *testing.T) {
	w := newWorld(t) // it is noon in UTC
	w.goods()
	w.ok("PUT", "/v1/sites/auckland", `{"zone":"Pacific/Auckland"}`)
	w.ok("PUT", "/v1/sites/hilo", `{"zone":"Pacific/Honolulu"}`)
	for _, c := range []struct{ site, date, kind, at string }{
		{"auckland", "2026-03-03", "found", "2026-03-02T12:00:00Z"},
		{"auckland", "2026-03-03", "opening", "2026-03-02T11:00:00Z"},
		{"auckland", "2026-03-02", "found", "2026-03-02T10:59:59.999999Z"},
		{"hilo", "2026-03-01", "found", "2026-03-02T09:59:59.999999Z"},
		{"hilo", "2026-03-01", "opening", "2026-03-01T10:00:00Z"},
		{"hilo", "2026-03-02", "found", "2026-03-02T12:00:00Z"},
		{"auckland", "2026-03-04", "", ""},
		{"hilo", "2026-03-03", "", ""},
	} {
		begin := fmt.Sprintf(`{"name":"x","site":"%s","date":"%s"}`, c.site, c.date)
		if c.kind == "" {
			w.fails(w.as(access.Admin, "POST", "/v1/adjustments", begin), 422, "bad_time")
			continue
		}
		d := w.adjustment(begin)
		w.lines(&d, `{"product":"BOLT","kind":"`+c.kind+`","change":"1"}`)
		w.bookDraft(&d, "")
		if a := w.ok("GET", fmt.Sprintf("/v1/activity?since=%d", w.head()-1), ""); !strings.Contains(a.text(), `"t_eff":"`+c.at+`"`) {
			t.Errorf("%+v: %s", c, a.text())
		}
	}
}

// All stock-kept products can be adjusted, those with nothing too; filters find rows.
func TestRowsOfAnAdjustment(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/products/SHIRT-S", `{"category":"shirts","attribute.size":"S"}`)
	w.ok("PUT", "/v1/products/SHIRT-M", `{"category":"shirts","attribute.size":"M"}`)
	w.ok("PUT", "/v1/products/SERVICE", `{"stocked":"false"}`)
	w.post(access.Admin, w.intent(1, `"action":"add","product":"SHIRT-M","quantity":"20","to":"A-01"`)+"\n"+w.intent(2, `"action":"add","product":"NUT","lot":"L1","quantity":"5"`)+"\n"+
		w.intent(3, `"action":"pack","product":"SHIRT-M","quantity":"2","from":"A-01","package":"BOX"`))
	d := w.adjustment(`{"name":"x"}`)
	w.lines(&d, `{"product":"SHIRT-M","location":"A-01","kind":"stolen","change":"-2"},{"product":"SHIRT-M","location":"A-01","kind":"broken","change":"-1"},{"product":"BOLT","kind":"found","counted":"3"}`)
	for query, want := range map[string]string{
		"":                        "BOLT@stock=0+3 NUT@stock=5+0 SHIRT-M@A-01=18+-3 SHIRT-S@stock=0+0",
		"show=changed":            "BOLT@stock=0+3 SHIRT-M@A-01=18+-3",
		"show=plus":               "BOLT@stock=0+3",
		"show=minus":              "SHIRT-M@A-01=18+-3",
		"show=zero":               "BOLT@stock=0+3 SHIRT-S@stock=0+0",
		"show=stocked":            "NUT@stock=5+0 SHIRT-M@A-01=18+-3",
		"category=shirts":         "SHIRT-M@A-01=18+-3 SHIRT-S@stock=0+0",
		"attribute=size%3DS":      "SHIRT-S@stock=0+0",
		"attribute=size":          "SHIRT-M@A-01=18+-3 SHIRT-S@stock=0+0",
		"product=SHIRT":           "SHIRT-M@A-01=18+-3 SHIRT-S@stock=0+0",
		"location=A&product=B":    "BOLT@A=0+0",
		"location=A&show=stocked": "SHIRT-M@A-01=18+-3",
	} {
		got, after := []string{}, ""
		for { // pages of one
			var a adjusted
			w.ok("GET", "/v1/adjustments/"+d.ID+"/rows?limit=1&"+query+"&after="+after, "").json(t, &a)
			for _, r := range a.Rows {
				got = append(got, r.Product+"@"+r.Location+"="+r.Quantity+"+"+r.Change)
			}
			if after = a.Next; after == "" {
				break
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", query, strings.Join(got, " "), want)
		}
	}
	var a adjusted
	w.ok("GET", "/v1/adjustments/"+d.ID+"/rows?by=size&category=shirts", "").json(t, &a)
	if g := a.Groups; len(g) != 2 || g[0].Value != "M" || g[0].Quantity != "18" || g[0].Change != "-3" || g[0].Changed != 1 || g[1].Quantity != "0" {
		t.Errorf("%+v", a.Groups)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/adjustments/"+d.ID+"/rows?location=nowhere", ""), 422, "unknown_location")
}

// A file is taken whole or not at all, by lines that it names.
func TestImportIntoAnAdjustment(t *testing.T) {
	w := newWorld(t)
	w.goods()
	d := w.adjustment(`{"name":"opening","location":"A-01"}`)
	path := "/v1/adjustments/" + d.ID + "/import"
	p := w.fails(w.as(access.Admin, "POST", path, "product,kind,counted\nBOLT,opening,5\nNUT,opening,five\n"), 422, "bad_quantity")
	if p.Line != 3 || p.Field != "counted" {
		t.Errorf("%+v", p)
	}
	p = w.fails(w.as(access.Admin, "POST", path, "product,colour\nBOLT,red\n"), 422, "unknown_field")
	if p.Line != 2 || p.Field != "colour" {
		t.Errorf("%+v", p)
	}
	p = w.fails(w.as(access.Admin, "POST", path, "product,counted\nBOLT,5\n\nGONE,2\n"), 422, "unknown_product")
	if p.Line != 4 {
		t.Errorf("%+v", p)
	}
	var a adjusted
	w.ok("POST", path+"?dry_run=true", "product,kind,counted\nBOLT,opening,5\nNUT,opening,2\n").json(t, &a)
	if a.Changed != 2 {
		t.Errorf("%+v", a)
	}
	w.ok("GET", "/v1/adjustments/"+d.ID, "").json(t, &d)
	if d.Lines != 0 {
		t.Errorf("a dry run kept %d lines", d.Lines)
	}
	w.ok("POST", path, `[{"product":"BOLT","kind":"opening","counted":5},{"product":"NUT","kind":"opening","change":"2","line":9}]`)
	w.ok("POST", path+"?replace=true", "product;kind;change\nNUT;opening;3\n").json(t, &a)
	if a.Adjustment.Lines != 1 || a.Changed != 2 {
		t.Errorf("%+v", a)
	}
}

// A supervisor of one site adjusts there, and sees nothing of others; docks adjust
// nothing.
func TestWhoAdjusts(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	here, there := w.adjustment(`{"name":"SECRET"}`), w.adjustment(`{"name":"there","site":"north"}`)
	w.lines(&here, `{"product":"BOLT","change":"1","unit_cost":"98765"}`)
	w.lines(&there, `{"product":"BOLT","change":"1"}`)
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/v1/adjustments/" + here.ID, "", 404},
		{"GET", "/v1/adjustments/" + here.ID + "/rows", "", 404},
		{"GET", "/v1/adjustments/" + here.ID + "/lines", "", 404},
		{"GET", "/v1/adjustments/" + here.ID + "/review", "", 404},
		{"PUT", "/v1/adjustments/" + here.ID + "/lines", `{"version":2,"lines":[]}`, 403},
		{"POST", "/v1/adjustments/" + here.ID + "/import", "product,change\nBOLT,1\n", 403},
		{"PATCH", "/v1/adjustments/" + here.ID, `{"version":2}`, 403},
		{"POST", "/v1/adjustments/" + here.ID + "/book", `{"version":2}`, 403},
		{"POST", "/v1/adjustments/" + here.ID + "/drop", `{"version":2}`, 403},
		{"POST", "/v1/adjustments/" + here.ID + "/copy", "", 403},
		{"POST", "/v1/adjustments", `{"name":"x"}`, 403},
		{"POST", "/v1/adjustments", `{"name":"x","site":"north"}`, 201},
		{"POST", "/v1/adjustments/" + there.ID + "/book", `{"version":2}`, 200},
	} {
		if a := w.do(c.method, c.path, key, c.body); a.status != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, a.status, a.body, c.want)
		}
	}
	if a := w.do("GET", "/v1/adjustments", key, ""); strings.Contains(a.text(), "SECRET") || !strings.Contains(a.text(), "there") {
		t.Error(a.text())
	}
	w.fails(w.as(access.Dock, "POST", "/v1/adjustments", `{"name":"x"}`), 403, "not_allowed")
	for _, path := range []string{"/lines", "/rows"} {
		if a := w.as(access.Supervisor, "GET", "/v1/adjustments/"+here.ID+path, ""); !strings.Contains(a.text(), "98765") {
			t.Error(a.text())
		}
	}
}
