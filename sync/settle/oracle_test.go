package settle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/ledger"
	"bayledger/sync/simulation/oracle"
)

// setup is the world of these tests as the oracle is told of it.
func setup(r rules) oracle.Setup {
	return oracle.Setup{
		Locations: []oracle.Location{{Site: "north", Code: "N-01", Kind: "stock"}, {Site: "main", Code: "A", Kind: "stock"}, {Site: "main", Code: "A-01", Kind: "stock", Parent: "A"}, {Site: "main", Code: "B-01", Kind: "stock"}},
		Products: []oracle.Product{{Code: "BOLT", Unit: "piece", Units: map[string]string{"box": "12"}, Tracking: "none", Costing: "average"},
			{Code: "OIL", Unit: "litre", Decimals: 3, Tracking: "none", Costing: "fifo"}, {Code: "FEE", NotStocked: true, Tracking: "none", Costing: "average"}},
		Barcodes: []oracle.Barcode{{Code: "4006381333931", Product: "BOLT", Quantity: "24"}},
		Settings: []oracle.Setting{{Name: "negative", Site: "main", Value: r.negative}, {Name: "pools", Value: r.pools}},
	}
}

// judge folds scans the naive way and says what the books must hold, in the words
// of stock.
func judge(t *testing.T, scans []scanned, r rules) string {
	t.Helper()
	facts := make([]oracle.Fact, len(scans))
	for i := range scans {
		in, _ := ledger.AppendIntent(nil, &scans[i].in)
		facts[i] = oracle.Fact{TEff: int64(scans[i].tEff), Role: "supervisor", Intent: in, Holds: scans[i].stamped}
	}
	books, err := oracle.Fold(setup(r), facts)
	if err != nil {
		t.Fatal(err)
	}
	words := make([]string, 0, len(books.Balances))
	for c, quantity := range books.Balances {
		words = append(words, fmt.Sprint(c.Location, "|", c.Package, "|", c.Product, "|", c.Lot, "|", c.Serial, "|", c.Status, "=", quantity))
	}
	for p, value := range books.Values {
		words = append(words, fmt.Sprint("value of ", p.Product, " ", p.Site, " ", value))
	}
	for f, value := range books.Flows {
		words = append(words, fmt.Sprint("value of ", f.Product, " at ", f.Location, " ", value))
	}
	for code, place := range books.Packages {
		words = append(words, fmt.Sprint("package ", code, " ", place, " ", books.Parents[code]))
	}
	for s, place := range books.Serials {
		words = append(words, fmt.Sprint("serial ", s.Product, " ", s.Serial, " ", place))
	}
	slices.Sort(words)
	return strings.Join(words, "\n") + fmt.Sprint("\n", books.Holds)
}

func held(b *Books) string {
	var words []string
	for _, c := range b.state.CellsOf(nil) {
		words = append(words, fmt.Sprint(c.At.Ref(), "|", c.Place.PackageCode(), "|", c.Product.Code, "|", c.Lot, "|", c.Serial, "|", c.Status(), "=", ledger.FormatScaled(c.Quantity, c.Product.Decimals)))
	}
	for _, p := range b.Packages() {
		words = append(words, fmt.Sprint("package ", p.Code, " ", p.Place, " ", p.Parent))
	}
	for _, product := range []string{"BOLT", "OIL"} {
		p, _ := b.state.Product(product)
		for _, serial := range []string{"S1", "S2"} {
			if c := b.state.Chain(p, serial); c.At != nil {
				words = append(words, fmt.Sprint("serial ", product, " ", serial, " ", c.At.Place.Stand().Ref()))
			}
		}
	}
	worths, err := b.Worths()
	if err != nil {
		words = append(words, err.Error())
	}
	for _, w := range worths {
		for _, p := range w.Pools {
			if p.Value != 0 {
				words = append(words, fmt.Sprint("value of ", p.Product.Code, " ", p.Site, " ", p.Value))
			}
		}
		for place, value := range w.Accounts {
			words = append(words, fmt.Sprint("value of ", w.Product.Code, " at ", place, " ", value))
		}
	}
	slices.Sort(words)
	return strings.Join(words, "\n") + fmt.Sprint("\n", b.OpenHolds())
}

// The books are what a naive fold of the same scans, written by itself, says.
func TestTheBooksEqualTheOracle(t *testing.T) {
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 4))
		scans, r := dayOf(seed, rng, 6+rng.IntN(40))
		if got, want := held(live(t, scans, r, true, rng)), judge(t, scans, r); got != want {
			t.Fatalf("seed %d (%v):\n%s\n%s", seed, r, difference(got, want), listed(scans))
		}
	}
}

// difference shows the lines that are in one text only.
func difference(got, want string) string {
	var out strings.Builder
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for _, line := range g {
		if !slices.Contains(w, line) {
			fmt.Fprintln(&out, "books: ", line)
		}
	}
	for _, line := range w {
		if !slices.Contains(g, line) {
			fmt.Fprintln(&out, "oracle:", line)
		}
	}
	return out.String()
}
