package catalogue

import (
	"reflect"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

func books(t *testing.T, patches ...ledger.Patch) *ledger.State {
	t.Helper()
	s := ledger.NewState()
	if _, i, f := s.Edit(append(ledger.Foundation(), patches...), 1, 1, false); f != nil {
		t.Fatalf("patch %d: %v", i, f)
	}
	return s
}

func item(entity, code string, fields ...string) ledger.Patch {
	p := ledger.Patch{Entity: entity, Code: code, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		p.Fields[fields[i]] = fields[i+1]
	}
	return p
}

// A plan that was carried out plans nothing the second time, changes no books while it
// is made, and is the same for the same books.
func TestPlansAreMadeOnce(t *testing.T) {
	s := books(t, item(ledger.EntityCategory, "tools"), item(ledger.EntityCategory, "drills", "parent", "tools"),
		item(ledger.EntityProduct, "SHIRT", "name", "Shirt"), item(ledger.EntityProduct, "D-1", "category", "drills"), item(ledger.EntityProduct, "T-1", "category", "tools"),
		item(ledger.EntityFacility, "VAN"), item(ledger.EntityFacility, "WARD", "location", "stock"))
	axes := []ledger.Axis{{Name: "size", Values: []string{"S", "M"}}, {Name: "colour", Values: []string{"red"}}}
	plans := map[string]func() []ledger.Patch{
		"variants": func() []ledger.Patch {
			plan, f := PlanVariants(s, "SHIRT", &Variants{Axes: axes})
			if f != nil {
				t.Fatal(f)
			}
			return plan.Patches
		},
		"bulk": func() []ledger.Patch {
			_, patches, f := PlanBulk(s, &Filter{Category: "tools"}, map[string]string{"stocked": "false"})
			if f != nil {
				t.Fatal(f)
			}
			return patches
		},
		"facilities": func() []ledger.Patch {
			_, patches := PlanFacilities(s, func(*ledger.Facility) bool { return true })
			return patches
		},
	}
	for name, plan := range plans {
		first := plan()
		if again := plan(); len(first) < 2 || !reflect.DeepEqual(first, again) {
			t.Errorf("%s: %v, then %v", name, first, again)
		}
		if _, _, f := s.Edit(first, 100, 100, false); f != nil {
			t.Fatalf("%s: %v", name, f)
		}
		if done, _, f := s.Edit(plan(), 200, 200, false); f != nil || len(done) > 0 {
			t.Errorf("%s once more: %v, %v", name, done, f)
		}
	}
}

// A code that somebody took between plan and edit refuses the whole of it.
func TestWhatIsMadeTakesNobodysCode(t *testing.T) {
	s := books(t, item(ledger.EntityProduct, "SHIRT"))
	plan, f := PlanVariants(s, "SHIRT", &Variants{Axes: []ledger.Axis{{Name: "size", Values: []string{"S", "M"}}}})
	if f != nil {
		t.Fatal(f)
	}
	if _, _, f := s.Edit([]ledger.Patch{item(ledger.EntityProduct, "SHIRT-M", "name", "mine")}, 100, 100, false); f != nil {
		t.Fatal(f)
	}
	_, bad, f := s.Edit(plan.Patches, 200, 200, false)
	if f == nil || plan.Patches[bad].Code != "SHIRT-M" || !strings.Contains(f.Message, "already") {
		t.Errorf("%d %v", bad, f)
	}
	if _, ok := s.Product("SHIRT-S"); ok {
		t.Error("half of it was made")
	}
}
