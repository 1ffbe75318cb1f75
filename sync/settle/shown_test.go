package settle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// shownRow is a row of the topic balances: it replaces one of a lower n.
type shownRow struct {
	quantity int64
	n        uint64
}

func rowOf(c *ledger.Cell) string {
	return strings.Join([]string{c.At.Ref(), c.Product.Code, c.Lot, c.Serial, c.Place.PackageCode(), string(c.Status())}, " ")
}

// watch takes rows as those do who follow the balances.
func (st *stored) watch(cells []*ledger.Cell) {
	for _, c := range cells {
		if known := st.watched[rowOf(c)]; c.At.Physical() && c.N >= known.n {
			st.watched[rowOf(c)] = shownRow{c.Quantity, c.N}
		}
	}
}

// shownNow says what whoever asks now is shown.
func shownNow(b *Books) []string {
	var out []string
	for _, c := range b.State().ShownCells(func(c *ledger.Cell) bool { return c.Place.Stand().Physical() }) {
		out = append(out, fmt.Sprint(rowOf(c), " ", c.Quantity))
	}
	slices.Sort(out)
	return out
}

func (st *stored) shown() []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(st.watched)) {
		if row := st.watched[key]; row.quantity != 0 {
			out = append(out, fmt.Sprint(key, " ", row.quantity))
		}
	}
	slices.Sort(out)
	return out
}

// Goods under a hold are shown as held, and no longer once it is released, though
// no cell changed (rule 6).
func TestGoodsUnderAHoldAreShownAsHeld(t *testing.T) {
	for _, c := range []struct{ name, scans, want string }{
		{"a lot", `add p=BOLT q=5 lot=L1 to=A-01
			add p=BOLT q=2 lot=L2 to=A-01
			isolate p=BOLT lot=L1 reason=recall`,
			"main/A-01 BOLT L1   held 5; main/A-01 BOLT L2   available 2"},
		{"what is held by quantity joins it", `add p=BOLT q=5 lot=L1
			isolate p=BOLT q=2 lot=L1 to=stock reason=dented
			isolate p=BOLT lot=L1 reason=recall`,
			"main/stock BOLT L1   held 5"},
		{"a place, and what comes to it later", `isolate from=A-01 reason=spill
			add p=BOLT q=5 to=A-01
			add p=BOLT q=1 to=B-01`,
			"main/A-01 BOLT    held 5; main/B-01 BOLT    available 1"},
		{"a release", `add p=BOLT q=5 lot=L1
			isolate p=BOLT q=2 lot=L1 to=stock reason=dented
			isolate p=BOLT lot=L1 reason=recall
			release p=BOLT lot=L1 reason=fine`,
			"main/stock BOLT L1   available 3; main/stock BOLT L1   held 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t)
			for i, line := range strings.Split(c.scans, "\n") {
				if d := w.say(uint64(10+i), strings.TrimSpace(line)); d.Outcome == ledger.Parked || d.Outcome == ledger.Refused {
					t.Fatal(d.Message)
				}
				w.stored.takeChanges(w.Books, 1)
			}
			if got := strings.Join(shownNow(w.Books), "; "); got != c.want {
				t.Errorf("asked: %s, want %s", got, c.want)
			}
			if got := strings.Join(w.stored.shown(), "; "); got != c.want {
				t.Errorf("watched: %s, want %s", got, c.want)
			}
		})
	}
}

// Whoever watches the balances sees what whoever asks is told, after any day, in
// any order, over restarts.
func TestWatchersSeeWhatOthersAreTold(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 17))
		scans, r := dayOf(seed, rng, 12+rng.IntN(60))
		rng.Shuffle(len(scans), func(i, j int) { scans[i], scans[j] = scans[j], scans[i] })
		b := live(t, scans, r, seed%2 == 0, rng)
		st := b.past.(*stored)
		st.takeChanges(b, 1)
		if watched, told := st.shown(), shownNow(b); !slices.Equal(watched, told) {
			t.Fatalf("seed %d: watched\n%s\ntold\n%s\n%s", seed, strings.Join(watched, "\n"), strings.Join(told, "\n"), listed(scans))
		}
	}
}
