package journal

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"
)

// dirty is the set of rows whose newest value is in blocks but in no run yet, in the
// order in which they became so. Every row change of every batch goes through it,
// and a set of 100,000 rows is far larger than a processor's cache: so it is a table
// of its own, which touches three places in memory for a change where a map of
// pointers touches five.
type dirty struct {
	seed  maphash.Seed
	slots []uint32   // hash to number in rows, by linear probing; at most half of them taken
	rows  []dirtyRow // 0 is none; never moved out of order, freed ones used again
	first uint32     // in the order of since; 0 if the set is empty
	last  uint32
	free  uint32 // list of freed ones
	count int
	bytes int

	touched uint32 // keeps the looking ahead from being optimised away
}

type dirtyRow struct {
	buf     []byte // key, then value
	since   uint64 // first entry of the first batch that changed it since it was last written
	hash    uint32
	keySize uint32
	next    uint32
	deleted bool
}

func (r *dirtyRow) key() []byte   { return r.buf[:r.keySize:r.keySize] }
func (r *dirtyRow) value() []byte { return r.buf[r.keySize:] }

const (
	// dirtyRowBytes is what a row takes beside its key and value.
	dirtyRowBytes = 64
	// maxSpareValue bounds the memory that a freed row keeps for the next one.
	maxSpareValue = 1 << 10
	leastSlots    = 1 << 10
)

func newDirty() *dirty {
	return &dirty{seed: maphash.MakeSeed(), slots: make([]uint32, leastSlots), rows: make([]dirtyRow, 1, leastSlots/2)}
}

func (d *dirty) len() int { return d.count }

// ahead is how many rows apply looks up side by side.
const ahead = 32

// apply notes the row changes of the batch that begins with entry n. Memory that
// is in no cache takes its time, but several places do so at once: so a group of
// rows is first looked up step by step, all of them together, and then changed.
func (d *dirty) apply(n uint64, rows []Row) {
	var hashes [ahead]uint32
	for len(rows) > 0 {
		group := rows[:min(ahead, len(rows))]
		rows = rows[len(group):]
		d.lookAhead(group, &hashes)
		for i := range group {
			d.set(n, hashes[i], group[i].Key, group[i].Value, group[i].Value == nil)
		}
	}
}

// lookAhead hashes the keys of a group, at most ahead of them, and brings what
// there is of them into the processor's caches.
func (d *dirty) lookAhead(group []Row, hashes *[ahead]uint32) {
	var slots [ahead]uint32
	mask := uint32(len(d.slots) - 1)
	for i := range group {
		hashes[i] = d.hash(group[i].Key)
	}
	for i := range group {
		slots[i] = d.slots[hashes[i]&mask]
	}
	for i := range group {
		if row := &d.rows[slots[i]]; row.hash == hashes[i] && len(row.buf) > 0 {
			d.touched += uint32(row.buf[0])
		}
	}
}

func (d *dirty) hash(key []byte) uint32 { return uint32(maphash.Bytes(d.seed, key)) }

// slot returns where a key's row is, or is to be put: then the slot holds 0.
func (d *dirty) slot(hash uint32, key []byte) *uint32 {
	mask := uint32(len(d.slots) - 1)
	at := hash & mask
	for ; d.slots[at] != 0; at = (at + 1) & mask {
		if row := &d.rows[d.slots[at]]; row.hash == hash && bytes.Equal(row.key(), key) {
			break
		}
	}
	return &d.slots[at]
}

// find returns the row of a key, nil if there is none.
func (d *dirty) find(hash uint32, key []byte) *dirtyRow {
	if number := *d.slot(hash, key); number != 0 {
		return &d.rows[number]
	}
	return nil
}

// set changes a row, or adds one at the end of the queue.
func (d *dirty) set(n uint64, hash uint32, key, value []byte, deleted bool) *dirtyRow {
	slot := d.slot(hash, key)
	number := *slot
	if number != 0 {
		row := &d.rows[number]
		d.bytes += len(value) - len(row.value())
		row.buf = append(row.buf[:len(key)], value...)
		row.deleted = deleted
		return row
	}
	number = d.add(n, hash, key, value, deleted)
	*slot = number
	if d.count*2 > len(d.slots) {
		d.grow()
	}
	return &d.rows[number]
}

// add puts a new row at the end of the queue and returns its number.
func (d *dirty) add(n uint64, hash uint32, key, value []byte, deleted bool) uint32 {
	number := d.free
	if number != 0 {
		d.free = d.rows[number].next
	} else {
		number = uint32(len(d.rows))
		d.rows = append(d.rows, dirtyRow{})
	}
	row := &d.rows[number]
	if size := len(key) + len(value); cap(row.buf) < size {
		const spare = 16 // values grow by a digit now and then
		row.buf = make([]byte, 0, size+spare)
	}
	*row = dirtyRow{
		buf: append(append(row.buf[:0], key...), value...), keySize: uint32(len(key)),
		since: n, hash: hash, deleted: deleted,
	}
	if d.last == 0 {
		d.first = number
	} else {
		d.rows[d.last].next = number
	}
	d.last = number
	d.count++
	d.bytes += len(row.buf) + dirtyRowBytes
	return number
}

func (d *dirty) grow() {
	d.slots = make([]uint32, 2*len(d.slots))
	mask := uint32(len(d.slots) - 1)
	for number := d.first; number != 0; number = d.rows[number].next {
		at := d.rows[number].hash & mask
		for d.slots[at] != 0 {
			at = (at + 1) & mask
		}
		d.slots[at] = number
	}
}

// oldest returns the row that has waited longest, nil if none waits. It is valid
// until the next change of the set.
func (d *dirty) oldest() *dirtyRow {
	if d.first == 0 {
		return nil
	}
	return &d.rows[d.first]
}

// pop takes the oldest row out of the set.
func (d *dirty) pop() {
	number := d.first
	row := &d.rows[number]
	d.vacate(number, row.hash)
	d.first = row.next
	if d.first == 0 {
		d.last = 0
	}
	d.count--
	d.bytes -= len(row.buf) + dirtyRowBytes
	if cap(row.buf) > maxSpareValue {
		row.buf = nil
	}
	row.next, d.free = d.free, number
}

// vacate frees a row's slot and moves up those that probing put behind it.
func (d *dirty) vacate(number, hash uint32) {
	mask := uint32(len(d.slots) - 1)
	hole := hash & mask
	for d.slots[hole] != number {
		hole = (hole + 1) & mask
	}
	for at := (hole + 1) & mask; d.slots[at] != 0; at = (at + 1) & mask {
		home := d.rows[d.slots[at]].hash & mask
		if (at-home)&mask >= (at-hole)&mask {
			d.slots[hole] = d.slots[at]
			hole = at
		}
	}
	d.slots[hole] = 0
}

// mark returns the first entry of which a row change may not be under its own
// key; next is the entry after the last.
func (d *dirty) mark(next uint64) uint64 {
	if row := d.oldest(); row != nil {
		return row.since
	}
	return next
}

// sorted returns the set in the order of keys, as a copy that shares its memory.
func (d *dirty) sorted() []*dirtyRow {
	rows := make([]*dirtyRow, 0, d.count)
	for number := d.first; number != 0; number = d.rows[number].next {
		rows = append(rows, &d.rows[number])
	}
	sortRows(rows)
	return rows
}

// sortRows brings rows into the order of keys.
func sortRows(rows []*dirtyRow) {
	type entry struct {
		start uint64 // the key's bytes after what all keys begin with
		row   *dirtyRow
	}
	entries := make([]entry, 0, len(rows))
	same := common(rows)
	for _, row := range rows {
		var start [8]byte
		copy(start[:], row.key()[same:])
		entries = append(entries, entry{binary.BigEndian.Uint64(start[:]), row})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		switch {
		case a.start < b.start:
			return -1
		case a.start > b.start:
			return 1
		}
		return bytes.Compare(a.row.key(), b.row.key())
	})
	for i := range entries {
		rows[i] = entries[i].row
	}
}

// common returns how many bytes all keys begin with.
func common(rows []*dirtyRow) int {
	if len(rows) == 0 {
		return 0
	}
	start := rows[0].key()
	for _, row := range rows {
		key := row.key()
		start = start[:min(len(start), len(key))]
		for i := range start {
			if start[i] != key[i] {
				start = start[:i]
				break
			}
		}
	}
	return len(start)
}
