package handheld

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"bayledger/scanner/flow"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// floor is a handheld without network whose clock a test moves, and which a test ends and starts again.
type floor struct {
	*testing.T
	dir     string
	now     time.Time
	running time.Duration
	h       *Handheld
	badge   bool
}

func newFloor(t *testing.T, badge bool) *floor {
	f := &floor{T: t, dir: t.TempDir(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), badge: badge}
	f.start()
	t.Cleanup(func() { _ = f.h.Close() })
	return f
}

func (f *floor) start() {
	var err error
	f.h, err = New(Config{Dir: f.dir, Device: "H-07", Server: "http://stock.example", Key: "k", Out: io.Discard, Badge: f.badge, Now: func() time.Time { return f.now },
		Monotonic: func() time.Duration { return f.running }, BootID: "b", Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }})
	if err != nil {
		f.Fatal(err)
	}
}

func (f *floor) restart() {
	if err := f.h.Close(); err != nil {
		f.Fatal(err)
	}
	f.start()
}

// scan reads a line so long after the one before, which is taken later.
func (f *floor) scan(after time.Duration, text string) {
	f.pass(after)
	l := line{text, f.h.client.Moment()}
	f.pass(time.Millisecond)
	f.h.line(f.Context(), l)
}

func (f *floor) pass(d time.Duration) { f.now, f.running = f.now.Add(d), f.running+d }

// booked wants scans and their times of the day in the outbox.
func (f *floor) booked(want ...string) {
	f.Helper()
	for i := range want {
		row, err := f.h.box.Row(uint64(i + 1))
		if err != nil {
			f.Fatal(err)
		}
		in := wire.DecodeIntent(row.Data, wire.Socket).Intent
		if got := in.At.Std().Format("15:04:05") + " " + in.Scan + in.Action[:1]; got != want[i] {
			f.Errorf("#%d is %q, want %q", i+1, got, want[i])
		}
		if in.Clock == "" {
			f.Errorf("#%d does not say how sure its moment is", i+1)
		}
	}
	if n := f.h.box.Stats().Next - 1; n != uint64(len(want)) {
		f.Errorf("%d are booked, want %d", n, len(want))
	}
}

// What waits behind a stop for five minutes is booked as of when it was scanned, also where the handheld was
// ended meanwhile; what comes behind the OK is of then.
func TestMomentsBehindAStop(t *testing.T) {
	f := newFloor(t, false)
	f.scan(0, "stock")
	f.scan(time.Second, "A")
	f.scan(time.Second, "]C0BLCMD-NONSENSE")
	f.scan(time.Second, "B")
	f.restart()
	f.scan(time.Second, "]C0BLCMD-REMOVE")
	f.scan(time.Second, "stock")
	f.scan(time.Second, "C")
	f.restart()
	f.scan(5*time.Minute, "/ok")
	f.scan(time.Second, "D")
	f.booked("09:00:01 Aa", "09:00:03 Ba", "09:00:06 Cr", "09:05:07 Dr")
}

// What waits for a badge, for its owner's PIN, or for an answer.
func TestMomentsBehindAQuestion(t *testing.T) {
	f := newFloor(t, true)
	f.scan(0, "BLLOC-stock")
	f.scan(time.Second, "4006381333931")
	f.scan(time.Minute, "BLOP-ann")
	f.scan(time.Second, "B")
	f.scan(time.Second, "/3")
	f.scan(time.Second, "C")
	f.scan(time.Minute, "/correct 2")
	f.booked("09:00:01 4006381333931a", "09:01:02 Ba", "09:01:04 a", "09:01:04 u", "09:01:04 a")
}

// A handheld that is started again with a clock that was set back books nothing before what waits from before.
func TestMomentsOfBeforeAreNotOvertaken(t *testing.T) {
	f := newFloor(t, false)
	f.scan(0, "stock")
	f.scan(time.Second, "]C0BLCMD-NONSENSE")
	f.scan(time.Second, "A")
	f.now = f.now.Add(-time.Hour)
	f.restart()
	f.scan(time.Second, "/ok")
	f.scan(time.Second, "B")
	f.ordered(2)
}

// Nor before what was cut off when it was about to be stored.
func TestMomentsOfWhatWasCutOffAreNotOvertaken(t *testing.T) {
	f := newFloor(t, false)
	f.scan(0, "stock")
	f.pass(time.Hour)
	f.h.machine.Take(flow.Event{Scan: "A", Moment: f.h.client.Moment()}, "2026-03-02")
	if err := f.h.saveState(); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(-30 * time.Minute)
	f.restart()
	f.scan(time.Second, "B")
	f.ordered(2)
}

// ordered wants so many rows, none of a moment before the one in front of it.
func (f *floor) ordered(rows uint64) {
	f.Helper()
	var last ledger.Time
	for seq := range rows {
		row, err := f.h.box.Row(seq + 1)
		if err != nil {
			f.Fatal(err)
		}
		in := wire.DecodeIntent(row.Data, wire.Socket).Intent
		if in.At < last {
			f.Errorf("%s is of %s, before the scan before it", in.Scan, in.At.Std())
		}
		last = in.At
	}
}
