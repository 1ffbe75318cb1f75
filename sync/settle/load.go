package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// loading is the reading of a history, from the newest piece back.
type loading struct {
	h      *history
	pieces [][]fact // as they were written, the newest piece first
	base   *point   // from which the costs can be taken again
}

// load reads the facts of a history from a moment on, and those back to a point of
// its costs, before a key where one is given.
func (b *Books) load(h *history, t ledger.Time, before *Key) error {
	l := loading{h: h}
	all := true
	err := b.past.Appended(historyKey(h.product), func(p Piece) (bool, error) {
		// A moment is never more than a microsecond after its booking: pieces that
		// were booked before have nothing of it.
		if p.BookedAt+1 < t && l.base != nil {
			all = false
			return false, nil
		}
		return true, b.takePiece(&l, p.Bytes, before)
	})
	if err != nil {
		return err
	}
	if all {
		l.base, t = &point{}, 0
	}
	b.merge(&l, t)
	h.since = min(h.since, t)
	h.costs.base(b, h, l.base)
	after, _ := h.position(&l.base.key)
	if !h.costs.noting && b.anyLooksBack(h.facts[after:]) {
		return b.noteAll(h)
	}
	return nil
}

// merge puts what was read before what is in memory. A fact that was written several
// times is as it was written last, or as it is in memory.
func (b *Books) merge(l *loading, t ledger.Time) {
	h, count := l.h, 0
	for _, facts := range l.pieces {
		count += len(facts)
	}
	count += len(h.aside)
	facts := make([]fact, 0, count+len(h.facts))
	for _, piece := range slices.Backward(l.pieces) {
		for i := range piece {
			if f := &piece[i]; f.TEff >= t || f.Compare(&l.base.key) > 0 {
				facts = append(facts, *f)
			}
		}
	}
	for i := range h.aside { // not stored yet, or while somebody read on
		if f := &h.aside[i]; f.TEff < h.since && (f.TEff >= t || f.Compare(&l.base.key) > 0) {
			facts = append(facts, *f)
		}
	}
	read := len(facts)
	facts = append(facts, h.facts...)
	plain := t
	h.facts = facts[:0]
	for _, i := range inOrder(facts, &h.facts) {
		f := &facts[i]
		if int(i) < read {
			pin(b.state, f.legs)
			b.remember(h.product)
			f.found, f.kin = b.knownFinding(f), f.kinship()
			h.heed(f)
		}
		if f.depends() {
			plain = max(plain, f.TEff+1)
		}
		h.facts = append(h.facts, *f)
	}
	h.plain = min(h.plain, plain)
	h.room, h.cut = h.facts[:0], 0
	h.hot = 0
}

// inOrder says in which order facts stand by their keys, of those with one key the
// last alone. Facts that stand in order already, as most do, are gone through once
// and may stay where they are; else into is given memory of its own.
func inOrder(facts []fact, into *[]fact) []int32 {
	order := make([]int32, len(facts))
	sorted := true
	for i := range facts {
		order[i] = int32(i)
		sorted = sorted && (i == 0 || facts[i-1].Compare(&facts[i].Key) < 0)
	}
	if sorted {
		return order
	}
	slices.SortFunc(order, func(x, y int32) int {
		if c := facts[x].Compare(&facts[y].Key); c != 0 {
			return c
		}
		return int(y - x) // the last first
	})
	*into = make([]fact, 0, len(facts))
	return slices.CompactFunc(order, func(x, y int32) bool { return facts[x].Key == facts[y].Key })
}

// takePiece reads a piece, and looks for a point of the costs from its end.
func (b *Books) takePiece(l *loading, bytes []byte, before *Key) error {
	facts := []fact(nil)
	if l.h.since == nothingRead {
		facts = make([]fact, 0, len(bytes)/perFact+1)
	}
	var points []storedPoint
	keep := func(f fact) {
		if f.TEff < l.h.since { // what is later is in memory, as it was written last
			facts = append(facts, f)
		}
	}
	if err := b.readRecords(bytes, l.h.product, keep,
		func(s storedPoint) {
			if l.base == nil && (before == nil || s.key.Compare(before) < 0) {
				s.at = len(facts)
				points = append(points, s)
			}
		}); err != nil {
		return err
	}
	for i := len(points) - 1; i >= 0 && l.base == nil; i-- {
		if s := &points[i]; !l.overtaken(s, facts[s.at:]) {
			l.base = &s.point
		}
	}
	l.pieces = append(l.pieces, facts)
	return nil
}

// overtaken says whether something was booked or changed behind a point after it
// was stored: it does not hold any more. after are the facts of its own piece that
// were written later.
func (l *loading) overtaken(s *storedPoint, after []fact) bool {
	late := func(f fact) bool { return f.recorded > s.n && f.Compare(&s.key) <= 0 }
	return slices.ContainsFunc(after, late) || slices.ContainsFunc(l.h.facts, late) ||
		slices.ContainsFunc(l.pieces, func(facts []fact) bool { return slices.ContainsFunc(facts, late) })
}
