package ledger

import "encoding/binary"

// editOf is an edit of an item, to be found again by the item.
type editOf struct {
	key []byte
	n   uint64
}

// EditsKey is what the numbers of the entries that edited an item are appended to; see
// ReadEdits. Entries of earlier releases are not among them.
func EditsKey(entity, key string) []byte {
	b := make([]byte, 0, 3+len(entity)+len(key))
	b = append(append(b, rowBook, bookEdits), entity...)
	return append(append(b, 0), key...)
}

// ReadEdits reads what was appended to the key of an item: the numbers of entries, the
// oldest first.
func ReadEdits(b []byte) (entries []uint64, ok bool) {
	for len(b) > 0 {
		n, used := binary.Uvarint(b)
		if used <= 0 {
			return entries, false
		}
		entries, b = append(entries, n), b[used:]
	}
	return entries, true
}

// remember notes that entry n edited an item.
func (s *State) remember(entity, key string, n uint64) {
	s.changed.edits = append(s.changed.edits, editOf{EditsKey(entity, key), n})
}

func appendEdits(to []Row, edits []editOf) []Row {
	for _, e := range edits {
		to = append(to, Row{Key: e.key, Value: binary.AppendUvarint(nil, e.n)})
	}
	return to
}
