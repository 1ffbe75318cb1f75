package rest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

type edited struct {
	Item    map[string]string
	Created bool
	Changes []ledger.FieldChange
	Head    uint64
}

func (w *world) put(path, body string) edited {
	w.t.Helper()
	var e edited
	w.ok("PUT", path, body).json(w.t, &e)
	return e
}

func TestPutCreatesAndChanges(t *testing.T) {
	w := newWorld(t)
	first := w.put("/v1/products/BOLT-M6", `{"name":"Bolt","decimals":2,"stocked":false,"attribute.colour":"red","unit.box":"12.50"}`)
	if !first.Created || len(first.Changes) != 6 || first.Head != w.head() {
		t.Errorf("%+v", first)
	}
	want := map[string]string{"code": "BOLT-M6", "name": "Bolt", "decimals": "2", "stocked": "false", "tracking": "none", "costing": "average", "attribute.colour": "red", "unit.box": "12.5", "version": "12"}
	if !maps.Equal(first.Item, want) {
		t.Errorf("%v", first.Item)
	}
	second := w.put("/v1/products/BOLT-M6", `{"name":"Bolt M6","attribute.colour":null,"code":"BOLT-M6"}`)
	if second.Created || len(second.Changes) != 2 || second.Item["name"] != "Bolt M6" || second.Item["attribute.colour"] != "" {
		t.Errorf("%+v", second)
	}
	head := w.head()
	third := w.put("/v1/products/BOLT-M6", `{"name":"Bolt M6"}`)
	if third.Created || third.Changes == nil || len(third.Changes) != 0 || w.head() != head {
		t.Errorf("%+v at %d", third, w.head())
	}
	var e struct {
		Entries []struct {
			Kind, Actor string
			Edit        ledger.Edit
		}
	}
	w.ok("GET", fmt.Sprintf("/v1/activity?since=%d", head-1), "").json(t, &e)
	if e.Entries[0].Kind != "edit" || e.Entries[0].Actor != "admin" || e.Entries[0].Edit.Code != "BOLT-M6" {
		t.Errorf("%+v", e.Entries)
	}
}

// Two people change one unit: the second is told what the first made of it (E4).
func TestE4TheSecondOfTwoWritersIsTold(t *testing.T) {
	w := newWorld(t)
	saw := w.put("/v1/products/BOLT", `{"unit.box":"12"}`).Item["version"]
	w.put("/v1/products/BOLT", `{"unit.box":"10","version":`+quote(saw)+`}`)
	p := w.fails(w.as(access.Supervisor, "PUT", "/v1/products/BOLT", `{"unit.box":"24","version":`+quote(saw)+`}`), 409, "expired")
	if !strings.Contains(p.Message, `its unit.box is "10" now, and you said "24"`) {
		t.Errorf("%s", p.Message)
	}
	if e := w.put("/v1/products/BOLT", `{"name":"Bolt","version":`+quote(saw)+`}`); e.Item["name"] != "Bolt" {
		t.Errorf("%+v", e)
	}
}

func TestOddCodes(t *testing.T) {
	w := newWorld(t)
	for _, code := range []string{"A/B", "a+b", "a b", "50% off", "ü✓", "..", "a?b", "a#b", "a&b=c", `"quoted"`, "new/../sites", "x%2Fy", ":", "*"} {
		for _, family := range []string{"products", "locations", "partners", "barcodes"} {
			path := "/v1/" + family + "/" + url.PathEscape(code)
			body := `{"name":"odd"}`
			if family == "barcodes" {
				body = `{"product":` + quote(code) + `}`
			}
			if e := w.put(path, body); !e.Created || e.Item["code"] != code {
				t.Errorf("%s %q: %+v", family, code, e)
			}
			var item map[string]string
			w.ok("GET", path, "").json(t, &item)
			if item["code"] != code {
				t.Errorf("%s %q is shown as %v", family, code, item)
			}
		}
	}
	if got := len(w.list("/v1/products")); got != 14 {
		t.Errorf("%d products", got)
	}
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// list returns the codes of all pages of a list.
func (w *world) list(path string) (codes []string) {
	w.t.Helper()
	after := ""
	for {
		var page struct {
			Rows []map[string]string
			Next string
		}
		u, err := url.Parse(path)
		if err != nil {
			w.t.Fatal(err)
		}
		q := u.Query()
		q.Set("limit", "3")
		if after != "" {
			q.Set("after", after)
		}
		u.RawQuery = q.Encode()
		w.ok("GET", u.String(), "").json(w.t, &page)
		if len(page.Rows) > 3 || page.Next != "" && len(page.Rows) == 0 {
			w.t.Fatalf("%s: %+v", u, page)
		}
		for _, r := range page.Rows {
			code := r["code"]
			if code == "" {
				code = r["product"]
			}
			codes = append(codes, code)
		}
		if page.Next == "" {
			return codes
		}
		after = page.Next
	}
}

func TestLists(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.ok("PUT", fmt.Sprintf("/v1/products/P%d", i), `{}`)
	}
	w.ok("PUT", "/v1/products/Q1", `{}`)
	w.ok("PUT", "/v1/sites/north", `{"name":"North"}`)
	w.ok("PUT", "/v1/locations/A-01?site=north", `{}`)
	w.ok("PUT", "/v1/locations/A-02", `{}`)
	w.ok("PUT", "/v1/barcodes/4006381333931", `{"product":"P1","quantity":6}`)
	w.ok("PUT", "/v1/constraints/P1", `{"min":1}`)
	for path, want := range map[string]string{
		"/v1/products":                        "P0 P1 P2 P3 P4 P5 P6 Q1",
		"/v1/products?prefix=P":               "P0 P1 P2 P3 P4 P5 P6",
		"/v1/products?prefix=P6":              "P6",
		"/v1/products?prefix=Z":               "",
		"/v1/sites":                           "main north",
		"/v1/locations?site=north&prefix=A":   "A-01",
		"/v1/locations?prefix=A":              "A-02 A-01",
		"/v1/locations?site=north&prefix=sto": "stock",
		"/v1/barcodes":                        "4006381333931",
		"/v1/partners":                        "",
		"/v1/constraints":                     "P1",
		"/v1/constraints?site=north":          "",
	} {
		if got := strings.Join(w.list(path), " "); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	w.fails(w.as(access.Floor, "GET", "/v1/products?after=!!", ""), 422, "bad_field")
	w.fails(w.as(access.Floor, "GET", "/v1/products?limit=0", ""), 422, "bad_field")
	w.fails(w.as(access.Floor, "GET", "/v1/locations?site=moon", ""), 404, "not_found")
}

func TestPlacesOfSitesAndOfTheCompany(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/sites/north", `{}`)
	if e := w.put("/v1/locations/A", `{"site":"north","kind":"quality"}`); e.Item["site"] != "north" || !e.Created {
		t.Errorf("%+v", e)
	}
	if e := w.put("/v1/locations/A", `{}`); e.Item["site"] != "main" || e.Item["kind"] != "stock" {
		t.Errorf("%+v", e)
	}
	if e := w.put("/v1/locations/ACME", `{"kind":"supplier","name":"Acme"}`); e.Item["site"] != "" || e.Item["kind"] != "supplier" {
		t.Errorf("%+v", e)
	}
	if e := w.put("/v1/locations/ACME", `{"name":"Acme Ltd"}`); e.Created || e.Item["site"] != "" {
		t.Errorf("%+v", e)
	}
	if e := w.put("/v1/locations/customer", `{"name":"Customers"}`); e.Created || e.Item["site"] != "" {
		t.Errorf("%+v", e)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/locations/customer?site=north", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "PUT", "/v1/locations/A?site=north", `{"site":"main"}`), 422, "bad_field")
	w.fails(w.as(access.Admin, "PUT", "/v1/locations/A?site=moon", `{}`), 422, "unknown_location")
}

func TestPutRefuses(t *testing.T) {
	w := newWorld(t)
	w.goods()
	head := w.head()
	for _, c := range []struct {
		path, body string
		status     int
		code       string
	}{
		{"products/X", `{"colour":"red"}`, 422, "unknown_field"},
		{"products/X", `{"decimals":"7"}`, 422, "bad_field"},
		{"products/X", `{"decimals":[1]}`, 422, "bad_field"},
		{"products/X", `{"name":{"a":1}}`, 422, "bad_field"},
		{"products/X", `{"code":"Y"}`, 422, "bad_field"},
		{"products/X", `{"name"`, 400, "bad_json"},
		{"products/X", `[1]`, 422, "bad_field"},
		{"products/X", ``, 400, "bad_json"},
		{"products/X", `{"name":"` + strings.Repeat("n", 1001) + `"}`, 413, "too_large"},
		{"products/X", `{"name":"` + strings.Repeat("n", 300<<10) + `"}`, 413, "too_large"},
		{"products/" + strings.Repeat("x", 201), `{}`, 413, "too_large"},
		{"products/X?site=main&colour=red", `{}`, 422, "unknown_field"},
		{"barcodes/123", `{}`, 422, "bad_field"},
		{"barcodes/123", `{"product":"GHOST"}`, 422, "bad_field"},
		{"barcodes/123", `{"product":"BOLT","quantity":"-1"}`, 422, "bad_field"},
		{"barcodes/123", `{"product":"BOLT","quantity":1e30}`, 422, "bad_field"},
		{"constraints/GHOST", `{"min":"1"}`, 422, "unknown_product"},
		{"constraints/BOLT?location=nowhere", `{"min":"1"}`, 422, "unknown_location"},
		{"constraints/BOLT", `{"min":"5","max":"1"}`, 422, "bad_field"},
		{"constraints/BOLT", `{"min":"0.001"}`, 422, "bad_field"},
		{"locations/A", `{"parent":"A-01"}`, 422, "bad_field"},
		{"locations/A", `{"kind":"moon"}`, 422, "bad_field"},
		{"sites/a%2Fb", `{}`, 422, "bad_field"},
		{"partners/P", `{"kind":"friend"}`, 422, "bad_field"},
	} {
		p := w.fails(w.as(access.Admin, "PUT", "/v1/"+c.path, c.body), c.status, c.code)
		if p.Message == "" {
			t.Errorf("%+v", c)
		}
	}
	if w.head() != head {
		t.Errorf("something was changed: %d entries more", w.head()-head)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/products/GHOST", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "GET", "/v1/constraints/BOLT?location=A", ""), 404, "not_found")
	w.fails(w.as(access.Admin, "PATCH", "/v1/products/BOLT", "{}"), 405, "method_not_allowed")
	w.fails(w.as(access.Admin, "GET", "/v1/nothing", ""), 404, "not_found")
}

func TestADockCreatesButDoesNotChange(t *testing.T) {
	w := newWorld(t)
	w.goods()
	for _, c := range []struct {
		role       access.Role
		path, body string
		want       int
	}{
		{access.Floor, "products/NEW", `{}`, 403},
		{access.Floor, "locations/NEW", `{}`, 403},
		{access.Dock, "products/NEW", `{"name":"new"}`, 200},
		{access.Dock, "locations/NEW", `{}`, 200},
		{access.Dock, "products/NEW", `{"name":"newer"}`, 403},
		{access.Dock, "locations/A", `{"name":"mine"}`, 403},
		{access.Dock, "sites/mine", `{}`, 403},
		{access.Dock, "barcodes/1", `{"product":"NEW"}`, 403},
		{access.Dock, "constraints/NEW", `{"min":"1"}`, 403},
		{access.Supervisor, "products/NEW", `{"name":"newer"}`, 200},
	} {
		a := w.as(c.role, "PUT", "/v1/"+c.path, c.body)
		if a.status != c.want {
			t.Errorf("%s %s: %d %s", c.role, c.path, a.status, a.body)
		}
		if c.want == 403 {
			w.fails(a, 403, "not_allowed")
		}
	}
}

type imported struct {
	Kind                              string
	Rows, Created, Changed, Unchanged int
	DryRun                            bool `json:"dry_run"`
	Head                              uint64
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, kind, body string
		want             imported
	}{
		{"CSV with a barcode", "products", "code,name,decimals,barcode\nA,Apple,0,4006381333931\nB,\"Big, round\",2,\n", imported{Rows: 2, Created: 3, Changed: 3}},
		{"again", "products", "code,name\nA,Apple\nB,Ball\n", imported{Rows: 2, Changed: 1, Unchanged: 1}},
		{"semicolons, a mark and CRLF", "products", "\xef\xbb\xbfcode;name\r\nC;\"semi;colon\"\r\n", imported{Rows: 1, Created: 1, Changed: 1}},
		{"JSON", "products", `[{"code":"D","decimals":3},{"code":"E","stocked":false,"name":null}]`, imported{Rows: 2, Created: 2, Changed: 2}},
		{"children before parents", "locations", "code,parent,kind\nA-01-1,A-01,\nA-01,A,\nA,,stock\n", imported{Rows: 3, Created: 3, Changed: 3}},
		{"a virtual place", "locations", "code,kind\nACME,supplier\n", imported{Rows: 1, Created: 1, Changed: 1}},
		{"barcodes", "barcodes", "barcode,product,quantity\n123,A,12\n", imported{Rows: 1, Created: 1, Changed: 1}},
		{"constraints", "constraints", "product,site,location,min,max\nA,,,1,5\nB,main,A,0.5,\n", imported{Rows: 2, Created: 2, Changed: 2}},
		{"partners", "partners", "code,name,kind\nACME,Acme,supplier\n", imported{Rows: 1, Created: 1, Changed: 1}},
		{"sites", "sites", "code\nnorth\n", imported{Rows: 1, Created: 1, Changed: 1}},
		{"only a header", "products", "code,name\n", imported{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := w.head()
			var dry, got imported
			w.ok("POST", "/v1/import/"+c.kind+"?dry_run=true", c.body).json(t, &dry)
			if w.head() != head || !dry.DryRun {
				t.Errorf("a dry run booked %d entries: %+v", w.head()-head, dry)
			}
			w.ok("POST", "/v1/import/"+c.kind, c.body).json(t, &got)
			c.want.Kind, c.want.Head = c.kind, w.head()
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if dry.Created != got.Created || dry.Changed != got.Changed || dry.Rows != got.Rows {
				t.Errorf("the dry run said %+v", dry)
			}
			if int(w.head()-head) != got.Changed {
				t.Errorf("%d entries for %d changes", w.head()-head, got.Changed)
			}
		})
	}
	var item map[string]string
	w.ok("GET", "/v1/locations/A-01-1", "").json(t, &item)
	if item["parent"] != "A-01" {
		t.Errorf("%v", item)
	}
	w.ok("GET", "/v1/constraints/B?location=A", "").json(t, &item)
	if item["min"] != "0.5" || item["location"] != "A" {
		t.Errorf("%v", item)
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	head := w.head()
	for _, c := range []struct {
		name, kind, body string
		line             int
		status           int
		code             string
	}{
		{"a bad line", "products", "code,decimals\nA,1\nB,1\nC,9\nD,1\n", 4, 422, "bad_field"},
		{"lines of quoted text count", "products", "code,name,decimals\nA,\"two\nlines\",1\nB,x,9\n", 4, 422, "bad_field"},
		{"an unknown column", "products", "code,colour\nA,red\n", 2, 422, "unknown_field"},
		{"a column twice", "products", "code,code\nA,A\n", 1, 422, "bad_field"},
		{"a nameless column", "products", "code,\nA,A\n", 1, 422, "bad_field"},
		{"no code", "products", "code,name\nA,x\n,y\n", 3, 422, "bad_field"},
		{"too many values", "products", "code,name\nA,x,y\n", 2, 422, "bad_field"},
		{"a broken quote", "products", "code,name\nA,\"x\nB,y\n", 3, 422, "bad_field"},
		{"JSON names its own line", "products", `[{"code":"A"},{"code":"B","decimals":9,"line":77}]`, 77, 422, "bad_field"},
		{"JSON counts from one", "products", `[{"code":"A"},{"code":"B","decimals":9}]`, 2, 422, "bad_field"},
		{"JSON with an object inside", "products", `[{"code":"A"},{"code":{}}]`, 2, 422, "bad_field"},
		{"no JSON", "products", `[{"code":"A"},`, 0, 400, "bad_json"},
		{"empty", "products", " ", 0, 400, "bad_json"},
		{"an unknown kind", "moons", "code\nA\n", 0, 422, "bad_field"},
		{"a circle of parents", "locations", "code,parent\nA,B\nB,C\nC,A\n", 0, 422, "bad_field"},
		{"a barcode of nothing", "barcodes", "barcode,product\n1,GHOST\n", 2, 422, "bad_field"},
		{"a dry run", "products?dry_run=true", "code,decimals\nA,9\n", 2, 422, "bad_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := w.fails(w.as(access.Supervisor, "POST", "/v1/import/"+c.kind, c.body), c.status, c.code)
			if c.line != 0 && (p.Line != c.line || !strings.Contains(p.Message, fmt.Sprintf("Line %d", c.line))) {
				t.Errorf("line %d, want %d: %s", p.Line, c.line, p.Message)
			}
		})
	}
	if w.head() != head || len(w.list("/v1/products")) != 0 || slices.Contains(w.list("/v1/locations"), "A") {
		t.Errorf("something was taken: %d entries", w.head()-head)
	}
	for _, role := range []access.Role{access.Floor, access.Dock} {
		w.fails(w.as(role, "POST", "/v1/import/products", "code\nA\n"), 403, "not_allowed")
	}
}

func TestALargeImport(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("code,name,barcode\n")
	for i := range 6_000 {
		fmt.Fprintf(&b, "P%05d,Product %d,B%d\n", i, i, i)
	}
	var got imported
	w.ok("POST", "/v1/import/products", b.String()).json(t, &got)
	if got.Created != 12_000 {
		t.Errorf("%+v", got)
	}
	for i := range 20_000 {
		fmt.Fprintf(&b, "X%05d,,\n", i)
	}
	w.fails(w.as(access.Admin, "POST", "/v1/import/products", b.String()), 413, "too_large")
}
