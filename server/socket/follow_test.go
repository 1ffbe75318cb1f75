package socket_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// followerSeeds is how many seeded days TestFollowers plays; SEEDS says otherwise.
const followerSeeds = 40

// screen is somebody who follows the journal through a filter, is cut off and comes
// back, and keeps what came.
type screen struct {
	*handheld
	filter            string
	operator, product string // that it wants; empty: all
	at                uint64 // its cursor
	got               []uint64
}

// TestFollowers cuts followers off and lets them come back, each with a filter of
// its own, while scans are booked. What a follower is sent covers the journal
// without a gap, also where all was filtered out (V6, H15), and has just the
// entries that it wants.
func TestFollowers(t *testing.T) {
	seeds := followerSeeds
	if n, err := strconv.Atoi(os.Getenv("SEEDS")); err == nil {
		seeds = n
	}
	for seed := range uint64(seeds) {
		if !t.Run(strconv.FormatUint(seed+1, 10), func(t *testing.T) { followDay(t, seed+1) }) {
			t.Errorf("seed %d breaks V6: what a follower is sent is not the journal", seed+1)
			return
		}
	}
}

func followDay(t *testing.T, seed uint64) {
	d, random := open(t), rand.New(rand.NewPCG(seed, 15))
	d.edit("NUT")
	screens := []*screen{{}, {operator: "ann"}, {operator: "nobody"}, {product: "NUT"}, {operator: "ben", product: "BOLT"}}
	for _, s := range screens {
		filter := wire.Filter{Operator: s.operator, Product: s.product}
		text, err := json.Marshal(filter)
		if err != nil {
			t.Fatal(err)
		}
		s.filter, s.at = string(text), d.book.Head()
	}
	since, seq := d.book.Head(), 1
	for step := range 12 {
		for range random.IntN(6) { // several batches; the ring holds some 50 entries
			seq = d.scans(random, seq, 1+random.IntN(12))
		}
		for i, s := range screens {
			switch {
			case s.handheld == nil && random.IntN(2) == 0:
				s.come(d, fmt.Sprintf("watch-%d-%d", i, step))
			case s.handheld != nil && random.IntN(4) == 0:
				s.conn.Close()
				s.handheld = nil
			}
			if s.handheld != nil && random.IntN(3) > 0 {
				s.follow(t)
			}
		}
	}
	for i, s := range screens {
		if s.handheld == nil {
			s.come(d, fmt.Sprintf("watch-%d-end", i))
		}
		s.follow(t)
		if want := d.wanted(s, since); !slices.Equal(s.got, want) {
			t.Errorf("operator %q, product %q: got the entries %v, want %v", s.operator, s.product, s.got, want)
		}
	}
}

// scans books scans from a seq on, together, and returns the next one.
func (d *dock) scans(random *rand.Rand, seq, count int) int {
	d.Helper()
	var intents []ledger.Received
	for range count {
		product, operator := []string{"BOLT", "NUT"}[random.IntN(2)], []string{"ann", "ben", "cem", "cem"}[random.IntN(4)]
		intents = append(intents, wire.DecodeIntent(fmt.Appendf(nil, `{"seq":%d,"operator":%q,"action":"add","product":%q,"quantity":1}`, seq, operator, product), wire.Socket))
		seq++
	}
	if _, err := d.book.Do(context.Background(), book.Source{Device: "H-1", Install: "i1", Transport: book.Socket}, intents); err != nil {
		d.Fatal(err)
	}
	return seq
}

// come connects and goes on from the screen's cursor.
func (s *screen) come(d *dock, name string) {
	d.Helper()
	s.handheld = d.hello(name)
	s.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d},"filter":%s}`, s.at, s.filter))
}

// follow reads until everything booked so far is covered.
func (s *screen) follow(t *testing.T) {
	t.Helper()
	for head := s.book.Head(); s.at < head; {
		messages, err := s.frame()
		if err != nil {
			t.Fatalf("after entry %d of %d came: %v", s.at, head, err)
		}
		for _, m := range messages {
			e := m.Events
			if e == nil || e.From != s.at || e.To <= e.From {
				t.Fatalf("after entry %d came %+v", s.at, m)
			}
			s.at = e.To
			for _, raw := range e.Events {
				var entry ledger.Entry
				if err := json.Unmarshal(raw, &entry); err != nil || entry.N <= e.From || entry.N > e.To {
					t.Fatalf("(%d, %d] has %s (%v)", e.From, e.To, raw, err)
				}
				s.got = append(s.got, entry.N)
			}
		}
	}
}

// wanted are the entries after one that a screen wants, as the journal has them.
func (d *dock) wanted(s *screen, after uint64) (want []uint64) {
	d.Helper()
	err := d.book.Feed().Stored(context.Background(), after, func(b *journal.Block) (bool, error) {
		for n := max(after+1, b.First); n <= b.Last; n++ {
			var e ledger.Entry
			if err := json.Unmarshal(b.Entry(n), &e); err != nil {
				return false, err
			}
			if (s.operator == "" || e.Intent.Operator == s.operator) && (s.product == "" || e.Intent.Product == s.product) {
				want = append(want, n)
			}
		}
		return true, nil
	})
	if err != nil {
		d.Fatal(err)
	}
	return want
}
