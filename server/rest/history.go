package rest

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// EditRow is one edit of an item.
type EditRow struct {
	N       uint64               `json:"n"`
	At      ledger.Time          `json:"at"`
	Actor   string               `json:"actor"`
	Created bool                 `json:"created"`
	Changes []ledger.FieldChange `json:"changes" doc:"from what to what"`
}

// EditRows is a page of the edits of an item.
type EditRows struct {
	Rows []EditRow `json:"rows" doc:"the newest first"`
	Next uint64    `json:"next,omitempty" doc:"before of the next page; missing on the last. A page may be empty where the journal was only looked through: go on"`
}

type (
	historyQuery struct {
		ItemQuery
		Before uint64 `query:"before" doc:"edits before this entry"`
		Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
	}
	historyAnswer struct{ Body EditRows }
)

func (a *API) routeHistory(f family) {
	register(a, route{method: http.MethodGet, path: "/v1/" + f.path + "/{code}/history", id: "history" + f.name, tag: "Catalogue", action: access.ReadReports,
		summary: "Who changed one of the " + f.path + ", and what",
		about:   "The edits of one item, the newest first. They are found by a list that is kept for each item; what earlier releases wrote is looked for in the journal, a piece a page."},
		func(ctx context.Context, q *historyQuery) (*historyAnswer, error) { return a.getHistory(ctx, &f, q) })
}

func (a *API) getHistory(ctx context.Context, f *family, q *historyQuery) (*historyAnswer, error) {
	var it ledger.Item
	var item Item
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		it = f.key(s, &q.ItemQuery)
		if v, ok := s.Item(it); ok {
			item = itemOf(v)
		}
	}); err != nil {
		return nil, err
	}
	if item == nil || !f.seen(item, a.where(ctx, access.ReadReports)) {
		return nil, missing(f.entity, q.Code)
	}
	before := q.Before
	if before == 0 {
		before = a.book.Head() + 1
	}
	out := &historyAnswer{Body: EditRows{Rows: []EditRow{}}}
	entries, more, err := a.book.EditsOf(it, before, q.Limit)
	if err != nil {
		return nil, err
	}
	glass := lens.Of(callOf(ctx).who)
	for _, n := range entries {
		entry, err := a.entry(ctx, n)
		if err != nil {
			return nil, err
		}
		if err := out.Body.add(glass.Entry(entry), it); err != nil {
			return nil, err
		}
		before = n
	}
	switch rows := out.Body.Rows; {
	case more:
		out.Body.Next = before
	case len(rows) > 0 && rows[len(rows)-1].Created || before <= 1:
	case len(rows) < q.Limit:
		return out, a.olderEdits(ctx, out, it, before, q.Limit)
	default:
		out.Body.Next = before
	}
	return out, nil
}

// add takes an entry in, where it is an edit of the item. Nil is one that whoever asks
// may not see.
func (r *EditRows) add(entry []byte, it ledger.Item) error {
	if entry == nil {
		return nil
	}
	e, err := ledger.ReadEntry(entry)
	if err != nil {
		return err
	}
	if e.Edit == nil || !edits(e.Edit, it) {
		return nil
	}
	made := created(e.Edit)
	r.Rows = append(r.Rows, EditRow{N: e.N, At: e.BookedAt, Actor: e.Actor, Created: made, Changes: e.Edit.Changes})
	return nil
}

// edits says whether an edit is one of an item. Of constraints, edits name the product
// and the site; where several hold there, the list that is kept tells them apart, and
// the journal of earlier releases does not.
func edits(e *ledger.Edit, it ledger.Item) bool {
	if e.Entity != it.Entity {
		return false
	}
	switch e.Entity {
	case ledger.EntityLocation:
		return it.Key == e.Code || it.Key == e.Site+"/"+e.Code
	case ledger.EntityConstraint:
		return bytes.HasPrefix([]byte(it.Key), []byte(e.Code+"\x00"+e.Site+"\x00"))
	}
	return e.Code == it.Key
}

// olderEdits looks through a piece of the journal for edits that no list has: those of
// earlier releases.
func (a *API) olderEdits(ctx context.Context, out *historyAnswer, it ledger.Item, before uint64, limit int) error {
	done, err := a.reading(ctx)
	if err != nil {
		return err
	}
	defer done()
	from := uint64(1)
	if before > scanEntries {
		from = before - scanEntries
	}
	older := EditRows{}
	glass := lens.Of(callOf(ctx).who)
	err = a.book.Feed().Stored(ctx, from-1, func(b *journal.Block) (bool, error) {
		for n := max(b.First, from); n <= b.Last && n < before; n++ {
			entry := b.Entry(n)
			if !bytes.Contains(entry, []byte(`"kind":"edit"`)) {
				continue
			}
			if err := older.add(glass.Entry(entry), it); err != nil {
				return false, err
			}
		}
		return b.Last+1 < before, ctx.Err()
	})
	if err != nil {
		return err
	}
	slices.Reverse(older.Rows)
	room := limit - len(out.Body.Rows)
	switch {
	case len(older.Rows) > room:
		older.Rows = older.Rows[:room]
		out.Body.Next = older.Rows[room-1].N
	case from > 1:
		out.Body.Next = from
	}
	out.Body.Rows = append(out.Body.Rows, older.Rows...)
	if rows := out.Body.Rows; len(rows) > 0 && rows[len(rows)-1].Created {
		out.Body.Next = 0
	}
	return nil
}
