package journal

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// core is a Journal on a store.
type core struct {
	st    store
	lag   uint64
	head  atomic.Pointer[Head]
	state atomic.Uint32
	cache blockCache
	log   func(format string, args ...any) // nil: nobody listens
	end   func()                           // of what goes on beside the journal; nil if nothing does

	unmerged atomic.Bool   // nothing is merged any more, see unread
	marked   atomic.Uint64 // the mark as stored, for who must not wait for an append

	mu     sync.Mutex // guards what follows: Append's, Rows' and Close's
	space  space
	enc    encoder
	added  additions
	dirty  *dirty
	mark   uint64 // as stored
	runs   runs
	relist bool // the list of runs has changed since it was stored
	waste  waste

	merging *merging // nil: none is under way
	unread  error    // why nothing is merged any more
	credit  int      // rows that the merge may still take
	flushed []*dirtyRow
	page    pageBuilder

	tails  *tails // Appended reads it too
	cut    uint64 // the segments' mark, as stored
	writes writes
}

const (
	stateOpen = iota
	stateBroken
	stateClosed
)

// markSteps: the mark is written each time that it has moved by this part of the
// lag; a mark that is behind costs a little time at a restart and nothing else.
const markSteps = 16

func (c *core) Head() Head { return *c.head.Load() }

func (c *core) Size() int64 { return c.st.size() }

// Replays tells how many entries a start would read again if the program ended
// now: those behind the stored mark. It waits for no append.
func (c *core) Replays() uint64 {
	next := c.Head().N + 1
	return next - min(c.marked.Load(), next)
}

// MergingStopped says whether rows are not merged any more until the next start, since
// what is stored of them cannot be read. It waits for no append.
func (c *core) MergingStopped() bool { return c.unmerged.Load() }

// readable returns an error once the journal is closed; a broken one can be read.
func (c *core) readable() error {
	if c.state.Load() == stateClosed {
		return ErrClosed
	}
	return nil
}

func (c *core) Append(ctx context.Context, b *Batch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.state.Load() {
	case stateBroken:
		return ErrBroken
	case stateClosed:
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	head := c.Head()
	size, err := checkBatch(b, head.N)
	if err != nil {
		return err
	}
	if err := c.space.check(b.BookedAt, size); err != nil {
		return err
	}
	c.enc.number(b.Records)
	added := c.added.gather(b.First, c.enc.touch, b.Appends)
	if err := c.store(b, head.Hash, added); err != nil {
		c.state.Store(stateBroken)
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	last := b.First + uint64(len(b.Records)) - 1
	c.tails.written()
	c.tails.apply(b.First, last, b.BookedAt, added)
	c.head.Store(&Head{N: last, Hash: b.Head, BookedAt: b.BookedAt, Epoch: head.Epoch})
	c.marked.Store(c.mark)
	return nil
}

// store commits a batch: its block and the rows and pieces that are due, in one
// commit. Where the block alone is too large for that, its later parts go
// before, unseen until the part with the header is there.
func (c *core) store(b *Batch, prev [32]byte, added []Row) error {
	if err := c.relieve(b.First); err != nil {
		return err
	}
	c.dirty.apply(b.First, b.Rows)
	c.tails.roll(b.First)
	block := c.enc.encode(b, prev, added)
	most, count := c.st.limits()
	w := &c.writes
	w.reset()
	if parts := partsOf(len(block)); w.bytes+len(block)+parts*partOverhead+markBytes+c.runs.size()+dueBytes > most {
		if err := c.storeAhead(b.First, block, most); err != nil {
			return err
		}
		w.part(b.First, 0, part(block, 0))
	} else {
		for k := range parts {
			w.part(b.First, k, part(block, k))
		}
	}
	last := b.First + uint64(len(b.Records)) - 1
	due := last - min(c.lag, last)
	if err := c.checkpoint(due, len(b.Rows), most, count); err != nil {
		return err
	}
	c.cutPieces(c.tails.quota(last, len(b.Records)), false, most, count)
	next := last + 1
	if len(added) > 0 {
		next = b.First // they are noted once the batch is stored
	}
	mark, cut := c.marks(last+1, next)
	if err := c.st.commit(w.list); err != nil {
		return err
	}
	c.mark, c.cut = mark, cut
	return nil
}

// part returns part k of a block.
func part(block []byte, k int) []byte {
	return block[k*partBytes : min(len(block), (k+1)*partBytes)]
}

// storeAhead commits all parts of a block but the first, from the last one down.
func (c *core) storeAhead(first uint64, block []byte, most int) error {
	var w writes
	for k := partsOf(len(block)) - 1; k > 0; k-- {
		if w.bytes+partBytes+partOverhead > most {
			if err := c.st.commit(w.list); err != nil {
				return err
			}
			w.reset()
		}
		w.part(first, k, part(block, k))
	}
	return c.st.commit(w.list)
}

// checkpoint adds to the commit being gathered what is due of the rows: those that
// wait since entry due or longer, a part of a merge, and the removal of what an
// earlier one has left. changed is how many rows the batch changes.
func (c *core) checkpoint(due uint64, changed, most, count int) error {
	if err := c.removeWaste(leastRemoved+changed/mergedRows, most, count); err != nil {
		return err
	}
	// Merging comes first: it reads what is stored, and a run of this commit is not.
	if err := c.mergeSome(leastMergedRows+mergedRows*changed, most, count); err != nil {
		c.giveUpMerging(err)
	}
	c.flush(due, most, count)
	return nil
}

// cutPieces adds pieces that are due to the commit being gathered, so many at
// most, as segments; with all, whatever waits.
func (c *core) cutPieces(pieces int, all bool, most, count int) {
	c.tails.gather(pieces, all, func(prefix []byte, first uint64, body []byte) bool {
		if !c.fits(len(prefix)+len(body)+segmentOverhead, 1, most, count) {
			return false
		}
		c.writes.segment(prefix, numberOf(prefix, first, body), body)
		return true
	})
}

// fits says whether the commit being gathered takes more bytes in so many writes,
// beside the marks and the list of runs.
func (c *core) fits(bytes, writes, most, count int) bool {
	const marks = 3
	return c.writes.bytes+bytes+writes*writeOverhead+markBytes+c.runs.size() <= most && len(c.writes.list)+writes+marks <= count
}

// marks adds the list of runs to the commit being gathered where it has changed, and
// the marks of rows and segments where they moved far enough, and returns them. next is the first entry whose rows are
// not noted yet, nextCut the first whose appends are not.
func (c *core) marks(next, nextCut uint64) (mark, cut uint64) {
	if c.relist {
		c.writes.runs(&c.runs)
		c.relist = false
	}
	mark, cut = c.dirty.mark(next), c.tails.mark(nextCut)
	least := max(1, c.lag/markSteps)
	if mark-c.mark < least {
		mark = c.mark
	} else {
		c.writes.mark(mark)
	}
	if cut-c.cut < least {
		cut = c.cut
	} else {
		c.writes.span(cut, c.tails.span)
	}
	return mark, cut
}

// What a part of a block beside its bytes, and the marks count against the
// store's limit.
const (
	partOverhead = blockKeySize + 1 + writeOverhead
	markBytes    = 5 + 12 + writeOverhead + 5 + 20 + writeOverhead
	// What a segment is beside the start of its key and its body: number, checksum.
	segmentOverhead = 8 + 4
	// dueBytes is what a block leaves for what is due in its commit; one that does
	// not has its later parts committed before.
	dueBytes = 2 * (pageBytes + pageOverhead)
)

func (c *core) Close() error {
	if c.end != nil {
		c.end()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Swap(stateClosed) != stateOpen || c.space.full() {
		return nil // the blocks hold all; the next start replays them
	}
	if err := c.writeAll(); err != nil {
		return fmt.Errorf("the rows could not be written at closing; nothing is lost, the next start takes longer: %w", err)
	}
	return nil
}

// writeAll writes what waits, rows as one run, in commits of ordinary size; what
// names it comes with the last.
func (c *core) writeAll() error {
	next := c.Head().N + 1
	if c.mark == next && c.cut == next {
		return nil
	}
	most, count := c.st.limits()
	rows, out := c.dirty.sorted(), c.runs.begin()
	for done := false; !done; {
		c.writes.reset()
		rows = c.putRows(&out, rows, most, count)
		c.cutPieces(count, true, most, count)
		done = len(rows) == 0 && c.tails.mark(next) == next
		if done {
			if out.pages > 0 {
				c.runs.list = append(c.runs.list, out)
				c.writes.runs(&c.runs)
			}
			c.writes.mark(next)
			c.writes.span(next, c.tails.span)
		}
		if err := c.st.commit(c.writes.list); err != nil {
			return err
		}
		c.tails.written()
	}
	c.mark, c.cut = next, next
	c.marked.Store(next)
	return nil
}

// putRows adds pages of rows to the commit being gathered while they fit, and
// returns the rows that are left.
func (c *core) putRows(out *run, rows []*dirtyRow, most, count int) []*dirtyRow {
	for len(rows) > 0 && c.fits(pageBytes+len(rows[0].buf)+rowOverhead+pageOverhead, 1, most, count) {
		c.page.reset()
		for len(rows) > 0 && len(c.page.buf)+len(rows[0].buf) <= max(pageBytes, len(rows[0].buf)) {
			c.page.add(rows[0].key(), rows[0].value(), rows[0].deleted)
			rows = rows[1:]
		}
		c.writes.page(out, &c.page)
	}
	return rows
}
