package settle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// all says of every exception what it is and what was decided.
func all(b *Books) string {
	var words []string
	for _, r := range b.Exceptions(func(r *ledger.ExceptionView) bool {
		return fromOrder(r) && r.State != ledger.ExceptionCleared
	}) {
		words = append(words, fmt.Sprint("exception ", r.ID, " ", r.State, " ", r.Evidence, " ", r.TakenBy, " ", r.Choice, " ", r.DecidedBy, " ", r.DecidedAt, " ", r.Message))
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}

func sorted(scans []scanned) []scanned {
	out := slices.Clone(scans)
	slices.SortFunc(out, func(a, b scanned) int {
		x, y := first(a.in.Identity(), a.tEff), first(b.in.Identity(), b.tEff)
		return x.Compare(&y)
	})
	return out
}

// What somebody has to look at, on which evidence, and what was decided on it, is
// the same in every order of arrival: also where decisions come before what they
// are about, are undone, or counts wait to be accepted. It is the same over
// restarts, and where the fold is taken from the stamps alone.
func TestAnyArrivalOrderGivesTheSameExceptions(t *testing.T) {
	states := map[string]int{}
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 11))
		scans, r := dayOf(seed, rng, 12+rng.IntN(60))
		doubtAndAccept(rng, scans)
		scans = append(scans, decisionsOn(rng, lived(t, sorted(scans), r, rng))...)
		var want string
		for order := range 5 {
			arriving := sorted(scans)
			if order > 0 {
				rng.Shuffle(len(arriving), func(i, j int) { arriving[i], arriving[j] = arriving[j], arriving[i] })
			}
			b := lived(t, arriving, r, rng)
			got := held(b) + "\n" + all(b)
			if order == 0 {
				want = got
				if books, oracle := held(b), judge(t, scans, r); books != oracle {
					t.Fatalf("seed %d (%v):\n%s\n%s", seed, r, difference(books, oracle), listed(arriving))
				}
				for _, r := range b.Exceptions(func(*ledger.ExceptionView) bool { return true }) {
					states[r.State]++
					states[r.Kind]++
				}
			} else if got != want {
				t.Fatalf("seed %d, order %d (%v):\n%s\n%s", seed, order, r, difference(got, want), listed(arriving))
			}
		}
	}
	t.Log(states)
	for _, what := range []string{ledger.ExceptionOpen, ledger.ExceptionTaken, ledger.ExceptionDecided, ledger.ExceptionCleared,
		kindHeldTaken, kindCountDifference, kindDoubtfulCount, "short", "serial_unknown", "serial_mismatch", "package_circle", "serial_in_stock", "serial_returned", "asset_incomplete"} {
		if states[what] < 10 {
			t.Errorf("%s came up %d times only: these days prove nothing of it", what, states[what])
		}
	}
}

// lived is live at sites that want counts approved, all from the same difference:
// a package that is brought to another site late is not looked at again for it.
func lived(t *testing.T, scans []scanned, r rules, rng *rand.Rand) *Books {
	var sites []ledger.Patch
	for _, site := range []string{"main", "north"} {
		sites = append(sites, ledger.Patch{Entity: ledger.EntitySite, Code: site, Fields: map[string]string{"approve_quantity": "2", "approve_value": "4.5"}})
	}
	return live(t, scans, r, true, rng, sites...)
}

// doubtAndAccept makes some counts doubtful.
func doubtAndAccept(rng *rand.Rand, scans []scanned) {
	for i := range scans {
		if scans[i].in.Action == ledger.ActionCount && rng.IntN(2) == 0 {
			scans[i].in.Clock = "c"
		}
	}
}

// decisionsOn are decisions on what is open in some books, some of which are
// undone.
func decisionsOn(rng *rand.Rand, b *Books) (out []scanned) {
	seq := uint64(0)
	add := func(in ledger.Intent) ledger.Identity {
		seq++
		in.Device, in.Install, in.Seq, in.Operator = "S-2", "i", seq, "eva"
		out = append(out, scanned{in: in, tEff: ledger.Time(1_000 + rng.IntN(90))})
		return in.Identity()
	}
	for _, r := range b.Exceptions(func(r *ledger.ExceptionView) bool { return true }) {
		if rng.IntN(3) == 0 {
			add(ledger.Intent{Action: ledger.ActionDecide, ExceptionN: r.ID, Choice: ChoiceTake})
		}
		choices := Choices(r.Kind)
		decided := add(ledger.Intent{Action: ledger.ActionDecide, ExceptionN: r.ID, Choice: choices[rng.IntN(len(choices))], Evidence: r.Evidence})
		switch rng.IntN(5) {
		case 0:
			add(ledger.Intent{Action: ledger.ActionUndo, Reference: nameOf(decided)})
		case 1:
			undone := add(ledger.Intent{Action: ledger.ActionUndo, Reference: nameOf(decided)})
			add(ledger.Intent{Action: ledger.ActionUndo, Reference: nameOf(undone)})
		case 2:
			add(ledger.Intent{Action: ledger.ActionDecide, ExceptionN: r.ID, Choice: ChoiceAccept, Evidence: "0123456789abcdef"})
		}
	}
	return out
}
