package book_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// crowd is a book whose writer waits until everybody has pushed.
type crowd struct {
	*testing.T
	book *book.Book
	gate chan struct{}
	told chan told
	sent int
}

type told struct {
	who     string
	results book.Results
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{T: t, gate: make(chan struct{}), told: make(chan told, 4096)}
	at, open := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), false
	b, err := book.Open(context.Background(), journal.NewMemory("e1"), book.Options{Now: func() time.Time { return at }, Room: func() error {
		if open {
			<-c.gate
		}
		return nil
	}, Fatal: func(err error) { t.Error(err) }, Report: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if _, _, err := b.Edit(context.Background(), "ann", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT"}}, false); err != nil {
		t.Fatal(err)
	}
	c.book, open = b, true
	return c
}

// push sends scans of a device from a seq on.
func (c *crowd) push(device string, seq, count int) {
	c.Helper()
	s := &book.Submission{Source: book.Source{Device: device, Install: "i", Transport: book.Socket}, Done: func(r book.Results, err error) {
		if err != nil {
			c.Error(err)
		}
		c.told <- told{device, r}
	}}
	for i := range count {
		s.Intents = append(s.Intents, wire.DecodeIntent([]byte(add(seq+i, fmt.Sprintf(`,"at":"2026-03-02T08:%02d:00Z"`, (seq+i)/60%60))), wire.Socket))
	}
	if err := c.book.Submit(context.Background(), s); err != nil {
		c.Fatal(err)
	}
	c.sent++
}

// order lets the writer go on and returns who was told, in the order of entries.
func (c *crowd) order() (devices []string) {
	close(c.gate)
	var all []told
	for range c.sent {
		all = append(all, <-c.told)
	}
	slices.SortFunc(all, func(a, b told) int { return int(a.results.Results[0].Entry) - int(b.results.Results[0].Entry) })
	for _, x := range all {
		for _, r := range x.results.Results {
			if r.Outcome != ledger.Applied {
				c.Errorf("%s: %+v", x.who, r)
			}
		}
		devices = append(devices, x.who)
	}
	return devices
}

// Those who work now are served before those who come home with hours of scans.
func TestLiveBeforeBacklog(t *testing.T) {
	c := newCrowd(t)
	c.push("first", 1, 1) // the writer waits with it
	for i := range 8 {
		c.push(fmt.Sprint("home-", i), 1, 70)
	}
	c.push("live", 1, 3)
	if order := c.order(); slices.Index(order, "live") > 1 {
		t.Errorf("the live scans came as number %d: %v", slices.Index(order, "live"), order)
	}
}

// Whoever comes home is served too, however many scan.
func TestABacklogHasItsTurn(t *testing.T) {
	c := newCrowd(t)
	c.push("first", 1, 1)
	c.push("home", 1, 70)
	for i := range 500 {
		c.push(fmt.Sprint("live-", i), 1, 1)
	}
	if order := c.order(); slices.Index(order, "home") > 40 {
		t.Errorf("the backlog came as number %d", slices.Index(order, "home"))
	}
}

// The scans of one device keep their order, whichever way they go: a gap would
// send them all again.
func TestAStreamKeepsItsOrder(t *testing.T) {
	c := newCrowd(t)
	c.push("first", 1, 1)
	for i := range 40 {
		c.push(fmt.Sprint("live-", i), 1, 1)
	}
	c.push("H-1", 1, 10)
	c.push("H-1", 11, 90)
	c.push("H-2", 1, 90)
	c.push("H-1", 101, 2)
	c.push("H-2", 91, 1)
	c.push("H-1", 103, 100)
	c.order()
	for device, want := range map[string]uint64{"H-1": 202, "H-2": 91} {
		if last, err := c.book.LastSeq(context.Background(), device, "i"); err != nil || last != want {
			t.Errorf("%s: the last seq is %d, want %d (%v)", device, last, want, err)
		}
	}
}

// A turn is measured by what it takes: after a large backlog as many live scans
// come first, or those who come home would have nearly all of the writer's time.
func TestALargeBacklogWaitsLonger(t *testing.T) {
	c := newCrowd(t)
	c.push("first", 1, 1)
	c.push("home-1", 1, 300)
	c.push("home-2", 1, 300)
	for i := range 800 {
		c.push(fmt.Sprint("live-", i), 1, 1)
	}
	order := c.order()
	one, two := slices.Index(order, "home-1"), slices.Index(order, "home-2")
	if one > 40 || two-one < 250 || two-one > 400 {
		t.Errorf("the backlogs of 300 came as numbers %d and %d", one, two)
	}
}
