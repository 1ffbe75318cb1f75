package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/dgraph-io/badger/v4"

	"bayledger/sync/ledger"
)

// CopyHead is how many bytes of a block say how long the whole of it is: see CopySize.
const CopyHead = headerSize

// Copy is a block as it is stored: all that a journal needs to be made again is a row
// of them. Bytes is the block; the rest says what it holds.
type Copy struct {
	First, Last uint64
	BookedAt    ledger.Time
	Prev, Head  [32]byte // hashes of the entries First-1 and Last
	Bytes       []byte
}

// CopySize returns how long a block is that begins with these CopyHead bytes.
func CopySize(start []byte) (int, error) {
	h, wrong := parseHeader(start)
	if wrong != "" {
		return 0, damage(0, 0, "a block cannot be read: %s", wrong)
	}
	return h.size(), nil
}

// ParseCopy reads a block, with its checksums. It keeps b.
func ParseCopy(b []byte) (Copy, error) {
	h, wrong := parseHeader(b)
	if wrong != "" {
		return Copy{}, damage(0, 0, "a block cannot be read: %s", wrong)
	}
	if len(b) != h.size() {
		return Copy{}, damage(h.first, h.last(), "their block has %d bytes where it should have %d", len(b), h.size())
	}
	if sum32(0, rowsSection(&h, b)) != h.rows.crc || sum32(0, entriesSection(&h, b)) != h.entries.crc {
		return Copy{}, damage(h.first, h.last(), "a checksum of their block does not match")
	}
	return copyOf(&h, b), nil
}

func copyOf(h *header, b []byte) Copy {
	return Copy{First: h.first, Last: h.last(), BookedAt: h.bookedAt, Prev: h.prev, Head: h.head, Bytes: b}
}

// Entries reads what the block holds.
func (c *Copy) Entries() (*Block, error) {
	h, wrong := parseHeader(c.Bytes)
	if wrong != "" {
		return nil, damage(c.First, c.Last, "their block cannot be read: %s", wrong)
	}
	return (&storedBlock{h, c.Bytes}).decode()
}

// Copies gives blocks as they are stored; see Journal.
func (c *core) Copies(ctx context.Context, from uint64, fn func(*Copy) (bool, error)) error {
	return c.walk(ctx, from, func(s *storedBlock) (bool, error) {
		one, err := ParseCopy(s.block)
		if err != nil {
			return false, err
		}
		return fn(&one)
	})
}

// Restore makes a journal of copies, in a database that OpenDB has opened and
// migrations have brought up to date, and that has no journal yet. The copies come
// from entry 1 on without a gap; next returns nil after the last one. The epoch is
// Options.NewEpoch's, since numbers behind the last entry are given anew. All that
// follows from the entries is made as Rebuild makes it.
//
// A folder in which Restore did not come to its end is none: remove it.
func Restore(ctx context.Context, db *badger.DB, o Options, next func() (*Copy, error), progress func(n uint64)) error {
	d := &disk{db: db}
	if err := d.fit(); err != nil {
		return err
	}
	o = o.withDefaults()
	c := newCore(d, o, (&freeLook{dir: db.Opts().Dir, now: time.Now}).bytes)
	if _, err := openEpoch(d, o); err != nil {
		return err
	}
	head := &Head{}
	if _, err := c.findHead(head); err != nil {
		return err
	}
	if head.N > 0 {
		return fmt.Errorf("%w: it has entries already", ErrFolder)
	}
	if err := c.putCopies(ctx, next, progress); err != nil {
		return err
	}
	return rebuild(ctx, d, o, progress)
}

// putCopies stores blocks, as many at a time as one commit takes.
func (c *core) putCopies(ctx context.Context, next func() (*Copy, error), progress func(uint64)) error {
	most, count := c.st.limits()
	w, last := &c.writes, uint64(0)
	w.reset()
	flush := func() error {
		if progress != nil {
			progress(last)
		}
		if len(w.list) == 0 {
			return nil
		}
		err := c.st.commit(w.list)
		w.reset()
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		one, err := next()
		if err != nil {
			return err
		}
		if one == nil {
			return flush()
		}
		if one.First != last+1 {
			return damage(last+1, one.First, "the copy of a block does not follow on the one before it")
		}
		for k := range partsOf(len(one.Bytes)) {
			if p := part(one.Bytes, k); w.bytes+len(p)+partOverhead > most || len(w.list)+1 >= count {
				if err := flush(); err != nil {
					return err
				}
			}
			w.part(one.First, k, part(one.Bytes, k))
		}
		last = one.Last
	}
}
