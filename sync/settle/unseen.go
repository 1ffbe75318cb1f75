package settle

import "bayledger/sync/ledger"

// unseen are the cells of a product at a place that nothing was said of so far.
// They are found by lot and serial: a place may hold ten thousand lots, and each
// may have been counted.
type unseen struct {
	cells   []*ledger.Cell // struck ones are nil
	count   int
	lots    map[string][]int
	serials map[string][]int
	whole   [4]bool // by statuses named: a count of all lots has been looked at
}

// fewUnseen is how many cells are looked through one by one: for fewer an index is
// dearer.
const fewUnseen = 16

func newUnseen(cells []*ledger.Cell) *unseen {
	u := &unseen{cells: cells, count: len(cells)}
	if len(cells) <= fewUnseen {
		return u
	}
	u.lots, u.serials = make(map[string][]int, len(cells)), map[string][]int{}
	for i, c := range cells {
		u.lots[c.Lot] = append(u.lots[c.Lot], i)
		if c.Serial != "" {
			u.serials[c.Serial] = append(u.serials[c.Serial], i)
		}
	}
	return u
}

// strike takes out what a fact says something of, by says; it looks at those cells
// only whose lot or serial the fact, or a leg of it, names.
func (u *unseen) strike(f *fact, at *ledger.Place, says func(*ledger.Cell) bool) {
	if u.lots == nil {
		u.strikeAll(says)
		return
	}
	switch {
	case f.serial != "":
		u.strikeOf(u.serials[f.serial], says)
	case f.lot != "" || !f.counts():
		u.strikeOf(u.lots[f.lot], says)
	case f.from == at:
		// Of a status or of all: the same for each such count.
		if i := f.flags & (flagAvailable | flagHeld) / flagAvailable; !u.whole[i] {
			u.whole[i] = true
			u.strikeAll(says)
		}
	}
	for i := range f.legs {
		for _, c := range [...]*ledger.Cell{f.legs[i].from, f.legs[i].to} {
			if c.Place == at {
				u.strikeOf(u.lots[c.Lot], says)
			}
		}
	}
}

func (u *unseen) strikeAll(says func(*ledger.Cell) bool) {
	for i := range u.cells {
		u.strikeOne(i, says)
	}
}

func (u *unseen) strikeOf(which []int, says func(*ledger.Cell) bool) {
	for _, i := range which {
		u.strikeOne(i, says)
	}
}

func (u *unseen) strikeOne(i int, says func(*ledger.Cell) bool) {
	if c := u.cells[i]; c != nil && says(c) {
		u.cells[i] = nil
		u.count--
	}
}

// list returns what is left, in its order.
func (u *unseen) list() (out []*ledger.Cell) {
	for _, c := range u.cells {
		if c != nil {
			out = append(out, c)
		}
	}
	return out
}
