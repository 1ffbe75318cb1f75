package oracle_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/sync/simulation/oracle"
)

// The tables of these tests are written as a stockkeeper would tell them. A fact
// is a line
//
//	09:15 ann remove BOLT 3 from=A lot=L7
//
// moment (or a day's name of the month and moment, "2/09:15"), device, action,
// product, quantity ("-" leaves either out), then fields as in an intent. A line
// that begins with "+" is a further line of the fact before it. Devices number
// their facts in the order written; "boss" is a supervisor, "local" one of north
// alone. What is expected are the cells, in any order: "A BOLT 7" or "A BOLT
// lot=L7 held -2", places of site main by their code alone.

// shop is the master data of most tests.
var shop = oracle.Setup{
	Locations: []oracle.Location{
		{Site: "main", Code: "A", Kind: "stock"}, {Site: "main", Code: "B", Kind: "stock"},
		{Site: "main", Code: "aisle", Kind: "stock"}, {Site: "main", Code: "bin", Kind: "stock", Parent: "aisle"},
		{Site: "main", Code: "cage", Kind: "quarantine"}, {Site: "north", Code: "N", Kind: "stock"},
		{Code: "ACME", Kind: "supplier"}, {Code: "Jones", Kind: "customer"},
	},
	Products: []oracle.Product{
		{Code: "BOLT", Unit: "each", Units: map[string]string{"box": "12", "half": "0.5"}},
		{Code: "NUT", Unit: "each"},
		{Code: "OIL", Unit: "l", Decimals: 3},
		{Code: "PUMP", Unit: "each", Tracking: "serial"},
		{Code: "TYRE", Unit: "each", Costing: "fifo"},
		{Code: "HOUR", Unit: "h", NotStocked: true},
	},
	Barcodes: []oracle.Barcode{
		{Code: "4006381333931", Product: "BOLT"}, {Code: "14006381333938", Product: "BOLT", Quantity: "12"},
		{Code: "OIL-CAN", Product: "OIL", Quantity: "2.5"},
	},
}

// with is the shop with settings.
func with(settings ...oracle.Setting) oracle.Setup {
	s := shop
	s.Settings = settings
	return s
}

// tell reads facts in the notation above.
func tell(t testing.TB, story string) []oracle.Fact {
	t.Helper()
	var facts []oracle.Fact
	var intents []map[string]any
	seqs := map[string]int{}
	for text := range strings.Lines(story) {
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		if words[0] == "+" {
			last := intents[len(intents)-1]
			further := map[string]any{}
			fields(t, further, words[1:])
			lines, _ := last["lines"].([]any)
			last["lines"] = append(lines, further)
			continue
		}
		seqs[words[1]]++
		in := map[string]any{"device": words[1], "install": "i", "seq": seqs[words[1]], "action": words[2]}
		fields(t, in, words[3:])
		fact := oracle.Fact{TEff: moment(t, words[0])}
		switch words[1] {
		case "local":
			fact.Role, fact.Only = "supervisor", "north"
		case "boss":
			fact.Role = "supervisor"
		}
		if stamped, ok := in["stamped"].(string); ok {
			fact.Holds = strings.Split(stamped, ",")
			delete(in, "stamped")
		}
		facts, intents = append(facts, fact), append(intents, in)
	}
	for i, in := range intents {
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		facts[i].Intent = raw
	}
	return facts
}

func fields(t testing.TB, in map[string]any, words []string) {
	t.Helper()
	for i, word := range words {
		name, value, ok := strings.Cut(word, "=")
		switch {
		case !ok && i == 0:
			name, value = "product", word
		case !ok && i == 1:
			name, value = "quantity", word
		case !ok:
			t.Fatalf("%q is not name=value", word)
		}
		switch {
		case value == "-":
		case name == "holds":
			in[name] = strings.Split(value, ",")
		case name == "complete":
			in[name] = true
		default:
			in[name] = value
		}
	}
}

func moment(t testing.TB, text string) int64 {
	t.Helper()
	day, clock, ok := strings.Cut(text, "/")
	if !ok {
		day, clock = "1", text
	}
	at, err := time.Parse("2006-1-2 15:04", "2026-3-"+day+" "+clock)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMicro()
}

// shown spells the cells of books in the notation above, sorted.
func shown(b oracle.Books) []string {
	var cells []string
	for c, quantity := range b.Balances {
		words := []string{strings.TrimPrefix(c.Location, "main/")}
		if c.Package != "" {
			words[0] += "[" + c.Package + "]"
		}
		words = append(words, c.Product)
		if c.Lot != "" {
			words = append(words, "lot="+c.Lot)
		}
		if c.Serial != "" {
			words = append(words, "serial="+c.Serial)
		}
		if c.Status == "held" {
			words = append(words, "held")
		}
		cells = append(cells, strings.Join(append(words, quantity), " "))
	}
	slices.Sort(cells)
	return cells
}

// listed reads what a table expects: texts between commas or on lines.
func listed(text string) []string {
	var list []string
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		if one = strings.Join(strings.Fields(one), " "); one != "" {
			list = append(list, one)
		}
	}
	slices.Sort(list)
	return list
}

// shuffles is how many further orders of arrival each story is told in.
const shuffles = 5

// folded folds facts, checks what must hold of all books, and that the order in
// which the facts are given changes nothing.
func folded(t testing.TB, setup oracle.Setup, facts []oracle.Fact) oracle.Books {
	t.Helper()
	books, err := oracle.Fold(setup, facts)
	if err != nil {
		t.Fatal(err)
	}
	conserved(t, books)
	want := fmt.Sprint(books)
	random := rand.New(rand.NewPCG(1, 2))
	for range shuffles {
		other := slices.Clone(facts)
		random.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		again, err := oracle.Fold(setup, other)
		if got := fmt.Sprint(again); err != nil || got != want {
			t.Fatalf("another order of the same facts gives other books (%v):\n%s\n%s", err, got, want)
		}
	}
	return books
}

// conserved checks that each product's and lot's balances add up to zero, and
// each product's values to the minor unit.
func conserved(t testing.TB, b oracle.Books) {
	t.Helper()
	sums := map[[2]string]*big.Rat{}
	for c, text := range b.Balances {
		quantity, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%v holds %q", c, text)
		}
		of := [2]string{c.Product, c.Lot}
		if sums[of] == nil {
			sums[of] = new(big.Rat)
		}
		sums[of].Add(sums[of], quantity)
	}
	for of, sum := range sums {
		if sum.Sign() != 0 {
			t.Errorf("balances of %v add up to %s", of, sum.RatString())
		}
	}
	values := map[string]*big.Int{}
	value := func(product, text string) {
		amount, ok := new(big.Int).SetString(text, 10)
		if !ok {
			t.Fatalf("%s has value %q", product, text)
		}
		if values[product] == nil {
			values[product] = new(big.Int)
		}
		values[product].Add(values[product], amount)
	}
	for of, text := range b.Values {
		value(of.Product, text)
	}
	for at, text := range b.Flows {
		value(at.Product, text)
	}
	for product, sum := range values {
		if sum.Sign() != 0 {
			t.Errorf("values of %s add up to %s", product, sum)
		}
	}
}

// story is one case of a table.
type story struct {
	name  string
	setup *oracle.Setup // nil is the shop
	facts string
	cells string
	// Further results, judged where they are given.
	holds, serials, packages, parents, values, layers, flows string
}

func (s story) run(t *testing.T) {
	t.Helper()
	setup := shop
	if s.setup != nil {
		setup = *s.setup
	}
	b := folded(t, setup, tell(t, s.facts))
	equal(t, "cells", shown(b), listed(s.cells))
	if s.holds != "" {
		equal(t, "open holds", b.Holds, listed(strings.TrimPrefix(s.holds, "none")))
	}
	var got []string
	for serial, place := range b.Serials {
		got = append(got, serial.Serial+" "+strings.TrimPrefix(place, "main/"))
	}
	judged(t, "serials", got, s.serials)
	judged(t, "packages", pairs(b.Packages), s.packages)
	judged(t, "parents", pairs(b.Parents), s.parents)
	got = nil
	for pool, value := range b.Values {
		got = append(got, strings.TrimSpace(pool.Site+" "+pool.Product+" "+value))
	}
	judged(t, "values", got, s.values)
	got = nil
	for pool, layers := range b.Layers {
		for i, l := range layers {
			got = append(got, fmt.Sprintf("%s %d. %s for %s %s", strings.TrimSpace(pool.Site+" "+pool.Product), i+1, l.Quantity, l.Value, l.Delivery))
		}
	}
	judged(t, "layers", got, s.layers)
	got = nil
	for at, value := range b.Flows {
		got = append(got, fmt.Sprintf("%s %s %s", at.Location, at.Product, value))
	}
	judged(t, "flows", got, s.flows)
}

func pairs(of map[string]string) []string {
	var list []string
	for name, value := range of {
		list = append(list, name+" "+strings.TrimPrefix(value, "main/"))
	}
	return list
}

func judged(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if want != "" {
		got = listed(strings.Join(got, ","))
		equal(t, what, got, listed(strings.TrimPrefix(want, "none")))
	}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got  %s\n want %s", what, strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

func tellAll(t *testing.T, stories []story) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, s.run)
	}
}
