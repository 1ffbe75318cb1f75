package journal

import (
	"cmp"
	"slices"
)

// dirty is the set of rows whose newest value is in blocks but not yet under its
// own key, in the order in which they became so.
type dirty struct {
	rows  map[string]*dirtyRow
	queue []*dirtyRow // from head on
	head  int
	bytes int
	spare []*dirtyRow // written ones, for their memory
}

type dirtyRow struct {
	key     string
	value   []byte
	deleted bool
	since   uint64 // first entry of the first batch that changed it since it was last written
}

const (
	// dirtyRowBytes is what a row takes beside its key and value: the struct, its
	// place in map and queue.
	dirtyRowBytes = 160
	// maxSpare bounds the memory kept for rows to come, and maxSpareValue that of
	// each one.
	maxSpare      = 4_096
	maxSpareValue = 1 << 10
)

func newDirty() *dirty { return &dirty{rows: make(map[string]*dirtyRow)} }

func (d *dirty) len() int { return len(d.rows) }

// set notes a row's change by the batch that begins with entry n.
func (d *dirty) set(n uint64, key, value []byte, deleted bool) {
	row := d.rows[string(key)]
	if row == nil {
		row = d.add(n, string(key))
	}
	d.bytes += len(value) - len(row.value)
	row.value = append(row.value[:0], value...)
	row.deleted = deleted
}

func (d *dirty) add(n uint64, key string) *dirtyRow {
	var row *dirtyRow
	if last := len(d.spare) - 1; last >= 0 {
		row, d.spare = d.spare[last], d.spare[:last]
		*row = dirtyRow{key: key, since: n, value: row.value[:0]}
	} else {
		row = &dirtyRow{key: key, since: n}
	}
	d.rows[key] = row
	d.queue = append(d.queue, row)
	d.bytes += len(key) + dirtyRowBytes
	return row
}

// oldest returns the row that has waited longest, nil if none waits.
func (d *dirty) oldest() *dirtyRow {
	if d.head == len(d.queue) {
		return nil
	}
	return d.queue[d.head]
}

// pop takes the oldest row out of the set.
func (d *dirty) pop() *dirtyRow {
	row := d.queue[d.head]
	d.queue[d.head] = nil
	d.head++
	if d.head > len(d.queue)/2 {
		d.queue = slices.Delete(d.queue, 0, d.head)
		d.head = 0
	}
	delete(d.rows, row.key)
	d.bytes -= len(row.key) + len(row.value) + dirtyRowBytes
	return row
}

// release gives back the memory of rows popped, once they are written.
func (d *dirty) release(rows []*dirtyRow) {
	for _, row := range rows {
		if len(d.spare) < maxSpare && cap(row.value) <= maxSpareValue {
			row.key = ""
			d.spare = append(d.spare, row)
		}
	}
}

// mark returns the first entry of which a row change may not be under its own
// key; next is the entry after the last.
func (d *dirty) mark(next uint64) uint64 {
	if row := d.oldest(); row != nil {
		return row.since
	}
	return next
}

// sorted returns the set in the order of keys.
func (d *dirty) sorted() []*dirtyRow {
	rows := slices.Clone(d.queue[d.head:])
	slices.SortFunc(rows, func(a, b *dirtyRow) int { return cmp.Compare(a.key, b.key) })
	return rows
}
