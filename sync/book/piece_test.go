package book

import (
	"context"
	"testing"
	"time"
)

// A piece of a backlog is as many scans as take a millisecond, by what the last ones took.
func TestAPieceIsMeasuredByTime(t *testing.T) {
	for _, row := range []struct {
		name  string
		scans int
		took  []time.Duration // of pieces, one after the other
		want  int
	}{
		{"nothing is known", 100, nil, 100},
		{"a clock that stands still", 100, []time.Duration{0, 0}, 100},
		{"moves, 5 us each", 100, []time.Duration{500 * time.Microsecond}, 100},
		{"moves on a slow machine, 20 us each", 100, []time.Duration{2 * time.Millisecond}, 50},
		{"late removals, 500 us each", 16, []time.Duration{8 * time.Millisecond}, 16},
		{"one pause of the machine among moves of 10 us", 100, []time.Duration{time.Millisecond, 2 * time.Millisecond, time.Millisecond, time.Millisecond}, 91},
		{"a clock that was set back", 100, []time.Duration{-time.Second}, 100},
	} {
		var p piece
		for _, took := range row.took {
			p.took(row.scans, took)
		}
		if got := p.size(); got != row.want {
			t.Errorf("%s: a piece of %d, want %d", row.name, got, row.want)
		}
	}
}

// Beside who scans now only so many scans of backlogs go into a batch; where nobody
// does, and where a log is played again, as many as there is room for.
func TestFewBacklogsBesideLive(t *testing.T) {
	for _, row := range []struct {
		live, whole bool
		backlog     int
		want        bool
	}{
		{live: false, backlog: 900, want: true},
		{live: true, backlog: 0, want: true},
		{live: true, backlog: maxBeside - 1, want: true},
		{live: true, backlog: maxBeside, want: false},
		{live: true, whole: true, backlog: 900, want: true},
	} {
		w := &writer{book: &Book{opts: Options{Whole: row.whole}}, batch: &batch{live: row.live, backlog: row.backlog}}
		if got := w.takesBacklog(); got != row.want {
			t.Errorf("%+v: %t", row, got)
		}
	}
}

// What waited for a network waits behind who scans now, however few scans it is; a
// backlog that may not be taken is left where it is until its turn has come.
func TestBacklogsAreLeftUntilTheirTurn(t *testing.T) {
	q := newQueue()
	put := func(device string, backlog bool) {
		s := &Submission{Source: Source{Device: device}, Backlog: backlog, Lost: &Lost{}}
		if err := q.put(context.Background(), work{submission: s}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	put("home", true)
	for range backlogTurn {
		put("live", false)
	}
	for i := range backlogTurn {
		if w, ok := q.next(false); !ok || w.submission.Source.Device != "live" {
			t.Fatalf("number %d is %+v, want a live one", i, w.submission)
		}
	}
	if w, ok := q.next(false); !ok || w.submission.Source.Device != "home" {
		t.Fatal("the backlog has no turn")
	}
	put("home", true)
	if _, ok := q.next(false); ok {
		t.Fatal("a backlog was taken before its turn")
	}
	if w, ok := q.next(true); !ok || w.submission.Source.Device != "home" {
		t.Fatal("nobody else waits, and the backlog is not taken")
	}
}
