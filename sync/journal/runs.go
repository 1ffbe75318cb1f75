package journal

import (
	"encoding/binary"
	"errors"
)

// runs are the rows that are checkpointed: sorted lists of them, each written once.
// A row is in the newest run that has it, or it is not there at all. Each append
// with rows that are due makes a run; runs are merged so that there are few, and
// no more than about twice the rows that there are (merging.go).
type runs struct {
	list []run // the oldest first
	next uint64
	// old: rows under keys of their own (folders of format 1) come before all runs.
	// The first merge takes them in.
	old bool
}

// run is a list of rows in the order of keys, in pages.
type run struct {
	id    uint64
	pages int
	rows  uint64
	bytes uint64 // in pages, without keys and checksums
}

const (
	runsVersion = 1
	// runRecord is what a run takes at most in the list as stored.
	runRecord = 4 * binary.MaxVarintLen64
	// mostMerged is how many runs are merged at once: each keeps a page in memory.
	mostMerged = 64
	// leastMerged: with fewer a merge writes too much for what it saves.
	leastMerged = 4
)

// size is what the list takes at most as stored, with its key, and with one more.
func (s *runs) size() int { return len(runsKey) + 32 + (len(s.list)+1)*runRecord + writeOverhead }

// encode appends the list as stored under runsKey.
func (s *runs) encode(b []byte) []byte {
	start := len(b)
	b = binary.AppendUvarint(append(b, runsVersion), s.next)
	old := byte(0)
	if s.old {
		old = 1
	}
	b = binary.AppendUvarint(append(b, old), uint64(len(s.list)))
	for i := range s.list {
		r := &s.list[i]
		for _, v := range []uint64{r.id, uint64(r.pages), r.rows, r.bytes} {
			b = binary.AppendUvarint(b, v)
		}
	}
	return be32(b, rowSum(runsKey, b[start:]))
}

// parseRuns reads what encode wrote.
func parseRuns(stored []byte) (s runs, ok bool) {
	body, ok := parseRow(runsKey, stored)
	if !ok || len(body) < 2 || body[0] != runsVersion {
		return runs{}, false
	}
	r := reader{b: body[1:]}
	s.next = r.uvarint()
	if old := r.bytes(1); len(old) == 1 {
		s.old = old[0] != 0
	}
	count := r.uvarint()
	if r.bad || count > uint64(len(r.b)) {
		return runs{}, false
	}
	s.list = make([]run, count)
	seen := make(map[uint64]bool, count)
	for i := range s.list {
		one := run{id: r.uvarint(), pages: int(r.uvarint()), rows: r.uvarint(), bytes: r.uvarint()}
		if one.id >= s.next || one.pages <= 0 || seen[one.id] {
			return runs{}, false
		}
		seen[one.id] = true
		s.list[i] = one
	}
	return s, !r.bad && len(r.b) == 0
}

// due returns which runs are to be merged, if any: the oldest one that all newer
// ones together have outgrown, and those after it. So what is merged at least
// doubles, and a row is written again about as often as the list of all rows
// doubles in size.
func (s *runs) due() (from, end int) {
	if s.old {
		return 0, min(len(s.list), mostMerged)
	}
	end, from = len(s.list), len(s.list)
	newer := uint64(0)
	for i := end - 1; i >= 0; i-- {
		if newer >= s.list[i].bytes {
			from = i
		}
		newer += s.list[i].bytes
	}
	if end-from < leastMerged {
		return end, end
	}
	return from, min(end, from+mostMerged)
}

// openRuns reads the list, and finds pages and rows that belong to nothing: what a
// merge had written when its process ended, or what it had not taken away yet.
func (c *core) openRuns() error {
	ok, found := true, false
	err := c.st.get(runsKey, func(v []byte) error {
		found = true
		c.runs, ok = parseRuns(v)
		return nil
	})
	if err != nil && !errors.Is(err, errNoKey) {
		return err
	}
	if !ok {
		return lost("the list of runs of rows (jruns) cannot be read")
	}
	old, err := c.hasOldRows()
	if err != nil {
		return err
	}
	if !found { // the folder was of format 1
		if err := c.beginRuns(old); err != nil {
			return err
		}
	}
	c.waste.old = old && !c.runs.old
	live := make(map[uint64]bool, len(c.runs.list))
	for i := range c.runs.list {
		live[c.runs.list[i].id] = true
	}
	prefix := [1]byte{roomRuns}
	return c.st.each(prefix[:], prefix[:], false, func(key, _ []byte) (bool, error) {
		id, page, ok := parsePageKey(key)
		if !ok {
			return false, lost("there is a key %.200x among the pages of rows", key)
		}
		if !live[id] {
			c.waste.page(id, page)
			c.runs.next = max(c.runs.next, id+1)
		}
		return true, nil
	})
}

// beginRuns stores the first list of a folder.
func (c *core) beginRuns(old bool) error {
	prefix := [1]byte{roomRuns}
	err := c.st.each(prefix[:], prefix[:], false, func(_, _ []byte) (bool, error) {
		return false, lost("there are pages of rows, but the list of their runs (jruns) is gone")
	})
	if err != nil {
		return err
	}
	c.runs.old = old
	return c.st.commit([]write{{key: runsKey, value: c.runs.encode(nil)}})
}

// hasOldRows says whether there are rows under keys of their own.
func (c *core) hasOldRows() (old bool, err error) {
	prefix := [1]byte{roomRows}
	err = c.st.each(prefix[:], prefix[:], false, func(_, _ []byte) (bool, error) {
		old = true
		return false, nil
	})
	return old, err
}

// begin starts a run.
func (s *runs) begin() run {
	s.next++
	return run{id: s.next - 1}
}

// badPage is the damage of a page.
func badPage(id uint64, page int, wrong string) error {
	return lost("page %d of run %d of the rows cannot be read: %s", page, id, wrong)
}
