package book

import (
	"cmp"
	"fmt"
	"hash"
	"runtime/debug"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// writer is the one goroutine that decides. Its fields are its own.
type writer struct {
	book     *Book
	n        uint64   // the last entry decided
	hash     [32]byte // of entry n
	hasher   hash.Hash
	bookedAt ledger.Time // of what is being decided
	entryAt  ledger.Time // of the last entry: what was decided without one leaves no trace
	latest   ledger.Time // the latest moment of any fact
	batch    *batch
	flying   [3]*batch // handed to the committer, newest first
	spare    *batch    // the one before: stored, so that memory of it can be used again
	lookUp   lookUp
}

// lookUp holds what a receipt is given to look up what came before; made once.
type lookUp struct {
	stamped func(ledger.Identity) (n uint64, stamp []byte, err error)
	intent  func(ledger.Identity) (*ledger.Intent, error)
}

// run takes what waits, decides it into the open batch, and hands the batch over
// as soon as the committer is free: while one batch syncs the next one grows.
func (w *writer) run() {
	b := w.book
	defer close(b.stopped)
	defer close(b.ready)
	for {
		if w.yields() && w.handsOver() {
			continue
		}
		var free chan struct{}
		var waits <-chan work
		if !w.batch.empty() {
			free = b.free
		}
		if !w.batch.full() {
			if x, ok := b.work.next(w.takesBacklog()); ok {
				w.burst(x)
				continue
			}
			waits = b.work.live
		}
		select {
		case x := <-waits:
			w.burst(b.work.took(x))
		case <-b.work.more:
		case <-free:
			w.handOver()
		case <-b.quit:
			w.drain()
			return
		}
	}
}

// burst decides one piece of work and all that waits behind it, under one lock.
func (w *writer) burst(x work) {
	b := w.book
	now := ledger.TimeOf(b.opts.Now())
	room := b.opts.Room()
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		b.decided = w.n
		b.newest.Store(int64(w.latest))
	}()
	for {
		w.decide(x, now, room)
		if w.batch.full() || w.yields() && len(b.free) > 0 {
			return
		}
		var ok bool
		if x, ok = b.work.next(w.takesBacklog()); !ok {
			return
		}
	}
}

// yields says that what is decided should not wait for what comes: only backlogs
// wait, and whoever scans now would otherwise wait for a batch full of them.
func (w *writer) yields() bool {
	return !w.book.opts.Whole && !w.batch.empty() && w.book.work.onlyBacklog()
}

// takesBacklog says whether backlogs may go into the batch before their turn: not many
// of them beside somebody who scans now, and would wait for all of them to be stored.
func (w *writer) takesBacklog() bool {
	return w.book.opts.Whole || !w.batch.live || w.batch.backlog < maxBeside
}

// handsOver hands the batch over where the committer is free.
func (w *writer) handsOver() bool {
	select {
	case <-w.book.free:
		w.handOver()
		return true
	default:
		return false
	}
}

// drain commits what waits when the book closes.
func (w *writer) drain() {
	for {
		x, ok := w.book.work.next(true)
		if full := w.batch.full(); full || !ok && !w.batch.empty() {
			<-w.book.free
			w.handOver()
		}
		if !ok {
			return
		}
		w.burst(x)
	}
}

// handOver completes the batch with the rows that it changed and gives it to the
// committer, whose token the caller has taken.
func (w *writer) handOver() {
	b := w.batch
	w.book.mu.Lock()
	w.correct()
	if w.spare != nil {
		w.book.settled.Reuse(&w.spare.changes)
	}
	b.changes = w.book.settled.TakeChanges()
	rows := append(b.changes.Rows, b.journal.Rows...)
	for _, st := range w.book.dirtyStreams() {
		rows = append(rows, st.row())
	}
	w.book.mu.Unlock()
	b.changes.Rows = rows
	b.journal.Rows, b.journal.Appends = rows, b.changes.Appends
	b.journal.Head = w.hash
	b.journal.BookedAt = w.entryAt
	w.book.ready <- b
	w.spare = w.flying[2]
	w.flying = [3]*batch{b, w.flying[0], w.flying[1]}
	w.batch = w.newBatch()
}

// correct enters what the late facts of the batch changed in others, joined: one
// difference for each product and pair of places, however many they were.
func (w *writer) correct() {
	moves := w.book.settled.Seal(w.n+1, w.book.durable.Load())
	if len(moves) == 0 {
		return
	}
	w.add(&ledger.Entry{N: w.n + 1, Kind: ledger.KindCorrection, BookedAt: w.entryAt, TEff: w.entryAt, Outcome: ledger.Applied, Moves: moves}, nil, journal.Record{})
	w.book.decided = w.n
}

// handOverAmid hands the batch over in the middle of a submission that is larger
// than one; its results are told with the last part.
func (w *writer) handOverAmid() {
	w.book.decided = w.n
	w.book.mu.Unlock()
	<-w.book.free
	w.handOver()
	w.book.mu.Lock()
}

// decide runs one piece of work. Whatever it meets, the writer goes on: a panic
// in a decision refuses that work and is reported.
func (w *writer) decide(x work, now ledger.Time, room error) {
	w.bookedAt = max(w.entryAt, now)
	if x.edit != nil {
		w.edit(x.edit, room)
		return
	}
	if !x.backlog {
		w.batch.live = true
	} else {
		w.batch.backlog += x.scans()
		began := w.book.opts.Now()
		defer func() { w.book.piece.took(x.scans(), w.book.opts.Now().Sub(began)) }()
	}
	w.submit(x.submission, now, room)
	w.book.cool(x.cold)
}

func (w *writer) submit(s *Submission, now ledger.Time, room error) {
	if room != nil {
		w.batch.done = append(w.batch.done, finished{submission: s, err: &ledger.Fault{Code: ledger.DiskFull, Message: room.Error()}})
		return
	}
	intents := s.Intents
	if s.Lost != nil {
		intents = []ledger.Received{lostIntent(s.Lost)}
	}
	results := make([]ledger.Result, len(intents))
	key := streamKey{s.Source.Device, s.Source.Install}
	whole := w.startsWhole(s)
	if err := w.guarded(s); err != nil {
		w.batch.done = append(w.batch.done, finished{submission: s, err: err})
		return
	}
	for i := range intents {
		if w.cuts(s, whole) {
			w.handOverAmid()
		}
		r := &intents[i]
		fill(r, &s.Source)
		results[i] = w.one(r, s, now)
		if s.Source.Transport == Stated {
			key = streamKey{r.Intent.Device, r.Intent.Install}
		}
	}
	through := uint64(0)
	if st := w.book.streams[key]; st != nil {
		through = st.last()
	}
	w.batch.done = append(w.batch.done, finished{submission: s, results: Results{Results: results, Through: through}})
}

// one gives an intent its place and its fate.
func (w *writer) one(r *ledger.Received, s *Submission, now ledger.Time) ledger.Result {
	in, source := &r.Intent, &s.Source
	if f := w.notIdentified(r, source); f != nil {
		return ledger.Result{Seq: in.Seq, Outcome: ledger.Refused, Code: f.Code, Message: f.Message}
	}
	key := streamKey{in.Device, in.Install}
	st := w.book.streams[key]
	begins := st == nil
	if begins {
		st = &stream{key: key} // kept once something of it is taken
	}
	if st.has(in.Seq) {
		return w.again(r, source, now)
	}
	if source.Transport == Socket && in.Seq != st.last()+1 {
		return ledger.Result{Seq: in.Seq, Outcome: ledger.Refused, Code: ledger.Gap,
			Message: fmt.Sprintf("Seq %d was expected, %d came. It was not taken; send again from %d on.", st.last()+1, in.Seq, st.last()+1)}
	}
	if source.Transport == Stated && r.Fault != nil && r.Fault.Code != ledger.Unsupported {
		return ledger.Result{Seq: in.Seq, Outcome: ledger.Refused, Code: r.Fault.Code, Message: r.Fault.Message}
	}
	if !st.take(in.Seq) {
		return ledger.Result{Seq: in.Seq, Outcome: ledger.Refused, Code: ledger.Gap,
			Message: "The seqs of this stream have more than 10,000 gaps. It was not taken; send the missing ones first."}
	}
	if begins {
		w.book.keep(st)
	}
	at := w.receipt(in, source, st, now)
	w.book.markDirty(st)
	d := w.safely(r, at, s.Lost != nil)
	if source.Transport == Socket {
		w.install(st, in, &at, &d)
	}
	return w.enter(r, at, d)
}

// receipt fixes what an intent's arrival says: its moment above all (rule 3).
func (w *writer) receipt(in *ledger.Intent, source *Source, st *stream, now ledger.Time) ledger.Receipt {
	at := ledger.Receipt{N: w.n + 1, BookedAt: w.bookedAt, Arrived: now, TEff: in.At, Site: source.Site, Role: source.Role, Grants: source.Grants}
	if at.TEff == 0 || at.TEff > now {
		at.TEff = now
	}
	if source.Transport == Socket {
		at.Clock = "b"
		at.TEff = max(at.TEff, st.tEff)
		if in.Seen > 0 && in.Seen <= w.n && in.Epoch == w.book.epoch {
			if seen, ok := w.bookedAtOf(in.Seen, at.TEff); ok {
				at.TEff = max(at.TEff, seen+1)
			}
		}
	}
	// What says no moment of its own (a lost scan, what could not be read) is booked
	// at its arrival, and is no floor for the hours of scans that wait behind it.
	if in.At != 0 {
		st.tEff = max(st.tEff, at.TEff)
	}
	w.latest = max(w.latest, at.TEff)
	w.judge(&at, in, source)
	at.Stamped, at.Intent = w.lookUp.stamped, w.lookUp.intent
	return at
}

// safely decides, turning a panic into a parked intent: one poisoned scan must
// not stop everyone else's.
func (w *writer) safely(r *ledger.Received, at ledger.Receipt, lost bool) (d ledger.Decision) {
	defer func() {
		if p := recover(); p != nil {
			w.book.settled.Abandon()
			w.book.opts.Report(fmt.Errorf("deciding entry %d failed: %v\n%s", at.N, p, debug.Stack()))
			d = ledger.Decision{Outcome: ledger.Parked, Code: ledger.Unsupported, Message: "The scan could not be decided. It is kept and holds no stock."}
		}
	}()
	if lost {
		return ledger.Decision{Outcome: ledger.Exception, Message: "A scan was lost in the device's memory: " + r.Intent.Reason,
			Exceptions: w.book.settled.Lost(&r.Intent, &at)}
	}
	return w.book.settled.Decide(r, at)
}

// enter makes the entry of a decision.
func (w *writer) enter(r *ledger.Received, at ledger.Receipt, d ledger.Decision) ledger.Result {
	e := ledger.Entry{N: at.N, Kind: cmp.Or(d.Kind, ledger.KindIntent), BookedAt: at.BookedAt, TEff: at.TEff, Site: at.SiteKept(&r.Intent), Outcome: d.Outcome, Code: d.Code,
		Message: d.Message, Moves: d.Moves, Alerts: d.Alerts, Exceptions: d.Exceptions}
	start := len(w.batch.stamps)
	w.batch.stamps = d.Stamp.AppendTo(w.batch.stamps)
	w.add(&e, r.Payload, journal.Record{ID: r.Intent.Identity(), Payload: r.Hash, Stamp: w.batch.stamps[start:len(w.batch.stamps):len(w.batch.stamps)]})
	return ledger.Result{Seq: r.Intent.Seq, Outcome: d.Outcome, Entry: at.N, Code: d.Code, Message: d.Message}
}
