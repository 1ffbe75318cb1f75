package socket

import (
	"context"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json"
)

// rows returns the rows of a topic that a batch changed.
func (s *session) rows(sub *subscription, c *book.Chunk) []byte {
	switch sub.topic {
	case wire.TopicBalances:
		return sub.balances(c.Cells)
	case wire.TopicAlerts:
		return s.changedRows(len(c.Alerts), func(st *ledger.State, i int) (any, bool) { return alertRow(st, c.Alerts[i], c.Last, sub) })
	}
	return s.changedRows(len(c.Items), func(st *ledger.State, i int) (any, bool) { return itemRow(st, c.Items[i], c.Last, sub) })
}

func (s *session) changedRows(count int, row func(*ledger.State, int) (any, bool)) []byte {
	if count == 0 {
		return nil
	}
	var out rowList
	// The book only fails to answer when it closes; then the session ends too.
	_ = s.hub.book.View(context.Background(), func(st *ledger.State, _ uint64) {
		for i := range count {
			if v, ok := row(st, i); ok {
				out.add(v)
			}
		}
	})
	return out.joined
}

// rowList joins rows by commas.
type rowList struct {
	joined []byte
	count  int
}

func (l *rowList) add(row any) {
	b, err := json.Marshal(row)
	if err != nil {
		return // rows are plain structs of texts; they cannot fail
	}
	if l.count > 0 {
		l.joined = append(l.joined, ',')
	}
	l.joined = append(l.joined, b...)
	l.count++
}

func (sub *subscription) wantsCell(c *ledger.Cell) bool {
	return c.Place.Physical() && (sub.site == "" || c.Place.Site == sub.site) &&
		(sub.filter.Product == "" || c.Product.Code == sub.filter.Product) &&
		(sub.filter.Location == "" || c.Place.Code == sub.filter.Location || c.Place.Ref() == sub.filter.Location)
}

func (sub *subscription) balances(cells []*ledger.Cell) []byte {
	var out rowList
	for _, c := range cells {
		if sub.wantsCell(c) {
			out.add(balanceRow(c))
		}
	}
	return out.joined
}

func balanceRow(c *ledger.Cell) *wire.BalanceRow {
	return &wire.BalanceRow{Site: c.Place.Site, Location: c.Place.Code, Product: c.Product.Code, Lot: c.Lot, Serial: c.Serial, Status: string(c.Status()),
		Quantity: ledger.FormatScaled(c.Quantity, c.Product.Decimals), ChangedAt: c.ChangedAt, N: c.N, Gone: c.Quantity == 0}
}

func alertRow(st *ledger.State, id string, n uint64, sub *subscription) (any, bool) {
	a, open := st.OpenAlert(id)
	if !open {
		return &wire.AlertRow{Alert: ledger.Alert{ID: id, State: "cleared"}, N: n, Gone: true}, true
	}
	return &wire.AlertRow{Alert: a.Alert, Since: a.Since, N: a.N}, sub.wantsAlert(&a)
}

func (sub *subscription) wantsAlert(a *ledger.OpenAlert) bool {
	return (sub.site == "" || a.Site == sub.site) && (sub.filter.Product == "" || a.Product == sub.filter.Product) &&
		(sub.filter.Location == "" || a.Location == sub.filter.Location) && (sub.filter.Kind == "" || a.Kind == sub.filter.Kind)
}

func itemRow(st *ledger.State, it ledger.Item, n uint64, sub *subscription) (any, bool) {
	v, ok := st.Item(it)
	row := &wire.CatalogRow{Entity: it.Entity, Code: v.Code, Site: v.Site, Fields: v.Fields, N: n, Gone: !ok}
	if v.Location != "" {
		row.Fields["location"] = v.Location
	}
	return row, sub.site == "" || v.Site == "" || v.Site == sub.site
}

// snapshot takes a topic as it is now, in parts that are sent frame by frame; what
// changes meanwhile comes after them.
func (s *session) snapshot(sub *subscription) {
	sub.fresh = false
	var rows []any
	var n uint64
	err := s.hub.book.View(context.Background(), func(st *ledger.State, head uint64) {
		n = head
		rows = sub.collect(st, head)
	})
	if err != nil {
		s.close(wire.CloseDrain, "the server is going away")
		return
	}
	sub.after = n
	if sub.topic == wire.TopicActivity {
		s.recent(sub, n)
		return
	}
	parts := max(1, (len(rows)+snapshotRows-1)/snapshotRows)
	for part := range parts {
		var list rowList
		for _, row := range rows[part*snapshotRows : min(len(rows), (part+1)*snapshotRows)] {
			list.add(row)
		}
		sub.addPart(part+1, parts, n, list.joined)
	}
}

// collect makes the rows of a snapshot.
func (sub *subscription) collect(st *ledger.State, head uint64) (rows []any) {
	switch sub.topic {
	case wire.TopicBalances:
		for _, c := range st.CellsOf(sub.wantsCell) {
			rows = append(rows, balanceRow(c))
		}
	case wire.TopicAlerts:
		for _, a := range st.OpenAlerts() {
			if sub.wantsAlert(&a) {
				rows = append(rows, &wire.AlertRow{Alert: a.Alert, Since: a.Since, N: a.N})
			}
		}
	case wire.TopicCatalog:
		for _, entity := range []string{ledger.EntitySite, ledger.EntityLocation, ledger.EntityProduct, ledger.EntityBarcode, ledger.EntityPartner, ledger.EntityConstraint} {
			for _, it := range st.Items(entity) {
				if row, ok := itemRow(st, it, head, sub); ok {
					rows = append(rows, row)
				}
			}
		}
	}
	return rows
}

// recent adds the last entries for a watcher who comes without a cursor.
func (s *session) recent(sub *subscription, head uint64) {
	var rows []byte
	from := uint64(0)
	if head > recentEntries {
		from = head - recentEntries
	}
	err := s.hub.book.Feed().Stored(context.Background(), from, func(b *journal.Block) (bool, error) {
		if b.First > head {
			return false, nil
		}
		if part := sub.entries(b, max(from+1, b.First), min(head, b.Last)); len(part) > 0 {
			if len(rows) > 0 {
				rows = append(rows, ',')
			}
			rows = append(rows, part...)
		}
		return b.Last < head, nil
	})
	if err != nil {
		s.hub.opts.Log.Error("recent entries could not be read", "device", s.device, "error", err)
	}
	sub.addPart(1, 1, head, rows)
}

func (sub *subscription) addPart(part, parts int, n uint64, rows []byte) {
	sub.parts = append(sub.parts, wire.AppendSnapshot(make([]byte, 0, len(rows)+96), sub.topic, part, parts, n, rows))
}
