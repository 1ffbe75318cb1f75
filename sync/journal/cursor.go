package journal

import (
	"bytes"
	"errors"
)

// cursor gives the rows of one run, or those of a folder of format 1, in the order
// of keys.
type cursor struct {
	page
	age int // how old its run is: of two rows with one key the younger counts
	// load returns the next page as stored, and its key; an empty one is the end.
	// Both are valid until it is called again.
	load func() (key, stored []byte, err error)
	id   uint64 // of its run
	at   int    // how many pages were loaded
}

// next goes to the next row; more is false at the end.
func (c *cursor) next() (more bool, err error) {
	for {
		more, wrong := c.page.next()
		if wrong != "" {
			return false, c.bad(wrong)
		}
		if more {
			return true, nil
		}
		key, stored, err := c.load()
		if err != nil || len(stored) == 0 {
			return false, err
		}
		if wrong := openPage(&c.page, key, stored); wrong != "" {
			return false, c.bad(wrong)
		}
	}
}

func (c *cursor) bad(wrong string) error {
	return badPage(c.id, c.at-1, wrong)
}

// runCursor reads a run.
func (c *core) runCursor(r run, age int) *cursor {
	var key, stored []byte
	out := &cursor{age: age, id: r.id}
	out.load = func() ([]byte, []byte, error) {
		if out.at == r.pages {
			return nil, nil, nil
		}
		key = pageKey(key[:0], r.id, out.at)
		out.at++
		err := c.st.get(key, func(v []byte) error {
			stored = append(stored[:0], v...)
			return nil
		})
		if errors.Is(err, errNoKey) {
			err = out.bad("it is gone")
		}
		return key, stored, err
	}
	return out
}

// oldRows is how many rows of a folder of format 1 are read at a time.
const oldRows = 1_024

// oldCursor reads the rows of a folder of format 1, as pages made for it.
func (c *core) oldCursor(age int) *cursor {
	from := []byte{roomRows}
	var built pageBuilder
	var sum []byte
	key := pageKey(nil, 0, 0)
	return &cursor{age: age, load: func() ([]byte, []byte, error) {
		built.reset()
		err := c.eachOld(from, func(row, value []byte) bool {
			built.add(row, value, false)
			from = append(append(from[:1], row...), 0)
			return built.rows < oldRows && !built.full()
		})
		if err != nil || built.rows == 0 {
			return nil, nil, err
		}
		sum = be32(append(sum[:0], built.buf...), rowSum(key, built.buf))
		return key, sum, nil
	}}
}

// eachOld calls fn for the rows under keys of their own, from a stored key on,
// until it returns false.
func (c *core) eachOld(from []byte, fn func(key, value []byte) (more bool)) error {
	prefix := [1]byte{roomRows}
	return c.st.each(prefix[:], bytes.Clone(from), false, func(key, stored []byte) (bool, error) {
		value, ok := parseRow(key[1:], stored)
		if !ok {
			return false, lost("the checksum of row %.200q does not match", key[1:])
		}
		return fn(key[1:], value), nil
	})
}

// merge gives the rows of several cursors in the order of keys, each key once.
type merge struct {
	heap  []*cursor // the one that is to come first at 0
	taken int       // rows that came out of the cursors, those that a younger one hides among them
	last  []byte
	begun bool
}

// startMerge goes to the first row of each cursor.
func startMerge(cursors []*cursor) (*merge, error) {
	m := &merge{heap: make([]*cursor, 0, len(cursors))}
	for _, c := range cursors {
		more, err := c.next()
		if err != nil {
			return nil, err
		}
		if more {
			m.heap = append(m.heap, c)
		}
	}
	for i := len(m.heap)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m, nil
}

// next returns the cursor that stands on the next row, nil at the end; it is valid
// until the next call. A deleted row is given as such.
func (m *merge) next() (*cursor, error) {
	for m.begun && len(m.heap) > 0 && bytes.Equal(m.heap[0].key, m.last) {
		m.taken++
		more, err := m.heap[0].next()
		if err != nil {
			return nil, err
		}
		if !more {
			m.heap[0] = m.heap[len(m.heap)-1]
			m.heap = m.heap[:len(m.heap)-1]
		}
		m.sink(0)
	}
	if len(m.heap) == 0 {
		return nil, nil
	}
	m.begun = true
	m.last = append(m.last[:0], m.heap[0].key...)
	return m.heap[0], nil
}

// sink moves a cursor down to where it belongs.
func (m *merge) sink(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.heap); child++ {
			if m.heap[child].before(m.heap[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		m.heap[i], m.heap[first] = m.heap[first], m.heap[i]
		i = first
	}
}

func (c *cursor) before(other *cursor) bool {
	switch order := bytes.Compare(c.key, other.key); {
	case order != 0:
		return order < 0
	}
	return c.age < other.age
}
