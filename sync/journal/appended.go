package journal

// Appended gives what waits in memory, and then the segments before it.
func (c *core) Appended(key []byte, fn func(Piece) (bool, error)) error {
	if err := c.readable(); err != nil {
		return err
	}
	if len(key) == 0 || len(key) > MaxRowKey {
		return nil // no batch can have appended to it
	}
	before := ^uint64(0)
	prefix := segmentPrefix(make([]byte, 0, len(key)+24), key)
	for _, p := range c.tails.pieces(prefix) {
		if more, err := fn(p); err != nil || !more {
			return err
		}
		before = p.First - 1
	}
	return c.st.each(prefix, be64(prefix, before), true, func(stored, value []byte) (bool, error) {
		_, p, ok := parseSegment(stored, value)
		if !ok || p.Last > before {
			return false, lost("what was appended to %.200q before entry %d cannot be read", key, before)
		}
		before = p.First - 1
		return fn(p)
	})
}

// segments checks every stored segment: its checksum, and that it lies behind
// the one before it of the same key.
func (k *checker) segments(done func() error) error {
	prefix := [1]byte{roomSegments}
	var last []byte
	through := uint64(0)
	return k.c.st.each(prefix[:], prefix[:], false, func(stored, value []byte) (bool, error) {
		key, p, ok := parseSegment(stored, value)
		if !ok {
			return false, lost("the segment %.500x cannot be read", stored)
		}
		if string(key) != string(last) {
			last, through = append(last[:0], key...), 0
		}
		if p.First <= through || p.Last > k.c.Head().N {
			return false, lost("the segment of entries %d to %d of %.200q does not follow on the one before it, or on the entries", p.First, p.Last, key)
		}
		through = p.Last
		return true, done()
	})
}
