package settle

import (
	"encoding/binary"
	"slices"
	"sort"

	"bayledger/sync/ledger"
)

// tally is what a line of a count session says. What it counts for (its fact's
// quantity and costs, and whether it does at all) follows from all lines of the
// session on its cell: of each section the last one stands, the sections add up,
// and the last of all is the checkpoint (C3).
type tally struct {
	session  *session
	section  string
	quantity int64
	said     *said
}

// share is what a line counts for.
type share struct {
	quantity int64
	said     *said
	passed   bool // another line counts for it
	replaced bool // by one of its own section
}

// marks of a fact. Bits reach the disk; the list only grows.
type marks byte

const (
	markPassed marks = 1 << iota // a line of a session for which another one counts
	markClockB                   // its moment is not sure
	markClockC                   // its moment is a guess
)

// mostCounted bounds what the sections of a session add up to: the books park a
// difference of so many.
const mostCounted = 1_000_000_000_000_000

// counts says whether the fact is a count.
func (f *fact) counts() bool { return f.act == actCount || f.act == actCountOne }

// share is what a line counts for as it stands.
func (f *fact) share() share {
	return share{quantity: f.quantity, said: f.said, passed: f.marks&markPassed != 0}
}

// count lets a line count for that from now on.
func (f *fact) count(j *share) {
	f.quantity, f.said = j.quantity, j.said
	if f.marks &^= markPassed; j.passed {
		f.marks |= markPassed
	}
}

func (j *share) same(o *share) bool {
	return j.quantity == o.quantity && j.passed == o.passed && (j.said == o.said || j.said != nil && o.said != nil && *j.said == *o.said)
}

// sameCell says whether two counts name the same cell.
func (f *fact) sameCell(o *fact) bool {
	const status = flagAvailable | flagHeld
	return f.from == o.from && f.lot == o.lot && f.serial == o.serial && f.flags&status == o.flags&status
}

// tallied makes a counted line one of a session.
func (b *Books) tallied(in *ledger.Intent, f *fact) *ledger.Decision {
	s := b.session(in.Session)
	if s == nil {
		return tooManySessions()
	}
	f.tally = &tally{session: s, section: b.name(nameOr(in.Section, in.Device)), quantity: f.quantity, said: f.said}
	b.widen(s, f.TEff)
	return nil
}

// placeLine puts a new fact into its history: a line of a count session together
// with what it makes of the others.
func (b *Books) placeLine(h *history, f *fact, asked bool) (refused *ledger.Decision, err error) {
	if f.tally != nil && !f.is(flagOut) {
		return b.placeTally(h, f, asked)
	}
	if b.aside(h, f, asked) {
		return nil, nil
	}
	if refused, err = b.place(h, f, asked); refused != nil || err != nil || b.sessions.quiet {
		return refused, err
	}
	return nil, b.hear(h, f)
}

// placeTally puts a line that takes part into its history.
func (b *Books) placeTally(h *history, f *fact, asked bool) (refused *ledger.Decision, err error) {
	changes, alone, err := b.join(h, f)
	if err != nil {
		return nil, err
	}
	if _, twice := h.position(&f.Key); twice {
		return nil, errTwice
	}
	own := slices.IndexFunc(changes, func(c rejoined) bool { return c.key == f.Key })
	b.sessions.lines = append(b.sessions.lines, changes[own].share)
	changes = slices.Delete(changes, own, own+1)
	if len(changes) == 0 {
		refused, err = b.place(h, f, asked)
	} else {
		err = b.rejoin(h, changes, f, func(r *refold) { r.add(*f) })
	}
	if refused == nil && err == nil {
		err = b.lineTurned(h, f, alone)
	}
	if refused == nil && err == nil && !b.sessions.quiet {
		err = b.hear(h, f)
	}
	return refused, err
}

// rejoined is a line that counts for something else from now on.
type rejoined struct {
	key Key
	share
}

// join finds what the lines of a session on a line's cell count for with it, or,
// where it is undone, without it; the line itself is told, the others that change
// are listed with it. Alone says that the session has no other line that takes
// part of the product at that holder.
func (b *Books) join(h *history, f *fact) (changes []rejoined, alone bool, err error) {
	s := f.tally.session
	if err := b.reach(h, s.low, nil); err != nil {
		return nil, false, err
	}
	var group []*fact
	alone = true
	start, end := h.between(s.low, s.high)
	for i := start; i < end; i++ {
		g := &h.facts[i]
		if g.tally == nil || g.tally.session != s || g.is(flagOut) || g.from != f.from || g.Key == f.Key {
			continue
		}
		if alone = false; g.sameCell(f) {
			group = append(group, g)
		}
	}
	if !f.is(flagOut) {
		at := sort.Search(len(group), func(i int) bool { return group[i].Compare(&f.Key) > 0 })
		group = slices.Insert(group, at, f)
	} else {
		f.count(&share{quantity: f.tally.quantity, said: f.tally.said})
	}
	for i, want := range shares(group) {
		if g := group[i]; g == f {
			g.count(&want)
			changes = append(changes, rejoined{g.Key, want})
		} else if is := g.share(); !is.same(&want) {
			changes = append(changes, rejoined{g.Key, want})
		}
	}
	return changes, alone, nil
}

// shares says what lines of a session on one cell count for, in order of K.
func shares(group []*fact) []share {
	out := make([]share, len(group))
	last := len(group) - 1
	for i, g := range group {
		out[i] = share{quantity: g.tally.quantity, said: g.tally.said, passed: i < last}
	}
	later := map[string]bool{}
	for i := last; i >= 0; i-- {
		name := group[i].tally.section
		out[i].replaced, later[name] = later[name], true
	}
	for i := range max(0, last) {
		if out[i].replaced {
			continue
		}
		sum := &out[last]
		if group[i].serial != "" { // seen by one, it is there
			sum.quantity = max(sum.quantity, out[i].quantity)
		} else {
			sum.quantity = min(sum.quantity+out[i].quantity, mostCounted)
		}
		sum.said = sum.said.with(out[i].said)
	}
	return out
}

// with adds what another line of a session says of costs; of unit costs the last
// line's stands.
func (s *said) with(o *said) *said {
	if o == nil || o.costed == ledger.CostNone {
		return s
	}
	var sum said
	if s != nil {
		sum = *s
	}
	switch {
	case sum.costed == ledger.CostNone:
		sum.costed, sum.unit, sum.total = o.costed, o.unit, o.total
	case sum.costed == ledger.CostTotal && o.costed == ledger.CostTotal:
		sum.total = min(sum.total+o.total, mostCounted)
	default:
		return s
	}
	return &sum
}

// rejoin lets lines count for something else, does what is to be done besides, and
// takes again what follows from it.
func (b *Books) rejoin(h *history, changes []rejoined, f *fact, also func(r *refold)) error {
	lowest := f.Key
	for i := range changes {
		if changes[i].key.Compare(&lowest) < 0 {
			lowest = changes[i].key
		}
	}
	if b.why == "" {
		b.why = causeCount.String()
	}
	return b.takeAgain(h, &lowest, f.from, f.serial != "" || f.is(flagStep) || h.product.Boxed(), func(r *refold) {
		for i := range changes {
			at, _ := h.position(&changes[i].key)
			g := &h.facts[at]
			was := g.share()
			b.did = append(b.did, deed{h: h, key: g.Key, was: &was, recorded: g.recorded})
			g.recorded = b.n
			g.count(&changes[i].share)
			h.heed(g)
		}
		also(r)
	})
}

// takeAgain takes a history again from a key on, where something is otherwise at a
// holder; change is called when the cells stand as before that key.
func (b *Books) takeAgain(h *history, from *Key, at *ledger.Place, all bool, change func(r *refold)) error {
	if err := b.reach(h, from.TEff, from); err != nil {
		return err
	}
	start, _ := h.position(from)
	r := b.refold(h, start, all)
	r.from, r.with = *from, true
	r.reaches(at)
	r.lift()
	change(r)
	r.redo()
	return nil
}

// add puts a fact into a history that is being taken again; it is decided in its
// turn.
func (r *refold) add(f fact) {
	at, _ := r.h.position(&f.Key)
	r.h.insert(at, f)
	r.lifted = slices.Insert(r.lifted, at-r.start, true)
	r.b.did = append(r.b.did, deed{h: r.h, key: f.Key, added: true, act: f.act})
}

// turnTally takes a line of a session out of the fold, or puts it back.
func (b *Books) turnTally(h *history, k Key, out bool) error {
	at, _ := h.position(&k)
	f := h.facts[at]
	f.set(flagOut, out)
	changes, alone, err := b.join(h, &f)
	if err != nil {
		return err
	}
	if is := f.share(); out {
		changes = append(changes, rejoined{k, is})
	}
	if err := b.rejoin(h, changes, &f, func(*refold) {
		at, _ := h.position(&k)
		g := &h.facts[at]
		b.did = append(b.did, deed{h: h, key: k, turned: true, recorded: g.recorded})
		g.set(flagOut, out)
		g.recorded = b.n
		h.heed(g)
	}); err != nil {
		return err
	}
	return b.lineTurned(h, &f, alone)
}

// lineTurned keeps what a session knows of its lines, and takes closings again
// before which the line covers something.
func (b *Books) lineTurned(h *history, f *fact, alone bool) error {
	s, by := f.tally.session, 1
	if f.is(flagOut) {
		by = -1
	}
	b.lines(s, f.tally.section, f.Device, by)
	if alone {
		b.spots(s, f.from, by)
	}
	for _, c := range s.closes {
		if c.complete && !c.out && c.place == f.from && c.key.Compare(&f.Key) < 0 {
			if err := b.zeroOne(h, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// between returns which facts in memory lie between two moments, these included.
func (h *history) between(low, high ledger.Time) (start, end int) {
	start = sort.Search(len(h.facts), func(i int) bool { return h.facts[i].TEff >= low })
	end = sort.Search(len(h.facts), func(i int) bool { return h.facts[i].TEff > high })
	return start, end
}

// appendTally writes what a count session has of a fact, and how sure its moment
// is: the marks, then the session, "" where there is none, and what the line says.
func appendTally(b []byte, f *fact) []byte {
	b = append(b, byte(f.marks))
	if f.tally == nil {
		return appendText(b, "")
	}
	b = appendText(appendText(b, f.tally.session.name), f.tally.section)
	return appendSaid(binary.AppendVarint(b, f.tally.quantity), f.tally.said)
}

func (r *reader) tally(f *fact) {
	f.marks = marks(r.byte())
	name := r.text()
	if name == "" || r.failed {
		return
	}
	s := r.books.sessions.byName[name]
	if s == nil {
		r.failed = true
		return
	}
	f.tally = &tally{session: s, section: r.books.name(r.text()), quantity: r.signed(), said: r.said()}
}
