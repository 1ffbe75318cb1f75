package book_test

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// tellBook books a story: moment, action, quantity (of an undo: the seq undone), and
// fields, one intent each, in the order of arrival.
func tellBook(t *testing.T, story string) *book.Book {
	t.Helper()
	b, err := book.Open(t.Context(), journal.NewMemory("e1"), book.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	if _, _, err := b.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "P"},
		{Entity: ledger.EntityLocation, Site: "main", Code: "A"}, {Entity: ledger.EntityLocation, Site: "main", Code: "B"}}, false); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(story, "; ") {
		in := ledger.Intent{Device: "H-1", Install: "i", Seq: uint64(i + 1)}
		var at, quantity int64
		if _, err := fmt.Sscan(line, &at, &in.Action, &quantity); err != nil {
			t.Fatal(err)
		}
		switch in.Action {
		case ledger.ActionUndo:
			in.Reference = fmt.Sprint(quantity)
		default:
			in.Product, in.Quantity = "P", ledger.NewDecimal(quantity, 0)
		}
		for _, word := range strings.Fields(line) {
			switch key, value, _ := strings.Cut(word, "="); key {
			case "from":
				in.From = value
			case "to":
				in.To = value
			case "lot":
				in.Lot = value
			case "package":
				in.Package = value
			case "none":
				in.Product, in.Quantity = "", ledger.Decimal{}
			}
		}
		in.At = ledger.Time(at)
		done, err := b.Do(t.Context(), book.Source{Transport: book.Stated}, []ledger.Received{wire.Receive(in)})
		if err != nil {
			t.Fatal(err)
		}
		if o := done.Results[0].Outcome; o == ledger.Parked || o == ledger.Refused {
			t.Fatalf("%s: %s", line, done.Results[0].Message)
		}
	}
	return b
}

// A balance is told by the steps that made it, as they are known now: a late scan stands
// at its moment, what a count found is the count's, what was undone is told and changes
// nothing.
func TestStepsMakeTheBalance(t *testing.T) {
	at := func(code string) func(*ledger.Place) bool {
		return func(p *ledger.Place) bool { return p.Code == code }
	}
	house := func(p *ledger.Place) bool { return p.Stand().Physical() }
	for _, row := range []struct {
		name, story string
		in          func(*ledger.Place) bool
		want        string
	}{
		{"nothing", "9 add 5 to=A", at("B"), "0"},
		{"in and out", "9 add 5 to=A; 10 move 2 from=A to=B", at("A"), "3: -2=3 at 10, +5=5 at 9"},
		{"below zero", "9 add 2 to=A; 10 move 3 from=A to=B; 11 move 2 from=A to=B", at("A"), "-3: -2=-3 at 11, -3=-1 at 10, +2=2 at 9"},
		{"a late one stands at its moment", "9 add 5 to=A; 12 move 1 from=A to=B; 10 move 3 from=A to=B", at("A"), "1: -1=1 at 12, -3=2 at 10, +5=5 at 9"},
		{"a count takes what is missing", "9 add 5 to=A; 10 count 3 from=A; 11 move 1 from=A to=B", at("A"), "2: -1=2 at 11, count-2=3 at 10, +5=5 at 9"},
		{"a count that finds nothing wrong", "9 add 5 to=A; 10 count 5 from=A", at("A"), "5: count+0=5 at 10, +5=5 at 9"},
		{"late, before a count", "9 add 5 to=A; 11 count 3 from=A; 10 move 2 from=A to=B", at("A"), "3: count+0=3 at 11, -2=3 at 10, +5=5 at 9"},
		{"undone", "9 add 5 to=A; 10 move 2 from=A to=B; 11 undo 2", at("A"), "5: undone+0=5 at 10, +5=5 at 9"},
		{"an undone count", "9 add 5 to=A; 10 count 1 from=A; 11 undo 2", at("A"), "5: undone count+0=5 at 10, +5=5 at 9"},
		{"of the house, moves inside are none", "9 add 5 to=A; 10 move 2 from=A to=B; 11 remove 1 from=B", house, "4: -1=4 at 11, +5=5 at 9"},
		{"into a package", "9 add 5 to=A; 10 pack 2 from=A package=K to=A", at("A"), "3: -2=3 at 10, +5=5 at 9"},
		{"in a package that moved", "9 add 5 to=A; 10 pack 2 from=A package=K to=A; 11 move 0 none package=K from=A to=B", at("K"), "2: +2=2 at 10"},
		{"of the house, a package's goods stay", "9 add 5 to=A; 10 pack 2 from=A package=K to=A; 11 move 0 none package=K from=A to=B", house, "5: +5=5 at 9"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := tellBook(t, row.story)
			if got := stepsOf(t, b, book.StepQuery{In: row.in, Most: 100}); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func stepsOf(t *testing.T, b *book.Book, q book.StepQuery) string {
	t.Helper()
	if err := b.View(t.Context(), func(s *ledger.State, _ uint64) { q.Product, _ = s.Product("P") }); err != nil {
		t.Fatal(err)
	}
	steps, now, _, err := b.Steps(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(now)
	for i, s := range steps.List {
		word := map[bool]string{true: "undone "}[s.Undone] + map[bool]string{true: "count"}[s.Counts]
		out += fmt.Sprintf("%s %s%+d=%d at %d", []string{":", ","}[min(i, 1)], strings.TrimSpace(word), s.Change, s.After, s.TEff)
	}
	if steps.More {
		out += fmt.Sprintf(", before %d", steps.Before)
	}
	return out
}

// Pages of steps go on where the page before ended, and bounds are kept.
func TestPagesOfSteps(t *testing.T) {
	story := "1 add 100 to=A"
	for i := 2; i <= 9; i++ {
		story += fmt.Sprintf("; %d move 1 from=A to=B", i)
	}
	b := tellBook(t, story)
	in := func(p *ledger.Place) bool { return p.Code == "A" }
	for _, row := range []struct {
		q    book.StepQuery
		want string
	}{
		{book.StepQuery{In: in, Most: 2}, "92: -1=92 at 9, -1=93 at 8, before 94"},
		{book.StepQuery{In: in, Most: 2, Until: &settle.Key{TEff: 8, Device: "H-1", Install: "i", Seq: 8}}, "92: -1=94 at 7, -1=95 at 6, before 96"},
		{book.StepQuery{In: in, Most: 2, Until: &settle.Key{TEff: 2, Device: "H-1", Install: "i", Seq: 2}}, "92: +100=100 at 1"},
		{book.StepQuery{In: in, Most: 9, Since: 8}, "92: -1=92 at 9, -1=93 at 8, before 94"},
		{book.StepQuery{In: in, Most: 0}, "92, before 92"},
	} {
		if got := stepsOf(t, b, row.q); got != row.want {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
}
