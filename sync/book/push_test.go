package book_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// What a device pushed at once lies in one block, so that its acks and entries
// leave in one frame (H16), however full the batch is that others began.
func TestAPushIsNotCutInTwo(t *testing.T) {
	const devices, pushes, size = 3, 3, 700
	b := open(t)
	told := make(chan book.Results, devices*pushes)
	for p := range pushes {
		for d := range devices {
			s := &book.Submission{Source: book.Source{Device: fmt.Sprint("D-", d), Install: "i", Transport: book.Socket},
				Done: func(r book.Results, err error) {
					if err != nil {
						t.Error(err)
					}
					told <- r
				}}
			for i := range size {
				s.Intents = append(s.Intents, wire.DecodeIntent([]byte(add(p*size+i+1, `,"at":"`+b.clock.Now().Add(time.Duration(p*size+i-devices*pushes*size)*time.Millisecond).Format(time.RFC3339Nano)+`"`)), wire.Socket))
			}
			if err := b.book.Submit(context.Background(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	block := map[uint64]uint64{} // by entry
	var all []book.Results
	for range devices * pushes {
		all = append(all, <-told)
	}
	err := b.book.Feed().Stored(context.Background(), 0, func(k *journal.Block) (bool, error) {
		for n := k.First; n <= k.Last; n++ {
			block[n] = k.First
		}
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		first, last := r.Results[0].Entry, r.Results[size-1].Entry
		if block[first] == 0 || block[first] != block[last] {
			t.Errorf("the push of entries %d to %d lies in the blocks %d and %d", first, last, block[first], block[last])
		}
	}
}

// A scan without a moment, and a lost one, have their arrival as theirs; the hours
// of scans behind them keep their own.
func TestNoMomentIsNoFloor(t *testing.T) {
	b := open(t)
	now := b.clock.Now()
	at := func(d time.Duration) string { return `,"at":"` + now.Add(d).Format(time.RFC3339Nano) + `"` }
	r := b.push(socket, add(1, at(-3*time.Hour)), add(2, ""), add(3, at(-2*time.Hour)), add(4, at(-150*time.Minute)))
	for i, want := range []time.Duration{-3 * time.Hour, 0, -2 * time.Hour, -2 * time.Hour} {
		if e := b.entry(r[i].Entry); e.TEff != ledger.TimeOf(now.Add(want)) {
			t.Errorf("scan %d: t_eff %s, want %s", i+1, e.TEff, now.Add(want))
		}
	}
}
