package client

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"bayledger/sync/wire"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Copy is the device's copy of the catalogue and the balances, as the followed
// topics told them. It is safe for concurrent use; what it returns is the
// caller's to read, not to change.
type Copy struct {
	mu       sync.RWMutex
	catalog  table[wire.CatalogRow]
	balances table[wire.BalanceRow]
}

// AsOf says how old a topic of the copy is.
type AsOf struct {
	N    uint64    // the entry it is as of
	At   time.Time // when that was told, by the server's clock as far as known
	Rows int
	// Complete says that a whole snapshot has come; without it nothing is known.
	Complete bool
}

func newCopy() *Copy {
	return &Copy{
		catalog: table[wire.CatalogRow]{
			group: func(r *wire.CatalogRow) string { return r.Entity },
			key:   func(r *wire.CatalogRow) string { return catalogKey(r.Code, r.Site, r.Fields["location"]) },
			about: func(r *wire.CatalogRow) (uint64, bool) { return r.N, r.Gone },
		},
		balances: table[wire.BalanceRow]{
			group: func(r *wire.BalanceRow) string { return joined(r.Site, r.Location) },
			key: func(r *wire.BalanceRow) string {
				return joined(r.Product, r.Lot, r.Serial, r.Package, r.Status)
			},
			about: func(r *wire.BalanceRow) (uint64, bool) { return r.N, r.Gone },
		},
	}
}

// joined makes one key of texts that hold no NUL.
func joined(parts ...string) string { return strings.Join(parts, "\x00") }

func catalogKey(code, site, location string) string { return joined(code, site, location) }

func (c *Copy) events(m *wire.Events, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.Topic == wire.TopicCatalog {
		return c.catalog.events(m, at)
	}
	return c.balances.events(m, at)
}

func (c *Copy) snapshot(m *wire.Snapshot, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.Topic == wire.TopicCatalog {
		return c.catalog.snapshot(m, at)
	}
	return c.balances.snapshot(m, at)
}

func (c *Copy) drop(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if topic == wire.TopicCatalog {
		c.catalog.reset()
	} else {
		c.balances.reset()
	}
}

// CatalogAsOf and BalancesAsOf say how old the copy is.
func (c *Copy) CatalogAsOf() AsOf {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.catalog.asOf()
}

// BalancesAsOf is CatalogAsOf for the balances.
func (c *Copy) BalancesAsOf() AsOf {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.balances.asOf()
}

// Item returns a piece of master data: entity is product, location, barcode,
// partner, site or constraint; site and location are empty where it has none.
func (c *Copy) Item(entity, code, site, location string) (wire.CatalogRow, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r := c.catalog.groups[entity][catalogKey(code, site, location)]
	if r == nil {
		return wire.CatalogRow{}, false
	}
	return *r, true
}

// Product returns a product by its code.
func (c *Copy) Product(code string) (wire.CatalogRow, bool) { return c.Item("product", code, "", "") }

// Barcode returns the product that a barcode stands for, and the quantity of it.
// The code is compared exactly.
func (c *Copy) Barcode(code string) (product wire.CatalogRow, quantity string, ok bool) {
	b, ok := c.Item("barcode", code, "", "")
	if !ok {
		return wire.CatalogRow{}, "", false
	}
	product, ok = c.Product(b.Fields["product"])
	return product, cmp.Or(b.Fields["quantity"], "1"), ok
}

// Catalog lists the whole copy of the catalogue, in no order, and the entry it is as of: to be kept
// over a restart without network. Nil where no snapshot has come.
func (c *Copy) Catalog() (rows []wire.CatalogRow, n uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.catalog.complete {
		return nil, 0
	}
	for _, group := range c.catalog.groups {
		for _, r := range group {
			rows = append(rows, *r)
		}
	}
	return rows, c.catalog.n
}

// LoadCatalog takes a catalogue that was kept, as of an entry and a moment; the next snapshot
// replaces it. It does nothing where one has come already, or where there are more than MaxCopyRows.
func (c *Copy) LoadCatalog(rows []wire.CatalogRow, n uint64, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.catalog.complete || len(rows) > MaxCopyRows {
		return
	}
	for i := range rows {
		c.catalog.one(&rows[i])
	}
	c.catalog.n, c.catalog.at, c.catalog.complete = n, at, true
}

// Balances lists what lies at a place, as of BalancesAsOf, sorted by product, lot,
// serial, package and status; with a product, only that.
func (c *Copy) Balances(site, location, product string) []wire.BalanceRow {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []wire.BalanceRow
	for _, r := range c.balances.groups[joined(site, location)] {
		if product == "" || r.Product == product {
			out = append(out, *r)
		}
	}
	slices.SortFunc(out, func(a, b wire.BalanceRow) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Serial, b.Serial),
			cmp.Compare(a.Package, b.Package), cmp.Compare(a.Status, b.Status))
	})
	return out
}

// table keeps the rows of a topic by group and key. A row replaces one of lower
// n, gone removes. A snapshot is built beside the rows and takes their place when
// its last part has come.
type table[R any] struct {
	group, key func(*R) string
	about      func(*R) (n uint64, gone bool)

	groups   map[string]map[string]*R
	count    int
	n        uint64
	at       time.Time
	complete bool
	building *table[R]
	gone     map[string]uint64 // while building: rows removed by events meanwhile
}

func (t *table[R]) asOf() AsOf { return AsOf{t.n, t.at, t.count, t.complete} }

func (t *table[R]) reset() {
	t.groups, t.count, t.n, t.complete, t.building = nil, 0, 0, false, nil
}

// events applies rows; false where they are too many.
func (t *table[R]) events(m *wire.Events, at time.Time) bool {
	t.put(m.Events)
	if t.building != nil {
		t.building.put(m.Events)
		t.building.n, t.building.at = m.To, at
	}
	t.n, t.at = m.To, at
	return t.fits()
}

func (t *table[R]) snapshot(m *wire.Snapshot, at time.Time) bool {
	if m.Part == 1 {
		t.building = &table[R]{group: t.group, key: t.key, about: t.about, n: m.N, gone: map[string]uint64{}}
	}
	b := t.building
	if b == nil {
		return true
	}
	b.put(m.Rows)
	b.at = at
	if m.Part >= m.Parts {
		t.groups, t.count, t.n, t.at, t.complete, t.building = b.groups, b.count, b.n, at, true, nil
	}
	return t.fits()
}

func (t *table[R]) fits() bool {
	return t.count <= MaxCopyRows && (t.building == nil || t.building.count <= MaxCopyRows)
}

func (t *table[R]) put(rows []jsontext.Value) {
	for _, raw := range rows {
		r := new(R)
		if json.Unmarshal(raw, r) != nil {
			continue // a row of a newer form: what is known of the others still holds
		}
		t.one(r)
	}
}

func (t *table[R]) one(r *R) {
	group, key := t.group(r), t.key(r)
	n, gone := t.about(r)
	old := t.groups[group][key]
	if old != nil {
		if had, _ := t.about(old); had > n {
			return
		}
	}
	whole := joined(group, key)
	if t.gone != nil && t.gone[whole] > n {
		return
	}
	switch {
	case gone:
		if t.gone != nil {
			t.gone[whole] = n
		}
		if old != nil {
			t.count--
			if delete(t.groups[group], key); len(t.groups[group]) == 0 {
				delete(t.groups, group)
			}
		}
		return
	case old == nil:
		t.count++
		if t.groups == nil {
			t.groups = map[string]map[string]*R{}
		}
		if t.groups[group] == nil {
			t.groups[group] = map[string]*R{}
		}
	}
	t.groups[group][key] = r
}
