package outbox

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// box is a Box of a Store, on disk or in memory.
type box struct {
	s    *Store
	id   uint32
	name Name

	// The writer's own: the next seq including rows of the batch under way.
	assign      uint64
	assignTotal uint64
	states      int // named values stored, -1: not counted yet

	mu      sync.Mutex
	record         // acked, peak, low, marks, holes
	next    uint64 // seqs below are stored
	total   uint64 // bytes of all rows ever stored, those of damaged ones unknown
	notes   int
	saved   uint64 // acked as last written
	flushed bool   // stands in the store's flush list
}

var _ Box = (*box)(nil)

func (b *box) Name() Name { return b.name }

// fresh is a box that has never held a row.
func (b *box) fresh() {
	b.record = record{low: 1}
	b.next, b.assign, b.states = 1, 1, -1
}

// load reads the box as it stands in the store.
func (b *box) load() error {
	b.fresh()
	key := boxKey(keyRecord, b.id)
	value, err := b.s.kv.get(key)
	if err := b.s.tolerated(err); err != nil {
		return err
	}
	first, last, err := b.edges()
	if err := b.s.tolerated(err); err != nil {
		return err
	}
	rec, err := unsealRecord(key, value)
	if err != nil {
		// What was acknowledged is not known: the rows that are held wait again, and
		// are answered as repeats.
		b.s.opts.Log.Error("outbox: the record of a box is damaged", "device", b.name.Device, "install", b.name.Install)
		rec = &record{low: max(first, 1)}
		rec.acked = rec.low - 1
		rec.peak = rec.acked
	}
	b.record = *rec
	b.saved = b.acked
	b.next = max(last, b.peak, b.s.reg.head(b.id))
	for _, h := range b.holes {
		b.next = max(b.next, h.Through)
	}
	b.next++
	b.assign = b.next
	b.total, err = b.loadTotal(last)
	if err := b.s.tolerated(err); err != nil {
		return err
	}
	b.assignTotal = b.total
	from := boxKey(keyNote, b.id)
	err = b.s.kv.scan(from, seqKey(keyNote, b.id, math.MaxUint64), true, func([]byte, []byte) bool { b.notes++; return true })
	if err := b.s.tolerated(err); err != nil {
		return err
	}
	if b.trimDue(b.s.opts.Now()) {
		b.flushed = true
		b.s.flushLater(b)
	}
	return nil
}

// edges returns the first and last seq that have a row, 0 without. A row that fails
// its checksum counts only when it is near one that passes: its key may be what is
// damaged, and a seq far off would stand for a million lost rows.
func (b *box) edges() (first, last uint64, err error) {
	from, until := seqKey(keyRow, b.id, 0), seqKey(keyRow, b.id, math.MaxUint64)
	var doubtful []uint64
	for range MaxRead {
		key, err := b.s.kv.last(from, until)
		seq, ok := seqOf(key)
		if err != nil || !ok {
			return 0, nearest(doubtful, 0), err
		}
		value, err := b.s.kv.get(key)
		if err == nil {
			_, err = unseal(key, value)
		}
		if err == nil {
			last = max(seq, nearest(doubtful, seq))
			break
		}
		doubtful, until = append(doubtful, seq), key
	}
	doubtful = doubtful[:0]
	err = b.s.kv.scan(from, seqKey(keyRow, b.id, math.MaxUint64), false, func(key, value []byte) bool {
		seq, _ := seqOf(key)
		if _, err := unseal(key, value); err != nil {
			doubtful = append(doubtful, seq)
			return len(doubtful) < MaxRead
		}
		first = seq
		for _, d := range doubtful {
			if d > 0 && seq-d <= MaxWaiting {
				first = min(first, d)
			}
		}
		return false
	})
	return first, last, err
}

// nearest returns the highest of seqs that is at most MaxWaiting above base.
func nearest(seqs []uint64, base uint64) uint64 {
	best := uint64(0)
	for _, s := range seqs {
		if s > base && s-base <= MaxWaiting {
			best = max(best, s)
		}
	}
	return best
}

// loadTotal takes the byte counter from the last row, or counts when it is damaged.
func (b *box) loadTotal(last uint64) (uint64, error) {
	if last == 0 {
		return 0, nil
	}
	key := seqKey(keyRow, b.id, last)
	value, err := b.s.kv.get(key)
	if err == nil {
		if _, total, _, err := unsealRow(key, value); err == nil {
			return total, nil
		}
	}
	var total uint64
	err = b.s.kv.scan(seqKey(keyRow, b.id, 0), seqKey(keyRow, b.id, math.MaxUint64), false, func(key, value []byte) bool {
		if _, t, _, err := unsealRow(key, value); err == nil {
			total = max(total, t)
		}
		return true
	})
	return total, err
}

func (b *box) Append(ctx context.Context, build func(seq uint64) ([]byte, error)) (uint64, error) {
	return b.AppendAll(ctx, 1, build)
}

func (b *box) AppendAll(ctx context.Context, n int, build func(seq uint64) ([]byte, error)) (uint64, error) {
	if n < 1 || n > MaxRowsPerAppend || build == nil {
		return 0, fail(CodeBadArgument, nil, "%d rows cannot be stored in one go, only 1 to %d; nothing was stored", n, MaxRowsPerAppend)
	}
	r := &request{box: b, n: n, build: build}
	if err := b.s.submit(ctx, r); err != nil {
		return 0, err
	}
	return r.seq, nil
}

// stageRows runs in the writer: it builds the rows and adds them to the batch.
func (b *box) stageRows(batch *batch, r *request) error {
	if err := b.roomFor(r.n); err != nil {
		return err
	}
	at := b.s.opts.Now()
	seq, total, size := b.assign, b.assignTotal, 0
	for range r.n {
		data, err := built(r.build, seq)
		if err != nil {
			return err
		}
		if size += len(data) + rowOverhead; r.n > 1 && size > MaxRowBytes {
			return fail(CodeTooLarge, nil, "%d rows together are more than the %d bytes of one transaction; nothing was stored: store them in parts", r.n, MaxRowBytes)
		}
		total += uint64(len(data))
		key := seqKey(keyRow, b.id, seq)
		batch.add(op{key: key, value: sealRow(key, at, total, data)})
		seq++
	}
	r.seq = b.assign
	b.assign, b.assignTotal = seq, total
	batch.rows += r.n
	batch.touch(b)
	return nil
}

func (b *batch) touch(x *box) {
	// The last few are looked at only: publishing a box twice does no harm.
	if n := len(b.boxes); n == 0 || b.boxes[n-1] != x {
		b.boxes = append(b.boxes, x)
	}
}

// roomFor says whether n more rows may wait. Rows that wait again since Resend do
// not count: a server's backup must not stop the floor.
func (b *box) roomFor(n int) error {
	b.mu.Lock()
	waiting := int(b.assign - 1 - b.peak - b.inHoles(b.peak+1, b.assign-1))
	b.mu.Unlock()
	if waiting+n <= b.s.opts.MaxWaiting && b.assign <= MaxSeq-uint64(n) {
		return nil
	}
	return errFull(waiting, b.s.opts.MaxWaiting)
}

func errFull(waiting, most int) *Error {
	return fail(CodeFull, nil,
		"%d scans wait to be sent, the most this device takes is %d: this was not stored, everything stored before is safe; bring the device into the network so that it can send",
		waiting, most)
}

// publish shows the committed rows to readers; unstage forgets those that failed.
func (b *box) publish() {
	b.mu.Lock()
	b.next, b.total = b.assign, b.assignTotal
	b.mu.Unlock()
	if err := b.s.reg.raise(b.id, b.assign-1); err != nil {
		b.s.opts.Log.Warn("outbox: the second copy of the highest seq was not written", "error", err)
	}
}

func (b *box) unstage() {
	b.mu.Lock()
	b.assign, b.assignTotal = b.next, b.total
	b.mu.Unlock()
}

func (b *box) Ack(through uint64) error {
	now := b.s.opts.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if through >= b.next {
		return fail(CodeAckAhead, nil,
			"the server acknowledges %d, but this outbox has given out only up to %d; nothing was changed: raise it first, this folder is an older copy", through, b.next-1)
	}
	if through <= b.acked {
		return nil
	}
	b.acked = through
	b.peak = max(b.peak, through)
	b.addMark(now)
	if !b.flushed && (b.acked-b.saved >= ackFlushRows || b.trimDue(now)) {
		b.flushed = true
		b.s.flushLater(b)
	}
	return nil
}

// addMark notes when acked was reached, rounded up to the next of ackMarks steps.
func (b *box) addMark(now time.Time) {
	step := b.s.opts.RingAge.Microseconds() / ackMarks
	t := now.UnixMicro()
	if n := len(b.marks); n > 0 && t <= b.marks[n-1].at {
		b.marks[n-1].through = b.acked
		return
	}
	b.marks = append(b.marks, mark{at: t + step, through: b.acked})
	if len(b.marks) > 2*ackMarks { // a clock that jumped about; the next mark covers the first
		b.marks = slices.Delete(b.marks, 0, 1)
	}
}

// trimTo returns the lowest seq that must still be held. The newest row always
// stays, so that the highest seq is known from the rows alone.
func (b *box) trimTo(now time.Time) uint64 {
	to := b.low
	to = max(to, b.ringFrom(uint64(b.s.opts.RingRows)))
	old := now.Add(-b.s.opts.RingAge).UnixMicro()
	for _, m := range b.marks {
		if m.at <= old {
			to = max(to, m.through+1)
		}
	}
	return max(b.low, min(to, b.acked+1, b.next-1))
}

// ringFrom returns the seq from which on n acknowledged rows are held, not counting
// what Raise passed over.
func (b *box) ringFrom(n uint64) uint64 {
	top := b.acked
	for _, h := range slices.Backward(b.holes) {
		if h.From > top {
			continue
		}
		above := top - min(h.Through, top)
		if above >= n {
			break
		}
		n -= above
		top = h.From - 1
	}
	if top < n {
		return 1
	}
	return top - n + 1
}

func (b *box) trimDue(now time.Time) bool {
	to := b.trimTo(now)
	if to == b.low {
		return false
	}
	aged := len(b.marks) > 0 && b.marks[0].at <= now.Add(-b.s.opts.RingAge).UnixMicro()
	return aged || to-b.low >= trimSlack
}

// stageRecord runs in the writer: it writes the record and deletes up to
// trimChunk rows that left the ring, and says whether there are more.
func (b *box) stageRecord(batch *batch) (more bool) {
	now := b.s.opts.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flushed = false
	to := b.trimTo(now)
	for n := 0; b.low < to && n < trimChunk; b.low++ {
		if h, ok := b.holeAt(b.low); ok {
			b.low = min(h.Through, to-1)
			continue
		}
		batch.add(op{key: seqKey(keyRow, b.id, b.low)})
		n++
	}
	b.marks = slices.DeleteFunc(b.marks, func(m mark) bool { return m.through < b.low })
	b.holes = slices.DeleteFunc(b.holes, func(h Range) bool { return h.Through < b.low })
	b.saved = b.acked
	b.stageRecordLocked(batch)
	b.flushed = b.low < to
	return b.flushed
}

func (b *box) stageRecordLocked(batch *batch) {
	key := boxKey(keyRecord, b.id)
	batch.add(op{key: key, value: sealRecord(key, &b.record)})
}

func (b *box) unflush() {
	b.mu.Lock()
	b.flushed = false
	b.mu.Unlock()
}

func (b *box) unsaved() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.acked != b.saved
}

func (b *box) Resend(from uint64) ([]Range, error) {
	from = max(from, 1)
	var old uint64
	err := b.s.change(func(batch *batch) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		old = b.acked
		if from > b.acked {
			return nil
		}
		b.acked = from - 1
		b.saved = b.acked
		// What was acknowledged later has no age until it is acknowledged again.
		for i, m := range b.marks {
			if m.through > b.acked {
				b.marks[i].through = b.acked
				b.marks = b.marks[:i+1]
				break
			}
		}
		b.stageRecordLocked(batch)
		return nil
	})
	if err != nil || from > old {
		return nil, err
	}
	return b.notHeld(from, old)
}

func (b *box) Raise(through uint64) error {
	if through > MaxSeq {
		return fail(CodeBadArgument, nil, "%d is above the largest number %d; nothing was changed", through, uint64(MaxSeq))
	}
	return b.s.change(func(batch *batch) error {
		if through < b.assign {
			return nil
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		hole := Range{From: b.assign, Through: through}
		if n := len(b.holes); n > 0 && b.holes[n-1].Through+1 == hole.From {
			b.holes[n-1].Through = through
		} else if n == maxHoles {
			return fail(CodeTooMany, nil, "this outbox was overtaken %d times; nothing was changed: pair the device again, which gives it a new install id", n)
		} else {
			b.holes = append(b.holes, hole)
		}
		b.assign = through + 1
		batch.touch(b)
		b.stageRecordLocked(batch)
		return nil
	})
}

// inHoles counts the seqs of from…through that Raise passed over.
func (b *box) inHoles(from, through uint64) uint64 {
	var n uint64
	for _, h := range b.holes {
		if lo, hi := max(h.From, from), min(h.Through, through); lo <= hi {
			n += hi - lo + 1
		}
	}
	return n
}

func (b *box) holeAt(seq uint64) (Range, bool) { return holeAt(b.holes, seq) }

func holeAt(holes []Range, seq uint64) (Range, bool) {
	for _, h := range holes {
		if h.From <= seq && seq <= h.Through {
			return h, true
		}
	}
	return Range{}, false
}
