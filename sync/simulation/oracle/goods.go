package oracle

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
)

// decimalsMost bounds a product's decimals: a quantity has at most 15 digits.
const decimalsMost = 15

// product is a product as the fold needs it; scale is 10 to its decimals.
type product struct {
	Product
	scale *big.Int
	units map[string]*big.Rat
	was   []oldUnit // the oldest first
}

// oldUnit is what a unit held until a moment.
type oldUnit struct {
	until  int64
	unit   string
	factor *big.Rat
}

// pack is what a barcode stands for, in the product's own unit.
type pack struct {
	product  *product
	quantity *big.Rat
	until    int64 // 0: for ever
}

// catalogue is the master data of goods.
type catalogue struct {
	products map[string]*product
	packs    map[string][]pack // the one that ends first first
	// mapped has what supervisors said that raw codes are.
	mapped map[string]pack
	// places has what supervisors said that raw places are.
	places map[string]string
	// serials has the product that a serial is known of.
	serials map[string]*product
}

func newCatalogue(setup Setup) (*catalogue, error) {
	c := &catalogue{products: map[string]*product{}, packs: map[string][]pack{}, mapped: map[string]pack{},
		places: map[string]string{}, serials: map[string]*product{}}
	for _, given := range setup.Products {
		if given.Code == "" || given.Decimals < 0 || given.Decimals > decimalsMost {
			return nil, fmt.Errorf("product %q: no code, or not 0 to %d decimals", given.Code, decimalsMost)
		}
		p := &product{Product: given, scale: power10(given.Decimals), units: map[string]*big.Rat{}}
		for unit, text := range given.Units {
			factor, err := readDecimal(text)
			if err != nil || factor.Sign() <= 0 {
				return nil, fmt.Errorf("product %s: unit %s is %q of its own, not a number above 0", given.Code, unit, text)
			}
			p.units[unit] = factor
		}
		for _, was := range given.Was {
			factor, err := readDecimal(was.Holds)
			if err != nil {
				return nil, fmt.Errorf("product %s: unit %s was %q of its own", given.Code, was.Unit, was.Holds)
			}
			p.was = append(p.was, oldUnit{was.Until, was.Unit, factor})
		}
		slices.SortStableFunc(p.was, func(a, b oldUnit) int { return cmp.Compare(a.until, b.until) })
		c.products[given.Code] = p
	}
	for _, given := range setup.Barcodes {
		quantity, err := readDecimal(or(given.Quantity, "1"))
		if err != nil || quantity.Sign() <= 0 || c.products[given.Product] == nil {
			return nil, fmt.Errorf("barcode %s: unknown product %q, or quantity %q not above 0", given.Code, given.Product, given.Quantity)
		}
		c.packs[given.Code] = append(c.packs[given.Code], pack{c.products[given.Product], quantity, given.Until})
	}
	for _, list := range c.packs {
		last := func(p pack) int64 { return cmp.Or(p.until, math.MaxInt64) }
		slices.SortStableFunc(list, func(a, b pack) int { return cmp.Compare(last(a), last(b)) })
	}
	return c, nil
}

func power10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// learn takes a supervisor's word for a raw code or place. Of two on the same
// code that of lower K stands; the journal parks the second.
func (c *catalogue) learn(places atlas, in intent) error {
	if _, known := c.mapped[in.Raw]; in.Product != "" && !known {
		p := c.products[in.Product]
		if p == nil {
			return fmt.Errorf("it maps to product %q, which is unknown", in.Product)
		}
		one := in.Quantity.Rat
		if one == nil {
			one = big.NewRat(1, 1)
		}
		factor, err := p.factor(in.Unit, math.MaxInt64)
		if err != nil {
			return err
		}
		c.mapped[in.Raw] = pack{product: p, quantity: new(big.Rat).Mul(one, factor)}
	}
	if _, known := c.places[in.Raw]; in.To != "" && !known {
		id, ok := places.find(in.Site, in.To)
		if !ok {
			return fmt.Errorf("it maps to location %q, which is unknown", in.To)
		}
		c.places[in.Raw] = id
	}
	return nil
}

// barcode says what a scan stands for: a barcode, with or without its AIM
// identifier, what it was mapped to, or a product's code; as it was at a moment.
func (c *catalogue) barcode(scan string, moment int64) (pack, bool) {
	tries := []string{scan}
	if len(scan) > 3 && scan[0] == ']' {
		tries = append(tries, scan[3:])
	}
	for _, code := range tries {
		for _, found := range c.packs[code] {
			if found.until == 0 || moment < found.until {
				return found, true
			}
		}
		if found, ok := c.mapped[code]; ok {
			return found, true
		}
	}
	for _, code := range tries {
		if p := c.products[code]; p != nil {
			return pack{product: p, quantity: big.NewRat(1, 1)}, true
		}
	}
	return pack{}, false
}

// meant gives the product that goods are of, and what the barcode on them stands
// for, if it is that product's. No product at all is not an error here.
func (c *catalogue) meant(g goods, moment int64) (*product, *big.Rat, error) {
	var scanned pack
	if g.Scan != "" {
		scanned, _ = c.barcode(g.Scan, moment)
	}
	p := scanned.product
	if g.Product != "" {
		if p = c.products[g.Product]; p == nil {
			mapped, ok := c.mapped[g.Product]
			if !ok {
				return nil, nil, fmt.Errorf("product %q is unknown", g.Product)
			}
			return mapped.product, mapped.quantity, nil
		}
	}
	switch {
	case p == nil && g.Scan != "":
		return nil, nil, fmt.Errorf("barcode %q is unknown", g.Scan)
	case p == nil && g.Serial != "":
		p = c.serials[g.Serial]
		if p == nil {
			return nil, nil, fmt.Errorf("serial %q is known of no product", g.Serial)
		}
	}
	if p != scanned.product {
		scanned.quantity = nil
	}
	return p, scanned.quantity, nil
}

// factor is how many of the product's own unit one of a unit was at a moment.
func (p *product) factor(unit string, moment int64) (*big.Rat, error) {
	for _, was := range p.was {
		if was.unit == unit && moment < was.until {
			return was.factor, nil
		}
	}
	if unit == "" || unit == p.Unit {
		return big.NewRat(1, 1), nil
	}
	factor, ok := p.units[unit]
	if !ok {
		return nil, fmt.Errorf("product %s has no unit %q", p.Code, unit)
	}
	return factor, nil
}

// amount gives how much of a product goods are, in whole steps of its decimals.
func (p *product) amount(g goods, moment int64, barcode *big.Rat, count bool) (*big.Int, error) {
	factor, err := p.factor(g.Unit, moment)
	if err != nil {
		return nil, err
	}
	said := g.Quantity.Rat
	quantity := barcode
	switch {
	case said != nil:
		quantity = new(big.Rat).Mul(said, factor)
	case g.Serial != "":
		quantity = big.NewRat(1, 1)
	case count:
		return nil, errors.New("it counts and says no quantity")
	case barcode == nil:
		quantity = factor
	}
	steps := new(big.Rat).Mul(quantity, new(big.Rat).SetInt(p.scale))
	one := big.NewRat(1, 1)
	switch {
	case !steps.IsInt():
		return nil, fmt.Errorf("quantity %s has more than the %d decimals of %s", quantity.FloatString(p.Decimals+1), p.Decimals, p.Code)
	case steps.Sign() < 0 || steps.Sign() == 0 && !count:
		return nil, fmt.Errorf("quantity %s is not above 0", quantity.RatString())
	case g.Serial != "" && quantity.Sign() != 0 && quantity.Cmp(one) != 0:
		return nil, fmt.Errorf("serial %s is %s pieces", g.Serial, quantity.RatString())
	}
	return steps.Num(), nil
}

// text spells a quantity in plain notation.
func (p *product) text(steps *big.Int) string {
	text := new(big.Rat).SetFrac(steps, p.scale).FloatString(p.Decimals)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
