package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/reports"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

func (a *API) routeCostReports() {
	register(a, route{method: http.MethodGet, path: "/v1/fifo", id: "getFIFO", tag: "Reports", action: access.ReadReports,
		summary: "What is left of which delivery",
		about: "By product, pool and age: what is left of each receipt, under the delivery number that it came in with. Layers of a pool add up to the row of the pool. " +
			"Of products costed by average it is the order of arrival, and says so. Unit costs and values are for those who may see money.",
		responses: a.rowsOf("Layers and pools", reports.LayerRow{})}, a.getFIFO)
	register(a, route{method: http.MethodGet, path: "/v1/fifo/taken", id: "getFIFOTaken", tag: "Reports", action: access.ReadReports,
		summary: "Which removals took what of which delivery", about: "By product and time, over a span.",
		responses: a.rowsOf("Parts of removals", reports.TakenRow{})}, a.getFIFOTaken)
	register(a, route{method: http.MethodGet, path: "/v1/valuation", id: "getValuation", tag: "Reports", action: access.ReadReports,
		summary: "What goods are worth, place by place",
		about: "A table of all places, physical, partners and virtual, whose quantities and values add up to zero. Whoever may not look at all sites gets the rows of theirs. " +
			"Values are for those who may see money.",
		responses: a.rowsOf("Places, and the total", reports.ValuationRow{})}, a.getValuation)
	register(a, route{method: http.MethodGet, path: "/v1/valuation/span", id: "getValuationSpan", tag: "Reports", action: access.ReadReports,
		summary: "What came and went over a span, and what it was worth",
		about: "Opening, received, delivered, lost, scrapped, …, closing: they add up. Over the company, or with by=site for each site; goods between sites, and what an average over " +
			"the company shifts between them, is moved. What happened at from is in the span, and what happened at to.",
		responses: a.rowsOf("Lines", reports.FlowRow{})}, a.getValuationSpan)
}

type fifoQuery struct {
	ViewParams
	GoodsParams
	Delivery string `query:"delivery" doc:"only this delivery, without pools"`
}

func (a *API) getFIFO(ctx context.Context, q *fifoQuery) (*huma.StreamResponse, error) {
	query, eyes, err := a.costQuery(ctx, &q.ViewParams, &q.GoodsParams)
	if err != nil {
		return nil, err
	}
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		query.Done = done
		return reports.Layers(ctx, a.book, query, q.Delivery, eyes, func(r *reports.LayerRow) error { return row(r) })
	})
}

// costQuery reads what reports of pools are asked: pools of the company are for those
// who may look at all sites.
func (a *API) costQuery(ctx context.Context, v *ViewParams, g *GoodsParams) (query reports.Query, eyes reports.Eyes, err error) {
	view, p := a.view(v)
	if p != nil {
		return query, eyes, p
	}
	if query, eyes, err = a.goods(ctx, g, ""); err != nil {
		return query, eyes, err
	}
	query.View = view
	perSite := false
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { perSite = s.PoolsPerSite() }); err != nil {
		return query, eyes, err
	}
	if perSite {
		return query, eyes, nil
	}
	if p := everywhere(&eyes); p != nil {
		return query, eyes, p
	}
	if query.Site != "" {
		return query, eyes, badField("site", "Costs are kept in one pool over the company, which has no layers of a site. Nothing was read; ask without a site, or for the valuation.")
	}
	return query, eyes, nil
}

type takenQuery struct {
	ViewParams
	GoodsParams
	Delivery string `query:"delivery" doc:"only what was taken of this delivery"`
	From     string `query:"from" doc:"RFC 3339: only what was taken then or later"`
	To       string `query:"to" doc:"RFC 3339: only what was taken then or earlier"`
}

func (a *API) getFIFOTaken(ctx context.Context, q *takenQuery) (*huma.StreamResponse, error) {
	span, p := spanOf(q.From, q.To)
	if p != nil {
		return nil, p
	}
	query, eyes, err := a.costQuery(ctx, &q.ViewParams, &q.GoodsParams)
	if err != nil {
		return nil, err
	}
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		query.Done = done
		return reports.Taken(ctx, a.book, query, span, q.Delivery, eyes, func(r *reports.TakenRow) error { return row(r) })
	})
}

// spanOf reads a span of moments.
func spanOf(from, to string) (s reports.Span, p *Problem) {
	if s.From, p = parseMoment("from", from); p != nil {
		return s, p
	}
	if s.To, p = parseMoment("to", to); p != nil {
		return s, p
	}
	if s.From != 0 && s.To != 0 && s.To < s.From {
		return s, badField("to", "The span ends before it begins. Nothing was read.")
	}
	return s, nil
}

// momentsOf is spanOf with a moment at which it ends at the latest.
func momentsOf(from, to, at string) (s reports.Span, p *Problem) {
	moment, p := parseMoment("at", at)
	if p != nil {
		return s, p
	}
	if s, p = spanOf(from, to); p == nil && moment != 0 && (s.To == 0 || moment < s.To) {
		s.To = moment
	}
	return s, p
}

type valuationQuery struct {
	ViewParams
	GoodsParams
	Location string `query:"location" doc:"with all below it; a code of the site, else site/code, else a virtual place"`
	By       string `query:"by" enum:"location,site,kind,product" default:"location" doc:"what a row is about; product: product and location"`
}

func (a *API) getValuation(ctx context.Context, q *valuationQuery) (*huma.StreamResponse, error) {
	view, p := a.view(&q.ViewParams)
	if p != nil {
		return nil, p
	}
	query, eyes, err := a.goods(ctx, &q.GoodsParams, q.Location)
	if err != nil {
		return nil, err
	}
	query.View = view
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		query.Done = done
		return reports.Valuation(ctx, a.book, query, reports.By(q.By), eyes, func(r *reports.ValuationRow) error { return row(r) })
	})
}

type flowQuery struct {
	GoodsParams
	From  string `query:"from" doc:"RFC 3339: the beginning of the span; missing: that of the books"`
	To    string `query:"to" doc:"RFC 3339: its end; missing: now"`
	Entry uint64 `query:"entry" doc:"as it was booked at this entry"`
	By    string `query:"by" enum:"company,site,product,site-product" default:"company"`
}

func (a *API) getValuationSpan(ctx context.Context, q *flowQuery) (*huma.StreamResponse, error) {
	span, p := spanOf(q.From, q.To)
	if p != nil {
		return nil, p
	}
	view, p := a.view(&ViewParams{Entry: q.Entry})
	if p != nil {
		return nil, p
	}
	query, eyes, err := a.goods(ctx, &q.GoodsParams, "")
	if err != nil {
		return nil, err
	}
	query.View = view
	query.View.At = span.To
	bySite := q.By == "site" || q.By == "site-product" || q.Site != ""
	if !bySite {
		if p := everywhere(&eyes); p != nil {
			return nil, p
		}
	}
	by := reports.BySite
	if q.By == "product" || q.By == "site-product" {
		by = reports.ByProduct
	}
	return a.streamRows(ctx, func(ctx context.Context, done func(int, int), row func(any) error) error {
		query.Done = done
		return reports.Flows(ctx, a.book, query, span.From, by, bySite, eyes, func(r *reports.FlowRow) error { return row(r) })
	})
}
