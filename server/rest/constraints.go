package rest

import (
	"context"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

type (
	constraintsQuery struct {
		SiteQuery
		Product string `query:"product"`
	}
	constraintsAnswer struct{ Body Constraints }
)

func (a *API) listConstraints(ctx context.Context, q *constraintsQuery) (*constraintsAnswer, error) {
	after, err := cursorOf(q.After)
	if err != nil {
		return nil, err
	}
	sites := a.where(ctx, access.ReadCatalog)
	out := &constraintsAnswer{Body: Constraints{Rows: []ConstraintRow{}, Epoch: a.book.Epoch()}}
	err = a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		last := ""
		for _, c := range s.Constraints(ledger.TimeOf(a.opts.Now()), nil) {
			key := c.Product + "\x00" + c.Site + "\x00" + c.Location
			if !sites.Has(c.Site) || len(after) > 0 && key <= after || !strings.HasPrefix(c.Product, q.Prefix) || q.Product != "" && c.Product != q.Product || q.Site != "" && c.Site != q.Site {
				continue
			}
			if len(out.Body.Rows) == q.Limit {
				out.Body.Next = cursorAfter(last)
				return
			}
			last = key
			out.Body.Rows = append(out.Body.Rows, ConstraintRow{Product: c.Product, Site: c.Site, Location: c.Location, Min: c.Min.String(), Max: c.Max.String(),
				Reorder: c.Reorder.String(), Multiple: c.Multiple.String(), LeadDays: daysText(c.LeadDays), DaysLeft: c.DaysLeft,
				OnHand: c.OnHand, Available: c.Available})
		}
	})
	return out, err
}
