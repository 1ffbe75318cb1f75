package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

type corrected struct {
	Preview                               bool
	Product, Delivery, Reference, Message string
	Changes                               []struct{ Product, Place, Site, Before, After, Change string }
	Outcomes                              []outcome
}

func (c corrected) says() (out []string) {
	for _, x := range c.Changes {
		out = append(out, strings.Join([]string{x.Product, x.Place, x.Before, x.After, x.Change}, " "))
	}
	return out
}

// receiptOf is the entry of the receipt of a delivery of a product.
func (w *world) receiptOf(product, delivery string) string {
	w.t.Helper()
	got := w.table(access.Admin, "/v1/fifo/taken?product="+product+"&delivery="+delivery, "receipt")
	if len(got) == 0 {
		w.t.Fatalf("nothing was taken of %s of %s", product, delivery)
	}
	return strings.TrimSuffix(got[0], ".0")
}

// The 10 of PK-1 cost 2.50 and not 2.00: SO-1 had 9 of them, and one was lost.
func TestPriceCorrection(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	entry := w.receiptOf("OIL", "PK-1")
	ask := func(fields string) string {
		return `{"entry":` + entry + `,"reason":"the invoice says so","reference":"INV-7",` + fields + `}`
	}
	var preview, booked, again corrected
	head := w.head()
	w.ok("POST", "/v1/price-corrections", ask(`"unit_cost":"2.50","preview":true`)).json(t, &preview)
	want := []string{"OIL customer 27.3 31.8 4.5", "OIL loss 2 2.5 0.5", "OIL supplier -35.5 -40.5 -5"}
	if got := preview.says(); !slices.Equal(got, want) || !preview.Preview || len(preview.Outcomes) != 0 || w.head() != head {
		t.Errorf("the preview: %+v", preview)
	}
	w.ok("POST", "/v1/price-corrections", ask(`"unit_cost":"2.50"`)).json(t, &booked)
	if got := booked.says(); !slices.Equal(got, want) || len(booked.Outcomes) != 2 || booked.Outcomes[0].Outcome != "applied" || booked.Outcomes[1].Outcome != "applied" || booked.Delivery != "PK-1" || booked.Reference != "INV-7" {
		t.Errorf("what was booked: %+v", booked)
	}
	w.shows(access.Admin, "/v1/valuation?product=OIL", []string{"location", "quantity", "value"},
		"A-01 4 12.4", "stock -2 -6.2", "customer 12 31.8", "supplier -15 -40.5", "loss 1 2.5", "- 0 0")
	w.shows(access.Admin, "/v1/fifo/taken?product=OIL&delivery=PK-1", []string{"at", "quantity", "unit_cost", "value"},
		"2026-03-03T10:00:00Z 1 2.5 2.5", "2026-03-04T08:00:00Z 9 2.5 22.5")
	w.shows(access.Admin, "/v1/fifo?product=OIL&delivery=PK-1&at=2026-03-03T09:30:00Z", []string{"received_at", "quantity", "value"}, "2026-03-03T08:00:00Z 10 25")
	head = w.head()
	w.ok("POST", "/v1/price-corrections", ask(`"unit_cost":"2.50"`)).json(t, &again)
	if w.head() != head || len(again.Outcomes) != 2 || !again.Outcomes[1].Repeat || again.Outcomes[1].Entry != booked.Outcomes[1].Entry {
		t.Errorf("a repeat: %+v", again)
	}
	for body, code := range map[string]string{
		ask(`"unit_cost":"2.60"`):                      "bad_field", // the receipt takes no part any more
		ask(`"unit_cost":"2.60","total_cost":"3"`):     "bad_field",
		ask(`"unit_cost":"-1"`):                        "bad_field",
		ask(`"total_cost":"1.001"`):                    "bad_field",
		`{"entry":1,"reason":"x","unit_cost":"1"}`:     "bad_field",
		`{"entry":99999,"reason":"x","unit_cost":"1"}`: "not_found",
		`{"entry":` + entry + `,"unit_cost":"1"}`:      "bad_field",
		ask(`"unit_cost":"2.60","line":7`):             "bad_field",
		`{"entry":1,"reason":"x","price":"1"}`:         "unknown_field",
	} {
		a := w.as(access.Admin, "POST", "/v1/price-corrections", body)
		var p problem
		a.json(t, &p)
		if p.Code != code || w.head() != head {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	for _, role := range []access.Role{access.Floor, access.Dock} {
		w.fails(w.as(role, "POST", "/v1/price-corrections", ask(`"unit_cost":"3"`)), 403, "not_allowed")
	}
	// Corrected once more, by the entry of the correction.
	var last corrected
	w.ok("POST", "/v1/price-corrections", fmt.Sprintf(`{"entry":%d,"reason":"and again","total_cost":"20.01"}`, booked.Outcomes[1].Entry)).json(t, &last)
	if got := last.says(); !slices.Equal(got, []string{"OIL customer 31.8 27.31 -4.49", "OIL loss 2.5 2 -0.5", "OIL supplier -40.5 -35.51 4.99"}) {
		t.Errorf("corrected again: %v", got)
	}
}

// A receipt of several lines keeps the others as they were; closed books stay closed,
// and the change is told at their end.
func TestPriceCorrectionOfLinesAndClosedBooks(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.clock.Add(72 * 3600 * 1e6)
	o := w.post(access.Admin, `{"device":"D","seq":1,"at":"2026-03-03T08:00:00Z","action":"add","delivery":"PK-9","total_cost":"30","lines":[{"product":"BOLT","quantity":"2"},{"product":"NUT","lot":"L1","quantity":"1"}]}`+"\n"+
		`{"device":"D","seq":2,"at":"2026-03-03T09:00:00Z","action":"remove","product":"NUT","lot":"L1","quantity":"1"}`+"\n"+
		`{"device":"D","seq":3,"at":"2026-03-04T09:00:00Z","action":"close","through":"2026-03-03T23:00:00Z"}`)
	if o.codes() != "applied applied applied" {
		t.Fatal(o)
	}
	var c corrected
	w.ok("POST", "/v1/price-corrections", fmt.Sprintf(`{"entry":%d,"line":1,"reason":"x","total_cost":"14"}`, o.Outcomes[0].Entry)).json(t, &c)
	if got := c.says(); !slices.Equal(got, []string{"NUT customer 10 14 4", "NUT supplier -10 -14 -4"}) || !strings.Contains(c.Message, "closed through 2026-03-03T23:00:00Z") {
		t.Errorf("%+v", c)
	}
	w.shows(access.Admin, "/v1/valuation?by=product", []string{"location", "product", "quantity", "value"},
		"stock BOLT 2 20", "customer NUT 1 14", "supplier BOLT -2 -20", "supplier NUT -1 -14", "- - 0 0")
	w.shows(access.Admin, "/v1/valuation?by=product&product=NUT&at=2026-03-03T22:00:00Z", []string{"location", "value"}, "customer 10", "supplier -10", "- 0")
	w.shows(access.Admin, "/v1/valuation?by=product&product=NUT&at=2026-03-03T23:00:00.000001Z", []string{"location", "value"}, "customer 14", "supplier -14", "- 0")
	w.shows(access.Admin, "/v1/valuation/span?from=2026-03-04T00:00:00Z&product=NUT", []string{"line", "quantity", "value"}) // none was there, and none is
}

// A token of the scope availability reads words, and no number anywhere.
func TestAvailability(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	w.ok("PUT", "/v1/settings/book", `{"availability_limit":"5"}`)
	w.post(access.Admin, strings.Join([]string{
		`{"device":"H-3","seq":1,"action":"add","product":"NEW","quantity":"6"}`,
		`{"device":"H-3","seq":2,"action":"isolate","product":"BOLT","quantity":"20","from":"stock","to":"stock","reason":"wet"}`,
	}, "\n"))
	columns := []string{"product", "availability", "quantity"}
	rows := func(role access.Role, query string) string {
		var page struct{ Rows []map[string]string }
		w.as(role, "GET", "/v1/availability"+query, "").json(t, &page)
		var out []string
		for _, r := range page.Rows {
			var cells []string
			for _, c := range columns {
				cells = append(cells, r[c])
			}
			out = append(out, strings.TrimSpace(strings.Join(cells, " ")))
		}
		return strings.Join(out, ", ")
	}
	for query, want := range map[string]string{ // OIL: 2 are left. BOLT: 33, 20 of them held, 10 at north.
		"":                                    "BOLT In stock, OIL Low in stock",
		"?product=OIL,BOLT":                   "OIL Low in stock, BOLT In stock",
		"?product=BOLT&sites=main":            "BOLT Low in stock",
		"?product=BOLT&sites=main,north":      "BOLT In stock",
		"?product=OIL&sites=north":            "OIL Out of stock",
		"?product=BOLT,OIL&mode=exact":        "BOLT In stock 13, OIL Low in stock 2",
		"?product=BOLT&sites=main&mode=exact": "BOLT Low in stock 3",
		"?limit=1":                            "BOLT In stock",
		"?limit=1&after=BOLT":                 "OIL Low in stock",
	} {
		if got := rows(access.Floor, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	w.post(access.Admin, strings.Join([]string{
		`{"device":"H-3","seq":3,"action":"pack","product":"OIL","quantity":"2","from":"stock","package":"P-9"}`,
		`{"device":"H-3","seq":4,"action":"move","package":"P-9","to":"transit"}`,
	}, "\n"))
	if got := rows(access.Admin, "?product=OIL&mode=exact"); got != "OIL Out of stock 0" { // what is under way in a package is at no site
		t.Errorf("in transit: %s", got)
	}
	boss := w.user("boss", ledger.GrantsEverywhere("admin"))
	_, secret, err := w.store.AddToken(boss.ID, "shop", []string{"availability"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	a := w.do("GET", "/v1/availability?product=BOLT", secret, "")
	if a.status != 200 || !strings.Contains(a.text(), `"In stock"`) || strings.Contains(a.text(), "quantity") || strings.Contains(a.text(), "13") {
		t.Errorf("the shop reads %d %s", a.status, a.body)
	}
	w.fails(w.do("GET", "/v1/availability?product=BOLT&mode=exact", secret, ""), 403, "not_allowed")
	doc, _ := w.document()
	asked := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			switch access.Action(op.Action) {
			case access.Public, access.Availability, access.OwnKey:
				continue
			}
			asked++
			if a := w.do(strings.ToUpper(method), placeholder.ReplaceAllString(path, "BOLT"), secret, `{}`); a.status != 403 {
				t.Errorf("the shop's %s %s is answered %d %.200s", method, path, a.status, a.body)
			}
		}
	}
	if asked < 60 {
		t.Errorf("only %d paths were asked", asked)
	}
	for _, bad := range []string{"-1", "1.5", "many", "1000000000"} {
		w.fails(w.as(access.Admin, "PUT", "/v1/settings/book", `{"availability_limit":"`+bad+`"}`), 422, "bad_field")
	}
}

// Where the lot L7 went, and back; what is in the press.
func TestTrace(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/products/SEAL", `{"tracking":"lot"}`)
	w.ok("PUT", "/v1/products/PUMP", `{"tracking":"serial"}`)
	w.clock.Add(72 * 3600 * 1e6)
	w.post(access.Admin, strings.Join([]string{
		`{"device":"D","seq":1,"at":"2026-03-03T08:00:00Z","action":"add","product":"SEAL","lot":"L7","quantity":"10","unit_cost":"2","delivery":"PK-7","partner":"ACME"}`,
		`{"device":"D","seq":2,"at":"2026-03-03T08:30:00Z","action":"add","product":"SEAL","lot":"L8","quantity":"10","unit_cost":"3","delivery":"PK-8"}`,
		`{"device":"D","seq":3,"at":"2026-03-03T09:00:00Z","action":"pack","product":"SEAL","lot":"L7","quantity":"4","package":"P1"}`,
		`{"device":"D","seq":4,"at":"2026-03-03T10:00:00Z","action":"remove","product":"SEAL","lot":"L7","quantity":"3","reference":"SO-9","partner":"BETA"}`,
		`{"device":"D","seq":5,"at":"2026-03-03T11:00:00Z","action":"assemble","product":"SEAL","lot":"L7","quantity":"2","asset":"P-1"}`,
		`{"device":"D","seq":6,"at":"2026-03-03T08:00:00Z","action":"add","product":"PUMP","serial":"P-1","unit_cost":"50","delivery":"PK-6"}`,
		`{"device":"D","seq":7,"at":"2026-03-03T12:00:00Z","action":"assemble","product":"PUMP","serial":"P-1","asset":"PRESS-1"}`,
		`{"device":"D","seq":8,"at":"2026-03-03T13:00:00Z","action":"disassemble","product":"SEAL","lot":"L7","quantity":"1","asset":"P-1"}`,
	}, "\n"))
	w.shows(access.Admin, "/v1/trace?product=SEAL&lot=L7", []string{"kind", "action", "from", "to", "to_package", "quantity", "delivery", "partner", "reference", "asset"},
		"move add supplier main/stock - 10 PK-7 ACME - -",
		"move pack main/stock main/stock P1 4 - - - -",
		"move remove main/stock customer - 3 - BETA SO-9 -",
		"move assemble main/stock asset - 2 - - - P-1",
		"move disassemble asset main/stock - 1 - - - P-1",
		"now - - main/stock - 2 - - - -",
		"now - - main/stock P1 4 - - - -")
	w.shows(access.Admin, "/v1/trace?reference=SO-9", []string{"kind", "product", "lot", "quantity", "delivery", "from", "to"},
		"move SEAL L7 3 - - customer", "receipt SEAL L7 10 PK-7 supplier -")
	w.shows(access.Admin, "/v1/trace?serial=P-1&at=2026-03-03T09:00:00Z", []string{"kind", "to", "delivery"}, "move main/stock PK-6", "now main/stock -")
	w.shows(access.Admin, "/v1/assets/PRESS-1", []string{"asset", "via", "product", "lot", "serial", "quantity", "taken_out", "deliveries", "value"},
		"PRESS-1 - PUMP - P-1 1 0 [PK-6] 50", "P-1 PRESS-1 SEAL L7 - 1 1 [PK-7] 2.5")
	w.fails(w.as(access.Admin, "GET", "/v1/trace", ""), 422, "bad_field")
}

func TestBalanceSummary(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	w.ok("PUT", "/v1/products/OIL", `{"unit":"litre"}`)
	columns := []string{"group", "unit", "products", "quantity", "held", "value", "total"}
	w.shows(access.Admin, "/v1/balances/summary?by=category", columns, "liquids litre 1 2 0 6.2 -", "small - 1 33 0 11.77 -", "- - 1 33 0 11.77 true", "- litre 1 2 0 6.2 true")
	w.shows(access.Admin, "/v1/balances/summary?by=location&category=small", columns, "main/stock - 1 23 0 8.2 -", "north/stock - 1 10 0 3.57 -", "- - 1 33 0 11.77 true")
	w.shows(access.Admin, "/v1/balances/summary?by=attribute:grade&attribute=grade", columns, "5W litre 1 2 0 6.2 -", "- litre 1 2 0 6.2 true")
	w.shows(access.Floor, "/v1/balances/summary?by=site&site=north", columns, "north - 1 10 0 - -", "- - 1 10 0 - true")
	w.fails(w.as(access.Admin, "GET", "/v1/balances/summary?by=colour", ""), 422, "bad_field")
}

// Each line says what it was worth, and, of one product, what lies there after it.
func TestTransactionsSayWhatTheyAreWorth(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	columns := []string{"action", "from", "to", "quantity", "value", "average_cost", "balance"}
	w.shows(access.Admin, "/v1/transactions?product=BOLT", columns,
		"add supplier main/stock 100 33.33 0.3333 100", "scrap main/stock scrap 7 2.33 0.333333 93", "add supplier main/stock 50 20 0.356643 143",
		"remove main/stock customer 110 39.23 0.356667 33", "move main/stock north/stock 10 0 0.356667 33")
	w.shows(access.Admin, "/v1/transactions?product=BOLT&site=north", columns, "move main/stock north/stock 10 0 0.356667 10")
	w.shows(access.Admin, "/v1/transactions?product=BOLT&from=2026-03-04T09:30:00Z&action=remove", columns, "remove main/stock customer 110 39.23 0.356667 33")
	w.shows(access.Admin, "/v1/transactions?delivery=PK-2", append(columns[:5:5], "delivery"), "add supplier main/A-01 5 15.5 PK-2")
	w.shows(access.Admin, "/v1/transactions?product=OIL&action=count", columns[:6], "count main/A-01 loss 1 2 3.65")
}
