package settle

import (
	"math"
	"slices"

	"bayledger/sync/ledger"
)

// Survey reads stored histories as of a view, into trails. It keeps copies of the
// places that they name, each as it was when it was first asked about, so that one
// report tells of one world though others go on scanning. It is for one goroutine.
//
// Pieces are taken without looking at the books; Look is how a place that is not known
// yet is looked up, by whoever guards them.
type Survey struct {
	// Look calls fn while nobody changes the books.
	Look func(fn func(*Books))

	view    View
	last    uint64 // what was written by later entries is left out
	perSite bool
	places  []*surveyed // by their numbers, less one
	kinds   map[ledger.PlaceKind]*ledger.Place
	legs    room[leg]
	saids   room[said]
	pieces  [][]fact // memory for those of the product that is read: one is read at a time
	all     []fact
	holds   []surveyedHold
}

// surveyed is a place as a survey knows it.
type surveyed struct {
	place *ledger.Place
	home  ledger.PlaceID // of its pool, where it is in one
	pool  bool
	// The cells there of goods without lot and serial, available and held, of the
	// product that is read: most goods are such.
	of    *Gathering
	cells [2]*ledger.Cell
}

// room hands out memory for what each fact has one of: asking for each would cost more
// than reading it.
type room[of any] struct{ free []of }

// takenAtOnce is how many are asked for together.
const takenAtOnce = 1_024

func (r *room[of]) take(n int) []of {
	if n > len(r.free) {
		r.free = make([]of, max(n, takenAtOnce))
	}
	out := r.free[:n:n]
	r.free = r.free[n:]
	return out
}

// NewSurvey begins to read as of a view of the books, of which entries up to head are
// durable; whole says that histories as they are stored tell all of it. They do not
// where a count session reaches over the view's moment, for what its lines count for
// depends on those that come after it, nor where it cannot be told which holds were in
// force then: then the scans are to be folded again. The caller guards the books, and may have to wait: something may have to be judged once.
func (b *Books) NewSurvey(v View, head uint64) (s *Survey, whole bool) {
	b.judgeLoaded()
	s = &Survey{view: v, last: v.last(b.closings, head), perSite: b.state.PoolsPerSite(),
		kinds: map[ledger.PlaceKind]*ledger.Place{}}
	if v.At == 0 {
		return s, true
	}
	var known bool
	s.holds, known = b.holdsOf(v.At, s.last, s.last < head)
	return s, known && !b.sessions.reachOver(v.At)
}

// reachOver says whether a session has lines before a moment or at it, and after it.
func (s *sessions) reachOver(at ledger.Time) bool {
	for _, x := range s.byName {
		if len(x.sections) > 0 && x.high > at && (x.low <= at || slices.ContainsFunc(x.closes, func(c *sessionClosing) bool { return c.key.TEff <= at })) {
			return true
		}
	}
	return false
}

// Last is the last entry that counts.
func (s *Survey) Last() uint64 { return s.last }

// Gathering is what was read of one product's history so far.
type Gathering struct {
	survey  *Survey
	product *ledger.Product
	pieces  [][]fact // the newest piece first
	cells   map[cellName]*ledger.Cell
}

type cellName struct {
	place       *ledger.Place
	lot, serial string
	held        bool
}

// Gather begins to read a product's history; the product is a copy.
func (s *Survey) Gather(p *ledger.Product) *Gathering {
	return &Gathering{survey: s, product: p, cells: map[cellName]*ledger.Cell{}}
}

// perFact is how many bytes a fact takes as it is stored, about.
const perFact = 40

// Take reads a piece, all newer ones of which were taken before. Errors: ErrRecord.
func (g *Gathering) Take(piece []byte) error {
	s := g.survey
	if len(g.pieces) == len(s.pieces) {
		s.pieces = append(s.pieces, make([]fact, 0, len(piece)/perFact+1))
	}
	facts, text := s.pieces[len(g.pieces)][:0], string(piece)
	for len(piece) > 0 {
		r, rest, err := nextRecord(piece)
		if err != nil {
			return err
		}
		if piece = rest; !r.isFact() {
			continue
		}
		r.sharing(text, rest)
		facts = append(facts, fact{})
		f := &facts[len(facts)-1]
		if !g.fact(&r, f) {
			return ErrRecord
		}
		if f.recorded > s.last {
			facts = facts[:len(facts)-1]
		}
	}
	s.pieces[len(g.pieces)] = facts
	g.pieces = append(g.pieces, facts)
	return nil
}

// Trail returns what was read: each fact once, as it was written last, those that
// happened by the view's moment and were not undone.
func (g *Gathering) Trail() *Trail {
	s := g.survey
	end := ledger.Time(math.MaxInt64)
	if s.view.At != 0 {
		end = s.view.At
	}
	t := &Trail{Product: g.product, facts: g.inOrder(end), ground: s, site: s.site, place: s.placeOf, perSite: s.perSite}
	if len(s.holds) > 0 {
		t.held = s.held
	}
	return t
}

// inOrder joins the pieces. Facts that stand in order already, as most do, stay where
// they are.
func (g *Gathering) inOrder(end ledger.Time) []fact {
	all := g.joined()
	sorted := true
	for i := 1; i < len(all) && sorted; i++ {
		sorted = all[i-1].Compare(&all[i].Key) < 0
	}
	counts := func(f *fact) bool { return !f.is(flagOut) && f.TEff <= end }
	if sorted {
		out := all[:0]
		for i := range all {
			if counts(&all[i]) {
				out = append(out, all[i])
			}
		}
		return out
	}
	var out []fact
	for _, i := range inOrder(all, new([]fact)) {
		if f := &all[i]; counts(f) {
			if out == nil {
				out = make([]fact, 0, len(all))
			}
			out = append(out, *f)
		}
	}
	return out
}

// joined is all that was read, in the order in which it was written.
func (g *Gathering) joined() []fact {
	pieces := g.pieces
	g.pieces = nil
	if len(pieces) == 1 {
		return pieces[0]
	}
	all := g.survey.all[:0]
	for _, piece := range slices.Backward(pieces) {
		all = append(all, piece...)
	}
	g.survey.all = all
	return all
}

// fact reads a fact; its cells are nobody else's.
func (g *Gathering) fact(r *reader, f *fact) bool {
	s := g.survey
	f.TEff, f.Seq, f.Line = ledger.Time(r.number()), r.number(), int(r.number())
	f.Device, f.Install = r.text(), r.text()
	f.n, f.recorded = r.number(), r.number()
	r.number() // what its device had seen
	f.act, f.flags = act(r.byte()), flags(r.byte())
	f.quantity = r.signed()
	from, to := ledger.PlaceID(r.number()), ledger.PlaceID(r.number())
	f.lot, f.serial = r.text(), r.text()
	count := r.number()
	if r.failed || count > uint64(len(r.b)) {
		return false
	}
	var ok, there bool
	f.from, ok = s.named(from)
	if f.to, there = s.named(to); !ok || !there {
		return false
	}
	f.legs = s.legs.take(int(count))
	for i := range f.legs {
		if !g.leg(r, f, &f.legs[i]) {
			return false
		}
	}
	var says said
	if r.saidOf(&says) {
		kept := s.saids.take(1)
		kept[0], f.said = says, &kept[0]
	}
	return !r.failed
}

func (g *Gathering) leg(r *reader, f *fact, l *leg) bool {
	shape, why := r.byte(), cause(r.byte())
	from, to, lot, serial, quantity := f.from, f.to, f.lot, f.serial, f.quantity
	ok, there := true, true
	if shape&legFromOwn == 0 {
		from, ok = g.survey.named(ledger.PlaceID(r.number()))
	}
	if shape&legToOwn == 0 {
		to, there = g.survey.named(ledger.PlaceID(r.number()))
	}
	if shape&legSameLot == 0 {
		lot, serial = r.text(), r.text()
	}
	if shape&legWhole == 0 {
		quantity = r.signed()
	}
	if shape&legStood != 0 {
		l.fromAt, l.toAt = ledger.PlaceID(r.number()), ledger.PlaceID(r.number())
	}
	if r.failed || !ok || !there || from == nil || to == nil || int(why) >= len(causeTexts) {
		return false
	}
	l.from, l.to = g.cell(from, lot, serial, shape&legFromHeld != 0), g.cell(to, lot, serial, shape&legToHeld != 0)
	l.quantity, l.cause = quantity, why
	return true
}

func (g *Gathering) cell(at *ledger.Place, lot, serial string, held bool) *ledger.Cell {
	if lot == "" && serial == "" {
		return g.plainCell(at, held)
	}
	name := cellName{at, lot, serial, held}
	c := g.cells[name]
	if c == nil {
		c = &ledger.Cell{Product: g.product, Place: at, At: at, Lot: lot, Serial: serial, Held: held}
		g.cells[name] = c
	}
	return c
}

func (g *Gathering) plainCell(at *ledger.Place, held bool) *ledger.Cell {
	x, which := g.survey.know(at.ID), 0
	if held {
		which = 1
	}
	if x.of != g {
		x.of, x.cells = g, [2]*ledger.Cell{}
	}
	if x.cells[which] == nil {
		x.cells[which] = &ledger.Cell{Product: g.product, Place: at, At: at, Held: held}
	}
	return x.cells[which]
}

// Trail returns a product's history of books that are nobody else's, and have all of
// it in memory: those that were folded again.
func (b *Books) Trail(p *ledger.Product) *Trail {
	t := &Trail{Product: p, ground: b, site: b.poolSite, held: b.state.UnderHold, perSite: b.state.PoolsPerSite(),
		place: func(id ledger.PlaceID) *ledger.Place { at, _ := b.state.PlaceByID(id); return at }}
	h := b.history(p)
	for i := range h.facts {
		if f := &h.facts[i]; !f.is(flagOut) {
			t.facts = append(t.facts, *f)
		}
	}
	return t
}
