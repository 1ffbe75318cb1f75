package settle

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// Again folds what a journal holds once more, from the stamps alone: it decides
// nothing again, and knows nothing of the legs, histories or rows that are stored.
// Make one with NewAgain, give it every stamped intent in the order of entries,
// and compare its books with those at hand.
type Again struct {
	books   *Books
	stamped func(ledger.Identity) (n uint64, stamp []byte, err error)
}

// nothingStored is the past of books that are folded from the first entry on.
type nothingStored struct{}

func (nothingStored) Appended([]byte, func(Piece) (bool, error)) error { return nil }

// NewAgain returns a fold over a state that has master data and no goods. Only
// products that only says are folded, to bound memory: each fact takes some 200
// bytes. stamped finds the stamp of any intent of the journal.
func NewAgain(state *ledger.State, only func(*ledger.Product) bool, stamped func(ledger.Identity) (uint64, []byte, error)) *Again {
	b := New(state, nothingStored{})
	b.maxFacts = int(^uint(0) >> 1)
	b.only, b.sessions.quiet = only, true
	return &Again{books: b, stamped: stamped}
}

// Books returns the books folded so far.
func (a *Again) Books() *Books { return a.books }

// Take folds one intent by its stamp. Errors: what cannot be folded.
func (a *Again) Take(n uint64, in *ledger.Intent, stamp *ledger.Stamp) error {
	b := a.books
	at := ledger.Receipt{N: n, TEff: stamp.TEff, BookedAt: stamp.TEff, Role: "admin",
		Stamped: func(id ledger.Identity) (uint64, []byte, error) {
			target, encoded, err := a.stamped(id)
			if target >= n {
				return 0, nil, err // it has not come yet
			}
			return target, encoded, err
		}}
	b.begin(in, &at)
	var err error
	if stamp.Kind != ledger.StampUndo {
		b.judgeUndos(in.Identity(), stamp)
	}
	switch stamp.Kind {
	case ledger.StampGoods:
		err = a.goods(in, &at, stamp)
	case ledger.StampHold:
		l := &stamp.Lines[0]
		h := scopeOf(l)
		h.id, h.key, h.n, h.out = nameOf(in.Identity()), first(in.Identity(), at.TEff), n, b.cancelled(in.Identity())
		b.addHold(h)
		if err = asError(b.judgeEndings(h)); err == nil {
			err = asError(b.bring(h, in, &at, l))
		}
		if err == nil && !h.out {
			err = asError(b.covered([]*hold{h}, &h.key))
		}
	case ledger.StampRelease:
		e := endingOf(first(in.Identity(), at.TEff), n, stamp)
		e.void = b.endsBeyond(e)
		e.out = e.void || b.cancelled(in.Identity())
		b.addEnding(e)
		err = asError(b.covered(b.named(e), &e.key))
	case ledger.StampDecision:
		err = a.decision(in, &at, stamp)
	case ledger.StampSessionOpen, ledger.StampSessionClose:
		err = asError(b.bookSession(in, &at, stamp))
	case ledger.StampUndo:
		err = a.undo(in, &at, stamp)
	}
	if err == nil {
		err = asError(b.zeroMore())
	}
	if err == nil && b.state.TooMuch() {
		err = fmt.Errorf("its sums are more than the books hold")
	}
	if err == nil {
		err = asError(b.recall())
	}
	if err != nil {
		b.takeBack()
		return err
	}
	b.recost()
	b.lookNear()
	b.state.Post()
	b.notes = b.notes[:0] // what is said of a scan as such follows from no fold
	b.settleExceptions()
	return nil
}

func (a *Again) undo(in *ledger.Intent, at *ledger.Receipt, stamp *ledger.Stamp) error {
	b := a.books
	if len(stamp.Names) == 0 {
		return ledger.ErrRow
	}
	target, ok := ledger.ParseReference(stamp.Names[0], nil)
	if !ok {
		return ledger.ErrRow
	}
	u := &undo{key: first(in.Identity(), at.TEff), n: at.N, target: target}
	if len(stamp.Names) > 1 {
		u.rights = &stamp.Names[1]
	}
	goods, ok := b.undone(target)
	if !ok {
		b.addUndo(u) // they name each other in a circle, and undo nothing
		return nil
	}
	n, encoded, err := b.stampOf(goods, at)
	undone := ledger.Stamp{}
	if err == nil && len(encoded) > 0 {
		undone, err = b.state.ReadStamp(encoded)
	}
	if err != nil {
		return err
	}
	u.void = b.undoesBeyond(u, &undone) != nil
	if d := b.strike(u, goods, n, &undone, ledger.Decision{}, at); d.Outcome == ledger.Parked {
		return asError(&d)
	}
	return nil
}

func (a *Again) decision(in *ledger.Intent, at *ledger.Receipt, stamp *ledger.Stamp) error {
	if len(stamp.Names) < decisionSite {
		return ledger.ErrRow
	}
	b := a.books
	d := &decision{key: first(in.Identity(), at.TEff), n: at.N, exception: stamp.Names[0], choice: stamp.Names[1], evidence: stamp.Names[2],
		by: nameOr(in.Operator, in.Device), out: b.struck(in.Identity())}
	b.addDecision(d)
	if kind, about, _ := splitException(d.exception); kind == kindDoubtfulCount && d.choice == ChoiceAccept {
		return asError(b.acceptanceChanged(about, at))
	}
	return nil
}

func (a *Again) goods(in *ledger.Intent, at *ledger.Receipt, stamp *ledger.Stamp) error {
	b := a.books
	if len(stamp.Lines) > 1 && !slices.ContainsFunc(stamp.Lines, boxed) {
		return asError(b.together(in, at, stamp.Lines, b.cancelled(in.Identity()), false))
	}
	for i := range stamp.Lines {
		l, out := &stamp.Lines[i], b.cancelled(in.Identity())
		if l.Package != nil {
			if parked := b.packed(in, at, l, i, out, false); parked != nil {
				return asError(parked)
			}
			continue
		}
		if _, parked := b.line(in, at, l, i, out, false); parked != nil {
			return asError(parked)
		}
	}
	return nil
}

func asError(d *ledger.Decision) error {
	if d == nil {
		return nil
	}
	return errors.New(d.Message)
}

// Mapped calls fn with the stamps of intents that were parked and have been booked
// since, as their rows have them, and the entry by which they were. Errors:
// ledger.ErrRow.
func Mapped(key, value []byte, fn func(id ledger.Identity, n, by uint64, stamp []byte)) error {
	if len(key) == 0 || key[0] != rowMapped {
		return nil
	}
	id, ok := ledger.ParseReference(string(key[1:]), nil)
	var row mappedRow
	if err := json.Unmarshal(value, &row); err != nil || !ok {
		return fmt.Errorf("%w: %q", ledger.ErrRow, key)
	}
	fn(id, row.N, row.By, row.Stamp)
	return nil
}
