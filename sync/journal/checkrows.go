package journal

import (
	"bytes"
	"context"
)

// checkRows reads every page: its checksum, and the order of its rows. Appends may
// merge runs meanwhile: a run that is listed before and after was there all the
// time, so all of it must have been seen.
func (c *core) checkRows(ctx context.Context) error {
	before := c.listed()
	seen := make(map[uint64]run, len(before))
	var p page
	var last []byte
	prefix := [1]byte{roomRuns}
	err := c.st.each(prefix[:], prefix[:], false, func(key, stored []byte) (bool, error) {
		id, number, ok := parsePageKey(key)
		if !ok {
			return false, lost("there is a key %.200x among the pages of rows", key)
		}
		if _, listed := before[id]; !listed {
			return true, ctx.Err() // what a merge has left, or is making
		}
		r := seen[id]
		if r.pages == 0 {
			last = last[:0]
		}
		rows, wrong := checkPage(&p, key, stored, &last)
		if wrong != "" {
			return false, badPage(id, number, wrong)
		}
		r.pages, r.rows = r.pages+1, r.rows+rows
		seen[id] = r
		return true, ctx.Err()
	})
	if err != nil {
		return err
	}
	for id, r := range c.listed() {
		if was, ok := before[id]; ok && (seen[id].pages != was.pages || seen[id].rows != r.rows) {
			return lost("run %d of the rows has %d rows in %d pages, where its list says %d in %d", id, seen[id].rows, seen[id].pages, r.rows, r.pages)
		}
	}
	if err := c.eachOld([]byte{roomRows}, func(_, _ []byte) bool { return ctx.Err() == nil }); err != nil {
		return err
	}
	return ctx.Err()
}

// listed returns the runs that are listed now.
func (c *core) listed() map[uint64]run {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[uint64]run, len(c.runs.list))
	for _, r := range c.runs.list {
		out[r.id] = r
	}
	return out
}

// checkPage counts a page's rows; last is the key of the run's row before it, and is
// changed.
func checkPage(p *page, key, stored []byte, last *[]byte) (rows uint64, wrong string) {
	if wrong = openPage(p, key, stored); wrong != "" {
		return 0, wrong
	}
	for {
		more, wrong := p.next()
		if wrong != "" || !more {
			*last = append((*last)[:0], p.key...)
			return rows, wrong
		}
		if rows == 0 && bytes.Compare(p.key, *last) <= 0 {
			return 0, "its rows are not in order"
		}
		rows++
	}
}
