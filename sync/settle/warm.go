package settle

import "bayledger/sync/ledger"

// A scan that comes a month late needs its product's history back to its moment, and
// reading that takes a quarter of a second for 100,000 facts. So that nobody waits
// for it, whoever brings such a scan lets the history be read before, a few pieces at
// a time, and others scan in between.

// ahead is how far a history has been read before it is needed.
type ahead struct {
	users   int      // so many have it read, or wait for their scans to be decided
	started bool     // pieces from before on have been read
	before  uint64   // the first entry of the oldest of them
	pieces  [][]fact // what was read, the newest piece first; their cells are kept
	base    *point   // from which the costs can be taken again
}

// warmPieces is how many pieces of a history are read at once: some 5,000 facts, in
// less time than a batch takes.
const warmPieces = 12

// warmFrom is the moment from which on facts matter to a scan at t: what counts just
// before it, or the same scan, make people look at.
func (b *Books) warmFrom(t ledger.Time) ledger.Time { return max(0, t-b.warmBack) }

// Cold says whether the history of a product would have to be read for a scan at a
// moment. It only reads.
func (b *Books) Cold(p *ledger.Product, t ledger.Time) bool {
	if !p.Moved {
		return false
	}
	if int(p.ID) > len(b.histories) || b.histories[p.ID-1] == nil {
		return true
	}
	h := b.histories[p.ID-1]
	return h.since > b.warmFrom(t) || !h.costs.known
}

// Warm reads some of what a scan of a product at a moment will need; more says that
// there is more to read. Until Cool is called as often as a Warm was the first of its
// caller's, nothing of the history is forgotten. Errors: those of reading.
func (b *Books) Warm(p *ledger.Product, t ledger.Time, isFirst bool) (more bool, err error) {
	h := b.history(p)
	if h.ahead == nil {
		h.ahead = &ahead{}
	}
	if isFirst {
		h.ahead.users++
	}
	if !b.Cold(p, t) && h.costs.pointBefore(&Key{TEff: t}) {
		return false, nil
	}
	return b.readSome(h, b.warmFrom(t), &Key{TEff: t})
}

// Cool says that a scan for which a history was read has been decided.
func (b *Books) Cool(p *ledger.Product) {
	h := b.history(p)
	if h.ahead == nil {
		return
	}
	if h.ahead.users--; h.ahead.users <= 0 {
		b.letGo(h.ahead.pieces)
		h.ahead = nil
	}
}

// letGo lets cells go that facts were read of.
func (b *Books) letGo(pieces [][]fact) {
	for _, facts := range pieces {
		for i := range facts {
			unpin(b.state, facts[i].legs)
		}
	}
}

// readSome reads the next pieces of a history back to a moment, and to a point of its
// costs before a key; once it has them all they are the history's.
func (b *Books) readSome(h *history, from ledger.Time, before *Key) (more bool, err error) {
	a := h.ahead
	if a.base != nil && a.base.key.Compare(before) >= 0 {
		a.base = nil // it was found for a scan of later
	}
	l := loading{h: h, pieces: a.pieces, base: a.base}
	read, reached := 0, false
	err = b.past.Appended(historyKey(h.product), func(p Piece) (bool, error) {
		switch {
		case a.started && p.First >= a.before:
			return true, nil
		case p.BookedAt+1 < from && (l.base != nil || h.costs.known && h.costs.pointBefore(before)):
			reached = true
			return false, nil
		case read == b.warmPieces:
			more = true
			return false, nil
		}
		if err := b.takePiece(&l, p.Bytes, before); err != nil {
			return false, err
		}
		for i := range l.pieces[len(l.pieces)-1] {
			pin(b.state, l.pieces[len(l.pieces)-1][i].legs)
		}
		read++
		a.started, a.before, a.pieces, a.base = true, p.First, l.pieces, l.base
		return true, nil
	})
	if err != nil || more {
		return more && err == nil, err
	}
	switch {
	case !reached:
		l.base, from = &point{}, 0 // the whole history has been read
	case l.base == nil:
		l.base = &h.costs.points[0]
	}
	b.merge(&l, from)
	b.letGo(l.pieces)
	h.since = min(h.since, from)
	h.costs.base(b, h, l.base)
	*a = ahead{users: a.users}
	after, _ := h.position(&l.base.key)
	if !h.costs.noting && b.anyLooksBack(h.facts[after:]) {
		return false, b.noteAll(h)
	}
	return false, nil
}
