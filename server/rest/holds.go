package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// HoldRow is a hold: what it covers, since when, and whether it is open.
type HoldRow struct {
	Hold     string      `json:"hold" doc:"device/install/seq of the intent isolate that opened it: what a release names"`
	At       ledger.Time `json:"at"`
	Entry    uint64      `json:"entry"`
	Device   string      `json:"device"`
	Product  string      `json:"product" doc:"with its lot, or serial; empty: of a place or package"`
	Lot      string      `json:"lot" doc:"*: all lots of the product"`
	Serial   string      `json:"serial"`
	Package  string      `json:"package"`
	Site     string      `json:"site"`
	Location string      `json:"location" doc:"with all below it"`
	Open     bool        `json:"open"`
}

// LeftRow is goods that left shortly before a hold on them.
type LeftRow struct {
	At       ledger.Time `json:"at"`
	Product  string      `json:"product"`
	Lot      string      `json:"lot"`
	Serial   string      `json:"serial"`
	Quantity string      `json:"quantity"`
	From     string      `json:"from"`
	To       string      `json:"to"`
	Device   string      `json:"device"`
	Entry    uint64      `json:"entry"`
}

// TaintedRow is an asset that goods went into.
type TaintedRow struct {
	Asset    string      `json:"asset"`
	At       string      `json:"at" doc:"where the asset stands, where it is known as a piece"`
	Product  string      `json:"product" doc:"that went into it"`
	Lot      string      `json:"lot"`
	Serial   string      `json:"serial"`
	Quantity string      `json:"quantity" doc:"that is in it still"`
	TakenOut string      `json:"taken_out"`
	First    ledger.Time `json:"first" doc:"when the first of it was built in"`
	Last     ledger.Time `json:"last"`
	Device   string      `json:"device" doc:"that built in the last of it"`
	Entry    uint64      `json:"entry"`
	Held     bool        `json:"held" doc:"it was under the hold when it was built in"`
	Via      string      `json:"via" doc:"the asset that went into this one; empty where the goods themselves did"`
}

// HoldDetail is a hold and what it came too late for.
type HoldDetail struct {
	Hold    HoldRow      `json:"hold"`
	Left    []LeftRow    `json:"left" doc:"what left of its goods in the day before it, the last first, also where that was told later"`
	Tainted []TaintedRow `json:"tainted" doc:"what its goods went into"`
}

func (a *API) routeHolds() {
	register(a, route{method: http.MethodGet, path: "/v1/holds", id: "listHolds", tag: "Holds", action: access.ReadReports, summary: "Open holds"}, a.listHolds)
	register(a, route{method: http.MethodGet, path: "/v1/holds/{hold}", id: "getHold", tag: "Holds", action: access.ReadReports,
		summary: "A hold, what left before it, and what its goods went into",
		about:   "The name of a hold has slashes, written %2F in the path. What is told follows from all scans that have come, however late the hold or they came."}, a.getHold)
	register(a, route{method: http.MethodGet, path: "/v1/tainted", id: "getTainted", tag: "Holds", action: access.ReadReports,
		summary: "What goods went into", about: "The assets that goods of a hold, of a lot, or one serial were built into, and those that these went into."}, a.getTainted)
}

type (
	holdsQuery struct {
		All bool `query:"all" doc:"those that were ended or undone too"`
	}
	holdsAnswer struct{ Body []HoldRow }
	holdQuery   struct {
		Hold string `path:"hold" maxLength:"700"`
	}
	holdAnswer   struct{ Body HoldDetail }
	taintedQuery struct {
		Hold    string `query:"hold" maxLength:"700"`
		Product string `query:"product"`
		Lot     string `query:"lot" doc:"*: all lots"`
		Serial  string `query:"serial"`
	}
	taintedAnswer struct{ Body []TaintedRow }
)

func (a *API) listHolds(ctx context.Context, q *holdsQuery) (*holdsAnswer, error) {
	holds, err := a.book.Holds(ctx, q.All)
	sites := a.where(ctx, access.ReadReports)
	out := &holdsAnswer{Body: []HoldRow{}}
	for i := range holds {
		if seesHold(sites, &holds[i]) {
			out.Body = append(out.Body, holdRow(&holds[i]))
		}
	}
	return out, err
}

// seesHold says whether a hold concerns one of some sites: what is held wherever it
// lies concerns all.
func seesHold(sites access.Sites, h *settle.HoldView) bool {
	return h.Place == nil || sites.All() || sites.Has(h.Place.Stand().Site)
}

func holdRow(h *settle.HoldView) HoldRow {
	row := HoldRow{Hold: h.ID, At: h.At, Entry: h.N, Device: h.Device, Lot: h.Lot, Serial: h.Serial, Open: h.Open}
	switch {
	case h.Product != nil:
		row.Product = h.Product.Code
	case h.Place == nil:
	case h.Place.IsPackage():
		row.Package = h.Place.Code
	default:
		row.Site, row.Location = h.Place.Site, h.Place.Code
	}
	return row
}

func (a *API) getHold(ctx context.Context, q *holdQuery) (*holdAnswer, error) {
	r, err := a.recall(ctx, q.Hold)
	if err != nil {
		return nil, err
	}
	sites := a.where(ctx, access.ReadReports)
	out := &holdAnswer{Body: HoldDetail{Hold: holdRow(&r.Hold), Left: []LeftRow{}, Tainted: taintedRows(r.Parts, sites)}}
	for i := range r.Left {
		l := &r.Left[i]
		if !sees(sites, l.From.Ref()) && !sees(sites, l.To.Ref()) {
			continue
		}
		out.Body.Left = append(out.Body.Left, LeftRow{At: l.At, Product: l.Product.Code, Lot: l.Lot, Serial: l.Serial,
			Quantity: ledger.FormatScaled(l.Quantity, l.Product.Decimals), From: l.From.Ref(), To: l.To.Ref(), Device: l.Device, Entry: l.N})
	}
	return out, nil
}

func (a *API) recall(ctx context.Context, hold string) (book.Recall, error) {
	done, err := a.reading(ctx)
	if err != nil {
		return book.Recall{}, err
	}
	defer done()
	r, ok, err := a.book.Recall(ctx, hold)
	if err == nil && (!ok || !seesHold(a.where(ctx, access.ReadReports), &r.Hold)) {
		err = missing("hold", hold)
	}
	return r, err
}

func (a *API) getTainted(ctx context.Context, q *taintedQuery) (*taintedAnswer, error) {
	switch {
	case q.Hold != "" && q.Product == "":
		r, err := a.recall(ctx, q.Hold)
		if err != nil {
			return nil, err
		}
		return &taintedAnswer{Body: taintedRows(r.Parts, a.where(ctx, access.ReadReports))}, nil
	case q.Hold != "" || q.Product == "" || q.Lot == "" && q.Serial == "":
		return nil, badField("product", "The question names neither a hold, nor a product with its lot or serial. Nothing was read; name one of the two.")
	}
	var product *ledger.Product
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { product, _ = s.Product(q.Product) }); err != nil {
		return nil, err
	}
	if product == nil {
		return nil, missing("product", q.Product)
	}
	done, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	parts, err := a.book.Parts(ctx, product, q.Lot, q.Serial)
	return &taintedAnswer{Body: taintedRows(parts, a.where(ctx, access.ReadReports))}, err
}

// taintedRows are the assets that stand at one of some sites.
func taintedRows(parts []book.Part, sites access.Sites) []TaintedRow {
	out := []TaintedRow{}
	for i := range parts {
		p := &parts[i]
		if !sites.All() && (p.At == nil || !sites.Has(p.At.Stand().Site)) {
			continue
		}
		row := TaintedRow{Asset: p.Asset, Product: p.Product.Code, Lot: p.Lot, Serial: p.Serial, Quantity: ledger.FormatScaled(p.Quantity, p.Product.Decimals),
			TakenOut: ledger.FormatScaled(p.Out, p.Product.Decimals), First: p.First, Last: p.Last, Device: p.Device, Entry: p.N, Held: p.Held, Via: p.Via}
		if p.At != nil {
			row.At = p.At.Ref()
		}
		out = append(out, row)
	}
	return out
}
