package book

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Book is the stock of one company. Make one with Open.
type Book struct {
	journal journal.Journal
	opts    Options
	feed    *Feed
	epoch   string

	work    *queue
	free    chan struct{} // holds a token while the committer waits
	ready   chan *batch   // decided, to be committed
	told    chan *batch   // committed, to be announced
	stopped chan struct{}
	group   sync.WaitGroup
	failed  chan struct{} // closed when a commit failed
	closing sync.Once
	quit    chan struct{}

	warming sync.Mutex // held by whoever reads histories back, before mu

	// mu guards the decided state below. The writer holds it while it decides.
	mu        sync.RWMutex
	state     *ledger.State
	settled   *settle.Books // over state
	streams   map[streamKey]*stream
	installs  map[string][]*stream // by device
	conflicts map[conflictKey]uint64
	dirty     []*stream // changed since the last batch was sealed
	decided   uint64
	edited    uint64 // the last entry that changed master data

	piece   piece
	durable atomic.Uint64
	newest  atomic.Int64 // the latest moment of any scan decided
	// durableMu guards moved, which is closed and replaced when durable moves.
	durableMu sync.Mutex
	moved     chan struct{}
}

// work is one thing for the writer to do.
type work struct {
	submission *Submission
	edit       *editRequest
	cold       []coldHistory // that were read for the submission
	backlog    bool          // it waits behind live work
	after      uint64        // and in any case for so much of it
}

// scans is how many scans a piece of work has; an edit counts as one.
func (w *work) scans() int {
	if w.submission == nil {
		return 1
	}
	return max(1, len(w.submission.Intents))
}

// Open restores the book from its journal, lays the foundation of a new one, and
// starts its writer. Errors: those of the journal, ledger.ErrRow.
func Open(ctx context.Context, j journal.Journal, o Options) (*Book, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Room == nil {
		o.Room = func() error { return nil }
	}
	if o.Fatal == nil {
		o.Fatal = func(error) {}
	}
	if o.Report == nil {
		o.Report = func(error) {}
	}
	if o.RingBytes == 0 {
		o.RingBytes = defaultRing
	}
	b := &Book{
		journal: j, opts: o, epoch: j.Head().Epoch,
		work: newQueue(), free: make(chan struct{}, 1), ready: make(chan *batch), told: make(chan *batch, 4),
		stopped: make(chan struct{}), failed: make(chan struct{}), quit: make(chan struct{}), moved: make(chan struct{}),
		streams: map[streamKey]*stream{}, installs: map[string][]*stream{}, conflicts: map[conflictKey]uint64{},
	}
	if err := b.load(ctx); err != nil {
		return nil, err
	}
	head := j.Head()
	b.decided = head.N
	b.durable.Store(head.N)
	b.feed = newFeed(b, o.RingBytes, head.N)
	w := &writer{book: b, hasher: sha256.New(), n: head.N, hash: head.Hash, entryAt: head.BookedAt}
	w.lookUp = lookUp{w.stamped, w.intent}
	w.batch = w.newBatch()
	for _, st := range b.streams {
		w.latest = max(w.latest, st.tEff)
	}
	b.newest.Store(int64(w.latest))
	b.group.Add(2)
	go b.commit()
	go b.announce()
	go w.run()
	if head.N == 0 {
		if _, _, err := b.Edit(ctx, "bayledger", ledger.Foundation(), false); err != nil {
			b.Close()
			return nil, err
		}
	}
	return b, nil
}

func (b *Book) load(ctx context.Context) error {
	loader, state := ledger.NewLoader()
	state.ReadScansBy(b.opts.Scans)
	settled := settle.New(state, past{b.journal})
	err := b.journal.Rows(ctx, func(key, value []byte) error {
		switch {
		case len(key) > 1 && key[0] == rowStream:
			return b.loadStream(key, value)
		case len(key) > 1 && key[0] == rowConflict:
			return b.loadConflict(key, value)
		case len(key) > 1 && strings.IndexByte(settle.RowPrefixes, key[0]) >= 0:
			return settled.Load(key, value) // its prefixes come after the ledger's
		}
		return loader.Load(key, value)
	})
	if err != nil {
		return fmt.Errorf("the books could not be read back: %w", err)
	}
	settled.Loaded()
	if err := loader.Finish(); err != nil {
		return err
	}
	b.state, b.settled = state, settled
	return nil
}

// past reads stored histories for settling.
type past struct{ journal journal.Journal }

func (p past) Appended(key []byte, fn func(settle.Piece) (bool, error)) error {
	return p.journal.Appended(key, func(piece journal.Piece) (bool, error) {
		return fn(settle.Piece{First: piece.First, BookedAt: piece.BookedAt, Bytes: piece.Bytes})
	})
}

// Close takes no more work, commits what was taken, tells of it, and returns.
func (b *Book) Close() {
	b.closing.Do(func() { close(b.quit) })
	<-b.stopped
	b.group.Wait()
}

// Submit hands intents to the writer. It blocks while the writer is far behind,
// which is how a flood pushes back on its sockets. Errors: ErrClosed, that of
// ctx, that of Whole where there is a guard; Done is not called then, nor when a
// later commit fails.
func (b *Book) Submit(ctx context.Context, s *Submission) error {
	if s.Guard != nil {
		if err := Whole(s.Intents); err != nil {
			return err
		}
	}
	cold := b.cold(s)
	if len(cold) == 0 {
		return b.give(ctx, work{submission: s})
	}
	return b.submitWarm(ctx, s, cold)
}

func (b *Book) give(ctx context.Context, w work) error {
	select {
	case <-b.failed:
		return ErrFailed
	case <-b.quit:
		return ErrClosed
	default:
	}
	return b.work.put(ctx, w, b.failed, b.quit)
}

// Do submits intents and waits for their results.
func (b *Book) Do(ctx context.Context, source Source, intents []ledger.Received) (Results, error) {
	return b.DoThen(ctx, source, intents, nil)
}

// DoThen is Do; told, if not nil, is called with the results before anybody is
// shown their entries. It runs as Submission.Done does.
func (b *Book) DoThen(ctx context.Context, source Source, intents []ledger.Received, told func(Results)) (Results, error) {
	return b.do(ctx, &Submission{Source: source, Intents: intents}, told)
}

// DoWhole books intents in one commit, all or none, if the guard lets them be. Errors:
// the guard's and those of Submit.
func (b *Book) DoWhole(ctx context.Context, source Source, intents []ledger.Received, guard Guard) (Results, error) {
	return b.do(ctx, &Submission{Source: source, Intents: intents, Guard: guard}, nil)
}

// do submits and waits; told as in DoThen.
func (b *Book) do(ctx context.Context, s *Submission, told func(Results)) (Results, error) {
	type reply struct {
		results Results
		err     error
	}
	done := make(chan reply, 1)
	s.Done = func(r Results, err error) {
		if told != nil && err == nil {
			told(r)
		}
		done <- reply{r, err}
	}
	if err := b.Submit(ctx, s); err != nil {
		return Results{}, err
	}
	select {
	case r := <-done:
		return r.results, r.err
	case <-b.failed:
		return Results{}, ErrFailed
	case <-b.stopped:
		b.group.Wait()
		select {
		case r := <-done:
			return r.results, r.err
		default:
			return Results{}, ErrClosed
		}
	}
}

// View calls fn with the state, which fn must only read and not keep, and
// returns once everything that fn could see is durable. Errors: ErrClosed, that
// of ctx.
func (b *Book) View(ctx context.Context, fn func(s *ledger.State, head uint64)) error {
	b.mu.RLock()
	n := b.decided
	fn(b.state, n)
	b.mu.RUnlock()
	return b.Wait(ctx, n)
}

// Wait returns once entry n is durable.
func (b *Book) Wait(ctx context.Context, n uint64) error {
	for b.durable.Load() < n {
		b.durableMu.Lock()
		moved := b.moved
		b.durableMu.Unlock()
		if b.durable.Load() >= n {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-b.failed:
			return ErrFailed
		case <-b.stopped:
			b.group.Wait()
			if b.durable.Load() < n {
				return ErrClosed
			}
		}
	}
	return nil
}

// LastSeq returns the highest n of a stream with 1…n all taken and durable.
// Errors: ErrClosed, that of ctx.
func (b *Book) LastSeq(ctx context.Context, device, install string) (uint64, error) {
	b.mu.RLock()
	last, decided := uint64(0), b.decided
	if st := b.streams[streamKey{device, install}]; st != nil {
		last = st.last()
	}
	b.mu.RUnlock()
	return last, b.Wait(ctx, decided)
}

// Installs says whether an install of a device is known; where it is not, made is how
// many others have sent over a socket.
func (b *Book) Installs(device, install string) (made int, known bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	known = b.streams[streamKey{device, install}] != nil
	if known {
		return 0, true
	}
	for _, st := range b.installs[device] {
		if st.seal.socket {
			made++
		}
	}
	return made, false
}

// Head returns the newest durable entry; Epoch the journal's.
func (b *Book) Head() uint64 { return b.durable.Load() }

// Epoch names the journal that entry numbers belong to.
func (b *Book) Epoch() string { return b.epoch }

// Feed returns the book's feed.
func (b *Book) Feed() *Feed { return b.feed }

// Streams returns how many (device, install) pairs have ever sent.
func (b *Book) Streams() int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.streams)
}

// Waiting returns how many submissions wait for the writer.
func (b *Book) Waiting() int { return b.work.len() }

// commit makes batches durable, one after the other.
func (b *Book) commit() {
	defer b.group.Done()
	defer close(b.told)
	b.free <- struct{}{}
	for batch := range b.ready {
		if len(batch.journal.Records) > 0 {
			if err := b.journal.Append(context.Background(), &batch.journal); err != nil {
				b.opts.Fatal(fmt.Errorf("entries %d to %d could not be stored: %w", batch.journal.First, batch.last(), err))
				close(b.failed)
				close(b.free)
				for range b.ready { // nothing more is committed, nothing is announced
				}
				return
			}
			batch.block = journal.JoinedBlock(&batch.journal, batch.prev, batch.joined, batch.ends)
		}
		b.told <- batch
		b.free <- struct{}{}
	}
}

func (b *batch) last() uint64 { return b.journal.First + uint64(len(b.journal.Records)) - 1 }

// announce tells of what is durable: the feed first, so that whoever gets results
// can read their entries, and the announced head last, so that whoever follows it
// has the results of all entries up to there and can send both together.
func (b *Book) announce() {
	defer b.group.Done()
	for batch := range b.told {
		if batch.block != nil {
			b.feed.publish(batch.block, &batch.changes)
			b.durable.Store(batch.last())
			b.durableMu.Lock()
			close(b.moved)
			b.moved = make(chan struct{})
			b.durableMu.Unlock()
		}
		head := b.durable.Load()
		for i := range batch.done {
			f := &batch.done[i]
			if f.reply != nil {
				f.reply <- f.edit
				continue
			}
			f.results.Head = head
			f.submission.Done(f.results, f.err)
		}
		if batch.block != nil {
			b.feed.announce()
			b.feed.wake()
		}
	}
}
