package meaning

import (
	"bayledger/scanner/gs1"
	"bayledger/sync/ledger"
)

// units says how people write the unit of a measure in a catalogue, and in which smaller units it
// can be said exactly: each is 10^shift of the smaller.
var units = map[string][]struct {
	name  string
	shift int
}{
	"kg": {{"kg", 0}, {"g", 3}, {"t", -3}},
	"m":  {{"m", 0}, {"mm", 3}, {"cm", 2}},
	"m²": {{"m²", 0}, {"m2", 0}},
	"l":  {{"l", 0}, {"L", 0}, {"ml", 3}, {"cl", 2}},
	"m³": {{"m³", 0}, {"m3", 0}},
	"lb": {{"lb", 0}},
}

// amounts are the trade measures of a message, net and of variable items.
func amounts(m gs1.Message) (out []ledger.Amount) {
	for _, e := range m.Elements {
		if len(e.AI) != 4 || e.AI[0] != '3' || logistic(e.AI) {
			continue
		}
		d, unit, err := e.Measure()
		if err != nil || d.Digits == 0 {
			continue
		}
		names := units[unit]
		if names == nil {
			out = append(out, ledger.Amount{Quantity: ledger.NewDecimal(d.Digits, d.Scale), Unit: unit})
		}
		for _, n := range names {
			out = append(out, ledger.Amount{Quantity: shifted(d, n.shift), Unit: n.name})
		}
	}
	return out
}

// shifted is a number times a power of ten.
func shifted(d gs1.Decimal, by int) ledger.Decimal {
	digits, scale := d.Digits, d.Scale-by
	for ; scale < 0; scale++ {
		digits *= 10
	}
	return ledger.NewDecimal(digits, scale)
}

// logistic says whether a measure is of a logistic unit, with its packaging: gross weights and outer
// sizes (330n to 337n, 340n to 349n, 353n to 355n, 362n, 363n, 367n to 369n).
func logistic(ai string) bool {
	switch ai[:2] {
	case "33", "34":
		return true
	case "35":
		return ai[2] >= '3' && ai[2] <= '5'
	case "36":
		return ai[2] == '2' || ai[2] == '3' || ai[2] >= '7'
	}
	return false
}
