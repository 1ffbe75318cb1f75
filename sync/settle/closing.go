package settle

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"bayledger/sync/ledger"
)

// Closing is a closing of the books (rule 12): from its entry on, what they were
// up to a moment does not change any more. A fact of before that comes, is named
// or is undone later still takes its own place by K; what it changes is dated at
// the moment, so a report up to there leaves it out, and any later one has it.
type Closing struct {
	Through  ledger.Time
	N        uint64 // the entry that closed them
	BookedAt ledger.Time
}

// Closings are those of a book, in the order in which they were made; each reaches
// further than the one before.
type Closings []Closing

// Before says which entries told of the books as they were at a moment: those
// before the first closing that reaches so far. It is 0 while they are open.
func (c Closings) Before(at ledger.Time) (n uint64) {
	for i := range c {
		if c[i].Through >= at {
			return c[i].N
		}
	}
	return 0
}

// Dated is the moment at which a report shows what entry n changed at a moment:
// that moment, or where the books were closed beyond it, the last of theirs.
func (c Closings) Dated(n uint64, at ledger.Time) ledger.Time {
	for i := len(c) - 1; i >= 0; i-- {
		if c[i].N < n {
			return max(at, c[i].Through)
		}
	}
	return at
}

// through is the last moment of which the books are closed.
func (c Closings) through() ledger.Time {
	if len(c) == 0 {
		return 0
	}
	return c[len(c)-1].Through
}

// Closings returns the closings so far; the caller leaves them as they are.
func (b *Books) Closings() Closings { return b.closings }

// closeBooks settles a closing: a decision, in the order of entries.
func (b *Books) closeBooks(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	const kept = " The intent is kept and closes nothing; "
	switch through := b.closings.through(); {
	case !at.MayIntend(ledger.Everywhere, in.Action):
		return park(ledger.NotAllowed, "Only a supervisor closes the books."+kept+"a supervisor can send it.")
	case in.Through <= 0:
		return park(ledger.BadField, "The closing does not say through which moment."+kept+"send it again with through.")
	case in.Through >= at.Arrived:
		return park(ledger.BadTime, "The books can be closed through a moment that has passed, and "+in.Through.String()+" has not."+kept+"send it again then.")
	case in.Through <= through:
		return park(ledger.BadTime, "The books are closed through "+through.String()+" already, and what is closed is not opened again."+kept+"name a later moment.")
	}
	b.judgeUndos(in.Identity(), &ledger.Stamp{Kind: ledger.StampClose})
	if b.cancelled(in.Identity()) {
		return ledger.Decision{Outcome: ledger.Applied, Message: "It was undone before it arrived; it is kept and closes nothing."}
	}
	b.closings = append(b.closings, Closing{Through: in.Through, N: at.N, BookedAt: at.BookedAt})
	b.rows.closed++
	b.env.back = append(b.env.back, func() {
		b.closings = b.closings[:len(b.closings)-1]
		b.rows.closed--
	})
	return ledger.Decision{Outcome: ledger.Applied, Stamp: ledger.Stamp{Kind: ledger.StampClose},
		Message: "The books are closed through " + in.Through.String() + ". What comes later of before is booked all the same, and dated there."}
}

// behind says of an entry that it changed what the books were when they were
// closed.
func (b *Books) behind(d *ledger.Decision) {
	through := b.closings.through()
	if through == 0 {
		return
	}
	for i := range b.did {
		if b.did[i].key.TEff > through {
			continue
		}
		said := "The books are closed through " + through.String() + "; what this changes of before is dated there."
		if d.Message != "" {
			d.Message += " "
		}
		d.Message += said
		b.note("closed_books", "info", said)
		return
	}
}

// closingRow is how a closing is kept, under its entry's number.
type closingRow struct {
	Through  ledger.Time
	BookedAt ledger.Time
}

func (b *Books) closingRows(rows []ledger.Row) []ledger.Row {
	for _, c := range b.closings[len(b.closings)-b.rows.closed:] {
		rows = append(rows, ledger.Row{Key: binary.BigEndian.AppendUint64([]byte{rowClosing}, c.N), Value: mustJSON(closingRow{c.Through, c.BookedAt})})
	}
	return rows
}

// ReadClosing returns the closing of a stored row, with ok false where the row is
// of another kind. Errors: ledger.ErrRow.
func ReadClosing(key, value []byte) (c Closing, ok bool, err error) {
	if len(key) == 0 || key[0] != rowClosing {
		return c, false, nil
	}
	var row closingRow
	if err := json.Unmarshal(value, &row); err != nil || len(key) != 9 {
		return c, false, fmt.Errorf("%w: %q", ledger.ErrRow, key)
	}
	return Closing{row.Through, binary.BigEndian.Uint64(key[1:]), row.BookedAt}, true, nil
}
