package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every row is an edit that must change nothing, and what it is told.
func TestEditRefusals(t *testing.T) {
	long := strings.Repeat("x", MaxText+1)
	for _, row := range []struct {
		name, want string
		patch      Patch
	}{
		{"no code", "no code", Patch{Entity: EntityProduct}},
		{"no such entity", "no master data", Patch{Entity: "animal", Code: "A"}},
		{"an unknown field", "no field", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"colour": "red"}}},
		{"a long text", "longer than", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"name": long}}},
		{"seven decimals", "0 to 6", Patch{Entity: EntityProduct, Code: "NEW", Fields: map[string]string{"decimals": "7"}}},
		{"tracking", "one of", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"tracking": "eyes"}}},
		{"costing", "one of", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"costing": "lifo"}}},
		{"stocked", "true or false", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"stocked": "maybe"}}},
		{"negative", "one of", Patch{Entity: EntitySite, Code: "main", Fields: map[string]string{"negative": "never"}}},
		{"a unit of nothing", "above 0", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"unit.bag": "0"}}},
		{"a site that would be all of them", "stands for all sites", Patch{Entity: EntitySite, Code: "*"}},
		{"a site with a slash", "no slash", Patch{Entity: EntitySite, Code: "a/b"}},
		{"a place at no site", "no site", Patch{Entity: EntityLocation, Site: "moon", Code: "A"}},
		{"a place named like a virtual one", "virtual", Patch{Entity: EntityLocation, Site: "main", Code: "customer"}},
		{"a physical kind for a virtual place", "one of", Patch{Entity: EntityLocation, Code: "ACME", Fields: map[string]string{"kind": "stock"}}},
		{"a virtual place without a kind", "virtual kind", Patch{Entity: EntityLocation, Code: "ACME", Fields: map[string]string{"name": "x"}}},
		{"a parent elsewhere", "not a location", Patch{Entity: EntityLocation, Site: "main", Code: "A-01", Fields: map[string]string{"parent": "Z"}}},
		{"a parent inside", "inside it", Patch{Entity: EntityLocation, Site: "main", Code: "A", Fields: map[string]string{"parent": "A-01"}}},
		{"quarantine while goods lie there", "goods lie", Patch{Entity: EntityLocation, Site: "main", Code: "B-01", Fields: map[string]string{"kind": "quarantine"}}},
		{"decimals after moving", "moved already", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"decimals": "2"}}},
		{"a barcode of nothing", "names no product", Patch{Entity: EntityBarcode, Code: "123"}},
		{"a barcode emptied", "names no product", Patch{Entity: EntityBarcode, Code: "4006381333931", Fields: map[string]string{"product": ""}}},
		{"deleted perhaps", "true or false", Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"deleted": "perhaps"}}},
		{"a product larger than a row", "64 KiB", Patch{Entity: EntityProduct, Code: "BOLT", Fields: bulky()}},
		{"a barcode of a stranger", "no product", Patch{Entity: EntityBarcode, Code: "123", Fields: map[string]string{"product": "NUT"}}},
		{"the same trade item twice", "same trade item", Patch{Entity: EntityBarcode, Code: "04006381333931", Fields: map[string]string{"product": "OIL"}}},
		{"a partner's kind", "supplier or customer", Patch{Entity: EntityPartner, Code: "X", Fields: map[string]string{"kind": "friend"}}},
		{"a constraint on a stranger", "no product", Patch{Entity: EntityConstraint, Code: "NUT", Site: "main", Fields: map[string]string{"min": "1"}}},
		{"a constraint nowhere", "no location", Patch{Entity: EntityConstraint, Code: "BOLT", Site: "main", Location: "Z", Fields: map[string]string{"min": "1"}}},
		{"a most below the least", "below the least", Patch{Entity: EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5", "max": "4"}}},
		{"counts neither shown nor blind", "one of shown, blind", Patch{Entity: EntitySite, Code: "main", Fields: map[string]string{"counts": "deaf"}}},
		{"an operator at no site", "no site", Patch{Entity: EntityOperator, Code: "ann", Fields: map[string]string{"site": "moon"}}},
		{"an operator who is neither", "true or false", Patch{Entity: EntityOperator, Code: "ann", Fields: map[string]string{"active": "perhaps"}}},
		{"an operator's name", "no field", Patch{Entity: EntityOperator, Code: "ann", Fields: map[string]string{"name": "Ann"}}},
		{"the settings of another book", "the code", Patch{Entity: EntitySetting, Code: "other", Fields: map[string]string{"pools": "site"}}},
		{"pools of some kind", "one of", Patch{Entity: EntitySetting, Code: BookCode, Fields: map[string]string{"pools": "shelf"}}},
		{"half a version of the page", "number of a version", Patch{Entity: EntitySetting, Code: BookCode, Fields: map[string]string{"lowest_page": "2.5"}}},
		{"a page below nothing", "number of a version", Patch{Entity: EntitySetting, Code: BookCode, Fields: map[string]string{"lowest_page": "-1"}}},
		{"other pools after goods", "booked already", Patch{Entity: EntitySetting, Code: BookCode, Fields: map[string]string{"pools": "site"}}},
		{"half a bolt at least", "decimals", Patch{Entity: EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "0.5"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := world(t)
			bring(s, 1, "BOLT", 1, "B-01")
			before := snapshotOf(s)
			good := Patch{Entity: EntityProduct, Code: "FIRST", Fields: map[string]string{"name": "made before the bad one"}}
			_, bad, f := s.Edit([]Patch{good, row.patch}, 100, 5, false)
			if f == nil || bad != 1 || !strings.Contains(f.Message, row.want) {
				t.Fatalf("%d, %v", bad, f)
			}
			if after := snapshotOf(s); after != before {
				t.Errorf("something changed:\n%s\n%s", before, after)
			}
		})
	}
}

// bulky makes fields that are small to say and large to keep.
func bulky() map[string]string {
	fields := map[string]string{}
	for i := range 90 {
		fields[fmt.Sprint("attribute.", i)] = strings.Repeat("\x01", 900)
	}
	return fields
}

// snapshotOf tells everything that edits can change.
func snapshotOf(s *State) string {
	var out strings.Builder
	for _, entity := range []string{EntitySite, EntityLocation, EntityProduct, EntityBarcode, EntityPartner, EntityConstraint, EntityOperator, EntityRight} {
		for _, it := range s.Items(entity) {
			v, _ := s.Item(it)
			fmt.Fprintln(&out, v)
		}
	}
	for _, p := range s.places {
		fmt.Fprint(&out, p.ref, p.Closing, " ")
	}
	for _, p := range s.products {
		fmt.Fprint(&out, p.Code, p.Closing, p.Moved, " ")
	}
	for _, c := range s.CellsOf(nil) {
		fmt.Fprint(&out, c.Product.Code, c.Place.ref, c.Quantity, " ")
	}
	fmt.Fprintln(&out, s.Constraints(1, nil), s.OpenAlerts())
	return out.String()
}

// Trying changes nothing, whatever it would do; making each item, and taking it
// back, is the same as never.
func TestTryChangesNothing(t *testing.T) {
	s := world(t)
	before := snapshotOf(s)
	edits, _, f := s.Edit([]Patch{
		{Entity: EntitySite, Code: "depot", Fields: map[string]string{"negative": "refuse"}},
		{Entity: EntityLocation, Site: "depot", Code: "D-1", Fields: map[string]string{"parent": "stock"}},
		{Entity: EntityLocation, Code: "ACME", Fields: map[string]string{"kind": "supplier"}},
		{Entity: EntityProduct, Code: "NUT", Fields: map[string]string{"attribute.size": "M6"}},
		{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"name": "Bolt", "unit.box": "24"}},
		{Entity: EntityBarcode, Code: "96385074", Fields: map[string]string{"product": "NUT"}},
		{Entity: EntityPartner, Code: "X", Fields: map[string]string{"kind": "customer"}},
		{Entity: EntityConstraint, Code: "NUT", Site: "depot", Location: "D-1", Fields: map[string]string{"min": "3"}},
		{Entity: EntityOperator, Code: "ann", Fields: map[string]string{"site": "depot", "active": "false"}},
	}, 10, 1, true)
	if f != nil || len(edits) != 9 {
		t.Fatalf("%d edits, %v", len(edits), f)
	}
	if after := snapshotOf(s); after != before {
		t.Errorf("trying changed something:\n%s\n%s", before, after)
	}
}

func TestTooMuchAtOnce(t *testing.T) {
	s := world(t)
	var patches []Patch
	for i := range 20_000 {
		patches = append(patches, Patch{Entity: EntityProduct, Code: fmt.Sprint("P-", i), Fields: map[string]string{"name": strings.Repeat("n", 900)}})
	}
	if _, _, f := s.Edit(patches, 1, 1, false); f == nil || f.Code != TooLarge || s.Products() != 3 {
		t.Errorf("%v, %d products", f, s.Products())
	}
}

// Goods that land on what was deleted reopen it as closing, with an exception.
func TestClosing(t *testing.T) {
	s := world(t, Patch{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"deleted": "true"}},
		Patch{Entity: EntityLocation, Site: "main", Code: "B-01", Fields: map[string]string{"deleted": "true"}})
	if said := bring(s, 1, "BOLT", 1, "B-01"); len(said) != 2 {
		t.Fatalf("%q", said)
	}
	before := snapshotOf(s)
	for _, deleted := range []string{"false", "true"} {
		if _, _, f := s.Edit([]Patch{{Entity: EntityLocation, Site: "main", Code: "B-01", Fields: map[string]string{"deleted": deleted}}}, 2, 2, true); f != nil || snapshotOf(s) != before {
			t.Errorf("trying deleted=%s: %v", deleted, f)
		}
	}
}

// Moving a place out of a constraint's tree is told like goods that leave it.
func TestAlertsOfMovedPlaces(t *testing.T) {
	s := world(t, Patch{Entity: EntityConstraint, Code: "BOLT", Site: "main", Location: "A", Fields: map[string]string{"min": "1"}})
	bring(s, 1, "BOLT", 5, "A-01")
	done, _, f := s.Edit([]Patch{{Entity: EntityLocation, Site: "main", Code: "A-01", Fields: map[string]string{"parent": ""}}}, 2, 2, false)
	if f != nil || len(done) != 1 || len(done[0].Alerts) != 2 || done[0].Alerts[0].Kind != "low" {
		t.Errorf("%+v, %v", done, f)
	}
}

// world is a state with a few products and places.
func world(t *testing.T, edits ...Patch) *State {
	t.Helper()
	s := NewState()
	patches := slices.Concat(Foundation(), []Patch{
		{Entity: EntityLocation, Site: "main", Code: "A", Fields: map[string]string{}},
		{Entity: EntityLocation, Site: "main", Code: "A-01", Fields: map[string]string{"parent": "A"}},
		{Entity: EntityLocation, Site: "main", Code: "B-01", Fields: map[string]string{}},
		{Entity: EntityProduct, Code: "BOLT", Fields: map[string]string{"unit": "piece", "unit.box": "12"}},
		{Entity: EntityProduct, Code: "OIL", Fields: map[string]string{"unit": "litre", "decimals": "3"}},
		{Entity: EntityProduct, Code: "FEE", Fields: map[string]string{"stocked": "false"}},
		{Entity: EntityBarcode, Code: "4006381333931", Fields: map[string]string{"product": "BOLT", "quantity": "24"}},
	}, edits)
	if _, i, f := s.Edit(patches, 1, 1, false); f != nil {
		t.Fatalf("patch %d: %v", i, f)
	}
	s.TakeChanges()
	return s
}

// bring posts goods from the supplier to a place.
func bring(s *State, n uint64, product string, quantity int64, code string) []string {
	p, _ := s.Product(product)
	from, _ := s.Place("", "supplier")
	to, _ := s.Place("main", code)
	s.Begin(n, Time(n))
	s.Shift(s.CellOf(p, from, "", "", false), s.CellOf(p, to, "", "", false), quantity)
	said := s.Landed(p, to)
	s.Post()
	return said
}
