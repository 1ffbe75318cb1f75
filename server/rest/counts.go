package rest

import (
	"context"
	"net/http"
	"strings"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Counts are the counts that wait for approval.
type Counts struct {
	Rows  []CountRow  `json:"rows" doc:"the oldest first"`
	Next  string      `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Now   ledger.Time `json:"now" doc:"the server's clock"`
	Head  uint64      `json:"head"`
	Epoch string      `json:"epoch"`
}

// CountRow is a count whose difference is larger than its site lets pass.
type CountRow struct {
	Exception  ledger.ExceptionView `json:"exception" doc:"a decision names its id and evidence"`
	Name       string               `json:"name" doc:"of the product"`
	Unit       string               `json:"unit"`
	Package    string               `json:"package,omitempty" doc:"that was counted"`
	Lot        string               `json:"lot,omitempty" doc:"where the count is of a lot"`
	Serial     string               `json:"serial,omitempty"`
	Session    string               `json:"session,omitempty"`
	Reason     string               `json:"reason,omitempty"`
	Difference string               `json:"difference" doc:"as known now: above zero the count found more than the books had"`
	Value      string               `json:"value,omitempty" doc:"of the difference, for those who may see money"`
	Expected   string               `json:"expected,omitempty" doc:"what the books have there right before the count, over all lots, as known now; missing where that lies too far back"`
	Counted    string               `json:"counted,omitempty" doc:"and right after it"`
	Since      string               `json:"moved_since,omitempty" doc:"what came, below zero what went, after it"`
	Moves      int                  `json:"moves_since,omitempty" doc:"by how many scans; 2,000 are looked at"`
	Balance    string               `json:"balance,omitempty" doc:"what is there now"`
}

// maxMovesSince bounds how far a row is looked back for.
const maxMovesSince = 2_000

type (
	countsQuery struct {
		Site    string `query:"site"`
		Product string `query:"product"`
		After   string `query:"after" doc:"next of the page before"`
		Limit   int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	}
	countsAnswer struct{ Body Counts }
)

func (a *API) routeCounts() {
	register(a, route{method: http.MethodGet, path: "/v1/counts", id: "getCounts", tag: "Counts", action: access.ReadExceptions,
		summary: "Counts that wait for approval",
		about:   "The open exceptions count_difference with what was expected, counted, and moved since. The booking stands meanwhile; an intent `decide` accepts it, or has the place counted again (recount)."},
		a.getCounts)
}

func (a *API) getCounts(ctx context.Context, q *countsQuery) (*countsAnswer, error) {
	list, err := a.getExceptions(ctx, &exceptionsQuery{State: ledger.ExceptionOpen, Kind: countDifference, Site: q.Site, Product: q.Product, After: q.After, Limit: q.Limit})
	if err != nil {
		return nil, err
	}
	out := &countsAnswer{Body: Counts{Rows: []CountRow{}, Next: list.Body.Next, Now: ledger.TimeOf(a.opts.Now()), Head: list.Body.Head, Epoch: list.Body.Epoch}}
	glass := lens.Of(callOf(ctx).who)
	said := entries{api: a, glass: &glass}
	for i := range list.Body.Rows {
		row := CountRow{Exception: list.Body.Rows[i]}
		e, err := said.at(ctx, row.Exception.Entry)
		if err != nil {
			return nil, err
		}
		row.tell(e)
		if err := a.measureCount(ctx, &row); err != nil {
			return nil, err
		}
		out.Body.Rows = append(out.Body.Rows, row)
	}
	return out, nil
}

// countDifference is the kind of exceptions that counts raise.
const countDifference = "count_difference"

// tell adds what the count's intent said; of one with lines the line is not looked for.
func (r *CountRow) tell(e *ledger.Entry) {
	if e == nil || e.Intent == nil {
		return
	}
	in := e.Intent
	r.Package, r.Lot, r.Serial, r.Session, r.Reason = in.Package, in.Lot, in.Serial, in.Session, in.Reason
}

// measureCount adds the numbers of a row, as known now.
func (a *API) measureCount(ctx context.Context, r *CountRow) error {
	var product *ledger.Product
	var at *ledger.Place
	quantity, value, decimals := int64(0), int64(0), 0
	if err := a.book.Exceptions(ctx, func(b *settle.Books, _ uint64) {
		s := b.State()
		quantity, value, _ = b.CountDifference(r.Exception.ID)
		if p, ok := s.Product(r.Exception.Product); ok {
			product, decimals, r.Name, r.Unit = p, p.Decimals, p.Name, p.Unit
		}
		at, _ = s.Place(r.Exception.Site, r.Exception.Location)
		if pack, ok := s.Package(r.Package); ok && r.Package != "" {
			at = pack
		}
	}); err != nil {
		return err
	}
	r.Difference = ledger.FormatScaled(quantity, decimals)
	if a.where(ctx, access.SeeMoney).Has(r.Exception.Site) {
		r.Value = ledger.FormatScaled(value, ledger.MoneyDecimals)
	}
	if product == nil || at == nil {
		return nil
	}
	steps, now, _, err := a.book.Steps(ctx, book.StepQuery{Product: product, In: func(p *ledger.Place) bool { return p == at }, Since: r.Exception.At, Most: maxMovesSince})
	if err != nil {
		return err
	}
	r.Balance = ledger.FormatScaled(now, decimals)
	_, about, _ := strings.Cut(r.Exception.ID, "/")
	id, ok := ledger.ParseReference(about, nil)
	for i := range steps.List {
		s := &steps.List[i]
		if ok && s.Counts && !s.Undone && s.Device == id.Device && s.Install == id.Install && s.Seq == id.Seq {
			r.Expected, r.Counted = ledger.FormatScaled(s.After-s.Change, decimals), ledger.FormatScaled(s.After, decimals)
			r.Since, r.Moves = ledger.FormatScaled(now-s.After, decimals), i
			return nil
		}
	}
	return nil
}
