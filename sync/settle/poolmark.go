package settle

import (
	"cmp"
	"slices"

	"bayledger/sync/ledger"
)

// poolMark says that an entry changed what a pool holds, or what it is worth.
type poolMark struct {
	h    *history
	home ledger.PlaceID
	n    uint64
}

// markPools marks the pools of a product that the entry changed: those that its
// legs touch, and those that came to be worth something else.
func (b *Books) markPools(w *worths) {
	for i := range b.did {
		d := &b.did[i]
		if d.h != w.h {
			continue
		}
		b.markLegs(d.h, d.before)
		if at, found := d.h.position(&d.key); found {
			b.markLegs(d.h, d.h.facts[at].legs)
		}
	}
	rest := int64(0) // what the pool without a home gained
	for _, a := range w.accounts {
		if rest -= a.Value; b.isHome(a.Place) {
			b.markPool(w.h, a.Place)
		}
	}
	if rest != 0 {
		b.markPool(w.h, 0)
	}
}

func (b *Books) markLegs(h *history, legs []leg) {
	for i := range legs {
		from, to := b.sides(&legs[i])
		if from == to {
			continue
		}
		for _, s := range [...]side{from, to} {
			if s.virtual == nil {
				b.markPool(h, s.home)
			}
		}
	}
}

func (b *Books) markPool(h *history, home ledger.PlaceID) {
	m := poolMark{h, home, b.n}
	if last := len(b.rows.pools) - 1; last >= 0 && b.rows.pools[last] == m {
		return
	}
	b.rows.pools = append(b.rows.pools, m)
}

// isHome says whether an account is that of a site's pool.
func (b *Books) isHome(place ledger.PlaceID) bool {
	p, ok := b.state.PlaceByID(place)
	return ok && p.Physical()
}

// poolValues tells of the pools that were marked, each once, as they are now.
func (b *Books) poolValues(marks []poolMark) (out []ledger.PoolValue) {
	slices.SortFunc(marks, func(x, y poolMark) int {
		return cmp.Or(cmp.Compare(x.h.product.ID, y.h.product.ID), cmp.Compare(x.home, y.home), cmp.Compare(y.n, x.n))
	})
	for i, m := range marks {
		if i > 0 && marks[i-1].h == m.h && marks[i-1].home == m.home {
			continue // of an earlier entry
		}
		s, known := b.summary(m.h)
		if !known {
			continue // it cannot be: what was booked now is in memory, or its summary is
		}
		row := ledger.PoolValue{Product: m.h.product, Site: b.poolSite(m.home), N: m.n}
		if at := slices.IndexFunc(s.pools, func(p Pool) bool { return p.Site == row.Site }); at >= 0 {
			row.Quantity, row.Value = s.pools[at].Quantity, s.pools[at].Value
		}
		out = append(out, row)
	}
	return out
}

// poolSite names a pool as people read it.
func (b *Books) poolSite(home ledger.PlaceID) string {
	switch p, ok := b.state.PlaceByID(home); {
	case ok:
		return p.Site
	case b.state.PoolsPerSite():
		return string(ledger.PlaceTransit)
	}
	return ""
}
