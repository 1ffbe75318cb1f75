package socket

import (
	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// changedExceptions returns the rows of exceptions that a batch changed, as they
// are now: what is closed goes, with what became of it.
func (s *session) changedExceptions(sub *subscription, c *book.Chunk) ([]byte, error) {
	if len(c.Exceptions) == 0 {
		return nil, nil
	}
	rows, err := s.hub.book.ExceptionsOf(s.ctx, c.Exceptions)
	var out rowList
	for i := range rows {
		s.worded(&rows[i])
		switch row := &rows[i]; {
		case !sub.sites.Has(row.Site) && !sub.sites.All():
		case row.State == "": // so many came since that it was let go
			row.State, row.N = ledger.ExceptionCleared, c.Last
			out.add(&wire.ExceptionRow{ExceptionView: *row, Gone: true})
		case sub.wantsException(row):
			out.add(&wire.ExceptionRow{ExceptionView: *row, Gone: row.Closed()})
		}
	}
	return out.joined, err
}

// openExceptions makes the rows of a snapshot: what somebody has to look at.
func (s *session) openExceptions(sub *subscription) (*shot, error) {
	rows, head, err := s.hub.book.ExceptionsNow(s.ctx, func(r *ledger.ExceptionView) bool { return !r.Closed() && sub.wantsException(r) })
	t := &shot{n: head}
	for i := range rows {
		s.worded(&rows[i])
		t.rows = append(t.rows, &wire.ExceptionRow{ExceptionView: rows[i]})
	}
	return t, err
}

// worded leaves out of an exception's words what is worth how much, for those who see
// no money of its site.
func (s *session) worded(r *ledger.ExceptionView) {
	if !access.Where(s.who, access.SeeMoney).Has(r.Site) {
		r.Message = ledger.WithoutWorth(r.Message)
	}
}

func (sub *subscription) wantsException(r *ledger.ExceptionView) bool {
	f := &sub.filter
	return sub.sites.Has(r.Site) && (sub.site == "" || r.Site == sub.site) && (f.Product == "" || r.Product == f.Product) &&
		(f.Location == "" || r.Location == f.Location || r.Site+"/"+r.Location == f.Location) &&
		(f.Kind == "" || r.Kind == f.Kind) && (f.Operator == "" || r.Operator == f.Operator)
}
