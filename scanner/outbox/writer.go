package outbox

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
)

// States of a request. Whoever moves it from queued decides whether it happens.
const (
	queued int32 = iota
	taken
	given // up, by its caller
)

// request is one durable change that stands in line.
type request struct {
	state atomic.Int32
	done  chan struct{}
	err   error

	// An append: n rows for box from build; seq is the first one's.
	box   *box
	n     int
	build func(seq uint64) ([]byte, error)
	seq   uint64

	// Any other change: runs in the writer, adds its ops to the batch.
	change func(b *batch) error
}

// batch is one transaction being put together.
type batch struct {
	ops     []op
	bytes   int
	rows    int
	members []*request
	boxes   []*box // whose assign moved
	free    uint64 // bytes of free disk, asked once
	asked   bool
	askErr  error
}

func (b *batch) add(o op) {
	b.ops = append(b.ops, o)
	b.bytes += len(o.value) + rowOverhead
}

func (b *batch) full() bool { return b.bytes >= commitBytes || len(b.ops) >= commitOps }

// submit puts r in line and waits for its outcome. The context counts only until
// the writer has taken r: from then on the outcome is waited for, so that an error
// always means "not stored".
func (s *Store) submit(ctx context.Context, r *request) error {
	r.done = make(chan struct{})
	if err := s.enqueue(ctx, r); err != nil {
		return err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.state.CompareAndSwap(queued, given) {
			return errCanceled(ctx.Err())
		}
		<-r.done
	}
	return r.err
}

func (s *Store) enqueue(ctx context.Context, r *request) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		return errClosed()
	}
	if err := ctx.Err(); err != nil {
		return errCanceled(err)
	}
	select {
	case s.queue <- r:
		return nil
	case <-ctx.Done():
		return errCanceled(ctx.Err())
	}
}

// put writes ops durably, in the common line.
func (s *Store) put(ops ...op) error {
	return s.change(func(b *batch) error {
		for _, o := range ops {
			b.add(o)
		}
		return nil
	})
}

func (s *Store) change(f func(b *batch) error) error {
	return s.submit(context.Background(), &request{change: f})
}

// flushLater asks the writer to write the box's record and trim its ring.
func (s *Store) flushLater(b *box) {
	s.flushMu.Lock()
	s.flush = append(s.flush, b)
	s.flushMu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write is the writer: everything that waits goes into one transaction.
func (s *Store) write() {
	defer close(s.ended)
	for {
		var first *request
		open := true
		select {
		case first, open = <-s.queue:
		case <-s.wake:
		}
		s.round(first)
		if !open {
			s.writeAllRecords()
			return
		}
	}
}

// round writes one transaction: the boxes that asked to be flushed, first (may be
// nil), and what else stands in line while there is room.
func (s *Store) round(first *request) {
	b := &batch{}
	s.flushSome(b)
	for r := first; r != nil; {
		s.take(b, r)
		r = nil
		if !b.full() {
			select {
			case r = <-s.queue: // nil when closed
			default:
			}
		}
	}
	s.commit(b)
}

// take adds r to the batch, or ends it with an error that leaves no trace.
func (s *Store) take(b *batch, r *request) {
	if !r.state.CompareAndSwap(queued, taken) {
		return
	}
	ops, bytes := len(b.ops), b.bytes
	err := s.room(b, r.build != nil)
	if err == nil {
		err = s.stage(b, r)
	}
	if err != nil {
		b.ops, b.bytes = b.ops[:ops], bytes
		r.err = err
		close(r.done)
		return
	}
	b.members = append(b.members, r)
}

func (s *Store) stage(b *batch, r *request) error {
	if r.build == nil {
		return r.change(b)
	}
	return r.box.stageRows(b, r)
}

// room says whether the disk and the store can take a change now.
func (s *Store) room(b *batch, row bool) error {
	if e := s.failed.Load(); e != nil {
		return e
	}
	if !b.asked {
		b.free, b.askErr = s.opts.FreeBytes()
		b.asked = true
	}
	if b.askErr != nil {
		return fail(CodeDiskFailed, b.askErr, "the free space of the device cannot be told; this was not stored, everything stored before is safe")
	}
	if need := s.opts.Reserve; row && b.free < need {
		return errDiskFull(b.free, need)
	}
	if b.free < FloorBytes {
		return errDiskFull(b.free, FloorBytes)
	}
	return nil
}

// commit writes the batch and tells its members.
func (s *Store) commit(b *batch) {
	var err error
	if len(b.ops) > 0 {
		err = guarded(func() error { return s.kv.commit(b.ops) })
	}
	if err != nil {
		e := fail(CodeDiskFailed, err,
			"storing failed, so nothing more is taken until the program is started again; everything stored before is safe. Look at the last entry after the restart: what was being stored may be there or not")
		s.failed.CompareAndSwap(nil, e)
		s.opts.Log.Error("outbox: a commit failed", "error", err)
		for _, x := range b.boxes {
			x.unstage()
		}
		err = e
	} else {
		if len(b.ops) > 0 {
			s.commits.Add(1)
			s.rows.Add(uint64(b.rows))
		}
		for _, x := range b.boxes {
			x.publish()
		}
	}
	for _, r := range b.members {
		r.err = err
		close(r.done)
	}
}

// flushSome adds the records of boxes that asked for it, and the deletes of what
// left their rings.
func (s *Store) flushSome(b *batch) {
	for !b.full() {
		s.flushMu.Lock()
		if len(s.flush) == 0 {
			s.flushMu.Unlock()
			return
		}
		x := s.flush[0]
		s.flush = s.flush[1:]
		s.flushMu.Unlock()
		if s.room(b, false) != nil {
			x.unflush() // the next Ack asks again
			continue
		}
		if x.stageRecord(b) {
			s.flushLater(x)
		}
	}
	s.flushMu.Lock()
	more := len(s.flush) > 0
	s.flushMu.Unlock()
	if more { // do not leave them to the next request
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// writeAllRecords is the end of the writer: whatever was acknowledged and not
// written yet. Rings are trimmed when the box is opened the next time.
func (s *Store) writeAllRecords() {
	s.boxMu.Lock()
	all := make([]*box, 0, len(s.boxes))
	for _, x := range s.boxes {
		all = append(all, x)
	}
	s.boxMu.Unlock()
	for len(all) > 0 {
		b := &batch{}
		for len(all) > 0 && !b.full() {
			if all[0].unsaved() && s.room(b, false) == nil {
				all[0].stageRecord(b)
			}
			all = all[1:]
		}
		s.commit(b)
	}
}

// built calls build, of which nothing is known, without letting it end the writer.
func built(build func(uint64) ([]byte, error), seq uint64) (data []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			data, err = nil, fail(CodeBuildFailed, fmt.Errorf("panic: %v", p), "building the row failed; nothing was stored and no number was used")
		}
	}()
	data, err = build(seq)
	if err != nil {
		return nil, fail(CodeBuildFailed, err, "building the row failed; nothing was stored and no number was used")
	}
	return data, checkRow(data)
}

func be32(p []byte) uint32     { return binary.BigEndian.Uint32(p) }
func put32(p []byte, v uint32) { binary.BigEndian.PutUint32(p, v) }
