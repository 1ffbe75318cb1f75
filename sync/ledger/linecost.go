package ledger

import "math/big"

// maxCost bounds what one line may cost, in minor units: far above any delivery,
// and far below what the books can add up.
const maxCost = 1_000_000_000_000_000

// shareCosts fixes what each line says that it costs: its own, or its part of the
// intent's, which is shared over the lines without one by quantity, the last one
// taking the rest.
func shareCosts(in *Intent, lines []StampLine) *Decision {
	if !in.UnitCost.IsSet() && !in.TotalCost.IsSet() && !anyLineCost(in) {
		for i := range lines {
			lines[i].Delivery = in.Delivery
			if len(in.Lines) > 0 {
				lines[i].Delivery = pick(in.Lines[i].Delivery, in.Delivery)
			}
		}
		return nil
	}
	var sharing []*StampLine
	left := new(big.Rat)
	for i := range lines {
		l := &lines[i]
		unit, total, delivery := in.UnitCost, in.TotalCost, in.Delivery
		if len(in.Lines) > 0 {
			own := &in.Lines[i]
			delivery = pick(own.Delivery, in.Delivery)
			if own.UnitCost.IsSet() || own.TotalCost.IsSet() {
				unit, total = own.UnitCost, own.TotalCost
			} else if l.Product == nil {
				unit, total = Decimal{}, Decimal{} // of a package: what is inside has its costs
			} else if total.IsSet() {
				total = Decimal{}
				sharing = append(sharing, l)
				left.Add(left, l.plain())
			}
		}
		l.Delivery = delivery
		if !l.setCost(unit, total) {
			d := park(BadField, "A cost is more than the books can hold. The intent is kept and holds no stock until someone says what it cost.")
			return &d
		}
	}
	rest := big.NewInt(0)
	if len(sharing) > 0 {
		rest = rounded(in.TotalCost.rat(), MoneyDecimals)
	}
	for _, l := range sharing {
		part := new(big.Int)
		if left.Sign() > 0 {
			share := new(big.Rat).Quo(l.plain(), left)
			part = rounded(share.Mul(share, new(big.Rat).SetInt(rest)), 0)
		}
		left.Sub(left, l.plain())
		rest.Sub(rest, part)
		l.Costed, l.TotalCost = CostTotal, part.Int64()
	}
	return nil
}

func anyLineCost(in *Intent) bool {
	for i := range in.Lines {
		if in.Lines[i].UnitCost.IsSet() || in.Lines[i].TotalCost.IsSet() {
			return true
		}
	}
	return false
}

// setCost notes a line's own cost; false where it is more than the books hold.
func (l *StampLine) setCost(unit, total Decimal) bool {
	if l.Product == nil {
		return true // of a package: what is inside has its costs
	}
	if cost, plain := unit.few(CostDecimals); plain && unit.IsSet() && l.Quantity < fewDigits {
		l.Costed, l.UnitCost = CostUnit, cost
		return true
	}
	switch {
	case unit.IsSet():
		cost := rounded(unit.rat(), CostDecimals)
		whole := rounded(new(big.Rat).Mul(unit.rat(), l.plain()), MoneyDecimals)
		if !cost.IsInt64() || whole.Cmp(big.NewInt(maxCost)) > 0 {
			return false
		}
		l.Costed, l.UnitCost = CostUnit, cost.Int64()
	case total.IsSet():
		cost := rounded(total.rat(), MoneyDecimals)
		if cost.Cmp(big.NewInt(maxCost)) > 0 {
			return false
		}
		l.Costed, l.TotalCost = CostTotal, cost.Int64()
	}
	return true
}

// addCost adds what a counted line costs to that of another on the same cell: of
// unit costs the first stands.
func (l *StampLine) addCost(more *StampLine) {
	switch {
	case l.Costed == CostNone:
		l.Costed, l.UnitCost, l.TotalCost = more.Costed, more.UnitCost, more.TotalCost
	case l.Costed == CostTotal && more.Costed == CostTotal:
		l.TotalCost += more.TotalCost
	}
}

// plain is the line's quantity as a number of the product's unit.
func (l *StampLine) plain() *big.Rat {
	return new(big.Rat).SetFrac64(l.Quantity, pow10[l.Product.Decimals])
}

// rat is the decimal as an exact fraction.
func (d Decimal) rat() *big.Rat { return new(big.Rat).SetFrac64(d.coef, pow10[d.scale]) }

// rounded is a number with so many decimals as a whole number of the last one, a
// half going up.
func rounded(r *big.Rat, decimals int) *big.Int {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt64(pow10[decimals]))
	double := new(big.Int).Lsh(scaled.Num(), 1)
	double.Add(double, scaled.Denom())
	return double.Div(double, new(big.Int).Lsh(scaled.Denom(), 1))
}

// fewDigits is a bound below which a cost and a quantity need no long arithmetic:
// their product is less than maxCost whatever their decimals are.
const fewDigits = 3_000_000

// few returns a decimal with so many decimals where that takes no rounding and
// few digits, as nearly all costs do.
func (d Decimal) few(decimals int) (int64, bool) {
	if int(d.scale) > decimals || d.coef >= fewDigits {
		return 0, false
	}
	return d.coef * pow10[decimals-int(d.scale)], true
}
