package settle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// trails reads all products' trails as of a view from what was stored, and says what
// they come to, in the words of cellsOf.
func trails(t *testing.T, b *Books, v View, head uint64) (words []string, whole bool) {
	t.Helper()
	s, whole := b.NewSurvey(v, head)
	s.Look = func(fn func(*Books)) { fn(b) }
	for _, p := range b.state.AllProducts() {
		g := s.Gather(p.Copy())
		if err := b.past.Appended(historyKey(p), func(piece Piece) (bool, error) { return true, g.Take(piece.Bytes) }); err != nil {
			t.Fatal(err)
		}
		words = append(words, walked(t, g.Trail(), b)...)
	}
	slices.Sort(words)
	return words, whole
}

// walked walks a trail, checks that what it says agrees with itself, and lists it.
func walked(t *testing.T, trail *Trail, b *Books) (words []string) {
	t.Helper()
	went := map[string]int64{}
	w := trail.Walk(func(l *Line) {
		if !l.Pools || l.Value == 0 {
			return
		}
		for _, side := range [...]struct {
			at   *ledger.Place
			pool string
			sign int64
		}{{l.From, l.FromPool, -1}, {l.To, l.ToPool, 1}} {
			name := "pool " + side.pool
			if side.at != nil && !side.at.Stand().Physical() && side.at.Kind != ledger.PlaceTransit {
				name = side.at.Stand().Ref()
			}
			went[name] += side.sign * l.Value
		}
	}, func(Leaving) bool { return true })
	for _, p := range w.Pools {
		quantity, value := int64(0), int64(0)
		for _, l := range w.Layers {
			if l.Site == p.Site {
				quantity, value = quantity+l.Quantity, value+l.Value
			}
		}
		if quantity != p.Quantity || value != p.Value {
			t.Errorf("the layers of %s hold %d worth %d, their pool %d worth %d", p.Product.Code, quantity, value, p.Quantity, p.Value)
		}
		if p.Value != 0 {
			words = append(words, fmt.Sprint("value of ", p.Product.Code, " ", p.Site, " ", p.Value))
		}
	}
	for _, u := range w.Uses {
		quantity, value := int64(0), int64(0)
		for _, p := range u.Parts {
			quantity, value = quantity+p.Quantity, value+p.Value
		}
		if quantity != u.Quantity || value != u.Value {
			t.Errorf("the parts of a removal of %s: %d worth %d, it took %d worth %d", trail.Product.Code, quantity, value, u.Quantity, u.Value)
		}
	}
	for at, value := range w.Accounts {
		words = append(words, fmt.Sprint("value of ", trail.Product.Code, " at ", at.Ref(), " ", value))
	}
	for _, c := range w.order {
		if quantity := w.cells[c].quantity; quantity != 0 {
			words = append(words, cellWords(c, c.Place.Stand(), quantity))
		}
	}
	return words
}

func cellWords(c *ledger.Cell, at *ledger.Place, quantity int64) string {
	return fmt.Sprint(at.Ref(), "|", c.Place.PackageCode(), "|", c.Product.Code, "|", c.Lot, "|", c.Serial, "|", c.Status(), "=", quantity)
}

// cellsOf lists what the books hold, in the words of trails.
func cellsOf(t *testing.T, b *Books) (words []string) {
	t.Helper()
	for _, c := range b.state.CellsOf(nil) {
		words = append(words, cellWords(c, c.At, c.Quantity))
	}
	worths, err := b.Worths()
	if err != nil {
		t.Fatal(err)
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
	return words
}

// What was stored of histories says the same as the books: now, and of a moment what
// the books would be with the scans of by then alone.
func TestTrailsAreTheBooks(t *testing.T) {
	for seed := range uint64(240) {
		rng := rand.New(rand.NewPCG(seed, 17))
		scans, r := dayOf(seed, rng, 6+rng.IntN(40))
		b := live(t, scans, r, true, rng)
		head := uint64(1_000_000)
		b.past.(*stored).takeChanges(b, ledger.Time(1_000_000))
		got, _ := trails(t, b, View{}, head)
		if want := cellsOf(t, b); !slices.Equal(got, want) {
			t.Fatalf("seed %d (%v):\n%s\n%s", seed, r, difference(strings.Join(got, "\n"), strings.Join(want, "\n")), listed(scans))
		}
		at := ledger.Time(1_000 + rng.IntN(len(scans)))
		then := slices.DeleteFunc(slices.Clone(scans), func(s scanned) bool {
			return s.tEff > at && s.in.Action != ledger.ActionUndo && s.in.Action != ledger.ActionMap
		})
		got, _ = trails(t, b, View{At: at}, head)
		want := cellsOf(t, live(t, then, r, false, rng))
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d (%v) at %d:\n%s\n%s", seed, r, at, difference(strings.Join(got, "\n"), strings.Join(want, "\n")), listed(scans))
		}
	}
}

// As booked at an entry: what the books were when it was the last.
func TestTrailsAsBookedThen(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 18))
		scans, r := dayOf(4*seed, rng, 6+rng.IntN(40))
		count := 1 + rng.IntN(len(scans))
		early := cellsOf(t, live(t, scans[:count], r, false, rng))
		b := live(t, scans, r, false, rng)
		b.past.(*stored).takeChanges(b, ledger.Time(1_000_000))
		n := entryOf(b, &scans[count-1].in)
		got, _ := trails(t, b, View{Entry: n}, 1_000_000)
		if !slices.Equal(got, early) {
			t.Fatalf("seed %d (%v) at entry %d:\n%s\n%s", seed, r, n, difference(strings.Join(got, "\n"), strings.Join(early, "\n")), listed(scans))
		}
	}
}

// As people are shown it, at a moment: what lies where, under a hold as held, with each
// cell's part of what the goods are worth. The books with the scans of by then alone say
// the same, and no receipts need be followed for it.
func TestTrailsAsShownThen(t *testing.T) {
	held := 0
	for seed := range uint64(240) {
		rng := rand.New(rand.NewPCG(seed, 19))
		scans, r := dayOf(seed, rng, 6+rng.IntN(40))
		b := live(t, scans, r, true, rng)
		b.past.(*stored).takeChanges(b, ledger.Time(1_000_000))
		at := ledger.Time(1_000 + rng.IntN(len(scans)))
		then := live(t, slices.DeleteFunc(slices.Clone(scans), func(s scanned) bool {
			return s.tEff > at && s.in.Action != ledger.ActionUndo && s.in.Action != ledger.ActionMap
		}), r, false, rng)
		s, _ := b.NewSurvey(View{At: at}, 1_000_000)
		s.Look = func(fn func(*Books)) { fn(b) }
		held += len(s.holds)
		for _, p := range b.state.AllProducts() {
			g := s.Gather(p.Copy())
			if err := b.past.Appended(historyKey(p), func(piece Piece) (bool, error) { return true, g.Take(piece.Bytes) }); err != nil {
				t.Fatal(err)
			}
			got := g.Trail().Sum(nil).Shown()
			want := Stock{}
			if q, known := then.state.Product(p.Code); known {
				var err error
				if want, err = then.Stock(q); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := shownWords(&got), shownWords(&want); !slices.Equal(got, want) {
				t.Fatalf("seed %d (%v) at %d:\n%s\n%s", seed, r, at, difference(strings.Join(got, "\n"), strings.Join(want, "\n")), listed(scans))
			}
		}
	}
	if held == 0 {
		t.Error("no hold was in force at any of the moments")
	}
}

func shownWords(s *Stock) (words []string) {
	for _, c := range s.Values() {
		if c.Quantity != 0 || c.Value != 0 {
			words = append(words, fmt.Sprint(cellWords(c.Cell, c.At, c.Quantity), " worth ", c.Value, " at ", c.Average))
		}
	}
	return words
}

// entryOf is the entry that an intent became.
func entryOf(b *Books, in *ledger.Intent) uint64 {
	return b.past.(*stored).stamps[in.Identity()].n
}
