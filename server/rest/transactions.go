package rest

import (
	"context"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

type transactionsQuery struct {
	From      string `query:"from" doc:"RFC 3339: only what happened (t_eff) then or later"`
	To        string `query:"to" doc:"RFC 3339: only what happened then or earlier"`
	Site      string `query:"site"`
	Product   string `query:"product"`
	Location  string `query:"location" doc:"a code, or site/code"`
	Person    string `query:"person" doc:"the operator"`
	Device    string `query:"device"`
	Reference string `query:"reference"`
}

// wants says whether an entry's intent is asked for.
func (q *transactionsQuery) wants(in *ledger.Intent) bool {
	return (q.Person == "" || in.Operator == q.Person) && (q.Device == "" || in.Device == q.Device) && (q.Reference == "" || in.Reference == q.Reference)
}

// sees says whether a place, as moves name it, is at one of some sites.
func sees(sites access.Sites, ref string) bool {
	if sites.All() {
		return true
	}
	site, _, physical := strings.Cut(ref, "/")
	return physical && sites.Has(site)
}

func (q *transactionsQuery) wantsMove(m *ledger.Move, f *history.Filter, sites access.Sites) bool {
	return (sees(sites, m.From) || sees(sites, m.To)) && (q.Product == "" || m.Product == q.Product) && (f.At(m.From) || f.At(m.To))
}

func (a *API) getTransactions(ctx context.Context, q *transactionsQuery) (*huma.StreamResponse, error) {
	sites := a.where(ctx, access.ReadReports)
	from, p := parseMoment("from", q.From)
	if p != nil {
		return nil, p
	}
	to, p := parseMoment("to", q.To)
	if p != nil {
		return nil, p
	}
	if from != 0 && to != 0 && to < from {
		return nil, badField("to", "The span ends before it begins. Nothing was read.")
	}
	var closed settle.Closings
	if err := a.book.Settled(ctx, func(s *settle.Books) error { closed = slices.Clone(s.Closings()); return nil }); err != nil {
		return nil, err
	}
	done, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	span := history.Span{From: from, To: to, Dated: closed.Dated}
	return a.streamed("application/json", func(ctx context.Context, s *stream) error {
		defer done()
		ctx, cancel := context.WithTimeout(ctx, reportTimeout)
		defer cancel()
		s.WriteByte('[')
		first := true
		filter := history.Filter{Site: q.Site, Location: q.Location}
		err := history.Each(ctx, a.source, span, func(e *ledger.Entry) (bool, error) {
			in := e.Intent
			if in == nil {
				in = &ledger.Intent{}
			}
			if !q.wants(in) {
				return true, nil
			}
			for i := range e.Moves {
				if m := &e.Moves[i]; q.wantsMove(m, &filter, sites) {
					if err := writeMove(s, first, e, in, m); err != nil {
						return false, err
					}
					first = false
				}
			}
			return true, nil
		})
		s.WriteString("]\n")
		return err
	}), nil
}

func writeMove(s *stream, first bool, e *ledger.Entry, in *ledger.Intent, m *ledger.Move) error {
	if !first {
		s.WriteByte(',')
	}
	b, err := json.Marshal(&TransactionRow{N: e.N, Kind: string(e.Kind), BookedAt: e.BookedAt, TEff: e.TEff, Device: in.Device, Operator: in.Operator,
		Action: in.Action, Reference: in.Reference, Product: m.Product, Lot: m.Lot, Serial: m.Serial, From: m.From, To: m.To, Quantity: m.Quantity,
		Outcome: string(e.Outcome), Reason: in.Reason, Cause: m.Cause})
	if err != nil {
		return err
	}
	_, err = s.Write(b)
	return err
}
