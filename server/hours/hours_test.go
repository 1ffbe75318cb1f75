package hours_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/server/hours"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// entries are the entries of the journal that people did not make, as words.
func entries(t *testing.T, b *book.Book) (out []string) {
	t.Helper()
	err := b.Feed().Stored(t.Context(), 0, func(block *journal.Block) (bool, error) {
		for n := block.First; n <= block.Last; n++ {
			e, err := ledger.ReadEntry(block.Entry(n))
			if err != nil {
				return false, err
			}
			if e.Kind != ledger.KindDay && e.Kind != ledger.KindAlert {
				continue
			}
			words := []string{e.BookedAt.Std().Format("02T15:04"), string(e.Kind)}
			if e.Kind == ledger.KindDay {
				words = append(words, e.Edit.Code)
			}
			for _, a := range e.Alerts {
				words = append(words, fmt.Sprintf("%s=%s/%d", a.Kind, a.State, a.Level))
			}
			out = append(out, strings.Join(words, " "))
		}
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A night and a day: midnights where the sites are, an alert that nobody answers, one
// that is snoozed, one that somebody takes; and a server that slept for two days.
func TestNightAndDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		b, err := book.Open(ctx, journal.NewMemory("e1"), book.Options{Fatal: func(err error) { t.Error(err) }, Report: func(err error) { t.Error(err) }})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		time.Sleep(12 * time.Hour) // 2000-01-01T12:00Z
		patches := []ledger.Patch{
			{Entity: ledger.EntitySite, Code: "tokyo", Fields: map[string]string{"zone": "Asia/Tokyo"}},
			{Entity: ledger.EntityProduct, Code: "MILK", Fields: map[string]string{"tracking": "lot"}},
			{Entity: ledger.EntityConstraint, Code: "MILK", Site: "main", Fields: map[string]string{"max": "5"}},
			{Entity: ledger.EntityConstraint, Code: "MILK", Site: "tokyo", Fields: map[string]string{"min": "1"}},
		}
		if _, _, err := b.Edit(ctx, "test", patches, false); err != nil {
			t.Fatal(err)
		}
		add := func(seq uint64, site, expiry, quantity string) {
			t.Helper()
			q, _ := ledger.ParseDecimal(quantity)
			in := ledger.Intent{Device: "H", Install: "-", Seq: seq, Action: "add", Product: "MILK", Lot: "L" + expiry, Expiry: expiry, Quantity: q, Site: site}
			r, err := b.Do(ctx, book.Source{Role: "admin", Transport: book.Stated}, []ledger.Received{{Intent: in, Payload: []byte(`{}`), Hash: [16]byte{byte(seq)}}})
			if err != nil || r.Results[0].Outcome != ledger.Applied {
				t.Fatal(r, err)
			}
		}
		add(1, "main", "2000-01-02", "10") // over
		act := func(do, id string, until time.Duration) {
			t.Helper()
			if _, _, err := b.ActOnAlerts(ctx, "ann", []ledger.AlertAct{{ID: id, Do: do, By: "ann", Until: ledger.TimeOf(time.Now().Add(until))}}); err != nil {
				t.Fatal(err)
			}
		}
		act(ledger.ActSnooze, "out/MILK/tokyo", 5*time.Hour+10*time.Second)
		act(ledger.ActAcknowledge, "low/MILK/tokyo", 0)
		run := func() (stop func()) {
			ctx, cancel := context.WithCancel(ctx)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				hours.Run(ctx, hours.Options{Book: b, Policy: func() hours.Policy { return hours.Policy{After: 2 * time.Hour, Levels: 2} }})
			}()
			return func() { cancel(); <-ended }
		}
		stop := run()
		time.Sleep(37 * time.Hour)
		stop()
		time.Sleep(48 * time.Hour)
		stop = run()
		time.Sleep(time.Minute)
		stop()
		want := []string{
			"01T12:00 alert out=snoozed/0",
			"01T12:00 alert low=acknowledged/0",
			"01T12:00 day main",
			"01T12:00 day tokyo",
			"01T14:00 alert over=escalated/1",
			"01T15:00 day tokyo", // midnight in Tokyo
			"01T16:00 alert over=escalated/2",
			"01T17:01 alert out=raised/0", // the snooze was over
			"01T19:01 alert out=escalated/1",
			"01T21:01 alert out=escalated/2",
			"02T00:00 day main",
			"02T15:00 day tokyo",
			"03T00:00 day main expired=raised/0",
			"05T01:00 day main", // the last of the days that it slept through
			"05T01:00 day tokyo",
			"05T01:00 alert expired=escalated/1",
		}
		if got := entries(t, b); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
