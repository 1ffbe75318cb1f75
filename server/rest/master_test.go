package rest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/sheet"
	"bayledger/server/store"
)

// shop has something of every kind of master data.
func (w *world) shop() {
	w.t.Helper()
	for _, put := range []string{
		`settings/book {"currency":"EUR"}`,
		`sites/north {"name":"North","reasons_required":"scrap,remove","negative":"auto-add"}`,
		`locations/SHRINK {"kind":"loss"}`,
		`locations/A {"name":"Aisle A","order":3,"max_weight":"12.5","max_quantity":100}`,
		`locations/A-01 {"parent":"A","order":"4"}`,
		`locations/Z?site=north {"kind":"quality","deleted":true}`,
		`categories/tools {"name":"Tools","attributes":"size"}`,
		`categories/a-drills {"parent":"tools","condition":true}`,
		`reasons/damaged {"name":"Damaged","actions":"isolate,scrap"}`,
		`partners/ACME {"name":"Acme","kind":"supplier","lead_days":14,"contact":"Ann Smith, 555"}`,
		`products/NEWER {}`,
		`products/BOLT {"name":"Bolt, M6","category":"tools","unit":"piece","unit.box":"12","price":"1.50","weight":"0.25","volume":"0.1","loss":"SHRINK","attribute.size":"M6","superseded_by":"NEWER","decimals":2}`,
		`products/0007 {"name":"=SUM(A1)","stocked":false,"tracking":"lot"}`,
		`barcodes/012345678905 {"product":"BOLT","quantity":"24","partner":"ACME"}`,
		`barcodes/4006381333931 {"product":"BOLT"}`,
		`partner-items/ACME%2F9981 {"product":"BOLT","quantity":"100"}`,
		`facilities/WARD {"name":"Ward 1","location":"A"}`,
		`facilities/VAN {"name":"Van","site":"north"}`,
		`operators/ann {"name":"Ann","site":"main"}`,
		`constraints/BOLT {"min":"1","max":"5"}`,
		`constraints/BOLT?location=A {"min":"0.5"}`,
	} {
		path, body, _ := strings.Cut(put, " ")
		w.ok("PUT", "/v1/"+path, body)
	}
	w.ok("PUT", "/v1/products/BOLT", `{"barcode":"4006381333931"}`)
}

var kinds = []string{"sites", "locations", "categories", "reasons", "partners", "products", "barcodes", "partner-items", "facilities", "operators", "constraints"}

// What was exported is imported without changing anything, and makes in an empty book
// what it was in the first.
func TestExportAndImportAgain(t *testing.T) {
	w := newWorld(t)
	w.shop()
	head := w.head()
	for _, format := range []string{"csv", "xlsx"} {
		fresh := newWorld(t)
		for _, kind := range kinds {
			table := w.ok("GET", "/v1/export/"+kind+"?format="+format, "").text()
			var got imported
			w.ok("POST", "/v1/import/"+kind, table).json(t, &got)
			if got.Changed != 0 || got.Rows == 0 || w.head() != head {
				t.Errorf("%s as %s: %+v, %d entries more", kind, format, got, w.head()-head)
			}
			fresh.ok("POST", "/v1/import/"+kind, table).json(t, &got)
			if again := fresh.ok("GET", "/v1/export/"+kind+"?format=csv", "").text(); format == "csv" && again != table {
				t.Errorf("%s in an empty book:\n%s\nwas\n%s", kind, again, table)
			}
		}
	}
	rows, _ := sheet.Read([]byte(w.ok("GET", "/v1/export/barcodes?format=xlsx", "").text()))
	if len(rows) != 2 || rows[0].Fields["barcode"] != "012345678905" {
		t.Errorf("%+v", rows)
	}
	w.fails(w.as(access.Floor, "GET", "/v1/export/moons", ""), 422, "bad_field")
	w.fails(w.as(access.Floor, "GET", "/v1/export/products?format=ods", ""), 422, "bad_field")
}

// Whom one speaks to is for those who may change it, is gone when it is emptied, and was
// never in the journal.
func TestContactsAreBesideTheJournal(t *testing.T) {
	w := newWorld(t)
	w.shop()
	for role, sees := range map[access.Role]bool{access.Floor: false, access.Dock: false, access.Supervisor: true} {
		for _, path := range []string{"/v1/partners/ACME", "/v1/partners", "/v1/export/partners"} {
			if got := strings.Contains(w.as(role, "GET", path, "").text(), "Ann Smith"); got != sees {
				t.Errorf("%s at %s: %t", role, path, got)
			}
		}
	}
	if strings.Contains(w.ok("GET", "/v1/activity?limit=1000", "").text(), "Ann Smith") {
		t.Error("the journal has it")
	}
	w.ok("PUT", "/v1/partners/ACME", `{"contact":null}`)
	if strings.Contains(w.ok("GET", "/v1/partners/ACME", "").text(), "contact") {
		t.Error("it is not gone")
	}
}

// Codes as a spreadsheet leaves them: what is mended is said, what is cut is refused.
func TestImportMendsCodes(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/products/A", `{}`)
	var got struct {
		Changed int
		Notes   []struct {
			Line           int
			Field, Message string
		}
		Lines []struct {
			Line    int
			Code    string
			Created bool
		}
	}
	w.ok("POST", "/v1/import/barcodes", "barcode,product\n12345678905,A\n36000291453,A\n400638133393,A\n4006381333931,A\n").json(t, &got)
	if got.Changed != 4 || len(got.Notes) != 3 || got.Notes[0].Line != 2 || !strings.Contains(got.Notes[0].Message, "taken as 012345678905") || len(got.Lines) != 4 || got.Lines[3].Line != 5 || got.Lines[0].Code != "012345678905" {
		t.Errorf("%+v", got)
	}
	p := w.fails(w.as(access.Admin, "POST", "/v1/import/barcodes", "barcode,product\n4.00638E+12,A\n"), 422, "bad_field")
	if p.Line != 2 || p.Field != "barcode" || !strings.Contains(p.Message, "format the column as text") {
		t.Errorf("%+v", p)
	}
	w.ok("POST", "/v1/import/barcodes", `[{"barcode":"72527273070","product":"A"}]`)
	w.ok("GET", "/v1/barcodes/72527273070", "") // a program means what it says
}

// All lines at fault are named at once.
func TestImportNamesAllFaults(t *testing.T) {
	w := newWorld(t)
	var p struct {
		Line    int
		Message string
		Faults  []struct {
			Line           int
			Field, Message string
		}
	}
	a := w.as(access.Admin, "POST", "/v1/import/products", "code,decimals,price\nA,9,\nB,1,\nC,1,cheap\nD,8,\n")
	a.json(t, &p)
	if a.status != 422 || p.Line != 2 || len(p.Faults) != 3 || p.Faults[1].Line != 4 || p.Faults[1].Field != "price" || !strings.Contains(p.Message, "So are 2 further lines") {
		t.Errorf("%d %+v", a.status, p)
	}
	if len(w.list("/v1/products")) != 0 {
		t.Error("something was taken")
	}
}

type made struct {
	Variants []struct {
		Code   string
		Exists bool
	}
	Made int
}

func (m made) codes() string {
	var b strings.Builder
	for _, v := range m.Variants {
		b.WriteString(v.Code)
		if !v.Exists {
			b.WriteByte('+')
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

// Variants of a shirt, as a shop makes them; + is one that is new.
func TestVariants(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/categories/used", `{"condition":true}`)
	w.ok("PUT", "/v1/products/SHIRT", `{"name":"Shirt","category":"clothes","unit":"piece","price":"12.50","tracking":"lot","unit.box":"20","attribute.brand":"Acme"}`)
	w.ok("PUT", "/v1/products/LAPTOP", `{"name":"Laptop","category":"used"}`)
	w.ok("PUT", "/v1/products/TAKEN-S", `{}`)
	w.ok("PUT", "/v1/products/FULL", `{}`)
	w.post(access.Admin, w.intent(1, `"action":"add","product":"FULL","quantity":"3"`))
	for _, c := range []struct {
		name, path, body string
		want             string // codes, or the sentence of a refusal
		status           int
	}{
		{"shown first", "SHIRT/variants?dry_run=true", `{"axes":[{"name":"size","values":["S","M"]},{"name":"colour","values":["red"]}]}`, "SHIRT-S-red+ SHIRT-M-red+", 200},
		{"made", "SHIRT/variants", `{"axes":[{"name":"size","values":["S","M"]},{"name":"colour","values":["red"]}],"fields":{"price":"13"}}`, "SHIRT-S-red+ SHIRT-M-red+", 200},
		{"a value later: what is missing is made", "SHIRT/variants", `{"axes":[{"name":"colour","values":["blue"]}]}`, "SHIRT-S-red SHIRT-S-blue+ SHIRT-M-red SHIRT-M-blue+", 200},
		{"again: nothing", "SHIRT/variants", `{}`, "SHIRT-S-red SHIRT-S-blue SHIRT-M-red SHIRT-M-blue", 200},
		{"another axis", "SHIRT/variants", `{"axes":[{"name":"cut","values":["slim"]}]}`, "add values to the axes there are", 422},
		{"by condition, where the category wants it", "LAPTOP/variants", `{}`, "LAPTOP-new+ LAPTOP-used+ LAPTOP-defective+", 200},
		{"a variant of a variant", "LAPTOP-new/variants", `{"axes":[{"name":"size","values":["S"]}]}`, "make its parent's variants", 422},
		{"a code that is taken", "TAKEN/variants", ``, "", 404},
		{"without axes", "TAKEN-S/variants", `{}`, "say in which ways", 422},
		{"codes that come twice", "TAKEN-S/variants", `{"axes":[{"name":"size","values":["S","M"]}],"pattern":"{code}-X"}`, "does not name the axis", 422},
		{"a pattern of something else", "TAKEN-S/variants", `{"axes":[{"name":"size","values":["S"]}],"pattern":"{code}-{cut}"}`, "neither code nor an axis", 422},
		{"a field that is none", "TAKEN-S/variants", `{"axes":[{"name":"size","values":["S"]}],"fields":{"colour":"red"}}`, "None of the variants was made", 422},
		{"goods that would be left behind", "FULL/variants", `{"axes":[{"name":"size","values":["S"]}]}`, "count them away first", 422},
		{"goods that stay", "FULL/variants", `{"axes":[{"name":"size","values":["S"]}],"keep_parent":true}`, "FULL-S+", 200},
		{"too many", "TAKEN-S/variants", `{"axes":[{"name":"a","values":[` + numbers(50) + `]},{"name":"b","values":[` + numbers(50) + `]}]}`, "more than 2000 variants", 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := w.head()
			a := w.as(access.Supervisor, "POST", "/v1/products/"+c.path, c.body)
			if c.name == "a code that is taken" {
				w.ok("PUT", "/v1/products/TAKEN", `{}`)
				a = w.as(access.Supervisor, "POST", "/v1/products/TAKEN/variants", `{"axes":[{"name":"size","values":["M","S"]}]}`)
				p := w.fails(a, 422, "bad_field")
				if !strings.Contains(p.Message, "TAKEN-S") || strings.Contains(strings.Join(w.list("/v1/products"), " "), "TAKEN-M") {
					t.Errorf("%+v", p)
				}
				return
			}
			var m made
			if a.status != c.status {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if a.json(t, &m); c.status != 200 && !strings.Contains(a.text(), c.want) || c.status == 200 && m.codes() != c.want {
				t.Errorf("%s %s", m.codes(), a.body)
			}
			if (strings.Contains(c.path, "dry_run") || c.status != 200) && w.head() != head {
				t.Error("something was made")
			}
		})
	}
	var item map[string]string
	w.ok("GET", "/v1/products/SHIRT-S-red", "").json(t, &item)
	for name, want := range map[string]string{"parent": "SHIRT", "attribute.size": "S", "attribute.colour": "red", "attribute.brand": "Acme", "price": "13", "tracking": "lot", "unit.box": "20", "name": "Shirt S, red", "stocked": "true", "axes": ""} {
		if item[name] != want {
			t.Errorf("%s is %q, want %q", name, item[name], want)
		}
	}
	if got := strings.Join(w.list("/v1/products?parent=SHIRT&attribute=size%3DS"), " "); got != "SHIRT-S-blue SHIRT-S-red" {
		t.Errorf("variants of size S: %s", got)
	}
	w.pass(time.Minute)
	o := w.post(access.Admin, w.intent(2, `"action":"remove","product":"SHIRT"`))
	if o.Outcomes[0].Outcome != "exception" {
		t.Errorf("a scan of the parent: %+v", o)
	}
}

func numbers(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`"v%d"`, i)
	}
	return strings.Join(parts, ",")
}

// Stock-keeping is switched off by category, shown first, and scans of before still
// count.
func TestBulkSwitch(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/categories/services", `{}`)
	w.ok("PUT", "/v1/categories/repairs", `{"parent":"services"}`)
	for code, category := range map[string]string{"HOUR": "services", "REPAIR": "repairs", "BOLT": "parts"} {
		w.ok("PUT", "/v1/products/"+code, `{"category":"`+category+`","attribute.vat":"full"}`)
	}
	w.post(access.Admin, w.intent(1, `"action":"add","product":"REPAIR","quantity":"5","at":"2026-03-02T11:00:00Z"`))
	var got struct {
		Rows []struct {
			Product string
			OnHand  string `json:"on_hand"`
			Was     map[string]string
		}
		Changed, Holding int
	}
	ask := `{"filter":{"category":"services"},"set":{"stocked":false}}`
	head := w.head()
	w.ok("POST", "/v1/bulk/products?dry_run=true", ask).json(t, &got)
	if got.Changed != 2 || got.Holding != 1 || got.Rows[1].Product != "REPAIR" || got.Rows[1].OnHand != "5" || got.Rows[1].Was["stocked"] != "true" || w.head() != head {
		t.Errorf("%+v", got)
	}
	w.pass(time.Minute)
	w.ok("POST", "/v1/bulk/products", ask)
	w.pass(time.Minute)
	w.ok("POST", "/v1/bulk/products", ask).json(t, &got)
	if got.Changed != 0 {
		t.Errorf("again: %+v", got)
	}
	o := w.post(access.Admin, strings.Join([]string{w.intent(2, `"action":"remove","product":"REPAIR","quantity":"1"`),
		w.intent(3, `"action":"remove","product":"REPAIR","quantity":"1","at":"2026-03-02T11:30:00Z"`)}, "\n"))
	if o.codes() != "applied applied" || !strings.Contains(o.Outcomes[0].Message, "not stock-kept") || o.Outcomes[1].Message != "" {
		t.Errorf("%+v", o.Outcomes)
	}
	if text := w.ok("GET", "/v1/balances?product=REPAIR", "").text(); !strings.Contains(text, `"quantity":"4"`) {
		t.Errorf("%s", text)
	}
	for body, code := range map[string]string{`{"filter":{},"set":{"stocked":false}}`: "bad_field", `{"filter":{"prefix":"B"},"set":{}}`: "bad_field", `{"filter":{"prefix":"B"},"set":{"name":"x"}}`: "unknown_field", `{"filter":{"prefix":"B"},"set":{"stocked":"maybe"}}`: "bad_field"} {
		w.fails(w.as(access.Supervisor, "POST", "/v1/bulk/products", body), 422, code)
	}
	w.fails(w.as(access.Dock, "POST", "/v1/bulk/products", ask), 403, "not_allowed")
}

func TestALocationForEveryFacility(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/locations/VAN-2", `{}`)
	w.ok("PUT", "/v1/facilities/VAN-1", `{"name":"Van 1","site":"north"}`)
	w.ok("PUT", "/v1/facilities/VAN-2", `{}`)
	w.ok("PUT", "/v1/facilities/WARD", `{"location":"stock"}`)
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	type placed struct {
		Placed []struct {
			Facility, Site, Location string
			Exists                   bool
		}
	}
	var got placed
	head := w.head()
	w.ok("POST", "/v1/facilities/locations?dry_run=true", "").json(t, &got)
	if len(got.Placed) != 2 || got.Placed[0].Site != "north" || got.Placed[0].Exists || !got.Placed[1].Exists || w.head() != head {
		t.Errorf("%+v", got)
	}
	got = placed{}
	if w.do("POST", "/v1/facilities/locations", key, "").json(t, &got); len(got.Placed) != 1 || got.Placed[0].Facility != "VAN-1" {
		t.Errorf("at north: %+v", got)
	}
	w.ok("POST", "/v1/facilities/locations", "")
	got = placed{}
	if w.ok("POST", "/v1/facilities/locations", "").json(t, &got); len(got.Placed) != 0 {
		t.Errorf("again: %+v", got)
	}
	var item map[string]string
	w.ok("GET", "/v1/locations/VAN-1?site=north", "").json(t, &item)
	if item["name"] != "Van 1" || item["kind"] != "stock" {
		t.Errorf("%v", item)
	}
	if a := w.do("GET", "/v1/facilities/WARD", key, ""); a.status != 404 {
		t.Errorf("another site's facility: %s", a.body)
	}
}

type editRows struct {
	Rows []struct {
		N       uint64
		Actor   string
		Created bool
		Changes []struct{ Field, From, To string }
	}
	Next uint64
}

// Who changed what, the newest first, page by page.
func TestHistory(t *testing.T) {
	w := newWorld(t)
	w.shop()
	for i := range 5 {
		w.ok("PUT", "/v1/products/NEWER", fmt.Sprintf(`{"name":"n%d"}`, i))
		w.ok("PUT", "/v1/products/BOLT", fmt.Sprintf(`{"name":"b%d"}`, i))
	}
	w.ok("PUT", "/v1/constraints/BOLT?location=A", `{"min":"0.75"}`)
	var page editRows
	w.ok("GET", "/v1/products/NEWER/history?limit=2", "").json(t, &page)
	if len(page.Rows) != 2 || page.Rows[0].Changes[0].From != "n3" || page.Rows[0].Changes[0].To != "n4" || page.Rows[0].Actor != "admin" || page.Next == 0 {
		t.Fatalf("%+v", page)
	}
	var names []string
	for next := uint64(0); ; next = page.Next {
		page = editRows{}
		w.ok("GET", fmt.Sprintf("/v1/products/NEWER/history?limit=2&before=%d", next), "").json(t, &page)
		for _, r := range page.Rows {
			names = append(names, r.Changes[len(r.Changes)-1].To)
		}
		if page.Next == 0 {
			break
		}
	}
	if got := strings.Join(names, " "); got != "n4 n3 n2 n1 n0 NEWER" {
		t.Errorf("%s", got)
	}
	page = editRows{}
	w.ok("GET", "/v1/constraints/BOLT/history?location=A", "").json(t, &page)
	if len(page.Rows) != 2 || page.Rows[0].Changes[0].To != "0.75" || !page.Rows[1].Created {
		t.Errorf("%+v", page)
	}
	page = editRows{}
	w.ok("GET", "/v1/locations/customer/history", "").json(t, &page)
	if len(page.Rows) != 1 || !page.Rows[0].Created || page.Next != 0 {
		t.Errorf("%+v", page)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/products/GHOST/history", ""), 404, "not_found")
	w.fails(w.as(access.Floor, "GET", "/v1/products/BOLT/history", ""), 403, "not_allowed")
}

// What a switch of the policy would change, and how what lies below zero is corrected.
func TestNegativeStock(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/products/OWN", `{"negative":"refuse"}`)
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"2","unit_cost":"1.50","to":"A-01"`),
		w.intent(2, `"action":"remove","product":"BOLT","quantity":"5","from":"A-01"`),
		w.intent(3, `"action":"remove","product":"BOLT","quantity":"1","from":"A-01"`),
		w.intent(4, `"action":"remove","product":"NUT","quantity":"3","site":"north"`)}, "\n"))
	type row struct {
		Site, Location, Product, Quantity, Value, Now, Then, Message string
		Entry                                                        uint64
		Entries                                                      []uint64
		Corrections                                                  []struct {
			Kind, Text, Evidence string
			Intent               map[string]any
		}
	}
	var preview struct {
		Was, Will, Value, Text string
		Rows                   []row
		Count, Apart           int
	}
	w.ok("GET", "/v1/negative/preview?site=main&policy=refuse", "").json(t, &preview)
	if preview.Was != "allow" || preview.Count != 1 || preview.Apart != 1 || preview.Rows[0].Quantity != "-4" || preview.Rows[0].Value != "-6" || preview.Value != "-6" ||
		preview.Rows[0].Now != "allow" || preview.Rows[0].Then != "refuse" || !strings.Contains(preview.Rows[0].Message, "refused (short)") {
		t.Errorf("%+v", preview)
	}
	w.ok("GET", "/v1/negative/preview?site=main&policy=allow", "").json(t, &preview)
	if preview.Count != 0 {
		t.Errorf("no change: %+v", preview)
	}
	w.ok("GET", "/v1/negative/preview?product=NUT&policy=auto-add", "").json(t, &preview)
	if preview.Count != 1 || preview.Rows[len(preview.Rows)-1].Site != "north" {
		t.Errorf("of a product: %+v", preview)
	}
	for _, bad := range []string{"site=main", "policy=refuse", "site=main&product=NUT&policy=refuse", "site=main&policy=site", "site=main&policy=never"} {
		if a := w.as(access.Admin, "GET", "/v1/negative/preview?"+bad, ""); a.status != 422 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
	w.fails(w.as(access.Admin, "GET", "/v1/negative/preview?site=moon&policy=refuse", ""), 404, "not_found")

	var rows []row
	w.ok("GET", "/v1/negative?site=main", "").json(t, &rows)
	if len(rows) != 1 || len(rows[0].Entries) != 2 || rows[0].Entries[1] != rows[0].Entry || len(rows[0].Corrections) != 3 {
		t.Fatalf("%+v", rows)
	}
	c := rows[0].Corrections
	if c[0].Intent["action"] != "count" || c[0].Intent["quantity"] != "0" || c[1].Intent["action"] != "add" || c[1].Intent["quantity"] != "4" || c[2].Intent["from"] != "loss" {
		t.Errorf("%+v", c)
	}
	correct := func(kind, evidence, more string) answer {
		return w.as(access.Supervisor, "POST", "/v1/negative/correct", fmt.Sprintf(`{"site":"main","location":"A-01","product":"BOLT","kind":%q,"evidence":%q%s}`, kind, evidence, more))
	}
	w.post(access.Admin, w.intent(5, `"action":"remove","product":"BOLT","quantity":"1","from":"A-01"`))
	p := w.fails(correct("receive", c[1].Evidence, ""), 409, "expired")
	if !strings.Contains(p.Message, "-5 are on the books there now") {
		t.Errorf("%+v", p)
	}
	rows = nil
	w.ok("GET", "/v1/negative?site=main", "").json(t, &rows)
	evidence := rows[0].Corrections[1].Evidence
	var first, second outcomes
	a := correct("receive", evidence, "")
	if a.json(t, &first); a.status != 200 || first.codes() != "applied" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if correct("receive", evidence, "").json(t, &second); second.codes() != "applied*" || second.Outcomes[0].Entry != first.Outcomes[0].Entry {
		t.Errorf("sent twice: %+v", second)
	}
	if rows = nil; strings.Contains(w.ok("GET", "/v1/negative", "").text(), "BOLT") {
		t.Error("it is below zero still")
	}
	w.fails(correct("receive", "", ""), 422, "bad_field")
	w.fails(correct("receive", "x", `,"quantity":"3"`), 422, "bad_field")
	w.fails(correct("juggle", "x", ""), 422, "bad_field")
	w.fails(w.as(access.Floor, "POST", "/v1/negative/correct", `{}`), 403, "not_allowed")
}

// What sees no money is told none of it; what is of other sites is not there.
func TestNegativePreviewHidesMoney(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.post(access.Admin, w.intent(1, `"action":"remove","product":"BOLT","quantity":"5","from":"A-01"`))
	key, err := w.store.Pair(store.Request{Device: "sn", Role: access.Supervisor, Site: "north", Only: true})
	if err != nil {
		t.Fatal(err)
	}
	if a := w.do("GET", "/v1/negative/preview?site=main&policy=refuse", key, ""); a.status != 403 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("GET", "/v1/negative/preview?product=BOLT&policy=refuse", key, ""); a.status != 200 || strings.Contains(a.text(), "A-01") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.do("POST", "/v1/negative/correct", key, `{"site":"main","location":"A-01","product":"BOLT","kind":"count","evidence":"x"}`); a.status != 403 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
