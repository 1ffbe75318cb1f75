package settle

import (
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/ledger"
)

// busy is books of one product with so many scans, one a second, and what they come
// to with one intent of so many lines that happened before nearly all of them.
func busy(t testing.TB, scans, lines int) (*Books, *ledger.Received, ledger.Receipt) {
	t.Helper()
	s := ledger.NewState()
	patches := append(ledger.Foundation(), ledger.Patch{Entity: ledger.EntityProduct, Code: "P", Fields: map[string]string{}}, ledger.Patch{Entity: ledger.EntityProduct, Code: "Q", Fields: map[string]string{}})
	if _, _, f := s.Edit(patches, 1, 1, false); f != nil {
		t.Fatal(f)
	}
	st := newStored()
	b := New(s, st)
	for i := range scans {
		n := uint64(i + 2)
		in := ledger.Intent{Device: "H-1", Install: "i", Seq: n, Action: []string{"add", "remove", "move", "count"}[i%4], Product: "P", Quantity: ledger.NewDecimal(int64(1+i%3), 0), UnitCost: ledger.Decimal{}, From: "", To: ""}
		if in.Action == "move" {
			in.From, in.To = "stock", "incoming"
		}
		at := ledger.Time(1e6 * (i + 100))
		if d := b.Decide(&ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: at, TEff: at}); d.Outcome == ledger.Parked {
			t.Fatal(d.Message)
		}
		if i%256 == 255 {
			st.take(b, n, at)
		}
	}
	late := ledger.Intent{Device: "H-9", Install: "i", Seq: 1, Action: "add"}
	for i := range lines {
		l := ledger.Line{Product: "P", Quantity: ledger.NewDecimal(int64(1+i%5), 0), To: []string{"stock", "incoming"}[i%2], UnitCost: ledger.NewDecimal(int64(i%9), 0)}
		if i%7 == 0 {
			l.Product = "Q"
		}
		late.Lines = append(late.Lines, l)
	}
	n := uint64(scans + 10)
	return b, &ledger.Received{Intent: late}, ledger.Receipt{N: n, BookedAt: ledger.Time(1e6 * (scans + 200)), TEff: 50e6}
}

// A late intent of many lines takes what came after it again once, and not once a
// line; and so does its undo.
func TestManyLateLinesFoldOnce(t *testing.T) {
	const scans, lines = 2_000, 100
	b, late, at := busy(t, scans, lines)
	before := b.Work()
	if d := b.Decide(late, at); d.Outcome != ledger.Exception && d.Outcome != ledger.Applied && d.Outcome != ledger.Absorbed {
		t.Fatal(d.Outcome, d.Message)
	}
	if again := b.Work().Folded - before.Folded; again > scans+lines {
		t.Errorf("%d facts were folded again for %d lines before %d scans", again, lines, scans)
	}
	checkZeroSum(t, b.state)
	booked := stock(b.state)
	undo := ledger.Intent{Device: "H-9", Install: "i", Seq: 2, Action: "undo", Reference: "1"}
	stamp := b.stampForTest(t, late, at)
	at.N++
	at.Stamped = func(ledger.Identity) (uint64, []byte, error) { return at.N - 1, stamp, nil }
	before = b.Work()
	if d := b.Decide(&ledger.Received{Intent: undo}, at); d.Outcome == ledger.Parked {
		t.Fatal(d.Message)
	}
	if again := b.Work().Folded - before.Folded; again > scans+2*lines {
		t.Errorf("%d facts were folded again to undo %d lines before %d scans", again, lines, scans)
	}
	checkZeroSum(t, b.state)
	without, _, _ := busy(t, scans, lines)
	if got, want := stock(b.state), stock(without.state); got != want || got == booked {
		t.Errorf("undone, the books say\n  %s\nwithout it\n  %s", got, want)
	}
}

// stampForTest is what an intent was stamped as.
func (b *Books) stampForTest(t *testing.T, r *ledger.Received, at ledger.Receipt) []byte {
	t.Helper()
	lines, _, parked := b.state.Resolve(&r.Intent, &at)
	if parked != nil {
		t.Fatal(parked.Message)
	}
	stamp := ledger.Stamp{TEff: at.TEff, Kind: ledger.StampGoods, Lines: lines}
	return stamp.AppendTo(nil)
}

// Lines of one intent fold in their order, whether it comes in time or late.
func TestLinesFoldInTheirOrderHoweverLate(t *testing.T) {
	story := []string{
		"08:00 H-1 add p=BOLT q=5 to=A-01",
		"10:00 H-2 count p=BOLT q=7 from=A-01",
		"11:00 H-1 remove p=BOLT q=1 from=A-01",
	}
	for _, row := range []struct{ name, action, lines, want string }{
		{"moved on and on", "move", "A-01>B-01 3, B-01>stock 2", "customer:BOLT=1 loss:BOLT=-5 supplier:BOLT=-5 main/A-01:BOLT=6 main/B-01:BOLT=1 main/stock:BOLT=2"},
		{"the same twice", "move", "A-01>B-01 1, A-01>B-01 1", "customer:BOLT=1 loss:BOLT=-4 supplier:BOLT=-5 main/A-01:BOLT=6 main/B-01:BOLT=2"},
		{"more than there is", "move", "A-01>B-01 4, A-01>B-01 4", "customer:BOLT=1 loss:BOLT=-10 supplier:BOLT=-5 main/A-01:BOLT=6 main/B-01:BOLT=8"},
	} {
		for place := range len(story) + 1 {
			t.Run(fmt.Sprint(row.name, " as number ", place+1), func(t *testing.T) {
				s := newTale(t, nil)
				tellLines := func() {
					in := ledger.Intent{Device: "H-3", Install: "i", Seq: 1, Action: row.action}
					for _, word := range splitList(row.lines) {
						var l ledger.Line
						var from, to string
						var q int64
						if _, err := fmt.Sscanf(word, "%s %d", &from, &q); err != nil {
							t.Fatal(err)
						}
						from, to = cutAt(from, ">")
						l.Product, l.From, l.To, l.Quantity = "BOLT", from, to, ledger.NewDecimal(q, 0)
						in.Lines = append(in.Lines, l)
					}
					n := uint64(5_000)
					d := s.stored.decide(s.Books, &ledger.Received{Intent: in}, ledger.Receipt{N: n, BookedAt: ledger.Time(25 * 3600e6), TEff: ledger.Time(9 * 3600e6), Role: "floor"})
					if d.Outcome == ledger.Parked {
						t.Fatal(d.Message)
					}
					s.stored.take(s.Books, n, ledger.Time(n))
					s.Books = s.stored.reopen(t)
				}
				for i, line := range story {
					if i == place {
						tellLines()
					}
					s.tell(line)
				}
				if place == len(story) {
					tellLines()
				}
				if got := stock(s.state); got != row.want {
					t.Errorf("the books say\n  %s\nwant\n  %s", got, row.want)
				}
			})
		}
	}
}

func splitList(text string) []string { return strings.Split(text, ", ") }

func cutAt(text, sep string) (before, after string) {
	before, after, _ = strings.Cut(text, sep)
	return before, after
}
