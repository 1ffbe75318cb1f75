package simulation

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/simulation/oracle"
)

// closing is a closing of the books that came about.
type closing struct {
	n       uint64 // its entry
	through ledger.Time
}

// everything is the entry before which all that is known counts.
const everything = uint64(math.MaxUint64)

// shut is a supervisor who closes the books through some time ago. It may be too
// late for that: they may be closed further already.
func (m *maker) shut(p *person) *Scan {
	if p.hand.Role != "supervisor" || m.t < hour {
		return nil
	}
	through := dawn + m.t - int64(m.d.between(15, 180))*minute
	return &Scan{Intent: ledger.Intent{Action: ledger.ActionClose, Through: ledger.Time(through)}}
}

// closed notes a closing of the books; one that was undone before it came closes
// nothing, and has no stamp.
func (f *follower) closed(e *entry) error {
	if e.intent.Action != ledger.ActionClose || !booked(e.Outcome) {
		return nil
	}
	shuts, err := f.w.srv.closes(e.record)
	if err == nil && shuts {
		f.closings = append(f.closings, closing{e.N, e.intent.Through})
	}
	return err
}

// closes says whether an entry was stamped as a closing of the books.
func (s *server) closes(r journal.Record) (yes bool, err error) {
	err = s.view(func(st *ledger.State, _ uint64) {
		stamp, fault := st.ReadStamp(r.Stamp)
		yes = fault == nil && stamp.Kind == ledger.StampClose
	})
	return yes, err
}

// wantedClose: the books are closed through a moment that has passed, and that they
// are not closed through already.
func (j *judge) wantedClose(h *handheld, r *row, result *ledger.Result) error {
	through, closed := r.scan.Intent.Through, ledger.Time(0)
	for _, c := range j.w.follow.closings {
		if c.n < result.Entry {
			closed = c.through
		}
	}
	late := through <= closed || through >= ledger.Time(j.w.srv.burstOf(result.Entry).now)
	if late != (result.Code == ledger.BadTime) || !late && !booked(result.Outcome) {
		return j.fail(W, "scan %d of %s closes the books through %s, they are closed through %s, and it was %s", r.id.Seq, h.Device, through, closed, describe(result))
	}
	return nil
}

// shuts says whether an identity is that of a closing of the books that stands in
// an entry before n: such a one is never undone.
func (w *world) shuts(id ledger.Identity, n uint64) bool {
	for _, c := range w.follow.closings {
		if c.n < n && w.follow.byID[id] != nil && w.follow.byID[id].N == c.n {
			return true
		}
	}
	return false
}

// past asks the book for what it was at moments, and holds the answers to the
// oracle: to the scans up to that moment as they are known now, or, where the books
// were closed through it, as they were known then (rule 12).
func (j *judge) past() error {
	w := j.w
	moments := []ledger.Time{ledger.Time(w.script.Start + w.d.Int64N(max(1, w.t)))}
	for _, c := range w.follow.closings {
		moments = append(moments, c.through)
	}
	const few = 3 // each folds everything again
	for _, at := range moments[:min(few, len(moments))] {
		before := everything
		for _, c := range w.follow.closings {
			if c.through >= at {
				before = c.n
				break
			}
		}
		if err := j.asOf(at, before); err != nil {
			return err
		}
		w.report.count("questions about the past", 1)
	}
	return nil
}

func (j *judge) asOf(at ledger.Time, before uint64) error {
	w := j.w
	var facts []oracle.Fact
	entries, err := w.factsBefore(before)
	if err != nil {
		return err
	}
	for _, e := range entries {
		// What is undone was never scanned, and what is decided was, whenever that was said.
		if e.TEff <= at || e.intent.Action == ledger.ActionUndo || e.intent.Action == ledger.ActionDecide {
			facts = append(facts, w.oracleFact(e))
		}
	}
	folded, err := oracle.Fold(w.setup(), facts)
	if err != nil {
		return fmt.Errorf("the oracle cannot fold: %w", err)
	}
	got := emptyBooks()
	err = w.srv.book.AsOf(context.Background(), at, nil, func(b *settle.Books) error { return got.take(b) })
	if err != nil {
		return j.fail(R12, "the books as of %s cannot be read: %v", at, err)
	}
	known := "as known now"
	if before != everything {
		known = "closed by entry " + strconv.FormatUint(before, 10)
	}
	return j.failed(R12, w.compare("as of "+at.String()+", "+known, "by the oracle", got, booksOfOracle(&folded, w.follow.decimals)))
}
