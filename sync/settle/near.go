package settle

import (
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// near is what a history remembers of counts, so that a scan in order looks no
// further, and not into the journal. What it knows outlives the forgetting of
// facts.
type near struct {
	recent []fact // the last counts, without legs, in order of K
	spots  []spotSeen
}

// spotSeen is a place at which a session has counted the product.
type spotSeen struct {
	session *session
	place   *ledger.Place
}

// What makes people look. Nothing of it changes a booking.
const (
	surely       = ledger.Time(2e6)         // how far two clocks of class a may differ
	unsurely     = ledger.Time(60e6)        // where one is b
	recountIn    = ledger.Time(15 * 60e6)   // two counts that differ within this time
	sessionLasts = ledger.Time(72 * 3600e6) // a session that nobody closes is taken as open for so long
	mostRecent   = 4                        // counts of a product remembered: those of the last minutes
	mostSpots    = 64                       // places remembered of a history; older ones are let go
	mostLook     = 256                      // facts looked at on either side of one whose moment is a guess
)

// clockOf says how sure the moment of an intent is.
func clockOf(in *ledger.Intent, at *ledger.Receipt) marks {
	switch nameOr(in.Clock, at.Clock) {
	case "b":
		return markClockB
	case "c":
		return markClockC
	}
	return 0
}

// unsure says how far apart facts may be for their order not to be sure; with
// false however far.
func unsure(a, b *fact) (ledger.Time, bool) {
	switch both := a.marks | b.marks; {
	case both&markClockC != 0:
		return 0, false
	case both&markClockB != 0:
		return unsurely, true
	}
	return surely, true
}

// heed remembers of a count what later scans are looked at for.
func (h *history) heed(f *fact) {
	if !f.counts() {
		return
	}
	n := &h.near
	n.forget(&f.Key)
	if !f.is(flagOut) {
		n.remember(f)
	}
	if f.tally == nil || slices.ContainsFunc(n.spots, func(s spotSeen) bool { return s.session == f.tally.session && s.place == f.from }) {
		return
	}
	if len(n.spots) == mostSpots {
		n.spots = slices.Delete(n.spots, 0, 1)
	}
	n.spots = append(n.spots, spotSeen{f.tally.session, f.from})
}

func (n *near) remember(f *fact) {
	at := len(n.recent)
	for at > 0 && n.recent[at-1].Compare(&f.Key) > 0 {
		at--
	}
	n.recent = slices.Insert(n.recent, at, *f)
	n.recent[at].legs = nil
	newest := n.recent[len(n.recent)-1].TEff
	for len(n.recent) > mostRecent || n.recent[0].TEff < newest-recountIn {
		n.recent = slices.Delete(n.recent, 0, 1)
	}
}

func (n *near) forget(k *Key) {
	n.recent = slices.DeleteFunc(n.recent, func(f fact) bool { return f.Key == *k })
}

// firstLook says how far back a history is read at first, so that it knows of the
// counts that a scan at a moment may be near to.
func (b *Books) firstLook(t ledger.Time) ledger.Time {
	from := t - recountIn
	for _, s := range b.sessions.byName {
		if o := s.opened(); o != nil && s.low != 0 && s.spans(t) {
			from = min(from, o.key.TEff)
		}
	}
	return from
}

// spans says whether a session was open at a moment.
func (s *session) spans(t ledger.Time) bool {
	o := s.opened()
	return o != nil && o.key.TEff <= t && t <= s.until(o)
}

// until is the moment at which a session ended.
func (s *session) until(o *opening) ledger.Time {
	if c := s.closed(); c != nil && c.key.Compare(&o.key) > 0 {
		return c.key.TEff
	}
	return o.key.TEff + sessionLasts
}

// hear tells of what a new fact makes people look at.
func (b *Books) hear(h *history, f *fact) error {
	n, count := &h.near, f.counts()
	if f.is(flagOut) || !count && len(n.recent) == 0 {
		return nil
	}
	if at, _ := h.position(&f.Key); at == len(h.facts)-1 {
		b.hearInOrder(h, &h.facts[at])
	} else if err := b.hearLate(h, f); err != nil {
		return err
	}
	if count && f.tally != nil {
		return b.hearMoves(h, f)
	}
	for _, s := range n.spots {
		if !count && (f.from == s.place || f.to == s.place) && s.session.spans(f.TEff) {
			if err := b.hearMove(h, f, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// hearInOrder looks at the counts just before a fact; and, where that is a count,
// at all that was scanned just before it.
func (b *Books) hearInOrder(h *history, f *fact) {
	n := &h.near
	if f.counts() {
		b.hearOrder(h, len(h.facts)-1)
	}
	for i := len(n.recent) - 1; i >= 0; i-- {
		g := &n.recent[i]
		switch {
		case g.Key == f.Key:
		case f.counts():
			if g.sameCell(f) {
				// It set the books right: what does not fit is a difference.
				if g.marks&markPassed == 0 && f.marks&markPassed == 0 && f.TEff-g.TEff <= recountIn && !f.sameCounter(g) && len(f.legs) > 0 {
					b.noteRecount(h, g, f)
				}
				return
			}
		case f.unsureOf(g):
			b.noteOrder(h, g, f)
			return
		}
	}
}

// hearLate looks at what was scanned before a late fact and after it.
func (b *Books) hearLate(h *history, f *fact) error {
	back := unsurely
	if f.counts() {
		back = recountIn
	}
	if err := b.reach(h, f.TEff-back, nil); err != nil {
		return err
	}
	at, _ := h.position(&f.Key)
	b.hearOrder(h, at)
	if f.counts() {
		b.hearRecount(h, at, -1)
		b.hearRecount(h, at, 1)
	}
	return nil
}

// unsureOf says whether two facts of different devices, of which one is a count,
// are about one holder and so near in time that their order is not sure.
func (f *fact) unsureOf(g *fact) bool {
	within, bounded := unsure(f, g)
	return f.Device != g.Device && !g.is(flagOut) && f.sharesHolder(g) && (!bounded || max(f.TEff-g.TEff, g.TEff-f.TEff) <= within)
}

// hearOrder looks for a scan of another device so near in time that the order of
// the two is not sure.
func (b *Books) hearOrder(h *history, at int) {
	f := &h.facts[at]
	for _, step := range [...]int{-1, 1} {
		for i, looked := at+step, 0; i >= 0 && i < len(h.facts) && looked < mostLook; i, looked = i+step, looked+1 {
			g := &h.facts[i]
			if f.marks&markClockC == 0 && max(f.TEff-g.TEff, g.TEff-f.TEff) > unsurely {
				break
			}
			if f.unsureOf(g) {
				b.noteOrder(h, f, g)
				return
			}
		}
	}
}

func (b *Books) noteOrder(h *history, x, y *fact) {
	if x.Compare(&y.Key) > 0 {
		x, y = y, x
	}
	b.note("ambiguous", "info", fmt.Sprintf("It is not sure whether %s %s %s at %s before %s %s it (%s and %s); count again if it matters.",
		x.Device, x.did(), h.product.Code, x.shared(y).Ref(), y.Device, y.did(), x.TEff, y.TEff))
}

// sharesHolder says whether two facts name the same holder, of which one counts.
func (f *fact) sharesHolder(g *fact) bool { return f.shared(g) != nil }

func (f *fact) shared(g *fact) *ledger.Place {
	if !f.counts() {
		f, g = g, f
	}
	if !f.counts() || g.from != f.from && g.to != f.from {
		return nil
	}
	return f.from
}

func (f *fact) did() string {
	if f.counts() {
		return "counted"
	}
	return "moved"
}

// hearRecount looks on one side for another count of the same cell, by somebody
// else, soon enough, that does not fit.
func (b *Books) hearRecount(h *history, at, step int) {
	f := &h.facts[at]
	if f.marks&markPassed != 0 {
		return
	}
	moved := int64(0)
	for i := at + step; i >= 0 && i < len(h.facts); i += step {
		g := &h.facts[i]
		if max(f.TEff-g.TEff, g.TEff-f.TEff) > recountIn {
			return
		}
		if g.is(flagOut) || g.marks&markPassed != 0 {
			continue
		}
		if !g.counts() || !g.sameCell(f) {
			moved += f.netOf(g)
			continue
		}
		if f.sameCounter(g) {
			return
		}
		x, y := g, f
		if step > 0 {
			x, y = f, g
		}
		if y.quantity != x.quantity+moved {
			b.noteRecount(h, x, y)
		}
		return
	}
}

func (b *Books) noteRecount(h *history, x, y *fact) {
	say := func(q int64) string { return ledger.FormatScaled(q, h.product.Decimals) }
	b.note("recount", "warning", fmt.Sprintf("%s at %s was counted twice and does not fit: %s by %s at %s, %s by %s at %s; count it again.",
		h.product.Code, x.from.Ref(), say(x.quantity), x.Device, x.TEff, say(y.quantity), y.Device, y.TEff))
}

// sameCounter says whether two counts are of one session, or single ones of one
// device.
func (f *fact) sameCounter(g *fact) bool {
	if f.tally != nil && g.tally != nil {
		return f.tally.session == g.tally.session
	}
	return f.tally == nil && g.tally == nil && f.Device == g.Device
}

// netOf is what another fact brings to the cells that a count names.
func (f *fact) netOf(g *fact) (sum int64) {
	for i := range g.legs {
		l := &g.legs[i]
		if l.to.Place == f.from && f.matches(l.to) {
			sum += l.quantity
		}
		if l.from.Place == f.from && f.matches(l.from) {
			sum -= l.quantity
		}
	}
	return sum
}

// hearMove tells of goods that another device moved where a session was counting
// (C4).
func (b *Books) hearMove(h *history, f *fact, spot spotSeen) error {
	s := spot.session
	if err := b.reach(h, s.low, nil); err != nil {
		return err
	}
	start, end := h.between(s.low, s.high)
	for i := start; i < end; i++ {
		if g := &h.facts[i]; g.tally != nil && g.tally.session == s && !g.is(flagOut) && g.from == spot.place && g.Device != f.Device {
			b.noteMoved(h, s, spot.place, f, 0)
			return nil
		}
	}
	return nil
}

// hearMoves tells of what other devices moved where a session counts for the first
// time, while it was open.
func (b *Books) hearMoves(h *history, line *fact) error {
	s := line.tally.session
	o := s.opened()
	if o == nil {
		return nil
	}
	if err := b.reach(h, s.since(), nil); err != nil {
		return err
	}
	start, end := h.between(s.since(), max(s.until(o), s.high))
	var last *fact
	moves := 0
	for i := start; i < end; i++ {
		g := &h.facts[i]
		switch {
		case g.is(flagOut) || g.Key == line.Key:
		case g.tally != nil && g.tally.session == s && g.from == line.from && g.Device == line.Device:
			return nil // it has been told
		case !g.counts() && g.Device != line.Device && s.spans(g.TEff) && (g.from == line.from || g.to == line.from):
			last, moves = g, moves+1
		}
	}
	if moves > 0 {
		b.noteMoved(h, s, line.from, last, moves-1)
	}
	return nil
}

func (b *Books) noteMoved(h *history, s *session, at *ledger.Place, f *fact, more int) {
	others := ""
	if more > 0 {
		others = fmt.Sprintf(" and %d more were scanned there", more)
	}
	b.note("ambiguous", "info", fmt.Sprintf("%s of %s was moved at %s by %s at %s%s, while session %s counted it; count again if it matters.",
		ledger.FormatScaled(f.quantity, h.product.Decimals), h.product.Code, at.Ref(), f.Device, f.TEff, others, s.name))
}

// heldShort tells of a count that found less than is held there (C2).
func (e *evaluation) heldShort() {
	f := e.f
	if f.is(flagHeld) || f.is(flagAvailable) {
		return
	}
	held := int64(0)
	e.b.state.EachCell(e.h.product, f.from, f.serial, func(c *ledger.Cell) {
		if c.Quantity > 0 && f.matches(c) && (c.Held || e.b.coveringAt(e.h, moment{key: &f.Key}, f.from, c.Lot, c.Serial) != nil) {
			held += c.Quantity
		}
	})
	if held > f.quantity {
		e.note("held_short", "warning", e.say(f.quantity)+" of "+e.h.product.Code+" was counted at "+f.from.Ref()+" by "+f.Device+", and "+e.say(held)+" of it is held there; look for the rest.")
	}
}
