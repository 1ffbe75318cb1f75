package simulation

import (
	"slices"
	"strconv"

	"bayledger/sync/ledger"
)

// thing is a product as the people of the world know it.
type thing struct {
	code     string
	decimals int
	lots     []string
	units    map[string]int // further units
	barcodes []string
	serial   bool
	idle     bool // not stock-kept
}

// spot is a place as people know it.
type spot struct{ site, code string }

func (s spot) from(site string) string {
	if s.site == "" || s.site == site {
		return s.code
	}
	return s.site + "/" + s.code
}

// land is the geography and the goods of a world.
type land struct {
	sites     []string
	shelves   map[string][]spot // physical places of a site, those most used first
	holding   map[string][]spot // quarantine places of a site
	trees     []spot            // places with others below them
	things    []thing
	customers []string
	suppliers []string
	assets    []string
	listed    bool // the book keeps a list of operators
	patches   []ledger.Patch
}

func (l *land) patch(entity, site, code string, fields ...string) {
	p := ledger.Patch{Entity: entity, Site: site, Code: code, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		p.Fields[fields[i]] = fields[i+1]
	}
	l.patches = append(l.patches, p)
}

// newLand makes the master data of a world. It is small, so that people get in
// each other's way: two sites, a few shelves, seven products of which a world
// uses mostly two.
func newLand(c *Config) *land {
	d := newDice(c.Seed, streamMaster)
	l := &land{
		sites: []string{"main", "north"}, shelves: map[string][]spot{}, holding: map[string][]spot{},
		customers: []string{"customer"}, suppliers: []string{"supplier"}, assets: []string{"PRESS-7", "LINE-2"},
	}
	if d.chance(0.2) {
		l.sites = l.sites[:1]
	}
	for _, site := range l.sites {
		fields := []string{}
		if c.Families.Has(Policies) && d.chance(0.5) {
			fields = append(fields, "negative", one(d, policies))
		}
		l.patch(ledger.EntitySite, "", site, append(fields, "name", "The "+site+" site")...)
		l.places(d, site)
	}
	l.patch(ledger.EntityLocation, "", "SHOP", "kind", "customer")
	l.patch(ledger.EntityLocation, "", "ACME", "kind", "supplier")
	l.patch(ledger.EntityLocation, "", "SHRINK", "kind", "loss")
	l.customers, l.suppliers = append(l.customers, "SHOP"), append(l.suppliers, "ACME")
	l.products(c, d)
	if c.Families.Has(Costs) && d.chance(poolsPerSite) {
		l.patch(ledger.EntitySetting, "", ledger.BookCode, "pools", ledger.PoolsSite)
	}
	if c.Families.Has(Decisions) && d.chance(operatorLists) {
		l.listed = true
		for _, name := range operators {
			l.patch(ledger.EntityOperator, "", name)
		}
	}
	d.Shuffle(len(l.things), func(i, j int) { l.things[i], l.things[j] = l.things[j], l.things[i] })
	if i := slices.IndexFunc(l.things, func(t thing) bool { return len(t.lots) > 0 && !t.serial }); i > 1 {
		l.things[1], l.things[i] = l.things[i], l.things[1] // one of those used most has lots
	}
	return l
}

// poolsPerSite is the share of worlds in which costs are pooled by site.
const poolsPerSite = 0.35

// operatorLists is the share of worlds whose books keep a list of operators.
const operatorLists = 0.5

var policies = []string{"allow", "auto-add", "refuse"}

func (l *land) places(d dice, site string) {
	const aisle = "A"
	l.patch(ledger.EntityLocation, site, aisle)
	l.trees = append(l.trees, spot{site, aisle})
	shelves := []spot{{site, "stock"}, {site, aisle}}
	for i := range d.between(2, 4) {
		code := aisle + "-0" + strconv.Itoa(i+1)
		l.patch(ledger.EntityLocation, site, code, "parent", aisle)
		shelves = append(shelves, spot{site, code})
	}
	l.patch(ledger.EntityLocation, site, "Q-2", "kind", "quarantine", "parent", aisle)
	d.Shuffle(len(shelves), func(i, j int) { shelves[i], shelves[j] = shelves[j], shelves[i] })
	l.shelves[site] = append(shelves, spot{site, "incoming"}, spot{site, "packing"})
	l.holding[site] = []spot{{site, "quarantine"}, {site, "Q-2"}}
}

func (l *land) products(c *Config, d dice) {
	add := func(t thing, fields ...string) {
		if t.decimals > 0 {
			fields = append(fields, "decimals", strconv.Itoa(t.decimals))
		}
		if c.Families.Has(Policies) && d.chance(0.3) {
			fields = append(fields, "negative", one(d, policies))
		}
		if c.Families.Has(Costs) && d.chance(0.5) {
			fields = append(fields, "costing", "fifo")
		}
		for _, unit := range sortedKeys(t.units) {
			fields = append(fields, "unit."+unit, strconv.Itoa(t.units[unit]))
		}
		l.patch(ledger.EntityProduct, "", t.code, fields...)
		l.things = append(l.things, t)
	}
	add(thing{code: "BOLT", units: map[string]int{"box": 10}, barcodes: []string{"4006381333931", "BOX-10"}}, "unit", "pcs")
	l.patch(ledger.EntityBarcode, "", "4006381333931", "product", "BOLT")
	l.patch(ledger.EntityBarcode, "", "BOX-10", "product", "BOLT", "quantity", "10")
	add(thing{code: "CABLE", decimals: 2, barcodes: []string{"CABLE-1.5"}}, "unit", "m")
	l.patch(ledger.EntityBarcode, "", "CABLE-1.5", "product", "CABLE", "quantity", "1.5")
	add(thing{code: "SCREW"}, "loss", "SHRINK") // what counts miss of it is told apart
	if c.Families.Has(Lots) {
		add(thing{code: "MILK", lots: []string{"L1", "L2", "L3"}}, "tracking", "lot", "loss", "SHRINK")
		add(thing{code: "PAINT", decimals: 1, lots: []string{"P1", "P2"}}, "tracking", "lot")
	}
	if c.Families.Has(Serials) {
		add(thing{code: "DRILL", serial: true}, "tracking", "serial")
		add(thing{code: "SENSOR", serial: true, lots: []string{"S1", "S2"}}, "tracking", "serial")
	}
	if c.Families.Has(Oddities) {
		add(thing{code: "SERVICE", idle: true}, "stocked", "false")
	}
}
