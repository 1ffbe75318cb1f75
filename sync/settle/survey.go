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
	places  map[ledger.PlaceID]*surveyed
	kinds   map[ledger.PlaceKind]*ledger.Place
	names   map[string]string
}

// surveyed is a place as a survey knows it.
type surveyed struct {
	place *ledger.Place
	home  ledger.PlaceID // of its pool, where it is in one
	pool  bool
}

// NewSurvey begins to read as of a view of the books, of which entries up to head are
// durable; whole says that histories as they are stored tell all of it. They do not
// where a count session reaches over the view's moment, for what its lines count for
// depends on those that come after it: then the scans are to be folded again. The
// caller guards the books, and may have to wait: something may have to be judged once.
func (b *Books) NewSurvey(v View, head uint64) (s *Survey, whole bool) {
	b.judgeLoaded()
	s = &Survey{view: v, last: v.last(b.closings, head), perSite: b.state.PoolsPerSite(), places: map[ledger.PlaceID]*surveyed{},
		kinds: map[ledger.PlaceKind]*ledger.Place{}, names: map[string]string{}}
	return s, v.At == 0 || !b.sessions.reachOver(v.At)
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

// Take reads a piece, all newer ones of which were taken before. Errors: ErrRecord.
func (g *Gathering) Take(piece []byte) error {
	traced, err := Trace(piece)
	if err != nil {
		return err
	}
	var facts []fact
	for i := range traced {
		if t := &traced[i]; t.Recorded <= g.survey.last {
			f, ok := g.fact(t)
			if !ok {
				return ErrRecord
			}
			facts = append(facts, f)
		}
	}
	g.pieces = append(g.pieces, facts)
	return nil
}

// Trail returns what was read: each fact once, as it was written last, those that
// happened by the view's moment and were not undone.
func (g *Gathering) Trail() *Trail {
	count := 0
	for _, p := range g.pieces {
		count += len(p)
	}
	all := make([]fact, 0, count)
	for _, piece := range slices.Backward(g.pieces) {
		all = append(all, piece...)
	}
	g.pieces = nil
	end := ledger.Time(math.MaxInt64)
	if g.survey.view.At != 0 {
		end = g.survey.view.At
	}
	var facts []fact
	for _, i := range inOrder(all, new([]fact)) {
		if f := &all[i]; !f.is(flagOut) && f.TEff <= end {
			facts = append(facts, *f)
		}
	}
	s := g.survey
	return &Trail{Product: g.product, facts: facts, ground: s, site: s.site, place: s.placeOf, perSite: s.perSite}
}

// fact makes a fact of a record; its cells are nobody else's.
func (g *Gathering) fact(t *Traced) (f fact, ok bool) {
	s := g.survey
	f = fact{Key: t.Key, act: t.act, flags: t.flags, n: t.N, recorded: t.Recorded, quantity: t.Quantity, lot: t.Lot, serial: t.Serial, said: t.said}
	f.Device, f.Install = s.name(t.Device), s.name(t.Install)
	if f.from, ok = s.named(t.From); !ok {
		return f, false
	}
	if f.to, ok = s.named(t.To); !ok {
		return f, false
	}
	f.legs = make([]leg, len(t.Legs))
	for i := range t.Legs {
		l := &t.Legs[i]
		from, found := s.named(l.From)
		to, there := s.named(l.To)
		if !found || !there || from == nil || to == nil {
			return f, false
		}
		f.legs[i] = leg{from: g.cell(from, l.Lot, l.Serial, l.FromHeld), to: g.cell(to, l.Lot, l.Serial, l.ToHeld), quantity: l.Quantity,
			fromAt: l.fromAt, toAt: l.toAt, cause: l.cause}
	}
	return f, true
}

func (g *Gathering) cell(at *ledger.Place, lot, serial string, held bool) *ledger.Cell {
	name := cellName{at, lot, serial, held}
	c := g.cells[name]
	if c == nil {
		c = &ledger.Cell{Product: g.product, Place: at, At: at, Lot: lot, Serial: serial, Held: held}
		g.cells[name] = c
	}
	return c
}

func (s *Survey) name(text string) string {
	if known, ok := s.names[text]; ok {
		return known
	}
	s.names[text] = text
	return text
}

// named is a place of a record; 0 is none.
func (s *Survey) named(id ledger.PlaceID) (*ledger.Place, bool) {
	if id == 0 {
		return nil, true
	}
	x := s.know(id)
	if x == nil {
		return nil, false
	}
	return x.place, true
}

func (s *Survey) placeOf(id ledger.PlaceID) *ledger.Place {
	if x := s.know(id); x != nil {
		return x.place
	}
	return nil
}

// know looks a place up once.
func (s *Survey) know(id ledger.PlaceID) *surveyed {
	x := s.places[id]
	if x == nil && id != 0 {
		s.Look(func(b *Books) { x = s.look(b, id) })
	}
	return x
}

// look copies a place, and those above it.
func (s *Survey) look(b *Books, id ledger.PlaceID) *surveyed {
	if x := s.places[id]; x != nil {
		return x
	}
	p, ok := b.state.PlaceByID(id)
	if !ok {
		return nil
	}
	above := p.Parent
	if p.IsPackage() {
		key := &endOfTime
		if s.view.At != 0 {
			key = &Key{TEff: s.view.At + 1}
		}
		above = b.standing(p, moment{key: key, before: true})
	}
	x := &surveyed{}
	if above != nil {
		x.place = p.Copy(s.look(b, above.ID).place)
	} else {
		x.place = p.Copy(nil)
	}
	is := b.side(p)
	x.home, x.pool = is.home, is.virtual == nil
	s.places[id] = x
	return x
}

// sides says between what a leg carries value.
func (s *Survey) sides(l *leg) (from, to side) { return s.end(l.from, l.fromAt), s.end(l.to, l.toAt) }

func (s *Survey) end(c *ledger.Cell, at ledger.PlaceID) side {
	if at == 0 {
		at = c.Place.ID
	}
	switch x := s.know(at); {
	case x == nil:
		return side{}
	case x.pool:
		return side{home: x.home}
	default:
		return side{virtual: x.place}
	}
}

// virtual is the company's place of a kind.
func (s *Survey) virtual(kind ledger.PlaceKind) *ledger.Place {
	p := s.kinds[kind]
	if p == nil {
		s.Look(func(b *Books) {
			at, _ := b.state.Place("", string(kind)) // made with the book
			p = s.look(b, at.ID).place
		})
		s.kinds[kind] = p
	}
	return p
}

// site names a pool as people read it.
func (s *Survey) site(home ledger.PlaceID) string {
	if x := s.know(home); x != nil {
		return x.place.Site
	}
	if s.perSite {
		return string(ledger.PlaceTransit)
	}
	return ""
}

// Trail returns a product's history of books that are nobody else's, and have all of
// it in memory: those that were folded again.
func (b *Books) Trail(p *ledger.Product) *Trail {
	t := &Trail{Product: p, ground: b, site: b.poolSite, perSite: b.state.PoolsPerSite(),
		place: func(id ledger.PlaceID) *ledger.Place { at, _ := b.state.PlaceByID(id); return at }}
	h := b.history(p)
	for i := range h.facts {
		if f := &h.facts[i]; !f.is(flagOut) {
			t.facts = append(t.facts, *f)
		}
	}
	return t
}
