package settle

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"bayledger/sync/ledger"
)

// sessionDay is a day on which shelves are counted by several people while others
// work there: few places and few sessions, so that scans meet.
func sessionDay(rng *rand.Rand, count int, packages bool) []scanned {
	pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
	place := func() string { return pick("A-01", "A-01", "A-01", "B-01", "quarantine") }
	var out []scanned
	seqs := map[string]uint64{}
	for range count {
		device := pick("H-1", "H-2", "H-3")
		seqs[device]++
		in := ledger.Intent{Device: device, Install: "i", Seq: seqs[device], Reason: "x"}
		goods := func() {
			in.Product, in.Lot, in.Quantity = pick("BOLT", "BOLT", "OIL"), pick("", "", "L1", "L2"), ledger.NewDecimal(int64(1+rng.IntN(6)), 0)
			if rng.IntN(4) == 0 {
				in.Lot, in.Serial, in.Quantity = pick("", "", "L1"), pick("S1", "S2"), ledger.NewDecimal(1, 0)
			}
			if packages && rng.IntN(4) == 0 {
				in.Package = pick("P1", "P2")
			}
			if in.Product == "BOLT" && rng.IntN(15) == 0 {
				in.Product, in.Scan = "", "555" // nobody knows it before the map below
			}
		}
		switch roll := rng.IntN(30); {
		case roll < 6:
			in.Action, in.To = "add", place()
			if goods(); rng.IntN(2) == 0 {
				in.UnitCost = ledger.NewDecimal(int64(rng.IntN(100_000)), 4)
			}
		case roll < 10:
			in.Action, in.From, in.To = pick("move", "move", "remove", "isolate", "release", "scrap"), place(), ""
			if goods(); in.Action == "move" || in.Action == "isolate" || in.Action == "release" {
				in.To = place()
			}
		case roll < 19:
			in.Action, in.From, in.Session, in.Section = "count", place(), pick("s", "s", "s", "r"), pick("", "", "left", "right")
			if goods(); in.Serial == "" {
				in.Quantity, in.Status = ledger.NewDecimal(int64(rng.IntN(7)), 0), pick("", "", "", "held", "available")
			} else if rng.IntN(2) == 0 {
				in.Quantity = ledger.NewDecimal(0, 0)
			}
			switch rng.IntN(8) {
			case 0:
				in.UnitCost = ledger.NewDecimal(int64(rng.IntN(100_000)), 4)
			case 1:
				in.TotalCost = ledger.NewDecimal(int64(rng.IntN(1_000)), 2)
			case 2:
				in.Reason = "opening"
			case 3:
				two := ledger.NewDecimal(2, 0)
				in.Lines = []ledger.Line{{Product: "BOLT", Quantity: two}, {Product: "OIL", Lot: "L1", Quantity: two}, {Product: "BOLT", Quantity: two}}
				in.Serial, in.Lot, in.TotalCost = "", "", ledger.Decimal{}
			}
			if rng.IntN(6) == 0 {
				in.Session = "" // by itself
			}
		case roll < 22:
			in.Action, in.Session, in.From = "session-open", pick("s", "s", "r"), pick("A-01", "B-01")
		case roll < 26:
			in.Action, in.Session, in.From, in.Complete = "session-close", pick("s", "s", "r"), place(), rng.IntN(4) > 0
			if rng.IntN(12) == 0 {
				in.From = "Z-9"
			}
		case roll < 29:
			in.Action, in.Reference = "undo", pick("H-1", "H-2", "H-3")+"/i/"+strconv.Itoa(1+rng.IntN(count/3))
			if in.Reference == nameOf(in.Identity()) {
				in.Reference = "H-9/i/1"
			}
		default:
			in.Action, in.Product, in.Lot = "isolate", "BOLT", pick("L1", "*")
			if packages {
				in.Action, in.Product, in.Lot, in.Package, in.To = pick("unpack", "pack", "move"), "", "", "P1", place()
				if in.From = place(); in.Action == "pack" {
					in.To = pick("P2", "A-01")
				}
			}
		}
		out = append(out, scanned{in: in, tEff: ledger.Time(1_000 + rng.IntN(count*2))})
	}
	for i, in := range []ledger.Intent{{Raw: "555", Product: "BOLT"}, {Raw: "Z-9", To: "B-01"}} {
		in.Device, in.Install, in.Seq, in.Action = "S-1", "i", uint64(i+1), "map"
		at := rng.IntN(len(out) + 1)
		out = slices.Insert(out, at, scanned{in: in, tEff: ledger.Time(1_000 + rng.IntN(count))})
	}
	return out
}

// Count sessions end as a naive fold says, whatever the order in which lines,
// openings, closings and everything else arrive, over restarts and with little
// memory.
func TestSessionsEqualTheOracle(t *testing.T) {
	for seed := range uint64(700) {
		rng := rand.New(rand.NewPCG(seed, 5))
		scans := sessionDay(rng, 8+rng.IntN(50), seed%4 == 3)
		r := spread(seed, rng, scans)
		want := judge(t, scans, r)
		inOrder := slices.Clone(scans)
		slices.SortFunc(inOrder, func(a, b scanned) int {
			x, y := first(a.in.Identity(), a.tEff), first(b.in.Identity(), b.tEff)
			return x.Compare(&y)
		})
		exceptions := ""
		for order := range 3 {
			arriving := inOrder
			if order > 0 {
				arriving = slices.Clone(scans)
				rng.Shuffle(len(arriving), func(i, j int) { arriving[i], arriving[j] = arriving[j], arriving[i] })
			}
			b := live(t, arriving, r, order > 1, rng)
			if got := held(b); got != want {
				t.Fatalf("seed %d, order %d (%v):\n%s\n%s", seed, order, r, difference(got, want), listed(arriving))
			}
			if order == 0 {
				exceptions = open(b)
			} else if got := open(b); got != exceptions {
				t.Fatalf("seed %d, order %d (%v):\n%s\n%s", seed, order, r, difference(got, exceptions), listed(arriving))
			}
		}
	}
}

// A verification folds sessions again from the stamps alone, and comes to the same.
func TestSessionsFoldAgain(t *testing.T) {
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 6))
		scans := sessionDay(rng, 8+rng.IntN(50), seed%4 == 3)
		rng.Shuffle(len(scans), func(i, j int) { scans[i], scans[j] = scans[j], scans[i] })
		w := world(t)
		entries := map[uint64]ledger.Identity{}
		for i := range scans {
			n := uint64(i + 2)
			entries[n] = scans[i].in.Identity()
			r := ledger.Received{Intent: scans[i].in, Fault: scans[i].in.Check()}
			w.stored.decide(w.Books, &r, ledger.Receipt{N: n, BookedAt: ledger.Time(10_000 + n), TEff: scans[i].tEff, Arrived: ledger.Time(10_000 + n), Role: "supervisor"})
		}
		w.stored.take(w.Books, uint64(len(scans)+2), 20_000)
		stamps := w.stored.stamps
		for key, value := range w.stored.rows {
			if err := Mapped([]byte(key), value, func(id ledger.Identity, n, _ uint64, stamp []byte) {
				s := stamps[id]
				s.n, s.stamp = n, stamp
				stamps[id] = s
			}); err != nil {
				t.Fatal(err)
			}
		}
		// Packages are master data of the state: those that the books know.
		again := NewAgain(masterOf(t, w.stored), nil, w.stored.stamped)
		for n := uint64(2); n < uint64(len(scans)+2); n++ {
			id := entries[n]
			stamp, err := again.books.state.ReadStamp(stamps[id].stamp)
			if err == nil && stamp.Kind != ledger.StampNothing && stamp.Kind != ledger.StampMap {
				err = again.Take(n, w.stored.intents[id], &stamp)
			}
			if err != nil {
				t.Fatalf("seed %d, entry %d: %v\n%s", seed, n, err, listed(scans))
			}
		}
		if got, want := held(again.Books()), held(w.Books); got != want {
			t.Fatalf("seed %d:\n%s\n%s", seed, difference(got, want), listed(scans))
		}
	}
}

// masterOf loads the master data that was stored, without goods.
func masterOf(t *testing.T, st *stored) *ledger.State {
	t.Helper()
	loader, state := ledger.NewLoader()
	for _, key := range slices.Sorted(maps.Keys(st.rows)) {
		if ledger.IsMasterData([]byte(key)) {
			if err := loader.Load([]byte(key), st.rows[key]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := loader.Finish(); err != nil {
		t.Fatal(err)
	}
	return state
}
