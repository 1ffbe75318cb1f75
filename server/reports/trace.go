package reports

import (
	"cmp"
	"context"
	"slices"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Kinds of rows of a trace.
const (
	TraceMove    = "move"    // goods went from one place to another
	TraceReceipt = "receipt" // what a removal's goods came with
	TraceNow     = "now"     // where the rest lies
)

// TraceRow is a step of a lot, a piece, or what went out under a reference.
type TraceRow struct {
	Kind        string      `json:"kind" enum:"move,receipt,now"`
	At          ledger.Time `json:"at"`
	Entry       uint64      `json:"entry"`
	Device      string      `json:"device"`
	Operator    string      `json:"operator"`
	Action      string      `json:"action"`
	Product     string      `json:"product"`
	Lot         string      `json:"lot"`
	Serial      string      `json:"serial"`
	From        string      `json:"from"`
	FromPackage string      `json:"from_package"`
	To          string      `json:"to" doc:"where it lies, of what lies there now"`
	ToPackage   string      `json:"to_package"`
	Status      string      `json:"status" doc:"of what lies there now"`
	Quantity    string      `json:"quantity"`
	Delivery    string      `json:"delivery"`
	Reference   string      `json:"reference"`
	Partner     string      `json:"partner"`
	Asset       string      `json:"asset"`
	Reason      string      `json:"reason"`
	Cause       string      `json:"cause"`
	Note        string      `json:"note"`
}

// TraceQuery says what is traced: a lot or a serial, of a product or of all, or what
// went to customers under a reference.
type TraceQuery struct{ Lot, Serial, Reference string }

// Trace follows goods both ways. Of a lot or a serial: each move in order of time, the
// receipts first, then where the rest lies. Of a reference: each removal under it, and
// after it the receipts that its goods came with: those of its lot or serial, where it
// has one, else by order of arrival. Errors: row's, those of reading.
func Trace(ctx context.Context, b Books, q Query, what TraceQuery, eyes Eyes, row func(*TraceRow) error) error {
	text := cmp.Or(what.Serial, what.Lot, what.Reference)
	_, err := b.Trails(ctx, q.of(text), func(t *settle.Trail) error {
		var rows []TraceRow
		if what.Reference != "" {
			w := t.Walk(nil, func(l settle.Leaving) bool { return l.Reference == what.Reference })
			for _, u := range w.Uses {
				if what.is(u.Lot, u.Serial) && eyes.sees(&q, u.Site) {
					rows = append(rows, useRows(w, u)...)
				}
			}
			return all(rows, row)
		}
		w := t.Sum(func(l *settle.Line) {
			if l.Quantity != 0 && what.is(l.Lot, l.Serial) && eyes.seesEither(&q, l.From, l.To) {
				rows = append(rows, moveRow(t.Product, l))
			}
		})
		if len(rows) > 0 {
			rows = append(rows, restRows(w, &what, &q, &eyes)...)
		}
		return all(rows, row)
	})
	return err
}

func all(rows []TraceRow, row func(*TraceRow) error) error {
	for i := range rows {
		if err := row(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (q *TraceQuery) is(lot, serial string) bool {
	return (q.Lot == "" || lot == q.Lot) && (q.Serial == "" || serial == q.Serial)
}

// seesEither says whether one end of a move is of a site that somebody may see.
func (e *Eyes) seesEither(q *Query, from, to *ledger.Place) bool {
	if e.Sites.All() && q.Site == "" {
		return true
	}
	for _, at := range [...]*ledger.Place{from, to} {
		if at != nil && at.Stand().Site != "" && e.sees(q, at.Stand().Site) {
			return true
		}
	}
	return false
}

func moveRow(p *ledger.Product, l *settle.Line) TraceRow {
	return TraceRow{Kind: TraceMove, At: l.TEff, Entry: l.N, Device: l.Device, Product: p.Code, Lot: l.Lot, Serial: l.Serial, From: refOf(l.From), FromPackage: l.From.PackageCode(),
		To: refOf(l.To), ToPackage: l.To.PackageCode(), Quantity: quantity(p, l.Quantity), Delivery: l.Delivery, Reference: l.Reference, Asset: l.Asset, Cause: l.Cause}
}

// refOf names a place; a package by where it stands.
func refOf(at *ledger.Place) string {
	if stand := at.Stand(); !stand.IsPackage() {
		return stand.Ref()
	}
	return ""
}

// useRows tell of a removal, and of the receipts that its goods came with.
func useRows(w *settle.Walked, u *settle.Use) []TraceRow {
	p := w.Product
	rows := []TraceRow{{Kind: TraceMove, At: u.TEff, Entry: u.N, Device: u.Device, Product: p.Code, Lot: u.Lot, Serial: u.Serial, To: u.To.Ref(),
		Quantity: quantity(p, u.Quantity), Reference: u.Reference, Asset: u.Asset, Cause: u.Cause}}
	receipt := func(o *settle.Origin, n int64, note string) {
		rows = append(rows, TraceRow{Kind: TraceReceipt, At: o.TEff, Entry: o.N, Device: o.Device, Product: p.Code, Lot: o.Lot, Serial: o.Serial, From: o.From.Ref(),
			Quantity: quantity(p, n), Delivery: o.Delivery, Reference: o.Reference, Note: note})
	}
	if u.Lot != "" || u.Serial != "" {
		for _, o := range w.Origins {
			if o.Compare(&u.Key) < 0 && o.Lot == u.Lot && o.Serial == u.Serial {
				receipt(o, o.Quantity, "all that came in of this lot or serial by then")
			}
		}
		return rows
	}
	for i := range u.Parts {
		if part := &u.Parts[i]; part.Origin != nil {
			receipt(part.Origin, part.Quantity, "by order of arrival: goods without a lot cannot be told apart")
		}
	}
	return rows
}

// restRows say where goods of a lot or a serial lie.
func restRows(w *settle.Walked, what *TraceQuery, q *Query, eyes *Eyes) (rows []TraceRow) {
	stock := w.Stock()
	for _, c := range stock.Values() {
		if c.Quantity != 0 && what.is(c.Lot, c.Serial) && c.At.Site != "" && eyes.sees(q, c.At.Site) {
			rows = append(rows, TraceRow{Kind: TraceNow, At: c.ChangedAt, Entry: c.N, Product: w.Product.Code, Lot: c.Lot, Serial: c.Serial, To: c.At.Ref(),
				ToPackage: c.Place.PackageCode(), Status: string(c.Status()), Quantity: quantity(w.Product, c.Quantity)})
		}
	}
	return rows
}

// AssetRow is a part of an asset.
type AssetRow struct {
	Asset      string      `json:"asset"`
	Via        string      `json:"via" doc:"the asset that this one went into, of those asked for; empty where it is one of them"`
	Product    string      `json:"product"`
	Lot        string      `json:"lot"`
	Serial     string      `json:"serial"`
	Quantity   string      `json:"quantity" doc:"that is in it"`
	TakenOut   string      `json:"taken_out"`
	First      ledger.Time `json:"first,omitzero" doc:"when the first of it was built in"`
	Last       ledger.Time `json:"last,omitzero"`
	Device     string      `json:"device" doc:"that built in the last of it"`
	Entry      uint64      `json:"entry"`
	Deliveries []string    `json:"deliveries" doc:"that it came with: of its lot or serial, else by order of arrival"`
	Value      string      `json:"value,omitzero" doc:"of what is in it, at what it was worth when it went in; for those who may see money"`
}

// maxAssets bounds how many machines of machines a report follows.
const maxAssets = 1_000

type partName struct{ asset, product, lot, serial string }

type part struct {
	row            AssetRow
	product        *ledger.Product
	in, out, worth int64
}

// Asset lists what is inside an asset, and inside of those of its parts that are assets
// themselves. want says which products ever went into any. Errors: row's, those of
// reading.
func Asset(ctx context.Context, b Books, q Query, asset string, eyes Eyes, row func(*AssetRow) error) error {
	via := map[string]string{asset: ""}
	for next := []string{asset}; len(next) > 0; {
		parts := map[partName]*part{}
		text := ""
		if len(next) == 1 {
			text = next[0]
		}
		if _, err := b.Trails(ctx, q.of(text), func(t *settle.Trail) error {
			partsOf(t, next, parts)
			return nil
		}); err != nil {
			return err
		}
		names := make([]partName, 0, len(parts))
		for name, p := range parts {
			if p.in != 0 || p.out != 0 {
				names = append(names, name)
			}
		}
		slices.SortFunc(names, func(x, y partName) int {
			return cmp.Or(cmp.Compare(x.asset, y.asset), cmp.Compare(x.product, y.product), cmp.Compare(x.lot, y.lot), cmp.Compare(x.serial, y.serial))
		})
		next = nil
		for _, name := range names {
			p := parts[name]
			if err := row(p.told(via[name.asset], &eyes)); err != nil {
				return err
			}
			if _, known := via[name.serial]; name.serial != "" && p.in > p.out && !known && len(via) < maxAssets {
				via[name.serial] = name.asset
				next = append(next, name.serial)
			}
		}
	}
	return nil
}

// partsOf adds what a product's history says of some assets.
func partsOf(t *settle.Trail, assets []string, parts map[partName]*part) {
	of := func(asset, lot, serial string) *part {
		name := partName{asset, t.Product.Code, lot, serial}
		p := parts[name]
		if p == nil {
			p = &part{product: t.Product, row: AssetRow{Asset: asset, Product: t.Product.Code, Lot: lot, Serial: serial, Deliveries: []string{}}}
			parts[name] = p
		}
		return p
	}
	w := t.Walk(func(l *settle.Line) {
		if l.Quantity == 0 || l.Asset == "" || !slices.Contains(assets, l.Asset) {
			return
		}
		p := of(l.Asset, l.Lot, l.Serial)
		switch {
		case l.To.Kind == ledger.PlaceAsset && l.From.Kind != ledger.PlaceAsset:
			p.in, p.worth = p.in+l.Quantity, p.worth+l.Value
			if p.row.First == 0 {
				p.row.First = l.TEff
			}
			p.row.Last, p.row.Device, p.row.Entry = l.TEff, l.Device, l.N
		case l.From.Kind == ledger.PlaceAsset && l.To.Kind != ledger.PlaceAsset:
			p.out, p.worth = p.out+l.Quantity, p.worth-l.Value
		}
	}, func(l settle.Leaving) bool { return l.Asset != "" && slices.Contains(assets, l.Asset) })
	for _, u := range w.Uses {
		p := of(u.Asset, u.Lot, u.Serial)
		for _, r := range useRows(w, u)[1:] {
			if r.Delivery != "" && !slices.Contains(p.row.Deliveries, r.Delivery) {
				p.row.Deliveries = append(p.row.Deliveries, r.Delivery)
			}
		}
	}
}

func (p *part) told(via string, eyes *Eyes) *AssetRow {
	p.row.Via = via
	p.row.Quantity, p.row.TakenOut = quantity(p.product, p.in-p.out), quantity(p.product, p.out)
	if eyes.money("") {
		p.row.Value = value(p.worth)
	}
	return &p.row
}
