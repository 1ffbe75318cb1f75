package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// The lines of an intent have one moment, so those of one product stand next to
// each other in its history: they are put there together, and what came after them
// is taken again once, however many they are.

// linesOf are the lines of an intent on one product.
type linesOf struct {
	h     *history
	facts []fact
}

// together books lines that name no package, product by product, in the order of
// their first lines.
func (b *Books) together(in *ledger.Intent, at *ledger.Receipt, lines []ledger.StampLine, out, asked bool) *ledger.Decision {
	groups, parked := b.byProduct(in, at, lines, out)
	if parked != nil {
		return parked
	}
	for _, g := range groups {
		heard, refused, err := b.placeLines(g.h, g.facts, asked)
		for i := 0; !heard && i < len(g.facts) && refused == nil && err == nil && !b.sessions.quiet; i++ {
			b.exceptions.about.line = g.facts[i].Line
			err = b.hear(g.h, &g.facts[i])
		}
		if err != nil {
			d := unreadable(g.h.product, err)
			refused = &d
		}
		if refused == nil {
			refused = b.settleDirty()
		}
		if refused != nil {
			return refused
		}
	}
	return nil
}

func (b *Books) byProduct(in *ledger.Intent, at *ledger.Receipt, lines []ledger.StampLine, out bool) (groups []*linesOf, parked *ledger.Decision) {
	known := map[*ledger.Product]*linesOf{}
	for i := range lines {
		l := &lines[i]
		b.exceptions.about.line = i
		if !b.stocked(l) {
			continue
		}
		g := known[l.Product]
		if g == nil {
			g = &linesOf{h: b.history(l.Product)}
			known[l.Product], groups = g, append(groups, g)
		}
		f := newFact(in, at, l, i)
		f.recorded = b.n
		f.set(flagOut, out)
		if in.Session != "" && f.counts() {
			if parked := b.tallied(in, &f); parked != nil {
				return nil, parked
			}
		}
		g.facts = append(g.facts, f)
	}
	return groups, nil
}

// placeLines puts new facts into a history: lines of a count session together with
// what they make of its others. Where others count for something else because of one
// of them, they are put there one after the other, and heard.
func (b *Books) placeLines(h *history, facts []fact, asked bool) (heard bool, refused *ledger.Decision, err error) {
	if facts[0].tally == nil || facts[0].is(flagOut) {
		refused, err = b.placeAll(h, facts, asked)
		return false, refused, err
	}
	alone, known := make([]bool, len(facts)), map[*ledger.Place]bool{}
	shares := make([]share, len(facts))
	for i := range facts {
		changes, first, err := b.join(h, &facts[i])
		if err != nil {
			return false, nil, err
		}
		if len(changes) != 1 {
			refused, err = b.placeTallies(h, facts, asked)
			return true, refused, err
		}
		shares[i], alone[i] = changes[0].share, first && !known[facts[i].from]
		known[facts[i].from] = true
	}
	b.sessions.lines = append(b.sessions.lines, shares...)
	if refused, err = b.placeAll(h, facts, asked); refused != nil || err != nil {
		return false, refused, err
	}
	for i := range facts {
		if err := b.lineTurned(h, &facts[i], alone[i]); err != nil {
			return false, nil, err
		}
	}
	return false, nil, nil
}

func (b *Books) placeTallies(h *history, facts []fact, asked bool) (refused *ledger.Decision, err error) {
	for i := range facts {
		b.exceptions.about.line = facts[i].Line
		if refused, err = b.placeTally(h, &facts[i], asked); refused != nil || err != nil {
			return refused, err
		}
	}
	return nil, nil
}

// placeAll puts the new facts of one intent into a history and books them, as place
// does with one.
func (b *Books) placeAll(h *history, facts []fact, asked bool) (*ledger.Decision, error) {
	first, last := &facts[0], &facts[len(facts)-1]
	if len(facts) == 1 {
		return b.place(h, first, asked)
	}
	if err := b.reach(h, h.alikeSince(first.TEff), nil); err != nil {
		return nil, err
	}
	at, found := h.position(&first.Key)
	if found {
		return nil, errTwice
	}
	if at == len(h.facts) && !(h.product.Boxed() && b.stepsAfter(&first.Key)) {
		return b.insertAll(h, at, facts, asked), nil
	}
	if err := b.reach(h, h.alikeSince(first.TEff), &first.Key); err != nil {
		return nil, err
	}
	at, _ = h.position(&first.Key)
	pieces := slices.ContainsFunc(facts, func(f fact) bool { return f.serial != "" })
	r := b.refold(h, at, pieces || h.product.Boxed())
	r.from, r.with = last.Key, false
	for i := range facts {
		r.reaches(facts[i].from)
		r.reaches(facts[i].to)
	}
	r.lift()
	refused := b.insertAll(h, at, facts, asked)
	if refused == nil {
		r.start += len(facts)
		r.redo()
	}
	return refused, nil
}

// insertAll books facts one after the other where the cells stand as before the
// first.
func (b *Books) insertAll(h *history, at int, facts []fact, asked bool) *ledger.Decision {
	h.insertAll(at, facts)
	for i := range facts { // so that all can be taken back, whichever is refused
		b.did = append(b.did, deed{h: h, key: facts[i].Key, added: true})
	}
	for i := range facts {
		f := &h.facts[at+i]
		if f.is(flagOut) {
			h.depends(f)
			continue
		}
		e, refused := b.evaluate(h, f, asked)
		if refused != nil {
			return refused
		}
		f.legs = b.keep(e.legs)
		f.set(flagPlain, e.plain)
		h.depends(f)
		pin(b.state, f.legs)
		b.ownLegs = append(b.ownLegs, f.legs...)
		b.finds(h, f, e.notes)
	}
	return nil
}

func (h *history) insertAll(at int, facts []fact) {
	for i := range facts {
		h.heed(&facts[i])
		facts[i].kin = facts[i].kinship()
	}
	h.hot = at
	grows := len(h.facts)+len(facts) > cap(h.facts)
	h.facts = slices.Insert(h.facts, at, facts...)
	if grows {
		h.room, h.cut = h.facts[:0], 0
	}
}

// turnTogether takes the lines of an intent out of the fold, or puts them back,
// product by product.
func (b *Books) turnTogether(lines []ledger.StampLine, key Key, out bool) *ledger.Decision {
	var products []*ledger.Product
	keys := map[*ledger.Product][]Key{}
	for i := range lines {
		p := lines[i].Product
		if p == nil || lines[i].Noted || b.only != nil && !b.only(p) {
			continue
		}
		if keys[p] == nil {
			products = append(products, p)
		}
		key.Line = i
		keys[p] = append(keys[p], key)
	}
	for _, p := range products {
		err := b.turnLines(b.history(p), keys[p], out)
		if err != nil {
			d := unreadable(p, err)
			return &d
		}
		if refused := b.settleDirty(); refused != nil {
			return refused
		}
	}
	return nil
}

// turnLines takes facts of one intent out of the fold, or puts them back, and takes
// what came after them again.
func (b *Books) turnLines(h *history, keys []Key, out bool) error {
	if err := b.reach(h, h.alikeSince(keys[0].TEff), &keys[0]); err != nil {
		return err
	}
	start, _ := h.position(&keys[0])
	all, places := h.product.Boxed(), []*ledger.Place(nil)
	for i := range keys {
		at, found := h.position(&keys[i])
		if !found {
			return errGone
		}
		f := &h.facts[at]
		if f.tally != nil || f.is(flagOut) == out {
			return b.turnEach(h, keys, out)
		}
		all = all || f.serial != "" || f.is(flagStep)
		places = append(places, f.from, f.to)
	}
	r := b.refold(h, start, all)
	r.from, r.with = keys[0], true
	for _, p := range places {
		r.reaches(p)
	}
	r.lift()
	for i := range keys {
		at, _ := h.position(&keys[i])
		b.flip(h, at, out)
		if !r.lifted[at-start] { // it has only virtual places
			r.lifted[at-start] = true
			b.unbook(h.facts[at].legs)
		}
	}
	r.redo()
	return nil
}

func (b *Books) turnEach(h *history, keys []Key, out bool) error {
	for i := range keys {
		if err := b.turn(h, &keys[i], out); err != nil {
			return err
		}
	}
	return nil
}

// flip notes that a fact takes no part any more, or does again.
func (b *Books) flip(h *history, at int, out bool) {
	f := &h.facts[at]
	f.set(flagOut, out)
	h.heed(f)
	h.depends(f)
	b.did = append(b.did, deed{h: h, key: f.Key, turned: true, recorded: f.recorded})
	f.recorded = b.n
}
