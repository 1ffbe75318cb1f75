package reports

import (
	"context"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Kinds of rows of the report of layers.
const (
	RowLayer = "layer" // what is left of one receipt
	RowPool  = "pool"  // a product's, at a site or over the company: the sum of its layers
	RowTotal = "total" // of all pools
)

// LayerRow is what is left of one receipt, or what a pool comes to.
type LayerRow struct {
	Kind       string      `json:"kind" enum:"layer,pool,total"`
	Product    string      `json:"product"`
	Site       string      `json:"site" doc:"of the pool; empty where the company has one, transit of what is between sites"`
	Costing    string      `json:"costing" enum:"fifo,average,"`
	Delivery   string      `json:"delivery" doc:"the number it came in with"`
	ReceivedAt ledger.Time `json:"received_at,omitzero"`
	From       string      `json:"from" doc:"the place it came from: supplier, opening, loss where it was found, …"`
	Lot        string      `json:"lot"`
	Serial     string      `json:"serial"`
	Device     string      `json:"device" doc:"that booked it in"`
	Entry      uint64      `json:"entry,omitzero" doc:"the entry of the receipt"`
	Received   string      `json:"received" doc:"as it came in"`
	Gone       string      `json:"gone" doc:"of it: costed by layers what has left, by average what would have, by order of arrival"`
	Quantity   string      `json:"quantity" doc:"what is left of it"`
	UnitCost   string      `json:"unit_cost,omitzero" doc:"of one, 6 decimals: the layer's price, or the pool's average; for those who may see money"`
	Value      string      `json:"value,omitzero" doc:"exact: a pool's layers add up to the pool; for those who may see money"`
	Note       string      `json:"note" doc:"what the row cannot tell"`
}

// Notes of layers.
const (
	NoteAverage = "by average: units of all deliveries cost the same, and which delivery a unit came with is not known; this is what would be left if the oldest left first"
	NoteOwed    = "taken before it came in; the next receipt covers it"
	NoteUnknown = "came from another site, which had not got it yet"
)

// Layers makes the report of layers, by product, pool and age. A delivery, where one
// is named, is all that is shown, without pools and totals. Errors: row's, those of
// reading.
func Layers(ctx context.Context, b Books, q Query, delivery string, eyes Eyes, row func(*LayerRow) error) error {
	total, any := int64(0), false
	_, err := b.Trails(ctx, q.of(delivery), func(t *settle.Trail) error {
		w := t.Walk(nil, nil)
		for _, pool := range w.Pools {
			if !eyes.sees(&q, pool.Site) {
				continue
			}
			for i := range w.Layers {
				l := &w.Layers[i]
				if l.Site != pool.Site || delivery != "" && (l.Origin == nil || l.Origin.Delivery != delivery) {
					continue
				}
				if err := row(layerRow(w.Product, l, &eyes)); err != nil {
					return err
				}
			}
			if any = true; delivery != "" || pool.Quantity == 0 && pool.Value == 0 {
				continue
			}
			total += pool.Value
			if err := row(poolRow(&pool, w, &eyes)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || delivery != "" || !any || !eyes.money("") || q.Site != "" && !eyes.money(q.Site) {
		return err
	}
	return row(&LayerRow{Kind: RowTotal, Site: q.Site, Value: value(total)})
}

func costing(p *ledger.Product, at ledger.Time) string {
	if p.FIFOAt(at) {
		return "fifo"
	}
	return "average"
}

func layerRow(p *ledger.Product, l *settle.Layer, eyes *Eyes) *LayerRow {
	r := &LayerRow{Kind: RowLayer, Product: p.Code, Site: l.Site, Costing: "fifo", Quantity: quantity(p, l.Quantity)}
	if !l.Costed {
		r.Costing, r.Note = "average", NoteAverage
	}
	switch o := l.Origin; {
	case o != nil:
		r.Delivery, r.ReceivedAt, r.From, r.Lot, r.Serial, r.Device, r.Entry = o.Delivery, o.TEff, o.From.Ref(), o.Lot, o.Serial, o.Device, o.N
		r.Received, r.Gone = quantity(p, o.Quantity), quantity(p, o.Quantity-l.Quantity)
		if o.Site != l.Site { // some of it may be at the other site still
			r.Gone = quantity(p, o.Quantity-o.Left)
		}
	case l.Quantity < 0:
		r.Note = NoteOwed
	default:
		r.Note = NoteUnknown
	}
	if eyes.money(l.Site) {
		r.UnitCost, r.Value = cost(l.Unit), value(l.Value)
	}
	return r
}

func poolRow(pool *settle.Pool, w *settle.Walked, eyes *Eyes) *LayerRow {
	r := &LayerRow{Kind: RowPool, Product: w.Product.Code, Site: pool.Site, Costing: costing(w.Product, w.Last), Quantity: quantity(w.Product, pool.Quantity)}
	if eyes.money(pool.Site) {
		unit := pool.Cost // the last known one
		if pool.Quantity > 0 {
			unit = settle.UnitCost(w.Product, pool.Quantity, pool.Value)
		}
		r.UnitCost, r.Value = cost(unit), value(pool.Value)
	}
	return r
}

// TakenRow is what a removal took of one receipt.
type TakenRow struct {
	Product    string      `json:"product"`
	Site       string      `json:"site" doc:"of the pool"`
	Costing    string      `json:"costing" enum:"fifo,average"`
	Delivery   string      `json:"delivery" doc:"that it came in with"`
	ReceivedAt ledger.Time `json:"received_at,omitzero"`
	Receipt    uint64      `json:"receipt,omitzero" doc:"the entry of the receipt"`
	At         ledger.Time `json:"at" doc:"when it was taken"`
	Entry      uint64      `json:"entry" doc:"of the removal"`
	Device     string      `json:"device"`
	To         string      `json:"to"`
	Lot        string      `json:"lot"`
	Serial     string      `json:"serial"`
	Reference  string      `json:"reference" doc:"of what went to a customer"`
	Asset      string      `json:"asset"`
	Cause      string      `json:"cause"`
	Quantity   string      `json:"quantity"`
	UnitCost   string      `json:"unit_cost,omitzero"`
	Value      string      `json:"value,omitzero" doc:"with what a receipt that covered it later came to pay"`
	Note       string      `json:"note"`
}

// Span bounds what happened, in moments; 0 is an open end.
type Span struct{ From, To ledger.Time }

// Has says whether a moment is in the span.
func (s *Span) Has(at ledger.Time) bool {
	return (s.From == 0 || at >= s.From) && (s.To == 0 || at <= s.To)
}

// Taken makes the report of which removals took which receipts, by product and time. A
// delivery, where one is named, is all that is shown. Errors: row's, those of reading.
func Taken(ctx context.Context, b Books, q Query, span Span, delivery string, eyes Eyes, row func(*TakenRow) error) error {
	_, err := b.Trails(ctx, q.of(delivery), func(t *settle.Trail) error {
		w := t.Walk(nil, func(l settle.Leaving) bool { return span.Has(l.At) })
		for _, u := range w.Uses {
			if !eyes.sees(&q, u.Site) {
				continue
			}
			for i := range u.Parts {
				part := &u.Parts[i]
				if delivery != "" && (part.Origin == nil || part.Origin.Delivery != delivery) {
					continue
				}
				if err := row(takenRow(w.Product, u, part, &eyes)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return err
}

func takenRow(p *ledger.Product, u *settle.Use, part *settle.UsePart, eyes *Eyes) *TakenRow {
	r := &TakenRow{Product: p.Code, Site: u.Site, Costing: costing(p, u.TEff), At: u.TEff, Entry: u.N, Device: u.Device, To: u.To.Ref(), Lot: u.Lot, Serial: u.Serial,
		Reference: u.Reference, Asset: u.Asset, Cause: u.Cause, Quantity: quantity(p, part.Quantity)}
	switch o := part.Origin; {
	case o == nil:
		r.Note = "no receipt covers it"
	case r.Costing == "average":
		r.Delivery, r.ReceivedAt, r.Receipt, r.Note = o.Delivery, o.TEff, o.N, "by order of arrival; by average a unit's delivery is not known"
	default:
		r.Delivery, r.ReceivedAt, r.Receipt = o.Delivery, o.TEff, o.N
	}
	if eyes.money(u.Site) {
		r.Value = value(part.Value)
		if part.Quantity != 0 {
			r.UnitCost = cost(settle.UnitCost(p, part.Quantity, part.Value))
		}
	}
	return r
}
