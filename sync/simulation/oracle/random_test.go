package oracle_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"bayledger/sync/simulation/oracle"
)

// seeds is how many random days are folded.
const seeds = 40

// TestRandomDays folds days in which anything is scanned, and checks what holds
// of any books.
func TestRandomDays(t *testing.T) {
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 3))
			setup := shop
			if seed%3 == 1 {
				setup = with(oracle.Setting{Name: "pools", Value: "site"})
			}
			if seed%4 == 3 {
				setup.Settings = append(slices.Clone(setup.Settings), oracle.Setting{Name: "negative", Site: "main", Value: "refuse"},
					oracle.Setting{Name: "negative", Product: "NUT", Value: "auto-add", At: 500})
			}
			var facts []oracle.Fact
			for seq := range 60 {
				facts = append(facts, randomFact(t, random, seq+1))
			}
			b := folded(t, setup, facts)
			if seed%4 != 3 {
				inOnePlace(t, b)
			}
			pooled(t, b)
			undone(t, setup, facts, facts[random.IntN(len(facts))])
		})
	}
}

func randomFact(t *testing.T, random *rand.Rand, seq int) oracle.Fact {
	t.Helper()
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	device := pick("ann", "bob", "eve")
	in := map[string]any{"device": device, "install": "i", "seq": seq}
	action := pick("add", "add", "add", "remove", "remove", "move", "move", "move", "isolate", "release", "assemble", "disassemble",
		"pack", "unpack", "count", "count", "count", "scrap", "undo", "session-open", "session-close")
	in["action"] = action
	places := []string{"A", "B", "bin", "aisle", "cage", "quarantine", "stock", "north/N", "transit", "customer", "Jones", ""}
	in["from"], in["to"] = pick(places...), pick(places...)
	in["product"], in["quantity"] = pick("BOLT", "NUT", "TYRE"), fmt.Sprint(1+random.IntN(9))
	in["lot"], in["package"] = pick("", "", "L1", "L2"), pick("", "", "", "P1", "P2", "P3")
	in["reference"], in["asset"], in["reason"] = pick("", "SO-1"), pick("M1", "M2"), pick("", "", "opening")
	switch action {
	case "move":
		in["from"], in["to"] = pick(places[:10]...), pick(places[:10]...)
	case "pack", "unpack":
		in["package"] = pick("P1", "P2", "P3")
		if action == "pack" && random.IntN(3) == 0 {
			in["to"], in["product"], in["quantity"], in["lot"] = pick("P1", "P2", "P3"), "", "", ""
		}
	case "count":
		in["session"], in["section"], in["status"] = pick("", "s"), pick("x", "y"), pick("", "", "held")
	case "add":
		in["unit_cost"], in["delivery"] = pick("", "1.25", "0.333333", "7"), pick("PK-1", "PK-2")
	case "undo":
		in["reference"] = fmt.Sprint(1 + random.IntN(60))
	case "session-open", "session-close":
		in["session"], in["complete"] = "s", true
	}
	switch random.IntN(6) {
	case 0:
		in["product"], in["serial"], in["quantity"] = "PUMP", pick("S1", "S2", "S3"), "1"
		if action == "add" { // else it would be owed where it came from, and lie nowhere once it is back
			in["from"] = "supplier"
		}
	case 1:
		if in["package"] != "" {
			in["product"], in["quantity"], in["lot"] = "", "", ""
		}
	case 2:
		if action == "isolate" || action == "release" {
			in["quantity"], in["lot"] = "", pick("L1", "*")
		}
	}
	var stamped []string
	if action == "release" {
		for n := range 60 {
			if random.IntN(3) == 0 {
				stamped = append(stamped, fmt.Sprintf("ann/i/%d", n+1))
			}
		}
	}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return oracle.Fact{TEff: int64(random.IntN(1000)), Role: "floor", Intent: raw, Holds: stamped}
}

// inOnePlace checks that each piece lies in one place, which is its position.
func inOnePlace(t *testing.T, b oracle.Books) {
	t.Helper()
	found := map[oracle.Serial]string{}
	for c, quantity := range b.Balances {
		if c.Serial != "" && quantity == "1" {
			piece := oracle.Serial{Product: c.Product, Serial: c.Serial}
			if found[piece] != "" {
				t.Errorf("%v is at %s and at %s", piece, found[piece], c.Location)
			}
			found[piece] = c.Location
		}
	}
	if !maps.Equal(found, b.Serials) {
		t.Errorf("pieces lie at %v, and are said to be at %v", found, b.Serials)
	}
}

// pooled checks that pools hold what lies on shelves and is on the way.
func pooled(t *testing.T, b oracle.Books) {
	t.Helper()
	virtual := []string{"supplier", "customer", "Jones", "loss", "scrap", "asset", "opening", "shortage", "breach"}
	lying, layered := map[string]*big.Rat{}, map[string]*big.Rat{}
	add := func(to map[string]*big.Rat, product, text string) {
		quantity, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is no quantity", text)
		}
		if to[product] == nil {
			to[product] = new(big.Rat)
		}
		to[product].Add(to[product], quantity)
	}
	for c, quantity := range b.Balances {
		if !slices.Contains(virtual, c.Location) {
			add(lying, c.Product, quantity)
		}
	}
	perSite := false
	for of, layers := range b.Layers {
		perSite = perSite || of.Site != ""
		for _, l := range layers {
			add(layered, of.Product, l.Quantity)
		}
	}
	for product, quantity := range lying {
		of := layered[product]
		if of == nil {
			of = new(big.Rat)
		}
		if cmp := of.Cmp(quantity); cmp < 0 || cmp > 0 && quantity.Sign() > 0 && !perSite {
			t.Errorf("%s: %s lie in the warehouse, layers have %s", product, quantity.RatString(), of.RatString())
		}
	}
}

// undone checks that a fact undone from above is as if never scanned.
func undone(t *testing.T, setup oracle.Setup, facts []oracle.Fact, target oracle.Fact) {
	t.Helper()
	var named struct {
		Device string
		Seq    int
	}
	if err := json.Unmarshal(target.Intent, &named); err != nil {
		t.Fatal(err)
	}
	undo := fmt.Sprintf(`{"device":"boss","install":"i","seq":1,"action":"undo","reference":"%s/i/%d"}`, named.Device, named.Seq)
	with, err := oracle.Fold(setup, append(slices.Clone(facts), oracle.Fact{TEff: 5000, Role: "supervisor", Intent: json.RawMessage(undo)}))
	if err != nil {
		t.Fatal(err)
	}
	without, err := oracle.Fold(setup, slices.DeleteFunc(slices.Clone(facts), func(f oracle.Fact) bool {
		return string(f.Intent) == string(target.Intent)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(with), fmt.Sprint(without); got != want {
		t.Errorf("undoing %s gives\n%s\nwithout it\n%s", target.Intent, got, want)
	}
}
