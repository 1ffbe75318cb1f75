package settle

import (
	"slices"
	"strings"

	"bayledger/sync/ledger"
)

// What two scans say together of a count (their order is not sure, they do not fit)
// is raised by the later to arrive. It heals as everything else that is found: when
// one of the two is undone, when a late scan between two counts explains them, and
// when the cell is counted again.

// doubtOn is one such thing. It is stored with its exception.
type doubtOn struct {
	Message string
	Product ledger.ProductID
	X, Y    Key // the two scans, the lower K first
	// The cell that was counted: a count of it of higher K than both settles it.
	Place       ledger.PlaceID
	Lot, Serial string `json:",omitempty"`
	Status      flags  `json:",omitempty"`
	Recount     bool   `json:",omitempty"` // X and Y are counts that do not fit

	XOut, YOut, Fits bool `json:",omitempty"`
	By               Key  `json:",omitzero"` // the count that settled it
}

// stands says whether anybody should still look.
func (q *doubtOn) stands() bool { return !q.XOut && !q.YOut && !q.Fits && q.By == (Key{}) }

// maxDoubts bounds how many exceptions of this sort heal by themselves, of each
// product: those of the newest scans. Who has more to look at has counted too little.
const maxDoubts = 64

// doubting are the exceptions of a product that may heal, in order of the later scan.
type doubting struct {
	list   []*exception
	latest Key // of any scan that they are about
}

// noteDoubt notes what two facts of a history, of which counted is a count, say together.
func (b *Books) noteDoubt(h *history, x, y, counted *fact, kind, severity, message string) {
	if x.Compare(&y.Key) > 0 {
		x, y = y, x
	}
	const status = flagAvailable | flagHeld
	q := doubtOn{Message: message, Product: h.product.ID, X: x.Key, Y: y.Key, Place: counted.from.ID, Lot: counted.lot, Serial: counted.serial,
		Status: counted.flags & status, Recount: kind == kindRecount}
	if b.countedAfter(h, &q) != (Key{}) {
		return // it was counted again since
	}
	b.note(kind, severity, message)
	b.exceptions.doubted = append(b.exceptions.doubted, noted{line: b.exceptions.about.line, kind: kind, doubtOn: q})
}

// noted is a doubt that becomes part of an exception.
type noted struct {
	line int
	kind string
	doubtOn
}

// attach gives an exception the doubts that it was raised for.
func (b *Books) attach(x *exception, kind string, line int) {
	e := &b.exceptions
	var own []doubtOn
	for i := range e.doubted {
		if n := &e.doubted[i]; n.kind == kind && n.line == line {
			own = append(own, n.doubtOn)
		}
	}
	if len(own) > 0 {
		x.doubts = own
		for _, over := range b.doubtsOf(x) {
			b.touch(over)
			over.alone = true // after a restart too
		}
	}
}

// doubtsOf puts an exception among those of its product, and returns those for which
// there is no room any more.
func (b *Books) doubtsOf(x *exception) (over []*exception) {
	id := x.doubts[0].Product
	d := b.exceptions.doubting[id]
	if d == nil {
		d = &doubting{}
		b.exceptions.doubting[id] = d
	}
	was, latest := d.list, d.latest
	at, _ := slices.BinarySearchFunc(d.list, x, func(o, x *exception) int {
		if c := o.doubts[0].Y.Compare(&x.doubts[0].Y); c != 0 {
			return c
		}
		return strings.Compare(o.row.ID, x.row.ID)
	})
	list := slices.Insert(slices.Clone(d.list), at, x)
	over, d.list = list[:max(0, len(list)-maxDoubts)], list[max(0, len(list)-maxDoubts):]
	for i := range x.doubts {
		if y := x.doubts[i].Y; y.Compare(&d.latest) > 0 {
			d.latest = y
		}
	}
	b.back = append(b.back, func() { d.list, d.latest = was, latest })
	return over
}

// forgetDoubts takes an exception that is let go from those of its product.
func (b *Books) forgetDoubts(x *exception) {
	if len(x.doubts) == 0 {
		return
	}
	if d := b.exceptions.doubting[x.doubts[0].Product]; d != nil {
		d.list = slices.DeleteFunc(slices.Clone(d.list), func(o *exception) bool { return o == x })
	}
}

// heal looks again at doubts about counts that the work on this entry concerns.
func (b *Books) heal() {
	if len(b.exceptions.doubting) == 0 {
		return
	}
	for i := range b.did {
		d := &b.did[i]
		about := b.exceptions.doubting[d.h.product.ID]
		if about == nil || len(about.list) == 0 {
			continue
		}
		at, found := d.h.position(&d.key)
		if !found {
			continue
		}
		f := d.h.facts[at]
		if !f.counts() && f.Compare(&about.latest) > 0 {
			continue // as nearly all
		}
		for _, x := range about.list {
			b.healOne(d.h, x, d, &f)
		}
	}
}

// healOne lets an exception follow from what a change did.
func (b *Books) healOne(h *history, x *exception, d *deed, f *fact) {
	for i := range x.doubts {
		q := x.doubts[i]
		b.reconsider(h, &q, d, f)
		if q == x.doubts[i] {
			continue
		}
		b.touch(x)
		x.doubts = slices.Clone(x.doubts)
		x.doubts[i] = q
		x.sayDoubts()
	}
}

// sayDoubts lets an exception say what stands of it; where nothing does, it has
// healed, and says what it said.
func (x *exception) sayDoubts() {
	var words []string
	for i := range x.doubts {
		if q := &x.doubts[i]; q.stands() && !slices.Contains(words, q.Message) {
			words = append(words, q.Message)
		}
	}
	if x.healed = len(words) == 0; !x.healed {
		x.say(x.row.Kind, x.row.Severity, strings.Join(words, " "))
	}
}

// reconsider finds what a change of a fact means for a doubt.
func (b *Books) reconsider(h *history, q *doubtOn, d *deed, f *fact) {
	out := f.is(flagOut)
	switch {
	case f.Key == q.X:
		q.XOut = out
	case f.Key == q.Y:
		q.YOut = out
	}
	after := f.Compare(&q.Y) > 0
	switch {
	case f.Key == q.By && out:
		q.By = b.countedAfter(h, q)
	case after && q.counts(f) && (q.By == Key{} || f.Compare(&q.By) < 0):
		q.By = f.Key
	case q.Recount && !after && f.Compare(&q.X) > 0:
		q.Fits = b.fit(h, q)
	}
}

// counts says whether a fact is a count of the cell that a doubt is about.
func (q *doubtOn) counts(f *fact) bool {
	const status = flagAvailable | flagHeld
	return f.counts() && !f.is(flagOut) && f.marks&markPassed == 0 && f.from.ID == q.Place && f.lot == q.Lot && f.serial == q.Serial && f.flags&status == q.Status
}

// countedAfter is the first count after both scans, none where there is none. What
// cannot be read is taken as none: somebody looks once more.
func (b *Books) countedAfter(h *history, q *doubtOn) Key {
	if b.reach(h, q.Y.TEff, nil) != nil {
		return Key{}
	}
	at, _ := h.position(&q.Y)
	for i := at + 1; i < len(h.facts); i++ {
		if f := &h.facts[i]; q.counts(f) && f.Key != q.Y {
			return f.Key
		}
	}
	return Key{}
}

// fit says whether two counts fit, with what is known now of what went on between
// them, or another count stands between them.
func (b *Books) fit(h *history, q *doubtOn) bool {
	if b.reach(h, q.X.TEff, nil) != nil {
		return false
	}
	from, there := h.position(&q.X)
	to, too := h.position(&q.Y)
	if !there || !too {
		return false
	}
	x, y := &h.facts[from], &h.facts[to]
	moved := int64(0)
	for i := from + 1; i < to; i++ {
		switch f := &h.facts[i]; {
		case f.is(flagOut) || f.marks&markPassed != 0:
		case q.counts(f):
			return true
		default:
			moved += y.netOf(f)
		}
	}
	return y.quantity == x.quantity+moved
}

// loadDoubts puts an exception that was stored back among those of its product.
func (b *Books) loadDoubts(x *exception) {
	if len(x.doubts) == 0 {
		return
	}
	for i := range x.doubts {
		q := &x.doubts[i]
		for _, k := range [...]*Key{&q.X, &q.Y, &q.By} {
			k.Device, k.Install = b.name(k.Device), b.name(k.Install)
		}
	}
	x.healed = !slices.ContainsFunc(x.doubts, func(q doubtOn) bool { return q.stands() })
	if !x.alone {
		b.doubtsOf(x)
	}
}
