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

	mu     sync.Mutex // guards what follows: Append's, Rows' and Close's
	space  space
	enc    encoder
	dirty  *dirty
	mark   uint64 // as stored
	writes writes
}

const (
	stateOpen = iota
	stateBroken
	stateClosed
)

// How many rows are checkpointed by one Append: at least leastRows, or twice
// what the batch changes, so that the set shrinks however small batches are, and
// no Append takes much longer than its batch makes it. Where more rows wait than
// memory should hold, hurryRows more, whatever their age.
const (
	leastRows     = 64
	hurryRows     = 4_096
	maxDirtyRows  = 500_000
	maxDirtyBytes = 128 << 20
)

// markSteps: the mark is written each time that it has moved by this part of the
// lag; a mark that is behind costs a little time at a restart and nothing else.
const markSteps = 16

func (c *core) Head() Head { return *c.head.Load() }

func (c *core) Size() int64 { return c.st.size() }

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
	if err := c.store(b, head.Hash); err != nil {
		c.state.Store(stateBroken)
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	c.head.Store(&Head{N: b.First + uint64(len(b.Records)) - 1, Hash: b.Head, BookedAt: b.BookedAt, Epoch: head.Epoch})
	return nil
}

// checkBatch refuses what could not be read back as it was.
func checkBatch(b *Batch, head uint64) (size int, err error) {
	switch {
	case b.First != head+1:
		return 0, badBatch("it begins with entry %d, and the journal ends with %d", b.First, head)
	case len(b.Records) == 0:
		return 0, badBatch("it holds no entry")
	case len(b.Records) > MaxBatchEntries:
		return 0, badBatch("it holds %d entries; cut it at %d", len(b.Records), MaxBatchEntries)
	}
	if size = b.Bytes(); size > MaxBatchBytes {
		return 0, badBatch("it takes %d bytes; cut it at %d", size, MaxBatchBytes)
	}
	if scans := b.scans(); scans > MaxBatchScans {
		return 0, badBatch("it holds %d entries of devices; cut it at %d", scans, MaxBatchScans)
	}
	for i := range b.Records {
		if id := &b.Records[i].ID; len(id.Device) > MaxName || len(id.Install) > MaxName {
			return 0, badBatch("the device or install of entry %d is longer than %d bytes", b.First+uint64(i), MaxName)
		}
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		if len(r.Key) == 0 || len(r.Key) > MaxRowKey || len(r.Value) > MaxRowValue {
			return 0, badBatch("row %d has a key of %d and a value of %d bytes; a key takes 1 to %d, a value at most %d",
				i, len(r.Key), len(r.Value), MaxRowKey, MaxRowValue)
		}
	}
	if hash, ok := tailHash(b.Records[len(b.Records)-1].JSON); !ok || hash != b.Head {
		return 0, badBatch("its head is not the hash that its last entry ends with")
	}
	return size, nil
}

// store commits a batch: its block, its devices' index and the rows that are due,
// in one commit. Where the block alone is too large for that, its later parts go
// before, unseen until the part with the header is there.
func (c *core) store(b *Batch, prev [32]byte) error {
	c.dirty.apply(b.First, b.Rows)
	block := c.enc.encode(b, prev)
	most, count := c.st.limits()
	w := &c.writes
	w.reset()
	for i := range c.enc.touch {
		w.index(&c.enc.touch[i], b.First)
	}
	if parts := partsOf(len(block)); w.bytes+len(block)+parts*partOverhead+markBytes > most {
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
	mark := c.checkpoint(last+1, due, max(leastRows, 2*len(b.Rows)), most, count)
	if err := c.st.commit(w.list); err != nil {
		return err
	}
	c.mark = mark
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

// checkpoint adds the rows that wait since entry due or longer to the commit
// being gathered, rows of them at most, and the mark where it moved far enough;
// it returns the mark. next is the entry after the last.
func (c *core) checkpoint(next, due uint64, rows, most, count int) uint64 {
	hurry := c.dirty.len() > maxDirtyRows || c.dirty.bytes > maxDirtyBytes
	if hurry {
		rows += hurryRows
	}
	for ; rows > 0; rows-- {
		row := c.dirty.oldest()
		if row == nil || (!hurry && row.since > due) {
			break
		}
		if c.writes.bytes+rowBytes(row)+markBytes > most || len(c.writes.list)+2 > count {
			break
		}
		c.writes.row(row)
		c.dirty.pop()
	}
	mark := c.dirty.mark(next)
	if mark-c.mark < max(1, c.lag/markSteps) {
		return c.mark
	}
	c.writes.mark(mark)
	return mark
}

// What a part of a block beside its bytes, the mark, and a row count against the
// store's limit.
const (
	partOverhead = blockKeySize + 1 + writeOverhead
	markBytes    = 5 + 12 + writeOverhead
)

func rowBytes(row *dirtyRow) int { return 1 + len(row.buf) + 4 + writeOverhead }

func (c *core) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Swap(stateClosed) != stateOpen || c.space.full() {
		return nil // the blocks hold all; the next start replays them
	}
	next := c.Head().N + 1
	most, count := c.st.limits()
	for c.dirty.len() > 0 || c.mark < next {
		w := &c.writes
		w.reset()
		mark := c.checkpoint(next, next, count, most, count)
		if c.dirty.len() == 0 && mark < next {
			w.mark(next)
			mark = next
		}
		if err := c.st.commit(w.list); err != nil {
			return fmt.Errorf("the rows could not be written at closing; nothing is lost, the next start takes longer: %w", err)
		}
		c.mark = mark
	}
	return nil
}
