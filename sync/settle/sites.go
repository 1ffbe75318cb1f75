package settle

import (
	"slices"

	"bayledger/sync/ledger"
)

// valuation is what a product's goods cost: by pools, and what went to virtual
// places.
//
// With one pool for the company that is pool; with pools per site pool is that of
// what is on its way between them, and sites are the others.
type valuation struct {
	pool
	sites    []sitePool // in order of their homes
	accounts accounts
}

// sitePool is the pool of one site. Its home, the number of the site's place of
// kind stock, stands for it.
type sitePool struct {
	home ledger.PlaceID
	pool
}

func (v *valuation) clone() valuation {
	out := valuation{pool: v.pool.clone(), accounts: slices.Clone(v.accounts)}
	if len(v.sites) > 0 {
		out.sites = make([]sitePool, len(v.sites))
		for i := range v.sites {
			out.sites[i] = sitePool{v.sites[i].home, v.sites[i].clone()}
		}
	}
	return out
}

// of returns a pool by its home, made where there is none. What it returned for
// other homes is not valid any more where it made one.
func (v *valuation) of(home ledger.PlaceID) *pool {
	if home == 0 {
		return &v.pool
	}
	at, found := slices.BinarySearchFunc(v.sites, home, func(s sitePool, home ledger.PlaceID) int { return int(s.home) - int(home) })
	if !found {
		v.sites = slices.Insert(v.sites, at, sitePool{home: home})
	}
	return &v.sites[at].pool
}

// size is how much there is to copy.
func (v *valuation) size() int {
	size := len(v.layers) + len(v.sites)
	for i := range v.sites {
		size += len(v.sites[i].layers)
	}
	return size
}

// account is the value that went to a virtual place, or to a site's pool, which is
// named by its home. What the pool without a home gained is what all of them lost.
type account struct {
	Place ledger.PlaceID
	Value int64
}

// accounts are in order of their places, each once.
type accounts []account

// add adds to one of them; place 0 has none.
func (a *accounts) add(place ledger.PlaceID, value int64) {
	if value == 0 || place == 0 {
		return
	}
	at, found := slices.BinarySearchFunc(*a, place, func(x account, place ledger.PlaceID) int { return int(x.Place) - int(place) })
	if found {
		(*a)[at].Value += value
		return
	}
	*a = slices.Insert(*a, at, account{place, value})
}

func (a accounts) of(place ledger.PlaceID) int64 {
	at, found := slices.BinarySearchFunc(a, place, func(x account, place ledger.PlaceID) int { return int(x.Place) - int(place) })
	if !found {
		return 0
	}
	return a[at].Value
}

// nonzero leaves those out that have come to nothing.
func (a accounts) nonzero() accounts {
	return slices.DeleteFunc(a, func(a account) bool { return a.Value == 0 })
}

// since returns what accounts gained since they were as before.
func (a accounts) since(before accounts) (out accounts) {
	i := 0
	for _, x := range a {
		for ; i < len(before) && before[i].Place < x.Place; i++ {
			out = append(out, account{before[i].Place, -before[i].Value})
		}
		if i < len(before) && before[i].Place == x.Place {
			x.Value -= before[i].Value
			i++
		}
		if x.Value != 0 {
			out = append(out, x)
		}
	}
	for ; i < len(before); i++ {
		out = append(out, account{before[i].Place, -before[i].Value})
	}
	return out.nonzero()
}

// side is what one end of a leg is for costs: a virtual place, or the pool with a
// home.
type side struct {
	virtual *ledger.Place // nil: a pool
	home    ledger.PlaceID
}

// account names a side in accounts; 0 is the pool without a home.
func (s side) account() ledger.PlaceID {
	if s.virtual != nil {
		return s.virtual.ID
	}
	return s.home
}

func (s side) customer() bool { return s.virtual != nil && s.virtual.Kind == ledger.PlaceCustomer }

// side says what a place is for costs. A package of which it is not known where
// it stands is in the pool without a home.
func (b *Books) side(p *ledger.Place) side {
	switch {
	case p.IsPackage() || p.Kind == ledger.PlaceTransit:
		return side{}
	case !p.Physical():
		return side{virtual: p}
	case !b.state.PoolsPerSite():
		return side{}
	}
	return side{home: b.home(p.Site)}
}

// home is the place that stands for a site's pool.
func (b *Books) home(site string) ledger.PlaceID {
	p, _ := b.state.Place(site, string(ledger.PlaceStock)) // every site has it
	return p.ID
}

// sides says between what a leg carries value.
func (b *Books) sides(l *leg) (from, to side) { return b.end(l.from, l.fromAt), b.end(l.to, l.toAt) }

func (b *Books) end(c *ledger.Cell, at ledger.PlaceID) side {
	if at == 0 {
		return b.side(c.Place)
	}
	p, _ := b.state.PlaceByID(at) // places are for ever
	return b.side(p)
}

// stands gives, of a package, the place that tells its pool, or the virtual place
// where it is, at a moment of the fold; 0 is the pool without a home, and what is
// no package.
func (b *Books) stands(p *ledger.Place, m moment) ledger.PlaceID {
	if !p.IsPackage() {
		return 0
	}
	at := b.standing(p, m)
	if at == nil {
		return 0
	}
	return b.side(at).account()
}

// crosses says whether a leg carries value: from a pool, or into one.
func (b *Books) crosses(l *leg) bool {
	from, to := b.sides(l)
	return from != to && (from.virtual == nil || to.virtual == nil)
}

// elsewhere says whether a leg is not to be told as it is: goods only change pools
// in it, or packages that stand elsewhere now were between other pools then.
func (b *Books) elsewhere(l leg) bool {
	if !l.from.Place.IsPackage() && !l.to.Place.IsPackage() {
		return false
	}
	from, to := b.sides(&l)
	return l.within() || from != b.side(l.from.Place.Stand()) || to != b.side(l.to.Place.Stand())
}

// within says whether a leg leaves goods in their cell: they change pools with the
// package that they are in.
func (l *leg) within() bool { return l.from == l.to }
