package book_test

import (
	"strings"
	"testing"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// Exceptions outlive restarts, with what was decided; a decision is an entry of its
// own kind; what the receipt of a scan finds is one too, and Verify holds.
func TestExceptionsOutliveRestarts(t *testing.T) {
	j := journal.NewMemory("e1")
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var b *book.Book
	open := func() {
		t.Helper()
		var err error
		if b, err = book.Open(t.Context(), j, book.Options{Now: func() time.Time { return now }, Report: func(err error) { t.Error(err) }}); err != nil {
			t.Fatal(err)
		}
	}
	open()
	for _, p := range []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT"}, {Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": "refuse"}}} {
		if _, _, err := b.Edit(t.Context(), "test", []ledger.Patch{p}, false); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Hour)
	scan := func(device string, seq uint64, hour int, in ledger.Intent) ledger.Result {
		t.Helper()
		in.Device, in.Install, in.Seq, in.At, in.Operator = device, "i", seq, ledger.TimeOf(time.Date(2026, 3, 2, 12, 10+hour, 0, 0, time.UTC)), "ann"
		r, err := b.Do(t.Context(), book.Source{Transport: book.Stated, Role: "supervisor"}, []ledger.Received{wire.Receive(in)})
		if err != nil {
			t.Fatal(err)
		}
		return r.Results[0]
	}
	row := func(id string) (row ledger.ExceptionView) {
		t.Helper()
		if err := b.Exceptions(t.Context(), func(s *settle.Books, _ uint64) { row, _ = s.Exception(id) }); err != nil {
			t.Fatal(err)
		}
		return row
	}
	const short = "short/H-1/i/1"
	scan("H-1", 1, 10, ledger.Intent{Action: "remove", Product: "BOLT", Quantity: ledger.NewDecimal(3, 0)})
	// Told by another's late scan, it is known whose it was.
	scan("H-3", 1, 9, ledger.Intent{Action: "isolate", Product: "BOLT", Lot: "L"})
	b.Close()
	open()
	first := row(short)
	if first.State != ledger.ExceptionOpen || first.Operator != "ann" || first.Device != "H-1" {
		t.Fatalf("%+v", first)
	}
	decide := ledger.Intent{Action: "decide", ExceptionN: short, Choice: "accept", Evidence: first.Evidence}
	if r := scan("S-1", 1, 11, decide); r.Outcome != ledger.Applied {
		t.Fatalf("%+v", r)
	}
	var last string
	if err := j.Read(t.Context(), j.Head().N, func(block *journal.Block) (bool, error) {
		last = string(block.Entry(block.Last))
		return false, nil
	}); err != nil || !strings.Contains(last, `"kind":"decision"`) {
		t.Errorf("%s, %v", last, err)
	}
	if r := scan("H-2", 1, 9, ledger.Intent{Action: "add", Product: "BOLT", Quantity: ledger.NewDecimal(1, 0)}); r.Outcome != ledger.Exception {
		t.Errorf("what was decided changed, and nobody is told: %+v", r)
	}
	if r := scan("H-1", 1, 10, ledger.Intent{Action: "remove", Product: "BOLT", Quantity: ledger.NewDecimal(9, 0)}); r.Code != ledger.IdentityConflict {
		t.Errorf("%+v", r)
	}
	done := make(chan error, 1)
	if err := b.Submit(t.Context(), &book.Submission{Source: book.Source{Device: "H-9", Install: "i", Role: "floor"}, Lost: &book.Lost{Seq: 1, Reason: "a bad block"},
		Done: func(_ book.Results, err error) { done <- err }}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b.Close()
	open()
	defer b.Close()
	if got := row(short); got.State != ledger.ExceptionOpen || got.Choice != "" || got.Evidence == first.Evidence {
		t.Errorf("a stale decision holds: %+v", got)
	}
	if got := row("identity_conflict/H-1/i/1"); got.State != ledger.ExceptionOpen || got.Entry != first.Entry {
		t.Errorf("%+v", got)
	}
	if got := row("lost_scan/H-9/i/1"); got.State != ledger.ExceptionOpen || got.Severity != ledger.Critical || !strings.Contains(got.Message, "a bad block") {
		t.Errorf("%+v", got)
	}
	scan("H-1", 2, 11, ledger.Intent{Action: "ask", Reference: "1", Product: "BOLT", From: "stock", Reason: "Remove 3 BOLT"})
	asked := row("asked/H-1/i/2")
	if asked.About != "H-1/i/1" || asked.Device != "H-1" || asked.Operator != "ann" || asked.Product != "BOLT" || asked.Message != "ann asks a supervisor to look at scan 1 of H-1: Remove 3 BOLT" {
		t.Errorf("%+v", asked)
	}
	if r := scan("H-1", 2, 11, ledger.Intent{Action: "ask", Reference: "1", Product: "BOLT", From: "stock", Reason: "Remove 3 BOLT"}); !r.Repeat || r.Outcome != ledger.Applied {
		t.Errorf("asked again under its number: %+v", r)
	}
	b.Close()
	open()
	if again := row("asked/H-1/i/2"); again != asked {
		t.Errorf("after a restart %+v, before %+v", again, asked)
	}
	scan("S-1", 2, 12, ledger.Intent{Action: "undo", Reference: "H-2/i/1"})
	if got := row(short); got.State != ledger.ExceptionDecided || got.DecidedBy != "ann" {
		t.Errorf("the evidence is as it was decided: %+v", got)
	}
	if err := book.Verify(t.Context(), j, nil); err != nil {
		t.Error(err)
	}
}
