package simulation

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"
	"bayledger/sync/simulation/oracle"
)

// balances are what cells hold, in the product's last decimal; cells that hold
// nothing are not in it.
type balances map[oracle.Cell]int64

func (b balances) add(c oracle.Cell, units int64) {
	if b[c] += units; b[c] == 0 {
		delete(b, c)
	}
}

// move adds one move; wrong says why it is none.
func (b balances) move(m *ledger.Move, decimals map[string]int) (wrong string) {
	quantity, err := ledger.ParseDecimal(m.Quantity)
	units, ok := quantity.Scaled(decimals[m.Product])
	switch {
	case err != nil || !ok || units < 0:
		return fmt.Sprintf("it moves %q of %s", m.Quantity, m.Product)
	case m.From == "" || m.To == "" || m.FromStatus == "" || m.ToStatus == "":
		return "it has but one end"
	}
	b.add(oracle.Cell{Location: m.From, Package: m.FromPackage, Product: m.Product, Lot: m.Lot, Serial: m.Serial, Status: string(m.FromStatus)}, -units)
	b.add(oracle.Cell{Location: m.To, Package: m.ToPackage, Product: m.Product, Lot: m.Lot, Serial: m.Serial, Status: string(m.ToStatus)}, units)
	return ""
}

// values are what the goods of each pool are worth, by poolName, in the currency's
// minor unit: what moves carry into its places, less what they carry out.
type values map[string]int64

// move adds one move; false where its value cannot be read.
func (v values) move(m *ledger.Move, perSite bool) bool {
	if m.Value == "" || m.Value == "0" {
		return true
	}
	d, err := ledger.ParseDecimal(m.Value)
	worth, ok := d.Scaled(ledger.MoneyDecimals)
	if err != nil || !ok {
		return false
	}
	v.add(m.Product, m.To, worth, perSite)
	v.add(m.Product, m.From, -worth, perSite)
	return true
}

func (v values) add(product, place string, worth int64, perSite bool) {
	site, _, physical := strings.Cut(place, "/")
	if !physical && place != string(ledger.PlaceTransit) {
		return // it is in no pool
	}
	if !perSite {
		site = ""
	}
	key := poolName(product, site)
	if v[key] += worth; v[key] == 0 {
		delete(v, key)
	}
}

// texts are the values as the oracle says them.
func (v values) texts() map[string]string {
	out := map[string]string{}
	for pool, worth := range v {
		out[pool] = strconv.FormatInt(worth, 10)
	}
	return out
}

// sums says of which product and lot the cells do not add up to zero (V1).
func (b balances) sums() string {
	sums := map[[2]string]int64{}
	for c, units := range b {
		sums[[2]string{c.Product, c.Lot}] += units
	}
	for key, sum := range sums {
		if sum != 0 {
			return fmt.Sprintf("over all places %s lot %q adds up to %d, not 0", key[0], key[1], sum)
		}
	}
	return ""
}

// onHand is what a product holds at a place, over lots, serials and statuses, and
// without the packages that stand there.
func (b balances) onHand(place, product string) (sum int64) {
	for c, units := range b {
		if c.Location == place && c.Package == "" && c.Product == product {
			sum += units
		}
	}
	return sum
}

func compareCells(a, b oracle.Cell) int {
	return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Package, b.Package), cmp.Compare(a.Product, b.Product),
		cmp.Compare(a.Lot, b.Lot), cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.Status, b.Status))
}

// cellText names a cell as a stockkeeper would.
func cellText(c oracle.Cell) string {
	text := c.Product + " at " + c.Location
	for _, more := range [...]struct{ word, value string }{{" in ", c.Package}, {" lot ", c.Lot}, {" serial ", c.Serial}} {
		if more.value != "" {
			text += more.word + more.value
		}
	}
	return text + " " + c.Status
}

// differences says where two books differ, in the order of cells, a few of them;
// the names stand for the two.
func differences[V comparable](one, other string, a, b map[oracle.Cell]V, show func(V) string) []string {
	var cells []oracle.Cell
	for c := range a {
		if a[c] != b[c] {
			cells = append(cells, c)
		}
	}
	for c := range b {
		if _, both := a[c]; !both {
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, compareCells)
	const few = 12
	var out []string
	for i, c := range cells {
		if i == few {
			out = append(out, fmt.Sprintf("and %d more", len(cells)-few))
			break
		}
		out = append(out, fmt.Sprintf("%s: %s %s, %s %s", cellText(c), show(a[c]), one, show(b[c]), other))
	}
	return out
}

// differ is differences for names in place of cells.
func differ(what, one, other string, a, b map[string]string) (out []string) {
	for _, key := range sortedKeys(a) {
		if a[key] != b[key] {
			out = append(out, fmt.Sprintf("%s %s: %q %s, %q %s", what, key, a[key], one, b[key], other))
		}
	}
	for _, key := range sortedKeys(b) {
		if _, both := a[key]; !both {
			out = append(out, fmt.Sprintf("%s %s: %q %s, %q %s", what, key, a[key], one, b[key], other))
		}
	}
	return out
}
