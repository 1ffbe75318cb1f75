package journal

import (
	"bytes"
	"slices"
)

// How rows are checkpointed: an append with enough rows that are due writes them as
// a run, and goes on with the merge of runs that is under way, in the transaction
// of its own block. So nothing happens beside the appends, a merge costs each of
// them little, and one that a crash cuts short leaves pages that belong to nothing.

const (
	// flushRows are written by one append: about a page of them.
	flushRows = 2_048
	// Where more rows wait than memory should hold they are written whatever their age.
	maxDirtyRows  = 500_000
	maxDirtyBytes = 128 << 20
	// flushSteps: rows are written once the oldest has been due for this part of the
	// lag, so that a run is worth its page.
	flushSteps = 8
	// An append merges so many rows, and so many for each that its batch changes: of
	// these about half become due, and each is merged some ten times.
	leastMergedRows = 64
	mergedRows      = 16
	// mostCredit bounds what is made up for at once where pages did not fit into the
	// commits before.
	mostCredit = 16_384
	// leastRemoved pages, or rows of format 1, are taken away by an append.
	leastRemoved = 64
)

// merging is a merge of runs under way.
type merging struct {
	from, count int // which of the list; what comes meanwhile comes after them
	withOld     bool
	merge       *merge
	out         run
	page        pageBuilder
	ended       bool // all rows are in pages or in page
}

// crowded says whether more rows wait than memory should hold.
func (d *dirty) crowded() bool { return d.count > maxDirtyRows || d.bytes > maxDirtyBytes }

// relieve writes rows in commits of their own, whatever their age, while more wait
// than memory should hold: batches of very many rows leave no room for them beside
// their blocks. All of them are of batches before entry next, which are stored.
func (c *core) relieve(next uint64) error {
	most, count := c.st.limits()
	for c.dirty.crowded() {
		c.writes.reset()
		c.flushRows(next, maxDirtyRows, most, count)
		mark, cut := c.marks(next, next)
		if err := c.st.commit(c.writes.list); err != nil {
			return err
		}
		c.mark, c.cut = mark, cut
	}
	return nil
}

// flush adds the rows that are due to the commit being gathered, as a run, once the
// oldest has waited long enough for that.
func (c *core) flush(due uint64, most, count int) {
	if oldest := c.dirty.oldest(); oldest != nil && oldest.since+c.lag/flushSteps <= due {
		c.flushRows(due, flushRows, most, count)
	}
}

// flushRows adds rows that wait since entry due or longer to the commit being
// gathered, as a run, so many at most.
func (c *core) flushRows(due uint64, rows, most, count int) {
	c.flushed = c.flushed[:0]
	size := 0
	for number := c.dirty.first; number != 0 && len(c.flushed) < rows; number = c.dirty.rows[number].next {
		row := &c.dirty.rows[number]
		size += len(row.buf) + rowOverhead
		pages := size/pageBytes + 1
		if row.since > due || !c.fits(size+pages*(pageOverhead+writeOverhead), pages, most, count) {
			break
		}
		c.flushed = append(c.flushed, row)
	}
	if len(c.flushed) == 0 {
		return
	}
	sortRows(c.flushed)
	out := c.runs.begin()
	c.page.reset()
	for i, row := range c.flushed {
		c.page.add(row.key(), row.value(), row.deleted)
		if c.page.full() || i == len(c.flushed)-1 {
			c.writes.page(&out, &c.page)
		}
	}
	for range c.flushed {
		c.dirty.pop()
	}
	clear(c.flushed)
	c.runs.list = append(c.runs.list, out)
	c.relist = true
}

// mergeSome goes on with a merge, by about so many rows, and begins one where it is
// time.
func (c *core) mergeSome(rows, most, count int) error {
	if c.unread != nil {
		return nil
	}
	if c.merging == nil {
		c.credit = 0
		if err := c.beginMerge(); err != nil || c.merging == nil {
			return err
		}
	}
	m := c.merging
	c.credit = min(c.credit+rows, mostCredit)
	for start := m.merge.taken; !m.ended && c.credit > 0; start = m.merge.taken {
		if m.page.full() {
			if !c.fits(len(m.page.buf)+pageOverhead, 1, most, count) {
				return nil
			}
			c.writes.page(&m.out, &m.page)
		}
		row, err := m.merge.next()
		if err != nil {
			return err
		}
		c.credit -= max(1, m.merge.taken-start)
		switch {
		case row == nil:
			m.ended = true
		case row.deleted && m.bottom():
		default:
			m.page.add(row.key, row.value, row.deleted)
		}
	}
	if m.ended && c.fits(len(m.page.buf)+pageOverhead, 1, most, count) {
		c.endMerge()
	}
	return nil
}

// giveUpMerging leaves the runs as they are: one of them cannot be read. The entries
// say what is in it, so scans go on being booked; the next start says what to do.
func (c *core) giveUpMerging(err error) {
	c.unread, c.merging = err, nil
	c.unmerged.Store(true)
	if c.log != nil {
		c.log("rows are not merged any more until the next start: %v", err)
	}
}

// bottom says whether nothing is older than what is merged: then what is deleted
// needs no mention.
func (m *merging) bottom() bool { return m.from == 0 }

func (c *core) beginMerge() error {
	from, end := c.runs.due()
	if from == end && !c.runs.old {
		return nil
	}
	m := &merging{from: from, count: end - from, withOld: c.runs.old, out: c.runs.begin()}
	var err error
	if m.merge, err = startMerge(c.cursors(from, end, m.withOld)); err != nil {
		return err
	}
	m.page.reset()
	c.merging = m
	return nil
}

// cursors returns those of a part of the runs; with old, the rows of format 1 are
// the oldest.
func (c *core) cursors(from, end int, old bool) []*cursor {
	out := make([]*cursor, 0, end-from+1)
	for i := end - 1; i >= from; i-- {
		out = append(out, c.runCursor(c.runs.list[i], len(out)))
	}
	if old {
		out = append(out, c.oldCursor(len(out)))
	}
	return out
}

// endMerge puts the merged run in the place of those that it came from.
func (c *core) endMerge() {
	m := c.merging
	if m.page.rows > 0 {
		c.writes.page(&m.out, &m.page)
	}
	taken := c.runs.list[m.from : m.from+m.count]
	for i := range taken {
		for page := range taken[i].pages {
			c.waste.page(taken[i].id, page)
		}
	}
	var out []run
	if m.out.pages > 0 {
		out = []run{m.out}
	}
	c.runs.list = slices.Replace(c.runs.list, m.from, m.from+m.count, out...)
	if m.withOld {
		c.runs.old, c.waste.old = false, true
	}
	c.relist, c.merging = true, nil
}

// waste is what is stored and belongs to nothing any more.
type waste struct {
	pages []wastedPage
	old   bool   // rows of format 1
	from  []byte // of them: the first that may be there
}

type wastedPage struct {
	id   uint64
	page int
}

func (w *waste) page(id uint64, page int) { w.pages = append(w.pages, wastedPage{id, page}) }

// removeWaste adds the removal of some of what belongs to nothing to the commit
// being gathered, once the list that names it no more is stored.
func (c *core) removeWaste(keys, most, count int) error {
	for ; keys > 0 && len(c.waste.pages) > 0 && c.fits(runKeySize, 1, most, count); keys-- {
		last := c.waste.pages[len(c.waste.pages)-1]
		c.waste.pages = c.waste.pages[:len(c.waste.pages)-1]
		start := len(c.writes.arena)
		c.writes.arena = pageKey(c.writes.arena, last.id, last.page)
		c.writes.add(write{key: c.writes.keep(start), remove: true})
	}
	if keys == 0 || !c.waste.old {
		return nil
	}
	if len(c.waste.from) == 0 {
		c.waste.from = []byte{roomRows}
	}
	all := true
	prefix := [1]byte{roomRows}
	err := c.st.each(prefix[:], bytes.Clone(c.waste.from), false, func(key, _ []byte) (bool, error) {
		if keys == 0 || !c.fits(len(key), 1, most, count) {
			all = false
			return false, nil
		}
		keys--
		start := len(c.writes.arena)
		c.writes.arena = append(c.writes.arena, key...)
		c.writes.add(write{key: c.writes.keep(start), remove: true})
		c.waste.from = append(append(c.waste.from[:0], key...), 0)
		return true, nil
	})
	c.waste.old = !all
	return err
}
