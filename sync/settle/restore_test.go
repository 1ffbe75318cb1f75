package settle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

func restoreLife(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	s, st := ledger.NewState(), newStored()
	books := New(s, st)
	if _, _, f := s.Edit(slices.Concat(ledger.Foundation(), []ledger.Patch{
		{Entity: ledger.EntityLocation, Site: "main", Code: "Z", Fields: map[string]string{}},
		{Entity: ledger.EntityLocation, Site: "main", Code: "A", Fields: map[string]string{"parent": "Z"}},
		{Entity: ledger.EntityProduct, Code: "P", Fields: map[string]string{}},
		{Entity: ledger.EntityProduct, Code: "Q", Fields: map[string]string{"decimals": "2", "attribute.colour": "red", "unit.box": "6"}},
		{Entity: ledger.EntityConstraint, Code: "P", Site: "main", Location: "Z", Fields: map[string]string{"min": "3"}},
		{Entity: ledger.EntityConstraint, Code: "P", Site: "main", Fields: map[string]string{"min": "5", "max": "9"}},
		{Entity: ledger.EntityConstraint, Code: "P", Site: "main", Location: "A", Fields: map[string]string{"max": "2"}},
	}), 1, 1, false); f != nil {
		t.Fatal(f)
	}
	pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
	for n := uint64(1); n < 300; n++ {
		in := ledger.Intent{Device: "D", Install: "i", Seq: n, Action: pick("add", "remove", "move", "count", "isolate", "scrap", "release"),
			Product: pick("P", "Q", "R"), Quantity: ledger.NewDecimal(int64(rng.IntN(9)+1), 0), From: pick("A", "stock", "quarantine"), To: pick("A", "Z", "quarantine"),
			Lot: pick("", "L1", "L2"), Mode: pick("", "", "command")}
		r := ledger.Received{Intent: in, Fault: in.Check()}
		st.decide(books, &r, ledger.Receipt{N: n, BookedAt: ledger.Time(10 + n), TEff: ledger.Time(10 + n - n%11%5)})
		checkZeroSum(t, s)
		if n%7 == 0 {
			st.take(books, n, ledger.Time(10+n))
			again := st.reopen(t)
			compareStates(t, s, again.state)
			// What comes next is decided alike by both, alerts and all.
			next := ledger.Received{Intent: ledger.Intent{Device: "D", Install: "i", Seq: n, Action: ledger.ActionMove, Product: "P", Quantity: ledger.NewDecimal(int64(1+rng.IntN(5)), 0), From: "A", To: "stock"}}
			at := ledger.Receipt{N: n, BookedAt: ledger.Time(n), TEff: ledger.Time(n)}
			if x, y := fmt.Sprintf("%+v", books.Decide(&next, at).Alerts), fmt.Sprintf("%+v", again.Decide(&next, at).Alerts); x != y {
				t.Fatalf("the same scan is decided differently after a restart:\n %s\n %s", x, y)
			}
		}
	}
}

func compareStates(t *testing.T, a, b *ledger.State) {
	t.Helper()
	if stock(a) != stock(b) {
		t.Fatalf("the books differ:\n %s \n %s", stock(a), stock(b))
	}
	if x, y := fmt.Sprint(a.Constraints(1, nil)), fmt.Sprint(b.Constraints(1, nil)); x != y {
		t.Fatalf("the constraints differ:\n %s\n %s", x, y)
	}
	if x, y := fmt.Sprint(a.OpenAlerts()), fmt.Sprint(b.OpenAlerts()); x != y {
		t.Fatalf("the alerts differ:\n %s\n %s", x, y)
	}
	for _, entity := range []string{ledger.EntitySite, ledger.EntityLocation, ledger.EntityProduct, ledger.EntityBarcode, ledger.EntityPartner, ledger.EntityConstraint, ledger.EntityOperator, ledger.EntityRight} {
		for _, it := range a.Items(entity) {
			x, _ := a.Item(it)
			y, _ := b.Item(it)
			if fmt.Sprint(x) != fmt.Sprint(y) {
				t.Fatalf("%v differs:\n %v\n %v", it, x, y)
			}
		}
	}
}
