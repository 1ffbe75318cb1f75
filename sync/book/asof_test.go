package book_test

import (
	"context"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// What is undone, or undone no more, once the books are closed does not show in
// what was closed; what was said before does, whenever it happened.
func TestUndosAndClosedBooks(t *testing.T) {
	boss := book.Source{Device: "H-9", Install: "i9", Transport: book.Stated, Role: "supervisor"}
	b := open(t)
	b.clock.add(3 * time.Hour)
	b.push(boss,
		`{"seq":1,"at":"2026-03-02T07:00:00Z","action":"add","product":"BOLT","quantity":"5","to":"A-01"}`,
		`{"seq":2,"at":"2026-03-02T07:11:00Z","action":"remove","product":"BOLT","quantity":"2","from":"A-01"}`)
	for _, step := range []struct {
		intent          string
		closed, present int64
	}{
		{`{"seq":3,"at":"2026-03-02T08:30:00Z","action":"undo","reference":"2"}`, 5, 5},
		{`{"seq":4,"at":"2026-03-02T08:40:00Z","action":"undo","reference":"3"}`, 3, 3},
		{`{"seq":5,"at":"2026-03-02T09:40:00Z","action":"close","through":"2026-03-02T08:12:00Z"}`, 3, 3},
		{`{"seq":6,"at":"2026-03-02T11:14:00Z","action":"undo","reference":"4"}`, 3, 5},
		{`{"seq":7,"at":"2026-03-02T11:30:00Z","action":"undo","reference":"1"}`, 3, 0},
	} {
		b.push(boss, step.intent)
		for at, want := range map[string]int64{"2026-03-02T08:12:00Z": step.closed, "2026-03-02T08:12:01Z": step.present} {
			if got := b.onHand(at); got != want {
				t.Errorf("after %s there were %d at %s, want %d", step.intent, got, at, want)
			}
		}
	}
}

// Books that are closed twice in one go are closed twice, after a restart too: what
// each closed is what was known then.
func TestClosedTwiceAtOnce(t *testing.T) {
	boss := book.Source{Device: "H-9", Install: "i9", Transport: book.Stated, Role: "supervisor"}
	b := open(t)
	b.clock.add(3 * time.Hour)
	b.push(boss,
		`{"seq":1,"at":"2026-03-02T07:00:00Z","action":"add","product":"BOLT","quantity":"5","to":"A-01"}`,
		`{"seq":2,"at":"2026-03-02T09:40:00Z","action":"close","through":"2026-03-02T08:12:00Z"}`,
		`{"seq":3,"at":"2026-03-02T07:30:00Z","action":"remove","product":"BOLT","quantity":"2","from":"A-01"}`,
		`{"seq":4,"at":"2026-03-02T09:50:00Z","action":"close","through":"2026-03-02T09:00:00Z"}`,
		`{"seq":5,"at":"2026-03-02T07:40:00Z","action":"remove","product":"BOLT","quantity":"1","from":"A-01"}`)
	for range 2 {
		for at, want := range map[string]int64{"2026-03-02T08:12:00Z": 5, "2026-03-02T09:00:00Z": 3, "2026-03-02T09:00:01Z": 2} {
			if got := b.onHand(at); got != want {
				t.Errorf("%d at %s, want %d", got, at, want)
			}
		}
		b.restart()
	}
}

// onHand is how many bolts lay on A-01 at a moment.
func (b *bench) onHand(at string) (sum int64) {
	b.Helper()
	moment, err := ledger.ParseTime(at)
	if err != nil {
		b.Fatal(err)
	}
	err = b.book.AsOf(context.Background(), moment, nil, func(books *settle.Books) error {
		for _, c := range books.State().CellsOf(nil) {
			if c.At.Code == "A-01" {
				sum += c.Quantity
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}
