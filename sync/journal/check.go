package journal

import "context"

// checkSteps: progress is told, and the context looked at, every so many blocks.
const checkSteps = 64

// Check goes through the blocks in order, then through the device index, the
// rows and the segments for what belongs to none.
func (c *core) Check(ctx context.Context, progress func(uint64)) error {
	if err := c.readable(); err != nil {
		return err
	}
	if progress == nil {
		progress = func(uint64) {}
	}
	index := newIndexCheck(c)
	k := checker{c: c, head: c.Head(), index: &index}
	if err := k.blocks(ctx, progress); err != nil {
		return err
	}
	if k.prev != k.head.Hash {
		return damage(k.head.N, k.head.N, "the last hash is not the one that the journal had when it was opened")
	}
	if err := k.index.stored(ctx); err != nil {
		return err
	}
	if err := c.checkRows(ctx); err != nil {
		return err
	}
	return k.segments(ctx.Err)
}

// checker is what a check has found so far.
type checker struct {
	c     *core
	head  Head
	prev  [32]byte // hash of the last entry checked
	rows  rowsDecoder
	enc   encoder
	index *indexCheck // nil: the blocks alone are checked
}

func (k *checker) blocks(ctx context.Context, progress func(uint64)) error {
	start := []byte{roomBlocks}
	for next := uint64(1); ; progress(next - 1) {
		if err := ctx.Err(); err != nil {
			return err
		}
		// Past the head too: the last block may have more parts than it should.
		stored, err := k.c.fetch(start, next, k.head.N, checkSteps)
		if err != nil || len(stored) == 0 {
			return err
		}
		for i := range stored {
			if err := k.block(&stored[i]); err != nil {
				return err
			}
			h := &stored[i].h
			next = h.last() + 1
			start = append(partKey(start[:0], h.first, h.parts-1), 0)
		}
	}
}

func (k *checker) block(s *storedBlock) error {
	h := &s.h
	if h.prev != k.prev {
		return damage(h.first, h.last(), "their block does not follow on the entry before it (the hash chain is broken)")
	}
	if _, _, wrong := k.rows.decode(h, s.block); wrong != "" {
		return damage(h.first, h.last(), "their block's rows cannot be read: %s", wrong)
	}
	b, err := s.decode()
	if err != nil {
		return err
	}
	if err := k.chain(h, b); err != nil {
		return err
	}
	if k.index == nil {
		return nil
	}
	k.enc.number(b.records)
	return k.index.block(b, k.enc.touch)
}

// chain checks the numbers and the hashes of a block's entries, and goes on to its last.
func (k *checker) chain(h *header, b *Block) error {
	for n := b.First; n <= b.Last; n++ {
		hash, wrong := b.Head, ""
		switch {
		case h.version <= withHashes:
			hash, wrong = checkEntry(n, b.Entry(n), k.prev)
		case !numbered(n, b.Entry(n)): // decoding has computed the hashes, and compared them
			wrong = notEntry(n, b.Entry(n))
		}
		if wrong != "" {
			return damage(n, n, "%s", wrong)
		}
		k.prev = hash
	}
	if h.head != k.prev {
		return damage(h.first, h.last(), "their block's header names another last hash")
	}
	return nil
}
