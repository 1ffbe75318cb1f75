package backup

import (
	"context"
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
	from Source
	j    journal.Journal
	log  *slog.Logger
	now  func() time.Time

	mu   sync.Mutex // guards what follows
	safe uint64     // the newest entry in the backup
	at   time.Time  // when it was last up to date
	err  error      // of the last try
}

// NewFollower makes one that has brought nothing yet. j is the source's journal.
func NewFollower(dir string, from Source, j journal.Journal, log *slog.Logger, now func() time.Time) *Follower {
	return &Follower{dir: dir, from: from, j: j, log: log, now: now}
}

// Lag says how far the backup is behind.
type Lag struct {
	Entries uint64        // that are not in it
	Behind  time.Duration // how long ago the first of them was booked
	At      time.Time     // when the last try succeeded; zero: none has yet
	Err     error         // why the last one did not
}

// Lag may be called by anyone.
func (f *Follower) Lag() Lag {
	f.mu.Lock()
	l, safe := Lag{At: f.at, Err: f.err}, f.safe
	f.mu.Unlock()
	if head := f.j.Head().N; head > safe {
		l.Entries = head - safe
		if booked, err := f.j.BookedAt(safe + 1); err == nil {
			l.Behind = max(0, f.now().Sub(time.UnixMicro(int64(booked))))
		}
	}
	return l
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

func (f *Follower) take(ctx context.Context, pieces bool) {
	if f.w == nil {
		w, err := Open(f.dir)
		if err != nil {
			f.done(err)
			return
		}
		f.w, pieces = w, true
	}
	if !pieces && f.j.Head().N == f.w.Entries() {
		f.done(nil)
		return
	}
	_, err := f.w.Take(ctx, f.from, pieces)
	if err != nil && ctx.Err() != nil {
		return // it was told to stop
	}
	f.done(err)
}

// done notes how a try went, and tells of a change.
func (f *Follower) done(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil && (f.err == nil || f.err.Error() != err.Error()):
		f.log.Error("the backup falls behind; it is tried again every second", "error", err)
	case err == nil && f.err != nil:
		f.log.Info("the backup is up to date again")
	}
	if f.err = err; err == nil {
		f.safe, f.at = f.w.Entries(), f.now()
	}
}
