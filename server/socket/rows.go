package socket

import (
	"strings"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json"
)

// rows returns the rows of a topic that a batch changed.
func (s *session) rows(sub *subscription, c *book.Chunk) ([]byte, error) {
	switch sub.topic {
	case wire.TopicBalances:
		return sub.balances(c.Cells, c.Pools), nil
	case wire.TopicAlerts:
		return s.changedRows(len(c.Alerts), func(st *ledger.State, i int) (any, bool) { return alertRow(st, c.Alerts[i], c.Last, sub) })
	case wire.TopicExceptions:
		return s.changedExceptions(sub, c)
	}
	return s.changedRows(len(c.Items), func(st *ledger.State, i int) (any, bool) { return itemRow(st, c.Items[i], c.Last, sub) })
}

// changedRows makes rows of the state as it is now. Error: the book's, where what
// the rows show did not become durable; they must not be sent then.
func (s *session) changedRows(count int, row func(*ledger.State, int) (any, bool)) ([]byte, error) {
	if count == 0 {
		return nil, nil
	}
	var out rowList
	err := s.hub.book.View(s.ctx, func(st *ledger.State, _ uint64) {
		for i := range count {
			if v, ok := row(st, i); ok {
				out.add(v)
			}
		}
	})
	return out.joined, err
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
	at := standOf(c)
	return at.Physical() && sub.sites.Has(at.Site) && (sub.site == "" || at.Site == sub.site) &&
		(sub.filter.Product == "" || c.Product.Code == sub.filter.Product) &&
		(sub.filter.Location == "" || at.Code == sub.filter.Location || at.Ref() == sub.filter.Location)
}

// standOf is where a cell lies. Copies know it; while the book is looked at, cells
// of a package are where that stands now.
func standOf(c *ledger.Cell) *ledger.Place {
	if c.At != nil {
		return c.At
	}
	return c.Place.Stand()
}

func (sub *subscription) balances(cells []*ledger.Cell, pools []ledger.PoolValue) []byte {
	var out rowList
	for _, c := range cells {
		if sub.wantsCell(c) {
			out.add(balanceRow(c))
		}
	}
	for i := range pools {
		if p := &pools[i]; sub.wantsPool(p.Product, p.Site) {
			out.add(poolRow(p))
		}
	}
	return out.joined
}

// wantsPool says whether a pool's value is followed: by who may see money there, and
// asks for no single location. The company's pool is of every site.
func (sub *subscription) wantsPool(p *ledger.Product, site string) bool {
	return sub.cash.Has(site) && sub.filter.Location == "" && (sub.filter.Product == "" || p.Code == sub.filter.Product) &&
		(sub.site == "" || site == "" || site == sub.site)
}

func poolRow(p *ledger.PoolValue) *wire.PoolRow {
	return &wire.PoolRow{Product: p.Product.Code, Site: p.Site, Quantity: ledger.FormatScaled(p.Quantity, p.Product.Decimals),
		Value: ledger.FormatScaled(p.Value, ledger.MoneyDecimals), N: p.N, Gone: p.Quantity == 0 && p.Value == 0}
}

// pools are the rows of the pools' values. They may be of a later entry than the
// rows beside them, and bear its number: what comes of entries before it is passed
// over then.
func (s *session) pools(sub *subscription) (rows []any, err error) {
	if sub.topic != wire.TopicBalances || sub.cash.None() || sub.filter.Location != "" {
		return nil, nil
	}
	found, n, err := s.hub.book.Pools(s.ctx, func(p *ledger.Product) bool { return sub.filter.Product == "" || p.Code == sub.filter.Product })
	for i := range found {
		if p := &found[i]; (p.Quantity != 0 || p.Value != 0) && sub.wantsPool(p.Product, p.Site) {
			p.N = n
			rows = append(rows, poolRow(p))
		}
	}
	return rows, err
}

func balanceRow(c *ledger.Cell) *wire.BalanceRow {
	at := standOf(c)
	return &wire.BalanceRow{Site: at.Site, Location: at.Code, Product: c.Product.Code, Lot: c.Lot, Serial: c.Serial, Package: c.Place.PackageCode(), Status: string(c.Status()),
		Quantity: ledger.FormatScaled(c.Quantity, c.Product.Decimals), ChangedAt: c.ChangedAt, N: c.N, Gone: c.Quantity == 0}
}

func alertRow(st *ledger.State, id string, n uint64, sub *subscription) (any, bool) {
	a, open := st.OpenAlert(id)
	if !open {
		return &wire.AlertRow{Alert: ledger.Alert{ID: id, State: "cleared"}, N: n, Gone: true}, sub.named(id)
	}
	return &wire.AlertRow{Alert: a.Alert, Since: a.Since, N: a.N}, sub.wantsAlert(st, &a)
}

// named says whether the id of an alert, kind/product/site/location, may be of one of
// the sites that are shown.
func (sub *subscription) named(id string) bool {
	if sub.sites.All() {
		return true
	}
	for part := range strings.SplitSeq(id, "/") {
		if sub.sites.Has(part) {
			return true
		}
	}
	return false
}

func (sub *subscription) wantsAlert(st *ledger.State, a *ledger.OpenAlert) bool {
	return sub.sites.Has(a.Site) && (sub.site == "" || a.Site == sub.site) && (sub.filter.Product == "" || a.Product == sub.filter.Product) &&
		(sub.filter.Location == "" || st.AlertWithin(a, sub.filter.Location)) && (sub.filter.Kind == "" || a.Kind == sub.filter.Kind)
}

func itemRow(st *ledger.State, it ledger.Item, n uint64, sub *subscription) (any, bool) {
	v, ok := st.Item(it)
	row := &wire.CatalogRow{Entity: it.Entity, Code: v.Code, Site: v.Site, Fields: v.Fields, N: n, Gone: !ok}
	if v.Location != "" {
		row.Fields["location"] = v.Location
	}
	site := v.Site
	switch it.Entity {
	case ledger.EntitySite:
		site = it.Key
	case ledger.EntityFacility:
		site = v.Fields["site"]
	}
	shown := it.Entity != ledger.EntityRight && (site == "" || sub.sites.Has(site))
	return row, shown && (sub.site == "" || v.Site == "" || v.Site == sub.site)
}

// shot is a snapshot that is being sent, part by part: each is encoded when its
// turn comes, and its rows are let go.
type shot struct {
	n           uint64
	part, parts int
	rows        []any
}

// snapshot takes a topic as it is now; what changes meanwhile comes after it.
// Only a few are taken at a time, since each looks through the whole state.
func (s *session) snapshot(sub *subscription, announced uint64, f *framer) error {
	if sub.topic == wire.TopicActivity {
		return s.recent(sub, announced, f)
	}
	select {
	case s.hub.snapshots <- struct{}{}:
		defer func() { <-s.hub.snapshots }()
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	t, err := s.collect(sub)
	if err != nil {
		return err
	}
	pools, err := s.pools(sub)
	if err != nil {
		return err
	}
	t.rows = append(t.rows, pools...)
	t.parts = max(1, (len(t.rows)+snapshotRows-1)/snapshotRows)
	sub.fresh, sub.after, sub.shot = false, t.n, t
	return nil
}

// collect makes the rows of a snapshot, and says which entry they stand at.
func (s *session) collect(sub *subscription) (t *shot, err error) {
	if sub.topic == wire.TopicExceptions {
		return s.openExceptions(sub)
	}
	t = &shot{}
	err = s.hub.book.View(s.ctx, func(st *ledger.State, head uint64) {
		t.n = head
		t.rows = sub.collect(st, head)
	})
	return t, err
}

// nextPart encodes the next part of the snapshot.
func (sub *subscription) nextPart() []byte {
	t := sub.shot
	var list rowList
	now := t.rows[:min(len(t.rows), snapshotRows)]
	for _, row := range now {
		list.add(row)
	}
	clear(now)
	t.rows = t.rows[len(now):]
	if t.part++; t.part == t.parts {
		sub.shot = nil
	}
	return sub.part(t.part, t.parts, t.n, list.joined)
}

func (sub *subscription) part(part, parts int, n uint64, rows []byte) []byte {
	return wire.AppendSnapshot(make([]byte, 0, len(rows)+96), sub.topic, part, parts, n, rows)
}

// collect makes the rows of a snapshot.
func (sub *subscription) collect(st *ledger.State, head uint64) (rows []any) {
	switch sub.topic {
	case wire.TopicBalances:
		for _, c := range st.ShownCells(sub.wantsCell) {
			rows = append(rows, balanceRow(c))
		}
	case wire.TopicAlerts:
		for _, a := range st.OpenAlerts() {
			if sub.wantsAlert(st, &a) {
				rows = append(rows, &wire.AlertRow{Alert: a.Alert, Since: a.Since, N: a.N})
			}
		}
	case wire.TopicCatalog:
		for _, entity := range ledger.Shared() {
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
func (s *session) recent(sub *subscription, head uint64, f *framer) error {
	var rows []byte
	from := uint64(0)
	if head > recentEntries {
		from = head - recentEntries
	}
	err := s.hub.book.Feed().Stored(s.ctx, from, func(b *journal.Block) (bool, error) {
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
		return err
	}
	sub.fresh, sub.after = false, head
	f.add(sub.part(1, 1, head, rows))
	return nil
}
