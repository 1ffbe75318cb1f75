package rest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
)

type delivered struct {
	Delivery struct {
		Number, State, Told string
		Version             uint64
		Lines               []map[string]any
	}
	Progress struct {
		State                          string
		Lines                          []struct{ Product, Ordered, Accepted, Quarantined, Returned, Refused, Difference, Standing, Outcome, Price string }
		Unknown, OrderOnly             []struct{ Product, Accepted string }
		Waiting, Complete, Short, Over int
	}
	Repeat bool
}

// says tells a delivery shortly: its state, and of each line what came of what.
func (d *delivered) says() string {
	out := []string{d.Progress.State}
	for _, l := range d.Progress.Lines {
		text := l.Product + " " + l.Accepted + "/" + l.Ordered + " " + l.Outcome
		for _, n := range [...][2]string{{" q", l.Quarantined}, {" r", l.Returned}, {" d", l.Refused}} {
			if n[1] != "0" {
				text += n[0] + n[1]
			}
		}
		out = append(out, text)
	}
	for _, u := range d.Progress.Unknown {
		out = append(out, "?"+u.Product+" "+u.Accepted)
	}
	if d.Progress.Waiting > 0 {
		out = append(out, fmt.Sprint("waiting ", d.Progress.Waiting))
	}
	return strings.Join(out, ", ")
}

func (w *world) delivery(number string) (d delivered) {
	w.t.Helper()
	w.ok("GET", "/v1/deliveries/"+number, "").json(w.t, &d)
	return d
}

func (w *world) receive(number, body string) (d delivered) {
	w.t.Helper()
	version := w.delivery(number).Delivery.Version
	w.ok("POST", "/v1/deliveries/"+number+"/receive", fmt.Sprintf(`{"version":%d,%s}`, version, body)).json(w.t, &d)
	return d
}

// expected makes a delivery of 20 bolts and 5 nuts.
func (w *world) expected() {
	w.t.Helper()
	w.goods()
	w.ok("PUT", "/v1/products/BOLT", `{"unit.box":"12"}`)
	w.ok("PUT", "/v1/products/SCREW", `{}`)
	w.ok("PUT", "/v1/partners/ACME", `{"kind":"supplier"}`)
	w.ok("POST", "/v1/deliveries", `{"number":"PK-881","order":"PO-77","asn":"ASN-9","partner":"ACME","due":"2026-03-02","lines":[{"product":"BOLT","quantity":"20","price":"2.50"},{"product":"NUT","quantity":"5","lot":"N1"}]}`)
}

// A delivery as a stockkeeper sees it, from nothing to done: each step, and what the
// books then say of it.
func TestADelivery(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps func(w *world)
		want  string
		lies  string // of BOLT
	}{
		{"nothing came", func(*world) {}, "expected, BOLT 0/20 none, NUT 0/5 none", ""},
		{"some came", func(w *world) { w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"8"}]`) },
			"in_progress, BOLT 8/20 short, NUT 0/5 none", "supplier=-8 incoming=8"},
		{"all came", func(w *world) { w.receive("PK-881", `"all":true`) }, "in_progress, BOLT 20/20 exact, NUT 5/5 exact", "supplier=-20 incoming=20"},
		{"the rest came, and it is closed", func(w *world) {
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"1","unit":"box"}]`)
			w.receive("PK-881", `"all":true,"close":true`)
		}, "done, BOLT 20/20 exact, NUT 5/5 exact", "supplier=-20 incoming=20"},
		{"some are named, and all the rest", func(w *world) {
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"5","lot":"L7"}],"reject":[{"product":"BOLT","quantity":"3","reason":"wet"}],"all":true`)
		}, "in_progress, BOLT 17/20 exact d3, NUT 5/5 exact", "supplier=-12 supplier#L7=-5 incoming=12 incoming#L7=5"},
		{"more than all", func(w *world) {
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"2","unit":"box"}],"all":true`)
		}, "in_progress, BOLT 24/20 over, NUT 5/5 exact", "supplier=-24 incoming=24"},
		{"what lies there is turned away, and the rest comes", func(w *world) {
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"5"}]`)
			w.receive("PK-881", `"reject":[{"product":"BOLT","quantity":"3","reason":"wet","from":"incoming"}],"all":true`)
		}, "in_progress, BOLT 17/20 exact r3, NUT 5/5 exact", "supplier=-17 incoming=17"},
		{"closed short", func(w *world) { w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"8"}],"close":true`) },
			"done, BOLT 8/20 short, NUT 0/5 none", "supplier=-8 incoming=8"},
		{"too many came", func(w *world) {
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"21"},{"product":"NUT","quantity":"5","lot":"N1"}]`)
		},
			"in_progress, BOLT 21/20 over, NUT 5/5 exact", "supplier=-21 incoming=21"},
		{"something else came", func(w *world) { w.receive("PK-881", `"lines":[{"product":"SCREW","quantity":"3"}]`) },
			"in_progress, BOLT 0/20 none, NUT 0/5 none, ?SCREW 3", ""},
		{"refused at the door", func(w *world) {
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"15"}],"reject":[{"product":"BOLT","quantity":"5","reason":"wet"}]`)
		},
			"in_progress, BOLT 15/20 exact d5, NUT 0/5 none", "supplier=-15 incoming=15"},
		{"into quarantine from the door", func(w *world) {
			w.receive("PK-881", `"reject":[{"product":"BOLT","quantity":"5","reason":"dented","to":"quarantine"}]`)
		},
			"in_progress, BOLT 0/20 short q5, NUT 0/5 none", "supplier=-5 quarantine=5"},
		{"found broken later", func(w *world) {
			w.receive("PK-881", `"all":true`)
			w.receive("PK-881", `"reject":[{"product":"BOLT","quantity":"2","reason":"dented","to":"quarantine","from":"incoming"}]`)
			w.receive("PK-881", `"reject":[{"product":"BOLT","quantity":"1","reason":"dented","from":"quarantine"}]`)
		}, "in_progress, BOLT 18/20 exact q1 r1, NUT 5/5 exact", "supplier=-19 incoming=18 quarantine=1"},
		{"a handheld scanned it", func(w *world) {
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","product":"BOLT","quantity":"3","to":"A-01","delivery":"PK-881"}`)
			w.post(access.Floor, `{"device":"floor","seq":2,"action":"add","product":"BOLT","quantity":"4","to":"incoming","delivery":"ASN-9"}`)
			w.post(access.Floor, `{"device":"floor","seq":3,"action":"add","product":"NUT","quantity":"5","to":"incoming","reference":"PO-77"}`)
			w.post(access.Floor, `{"device":"floor","seq":4,"action":"remove","product":"BOLT","quantity":"2","from":"A-01","reference":"PO-77"}`) // a sale of that number
		}, "in_progress, BOLT 7/20 short, NUT 5/5 exact", "customer=2 supplier=-7 A-01=1 incoming=4"},
		{"and took it back", func(w *world) {
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","product":"BOLT","quantity":"3","to":"A-01","delivery":"PK-881"}`)
			w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"8"}]`)
			w.post(access.Floor, `{"device":"floor","seq":2,"action":"undo","reference":"1"}`)
		}, "in_progress, BOLT 8/20 short, NUT 0/5 none", "supplier=-8 incoming=8"},
		{"and brought that back", func(w *world) {
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","product":"BOLT","quantity":"3","to":"A-01","delivery":"PK-881","at":"2026-03-02T11:00:00Z"}`)
			w.post(access.Floor, `{"device":"floor","seq":2,"action":"undo","reference":"1","at":"2026-03-02T11:01:00Z"}`)
			w.post(access.Floor, `{"device":"floor","seq":3,"action":"undo","reference":"2","at":"2026-03-02T11:02:00Z"}`)
		}, "in_progress, BOLT 3/20 short, NUT 0/5 none", "supplier=-3 A-01=3"},
		{"an unknown barcode waits", func(w *world) {
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","scan":"XYZ","quantity":"3","delivery":"PK-881"}`)
		}, "in_progress, BOLT 0/20 none, NUT 0/5 none, waiting 1", ""},
		{"and is named", func(w *world) {
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","scan":"XYZ","quantity":"3","delivery":"PK-881"}`)
			w.delivery("PK-881")
			w.post(access.Supervisor, `{"device":"supervisor","seq":1,"action":"map","raw":"XYZ","product":"BOLT"}`)
		}, "in_progress, BOLT 3/20 short, NUT 0/5 none", "supplier=-3 stock=3"},
		{"a count covers it", func(w *world) { // what came has come, whatever was counted later
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"count","product":"BOLT","quantity":"1","from":"A-01","at":"2026-03-02T11:30:00Z"}`)
			w.post(access.Floor, `{"device":"floor","seq":2,"action":"add","product":"BOLT","quantity":"3","to":"A-01","delivery":"PK-881","at":"2026-03-02T11:00:00Z"}`)
		}, "in_progress, BOLT 3/20 short, NUT 0/5 none", "loss=2 supplier=-3 A-01=1"},
		{"it was scanned before anybody expected it", func(w *world) {
			w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","product":"BOLT","quantity":"3","delivery":"PK-882"}`)
			w.ok("POST", "/v1/deliveries", `{"number":"PK-882","lines":[{"product":"BOLT","quantity":"3"}]}`)
			if got := w.delivery("PK-882"); got.says() != "in_progress, BOLT 3/3 exact" {
				w.t.Error(got.says())
			}
		}, "expected, BOLT 0/20 none, NUT 0/5 none", "supplier=-3 stock=3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.expected()
			c.steps(w)
			if got := w.delivery("PK-881"); got.says() != c.want {
				t.Errorf("%s\nwant %s", got.says(), c.want)
			}
			if got := w.lying("BOLT"); got != c.lies {
				t.Errorf("BOLT: %s, want %s", got, c.lies)
			}
		})
	}
}

// What is tracked does not come in without its lot or serial number: the sentence names
// the line and the field, and nothing of the rest is booked either.
func TestTrackedGoodsOfADelivery(t *testing.T) {
	for _, c := range []struct {
		name, body  string
		line        int
		field, says string // of the refusal; none: it is booked
		want        string // what came then
	}{
		{"no lot", `"lines":[{"product":"BOLT","quantity":"1"},{"product":"NUT","quantity":"5"}]`, 2, "lot", "Line 2: The lot is missing: NUT is tracked by lot.", "0 0 0"},
		{"a lot", `"lines":[{"product":"NUT","quantity":"2","lot":"L1"},{"product":"NUT","quantity":"1","lot":"L2"}]`, 0, "", "", "3 0 0"},
		{"no serial number", `"lines":[{"product":"DRILL","quantity":"2"}]`, 1, "serial", "Line 1: The serial number is missing: DRILL is tracked by serial number.", "0 0 0"},
		{"two pieces of one number", `"lines":[{"product":"DRILL","quantity":"2","serial":"S1"}]`, 1, "quantity", "A serial number is one piece", "0 0 0"},
		{"each piece", `"lines":[{"product":"DRILL","serial":"S1"},{"product":"DRILL","serial":"S2"}]`, 0, "", "", "0 2 0"},
		{"all, and the order names no lot", `"lines":[{"product":"BOLT","quantity":"1"}],"all":true`, 2, "lot", "Line 2 of the order: The lot is missing", "0 0 0"},
		{"all, and the rest is named", `"lines":[{"product":"NUT","quantity":"5","lot":"L1"},{"product":"DRILL","serial":"S1"},{"product":"DRILL","serial":"S2"}],"all":true`, 0, "", "", "5 2 3"},
		{"turned away at the door", `"reject":[{"product":"NUT","quantity":"5","reason":"wet"}]`, 0, "", "", "0 0 0"},
		{"into quarantine without a lot", `"lines":[{"product":"BOLT","quantity":"1"}],"reject":[{"product":"NUT","quantity":"5","reason":"wet","to":"quarantine"}]`, 2, "lot", "Line 2: The lot is missing", "0 0 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.goods()
			w.ok("PUT", "/v1/products/DRILL", `{"tracking":"serial"}`)
			w.pass(time.Minute)
			w.ok("POST", "/v1/deliveries", `{"number":"D-1","lines":[{"product":"BOLT","quantity":"3"},{"product":"NUT","quantity":"5"},{"product":"DRILL","quantity":"2"}]}`)
			a := w.as(access.Dock, "POST", "/v1/deliveries/D-1/receive", `{"version":1,`+c.body+`}`)
			if c.field == "" && a.status != 200 {
				t.Fatal(a.text())
			}
			if c.field != "" {
				if p := w.fails(a, 422, map[string]string{"quantity": "bad_quantity", "lot": "bad_field", "serial": "bad_field"}[c.field]); p.Line != c.line || p.Field != c.field || !strings.Contains(p.Message, c.says) || !strings.HasSuffix(p.Message, "Nothing was booked.") {
					t.Errorf("line %d, field %s: %s", p.Line, p.Field, p.Message)
				}
			}
			lines := w.delivery("D-1").Progress.Lines
			if got := lines[1].Accepted + " " + lines[2].Accepted + " " + lines[0].Accepted; got != c.want {
				t.Errorf("there came %s, want %s", got, c.want)
			}
		})
	}
}

// A handheld's scan of tracked goods has happened, and is booked as it is.
func TestTrackedGoodsOfAHandheld(t *testing.T) {
	w := newWorld(t)
	w.expected()
	if got := w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","product":"NUT","quantity":"5","to":"incoming","delivery":"PK-881"}`).codes(); got != "applied" {
		t.Error(got)
	}
	if got := w.delivery("PK-881"); got.says() != "in_progress, BOLT 0/20 none, NUT 5/5 exact" {
		t.Error(got.says())
	}
}

// Receiving is booked once, and its state goes its way.
func TestReceivedOnce(t *testing.T) {
	w := newWorld(t)
	w.expected()
	body := `{"version":1,"lines":[{"product":"BOLT","quantity":"8"}]}`
	w.ok("POST", "/v1/deliveries/PK-881/receive", body)
	head := w.head()
	var again delivered
	w.ok("POST", "/v1/deliveries/PK-881/receive", body).json(t, &again)
	if !again.Repeat || w.head() != head || again.says() != "in_progress, BOLT 8/20 short, NUT 0/5 none" {
		t.Errorf("%+v", again)
	}
	w.fails(w.as(access.Dock, "POST", "/v1/deliveries/PK-881/receive", `{"version":1,"lines":[{"product":"BOLT","quantity":"9"}]}`), 409, "expired")
	w.fails(w.as(access.Dock, "POST", "/v1/deliveries/PK-881/receive", `{"version":2}`), 422, "bad_field")
	w.receive("PK-881", `"close":true`)
	w.fails(w.as(access.Dock, "POST", "/v1/deliveries/PK-881/receive", `{"version":3,"all":true}`), 409, "closing")
	w.ok("POST", "/v1/deliveries/PK-881/reopen", `{"version":3}`)
	w.receive("PK-881", `"all":true,"close":true`)
	if got := w.delivery("PK-881"); got.says() != "done, BOLT 20/20 exact, NUT 5/5 exact" {
		t.Error(got.says())
	}
	w.ok("POST", "/v1/deliveries", `{"number":"PK-2","lines":[]}`)
	w.ok("POST", "/v1/deliveries/PK-2/cancel", `{"version":1}`)
	var list struct {
		Rows []struct{ Number, State string }
	}
	for query, want := range map[string]string{"": "[]", "?state=done": "[{PK-881 done}]", "?state=cancelled": "[{PK-2 cancelled}]", "?state=all&code=PO-77": "[{PK-881 done}]", "?state=all&code=ASN-9": "[{PK-881 done}]", "?state=all&code=PK-2": "[{PK-2 cancelled}]"} {
		w.ok("GET", "/v1/deliveries"+query, "").json(t, &list)
		if got := fmt.Sprint(list.Rows); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// The order's price, a line's own, and that of a whole parcel reach the cost layers,
// which the delivery number traces.
func TestPricesOfADelivery(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/products/PILL", `{"costing":"fifo","unit.pack":"30"}`)
	w.pass(time.Minute)
	w.ok("POST", "/v1/deliveries", `{"number":"D-1","lines":[{"product":"PILL","quantity":"10","unit":"pack","price":"8.00"}]}`)
	w.ok("POST", "/v1/deliveries", `{"number":"D-2","lines":[{"product":"PILL","quantity":"300"}]}`)
	w.receive("D-1", `"lines":[{"product":"PILL","quantity":"2","unit":"pack"},{"product":"PILL","quantity":"1","unit":"pack","total_cost":"9.99"}]`)
	w.pass(time.Minute)
	w.receive("D-2", `"lines":[{"product":"PILL","quantity":"100"},{"product":"BOLT","quantity":"100"}],"total_cost":"100.00"`)
	fifo := w.ok("GET", "/v1/fifo?product=PILL", "").text()
	for _, want := range []string{`"D-1"`, `"D-2"`, "16", "9.99", "50"} {
		if !strings.Contains(fifo, want) {
			t.Errorf("%s is not in %s", want, fifo)
		}
	}
	w.fails(w.as(access.Dock, "POST", "/v1/deliveries/D-2/receive", `{"version":2,"total_cost":"5"}`), 422, "bad_field")
	for _, path := range []string{"/v1/deliveries/D-1", "/v1/receiving?product=PILL"} {
		if a := w.as(access.Dock, "GET", path, ""); a.status != 200 || strings.Contains(a.text(), `"price"`) || strings.Contains(a.text(), "average_cost") {
			t.Errorf("a dock sees money: %d %s", a.status, a.text())
		}
		if a := w.as(access.Supervisor, "GET", path, ""); !strings.Contains(a.text(), `"price":"8"`) && !strings.Contains(a.text(), `"average_cost":"0.`) {
			t.Errorf("a supervisor sees no money: %s", a.text())
		}
	}
	// Who does not see prices does not take them away.
	w.as(access.Dock, "PUT", "/v1/deliveries/D-1", `{"version":2,"lines":[{"product":"PILL","quantity":"11","unit":"pack"}]}`)
	if got := w.delivery("D-1"); got.Progress.Lines[0].Price != "8" || got.Progress.Lines[0].Ordered != "330" {
		t.Errorf("%+v", got.Progress.Lines)
	}
}

// A supplier's own codes are understood on the papers of its deliveries, where one of
// its boxes is twelve of ours, and on scans that name it.
func TestPartnersCodesOfADelivery(t *testing.T) {
	w := newWorld(t)
	w.expected()
	w.ok("PUT", "/v1/partners/ZENITH", `{"kind":"supplier"}`)
	w.ok("PUT", "/v1/partner-items/ACME%2F771", `{"product":"BOLT","quantity":"12"}`)
	w.ok("POST", "/v1/delivery-import", "number,partner,item,quantity,price\nA-1,ACME,771,5,24.00\n")
	if got := w.delivery("A-1"); got.says() != "expected, BOLT 0/60 none" {
		t.Error(got.says())
	}
	w.receive("A-1", `"lines":[{"scan":"771"}]`)
	w.post(access.Floor, `{"device":"floor","seq":1,"action":"add","scan":"771","partner":"ACME","delivery":"A-1"}`)
	w.post(access.Floor, `{"device":"floor","seq":2,"action":"add","scan":"771","quantity":"6","partner":"ACME","delivery":"A-1"}`)
	w.post(access.Floor, `{"device":"floor","seq":3,"action":"add","scan":"771","partner":"ZENITH","delivery":"A-1"}`)
	w.ok("PUT", "/v1/partner-items/ACME%2F771", `{"quantity":"10"}`) // what was ordered stays what it was
	if got := w.delivery("A-1"); got.says() != "in_progress, BOLT 30/60 short, waiting 1" {
		t.Error(got.says())
	}
	if fifo := w.ok("GET", "/v1/fifo?product=BOLT", "").text(); !strings.Contains(fifo, `"24"`) { // twelve at 2
		t.Error(fifo)
	}
	for _, c := range []struct{ file, field, code string }{
		{"number,partner,item,quantity\nB-1,ZENITH,771,5\n", "item", "unknown_product"},
		{"number,item,quantity\nB-1,771,5\n", "item", "unknown_product"},
		{"number,partner,item,product,quantity\nB-1,ACME,771,NUT,5\n", "item", "bad_field"},
		{"number,partner,item,quantity\nB-1,ACME,771,0.0001\n", "quantity", "bad_quantity"},
	} {
		if p := w.fails(w.as(access.Dock, "POST", "/v1/delivery-import", c.file), 422, c.code); p.Line != 2 || p.Field != c.field {
			t.Errorf("%q: line %d, field %s: %s", c.file, p.Line, p.Field, p.Message)
		}
	}
}

// What receiving wants depends on the place and the product.
func TestReceivingForm(t *testing.T) {
	w := newWorld(t)
	w.expected()
	w.ok("PUT", "/v1/products/DRILL", `{"tracking":"serial"}`)
	w.pass(time.Minute)
	for query, want := range map[string]string{
		"product=BOLT":                "incoming: quantity! delivery total_cost expiry serial",
		"product=BOLT&location=stock": "stock: quantity!",
		"product=NUT":                 "incoming: quantity! lot! delivery total_cost expiry serial",
		"product=DRILL":               "incoming: quantity serial! delivery total_cost expiry",
	} {
		var f struct {
			Location string
			Fields   []struct{ Name, Want string }
		}
		w.as(access.Dock, "GET", "/v1/receiving?"+query, "").json(t, &f)
		got := f.Location + ":"
		for _, x := range f.Fields {
			got += " " + x.Name
			if x.Want == "required" {
				got += "!"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if a := w.as(access.Dock, "GET", "/v1/receiving?product=BOLT&delivery=PK-881", ""); !strings.Contains(a.text(), `"expected":{"ordered":"20","accepted":"0","difference":"-20"}`) {
		t.Error(a.text())
	}
	w.fails(w.as(access.Dock, "GET", "/v1/receiving?product=NONE", ""), 404, "not_found")
	w.fails(w.as(access.Dock, "GET", "/v1/receiving?product=BOLT&location=NONE", ""), 404, "not_found")
}

// What stands where goods come in is put away by ordinary moves; what remains is shown.
func TestPutAway(t *testing.T) {
	w := newWorld(t)
	w.expected()
	w.ok("PUT", "/v1/locations/A-02", `{"parent":"A"}`)
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"1","to":"A-01"`))
	w.receive("PK-881", `"all":true`)
	w.post(access.Admin, w.intent(2, `"action":"add","product":"BOLT","quantity":"7","to":"incoming","delivery":"other"`))
	show := func(query string) string {
		var p struct {
			Rows []struct {
				Product, Quantity string
				To                []struct{ Location, Why string }
			}
		}
		w.as(access.Floor, "GET", "/v1/put-away"+query, "").json(t, &p)
		var out []string
		for _, r := range p.Rows {
			out = append(out, r.Product+" "+r.Quantity+" "+fmt.Sprint(r.To))
		}
		return strings.Join(out, ", ")
	}
	for _, c := range []struct{ move, query, want string }{
		{"", "?delivery=PK-881", "BOLT 20 [{A-01 lies_there} {A-02 empty}], NUT 5 []"},
		{"", "?delivery=other", "BOLT 7 [{A-01 lies_there} {A-02 empty}]"},
		{"", "", "BOLT 27 [{A-01 lies_there} {A-02 empty}], NUT 5 []"},
		{`"action":"isolate","product":"BOLT","quantity":"4","from":"incoming","to":"incoming","reason":"wet"`, "?delivery=PK-881", "BOLT 20 [{A-01 lies_there} {A-02 empty}], NUT 5 []"},
		{`"action":"release","product":"BOLT","quantity":"4","from":"incoming","to":"incoming","reason":"dry"`, "?delivery=other", "BOLT 7 [{A-01 lies_there} {A-02 empty}]"},
		{`"action":"move","product":"BOLT","quantity":"15","from":"incoming","to":"A-01","delivery":"PK-881"`, "?delivery=PK-881", "BOLT 5 [{A-01 lies_there} {A-02 empty}], NUT 5 []"},
		{`"action":"move","product":"NUT","lot":"N1","quantity":"5","from":"incoming","to":"A-02"`, "?delivery=PK-881", "BOLT 5 [{A-01 lies_there}]"},
		{`"action":"move","product":"BOLT","quantity":"12","from":"incoming","to":"A-01"`, "", ""},
	} {
		if c.move != "" {
			w.post(access.Admin, w.intent(int(w.head())+100, c.move))
		}
		if got := show(c.query); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.move, c.query, got, c.want)
		}
	}
}

// What is moved on without a delivery's number is off the oldest receipt, in the list of
// what is to be put away and in what is told of each delivery.
func TestPutAwayWithoutANumber(t *testing.T) {
	w := newWorld(t)
	w.expected()
	w.ok("POST", "/v1/deliveries", `{"number":"PK-900","lines":[{"product":"BOLT","quantity":"10"}]}`)
	w.receive("PK-881", `"lines":[{"product":"BOLT","quantity":"8"}]`)
	w.receive("PK-900", `"all":true`)
	w.post(access.Admin, w.intent(1, `"action":"move","product":"BOLT","quantity":"11","from":"incoming","to":"A-01"`))
	for number, want := range map[string]string{"PK-881": "0 []", "PK-900": "7 [{BOLT 7}]"} {
		var list struct {
			Rows []struct{ Product, Quantity string }
		}
		w.ok("GET", "/v1/put-away?delivery="+number, "").json(t, &list)
		if got := w.delivery(number).Progress.Lines[0].Standing + " " + fmt.Sprint(list.Rows); got != want {
			t.Errorf("of %s there stands %s, want %s", number, got, want)
		}
	}
}

// What is no number, or is missing, is told by line and field in words.
func TestWordsOfARequest(t *testing.T) {
	w := newWorld(t)
	w.expected()
	for _, c := range []struct {
		method, path, body string
		line               int
		field, says        string
	}{
		{"POST", "/v1/deliveries", `{"number":"D","lines":[{"product":"BOLT","quantity":"1"},{"product":"NUT","quantity":"five"}]}`, 2, "quantity", `Line 2: The quantity "five" is no number such as 12 or 2.5. Nothing was changed`},
		{"POST", "/v1/deliveries", `{"number":"D","lines":[{"product":"BOLT","quantity":"1","price":"1,50"}]}`, 1, "price", `Line 1: The price "1,50" is no number`},
		{"POST", "/v1/deliveries", `{"number":"D","lines":[{"product":"BOLT"}]}`, 1, "quantity", "Line 1: The quantity is missing."},
		{"POST", "/v1/deliveries", `{"number":"D","lines":[{"product":"BOLT","quantity":"1","colour":"red"}]}`, 1, "colour", "Line 1: The colour is not known."},
		{"POST", "/v1/deliveries", `{"number":7,"lines":[]}`, 0, "number", `The number "7" is no text.`},
		{"POST", "/v1/deliveries/PK-881/receive", `{"version":1,"reject":[{"product":"BOLT","quantity":"x","reason":"wet"}]}`, 0, "quantity", `Line 1 of reject: The quantity "x" is no number`},
		{"POST", "/v1/deliveries/PK-881/receive", `{"version":1,"all":"yes"}`, 0, "all", `The all "yes" is neither true nor false.`},
		{"POST", "/v1/deliveries/PK-881/receive", `{"all":true}`, 0, "version", "The version is missing."},
		{"GET", "/v1/deliveries?limit=many", "", 0, "limit", "The limit \"many\" is no whole number."},
		{"GET", "/v1/deliveries?limit=0", "", 0, "limit", "The limit \"0\" is below 1."},
		{"GET", "/v1/deliveries?state=lost", "", 0, "state", "The state \"lost\" is none of open, done, cancelled, all."},
	} {
		code := "bad_field"
		if c.field == "colour" {
			code = "unknown_field"
		}
		p := w.fails(w.as(access.Dock, c.method, c.path, c.body), 422, code)
		if p.Line != c.line || p.Field != c.field || !strings.HasPrefix(p.Message, c.says) {
			t.Errorf("%s %s: line %d, field %s: %s\nwant line %d, field %s: %s", c.path, c.body, p.Line, p.Field, p.Message, c.line, c.field, c.says)
		}
	}
}

// A delivery stays at its site.
func TestSiteOfADelivery(t *testing.T) {
	w := newWorld(t)
	w.expected()
	w.ok("PUT", "/v1/sites/north", `{}`)
	p := w.fails(w.as(access.Dock, "PUT", "/v1/deliveries/PK-881", `{"version":1,"site":"north","lines":[{"product":"BOLT","quantity":"1"}]}`), 422, "bad_field")
	if p.Field != "site" || !strings.Contains(p.Message, "cannot be changed") {
		t.Errorf("%s: %s", p.Field, p.Message)
	}
	if got := w.delivery("PK-881"); got.says() != "expected, BOLT 0/20 none, NUT 0/5 none" || got.Delivery.Version != 1 {
		t.Error(got.says())
	}
	w.ok("PUT", "/v1/deliveries/PK-881", `{"version":1,"site":"main","lines":[{"product":"BOLT","quantity":"1"}]}`)
	w.ok("PUT", "/v1/deliveries/PK-881", `{"version":2,"lines":[{"product":"BOLT","quantity":"2"}]}`)
}

// A file of deliveries is taken whole or not at all, by lines that it names.
func TestImportDeliveries(t *testing.T) {
	w := newWorld(t)
	w.expected()
	const path = "/v1/delivery-import"
	for _, c := range []struct {
		file  string
		line  int
		field string
		code  string
	}{
		{"number,product,quantity\nD-1,BOLT,5\nD-1,BOLT,x\n", 3, "quantity", "bad_quantity"},
		{"number,product,quantity\nD-1,BOLT,5\n,BOLT,1\n", 3, "number", "bad_field"},
		{"number,product,quantity\nD-1,BOLT,5\nD-2,NONE,1\n", 3, "product", "unknown_product"},
		{"number,product,quantity,order\nD-1,BOLT,5,PO-1\nD-1,BOLT,1,PO-2\n", 3, "order", "bad_field"},
		{"number,product,quantity,partner\nD-1,BOLT,5,\nD-2,BOLT,5,NOBODY\n", 3, "partner", "bad_field"},
		{"number,product,quantity\nD-1,BOLT,5\nPK-881,BOLT,5\n", 3, "number", "identity_conflict"},
		{"number,product,quantity\nD-1,BOLT,0\n", 2, "quantity", "bad_quantity"},
		{"number,product,quantity,unit\nD-1,BOLT,5,crate\n", 2, "unit", "bad_field"},
		{"number,product,quantity,colour\nD-1,BOLT,5,red\n", 2, "colour", "unknown_field"},
		{"number,product,quantity,due\nD-1,BOLT,5,soon\n", 2, "due", "bad_time"},
	} {
		status := 422
		if c.code == "identity_conflict" {
			status = 409
		}
		p := w.fails(w.as(access.Dock, "POST", path, c.file), status, c.code)
		if p.Line != c.line || p.Field != c.field || !strings.Contains(p.Message, fmt.Sprint("Line ", c.line)) {
			t.Errorf("%q: line %d, field %s: %s", c.file, p.Line, p.Field, p.Message)
		}
	}
	file := "number,order,partner,due,product,barcode,quantity,unit,price\nD-1,PO-1,ACME,2026-03-03,BOLT,,2,box,9.99\nD-1,,,,,4006381333931,5,,\nD-2,PO-1,,,NUT,,5,,\n"
	if a := w.ok("POST", path+"?dry_run=true", file); !strings.Contains(a.text(), `"deliveries":2,"rows":3,"unknown":1,"dry_run":true`) {
		t.Error(a.text())
	}
	w.fails(w.as(access.Dock, "GET", "/v1/deliveries/D-1", ""), 404, "not_found")
	w.ok("POST", path, file)
	if got := w.delivery("D-1"); got.says() != "expected, BOLT 0/24 none,  0/5 unknown" {
		t.Error(got.says())
	}
	// Two deliveries of one order: a scan that names the order alone is nobody's yet.
	w.post(access.Admin, w.intent(1, `"action":"add","product":"BOLT","quantity":"3","reference":"PO-1"`))
	got := w.delivery("D-1")
	if got.says() != "expected, BOLT 0/24 none,  0/5 unknown" || len(w.ok("GET", "/v1/deliveries/D-1", "").body) == 0 {
		t.Error(got.says())
	}
	if a := w.ok("GET", "/v1/deliveries/D-1", ""); !strings.Contains(a.text(), `"order_only":[{"product":"BOLT"`) {
		t.Error(a.text())
	}
}

// Docks receive at their site; floor hands look; nobody sees other sites.
func TestWhoReceives(t *testing.T) {
	w := newWorld(t)
	w.expected()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("POST", "/v1/deliveries", `{"number":"N-7","site":"north","lines":[{"product":"BOLT","quantity":"1"}]}`)
	dock, err := w.store.Pair(store.Request{Device: "dn", Role: access.Dock, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	floor := w.keys[access.Floor]
	for _, c := range []struct {
		key, method, path, body string
		want                    int
	}{
		{dock, "GET", "/v1/deliveries/PK-881", "", 404},
		{dock, "GET", "/v1/put-away", "", 403},
		{dock, "GET", "/v1/receiving?product=BOLT", "", 403},
		{dock, "POST", "/v1/deliveries/PK-881/receive", `{"version":1,"all":true}`, 403},
		{dock, "POST", "/v1/deliveries/PK-881/cancel", `{"version":1}`, 403},
		{dock, "PUT", "/v1/deliveries/PK-881", `{"version":1,"lines":[]}`, 403},
		{dock, "POST", "/v1/deliveries", `{"number":"x","lines":[]}`, 403},
		{dock, "POST", "/v1/delivery-import", "number,product,quantity\nD-1,BOLT,5\n", 403},
		{dock, "GET", "/v1/deliveries/N-7", "", 200},
		{dock, "POST", "/v1/deliveries/N-7/receive", `{"version":1,"all":true,"close":true}`, 200},
		{dock, "POST", "/v1/delivery-import", "number,site,product,quantity\nD-1,north,BOLT,5\n", 200},
		{floor, "GET", "/v1/deliveries/PK-881", "", 200},
		{floor, "POST", "/v1/deliveries/PK-881/receive", `{"version":1,"all":true}`, 403},
	} {
		if a := w.do(c.method, c.path, c.key, c.body); a.status != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, a.status, a.body, c.want)
		}
	}
	if a := w.do("GET", "/v1/deliveries?state=all", dock, ""); strings.Contains(a.text(), "PK-881") || !strings.Contains(a.text(), "N-7") {
		t.Error(a.text())
	}
}
