package powercut

import "math/rand/v2"

// sectorBytes is what a disk writes whole or not at all.
const sectorBytes = 512

// chosen says which of so many changes reach the disk after all: none, all, the
// first of them, or any.
func chosen(dice *rand.Rand, count int) []bool {
	kept := make([]bool, count)
	fate := dice.IntN(4)
	first := dice.IntN(count + 1)
	for i := range kept {
		switch fate {
		case 0:
		case 1:
			kept[i] = true
		case 2:
			kept[i] = i < first
		default:
			kept[i] = dice.IntN(2) == 0
		}
	}
	return kept
}

// lose decides what of a file's waiting changes reaches the disk; every other cut
// tears writes into sectors, of which some come and some do not.
func (n *node) lose(dice *rand.Rand) {
	if len(n.pending) == 0 {
		return // most files: they take nothing from the dice
	}
	torn := dice.IntN(2) == 0
	for i, kept := range chosen(dice, len(n.pending)) {
		c := n.pending[i]
		switch {
		case !kept:
		case !torn || c.data == nil:
			n.disk.take(c)
		default:
			n.disk.tear(c, dice)
		}
	}
	n.pending = nil
}

// tear writes some sectors of a write.
func (c *content) tear(w fileChange, dice *rand.Rand) {
	for len(w.data) > 0 {
		size := min(int(sectorBytes-w.at%sectorBytes), len(w.data))
		if dice.IntN(2) == 0 {
			c.write(w.at, w.data[:size])
		}
		w.at, w.data = w.at+int64(size), w.data[size:]
	}
}
