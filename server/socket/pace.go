package socket

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Every scan that is stored is written several times: to the log, to a table, and as
// tables are merged. While hundreds come home as fast as they can, the disk is busy
// with that so often that one in a hundred of those who scan now waits for it: so
// backlogs are taken at a pace while others scan. Nobody stands and waits for a backlog;
// its device has kept it for hours and goes on scanning.
const (
	// paceEach: at 4,000 scans of backlogs a second the p99 of who scans now is 3 to 5
	// times that of a quiet server, at 8,000 9 times, without a pace (25,000) 22 to 29
	// times (load homecoming, two cores and one disk).
	paceEach = time.Second / 4_000
	// paceAhead is by how much a piece may come before its turn: a timer is late by more
	// than a few pieces take.
	paceAhead = 10 * time.Millisecond
	// paceAfter is how long after their last scan somebody counts as scanning.
	paceAfter = time.Second
)

// pace spreads the scans of backlogs over time while others scan.
type pace struct {
	now  func() time.Time
	live atomic.Int64 // when somebody last scanned, in ns

	mu   sync.Mutex
	next time.Time // when the next piece has its turn
}

// scanned notes that somebody scans now.
func (p *pace) scanned() { p.live.Store(p.now().UnixNano()) }

// wait holds up so many scans of a backlog until it is their turn, in the order in
// which they came; where nobody else scans it is at once. It ends early with ctx.
func (p *pace) wait(ctx context.Context, scans int) {
	now := p.now()
	if now.UnixNano()-p.live.Load() > int64(paceAfter) {
		return
	}
	p.mu.Lock()
	if p.next.Before(now) {
		p.next = now
	}
	turn := p.next
	p.next = turn.Add(time.Duration(scans) * paceEach)
	p.mu.Unlock()
	until := turn.Sub(now) - paceAhead
	if until <= 0 {
		return
	}
	t := time.NewTimer(until)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
