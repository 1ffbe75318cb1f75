package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// hold keeps goods from leaving: all in its scope from its key on, until a release
// of a higher key names it (rule 6). It changes no cell.
type hold struct {
	id      string
	key     Key
	n       uint64 // its entry
	product *ledger.Product
	lot     string        // of a product; anyLot: all of it
	serial  string        // of a product
	place   *ledger.Place // a location or a package
	out     bool          // undone
	ends    []*ending
	frozen  bool // the ledger knows that it is open
}

// anyLot as a hold's lot stands for all lots of the product.
const anyLot = ledger.AnyLot

// ending is a release that names holds.
type ending struct {
	key   Key
	n     uint64
	out   bool // undone, or void
	holds []string
	// rights are what whoever releases was allowed, by site; nil: everything. What is
	// released may come later, and is judged by them then.
	rights *string
	void   bool // a hold that it names is beyond them: it ends none
}

// openAt says whether the hold is in force for a fact.
func (h *hold) openAt(k *Key) bool {
	if h.out || h.key.Compare(k) >= 0 {
		return false
	}
	for _, e := range h.ends {
		if !e.out && e.key.Compare(&h.key) > 0 && e.key.Compare(k) < 0 {
			return false
		}
	}
	return true
}

// open says whether no release has ended the hold.
func (h *hold) open() bool {
	return !h.out && !slices.ContainsFunc(h.ends, func(e *ending) bool { return !e.out && e.key.Compare(&h.key) > 0 })
}

func (h *hold) sameScope(o *hold) bool {
	return h.product == o.product && h.place == o.place && h.serial == o.serial && (h.lot == o.lot || o.lot == anyLot && h.lot != "")
}

// env is what the folds of all products share: holds, releases and undos. What
// was changed in the work on an entry can be taken back.
type env struct {
	holds      map[string]*hold
	placeHolds []*hold
	holdsAt    holdIndex[*ledger.Place] // the same, by their places
	endings    map[ledger.Identity]*ending
	waiting    map[string][]*ending // by a hold that has not come
	undos      map[ledger.Identity]*undo
	undoing    map[ledger.Identity][]*undo // by what they undo
	shelving
	back  []func()
	quiet bool // what is found is told to nobody: it was before
}

func newEnv() env {
	return env{holds: map[string]*hold{}, endings: map[ledger.Identity]*ending{}, waiting: map[string][]*ending{},
		undos: map[ledger.Identity]*undo{}, undoing: map[ledger.Identity][]*undo{}, shelving: newShelving()}
}

func (e *env) begin() { e.back = e.back[:0] }

func (e *env) takeBack() {
	for i := len(e.back) - 1; i >= 0; i-- {
		e.back[i]()
	}
	e.back, e.dirty = e.back[:0], e.dirty[:0]
}

// asksForHold says whether an isolate or release means a hold and not a quantity.
func asksForHold(in *ledger.Intent) bool {
	if len(in.Holds) > 0 {
		return true
	}
	if in.Quantity.IsSet() || len(in.Lines) > 0 {
		return false
	}
	if in.Serial != "" || in.Package != "" {
		return true
	}
	if in.Product == "" && in.Scan == "" {
		return in.From != ""
	}
	return in.Lot != ""
}

// decideHold opens a hold or ends some; it moves nothing but a serial or package
// that it brings somewhere.
func (b *Books) decideHold(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	key := first(in.Identity(), at.TEff)
	if in.Action == ledger.ActionIsolate {
		if len(in.Holds) > 0 {
			return park(ledger.BadField, "Goods are set aside by lot, place or quantity, not by naming holds. The intent is kept and holds nothing; send it without holds.")
		}
		return b.openHold(in, at, key)
	}
	names := in.Holds
	var stamp ledger.Stamp
	if len(names) == 0 {
		scope, s, parked := b.scope(in, at)
		if parked != nil {
			return *parked
		}
		if stamp = s; scope.product != nil || scope.place != nil {
			names = b.matching(scope, in, at)
		}
	}
	stamp.Kind, stamp.Names = ledger.StampRelease, names
	if parked := b.arrives(in.Identity(), &stamp, at); parked != nil {
		return *parked
	}
	e := &ending{key: key, n: at.N, holds: slices.Clone(names), out: b.cancelled(in.Identity())}
	if at.Grants != nil && !at.Grants.Whole() {
		e.rights = rightsText(at.Grants)
		stamp.Names = append(slices.Clone(names), rightsMark+*e.rights)
	}
	b.addEnding(e)
	if !e.out {
		if err := b.covered(b.named(e), &key); err != nil {
			return *err
		}
	}
	b.rows.ending(e)
	d := ledger.Decision{Outcome: ledger.Applied, Stamp: stamp}
	if len(names) == 0 {
		d.Message = "No hold was open there; nothing was released."
	}
	return d
}

func (b *Books) openHold(in *ledger.Intent, at *ledger.Receipt, key Key) ledger.Decision {
	h, stamp, parked := b.scope(in, at)
	if parked != nil {
		return *parked
	}
	stamp.Kind = ledger.StampHold
	id := in.Identity()
	if parked := b.arrives(id, &stamp, at); parked != nil {
		return *parked
	}
	h.id, h.key, h.n, h.out = nameOf(id), key, at.N, b.cancelled(id)
	b.addHold(h)
	if refused := b.judgeEndings(h); refused != nil {
		return *refused
	}
	if refused := b.bring(h, in, at, &stamp.Lines[0]); refused != nil {
		return *refused
	}
	if !h.out {
		if err := b.covered([]*hold{h}, &key); err != nil {
			return *err
		}
	}
	b.rows.hold(h)
	d := ledger.Decision{Outcome: ledger.Applied, Stamp: stamp}
	var err error
	if d.Message, err = b.leftBefore(h); err != nil {
		return unreadable(h.product, err)
	}
	return d
}

// bring books what a hold on a serial or package does besides: it makes the package
// known, and brings it, or the serial, to where it says.
func (b *Books) bring(h *hold, in *ledger.Intent, at *ledger.Receipt, l *ledger.StampLine) *ledger.Decision {
	switch {
	case l.Package != nil:
		s := b.newStep(in, at, l, 0)
		s.empty, s.to, s.said, s.out = false, nil, nil, h.out
		if l.To != nil {
			s.kind, s.at = stepApart, l.To
		}
		return b.follow(s, b.addStep(s), nil)
	case l.Serial != "" && l.To != nil && l.Product.StockedAt(at.TEff):
		l.Quantity = pieceOf(l.Product)
		f := newFact(in, at, l, 0)
		f.act = actBring
		f.set(flagOut, h.out)
		if _, err := b.place(b.history(l.Product), &f, false); err != nil {
			d := unreadable(l.Product, err)
			return &d
		}
		return b.settleDirty()
	}
	return nil
}

// nameOf is how a hold, or an intent that is undone, is named.
func nameOf(id ledger.Identity) string { return id.Device + "/" + id.Install + "/" + itoa(id.Seq) }

// scope reads what a hold covers, and its stamp.
func (b *Books) scope(in *ledger.Intent, at *ledger.Receipt) (*hold, ledger.Stamp, *ledger.Decision) {
	line, parked := b.state.ResolveScope(in, at)
	if parked != nil {
		return nil, ledger.Stamp{}, parked
	}
	h := scopeOf(line)
	if line.Package == nil && in.Package != "" {
		h.place = nil // a package that nobody knows: it holds nothing
	}
	return h, ledger.Stamp{Lines: []ledger.StampLine{*line}}, nil
}

// scopeOf reads what a hold's stamped line covers.
func scopeOf(line *ledger.StampLine) *hold {
	h := &hold{product: line.Product, lot: line.Lot, serial: line.Serial}
	switch {
	case line.Serial != "":
		h.lot = ""
	case line.Package != nil:
		h.place = line.Package
	case line.Product == nil:
		h.place = line.From
	}
	return h
}

// matching returns the open holds that a release without names ends: those of its
// scope that its device knew of, or all before it where it does not say.
func (b *Books) matching(scope *hold, in *ledger.Intent, at *ledger.Receipt) []string {
	seen := at.N
	if in.Seen > 0 {
		seen = in.Seen
	}
	var ids []string
	from := b.placeHolds
	if scope.product != nil {
		from = b.history(scope.product).holds
	}
	for _, h := range from {
		if h.n <= seen && h.open() && h.sameScope(scope) {
			ids = append(ids, h.id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (b *Books) addHold(h *hold) {
	b.holds[h.id] = h
	h.ends = b.waiting[h.id]
	list, forget := &b.placeHolds, func() {}
	switch {
	case h.product != nil:
		list, forget = &b.history(h.product).holds, b.history(h.product).held.add(h)
	case h.place != nil:
		forget = b.holdsAt.add(h.place, h)
	}
	// In order of K, so that which of several covers something is the same over
	// restarts.
	at, _ := slices.BinarySearchFunc(*list, h, func(x, y *hold) int { return x.key.Compare(&y.key) })
	*list = slices.Insert(*list, at, h)
	b.back = append(b.back, func() {
		*list = slices.DeleteFunc(*list, func(x *hold) bool { return x == h })
		forget()
		delete(b.holds, h.id)
	})
}

func (b *Books) addEnding(e *ending) {
	b.endings[e.key.identity()] = e
	for _, id := range e.holds {
		b.waiting[id] = append(b.waiting[id], e)
		if h := b.holds[id]; h != nil {
			h.ends = b.waiting[id]
		}
	}
	b.back = append(b.back, func() {
		delete(b.endings, e.key.identity())
		for _, id := range e.holds {
			list := b.waiting[id][:len(b.waiting[id])-1]
			if b.waiting[id] = list; len(list) == 0 {
				delete(b.waiting, id)
			}
			if h := b.holds[id]; h != nil {
				h.ends = list
			}
		}
	})
}

// named returns the holds of a release that have come.
func (b *Books) named(e *ending) (out []*hold) {
	for _, id := range e.holds {
		if h := b.holds[id]; h != nil {
			out = append(out, h)
		}
	}
	return out
}

// covered takes again, from a key on, what lies under these holds.
func (b *Books) covered(holds []*hold, from *Key) *ledger.Decision {
	for _, h := range holds {
		b.refreeze(h)
	}
	changed := b.judgeHolds(from, holds) // packages removed under a hold go to breach
	again := map[ledger.ProductID]bool{}
	var list []*ledger.Product
	add := func(p *ledger.Product) {
		if !again[p.ID] {
			again[p.ID] = true
			list = append(list, p)
		}
	}
	for _, h := range holds {
		if h.product != nil {
			add(h.product)
		} else {
			b.state.EachProductAt(b.everWithin(h.place), add)
		}
	}
	for _, p := range b.productsIn(changed, false) {
		add(p)
	}
	for _, p := range list {
		if err := b.retake(b.history(p), from); err != nil {
			d := unreadable(p, err)
			return &d
		}
	}
	return b.settleDirty()
}

// everWithin returns a question: whether a place is in the tree below a location,
// or a package that ever stood there; or is, or ever was, inside a package.
func (b *Books) everWithin(top *ledger.Place) func(*ledger.Place) bool {
	known := map[*parcel]bool{}
	var look func(p *parcel) bool
	look = func(p *parcel) bool {
		if answer, asked := known[p]; asked {
			return answer
		}
		known[p] = false // in a circle of packages that were inside each other in turn
		answer := p.place == top
		for i := 0; i < len(p.steps) && !answer && !top.IsPackage(); i++ {
			stand := p.steps[i].found.stand
			answer = stand != nil && stand.Within(top)
		}
		for i := 0; i < len(p.outer) && !answer; i++ {
			answer = look(p.outer[i])
		}
		known[p] = answer
		return answer
	}
	return func(p *ledger.Place) bool {
		if !p.IsPackage() {
			return p.Within(top)
		}
		return b.parcels[p] != nil && look(b.parcels[p])
	}
}

// refreeze lets the ledger know whether a hold is open.
func (b *Books) refreeze(h *hold) {
	open := h.open()
	if open == h.frozen {
		return
	}
	scope, by := ledger.Scope{Product: h.product, Lot: h.lot, Serial: h.serial, Place: h.place}, 1
	if !open {
		by = -1
	}
	h.frozen = open
	b.state.Freeze(scope, by)
	b.back = append(b.back, func() {
		h.frozen = !open
		b.state.Freeze(scope, -by)
	})
}

// Loaded ends the loading: call it after the last row and before the ledger's
// loader finishes.
func (b *Books) Loaded() {
	for _, h := range b.holds {
		b.refreeze(h)
	}
	b.loadedDoubts()
	b.exceptions.heldTouched = nil // what was open is open
	b.env.begin()
}

// covering returns a hold in force on the available goods that a fact takes, nil
// if there is none.
func (b *Books) covering(h *history, f *fact) *hold {
	return b.coveringAt(h, moment{key: &f.Key}, f.from, f.lot, f.serial)
}

func (b *Books) coveringAt(h *history, m moment, at *ledger.Place, lot, serial string) *hold {
	if len(h.holds) > 0 {
		if found := h.held.first(m.key, lot, serial); found != nil {
			return found
		}
	}
	var found *hold
	b.heldAround(at, m, func(x *hold) bool {
		if found == nil || x.key.Compare(&found.key) < 0 {
			found = x
		}
		return true
	})
	return found
}

// leaves says whether a fact takes goods out of a held place or package.
func (b *Books) leaves(f *fact) bool { return b.leavesTo(moment{key: &f.Key}, f.from, f.to) }

func (b *Books) leavesTo(m moment, at, to *ledger.Place) bool {
	return b.heldAround(at, m, func(x *hold) bool { return b.within(to, x.place, m) })
}

// OpenHolds returns the ids of the holds that nobody has ended, sorted.
func (b *Books) OpenHolds() []string {
	var ids []string
	for id, h := range b.holds {
		if h.open() {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
