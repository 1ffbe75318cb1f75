package backup

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bayledger/sync/journal"
)

// piecesEach: rows and files are looked at with every so many looks at the journal.
const piecesEach = 5

// lastTake bounds what is brought when the server ends.
const lastTake = 10 * time.Second

// Follower keeps a backup behind a server by a second or so. Make one with
// NewFollower, and let Run run.
type Follower struct {
	dir  string
	w    *Writer // nil: it could not be opened yet; Run's alone
	due  bool    // rows and files are too old for what is there; Run's alone
	from Source
	j    journal.Journal
	log  *slog.Logger
	now  func() time.Time

	mu     sync.Mutex // guards what follows
	safe   uint64     // the newest entry in the backup
	blocks tried
	pieces tried
}

// tried says how it goes with a part of a backup.
type tried struct {
	at  time.Time // when it was last up to date; zero: not yet
	err error     // of the last try
}

// NewFollower makes one that has brought nothing yet. j is the source's journal.
func NewFollower(dir string, from Source, j journal.Journal, log *slog.Logger, now func() time.Time) *Follower {
	return &Follower{dir: dir, from: from, j: j, log: log, now: now}
}

// Lag says how far the backup is behind.
type Lag struct {
	Entries uint64        // that are not in it
	Behind  time.Duration // how long ago the first of them was booked
	// At is since when it may lack something: when entries last came, or the server's
	// rows and files, whichever is longer ago; zero: one of them has not come yet.
	At    time.Time
	Err   error // why the last try did not succeed
	State State
}

// State says in a word how a backup does.
type State string

// States of a backup.
const (
	Fine    State = "fine"
	Failing State = "failing"  // nothing can be brought
	NoFiles State = "no_files" // entries come, the server's rows and files do not
	Other   State = "other_books"
	Lost    State = "lost_entries" // the books lost entries that the backup has: see ErrLost
)

// States are all there are.
func States() []string {
	return []string{string(Fine), string(Failing), string(NoFiles), string(Other), string(Lost)}
}

// Lag may be called by anyone.
func (f *Follower) Lag() Lag {
	f.mu.Lock()
	l, safe := Lag{At: f.blocks.at, Err: errors.Join(f.blocks.err, f.pieces.err), State: stateOf(f.blocks.err, f.pieces.err)}, f.safe
	if f.pieces.at.Before(l.At) {
		l.At = f.pieces.at
	}
	f.mu.Unlock()
	if head := f.j.Head().N; head > safe {
		l.Entries = head - safe
		if booked, err := f.j.BookedAt(safe + 1); err == nil {
			l.Behind = max(0, f.now().Sub(time.UnixMicro(int64(booked))))
		}
	}
	return l
}

func stateOf(blocks, pieces error) State {
	switch {
	case errors.Is(blocks, ErrLost):
		return Lost
	case errors.Is(blocks, ErrOther):
		return Other
	case blocks != nil:
		return Failing
	case pieces != nil:
		return NoFiles
	}
	return Fine
}

// Run brings what is new at each tick until ctx ends, and then once more. A failure
// is logged once, tried again at each tick, and shown by Lag; the server goes on, also
// where the backup's disk is not there when it starts.
func (f *Follower) Run(ctx context.Context, tick <-chan time.Time) {
	defer func() {
		if f.w != nil {
			_ = f.w.Close() // all that counts is synced
		}
	}()
	for n := 0; ; n++ {
		f.take(ctx, n%piecesEach == 0)
		select {
		case <-tick:
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTake)
			defer cancel()
			f.take(ctx, true)
			return
		}
	}
}

// take brings what is new. What keeps rows and files away keeps no entry away.
func (f *Follower) take(ctx context.Context, pieces bool) {
	if f.w == nil {
		w, err := Open(f.dir)
		if err != nil {
			f.done(&f.blocks, err)
			return
		}
		f.w, f.due = w, true
	}
	looked := pieces || f.due
	if looked && f.takePart(ctx, &f.pieces, true) == nil {
		f.done(&f.blocks, nil) // they came with it
		return
	}
	if f.takePart(ctx, &f.blocks, false) == nil && f.due && !looked {
		_ = f.takePart(ctx, &f.pieces, true) // done has noted it
	}
}

func (f *Follower) takePart(ctx context.Context, part *tried, pieces bool) error {
	taken, err := f.w.Take(ctx, f.from, pieces)
	if err != nil && ctx.Err() != nil {
		return err // it was told to stop
	}
	if f.due = f.due || taken.Rights || taken.Moved; pieces && err == nil {
		f.due = false
	}
	f.done(part, err)
	return err
}

// done notes how a try went, and tells of a change.
func (f *Follower) done(part *tried, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := stateOf(f.blocks.err, f.pieces.err)
	told := same(err, f.blocks.err) || same(err, f.pieces.err)
	if part.err = err; err == nil {
		part.at = f.now()
	}
	switch is := stateOf(f.blocks.err, f.pieces.err); {
	case err != nil && !told && part == &f.pieces:
		f.log.Error("the server's keys and files are not in the backup as they are now; it is tried again every few seconds", "error", err)
	case err != nil && !told:
		f.log.Error("the backup falls behind; it is tried again every second", "error", err)
	case was != Fine && is == Fine:
		f.log.Info("the backup is up to date again")
	}
	has := uint64(0)
	if f.w != nil {
		has = f.w.Entries()
	}
	if err == nil || has < f.safe { // those of other books are none of ours
		f.safe = has
	}
}

func same(err, before error) bool {
	return err != nil && before != nil && err.Error() == before.Error()
}
