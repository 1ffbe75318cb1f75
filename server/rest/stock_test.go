package rest_test

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/store"
)

type stockBody struct {
	Rows []struct {
		Product, Name, Site, Location, Package, Available, Held, Incoming, Value string
		Uncosted                                                                 bool
		OnHand                                                                   string                                               `json:"on_hand"`
		Below                                                                    []struct{ Site, Location, Package, Quantity string } `json:"below_zero"`
		Minimum                                                                  []struct{ Site, Location, Min, Available string }    `json:"below_minimum"`
	}
	Next, Now string
}

func (s *stockBody) text() string {
	var out []string
	for _, r := range s.Rows {
		line := r.Product + " " + strings.Join([]string{r.OnHand, r.Available, r.Held, r.Incoming}, "/")
		if r.Location != "" {
			line = r.Site + "/" + r.Location + " " + line
		}
		if r.Package != "" {
			line += " in " + r.Package
		}
		for _, b := range r.Below {
			line += fmt.Sprintf(" below %s at %s/%s", b.Quantity, b.Site, b.Location)
		}
		for _, m := range r.Minimum {
			line += fmt.Sprintf(" least %s of %s", m.Available, m.Min)
		}
		out = append(out, line)
	}
	return strings.Join(out, ", ")
}

// What there is: on hand, available of it, held of it and not put away of it; what lies
// below zero, or below its least, is named.
func TestStock(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/products/SERVICE", `{"stocked":"false"}`)
	w.ok("PUT", "/v1/products/AXLE", `{"name":"Rear axle","category":"steel"}`)
	w.ok("PUT", "/v1/constraints/BOLT?site=main", `{"min":"50"}`)
	w.ok("PUT", "/v1/constraints/AXLE?site=north", `{"min":"1"}`)
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"10","unit_cost":"2","to":"A-01"`),
		w.intent(2, `"action":"add","product":"BOLT","quantity":"5","unit_cost":"2","to":"incoming"`),
		w.intent(3, `"action":"isolate","product":"BOLT","quantity":"3","from":"A-01","to":"A-01","reason":"dented"`),
		w.intent(4, `"action":"pack","product":"BOLT","quantity":"2","from":"A-01","to":"A-01","package":"P-1"`),
		w.intent(5, `"action":"remove","product":"NUT","quantity":"4","from":"A-01","lot":"L"`),
		w.intent(6, `"action":"remove","product":"NUT","quantity":"1","from":"stock","lot":"L"`),
		w.intent(7, `"action":"add","product":"NUT","quantity":"9","site":"north","lot":"L"`)}, "\n"))
	for _, c := range []struct{ query, want string }{
		{"", "AXLE 0/0/0/0 least 0 of 1, BOLT 15/12/3/5 least 12 of 50, NUT 4/4/0/0 below -4 at main/A-01 below -1 at main/stock"},
		{"?site=north", "AXLE 0/0/0/0 least 0 of 1, BOLT 0/0/0/0, NUT 9/9/0/0"},
		{"?location=A", "BOLT 10/7/3/0, NUT -4/-4/0/0 below -4 at main/A-01"},
		{"?search=REAR+ax", "AXLE 0/0/0/0 least 0 of 1"},
		{"?search=nothing", ""},
		{"?category=steel", "AXLE 0/0/0/0 least 0 of 1"},
		{"?below=zero", "NUT 4/4/0/0 below -4 at main/A-01 below -1 at main/stock"},
		{"?below=zero&site=north", ""},
		{"?below=minimum", "AXLE 0/0/0/0 least 0 of 1, BOLT 15/12/3/5 least 12 of 50"},
		{"?product=BOLT&by=place", "main/A-01 BOLT 8/5/3/0, main/A-01 BOLT 2/2/0/0 in P-1, main/incoming BOLT 5/5/0/5"},
		{"?by=place&below=zero", "main/A-01 NUT -4/-4/0/0, main/stock NUT -1/-1/0/0"},
		{"?by=place&below=minimum", "main/A-01 BOLT 8/5/3/0, main/A-01 BOLT 2/2/0/0 in P-1, main/incoming BOLT 5/5/0/5"},
		{"?by=place&site=north", "north/stock NUT 9/9/0/0"},
	} {
		var got stockBody
		w.ok("GET", "/v1/stock"+c.query, "").json(t, &got)
		if got.text() != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.query, got.text(), c.want)
		}
	}
	var got stockBody
	w.ok("GET", "/v1/stock?product=BOLT", "").json(t, &got)
	if got.Rows[0].Value != "30" || got.Now == "" {
		t.Errorf("%+v", got)
	}
	for _, role := range []access.Role{access.Floor, access.Dock} {
		if a := w.as(role, "GET", "/v1/stock?by=place", ""); a.status != 200 || strings.Contains(a.text(), "value") || strings.Contains(a.text(), "average") {
			t.Errorf("%s: %s", role, a.body)
		}
	}
	for _, by := range []string{"product", "place"} {
		var all []string
		for next := ""; len(all) < 20; {
			var page stockBody
			w.ok("GET", "/v1/stock?limit=1&by="+by+"&after="+next, "").json(t, &page)
			all = append(all, page.text())
			if next = page.Next; next == "" {
				break
			}
		}
		var whole stockBody
		w.ok("GET", "/v1/stock?by="+by, "").json(t, &whole)
		if strings.Join(all, ", ") != whole.text() {
			t.Errorf("pages by %s:\n%s, want\n%s", by, strings.Join(all, ", "), whole.text())
		}
	}
}

func TestWhoSeesStock(t *testing.T) {
	w := newWorld(t)
	w.stock()
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"": 200, "?by=place": 200, "?below=minimum": 200, "?site=main": 403, "?location=M-SECRET": 403, "?by=shelf": 422, "?product=NONE": 404, "?after=x": 422, "?after=eA": 422, "?limit=501": 422} {
		a := w.do("GET", "/v1/stock"+path, key, "")
		if a.status != want || a.status == 200 && (strings.Contains(a.text(), "SECRET") || strings.Contains(a.text(), `"main"`)) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// Goods whose price no receipt said are worth nothing that is known, and say so; of those
// with a price, and to who may not see money, nothing is said.
func TestStockWithoutACost(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"10","unit_cost":"2","to":"A-01"`),
		w.intent(2, `"action":"add","product":"NUT","quantity":"4","lot":"L","to":"A-01"`)}, "\n"))
	for role, want := range map[access.Role]string{access.Admin: "BOLT false 20, NUT true 0", access.Floor: "BOLT false , NUT false "} {
		for _, by := range []string{"product", "place"} {
			var got stockBody
			w.do("GET", "/v1/stock?by="+by, w.keys[role], "").json(t, &got)
			var said []string
			for _, r := range got.Rows {
				if r.OnHand != "0" {
					said = append(said, fmt.Sprint(r.Product, " ", r.Uncosted, " ", r.Value))
				}
			}
			if text := strings.Join(said, ", "); text != want {
				t.Errorf("%s by %s: %q, want %q", role, by, text, want)
			}
		}
	}
}
