package queue

// restoreSkip numbers of each range are passed over after a backup was restored:
// more than are given between two backups. Of a small range it is a twentieth.
const restoreSkip = 10_000

// keyEpoch is the row of the books' epoch.
const keyEpoch = "ne"

// enterEpoch sees to it that a restored backup prints nothing again: what happened
// after it was made is not known here any more.
func (q *Queue) enterEpoch(epoch string) error {
	was, err := q.disk.Get(keyEpoch)
	if err != nil || epoch == "" || string(was) == epoch {
		return err
	}
	c := Changes{}
	if was != nil { // else new, or from before epochs were noted
		if err := q.doubt(); err != nil {
			return err
		}
		if err := q.passOver(&c); err != nil {
			return err
		}
	}
	c.put(keyEpoch, []byte(epoch))
	return q.disk.Commit(c)
}

// doubt holds the jobs that were not finished when the backup was made: their
// labels may have come out since, so that a person has to look.
func (q *Queue) doubt() error {
	for _, j := range q.open {
		from := j.Done
		if j.Under != nil {
			from = j.Under.From
		}
		copied := *j
		copied.Under = &Underway{From: from, To: j.Labels, At: q.opts.Now().UTC()}
		copied.State, copied.Ask, copied.Halt = Held, true, ""
		copied.Reason = "a backup was restored: look whether " + span(copied.Under) + " came out since, and say how many"
		if err := q.put(&copied, Changes{}); err != nil {
			return err
		}
		q.open[j.ID] = &copied
	}
	return nil
}

// passOver leaves numbers out that may have been given since.
func (q *Queue) passOver(c *Changes) error {
	ranges, err := q.Ranges()
	if err != nil {
		return err
	}
	for _, r := range ranges {
		count := r.To - r.From + 1
		r.Next = r.From + (r.Next-r.From+min(restoreSkip, count/20))%count
		value, err := row(r)
		if err != nil {
			return err
		}
		c.put(keyRange+r.Name, value)
		q.opts.Log.Warn("a backup was restored: numbers are passed over, for those given after it are not known", "range", r.Name, "next", r.Next)
	}
	return nil
}
