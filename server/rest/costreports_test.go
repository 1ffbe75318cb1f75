package rest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// table asks for rows and gives of each the columns named, joined by spaces.
func (w *world) table(role access.Role, path string, columns ...string) []string {
	w.t.Helper()
	a := w.as(role, "GET", path, "")
	if a.status != 200 {
		w.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	var rows []map[string]any
	a.json(w.t, &rows)
	out := []string{}
	for _, r := range rows {
		var cells []string
		for _, c := range columns {
			cell := "-"
			if v, ok := r[c]; ok && v != "" {
				cell = fmt.Sprint(v)
			}
			cells = append(cells, cell)
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func (w *world) shows(role access.Role, path string, columns []string, want ...string) {
	w.t.Helper()
	if got := w.table(role, path, columns...); !slices.Equal(got, want) {
		w.t.Errorf("%s:\n%s\nwant\n%s", path, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// shelves is two days of two products, one of each costing.
func (w *world) shelves() {
	w.t.Helper()
	w.ok("PUT", "/v1/products/OIL", `{"costing":"fifo","category":"liquids","attribute.grade":"5W"}`)
	w.ok("PUT", "/v1/products/BOLT", `{"category":"small"}`)
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/locations/A", `{}`)
	w.ok("PUT", "/v1/locations/A-01", `{"parent":"A"}`)
	w.clock.Add(72 * 3600 * 1e6)
	w.post(access.Admin, strings.Join([]string{
		`{"device":"H-1","seq":1,"at":"2026-03-03T08:00:00Z","action":"add","product":"OIL","quantity":"10","unit_cost":"2.00","delivery":"PK-1","to":"stock"}`,
		`{"device":"H-1","seq":2,"at":"2026-03-03T09:00:00Z","action":"add","product":"OIL","quantity":"5","unit_cost":"3.10","delivery":"PK-2","to":"A-01"}`,
		`{"device":"H-1","seq":3,"at":"2026-03-04T08:00:00Z","action":"remove","product":"OIL","quantity":"12","reference":"SO-1"}`,
		`{"device":"H-1","seq":4,"at":"2026-03-03T08:00:00Z","action":"add","product":"BOLT","quantity":"100","total_cost":"33.33","delivery":"PK-1","to":"stock"}`,
		`{"device":"H-1","seq":5,"at":"2026-03-04T08:00:00Z","action":"scrap","product":"BOLT","quantity":"7","reason":"rust"}`,
		`{"device":"H-1","seq":6,"at":"2026-03-04T09:00:00Z","action":"add","product":"BOLT","quantity":"50","total_cost":"20","delivery":"PK-3","to":"stock"}`,
		`{"device":"H-1","seq":7,"at":"2026-03-04T10:00:00Z","action":"remove","product":"BOLT","quantity":"110"}`,
		`{"device":"H-2","seq":1,"at":"2026-03-04T11:00:00Z","action":"move","product":"BOLT","quantity":"10","from":"main/stock","to":"north/stock"}`,
		`{"device":"H-2","seq":2,"at":"2026-03-03T10:00:00Z","action":"count","product":"OIL","quantity":"4","from":"A-01"}`, // late: one was lost
	}, "\n"))
}

// By hand: OIL came 10 at 2.00 and 5 at 3.10; the count of the first evening took one
// of the oldest, at 2.00; the 12 of SO-1 are 9 at 2.00 and 3 at 3.10, 27.30; 2 at 3.10
// are left. BOLT: 100 for 33.33, 7 scrapped at 0.3333 = 2.33; 93 for 31.00 and 50 for
// 20.00 are 143 for 51.00; 110 of them 39.23; 33 for 11.77 are left.
func TestFIFO(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	columns := []string{"kind", "product", "costing", "delivery", "received_at", "received", "gone", "quantity", "unit_cost", "value"}
	w.shows(access.Admin, "/v1/fifo", columns,
		"layer BOLT average PK-3 2026-03-04T09:00:00Z 50 17 33 0.356667 11.77",
		"pool BOLT average - - - - 33 0.356667 11.77",
		"layer OIL fifo PK-2 2026-03-03T09:00:00Z 5 3 2 3.1 6.2",
		"pool OIL fifo - - - - 2 3.1 6.2",
		"total - - - - - - - - 17.97")
	w.shows(access.Admin, "/v1/fifo?product=OIL&at=2026-03-03T23:00:00Z", columns,
		"layer OIL fifo PK-1 2026-03-03T08:00:00Z 10 1 9 2 18",
		"layer OIL fifo PK-2 2026-03-03T09:00:00Z 5 0 5 3.1 15.5",
		"pool OIL fifo - - - - 14 2.392857 33.5",
		"total - - - - - - - - 33.5")
	booked := w.head() - 1 // the count, and the correction of what it changed in SO-1, came after
	for booked > 0 && !strings.Contains(string(w.ok("GET", fmt.Sprintf("/v1/activity?since=%d&limit=1", booked-1), "").body), `"seq":7`) {
		booked--
	}
	w.shows(access.Admin, fmt.Sprintf("/v1/fifo?category=liquids&entry=%d", booked), columns,
		"layer OIL fifo PK-2 2026-03-03T09:00:00Z 5 2 3 3.1 9.3",
		"pool OIL fifo - - - - 3 3.1 9.3",
		"total - - - - - - - - 9.3")
	w.shows(access.Admin, "/v1/fifo?attribute=grade:5W&delivery=PK-2", []string{"delivery", "quantity"}, "PK-2 2")
	w.shows(access.Admin, "/v1/fifo?attribute=grade:10W", columns)
	w.shows(access.Admin, "/v1/fifo/taken", []string{"product", "delivery", "at", "to", "reference", "quantity", "value"},
		"BOLT PK-1 2026-03-04T08:00:00Z scrap - 7 2.33",
		"BOLT PK-1 2026-03-04T10:00:00Z customer - 93 33.17",
		"BOLT PK-3 2026-03-04T10:00:00Z customer - 17 6.06",
		"OIL PK-1 2026-03-03T10:00:00Z loss - 1 2",
		"OIL PK-1 2026-03-04T08:00:00Z customer SO-1 9 18",
		"OIL PK-2 2026-03-04T08:00:00Z customer SO-1 3 9.3")
	w.shows(access.Admin, "/v1/fifo/taken?delivery=PK-1&from=2026-03-04T09:00:00Z&to=2026-03-05T00:00:00Z", []string{"product", "quantity"}, "BOLT 93")
	w.fails(w.as(access.Admin, "GET", "/v1/fifo?site=main", ""), 422, "bad_field")
	w.fails(w.as(access.Admin, "GET", "/v1/fifo?product=NONE", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/fifo?entry=9999", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/fifo/taken?from=2026-03-04T09:00:00Z&to=2026-03-03T00:00:00Z", ""), 422, "bad_field")
}

func TestValuation(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	columns := []string{"group", "site", "location", "product", "quantity", "value"}
	w.shows(access.Admin, "/v1/valuation", columns,
		"physical main A-01 - 4 12.4",
		"physical main stock - 21 2",
		"physical north stock - 10 3.57",
		"partners - customer - 122 66.53",
		"partners - supplier - -165 -88.83",
		"virtual - loss - 1 2",
		"virtual - scrap - 7 2.33",
		"total - - - 0 0")
	w.shows(access.Admin, "/v1/valuation?by=site&site=main", columns, "physical main - - 25 14.4", "total main - - 25 14.4")
	w.shows(access.Admin, "/v1/valuation?by=product&location=A&at=2026-03-03T09:30:00Z", columns, "physical main A-01 OIL 5 11.83", "total - - - 5 11.83")
	w.shows(access.Admin, "/v1/valuation?by=kind&product=BOLT", []string{"group", "location", "kind", "quantity", "value"},
		"physical - stock 33 11.77", "partners customer customer 110 39.23", "partners supplier supplier -150 -53.33", "virtual scrap scrap 7 2.33", "total - - 0 0")

	line := []string{"site", "product", "line", "quantity", "value"}
	w.shows(access.Admin, "/v1/valuation/span?from=2026-03-04T00:00:00Z", line,
		"- - opening 114 66.83", "- - received 50 20", "- - delivered -122 -66.53", "- - scrapped -7 -2.33", "- - closing 35 17.97")
	w.shows(access.Admin, "/v1/valuation/span?to=2026-03-03T23:59:59Z&by=product", line,
		"- BOLT received 100 33.33", "- BOLT closing 100 33.33",
		"- OIL received 15 35.5", "- OIL lost -1 -2", "- OIL closing 14 33.5")
	w.shows(access.Admin, "/v1/valuation/span?from=2026-03-04T00:00:00Z&product=BOLT&by=site", line,
		"main - opening 100 33.33", "main - received 50 20", "main - delivered -110 -39.23", "main - scrapped -7 -2.33", "main - moved -10 -3.57", "main - closing 23 8.2",
		"north - moved 10 3.57", "north - closing 10 3.57")
	w.fails(w.as(access.Admin, "GET", "/v1/valuation?by=colour", ""), 422, "bad_field")
}

// Layers lie in the pools of sites where these have their own, and go with their
// delivery to the other site.
func TestFIFOOfSites(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/settings/book", `{"pools":"site"}`)
	w.ok("PUT", "/v1/products/OIL", `{"costing":"fifo"}`)
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.post(access.Admin, strings.Join([]string{
		`{"device":"H-1","seq":1,"action":"add","product":"OIL","quantity":"10","unit_cost":"2.00","delivery":"PK-1"}`,
		`{"device":"H-1","seq":2,"action":"move","product":"OIL","quantity":"4","from":"main/stock","to":"transit"}`,
		`{"device":"H-1","seq":3,"action":"move","product":"OIL","quantity":"3","from":"transit","to":"north/stock"}`,
		`{"device":"H-1","seq":4,"action":"remove","product":"OIL","quantity":"1","from":"north/stock"}`,
	}, "\n"))
	columns := []string{"kind", "site", "delivery", "received", "quantity", "value"}
	w.shows(access.Admin, "/v1/fifo", columns,
		"layer main PK-1 10 6 12", "pool main - - 6 12", "layer north PK-1 10 2 4", "pool north - - 2 4", "layer transit PK-1 10 1 2", "pool transit - - 1 2", "total - - - - 18")
	w.shows(access.Admin, "/v1/fifo?site=north", columns, "layer north PK-1 10 2 4", "pool north - - 2 4", "total north - - - 4")
	w.shows(access.Admin, "/v1/valuation/span", []string{"line", "quantity", "value"},
		"received 10 20", "delivered -1 -2", "closing 9 18", "closing_transit 1 2")
}

// A row that says what something cost is for those who may see money.
func TestCostReportsHideMoney(t *testing.T) {
	w := newWorld(t)
	w.shelves()
	boss := w.user("boss", ledger.GrantsEverywhere("admin"))
	_, secret, err := w.store.AddToken(boss.ID, "reads", []string{"read"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/fifo", "/v1/fifo/taken", "/v1/valuation", "/v1/valuation/span"} {
		a := w.do("GET", path, secret, "")
		var rows []map[string]any
		if err := json.Unmarshal(a.body, &rows); err != nil || len(rows) == 0 {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		for _, r := range rows {
			for name := range r {
				if strings.Contains(name, "cost") && name != "costing" || name == "value" {
					t.Errorf("%s tells %s: %v", path, name, r)
				}
			}
		}
	}
}
