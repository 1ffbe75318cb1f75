package settle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// scanned is an intent with its stamped moment.
type scanned struct {
	in      ledger.Intent
	tEff    ledger.Time
	stamped []string // holds, of a release that named none
}

// day is a random day on the floor: everything whose order matters.
func day(rng *rand.Rand, count int, packages bool) []scanned {
	pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
	var out []scanned
	seqs := map[string]uint64{}
	for range count {
		device := pick("H-1", "H-2", "H-3")
		seqs[device]++
		in := ledger.Intent{Device: device, Install: "i", Seq: seqs[device], Reason: "x",
			Action:  pick("add", "add", "remove", "remove", "move", "move", "count", "count", "isolate", "release", "scrap", "undo", "assemble"),
			Product: pick("BOLT", "BOLT", "OIL"), Quantity: ledger.NewDecimal(int64(1+rng.IntN(6)), 0),
			From: pick("stock", "A-01", "B-01", "quarantine"), To: pick("stock", "A-01", "B-01", "quarantine"), Lot: pick("", "", "L1", "L2")}
		switch in.Action {
		case "add":
			in.From = "supplier"
			switch rng.IntN(5) {
			case 0, 1:
				in.UnitCost = ledger.NewDecimal(int64(rng.IntN(1_000_000)), rng.IntN(7))
			case 2:
				in.TotalCost = ledger.NewDecimal(int64(rng.IntN(10_000)), rng.IntN(3))
			case 3:
				in.From, in.Reference, in.Lot, in.Quantity = "customer", pick("SO-1", "SO-1", "SO-2"), "", ledger.NewDecimal(int64(3+rng.IntN(9)), 0)
			}
			in.Delivery = pick("", "", "PK-1")
		case "remove":
			in.To = pick("customer", "customer", "supplier")
			in.Reference = pick("", "SO-1", "SO-2")
		case "scrap", "assemble":
			in.To, in.Asset = "", pick("", "M-1")
			if rng.IntN(2) == 0 && in.Action == "assemble" {
				in.Action, in.From, in.To = "disassemble", "", pick("stock", "A-01")
			}
		case "count":
			in.Quantity, in.To, in.Status = ledger.NewDecimal(int64(rng.IntN(9)), 0), "", pick("", "", "", "held", "available")
		case "undo":
			other := pick("H-1", "H-2", "H-3")
			in = ledger.Intent{Device: device, Install: "i", Seq: in.Seq, Action: "undo", Reference: other + "/i/" + strconv.Itoa(1+rng.IntN(count/3))}
			if in.Reference == nameOf(in.Identity()) {
				in.Reference = "H-9/i/1"
			}
		case "isolate":
			if rng.IntN(2) == 0 {
				in.Quantity, in.From, in.To = ledger.Decimal{}, "", ""
				if in.Lot = pick("L1", "L2", "*", ""); in.Lot == "" {
					in.Product, in.From = "", pick("A-01", "A", "B-01")
				}
			}
		case "release":
			if rng.IntN(2) == 0 {
				in = ledger.Intent{Device: device, Install: "i", Seq: in.Seq, Action: "release", Reason: "x"}
				for range 4 {
					in.Holds = append(in.Holds, pick("H-1", "H-2", "H-3")+"/i/"+strconv.Itoa(1+rng.IntN(count/3)))
				}
			}
		}
		if in.Product != "" && in.Action != "undo" && len(in.Holds) == 0 && in.Quantity.IsSet() && rng.IntN(6) == 0 {
			in.Lot, in.Serial, in.Quantity, in.Status = "", pick("S1", "S2"), ledger.NewDecimal(1, 0), ""
			if in.Action == "count" && rng.IntN(2) == 0 {
				in.Quantity = ledger.NewDecimal(0, 0)
			}
		}
		if in.Product == "BOLT" && rng.IntN(12) == 0 {
			in.Product, in.Scan = "", pick("]E0555", "555") // nobody knows it before the map below
		}
		if in.To == "B-01" && rng.IntN(12) == 0 {
			in.To = "Z-9"
		}
		if rng.IntN(2) == 0 && packages {
			packed(rng, &in)
			if in.Action == "pack" && in.To == "Z-9" {
				in.To = "B-01" // what a code is that is no place yet would depend on the arrival
			}
		}
		out = append(out, scanned{in: in, tEff: ledger.Time(1_000 + rng.IntN(count))}) // some at the same moment
	}
	for i, in := range []ledger.Intent{{Raw: "555", Product: "BOLT"}, {Raw: "Z-9", To: "B-01"}} {
		in.Device, in.Install, in.Seq, in.Action = "S-1", "i", uint64(i+1), "map"
		at := rng.IntN(len(out) + 1)
		out = slices.Insert(out, at, scanned{in: in, tEff: ledger.Time(1_000 + rng.IntN(count))})
	}
	return out
}

// packed makes an intent one about packages.
func packed(rng *rand.Rand, in *ledger.Intent) {
	pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
	switch in.Action {
	case "undo":
		return
	case "release":
		if len(in.Holds) > 0 {
			return
		}
	case "isolate":
		if !in.Quantity.IsSet() {
			in.Product, in.Lot, in.Package, in.From, in.To = "", "", pick("P1", "P2", "P3"), "", pick("", "B-01", "quarantine")
			if rng.IntN(3) == 0 {
				in.Package, in.Product, in.Serial = "", "BOLT", pick("S1", "S2")
			}
			return
		}
	}
	in.Package = pick("P1", "P2", "P3")
	if in.Quantity.IsSet() && in.Serial == "" && rng.IntN(5) == 0 {
		one := ledger.NewDecimal(1, 0)
		in.Lines = []ledger.Line{{Package: pick("P1", "P2")}, {Product: "OIL", Package: "P3", Lot: pick("", "L1")}, {Serial: pick("S1", "S2"), Product: "BOLT", Quantity: one}}
		if rng.IntN(2) == 0 {
			in.Package = "" // then some lines are of no package
		}
		if in.Action == "isolate" || in.Action == "release" {
			in.Lines = in.Lines[:1+rng.IntN(2)]
		}
		if rng.IntN(2) == 0 {
			in.Product = ""
			in.Lines[0].Product, in.Lines[0].Lot = "", ""
			in.Lot = ""
		}
		return
	}
	if in.Action == "move" || in.Action == "remove" && rng.IntN(2) == 0 {
		in.Action = pick("pack", "pack", "unpack", "move", in.Action)
	}
	if rng.IntN(3) == 0 {
		in.Product, in.Lot, in.Serial, in.Status = "", "", "", ""
		if in.Action == "pack" {
			in.To = pick("P1", "P2", "P3")
		}
		if !in.Quantity.IsSet() || in.Action != "count" {
			in.Quantity = ledger.NewDecimal(1, 0)
		}
	}
}

// The books do not know in which order the scans arrived: not where facts are
// forgotten and read again, nor over restarts.
func TestAnyArrivalOrderGivesTheSameBooks(t *testing.T) {
	seeds := 120
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 3))
		scans, r := dayOf(seed, rng, 12+rng.IntN(80))
		inOrder := slices.Clone(scans)
		slices.SortFunc(inOrder, func(a, b scanned) int {
			x, y := first(a.in.Identity(), a.tEff), first(b.in.Identity(), b.tEff)
			return x.Compare(&y)
		})
		var want string
		for order := range 5 {
			arriving := inOrder
			if order > 0 {
				arriving = slices.Clone(scans)
				rng.Shuffle(len(arriving), func(i, j int) { arriving[i], arriving[j] = arriving[j], arriving[i] })
			}
			b := live(t, arriving, r, order > 1, rng)
			got := held(b) + "\n" + open(b)
			if order == 0 {
				want = got
			} else if got != want {
				t.Fatalf("seed %d, order %d (%v):\n%s\n%s", seed, order, r, difference(got, want), listed(arriving))
			}
		}
	}
}

func listed(scans []scanned) string {
	var out strings.Builder
	for i, s := range scans {
		in, _ := ledger.AppendIntent(nil, &s.in)
		fmt.Fprintf(&out, "%d: at %d %s\n", i+1, s.tEff, in)
	}
	return out.String()
}

// live books scans in the order in which they arrive and says what the books hold.
func live(t *testing.T, scans []scanned, r rules, restarts bool, rng *rand.Rand, edits ...ledger.Patch) *Books {
	w := world(t, append(edits, ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": r.negative}},
		ledger.Patch{Entity: ledger.EntitySite, Code: "north"}, ledger.Patch{Entity: ledger.EntityLocation, Site: "north", Code: "N-01"},
		ledger.Patch{Entity: ledger.EntitySetting, Code: ledger.BookCode, Fields: map[string]string{"pools": r.pools}})...)
	st, b := w.stored, w.Books
	b.pointEvery = 1 + rng.IntN(6)
	moved, worth := map[string]int64{}, map[string]int64{}
	count := func(moves []ledger.Move) {
		for _, m := range moves {
			q, _ := ledger.ParseDecimal(m.Quantity)
			n, _ := q.Scaled(3)
			tag := m.Product + " " + m.Lot + " " + m.Serial + " "
			moved[tag+m.From+" "+m.FromPackage+" "+string(m.FromStatus)] -= n
			moved[tag+m.To+" "+m.ToPackage+" "+string(m.ToStatus)] += n
			v, err := ledger.ParseDecimal(m.Value)
			value, _ := v.Scaled(ledger.MoneyDecimals)
			if err != nil || value < 0 {
				t.Fatalf("the value %q", m.Value)
			}
			worth[m.Product+" at "+m.From] -= value
			worth[m.Product+" at "+m.To] += value
			for _, end := range [...]struct {
				place string
				sign  int64
			}{{m.From, -1}, {m.To, 1}} {
				if site, pooled := b.PoolOf(end.place); pooled {
					delete(worth, m.Product+" at "+end.place)
					worth[m.Product+" "+site] += end.sign * value
				}
			}
		}
	}
	n := uint64(100) // above those of the world's edits
	for i := range scans {
		s := &scans[i]
		n++
		r := ledger.Received{Intent: s.in, Fault: s.in.Check()}
		d := st.decide(b, &r, ledger.Receipt{N: n, BookedAt: ledger.Time(10_000 + n), TEff: s.tEff, Arrived: ledger.Time(10_000 + n), Role: "supervisor"})
		if d.Outcome == ledger.Refused || d.Outcome == ledger.Parked && d.Waits == (ledger.Unknown{}) {
			t.Fatalf("%+v: %s %s", s.in, d.Outcome, d.Message)
		}
		checkZeroSum(t, b.state)
		count(d.Moves)
		if rng.IntN(4) == 0 {
			n++
			count(b.Seal(n, 0))
			st.takeChanges(b, ledger.Time(10_000+n))
			if restarts && rng.IntN(3) == 0 {
				b = st.reopen(t)
				b.maxFacts, b.pointEvery = rng.IntN(20), 1+rng.IntN(6)
			} else {
				b.Seal(n, n) // all of it is stored: some is forgotten
			}
		}
	}
	n++
	count(b.Seal(n, 0)) // what was not taken yet cannot be read again
	for _, c := range b.state.CellsOf(nil) {
		q, _ := ledger.NewDecimal(c.Quantity, c.Product.Decimals).Scaled(3)
		key := c.Product.Code + " " + c.Lot + " " + c.Serial + " " + c.At.Ref() + " " + c.Place.PackageCode() + " " + string(c.Status())
		if moved[key] != q {
			t.Fatalf("%s holds %d and its moves say %d\n%s", key, q, moved[key], listed(scans))
		}
		delete(moved, key)
	}
	for key, q := range moved {
		if q != 0 {
			t.Fatalf("%s holds nothing and its moves say %d\n%s", key, q, listed(scans))
		}
	}
	worths, err := b.Worths()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range worths {
		for place, value := range x.Accounts {
			worth[x.Product.Code+" at "+place] -= value
		}
		for _, p := range x.Pools {
			worth[x.Product.Code+" "+p.Site] -= p.Value
		}
	}
	for key, value := range worth {
		if value != 0 {
			t.Fatalf("the value of %s is %d more by its moves than by the books\n%s", key, value, listed(scans))
		}
	}
	return b
}
