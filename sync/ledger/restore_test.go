package ledger

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func restoreLife(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := NewState()
	rows := map[string][]byte{}
	take := func() {
		for _, r := range s.TakeChanges().Rows {
			if rows[string(r.Key)] = r.Value; r.Value == nil {
				delete(rows, string(r.Key))
			}
		}
	}
	if _, _, f := s.Edit(slices.Concat(Foundation(), []Patch{
		{Entity: EntityLocation, Site: "main", Code: "Z", Fields: map[string]string{}},
		{Entity: EntityLocation, Site: "main", Code: "A", Fields: map[string]string{"parent": "Z"}},
		{Entity: EntityProduct, Code: "P", Fields: map[string]string{}},
		{Entity: EntityProduct, Code: "Q", Fields: map[string]string{"decimals": "2", "attribute.colour": "red", "unit.box": "6"}},
		{Entity: EntityConstraint, Code: "P", Site: "main", Location: "Z", Fields: map[string]string{"min": "3"}},
		{Entity: EntityConstraint, Code: "P", Site: "main", Fields: map[string]string{"min": "5", "max": "9"}},
		{Entity: EntityConstraint, Code: "P", Site: "main", Location: "A", Fields: map[string]string{"max": "2"}},
	}), 1, 1, false); f != nil {
		t.Fatal(f)
	}
	pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
	for n := uint64(1); n < 300; n++ {
		in := Intent{Device: "D", Install: "i", Seq: n, Action: pick("add", "remove", "move", "count", "isolate", "scrap", "release"),
			Product: pick("P", "Q", "R"), Quantity: NewDecimal(int64(rng.IntN(9)+1), 0), From: pick("A", "stock", "quarantine"), To: pick("A", "Z", "quarantine"),
			Lot: pick("", "L1", "L2"), Mode: pick("", "", "command")}
		r := Received{Intent: in, Fault: in.Check()}
		s.Decide(&r, Receipt{N: n, BookedAt: Time(n), TEff: Time(n)})
		checkZeroSum(t, s)
		if n%7 == 0 {
			take()
			again := reload(t, rows)
			compareStates(t, s, again)
			// What comes next is decided alike by both, alerts and all.
			next := Received{Intent: Intent{Device: "D", Install: "i", Seq: n, Action: ActionMove, Product: "P", Quantity: NewDecimal(int64(1+rng.IntN(5)), 0), From: "A", To: "stock"}}
			at := Receipt{N: n, BookedAt: Time(n), TEff: Time(n)}
			if x, y := fmt.Sprintf("%+v", s.Decide(&next, at).Alerts), fmt.Sprintf("%+v", again.Decide(&next, at).Alerts); x != y {
				t.Fatalf("the same scan is decided differently after a restart:\n %s\n %s", x, y)
			}
		}
	}
}

func reload(t *testing.T, rows map[string][]byte) *State {
	t.Helper()
	loader, s := NewLoader()
	for _, key := range sortedKeys(rows) {
		if err := loader.Load([]byte(key), rows[key]); err != nil {
			t.Fatal(err)
		}
	}
	if err := loader.Finish(); err != nil {
		t.Fatal(err)
	}
	return s
}

func compareStates(t *testing.T, a, b *State) {
	t.Helper()
	if stock(a) != stock(b) || a.Cells() != b.Cells() {
		t.Fatalf("the books differ:\n %s (%d)\n %s (%d)", stock(a), a.Cells(), stock(b), b.Cells())
	}
	if x, y := fmt.Sprint(a.Constraints()), fmt.Sprint(b.Constraints()); x != y {
		t.Fatalf("the constraints differ:\n %s\n %s", x, y)
	}
	if x, y := fmt.Sprint(a.OpenAlerts()), fmt.Sprint(b.OpenAlerts()); x != y {
		t.Fatalf("the alerts differ:\n %s\n %s", x, y)
	}
	for _, entity := range []string{EntitySite, EntityLocation, EntityProduct, EntityBarcode, EntityPartner, EntityConstraint} {
		for _, it := range a.Items(entity) {
			x, _ := a.Item(it)
			y, _ := b.Item(it)
			if fmt.Sprint(x) != fmt.Sprint(y) {
				t.Fatalf("%v differs:\n %v\n %v", it, x, y)
			}
		}
	}
}
