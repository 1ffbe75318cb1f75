package settle

import (
	"math/rand/v2"
	"slices"
	"testing"

	"bayledger/sync/ledger"
)

// homecoming is a day of which most is moves between shelves, hours apart, that arrive
// late and in any order; what else was done was done early, mostly.
func homecoming(rng *rand.Rand, count int, packages bool) []scanned {
	const minute = ledger.Time(60e6)
	scans := day(rng, count, packages)
	for i := range scans {
		in := &scans[i].in
		at := rng.IntN(count)
		if plain := in.Action == "map"; rng.IntN(4) > 0 && !plain {
			*in = ledger.Intent{Device: in.Device, Install: in.Install, Seq: in.Seq, Action: "move", Product: []string{"BOLT", "OIL"}[rng.IntN(2)],
				Quantity: ledger.NewDecimal(int64(1+rng.IntN(6)), 0), From: []string{"stock", "A-01", "quarantine"}[rng.IntN(3)], To: []string{"B-01", "stock", "A-01"}[rng.IntN(3)]}
		} else if rng.IntN(8) > 0 {
			at /= 6
		}
		scans[i].tEff = 1_000 + minute*ledger.Time(3*at)
	}
	return scans
}

// What needs nothing of its history is booked without it, and the books are what a
// naive fold says: over restarts, where all is forgotten at once, before what was
// booked aside is stored, and where it is undone, counted or held afterwards.
func TestWhatIsBookedAside(t *testing.T) {
	aside := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 11))
		scans := homecoming(rng, 30+rng.IntN(120), seed%3 == 2)
		r := spread(seed, rng, scans)
		r.negative = string(ledger.PolicyAllow)
		rng.Shuffle(len(scans), func(i, j int) { scans[i], scans[j] = scans[j], scans[i] })
		b, n := comesHome(t, scans, r, rng)
		if got, want := held(b), judge(t, scans, r); got != want {
			t.Fatalf("seed %d (%v):\n%s\n%s", seed, r, difference(got, want), listed(scans))
		}
		checkZeroSum(t, b.state)
		aside += n
	}
	if aside < 500 {
		t.Errorf("only %d scans were booked aside", aside)
	}
}

// lagging is a past of which the last batch is not stored yet.
type lagging struct {
	*stored
	last uint64 // the last batch that is
}

func (l *lagging) Appended(key []byte, fn func(Piece) (bool, error)) error {
	return l.stored.Appended(key, func(p Piece) (bool, error) {
		if p.First > l.last {
			return true, nil
		}
		return fn(p)
	})
}

// comesHome books scans as they arrive, all long after they were made, and tells how
// many were booked aside.
func comesHome(t *testing.T, scans []scanned, r rules, rng *rand.Rand) (b *Books, aside int) {
	w := world(t, ledger.Patch{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": r.negative}},
		ledger.Patch{Entity: ledger.EntitySite, Code: "north"}, ledger.Patch{Entity: ledger.EntityLocation, Site: "north", Code: "N-01"},
		ledger.Patch{Entity: ledger.EntitySetting, Code: ledger.BookCode, Fields: map[string]string{"pools": r.pools}})
	st, b := w.stored, w.Books
	past := &lagging{stored: st, last: st.batches}
	b.past, b.warmPieces = past, 1
	n, sealed, stored := uint64(100), uint64(100), uint64(100)
	var warm *ledger.Product // of which somebody reads the history
	now := func() ledger.Time { return ledger.Time(1e12) + ledger.Time(n) }
	for i := range scans {
		n++
		b.maxFacts, b.pointEvery = rng.IntN(8), 1+rng.IntN(6)
		in := scans[i].in
		if p, known := b.state.Product(in.Product); known && warm == nil && rng.IntN(25) == 0 {
			warm = p
			if _, err := b.Warm(warm, 1_000, true); err != nil {
				t.Fatal(err)
			}
		} else if warm != nil && rng.IntN(8) == 0 {
			b.Cool(warm)
			warm = nil
		}
		d := st.decide(b, &ledger.Received{Intent: in, Fault: in.Check()}, ledger.Receipt{N: n, BookedAt: now(), TEff: scans[i].tEff, Arrived: now(), Role: "supervisor"})
		if d.Outcome == ledger.Refused || d.Outcome == ledger.Parked && d.Waits == (ledger.Unknown{}) {
			t.Fatalf("%+v: %s %s", in, d.Outcome, d.Message)
		}
		if slices.ContainsFunc(b.did, func(d deed) bool { return d.aside }) {
			aside++
		}
		if rng.IntN(3) > 0 {
			continue
		}
		n++
		b.Seal(n, stored)
		past.last = st.batches // while a batch is stored the next one is decided
		st.takeChanges(b, now())
		if stored, sealed = sealed, n; rng.IntN(30) == 0 {
			b, warm, stored, past.last = st.reopen(t), nil, n, st.batches
			b.past, b.warmPieces = past, 1
		}
	}
	if warm != nil {
		b.Cool(warm)
	}
	b.Seal(n+1, stored)
	st.takeChanges(b, now())
	past.last = st.batches
	b.forget(n + 1)
	if len(b.asides) > 0 {
		t.Error("what is stored is kept aside")
	}
	return b, aside
}
