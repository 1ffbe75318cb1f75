package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/server/reports"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

func (a *API) routeTrace() {
	register(a, route{method: http.MethodGet, path: "/v1/trace", id: "getTrace", tag: "Reports", action: access.ReadReports,
		summary: "Where a lot or a serial went, and where goods came from",
		about: "Of a lot or serial: its receipts, moves, packages, customers and assets in order of time, then where the rest lies. Of a reference: what went to customers under it, and " +
			"the receipts and deliveries that it came with.",
		responses: a.rowsOf("Steps", reports.TraceRow{})}, a.getTrace)
	register(a, route{method: http.MethodGet, path: "/v1/assets/{asset}", id: "getAsset", tag: "Reports", action: access.ReadReports,
		summary: "What is inside an asset", about: "Its parts, those taken out again too, and the parts of those that are assets themselves. For those who may look at all sites.",
		responses: a.rowsOf("Parts", reports.AssetRow{})}, a.getAsset)
}

type traceQuery struct {
	ViewParams
	GoodsParams
	Lot       string `query:"lot"`
	Serial    string `query:"serial"`
	Reference string `query:"reference" doc:"of what went to customers"`
}

func (a *API) getTrace(ctx context.Context, q *traceQuery) (*huma.StreamResponse, error) {
	if q.Lot == "" && q.Serial == "" && q.Reference == "" {
		return nil, badField("lot", "The question names neither a lot, a serial nor a reference. Nothing was read; name one of them.")
	}
	view, p := a.view(&q.ViewParams)
	if p != nil {
		return nil, p
	}
	query, eyes, err := a.goods(ctx, &q.GoodsParams, "")
	if err != nil {
		return nil, err
	}
	if p := everywhere(&eyes); q.Reference != "" && p != nil {
		return nil, p
	}
	query.View = view
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		query.Done = done
		said := entries{api: a}
		return reports.Trace(ctx, a.book, query, reports.TraceQuery{Lot: q.Lot, Serial: q.Serial, Reference: q.Reference}, eyes, func(r *reports.TraceRow) error {
			if err := said.tell(ctx, r); err != nil {
				return err
			}
			return row(r)
		})
	})
}

// entries looks entries up, for what histories do not keep. Rows of one report are near
// to each other: the last block is kept.
type entries struct {
	api   *API
	glass *lens.Lens // through which they are seen; nil: as they are stored
	block *journal.Block
	left  int
}

// maxToldRows is of how many rows of a trace it is looked up who did it and why: each is
// a read of the journal.
const maxToldRows = 10_000

// tell adds what the intent of a step said.
func (e *entries) tell(ctx context.Context, r *reports.TraceRow) error {
	if e.left++; e.left > maxToldRows || r.Entry == 0 {
		return nil
	}
	entry, err := e.at(ctx, r.Entry)
	if err != nil || entry == nil || entry.Intent == nil {
		return err
	}
	in := entry.Intent
	if r.Kind != reports.TraceNow {
		r.Operator, r.Action, r.Partner, r.Reason = in.Operator, in.Action, in.Partner, in.Reason
		if r.Reference == "" {
			r.Reference = in.Reference
		}
	}
	return nil
}

func (e *entries) at(ctx context.Context, n uint64) (*ledger.Entry, error) {
	if e.block == nil || n < e.block.First || n > e.block.Last {
		e.block = nil
		if err := e.api.book.Feed().Stored(ctx, n-1, func(b *journal.Block) (bool, error) { e.block = b; return false, nil }); err != nil || e.block == nil {
			return nil, err
		}
	}
	entry := e.block.Entry(n)
	if e.glass != nil {
		if entry = e.glass.Entry(entry); entry == nil {
			return nil, nil
		}
	}
	return ledger.ReadEntry(entry)
}

type assetQuery struct {
	ViewParams
	Asset string `path:"asset" maxLength:"200"`
}

func (a *API) getAsset(ctx context.Context, q *assetQuery) (*huma.StreamResponse, error) {
	view, p := a.view(&q.ViewParams)
	if p != nil {
		return nil, p
	}
	query, eyes, err := a.goods(ctx, &GoodsParams{}, "")
	if err != nil {
		return nil, err
	}
	if p := everywhere(&eyes); p != nil {
		return nil, p
	}
	query.View = view
	built := map[string]bool{}
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		s.EachProductAt(func(at *ledger.Place) bool { return at.Kind == ledger.PlaceAsset }, func(p *ledger.Product) { built[p.Code] = true })
	}); err != nil {
		return nil, err
	}
	query.Want = func(p *ledger.Product) bool { return built[p.Code] }
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		query.Done = done
		return reports.Asset(ctx, a.book, query, q.Asset, eyes, func(r *reports.AssetRow) error { return row(r) })
	})
}
