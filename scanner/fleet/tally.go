package fleet

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"bayledger/sync/ledger"
)

// tally adds up moves by place and product, exactly.
type tally map[placed]amount

type placed struct{ place, product string }

// amount is units scaled down by decimals.
type amount struct {
	units    int64
	decimals int
}

func (a amount) String() string { return ledger.FormatScaled(a.units, a.decimals) }

// maxAmount keeps sums from wrapping round.
const maxAmount = math.MaxInt64 / 4

// move takes a quantity from one place to the other.
func (t tally) move(m *ledger.Move) error {
	d, err := ledger.ParseDecimal(m.Quantity)
	if err != nil {
		return fmt.Errorf("the quantity %q of a move: %w", m.Quantity, err)
	}
	if err := t.add(placed{m.From, m.Product}, d, -1); err != nil {
		return err
	}
	return t.add(placed{m.To, m.Product}, d, 1)
}

func (t tally) add(at placed, d ledger.Decimal, sign int64) error {
	a := t[at]
	for {
		units, ok := d.Scaled(a.decimals)
		if !ok {
			if a.decimals == ledger.MaxDecimals || a.units > maxAmount/10 || a.units < -maxAmount/10 {
				return fmt.Errorf("the sum of %s at %s is too large to be kept exactly", at.product, at.place)
			}
			a.units *= 10
			a.decimals++
			continue
		}
		if a.units += sign * units; a.units > maxAmount || a.units < -maxAmount {
			return fmt.Errorf("the sum of %s at %s is too large to be kept exactly", at.product, at.place)
		}
		t[at] = a
		return nil
	}
}

// balances lists what is not zero, sorted.
func (t tally) balances() []PlaceBalance {
	out := make([]PlaceBalance, 0, len(t))
	for at, a := range t {
		if a.units != 0 {
			out = append(out, PlaceBalance{at.place, at.product, a.String()})
		}
	}
	slices.SortFunc(out, func(a, b PlaceBalance) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Product, b.Product))
	})
	return out
}
