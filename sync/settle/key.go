package settle

import (
	"cmp"

	"bayledger/sync/ledger"
)

// Key is a fact's place in the fold (rule 2): its moment, then who says so, then
// the order in which they said it.
type Key struct {
	TEff            ledger.Time
	Device, Install string
	Seq             uint64
	Line            int
}

// Compare orders keys: below 0 where k comes first.
func (k *Key) Compare(o *Key) int {
	if k.TEff != o.TEff {
		return cmp.Compare(k.TEff, o.TEff)
	}
	return cmp.Or(cmp.Compare(k.Device, o.Device), cmp.Compare(k.Install, o.Install),
		cmp.Compare(k.Seq, o.Seq), cmp.Compare(k.Line, o.Line))
}

// identity names the intent of a key.
func (k *Key) identity() ledger.Identity {
	return ledger.Identity{Device: k.Device, Install: k.Install, Seq: k.Seq}
}

// first is the key of an intent's first line.
func first(id ledger.Identity, tEff ledger.Time) Key {
	return Key{TEff: tEff, Device: id.Device, Install: id.Install, Seq: id.Seq}
}
