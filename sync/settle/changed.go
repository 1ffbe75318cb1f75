package settle

import "bayledger/sync/ledger"

// changes says which entries last changed what many products have in common.
type changes struct{ held, stepped uint64 }

// note takes notice of what the work on an entry did.
func (c *changes) note(r *rowSet, n uint64) {
	if r.held {
		c.held, r.held = n, false
	}
	if r.stepped {
		c.stepped, r.stepped = n, false
	}
}

// Changed says whether an entry after n changed where the goods of a product lie, how
// they are shown, or what they are worth. Where only master data did, it does not know.
func (b *Books) Changed(p *ledger.Product, n uint64) bool {
	if b.changes.held > n || b.changes.stepped > n && p.Boxed() {
		return true
	}
	return int(p.ID) <= len(b.histories) && b.histories[p.ID-1] != nil && b.histories[p.ID-1].touched > n
}

// Cells counts what a Stock has to say, to know how long looking took.
func (s *Stock) Cells() int { return len(s.cells) }
