package simulation

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// server is a book over a journal in memory that can end at any moment and start
// again from what was stored.
type server struct {
	twin *twin
	book *book.Book
	now  atomic.Int64
	full atomic.Bool
	gate atomic.Pointer[chan struct{}]

	fatal  chan error
	mu     sync.Mutex // guards faults
	faults []error

	start   int64
	log     []burst // what became durable, in order
	crashes int
	epochs  int
	armed   string // how it will end in its next commit
}

// twin is a journal in memory under a name that a restored backup changes.
type twin struct {
	*journal.Memory
	epoch string
}

// Head returns the end of the journal, under its present name.
func (t *twin) Head() journal.Head {
	h := t.Memory.Head()
	h.Epoch = t.epoch
	return h
}

// burst is what reached the server at one moment: submissions, or an edit.
type burst struct {
	now     int64
	epoch   string
	full    bool               // the disk
	subs    []*book.Submission // as they were served
	patches []ledger.Patch
	head    uint64 // after it
}

// reply is what became of a burst's submission.
type reply struct {
	results book.Results
	err     error
	feed    uint64 // how far the feed went when the result was told
	turn    int    // as which of its burst it was told
}

var (
	errCrashed = errors.New("the server ended before it answered")
	errFull    = errors.New("the disk is full: nothing was taken")
)

// ringBytes is what the feed keeps in memory: little, so that whoever reads
// seldom falls behind it and reads what is stored.
const ringBytes = 6 << 10

// newServer opens an empty book at a moment.
func newServer(now int64) (*server, error) {
	s := &server{twin: &twin{journal.NewMemory("e1"), "e1"}, epochs: 1, start: now}
	s.now.Store(now)
	return s, s.open()
}

func (s *server) open() (err error) {
	s.fatal = make(chan error, 1)
	fatal := s.fatal
	s.book, err = book.Open(context.Background(), s.twin, book.Options{
		RingBytes: ringBytes,
		Whole:     true,
		Now:       func() time.Time { return time.UnixMicro(s.now.Load()) },
		Room:      s.room,
		Fatal: func(err error) {
			fatal <- err
		},
		Report: func(err error) {
			s.mu.Lock()
			s.faults = append(s.faults, err)
			s.mu.Unlock()
		},
	})
	return err
}

// room holds the writer back until a whole burst waits, so that it is decided
// as one, and says when the disk is full.
func (s *server) room() error {
	if gate := s.gate.Load(); gate != nil {
		<-*gate
	}
	if s.full.Load() {
		return errFull
	}
	return nil
}

// fault returns what the book reported of itself since the last call.
func (s *server) fault() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := errors.Join(s.faults...)
	s.faults = nil
	return err
}

// give hands the book submissions that reach it together, and waits for what
// becomes of them. Where the server was to end in this commit it does, starts
// again, and ok is false; stored says whether the commit is there all the same.
func (s *server) give(subs []*book.Submission) (replies []reply, stored, ok bool, err error) {
	mode := s.endsIn(subs)
	if mode != "" {
		s.armed = ""
		s.twin.FailAfter(0, mode == CrashKept)
	}
	replies, ok = s.hand(subs)
	switch {
	case ok && mode != "": // nothing had to be stored
		return replies, true, true, s.end(false)
	case ok:
		return replies, true, true, nil
	case mode == "":
		return nil, false, false, fmt.Errorf("the book failed by itself: %w", s.fault())
	}
	if err := s.end(false); err != nil {
		return nil, false, false, err
	}
	if mode == CrashKept {
		s.note(burst{subs: subs})
	}
	return nil, mode == CrashKept, false, nil
}

// endsIn is how the server will end in the commit of submissions. With a backlog
// among them it ends in the next one: who is served when would not be known.
func (s *server) endsIn(subs []*book.Submission) (mode string) {
	if long(subs) {
		return ""
	}
	return s.armed
}

func (s *server) hand(subs []*book.Submission) (replies []reply, ok bool) {
	replies = make([]reply, len(subs))
	done := make(chan struct{}, len(subs))
	gate := make(chan struct{})
	if len(subs) > 1 {
		s.gate.Store(&gate)
	}
	failed := false
	var told atomic.Int64
	for i, sub := range subs {
		feed := s.book.Feed()
		sub.Done = func(r book.Results, err error) {
			replies[i] = reply{results: r, err: err, feed: feed.Head(), turn: int(told.Add(1))}
			done <- struct{}{}
		}
		if err := s.book.Submit(context.Background(), sub); err != nil {
			replies[i], failed = reply{err: err}, true
		}
	}
	s.gate.Store(nil)
	close(gate)
	if failed {
		return nil, false
	}
	for range subs {
		select {
		case <-done:
		case <-s.fatal:
			return nil, false
		}
	}
	if len(subs) > 1 {
		subs = inTurn(subs, replies)
	}
	s.note(burst{subs: subs})
	return replies, true
}

// note remembers what became durable, and nobody who was told: through them each
// book that ever was would be kept.
func (s *server) note(b burst) {
	for i, sub := range b.subs {
		kept := *sub
		kept.Done = nil
		b.subs[i] = &kept
	}
	b.now, b.epoch, b.full, b.head = s.now.Load(), s.twin.epoch, s.full.Load(), s.book.Head()
	s.log = append(s.log, b)
}

// burstOf is the burst that made an entry; what the book began with is of none.
func (s *server) burstOf(n uint64) burst {
	i := sort.Search(len(s.log), func(i int) bool { return s.log[i].head >= n })
	if i == len(s.log) {
		return burst{now: s.start, epoch: s.twin.epoch}
	}
	return s.log[i]
}

// edit changes master data; a fault of the patches, or a full disk, is no error
// of the world.
func (s *server) edit(patches []ledger.Patch) error {
	_, _, err := s.book.Edit(context.Background(), "world", patches, false)
	if err == nil {
		s.note(burst{patches: patches})
		return nil
	}
	if _, fault := errors.AsType[*ledger.Fault](err); fault {
		return nil
	}
	return err
}

// end ends the server, cleanly or not, and starts it again from its journal.
func (s *server) end(clean bool) error {
	s.crashes++
	if clean {
		s.book.Close()
		if err := s.twin.Close(); err != nil {
			return fmt.Errorf("closing the journal: %w", err)
		}
	}
	memory, err := s.twin.Reopen()
	if err != nil {
		return fmt.Errorf("reopening the journal: %w", err)
	}
	if !clean {
		s.book.Close() // its goroutines end; its journal takes nothing more
	}
	s.twin = &twin{memory, s.twin.epoch}
	return s.open()
}

// restore goes back to what a backup of some bursts ago held, under a new name.
func (s *server) restore(back int) error {
	s.book.Close()
	kept := s.log[:max(1, len(s.log)-back)]
	now := s.now.Load()
	again, err := replay(s.start, kept)
	if err != nil {
		return err
	}
	again.book.Close()
	memory, err := again.twin.Reopen()
	if err != nil {
		return err
	}
	s.epochs++
	s.crashes++
	s.twin, s.log = &twin{memory, fmt.Sprintf("e%d", s.epochs)}, again.log
	s.now.Store(now)
	return s.open()
}

// replay takes a log into an empty book.
func replay(start int64, log []burst) (*server, error) {
	s, err := newServer(start)
	if err != nil {
		return nil, err
	}
	for i := range log {
		if err := s.repeat(&log[i]); err != nil {
			s.book.Close()
			return nil, fmt.Errorf("burst %d of %d: %w", i+1, len(log), err)
		}
	}
	return s, nil
}

func (s *server) repeat(b *burst) error {
	s.now.Store(b.now)
	s.full.Store(b.full)
	if s.twin.epoch != b.epoch {
		s.twin.epoch = b.epoch
		if err := s.end(true); err != nil {
			return err
		}
	}
	if b.patches != nil {
		return s.edit(b.patches)
	}
	subs := make([]*book.Submission, len(b.subs))
	for i, sub := range b.subs {
		subs[i] = copySubmission(sub)
	}
	_, _, ok, err := s.give(subs)
	if err == nil && !ok {
		err = errCrashed
	}
	return err
}

// copySubmission makes one that can be given again: the book completes the
// intents that it is given.
func copySubmission(sub *book.Submission) *book.Submission {
	out := *sub
	out.Intents = append([]ledger.Received(nil), sub.Intents...)
	return &out
}

// close ends the server for good.
func (s *server) close() { s.book.Close() }

// view looks at the state, with the entry up to which it goes.
func (s *server) view(fn func(st *ledger.State, head uint64)) error {
	return s.book.View(context.Background(), fn)
}
