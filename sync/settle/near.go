package settle

import (
	"fmt"
	"slices"

	"bayledger/sync/ledger"
)

// near is what a history remembers of counts, so that a scan in order looks no
// further, and not into the journal: the last ones of all facts from a moment on,
// undone ones too. What it knows outlives the forgetting of facts.
type near struct {
	recent []fact // without legs, in order of K
	since  ledger.Time
}

// What makes people look. Nothing of it changes a booking.
const (
	surely       = ledger.Time(2e6)         // how far two clocks of class a may differ
	unsurely     = ledger.Time(60e6)        // where one is b
	recountIn    = ledger.Time(15 * 60e6)   // two counts that differ within this time; how far a guessed moment is doubted
	sessionLasts = ledger.Time(72 * 3600e6) // a session that nobody closes is taken as open for so long
	mostRecent   = 4                        // counts of a product remembered
	mostLook     = 16                       // scans of a product, on either side of one, whose order with it is looked at
	mostMoves    = 4096                     // scans of a product looked at for lines of sessions
	mostOpen     = 16                       // sessions open at one place that a scan is held against
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

// unsure says how far apart facts may be for their order not to be sure.
func unsure(a, b *fact) ledger.Time {
	switch both := a.marks | b.marks; {
	case both&markClockC != 0:
		return recountIn
	case both&markClockB != 0:
		return unsurely
	}
	return surely
}

// heed remembers a count.
func (h *history) heed(f *fact) {
	if !f.counts() {
		return
	}
	n := &h.near
	n.recent = slices.DeleteFunc(n.recent, func(g fact) bool { return g.Key == f.Key })
	at := len(n.recent)
	for at > 0 && n.recent[at-1].Compare(&f.Key) > 0 {
		at--
	}
	n.recent = slices.Insert(n.recent, at, *f)
	n.recent[at].legs = nil
	if len(n.recent) > mostRecent {
		n.recent = slices.Delete(n.recent, 0, 1)
	}
}

// refill brings what is remembered up to date for a scan at a moment.
func (b *Books) refill(h *history, t ledger.Time) error {
	n := &h.near
	if n.since <= t-recountIn {
		return nil
	}
	if err := b.reach(h, t-recountIn, nil); err != nil {
		return err
	}
	n.since, n.recent = t-recountIn, n.recent[:0]
	start, _ := h.between(n.since, t)
	for i := start; i < len(h.facts); i++ {
		h.heed(&h.facts[i])
	}
	return nil
}

// spans says whether a session was open at a moment.
func (s *session) spans(t ledger.Time) bool {
	o := s.opened()
	return o != nil && o.key.TEff <= t && t <= s.until(o)
}

// until is the moment at which a session ended.
func (s *session) until(o *sessionOpening) ledger.Time {
	if c := s.closed(); c != nil && c.key.Compare(&o.key) > 0 {
		return c.key.TEff
	}
	return o.key.TEff + sessionLasts
}

// hear tells of what a new fact makes people look at.
func (b *Books) hear(h *history, f *fact) error {
	if err := b.refill(h, f.TEff); err != nil {
		return err
	}
	count := f.counts()
	if f.is(flagOut) || !count && len(h.near.recent) == 0 && len(b.sessions.counting) == 0 {
		return nil
	}
	err := error(nil)
	// A late scan that is no count is held against the counts that are remembered
	// only: reading a minute of a busy product for each would stop everybody.
	if at, _ := h.position(&f.Key); at == len(h.facts)-1 || !count {
		err = b.hearInOrder(h, &h.facts[at])
	} else {
		err = b.hearLate(h, f)
	}
	switch {
	case err != nil:
	case f.tally != nil:
		err = b.hearMoves(h, f)
	case !count:
		if err = b.hearSessions(h, f, f.from); err == nil && f.to != f.from {
			err = b.hearSessions(h, f, f.to)
		}
	}
	return err
}

// hearInOrder looks at the counts just before a fact; and, where that is a count,
// at what was scanned just before it.
func (b *Books) hearInOrder(h *history, f *fact) error {
	n := &h.near
	if f.counts() {
		at := len(h.facts) - 1
		if within := unsure(f, f); at < mostLook && h.since > f.TEff-max(within, unsurely) {
			if err := b.reach(h, f.TEff-max(within, unsurely), nil); err != nil {
				return err
			}
			at = len(h.facts) - 1
		}
		b.hearOrder(h, at)
		f = &h.facts[at]
	}
	for i := len(n.recent) - 1; i >= 0; i-- {
		g := &n.recent[i]
		switch {
		case g.Key == f.Key || f.TEff-g.TEff > recountIn || g.is(flagOut) || g.marks&markPassed != 0:
		case f.counts():
			if g.sameCell(f) {
				// It set the books right: what does not fit is a difference.
				if f.marks&markPassed == 0 && !f.sameCounter(g) && len(f.legs) > 0 {
					b.noteRecount(h, g, f)
				}
				return nil
			}
		case f.unsureOf(g):
			return b.hearCount(h, g, f)
		}
	}
	return nil
}

// hearCount tells of a count just before a scan, unless many were between them.
func (b *Books) hearCount(h *history, g, f *fact) error {
	counted, key := g.Key, f.Key
	if err := b.reach(h, counted.TEff, nil); err != nil {
		return err
	}
	from, _ := h.position(&counted)
	if at, _ := h.position(&key); at-from <= mostLook {
		b.noteOrder(h, &h.facts[from], &h.facts[at])
	}
	return nil
}

// hearLate looks at what was scanned before a late fact and after it.
func (b *Books) hearLate(h *history, f *fact) error {
	within := max(unsurely, unsure(f, f))
	if f.counts() {
		within = max(within, recountIn)
	}
	if err := b.reach(h, f.TEff-within, nil); err != nil {
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
	return f.Device != g.Device && !g.is(flagOut) && f.shared(g) != nil && !f.addsTo(g) && max(f.TEff-g.TEff, g.TEff-f.TEff) <= unsure(f, g)
}

// addsTo says whether two lines of a session are of sections that add up, in
// whichever order.
func (f *fact) addsTo(g *fact) bool {
	return f.tally != nil && g.tally != nil && f.tally.session == g.tally.session && f.tally.section != g.tally.section
}

// hearOrder looks for a scan of another device so near in time that the order of
// the two is not sure.
func (b *Books) hearOrder(h *history, at int) {
	f := &h.facts[at]
	for _, step := range [...]int{-1, 1} {
		for i, looked := at+step, 0; i >= 0 && i < len(h.facts) && looked < mostLook; i, looked = i+step, looked+1 {
			g := &h.facts[i]
			if max(f.TEff-g.TEff, g.TEff-f.TEff) > max(unsurely, unsure(f, f)) {
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
	counted := x
	if !x.counts() || y.counts() && x.shared(y) == y.from {
		counted = y
	}
	b.noteDoubt(h, x, y, counted, kindAmbiguous, ledger.Info, fmt.Sprintf("It is not sure whether %s %s %s at %s before %s %s it (%s and %s); count again if it matters.",
		x.Device, x.did(), h.product.Code, x.shared(y).Ref(), y.Device, y.did(), x.TEff, y.TEff))
}

// shared is the holder that a count is of and another fact names; nil where there
// is none. Opening stock is what the books begin with, and nobody's doubt; nor is a
// closing that took nothing away, which some histories have and some have not.
func (f *fact) shared(g *fact) *ledger.Place {
	if !f.counts() {
		f, g = g, f
	}
	if g.act == actClose && len(g.legs) == 0 || !f.counts() || f.is(flagOpening) || g.counts() && g.is(flagOpening) || g.from != f.from && g.to != f.from {
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
	b.noteDoubt(h, x, y, y, kindRecount, ledger.Warning, fmt.Sprintf("%s at %s was counted twice and does not fit: %s by %s at %s, %s by %s at %s; count it again.",
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

// hearSessions tells of goods that a device moved where others were counting (C4).
func (b *Books) hearSessions(h *history, f *fact, at *ledger.Place) error {
	if at == nil || !at.Physical() {
		return nil
	}
	left := mostMoves
	for _, s := range b.openAt(at, f.TEff) {
		if err := b.reach(h, s.low, nil); err != nil {
			return err
		}
		start, end := h.between(s.low, s.high)
		for i := end - 1; i >= start && left > 0; i, left = i-1, left-1 {
			if g := &h.facts[i]; g.tally != nil && g.tally.session == s && !g.is(flagOut) && g.from == at && g.Device != f.Device {
				b.noteMoved(h, s, g, f, 0)
				break
			}
		}
	}
	return nil
}

// openAt returns the sessions that count at a place and were open at a moment, at
// most mostOpen of them: those that were opened last.
func (b *Books) openAt(at *ledger.Place, t ledger.Time) (out []*session) {
	for _, s := range b.sessions.counting[at.ID] {
		if !s.spans(t) {
			continue
		}
		i := len(out)
		for i > 0 && s.opened().key.Compare(&out[i-1].opened().key) > 0 {
			i--
		}
		if i == mostOpen {
			continue
		}
		out = slices.Insert(out, i, s)
		out = out[:min(len(out), mostOpen)]
	}
	return out
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
		case g.is(flagOut) || g.Key == line.Key || g.act == actClose: // a closing is no scan of goods
		case g.tally != nil && g.tally.session == s && g.from == line.from && g.Device == line.Device:
			return nil // it has been told
		case !g.counts() && g.Device != line.Device && s.spans(g.TEff) && (g.from == line.from || g.to == line.from):
			last, moves = g, moves+1
		}
	}
	if moves > 0 {
		b.noteMoved(h, s, line, last, moves-1)
	}
	return nil
}

func (b *Books) noteMoved(h *history, s *session, line, f *fact, more int) {
	others := ""
	if more > 0 {
		others = fmt.Sprintf(" and %d more were scanned there", more)
	}
	b.noteDoubt(h, line, f, line, kindAmbiguous, ledger.Info, fmt.Sprintf("%s of %s was moved at %s by %s at %s%s, while session %s counted it; count again if it matters.",
		ledger.FormatScaled(f.quantity, h.product.Decimals), h.product.Code, line.from.Ref(), f.Device, f.TEff, others, s.name))
}

// heldShort tells of a count that found less than is held there (C2).
func (e *evaluation) heldShort() {
	f := e.f
	if f.is(flagHeld) || f.is(flagAvailable) {
		return
	}
	held := int64(0)
	e.b.state.EachCell(e.h.product, f.from, f.lot, f.serial, func(c *ledger.Cell) {
		if c.Quantity > 0 && f.matches(c) && (c.Held || e.b.coveringAt(e.h, moment{key: &f.Key}, f.from, c.Lot, c.Serial) != nil) {
			held += c.Quantity
		}
	})
	if held > f.quantity {
		e.note("held_short", "warning", e.say(f.quantity)+" of "+e.h.product.Code+" was counted at "+f.from.Ref()+" by "+f.Device+", and "+e.say(held)+" of it is held there; look for the rest.")
	}
}
