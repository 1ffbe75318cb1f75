package simulation

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bayledger/sync/ledger"
	"bayledger/sync/simulation/oracle"
)

// setup is the master data as the oracle is told of it; settings that changed
// come from the feed, with the moments from which they hold.
func (w *world) setup() oracle.Setup {
	s := oracle.Setup{Settings: slices.Clone(w.follow.settings)}
	for i := range w.script.Master {
		p := &w.script.Master[i]
		switch p.Entity {
		case ledger.EntityLocation:
			kind := cmp.Or(p.Fields["kind"], "stock")
			s.Locations = append(s.Locations, oracle.Location{Site: p.Site, Code: p.Code, Kind: kind, Parent: p.Fields["parent"]})
		case ledger.EntityBarcode:
			s.Barcodes = append(s.Barcodes, w.barcodes(p)...)
		case ledger.EntityProduct:
			s.Products = append(s.Products, w.productOf(p))
		}
	}
	return s
}

// barcodes are what a barcode stood for, from its making to now.
func (w *world) barcodes(p *ledger.Patch) (out []oracle.Barcode) {
	is := oracle.Barcode{Code: p.Code, Product: p.Fields["product"], Quantity: p.Fields["quantity"]}
	for _, e := range w.follow.recoded {
		if e.Edit.Entity != ledger.EntityBarcode || e.Edit.Code != p.Code {
			continue
		}
		was := is
		was.Until = int64(e.TEff)
		out = append(out, was)
		for _, c := range e.Edit.Changes {
			if c.Field == "product" {
				is.Product = c.To
			} else {
				is.Quantity = c.To
			}
		}
	}
	return append(out, is)
}

func (w *world) productOf(p *ledger.Patch) oracle.Product {
	o := oracle.Product{Code: p.Code, Unit: p.Fields["unit"], Units: map[string]string{},
		Tracking: cmp.Or(p.Fields["tracking"], "none"), Costing: cmp.Or(p.Fields["costing"], "average"), NotStocked: p.Fields["stocked"] == "false"}
	if text := p.Fields["decimals"]; text != "" {
		o.Decimals = int(text[0] - '0')
	}
	for name, factor := range p.Fields {
		if unit, ok := bytes.CutPrefix([]byte(name), []byte("unit.")); ok {
			o.Units[string(unit)] = factor
		}
	}
	for _, e := range w.follow.recoded {
		for _, c := range e.Edit.Changes {
			if unit, ok := strings.CutPrefix(c.Field, "unit."); ok && e.Edit.Entity == ledger.EntityProduct && e.Edit.Code == p.Code {
				o.Was = append(o.Was, oracle.OldUnit{Until: int64(e.TEff), Unit: unit, Holds: c.From})
				o.Units[unit] = c.To
			}
		}
	}
	return o
}

// fact says whether an entry takes part in the fold: what was booked, and undos
// of those who may, whenever their target comes.
// before is the entry before which what is said of it counts.
func (w *world) fact(e *entry, before uint64) bool {
	if e.Code == ledger.IdentityConflict || e.intent.Action == "skip" {
		return false
	}
	if waits(e.Code) && e.Outcome == ledger.Parked {
		m, named := w.follow.meanings[unknown(&e.intent, w.site(e), e.Code)]
		if !named || m.n >= before || e.intent.Mode == ledger.ModeCommand {
			return false
		}
		if e.Code != ledger.UnknownOperator || e.intent.Action != ledger.ActionUndo {
			return true
		}
	}
	if e.intent.Action == ledger.ActionUndo {
		target, ok := ledger.ParseReference(e.intent.Reference, &e.intent)
		hand := w.roles[e.id.Device]
		return ok && hand != nil && e.Outcome != ledger.Refused && e.Code != ledger.Unsupported && mayUndo(hand, e.id, target) && (!hand.Only || booked(e.Outcome))
	}
	if e.Outcome == ledger.Parked && e.Code == ledger.BadTime && e.doubtful() {
		return w.accepted(e, before)
	}
	return booked(e.Outcome) && e.intent.Action != ledger.ActionMap && e.intent.Action != ledger.ActionClose
}

// waits says whether a code is of what waits for a name.
func waits(code ledger.Code) bool {
	return code == ledger.UnknownProduct || code == ledger.UnknownLocation || code == ledger.UnknownOperator
}

// facts are the entries that take part, in the order of the journal.
func (w *world) facts() (out []*entry, err error) { return w.factsBefore(everything) }

// factsBefore are those that took part before an entry was made.
func (w *world) factsBefore(before uint64) (out []*entry, err error) {
	err = w.srv.view(func(st *ledger.State, _ uint64) {
		for _, e := range w.follow.entries {
			if e.N >= before || !w.fact(e, before) {
				continue
			}
			out = append(out, e)
			if e.intent.Action == ledger.ActionRelease && len(e.intent.Holds) == 0 && e.holds == nil {
				e.holds = stampedHolds(st, e.record)
			}
		}
	})
	return out, err
}

// compareK is the order of the fold (rule 2).
func compareK(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.TEff, b.TEff), cmp.Compare(a.id.Device, b.id.Device), cmp.Compare(a.id.Install, b.id.Install), cmp.Compare(a.id.Seq, b.id.Seq))
}

// oracleFact is an entry as the oracle is told of it.
func (w *world) oracleFact(e *entry) oracle.Fact {
	hand := w.roles[e.id.Device]
	f := oracle.Fact{TEff: int64(e.TEff), Role: hand.Role, Intent: slices.Clone([]byte(e.Raw)), Holds: e.holds, Says: w.said[string(e.Raw)]}
	if hand.Only {
		f.Only = hand.Site
	}
	if in := e.intent; w.follow.meanings.named(&in, w.site(e)) {
		in.Site = w.site(e)
		f.Intent, _ = ledger.AppendIntent(nil, &in)
	} else if e.intent.Site == "" {
		f.Intent = append([]byte(`{"site":"`+w.site(e)+`",`), f.Intent[1:]...)
	}
	return f
}

// oracle folds the facts the naive way and holds the state to that (V2).
func (j *judge) oracle() error {
	w := j.w
	entries, err := w.facts()
	if err != nil {
		return err
	}
	facts := make([]oracle.Fact, len(entries))
	for i, e := range entries {
		facts[i] = w.oracleFact(e)
	}
	folded, err := oracle.Fold(w.setup(), facts)
	if err != nil {
		return fmt.Errorf("the oracle cannot fold: %w", err)
	}
	w.report.Folds++
	got, err := w.srv.books()
	if err != nil {
		return err
	}
	return j.failed(V2, w.compare("in the books", "by the oracle", got, booksOfOracle(&folded, w.follow.decimals)))
}

// compare says where two books differ; what one of them does not keep is not
// compared.
func (w *world) compare(one, other string, a, b books) (out []string) {
	out = w.differ(one, other, a.cells, b.cells)
	for _, m := range [...]struct {
		what string
		a, b map[string]string
	}{{"the value of", a.values, b.values}, {"the place of", known(a.serials, b.serials), known(b.serials, a.serials)}, {"the place of", a.packages, b.packages}, {"the package around", a.parents, b.parents},
		{"what became of", a.asks, b.asks}} {
		if m.a != nil && m.b != nil {
			out = append(out, differ(m.what, one, other, m.a, m.b)...)
		}
	}
	if a.holds != nil && b.holds != nil && !slices.Equal(a.holds, b.holds) {
		out = append(out, fmt.Sprintf("open holds: %q %s, %q %s", a.holds, one, b.holds, other))
	}
	return out
}

// known are the places of pieces, as far as the cells of both books tell: of a
// piece that is back where it came from they tell nothing.
func known(places, others map[string]string) map[string]string {
	out := map[string]string{}
	for piece, place := range places {
		if _, told := others[piece]; told || !virtual(place) {
			out[piece] = place
		}
	}
	return out
}

func (w *world) differ(one, other string, a, b balances) []string {
	type shown struct {
		units    int64
		decimals int
	}
	mark := func(x balances) map[oracle.Cell]shown {
		out := make(map[oracle.Cell]shown, len(x))
		for c, units := range x {
			out[c] = shown{units, w.follow.decimals[c.Product]}
		}
		return out
	}
	return differences(one, other, mark(a), mark(b), func(s shown) string { return ledger.FormatScaled(s.units, s.decimals) })
}
