package reports

import (
	"cmp"
	"context"
	"slices"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Lines of a valuation over a span, in its order: what there was, what came and went,
// what there is.
const (
	LineOpening        = "opening"         // on the shelves and in transit
	LineOpeningTransit = "opening_transit" // of it
	LineReceived       = "received"
	LineSentBack       = "sent_back" // to suppliers
	LineDelivered      = "delivered" // to customers
	LineReturned       = "returned"  // by them
	LineLost           = "lost"
	LineFound          = "found"
	LineScrapped       = "scrapped"
	LineUnscrapped     = "unscrapped"
	LineProduced       = "produced"
	LineUsedUp         = "used_up"
	LineBuiltIn        = "built_in"
	LineTakenOut       = "taken_out"
	LineOpened         = "opened" // opening stock
	LineUnopened       = "unopened"
	LineShortage       = "shortage" // came from nowhere, so that the books add up
	LineUnshortage     = "unshortage"
	LineBreach         = "breach" // held goods that were taken
	LineUnbreach       = "unbreach"
	LineOther          = "other"
	LineMoved          = "moved" // between sites; its value also has what averages shift between them
	LineClosing        = "closing"
	LineClosingTransit = "closing_transit"
)

var lineOrder = []string{LineOpening, LineOpeningTransit, LineReceived, LineSentBack, LineDelivered, LineReturned, LineLost, LineFound, LineScrapped, LineUnscrapped,
	LineProduced, LineUsedUp, LineBuiltIn, LineTakenOut, LineOpened, LineUnopened, LineShortage, LineUnshortage, LineBreach, LineUnbreach, LineOther, LineMoved,
	LineClosing, LineClosingTransit}

// lineNames are, by kind of the virtual place, the lines of what comes from it and what
// goes to it.
var lineNames = map[ledger.PlaceKind][2]string{
	ledger.PlaceSupplier: {LineReceived, LineSentBack}, ledger.PlaceCustomer: {LineReturned, LineDelivered}, ledger.PlaceLoss: {LineFound, LineLost},
	ledger.PlaceScrap: {LineUnscrapped, LineScrapped}, ledger.PlaceProduction: {LineProduced, LineUsedUp}, ledger.PlaceAsset: {LineTakenOut, LineBuiltIn},
	ledger.PlaceOpening: {LineOpened, LineUnopened}, ledger.PlaceShortage: {LineShortage, LineUnshortage}, ledger.PlaceBreach: {LineUnbreach, LineBreach},
}

// FlowRow is a line of a valuation over a span.
type FlowRow struct {
	Line     string `json:"line" enum:"opening,opening_transit,received,sent_back,delivered,returned,lost,found,scrapped,unscrapped,produced,used_up,built_in,taken_out,opened,unopened,shortage,unshortage,breach,unbreach,other,moved,closing,closing_transit" doc:"opening and all that came and went add up to closing; opening_transit and closing_transit are of it"`
	Site     string `json:"site" doc:"empty: the company"`
	Product  string `json:"product" doc:"where rows are by product"`
	Quantity string `json:"quantity" doc:"what came, below zero what went"`
	Value    string `json:"value,omitzero" doc:"for those who may see money"`
}

type flowKey struct{ product, site, line string }

type flowSum struct {
	quantity Total
	value    int64
}

// flowTable adds up what came and went.
type flowTable struct {
	sums     map[flowKey]*flowSum
	product  bool
	perSite  bool
	selected func(site string) bool
}

func (f *flowTable) add(p *ledger.Product, site, line string, sign, quantity, value int64) {
	if !f.perSite {
		site = ""
	} else if !f.selected(site) {
		return
	}
	key := flowKey{site: site, line: line}
	if f.product {
		key.product = p.Code
	}
	s := f.sums[key]
	if s == nil {
		s = &flowSum{}
		f.sums[key] = s
	}
	s.quantity.Add(sign*quantity, p.Decimals)
	s.value += sign * value
}

// Flows makes the valuation over a span: what there was at its beginning (what happened
// at From itself is in the span), what came and went, and what there is at its end, over
// the company or by site, in all or by product. Where the books were closed meanwhile,
// what reached them later is dated at their end, as in every report. The view's moment
// is the span's end. Errors: row's, those of reading.
func Flows(ctx context.Context, b Books, q Query, from ledger.Time, by By, perSite bool, eyes Eyes, row func(*FlowRow) error) error {
	f := &flowTable{sums: map[flowKey]*flowSum{}, product: by == ByProduct, perSite: perSite,
		selected: func(site string) bool { return site != "" && eyes.sees(&q, site) }}
	flush := func() error {
		f.balance()
		return f.rows(&eyes, row)
	}
	if from <= 1 {
		if _, err := b.Trails(ctx, q.of(""), func(t *settle.Trail) error { f.pass(t, 1, LineClosing, LineClosingTransit); return nil }); err != nil {
			return err
		}
		return flush()
	}
	if err := b.Spans(ctx, q.of(""), from, func(before, then *settle.Trail) error {
		if before != nil {
			f.pass(before, -1, LineOpening, LineOpeningTransit)
		}
		if then != nil {
			f.pass(then, 1, LineClosing, LineClosingTransit)
		}
		if !f.product || before == nil || then == nil {
			return nil
		}
		err := flush() // nothing of the product comes any more
		clear(f.sums)
		return err
	}); err != nil {
		return err
	}
	return flush()
}

// pass adds up all that ever came and went by the end of a trail, and what there was
// then.
func (f *flowTable) pass(t *settle.Trail, sign int64, there, onWay string) {
	stock := t.Sum(func(l *settle.Line) { f.line(t.Product, l, sign) }).Stock()
	for _, c := range stock.Values() {
		switch groupOf(c.At) {
		case GroupTransit:
			f.add(t.Product, "", onWay, 1, c.Quantity, c.Value)
			if !f.perSite {
				f.add(t.Product, "", there, 1, c.Quantity, c.Value)
			}
		case GroupPhysical:
			f.add(t.Product, c.At.Site, there, 1, c.Quantity, c.Value)
		}
	}
}

// line adds what a leg brought to the shelves of a site, or took from them.
func (f *flowTable) line(p *ledger.Product, l *settle.Line, sign int64) {
	from, to := placed(l.From, l.FromPool), placed(l.To, l.ToPool)
	out, in := housed(l.From), housed(l.To)
	switch {
	case in && out:
		if l.Quantity != 0 && from != to {
			f.add(p, from, LineMoved, sign, -l.Quantity, 0)
			f.add(p, to, LineMoved, sign, l.Quantity, 0)
		}
	case in:
		f.add(p, to, lineOf(l.From, 0), sign, l.Quantity, l.Value)
	case out:
		f.add(p, from, lineOf(l.To, 1), sign, -l.Quantity, -l.Value)
	}
}

// housed says whether goods there count: on a shelf, on their way, or, where only value
// went, in a pool.
func housed(at *ledger.Place) bool {
	return at == nil || at.Stand().Physical() || at.Stand().Kind == ledger.PlaceTransit
}

// placed is the site of a place, or of a pool.
func placed(at *ledger.Place, pool string) string {
	if at == nil {
		return pool
	}
	return at.Stand().Site
}

func lineOf(at *ledger.Place, way int) string {
	names, ok := lineNames[at.Stand().Kind]
	if !ok {
		return LineOther
	}
	return names[way]
}

// balance lets what nobody can name (goods between sites, and what an average over the
// company shifts between them) stand as moved, so that each column adds up.
func (f *flowTable) balance() {
	type group struct{ product, site string }
	missing := map[group]*flowSum{}
	for key, s := range f.sums {
		g := group{key.product, key.site}
		m := missing[g]
		if m == nil {
			m = &flowSum{}
			missing[g] = m
		}
		switch key.line {
		case LineOpeningTransit, LineClosingTransit, LineMoved:
		case LineClosing:
			m.quantity.sum(&s.quantity)
			m.value += s.value
		default:
			m.quantity.sub(&s.quantity)
			m.value -= s.value
		}
	}
	for g, m := range missing {
		key := flowKey{g.product, g.site, LineMoved}
		delete(f.sums, key)
		if !m.quantity.zero() || m.value != 0 {
			f.sums[key] = m
		}
	}
}

func (f *flowTable) rows(eyes *Eyes, row func(*FlowRow) error) error {
	keys := make([]flowKey, 0, len(f.sums))
	for key, s := range f.sums {
		if s.value != 0 || !s.quantity.zero() || key.line == LineOpening || key.line == LineClosing {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(x, y flowKey) int {
		return cmp.Or(cmp.Compare(x.product, y.product), cmp.Compare(x.site, y.site), cmp.Compare(slices.Index(lineOrder, x.line), slices.Index(lineOrder, y.line)))
	})
	for _, key := range keys {
		s := f.sums[key]
		r := &FlowRow{Line: key.line, Site: key.site, Product: key.product, Quantity: s.quantity.String()}
		if eyes.money(key.site) {
			r.Value = value(s.value)
		}
		if err := row(r); err != nil {
			return err
		}
	}
	return nil
}
