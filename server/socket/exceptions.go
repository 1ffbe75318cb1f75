package socket

import (
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// changedExceptions returns the rows of exceptions that a batch changed, as they
// are now: what is closed goes, with what became of it.
func (s *session) changedExceptions(sub *subscription, c *book.Chunk) ([]byte, error) {
	if len(c.Exceptions) == 0 {
		return nil, nil
	}
	var out rowList
	err := s.hub.book.Exceptions(s.ctx, func(b *settle.Books, _ uint64) {
		for _, id := range c.Exceptions {
			row, kept := b.Exception(id)
			switch {
			case !kept: // so many came since that it was let go
				out.add(&wire.ExceptionRow{ExceptionView: ledger.ExceptionView{ID: id, State: ledger.ExceptionCleared, N: c.Last}, Gone: true})
			case sub.wantsException(&row):
				out.add(&wire.ExceptionRow{ExceptionView: row, Gone: row.Closed()})
			}
		}
	})
	return out.joined, err
}

// openExceptions makes the rows of a snapshot: what somebody has to look at.
func (s *session) openExceptions(sub *subscription) (t *shot, err error) {
	t = &shot{}
	err = s.hub.book.Exceptions(s.ctx, func(b *settle.Books, head uint64) {
		t.n = head
		for _, row := range b.Exceptions(func(r *ledger.ExceptionView) bool { return !r.Closed() && sub.wantsException(r) }) {
			t.rows = append(t.rows, &wire.ExceptionRow{ExceptionView: row})
		}
	})
	return t, err
}

func (sub *subscription) wantsException(r *ledger.ExceptionView) bool {
	f := &sub.filter
	return (sub.site == "" || r.Site == sub.site) && (f.Product == "" || r.Product == f.Product) &&
		(f.Location == "" || r.Location == f.Location || r.Site+"/"+r.Location == f.Location) &&
		(f.Kind == "" || r.Kind == f.Kind) && (f.Operator == "" || r.Operator == f.Operator)
}
