package journal

import (
	"context"
	"errors"

	"bayledger/sync/ledger"
)

// How far Read fetches ahead: one block at first, then twice as many each time,
// up to these. No walk of the store stays open while a caller is at work, since
// it would keep the store from freeing what it has compacted.
const (
	aheadBlocks = 32
	aheadBytes  = 1 << 20 // as stored
)

func (c *core) Read(ctx context.Context, from uint64, fn func(*Block) (bool, error)) error {
	return c.walk(ctx, from, func(s *storedBlock) (bool, error) {
		block, err := s.decode()
		if err != nil {
			return false, err
		}
		return fn(block)
	})
}

// walk calls fn with the block that holds entry from, and with those after it.
func (c *core) walk(ctx context.Context, from uint64, fn func(*storedBlock) (bool, error)) error {
	if err := c.readable(); err != nil {
		return err
	}
	next, err := c.startOf(max(from, 1))
	if err != nil || next == 0 {
		return err
	}
	for want := 1; ; want = min(2*want, aheadBlocks) {
		if err := ctx.Err(); err != nil {
			return err
		}
		head := c.Head().N
		if next > head {
			return nil
		}
		stored, err := c.fetch(blockKey(nil, next), next, head, want)
		if err != nil {
			return err
		}
		for i := range stored {
			next = stored[i].h.last() + 1
			if more, err := fn(&stored[i]); err != nil || !more {
				return err
			}
		}
	}
}

// storedBlock is a block as it lies in the store.
type storedBlock struct {
	h     header
	block []byte
}

func (s *storedBlock) decode() (*Block, error) { return decodeBlock(&s.h, s.block) }

// fetch copies up to most blocks out of the store; see blocks.
func (c *core) fetch(start []byte, next, head uint64, most int) (out []storedBlock, err error) {
	bytes := 0
	err = c.blocks(start, next, head, func(h *header, block []byte) (bool, error) {
		out = append(out, storedBlock{*h, append([]byte(nil), block...)})
		bytes += len(block)
		return len(out) < most && bytes < aheadBytes, nil
	})
	if _, damaged := errors.AsType[*Damage](err); damaged && len(out) > 0 {
		return out, nil // it is said when it is reached
	}
	return out, err
}

// blocks calls fn with the blocks from the one that begins with next to the one
// that ends with head, whole and in order; what fn is given is valid until it
// returns. A block that is missing or cannot be is damage, and so is a key from
// start on that belongs to none.
func (c *core) blocks(start []byte, next, head uint64, fn func(h *header, block []byte) (bool, error)) error {
	a := assembler{next: next, head: head, fn: fn}
	prefix := [1]byte{roomBlocks}
	err := c.st.each(prefix[:], start, false, a.take)
	if err != nil {
		return err
	}
	return a.end()
}

// assembler puts the parts of blocks together.
type assembler struct {
	next, head uint64
	fn         func(h *header, block []byte) (bool, error)
	h          header
	parts      int // of the block under way that are there
	whole      []byte
	stopped    bool
}

func (a *assembler) take(key, value []byte) (bool, error) {
	first, k, ok := parseBlockKey(key)
	switch {
	case !ok:
		return false, damage(a.next, 0, "there is a key %x among the blocks", key)
	case first > a.head:
		return false, nil // what is being appended
	case a.next > a.head:
		return false, damage(first, a.head, "there is a part %d more than their block has", k)
	case k != a.parts || first != a.next:
		return false, a.gap(first)
	}
	if k == 0 {
		var wrong string
		if a.h, wrong = parseHeader(value); wrong != "" || a.h.first != first {
			return false, damage(first, 0, "their block cannot be read: %s", or(wrong, "it is another one"))
		}
	}
	a.parts++
	if a.h.parts > 1 {
		a.whole = append(a.whole, value...)
		value = a.whole
	}
	if a.parts < a.h.parts {
		return true, nil
	}
	if len(value) != a.h.size() {
		return false, damage(first, a.h.last(), "their block has %d bytes where it should have %d", len(value), a.h.size())
	}
	a.next, a.parts, a.whole = a.h.last()+1, 0, a.whole[:0]
	more, err := a.fn(&a.h, value)
	a.stopped = !more
	return more && err == nil, err
}

// gap tells what is missing where the part at hand is of block first.
func (a *assembler) gap(first uint64) error {
	switch {
	case a.parts > 0:
		return damage(a.next, a.h.last(), "part %d of their block is missing", a.parts)
	case first > a.next:
		return damage(a.next, first-1, "they are missing")
	}
	return damage(first, a.next-1, "their block has more parts than it should, or another lies within it")
}

func (a *assembler) end() error {
	switch {
	case a.stopped:
		return nil
	case a.parts > 0:
		return a.gap(a.next)
	case a.next <= a.head:
		return damage(a.next, a.head, "they are missing")
	}
	return nil
}

// startOf returns the first entry of the block that holds entry n, 0 if there is
// no such entry.
func (c *core) startOf(n uint64) (first uint64, err error) {
	h, err := c.headerOf(n)
	return h.first, err
}

// headerOf returns the header of the block that holds entry n, a zero one if
// there is no such entry.
func (c *core) headerOf(n uint64) (h header, err error) {
	if n == 0 || n > c.Head().N {
		return header{}, nil
	}
	var wrong string
	err = c.st.get(blockKey(nil, n), func(value []byte) error {
		h, wrong = parseHeader(value)
		return nil
	})
	first := n
	if errors.Is(err, errNoKey) {
		prefix := [1]byte{roomBlocks}
		err = c.st.each(prefix[:], append(blockKey(nil, n), 0xff), true, func(key, value []byte) (bool, error) {
			at, k, ok := parseBlockKey(key)
			if !ok || k > 0 {
				return true, nil
			}
			first = at
			h, wrong = parseHeader(value)
			return false, nil
		})
	}
	switch {
	case err != nil:
		return header{}, err
	case wrong != "":
		return header{}, damage(first, 0, "their block cannot be read: %s", wrong)
	case h.count > 0 && h.first != first:
		return header{}, damage(first, 0, "their block is another one")
	case h.count == 0 || h.last() < n:
		return header{}, c.missing(h.first + uint64(h.count))
	}
	return h, nil
}

// missing says which entries are, where from is the first of them.
func (c *core) missing(from uint64) error {
	from = max(from, 1)
	to := c.Head().N
	prefix := [1]byte{roomBlocks}
	err := c.st.each(prefix[:], blockKey(nil, from), false, func(key, _ []byte) (bool, error) {
		if first, k, ok := parseBlockKey(key); ok && k == 0 {
			to = min(to, first-1)
			return false, nil
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return damage(from, to, "they are missing")
}

func (c *core) BookedAt(n uint64) (ledger.Time, error) {
	if err := c.readable(); err != nil {
		return 0, err
	}
	h, err := c.headerOf(n)
	if err == nil && h.count == 0 {
		err = ErrNotFound
	}
	return h.bookedAt, err
}
