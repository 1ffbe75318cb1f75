package queue

import (
	"context"
	"fmt"
	"time"

	"bayledger/labels/printer"
)

// How pieces are cut and failures are waited out.
const (
	// firstPiece is one label, so that it comes out at once and shows that all is well.
	firstPiece = 1
	// pieceLabels of one document: while they are printed nothing else is asked, and
	// after a crash so many may be in doubt with a printer that keeps no list.
	pieceLabels = 8
	// firstWait doubles up to longestWait while a printer is not reached.
	firstWait   = time.Second
	longestWait = time.Minute
	// conditionWait is how often a printer that waits for somebody is asked, at most.
	conditionWait = 10 * time.Second
	// giveUp is when a printer that was never reached since is no longer tried.
	giveUp = 24 * time.Hour
	// maxBroken is how often a printer may break a job off.
	maxBroken = 3
)

// worker is the one writer of a printer; it lives while there is work.
type worker struct {
	wake chan struct{}
	stop context.CancelCauseFunc // of the piece that is on its way; nil: none
	job  uint64                  // whose it is
}

func (w *worker) wakeUp() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// kick sees to it that a printer's jobs are worked on. The caller holds mu.
func (q *Queue) kick(name string) {
	if w := q.workers[name]; w != nil {
		w.wakeUp()
		return
	}
	if q.closed || q.opts.Idle {
		return
	}
	w := &worker{wake: make(chan struct{}, 1)}
	q.workers[name] = w
	q.running.Go(func() { q.work(name, w) })
}

// next is the printer's oldest job that can go on, and from when; nil where there
// is none, and then the worker is no more.
func (q *Queue) next(name string) (*Job, printer.Profile) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var first *Job
	for _, j := range q.open {
		if j.Printer == name && !j.Ask && (first == nil || j.ID < first.ID) {
			first = j
		}
	}
	if first == nil || q.closed {
		delete(q.workers, name)
		return nil, printer.Profile{}
	}
	copied := *first
	return &copied, q.printers[name]
}

func (q *Queue) work(name string, w *worker) {
	for {
		j, p := q.next(name)
		if j == nil {
			return
		}
		if wait := j.NextAt.Sub(q.opts.Now()); wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-w.wake:
			case <-q.ctx.Done():
			}
			timer.Stop()
			continue // what there is to do may have changed
		}
		if err := q.piece(j, p, w); err != nil {
			// The disk failed: nothing more can be promised of this printer until the next start.
			q.opts.Log.Error("the print queue cannot write; the printer's jobs wait for a restart", "printer", name, "error", err)
			q.mu.Lock()
			delete(q.workers, name)
			q.mu.Unlock()
			return
		}
	}
}

// piece sends the next labels of a job, or asks what became of those that were on
// their way. Errors: the disk's.
func (q *Queue) piece(j *Job, p printer.Profile, w *worker) error {
	ctx, stop := context.WithCancelCause(q.ctx)
	defer stop(nil)
	if !q.hold(w, j, stop) {
		return nil // somebody changed it since it was looked at
	}
	defer q.hold(w, nil, nil)
	if p.Name == "" {
		return q.end(j, printer.Outcome{Fate: printer.Refused, Reason: "the printer " + j.Printer + " was removed"})
	}
	driver := q.opts.Open(p)
	if j.Under != nil {
		u := j.Under
		return q.end(j, driver.Recall(ctx, q.handed(j, u), u.At))
	}
	size := pieceLabels
	if j.Done == 0 {
		size = firstPiece
	}
	u := &Underway{From: j.Done, To: min(j.Done+size, j.Labels), At: q.opts.Now().UTC()}
	// No name is used twice: after a failure the attempt differs.
	u.Name = fmt.Sprintf("bayledger-%d-%d-%d-%d", j.ID, u.From+1, j.Attempts, u.At.UnixMilli())
	labels, err := q.labels(j.ID, u.From, u.To)
	if err != nil {
		return err
	}
	j.Under, j.State = u, Sending
	if ok, err := q.begin(j); err != nil || !ok {
		return err
	}
	handed := q.handed(j, u)
	handed.Document = func(format string) ([]byte, error) { return q.opts.Document(j, labels, &p, format) }
	return q.end(j, driver.Send(ctx, handed))
}

// handed is a piece as its driver has it.
func (q *Queue) handed(j *Job, u *Underway) *printer.Piece {
	return &printer.Piece{Name: u.Name, Labels: u.To - u.From, Copies: j.Copies, Waits: func(reason string) { q.waits(j.ID, reason) }}
}

// hold makes a job the one that a worker is on, which Stop then leaves to it; false
// where the job is not any more as the worker has it. A nil job ends it.
func (q *Queue) hold(w *worker, j *Job, stop context.CancelCauseFunc) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j == nil {
		w.stop, w.job = nil, 0
		return true
	}
	if current := q.open[j.ID]; current == nil || *current != *j {
		return false
	}
	w.stop, w.job = stop, j.ID
	return true
}

// begin writes that a piece is on its way; of a job that was stopped just now, that
// it is.
func (q *Queue) begin(j *Job) (bool, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	current := q.open[j.ID]
	if current == nil {
		return false, nil
	}
	copied := *j
	begins := current.Halt == ""
	if !begins {
		copied = *current
		copied.halted(current.Halt)
	}
	if err := q.put(&copied, Changes{}); err != nil {
		return false, err
	}
	q.keep(&copied)
	return begins, nil
}

// waits shows why labels that the printer has are not out. It is told, and not
// written: after a crash the printer is asked again.
func (q *Queue) waits(id uint64, reason string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.open[id]
	if j == nil {
		return
	}
	copied := *j
	copied.State, copied.Reason, copied.Changed = Held, reason, q.opts.Now().UTC()
	if reason == "" {
		copied.State = Sending
	}
	q.keep(&copied)
}

// end writes what became of a piece. Somebody may have stopped the job meanwhile.
func (q *Queue) end(j *Job, out printer.Outcome) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	current := q.open[j.ID]
	if current == nil {
		return nil
	}
	copied := *j
	copied.Halt = current.Halt
	settle(&copied, out, q.opts.Now().UTC())
	if copied.Halt != "" && copied.State != Printed && (copied.Under == nil || copied.Ask) {
		copied.halted(copied.Halt)
	}
	if out.Fate != printer.Printed {
		q.opts.Log.Info("labels wait or failed", "printer", copied.Printer, "job", copied.ID, "state", copied.State, "reason", out.Reason)
	}
	if err := q.put(&copied, Changes{}); err != nil {
		return err
	}
	q.keep(&copied)
	return nil
}

// halted makes a job one that somebody stopped.
func (j *Job) halted(reason string) {
	j.State, j.Reason, j.Ask = Stopped, reason, false
	if j.Under != nil {
		j.Reason += "; " + span(j.Under) + " may have come out"
	}
}

// settle is what an outcome makes of a job.
func settle(j *Job, out printer.Outcome, now time.Time) {
	u := j.Under
	if out.Fate == printer.Unknown {
		j.State, j.Reason, j.Ask = Held, out.Reason, !out.Condition
		if j.Ask && u != nil {
			j.Reason = fmt.Sprintf("%s: look whether %s came out, and say how many", out.Reason, span(u))
		}
		j.later(now, true)
		return
	}
	if u != nil {
		j.Done = min(u.From+out.Labels, u.To)
		if out.Fate == printer.Printed {
			j.Done = u.To
		}
		if j.Under = nil; j.Done == j.Labels { // whatever it says of itself: all are out
			out = printer.Outcome{Fate: printer.Printed}
		}
	}
	switch out.Fate {
	case printer.Printed:
		j.Reason, j.Attempts, j.Broken, j.Since, j.NextAt = "", 0, 0, time.Time{}, time.Time{}
		if j.State = Queued; j.Done == j.Labels {
			j.State = Printed
		}
	case printer.Refused:
		j.State, j.Reason = Failed, out.Reason
	case printer.Broken:
		j.State, j.Reason = Queued, out.Reason
		if j.Broken++; j.Broken >= maxBroken {
			j.State = Failed
		}
		j.later(now, false)
	default:
		j.State, j.Reason = Queued, out.Reason
		if out.Condition {
			j.State = Held
		}
		j.later(now, out.Condition)
		if !out.Condition && now.Sub(j.Since) > giveUp {
			j.State, j.Reason = Failed, out.Reason+", for a day; given up"
		}
	}
}

// later puts a job off: longer with each failure.
func (j *Job) later(now time.Time, condition bool) {
	if j.Since.IsZero() || j.Attempts == 0 {
		j.Since = now
	}
	wait := longestWait
	if j.Attempts < 6 {
		wait = firstWait << j.Attempts
	}
	if condition {
		wait = min(wait, conditionWait)
	}
	j.Attempts++
	j.NextAt = now.Add(wait)
}

// span names labels as people count them.
func span(u *Underway) string {
	if u.To-u.From == 1 {
		return fmt.Sprintf("label %d", u.To)
	}
	return fmt.Sprintf("labels %d to %d", u.From+1, u.To)
}
