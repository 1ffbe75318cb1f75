package settle

import (
	"math/rand/v2"
	"strconv"

	"bayledger/sync/ledger"
)

// parcelDay is a day on which packages are what is scanned: few of them, so that
// scans meet.
func parcelDay(rng *rand.Rand, count int) []scanned {
	pick := func(choices ...string) string { return choices[rng.IntN(len(choices))] }
	place := func() string { return pick("A-01", "A-01", "A-01", "B-01", "B-01", "quarantine") }
	code := func() string { return pick("P1", "P1", "P2", "P3") }
	id := func() string { return pick("H-1", "H-2") + "/i/" + strconv.Itoa(1+rng.IntN(count*2/3)) }
	var out []scanned
	seqs := map[string]uint64{}
	for range count {
		device := pick("H-1", "H-2")
		seqs[device]++
		in := ledger.Intent{Device: device, Install: "i", Seq: seqs[device], Reason: "x"}
		goods := func() {
			in.Product, in.Lot, in.Quantity = pick("BOLT", "OIL"), pick("", "L1"), ledger.NewDecimal(int64(1+rng.IntN(4)), 0)
			if rng.IntN(4) == 0 {
				in.Lot, in.Serial, in.Quantity = "", pick("S1", "S2"), ledger.NewDecimal(1, 0)
			}
		}
		in.Package = code()
		switch rng.IntN(14) {
		case 0, 1, 2:
			in.Action, in.To = "add", place()
			goods()
		case 3, 4, 5:
			in.Action, in.To = "move", place()
		case 6:
			in.Action, in.To = pick("remove", "remove", "remove", "scrap"), ""
		case 7, 8:
			in.Action, in.To = "pack", code()
		case 9:
			in.Action, in.From = pick("unpack", "count"), place()
			in.Quantity = ledger.NewDecimal(1, 0)
			if rng.IntN(2) == 0 {
				goods()
			}
		case 10:
			in.Action, in.From = pick("pack", "move", "remove"), place()
			if goods(); in.Action == "move" {
				in.To = place()
			}
		case 11, 12:
			in.Action = "isolate"
			switch rng.IntN(5) {
			case 0, 1:
				in.Package, in.From = "", pick("A-01", "A", "B-01")
			case 2:
				in.Package, in.Product, in.Lot = "", pick("BOLT", "OIL"), pick("L1", "*")
			case 3:
				in.To = pick("", place())
			}
		case 13:
			if in.Package = ""; rng.IntN(2) == 0 {
				in.Action = "release"
				in.Holds = []string{id(), id(), id()}
			} else if in.Action, in.Reference = "undo", id(); in.Reference == nameOf(in.Identity()) {
				in.Reference = "H-9/i/1"
			}
		}
		out = append(out, scanned{in: in, tEff: ledger.Time(1_000 + rng.IntN(count*2))})
	}
	return out
}

// rules are the settings of a day.
type rules struct{ negative, pools string }

// dayOf is the day of a seed: shelves only, packages among them, or packages; at
// one site, or at two.
func dayOf(seed uint64, rng *rand.Rand, count int) (scans []scanned, r rules) {
	if seed%4 == 3 {
		scans = parcelDay(rng, count)
	} else {
		scans = day(rng, count, seed%4 != 0)
	}
	return scans, spread(seed, rng, scans)
}

// spread is the settings of a seed's day; it puts some of what happens on some days
// to another site.
func spread(seed uint64, rng *rand.Rand, scans []scanned) rules {
	r := rules{negative: []string{"allow", "auto-add", "refuse"}[seed%3], pools: ledger.PoolsCompany}
	if seed%8 < 4 {
		return r
	}
	if seed%16 < 12 {
		r.pools = ledger.PoolsSite
	}
	for i := range scans {
		in := &scans[i].in
		in.From, in.To = elsewhere(rng, in, in.From), elsewhere(rng, in, in.To)
	}
	return r
}

// elsewhere puts some of what happens to another site, or on its way there.
func elsewhere(rng *rand.Rand, in *ledger.Intent, place string) string {
	switch {
	case place == "B-01" && in.Action != ledger.ActionMap:
		return "north/N-01"
	case place == "stock" && in.Action != ledger.ActionCount && in.Action != ledger.ActionIsolate && in.Action != ledger.ActionRelease && rng.IntN(2) == 0:
		return "transit"
	case place == "quarantine" && rng.IntN(2) == 0:
		return "north/quarantine"
	}
	return place
}
