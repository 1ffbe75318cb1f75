package history_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/book/history"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// stored makes a source of blocks of two entries each; entry i is booked at i+1
// minutes and its t_eff is what the entry says.
func stored(entries ...ledger.Entry) history.Source {
	var blocks []*journal.Block
	for from := 0; from < len(entries); from += 2 {
		b := journal.Batch{First: uint64(from + 1)}
		for i := from; i < min(from+2, len(entries)); i++ {
			e := entries[i]
			e.N, e.Kind, e.BookedAt, e.Outcome = uint64(i+1), ledger.KindIntent, minute(i+1), ledger.Applied
			if e.TEff == 0 {
				e.TEff = e.BookedAt
			}
			b.BookedAt = e.BookedAt
			b.Records = append(b.Records, journal.Record{JSON: ledger.AppendHash(ledger.AppendEntry(nil, &e, []byte(`{"device":"d"}`)), [32]byte{})})
		}
		blocks = append(blocks, journal.NewBlock(&b, [32]byte{}))
	}
	return func(_ context.Context, after uint64, fn func(*journal.Block) (bool, error)) error {
		for _, b := range blocks {
			if b.Last <= after {
				continue
			}
			if more, err := fn(b); err != nil || !more {
				return err
			}
		}
		return nil
	}
}

func minute(n int) ledger.Time { return ledger.Time(1e15 + n*60e6) }

func moved(quantity, from, to string) ledger.Entry {
	return ledger.Entry{Moves: []ledger.Move{{Product: "P", From: from, FromStatus: ledger.Available, To: to, ToStatus: ledger.Available, Quantity: quantity}}}
}

func at(e ledger.Entry, n int) ledger.Entry {
	e.TEff = minute(n)
	return e
}

func fold(t *testing.T, source history.Source, span history.Span, keep func(*ledger.Entry) bool) string {
	t.Helper()
	balances, err := history.Fold(t.Context(), source, span, keep)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range balances {
		out = append(out, fmt.Sprintf("%s|%s=%s@%d", b.Site, b.Location, b.Quantity, b.N))
	}
	return strings.Join(out, " ")
}

func TestFold(t *testing.T) {
	source := stored(
		moved("10", "supplier", "main/stock"),             // 1
		ledger.Entry{},                                    // 2
		moved("2.5", "main/stock", "main/A/01"),           // 3
		at(moved("1", "main/A/01", "customer"), 1),        // 4, late
		moved("0.125", "north/stock", "main/stock"),       // 5
		ledger.Entry{Message: `no "moves":[] of its own`}, // 6
		moved("7.625", "main/stock", "scrap"),             // 7: nothing is left
	)
	for name, c := range map[string]struct {
		span history.Span
		keep func(*ledger.Entry) bool
		want string
	}{
		"all":               {history.Span{}, nil, "|customer=1@4 |scrap=7.625@7 |supplier=-10@1 main|A/01=1.5@4 north|stock=-0.125@5"},
		"as booked at 3":    {history.Span{Entry: 3}, nil, "|supplier=-10@1 main|A/01=2.5@3 main|stock=7.5@3"},
		"as booked at 1":    {history.Span{Entry: 1}, nil, "|supplier=-10@1 main|stock=10@1"},
		"as of minute 1":    {history.Span{To: minute(1)}, nil, "|customer=1@4 |supplier=-10@1 main|A/01=-1@4 main|stock=10@1"},
		"from minute 4":     {history.Span{From: minute(4)}, nil, "|scrap=7.625@7 main|stock=-7.5@7 north|stock=-0.125@5"},
		"of both":           {history.Span{Entry: 3, To: minute(2)}, nil, "|supplier=-10@1 main|stock=10@1"},
		"what is kept":      {history.Span{}, func(e *ledger.Entry) bool { return e.N == 7 }, "|scrap=7.625@7 main|stock=-7.625@7"},
		"before everything": {history.Span{To: 1}, nil, ""},
	} {
		if got := fold(t, source, c.span, c.keep); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestSumsOfManyDigits(t *testing.T) {
	const most = "999999999999999" // 15 digits
	entries := []ledger.Entry{}
	for range 2_000 {
		entries = append(entries, moved(most, "supplier", "main/stock"))
	}
	if got, want := fold(t, stored(entries...), history.Span{}, nil), "|supplier=-1999999999999998000@2000 main|stock=1999999999999998000@2000"; got != want {
		t.Errorf("got %s", got)
	}
	for range 8_000 {
		entries = append(entries, moved(most, "supplier", "main/stock"))
	}
	if _, err := history.Fold(t.Context(), stored(entries...), history.Span{}, nil); !errors.Is(err, history.ErrTooMuch) {
		t.Errorf("a sum of 19 digits: %v", err)
	}
	if _, err := history.Fold(t.Context(), stored(moved("9223372036854775807", "supplier", "main/stock"), moved("0.1", "supplier", "main/stock")), history.Span{}, nil); err == nil {
		t.Error("a sum that does not fit at one decimal more")
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for _, quantity := range []string{"", "-", ".", "1.", ".5", "1e3", "x", "1.2.3", "0.1234567", "99999999999999999999"} {
		_, err := history.Fold(t.Context(), stored(moved("1", "a", "b"), moved(quantity, "a", "b")), history.Span{}, nil)
		if err == nil || !strings.Contains(err.Error(), "entry 2") {
			t.Errorf("%q: %v", quantity, err)
		}
	}
	broken := journal.NewBlock(&journal.Batch{First: 1, Records: []journal.Record{{JSON: []byte(`{"n":1,"moves":[{]}`)}}}, [32]byte{})
	source := func(_ context.Context, _ uint64, fn func(*journal.Block) (bool, error)) error {
		_, err := fn(broken)
		return err
	}
	if _, err := history.Fold(t.Context(), source, history.Span{}, nil); err == nil || !strings.Contains(err.Error(), "entry 1") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := history.Fold(ctx, stored(moved("1", "a", "b")), history.Span{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestFilter(t *testing.T) {
	intent := func(payload string, moves ...ledger.Move) []byte {
		e := ledger.Entry{N: 1, Kind: ledger.KindIntent, Moves: moves}
		return ledger.AppendHash(ledger.AppendEntry(nil, &e, []byte(payload)), [32]byte{})
	}
	kept := func(site, payload string, moves ...ledger.Move) []byte {
		e := ledger.Entry{N: 1, Kind: ledger.KindIntent, Site: site, Moves: moves}
		return ledger.AppendHash(ledger.AppendEntry(nil, &e, []byte(payload)), [32]byte{})
	}
	edit := func(e ledger.Edit) []byte {
		return ledger.AppendHash(ledger.AppendEntry(nil, &ledger.Entry{N: 1, Kind: ledger.KindEdit, Edit: &e}, nil), [32]byte{})
	}
	acted := ledger.AppendHash(ledger.AppendEntry(nil, &ledger.Entry{N: 1, Kind: ledger.KindAlert, Alerts: []ledger.Alert{
		{Product: "P", Site: "main", State: ledger.AlertAcknowledged}, {Product: "Q", Site: "north", Location: "B", State: ledger.AlertAcknowledged}}}, nil), [32]byte{})
	move := moved("1", "main/A", "customer").Moves[0]
	for _, c := range []struct {
		filter history.Filter
		entry  []byte
		want   bool
	}{
		{history.Filter{}, []byte("anything"), true},
		{history.Filter{Site: "main"}, intent(`{}`, move), true},
		{history.Filter{Site: "ma"}, intent(`{}`, move), false},
		{history.Filter{Site: "north"}, intent(`{"site":"north"}`, move), false}, // what moved decides
		{history.Filter{Location: "A"}, intent(`{}`, move), true},
		{history.Filter{Location: "main/A"}, intent(`{}`, move), true},
		{history.Filter{Location: "customer"}, intent(`{}`, move), true},
		{history.Filter{Location: "customer", Site: "main"}, intent(`{}`, move), false},
		{history.Filter{Location: "in/A"}, intent(`{}`, move), false},
		{history.Filter{Product: "P"}, intent(`{}`, move), true},
		{history.Filter{Product: "P", Location: "B"}, intent(`{}`, move), false},
		{history.Filter{Product: "Q"}, intent(`{"product":"Q"}`, move), false},
		{history.Filter{Product: "Q"}, intent(`{"product":"Q"}`), true},
		{history.Filter{Product: "Q"}, intent(`{"product":"\u0051"}`), true}, // as somebody sent it
		{history.Filter{Product: "Q"}, intent(`{"lines":[{"product":"R"},{"product":"Q"}]}`), true},
		{history.Filter{Location: "north/B"}, intent(`{"site":"north","from":"B"}`), true},
		{history.Filter{Site: "main"}, intent(`{}`), true},
		{history.Filter{Site: "north"}, intent(`{}`), false},
		{history.Filter{Site: "north"}, kept("north", `{}`), true}, // by whom it came
		{history.Filter{Site: "main"}, kept("north", `{}`), false},
		{history.Filter{Site: "main"}, kept("north", `{}`, move), true},
		{history.Filter{Operator: "ann"}, intent(`{"operator":"ann"}`), true},
		{history.Filter{Operator: "ann"}, intent(`{"reason":"ann"}`), false},
		{history.Filter{Kind: "edit"}, intent(`{}`), false},
		{history.Filter{Kind: "intent", Operator: "ann"}, intent(`{"operator":"bob","product":"ann"}`), false},
		{history.Filter{Site: "north"}, edit(ledger.Edit{Entity: "product", Code: "P"}), true},
		{history.Filter{Site: "north"}, edit(ledger.Edit{Entity: "location", Code: "A", Site: "main"}), false},
		{history.Filter{Location: "main/A"}, edit(ledger.Edit{Entity: "location", Code: "A", Site: "main"}), true},
		{history.Filter{Product: "P"}, edit(ledger.Edit{Entity: "constraint", Code: "P", Site: "main"}), true},
		{history.Filter{Site: "north"}, edit(ledger.Edit{Entity: "site", Code: "main"}), false},
		{history.Filter{Site: "north"}, acted, true},
		{history.Filter{Site: "main", Product: "P"}, acted, true},
		{history.Filter{Site: "main", Product: "Q"}, acted, false}, // each alert for itself
		{history.Filter{Location: "north/B"}, acted, true},
		{history.Filter{Location: "main/B"}, acted, false},
		{history.Filter{Site: "south"}, acted, false},
		{history.Filter{Site: "north"}, []byte("unreadable"), true},
	} {
		if got := c.filter.Wants(c.entry); got != c.want {
			t.Errorf("%+v wants %s: %v, want %v", c.filter, c.entry, got, c.want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add([]byte(`{"n":1,"kind":"intent","intent":{"product":"P"},"moves":[]}`), "P", "main", "A")
	f.Add([]byte(`{"edit":{"entity":"site","code":"x"}}`), "", "x", "")
	f.Fuzz(func(t *testing.T, entry []byte, product, site, location string) {
		filter := history.Filter{Product: product, Site: site, Location: location}
		filter.Wants(entry)
	})
}

func BenchmarkFold(b *testing.B) {
	entries := make([]ledger.Entry, 10_000)
	for i := range entries {
		entries[i] = moved("1.5", "supplier", fmt.Sprintf("main/A-%d", i%1000))
	}
	source := stored(entries...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := history.Fold(b.Context(), source, history.Span{}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkFilter(b *testing.B) {
	e := moved("1", "main/A", "customer")
	e.Kind = ledger.KindIntent
	entry := ledger.AppendHash(ledger.AppendEntry(nil, &e, []byte(`{"device":"H-1","seq":4,"operator":"ann","action":"remove","product":"P","quantity":"1"}`)), [32]byte{})
	for name, f := range map[string]history.Filter{"other product": {Product: "Q"}, "its product": {Product: "P"}, "site": {Site: "main"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.Wants(entry)
			}
		})
	}
}
