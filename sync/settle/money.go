package settle

import (
	"math"
	"math/bits"

	"bayledger/sync/ledger"
)

// scaled returns a × b / d for numbers of 0 and more, rounded half up; where that
// is more than a sum of the books can be it returns the most one can be.
func scaled(a, b, d int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(d) {
		return math.MaxInt64
	}
	quotient, rest := bits.Div64(hi, lo, uint64(d))
	if rest >= uint64(d)-rest {
		quotient++
	}
	if quotient > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(quotient)
}

// perUnit is how many times a unit cost's last decimal, times the quantity's last
// decimal, goes into a minor unit of money.
func perUnit(p *ledger.Product) int64 {
	d := int64(1)
	for range p.Decimals + ledger.CostDecimals - ledger.MoneyDecimals {
		d *= 10
	}
	return d
}

// worth is what a quantity is worth at a unit cost, in minor units.
func worth(p *ledger.Product, quantity, unit int64) int64 { return scaled(quantity, unit, perUnit(p)) }

// unitOf is the unit cost of a quantity that is worth a value.
func unitOf(p *ledger.Product, quantity, value int64) int64 {
	if quantity <= 0 {
		return 0
	}
	return scaled(value, perUnit(p), quantity)
}

// part is what a part of a quantity takes of its value: all of it takes the rest.
func part(value, quantity, whole int64) int64 {
	if quantity == whole {
		return value
	}
	return scaled(value, quantity, whole)
}

// UnitCost is what one of a product costs, 6 decimals, where a quantity is worth a
// value.
func UnitCost(p *ledger.Product, quantity, value int64) int64 {
	if quantity == 0 {
		return 0
	}
	return rounded(value, perUnit(p), quantity)
}
