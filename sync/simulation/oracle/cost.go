package oracle

import (
	"errors"
	"math/big"
)

// costDecimals are those of a unit cost, moneyDecimals those of a value: the
// currency's minor unit is its hundredth.
const (
	costDecimals  = 6
	moneyDecimals = 2
)

// readCost reads what a line says that its goods cost.
func (l *line) readCost(g goods) error {
	if g.UnitCost.Rat != nil && g.TotalCost.Rat != nil {
		return errors.New("it says both unit_cost and total_cost")
	}
	if g.UnitCost.Rat != nil {
		l.unitCost = rounded(new(big.Rat).Mul(g.UnitCost.Rat, new(big.Rat).SetInt(power10(costDecimals))))
	}
	if g.TotalCost.Rat != nil {
		l.total = rounded(new(big.Rat).Mul(g.TotalCost.Rat, new(big.Rat).SetInt(power10(moneyDecimals))))
	}
	if l.unitCost != nil && l.unitCost.Sign() < 0 || l.total != nil && l.total.Sign() < 0 {
		return errors.New("its cost is below 0")
	}
	return nil
}

// shareCost shares an intent's total cost out over its lines that say none, by
// quantity: each takes its part of what is left, so that the last takes the rest.
func (ft *fact) shareCost() error {
	if len(ft.intent.Lines) == 0 {
		return nil
	}
	var rest line
	if err := rest.readCost(ft.goods); err != nil || rest.total == nil {
		return err
	}
	var sharing []*line
	left := new(big.Rat)
	for _, l := range ft.lines {
		if l.unitCost == nil && l.total == nil && l.product != nil {
			sharing = append(sharing, l)
			left.Add(left, l.plain())
		}
	}
	for _, l := range sharing {
		l.total = new(big.Int)
		if left.Sign() > 0 {
			part := new(big.Rat).Quo(l.plain(), left)
			l.total = rounded(part.Mul(part, new(big.Rat).SetInt(rest.total)))
		}
		left.Sub(left, l.plain())
		rest.total = new(big.Int).Sub(rest.total, l.total)
	}
	return nil
}

// plain is a line's quantity as a number of the product's unit.
func (l *line) plain() *big.Rat { return new(big.Rat).SetFrac(l.quantity, l.product.scale) }

// rounded is the nearest whole number, a half going up.
func rounded(r *big.Rat) *big.Int {
	double := new(big.Int).Lsh(r.Num(), 1)
	double.Add(double, r.Denom())
	return double.Div(double, new(big.Int).Lsh(r.Denom(), 1))
}
