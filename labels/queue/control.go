package queue

import (
	"cmp"
	"encoding/binary"
	"maps"
	"strconv"

	"bayledger/labels/printer"
)

func be(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// Stop ends a job that is not finished: what is out stays out, what is on its way is
// taken back where the printer can. Errors: a *Fault, the disk's.
func (q *Queue) Stop(id uint64, by, why string) (Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.open[id]
	if j == nil {
		if _, err := q.read(id); err != nil {
			return Job{}, err
		}
		return Job{}, fault(WrongTime, "id", "The job %d is finished. Nothing was changed.", id)
	}
	copied := *j
	reason := stopped(by, why)
	if busy := q.busyWith(id); busy != nil { // its worker writes the end
		copied.Halt = reason
		if err := q.put(&copied, Changes{}); err != nil {
			return Job{}, err
		}
		q.keep(&copied)
		busy.stop(printer.ErrStop)
		return copied, nil
	}
	copied.State, copied.Ask, copied.Reason = Stopped, false, reason
	if u := copied.Under; u != nil {
		copied.Reason += "; " + span(u) + " may have come out"
	}
	if err := q.put(&copied, Changes{}); err != nil {
		return Job{}, err
	}
	q.keep(&copied)
	return copied, nil
}

// busyWith is the worker that has a piece of a job on its way, or nil. The caller
// holds mu.
func (q *Queue) busyWith(id uint64) *worker {
	for _, w := range q.workers {
		if w.job == id && w.stop != nil {
			return w
		}
	}
	return nil
}

func stopped(by, why string) string {
	out := "stopped"
	if by != "" {
		out += " by " + short(by)
	}
	if why != "" {
		out += ": " + short(why)
	}
	return out
}

// Resume lets a job go on: one that failed or was stopped, one that waits for its
// printer at once, and one that asked a person, who says in out how many of the
// labels in doubt came out.
func (q *Queue) Resume(id uint64, out int) (Job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.open[id]
	if j == nil {
		var err error
		if j, err = q.read(id); err != nil {
			return Job{}, err
		}
		if j.State == Printed {
			return Job{}, fault(WrongTime, "id", "The job %d is printed. Nothing was changed; reprint its labels.", id)
		}
	}
	copied := *j
	u := j.Under
	switch {
	case j.State == Sending:
		return Job{}, fault(WrongTime, "id", "The job %d is being printed. Nothing was changed.", id)
	case j.Ask || u != nil && j.State.Final():
		if u != nil && (out < 0 || out > u.To-u.From) {
			return Job{}, fault(BadField, "came_out", "%d labels were on their way. Nothing was changed; say how many of them came out, 0 to %d.", u.To-u.From, u.To-u.From)
		}
		if u != nil {
			copied.Done = u.From + out
		}
		copied.Under = nil
	}
	copied.Ask, copied.Reason, copied.Halt, copied.Attempts, copied.Broken = false, "", "", 0, 0
	copied.NextAt, copied.State = q.opts.Now().UTC(), Queued
	if copied.Done == copied.Labels {
		copied.State = Printed
	}
	if err := q.put(&copied, Changes{}); err != nil {
		return Job{}, err
	}
	q.keep(&copied)
	q.kick(copied.Printer)
	return copied, nil
}

// Reprint prints labels of a job again, with the numbers that they have and a mark
// that says so; numbers are those of its labels, from 0, none: all. Who asks and why
// is kept with the new job. A label that is void is not printed again.
func (q *Queue) Reprint(id uint64, which []int, r Request) (Job, bool, error) {
	q.commits.Lock()
	defer q.commits.Unlock()
	j, labels, err := q.Job(id)
	if err != nil {
		return Job{}, false, err
	}
	if len(which) == 0 {
		for n := range labels {
			if labels[n].Void == nil {
				which = append(which, n)
			}
		}
	}
	r.Layout, r.Version, r.Subject, r.Delivery, r.Reprint = j.Layout, j.Version, j.Subject, j.Delivery, id
	r.Copies = cmp.Or(r.Copies, j.Copies)
	r.Printer = cmp.Or(r.Printer, j.Printer)
	if r.Why == "" {
		return Job{}, false, fault(BadField, "reason", "A reprint needs a reason. Nothing was printed.")
	}
	c, again := Changes{}, map[int]bool{}
	for _, n := range which {
		if n < 0 || n >= len(labels) || again[n] {
			return Job{}, false, fault(BadField, "labels", "The job %d has no label %d, or it was named twice. Nothing was printed.", id, n+1)
		}
		again[n] = true
		l := labels[n]
		if l.Void != nil {
			return Job{}, false, fault(WrongTime, "labels", "Label %d of job %d is void. Nothing was printed.", n+1, id)
		}
		l.Reprint++
		value, err := row(l)
		if err != nil {
			return Job{}, false, err
		}
		c.put(labelKey(id, n), value)
		l.Fields = maps.Clone(l.Fields)
		l.Fields["mark"] = "REPRINT " + strconv.Itoa(l.Reprint)
		r.Labels = append(r.Labels, l)
	}
	if err := q.check(&r); err != nil {
		return Job{}, false, err
	}
	hash := ""
	if r.Key != "" { // the count of a repeat differs, its key tells
		hash = "reprint of " + strconv.FormatUint(id, 10)
		if j, repeat, err := q.known(r.Key, hash); repeat || err != nil {
			return j, repeat, err
		}
	}
	return q.enter(&r, hash, c)
}

// Void says that labels of a finished job are not to be used: their numbers stay
// given, and they are not printed again.
func (q *Queue) Void(id uint64, which []int, by, why string) error {
	q.commits.Lock()
	defer q.commits.Unlock()
	j, labels, err := q.Job(id)
	if err != nil {
		return err
	}
	switch {
	case !j.State.Final():
		return fault(WrongTime, "id", "The job %d is not finished. Nothing was changed; stop it first.", id)
	case why == "":
		return fault(BadField, "reason", "Voiding labels needs a reason. Nothing was changed.")
	case len(which) == 0:
		for n := range labels {
			which = append(which, n)
		}
	}
	c := Changes{}
	for _, n := range which {
		if n < 0 || n >= len(labels) {
			return fault(BadField, "labels", "The job %d has no label %d. Nothing was changed.", id, n+1)
		}
		if labels[n].Void != nil {
			continue // it stays as it was said first
		}
		labels[n].Void = &Note{By: by, At: q.opts.Now().UTC(), Why: why}
		value, err := row(labels[n])
		if err != nil {
			return err
		}
		c.put(labelKey(id, n), value)
	}
	return q.disk.Commit(c)
}
