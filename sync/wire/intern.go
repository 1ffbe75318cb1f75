package wire

// Bounds of the interner: they keep a decoder's table below 256 KiB and let one
// intent in a hundred thousand be looked up without touching the heap.
const (
	internBits   = 12
	internLength = 32 // bytes; longer texts hardly ever come twice
)

// interner gives one copy of texts that come again and again: devices, products,
// places, operators. It remembers the last text of each slot and forgets the one
// before, so that it never grows.
type interner struct{ slots [1 << internBits]string }

// get returns text as a string; hash must depend on its bytes alone.
func (n *interner) get(text []byte, hash uint64) string {
	slot := &n.slots[hash>>(64-internBits)]
	if *slot == string(text) {
		return *slot
	}
	s := string(text)
	if len(s) <= internLength {
		*slot = s
	}
	return s
}
