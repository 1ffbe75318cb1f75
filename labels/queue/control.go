package queue

import (
	"cmp"
	"encoding/binary"
	"fmt"
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
	copied.halted(reason)
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
// labels in doubt came out; below 0: not said.
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
// is kept with the new job. A label that is void is not printed again. try is as
// Submit's, with the request filled in from the job.
func (q *Queue) Reprint(id uint64, which []int, r Request, try func(*Request) error) (Job, bool, error) {
	q.commits.Lock()
	defer q.commits.Unlock()
	j, labels, err := q.Job(id)
	if err != nil {
		return Job{}, false, err
	}
	r.Layout, r.Version, r.Subject, r.Delivery, r.Reprint = j.Layout, j.Version, j.Subject, j.Delivery, id
	r.Copies = cmp.Or(r.Copies, j.Copies)
	r.Printer = cmp.Or(r.Printer, j.Printer)
	r.Asked = fmt.Sprintf("reprint of %d: %v, %d on %s", id, which, r.Copies, r.Printer)
	if j, repeat, err := q.known(r.Key, r.hash()); repeat || err != nil {
		return j, repeat, err
	}
	if r.Why == "" {
		return Job{}, false, fault(BadField, "reason", "A reprint needs a reason. Nothing was printed.")
	}
	c := Changes{}
	if err := q.again(&c, &r, labels, which); err != nil {
		return Job{}, false, err
	}
	if err := q.check(&r); err != nil {
		return Job{}, false, err
	}
	if try != nil {
		if err := try(&r); err != nil {
			return Job{}, false, err
		}
	}
	return q.enter(&r, r.hash(), c)
}

// again picks the labels of a reprint, and counts them where they were printed first.
func (q *Queue) again(c *Changes, r *Request, labels []Label, which []int) error {
	all := len(which) == 0
	for n := range labels {
		if all {
			which = append(which, n)
		}
	}
	twice := map[int]bool{}
	for _, n := range which {
		if n < 0 || n >= len(labels) || twice[n] {
			return fault(BadField, "labels", "The job %d has no label %d, or it was named twice. Nothing was printed.", r.Reprint, n+1)
		}
		twice[n] = true
		l := labels[n]
		void, err := q.void(&l)
		if err != nil {
			return err
		}
		if void && all {
			continue
		}
		if void {
			return fault(WrongTime, "labels", "Label %d of job %d is void. Nothing was printed.", n+1, r.Reprint)
		}
		l.Reprint++
		value, err := row(l)
		if err != nil {
			return err
		}
		c.put(labelKey(r.Reprint, n), value)
		l.Fields = maps.Clone(l.Fields)
		l.Fields["mark"] = "REPRINT " + strconv.Itoa(l.Reprint)
		r.Labels = append(r.Labels, l)
	}
	return nil
}

// first is the label that was given the number which a label bears: a reprint's is
// in another job. ok is false where there is none, or it is the label itself.
func (q *Queue) first(l *Label) (first Label, key string, ok bool, err error) {
	if l.Number == "" {
		return first, "", false, nil
	}
	value, err := q.disk.Get(keyIssued + l.Kind + "/" + l.Number)
	if err != nil || value == nil {
		return first, "", false, err
	}
	given, err := decode[issued](value, l.Number)
	if err != nil {
		return first, "", false, err
	}
	key = labelKey(given.Job, given.Label)
	if value, err = q.disk.Get(key); err != nil || value == nil {
		return first, "", false, err
	}
	first, err = decode[Label](value, key)
	return first, key, err == nil && first.Number == l.Number, err
}

// void says whether a label, or the one that its number was given to, is void.
func (q *Queue) void(l *Label) (bool, error) {
	if l.Void != nil {
		return true, nil
	}
	first, _, ok, err := q.first(l)
	return ok && first.Void != nil, err
}

// Void says that labels of a finished job are not to be used: their numbers stay
// given, and they are not printed again, by whichever job.
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
	note := &Note{By: by, At: q.opts.Now().UTC(), Why: why}
	for _, n := range which {
		if n < 0 || n >= len(labels) {
			return fault(BadField, "labels", "The job %d has no label %d. Nothing was changed.", id, n+1)
		}
		first, key, ok, err := q.first(&labels[n])
		if err != nil {
			return err
		}
		if ok && key != labelKey(id, n) {
			if err := c.void(key, first, note); err != nil {
				return err
			}
		}
		if err := c.void(labelKey(id, n), labels[n], note); err != nil {
			return err
		}
	}
	if c.Size() > MaxCommit {
		return fault(TooLarge, "labels", "These are more labels than can be void at once. Nothing was changed; name fewer.")
	}
	return q.disk.Commit(c)
}

// void writes a note to a label; one that is void stays as it was said first.
func (c *Changes) void(key string, l Label, note *Note) error {
	if l.Void != nil {
		return nil
	}
	l.Void = note
	value, err := row(l)
	c.put(key, value)
	return err
}
