package rest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/danielgtaylor/huma/v2"
)

type transactionsQuery struct {
	From      string `query:"from" doc:"RFC 3339: only what happened (t_eff) then or later"`
	To        string `query:"to" doc:"RFC 3339: only what happened then or earlier"`
	At        string `query:"at" doc:"RFC 3339: only what happened by this moment, as known now"`
	Entry     uint64 `query:"entry" doc:"only what was booked by this entry"`
	Site      string `query:"site"`
	Product   string `query:"product"`
	Location  string `query:"location" doc:"a code, or site/code"`
	Person    string `query:"person" doc:"the operator"`
	Device    string `query:"device"`
	Reference string `query:"reference"`
	Action    string `query:"action"`
	Delivery  string `query:"delivery"`
	Lot       string `query:"lot"`
	Serial    string `query:"serial"`
}

// wants says whether an entry's intent is asked for.
func (q *transactionsQuery) wants(in *ledger.Intent) bool {
	return (q.Person == "" || in.Operator == q.Person) && (q.Device == "" || in.Device == q.Device) && (q.Reference == "" || in.Reference == q.Reference) &&
		(q.Action == "" || in.Action == q.Action)
}

// may is a quick look at an entry: what is asked for stands in its text. Where the text
// has escapes, only reading it tells. What a running balance needs is read too.
func (q *transactionsQuery) may() func(entry []byte) bool {
	texts := []string{q.Product}
	if q.Product == "" {
		texts = []string{q.Person, q.Device, q.Reference, q.Delivery, q.Lot, q.Serial}
	}
	var quoted [][]byte
	for _, text := range texts {
		if text != "" {
			quoted = append(quoted, ledger.AppendString(nil, text))
		}
	}
	if len(quoted) == 0 {
		return nil
	}
	return func(entry []byte) bool {
		return bytes.Contains(entry, []byte(`\u`)) || !slices.ContainsFunc(quoted, func(text []byte) bool { return !bytes.Contains(entry, text) })
	}
}

// sees says whether a place, as moves name it, is at one of some sites.
func sees(sites access.Sites, ref string) bool {
	return sites.All() || sites.SeesPlace(ref)
}

func (q *transactionsQuery) wantsMove(m *ledger.Move, f *history.Filter, sites access.Sites) bool {
	return (sees(sites, m.From) || sees(sites, m.To)) && (q.Product == "" || m.Product == q.Product) && (f.At(m.From) || f.At(m.To)) &&
		(q.Lot == "" || m.Lot == q.Lot) && (q.Serial == "" || m.Serial == q.Serial)
}

func (a *API) getTransactions(ctx context.Context, q *transactionsQuery) (*huma.StreamResponse, error) {
	within, p := momentsOf(q.From, q.To, q.At)
	if p != nil {
		return nil, p
	}
	if _, p := a.view(&ViewParams{Entry: q.Entry}); p != nil {
		return nil, p
	}
	var closed settle.Closings
	if err := a.book.Exceptions(ctx, func(s *settle.Books, _ uint64) { closed = slices.Clone(s.Closings()) }); err != nil {
		return nil, err
	}
	span := history.Span{Entry: q.Entry, From: within.From, To: within.To, Dated: closed.Dated, May: q.may()}
	filter := history.Filter{Site: q.Site, Location: q.Location}
	sites, money := a.where(ctx, access.ReadReports), a.where(ctx, access.SeeMoney)
	var run *running
	if q.Product != "" { // it begins with the books, whatever of them is shown
		run = &running{api: a, product: q.Product, filter: filter, sites: sites, decimals: a.decimalsOf(ctx, q.Product)}
		span.From, span.To = 0, 0
	}
	return a.streamRows(ctx, func(ctx context.Context, _ func(int, int), row func(any) error) error {
		if span.From != 0 {
			var err error
			if span.After, err = a.bookedBefore(ctx, span.From); err != nil {
				return err
			}
		}
		return history.Each(ctx, a.source, span, func(e *ledger.Entry) (bool, error) {
			in := e.Intent
			if in == nil {
				in = &ledger.Intent{}
			}
			for i := range e.Moves {
				m := &e.Moves[i]
				if run != nil && m.Product == q.Product {
					run.add(ctx, m)
				}
				delivery := deliveryOfMove(in, m)
				if !q.wants(in) || !q.wantsMove(m, &filter, sites) || q.Delivery != "" && delivery != q.Delivery || !within.Has(e.TEff) {
					continue
				}
				r := moveRow(e, in, m)
				r.Delivery = delivery
				run.tell(r)
				if money.SeesValue(m) {
					r.Value, r.AverageCost = cmp.Or(m.Value, "0"), run.average(m)
				}
				if err := row(r); err != nil {
					return false, err
				}
			}
			return true, nil
		})
	})
}

func moveRow(e *ledger.Entry, in *ledger.Intent, m *ledger.Move) *TransactionRow {
	return &TransactionRow{N: e.N, Kind: string(e.Kind), BookedAt: e.BookedAt, TEff: e.TEff, Device: in.Device, Operator: in.Operator,
		Action: in.Action, Reference: in.Reference, Product: m.Product, Lot: m.Lot, Serial: m.Serial, From: m.From, To: m.To, Quantity: m.Quantity,
		Partner: in.Partner, Outcome: string(e.Outcome), Reason: in.Reason, Cause: m.Cause}
}

// deliveryOfMove is the delivery that an intent names for a move of it.
func deliveryOfMove(in *ledger.Intent, m *ledger.Move) string {
	for i := range in.Lines {
		l := &in.Lines[i]
		if l.Delivery != "" && (l.Product == m.Product || l.Product == "") && cmp.Or(l.Lot, in.Lot) == m.Lot && cmp.Or(l.Serial, in.Serial) == m.Serial {
			return l.Delivery
		}
	}
	return in.Delivery
}

// running is what a product comes to as its moves are booked. A nil one runs nothing.
type running struct {
	api      *API
	product  string
	decimals int
	filter   history.Filter
	sites    access.Sites
	transits map[string]bool // virtual places, and whether goods there are still in stock

	balance  int64 // at the places asked about
	quantity int64 // of the pools
	value    int64
}

// decimalsOf are those of a product; one that is not there has no moves either.
func (a *API) decimalsOf(ctx context.Context, code string) (decimals int) {
	_ = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		if p, ok := s.Product(code); ok {
			decimals = p.Decimals
		}
	})
	return decimals
}

// pooled says whether goods at a place are in stock, or on their way.
func (r *running) pooled(ctx context.Context, ref string) bool {
	if strings.Contains(ref, "/") {
		return true
	}
	is, known := r.transits[ref]
	if !known {
		_ = r.api.book.View(ctx, func(s *ledger.State, _ uint64) {
			p, ok := s.Place("", ref)
			is = ok && p.Kind == ledger.PlaceTransit
		})
		if r.transits == nil {
			r.transits = map[string]bool{}
		}
		r.transits[ref] = is
	}
	return is
}

func (r *running) add(ctx context.Context, m *ledger.Move) {
	quantity, value := scaledText(m.Quantity, r.decimals), scaledText(m.Value, ledger.MoneyDecimals)
	for _, end := range [...]struct {
		ref  string
		sign int64
	}{{m.From, -1}, {m.To, 1}} {
		pooled := r.pooled(ctx, end.ref)
		if pooled {
			r.quantity += end.sign * quantity
			r.value += end.sign * value
		}
		if (pooled || r.filter.Location != "") && r.filter.At(end.ref) && sees(r.sites, end.ref) {
			r.balance += end.sign * quantity
		}
	}
}

// tell adds the balance to a row.
func (r *running) tell(row *TransactionRow) {
	if r != nil {
		row.Balance = ledger.FormatScaled(r.balance, r.decimals)
	}
}

// average is what one was worth after a move; of several products, by it.
func (r *running) average(m *ledger.Move) string {
	if r != nil {
		return averageOf(r.quantity, r.value, r.decimals)
	}
	return averageOf(scaledText(m.Quantity, ledger.MaxDecimals), scaledText(m.Value, ledger.MoneyDecimals), ledger.MaxDecimals)
}

// averageOf is what one is worth; "" where there is nothing, or it is worth nothing.
func averageOf(quantity, value int64, decimals int) string {
	if quantity == 0 || value == 0 {
		return ""
	}
	return ledger.FormatScaled(settle.UnitCost(&ledger.Product{Decimals: decimals}, quantity, value), ledger.CostDecimals)
}

// scaledText reads a number of an entry; what has more digits than a sum is 0.
func scaledText(text string, decimals int) int64 {
	d, err := ledger.ParseDecimal(text)
	if err != nil {
		return 0
	}
	n, _ := d.Scaled(decimals)
	return n
}
