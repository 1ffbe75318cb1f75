package queue

import (
	"encoding/binary"
	"time"
)

// What is kept, and for how long.
const (
	// Kept is how long a finished job and the numbers of its labels are remembered:
	// over the twelve months in which no number is given again.
	Kept = 400 * 24 * time.Hour
	// tidyEvery is how often what is older is removed.
	tidyEvery = 24 * time.Hour
	// pruneRows go in one commit, or those of one job; Badger takes 13,000.
	pruneRows = 2_000
)

// tidy removes what is too old, now and once a day.
func (q *Queue) tidy() {
	timer := time.NewTicker(tidyEvery)
	defer timer.Stop()
	for {
		if err := q.Prune(q.opts.Now().Add(-Kept)); err != nil {
			q.opts.Log.Error("old print jobs could not be removed", "error", err)
		}
		select {
		case <-timer.C:
		case <-q.quit:
			return
		}
	}
}

// Prune forgets finished jobs from before a moment, their labels and keys, and
// numbers that were given before it.
func (q *Queue) Prune(before time.Time) error {
	for {
		c, err := q.oldJobs(before)
		if err == nil && len(c.Delete) == 0 {
			c, err = q.oldNumbers(before)
		}
		if err != nil || len(c.Delete) == 0 {
			return err
		}
		if err := q.disk.Commit(c); err != nil {
			return err
		}
		select {
		case <-q.quit:
			return nil
		default:
		}
	}
}

// oldJobs finds some that may go. Jobs are numbered as they come: behind the first
// that is young none is old. The newest stays: the next number follows from it.
func (q *Queue) oldJobs(before time.Time) (c Changes, err error) {
	q.mu.Lock()
	last := q.last
	q.mu.Unlock()
	err = q.disk.Scan(keyJob, "", false, func(key string, value []byte) (bool, error) {
		j, err := decode[Job](value, key)
		if err != nil || !j.Created.Before(before) || len(c.Delete) >= pruneRows {
			return false, err
		}
		if id := binary.BigEndian.Uint64([]byte(key[len(keyJob):])); !j.State.Final() || id == last {
			return true, nil
		}
		c.Delete = append(c.Delete, key)
		if j.Key != "" {
			c.Delete = append(c.Delete, keyKey+j.Key)
		}
		for n := range j.Labels {
			c.Delete = append(c.Delete, labelKey(j.ID, n))
		}
		return true, nil
	})
	return c, err
}

func (q *Queue) oldNumbers(before time.Time) (c Changes, err error) {
	err = q.disk.Scan(keyIssued, "", false, func(key string, value []byte) (bool, error) {
		given, err := decode[issued](value, key)
		if err == nil && given.At.Before(before) {
			c.Delete = append(c.Delete, key)
		}
		return len(c.Delete) < pruneRows, err
	})
	return c, err
}
