package queue

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Disk keeps rows. Keys begin with "p" (jobs, labels, printers) or "n" (numbers).
type Disk interface {
	// Get returns a row's value; nil where there is none.
	Get(key string) ([]byte, error)
	// Scan calls fn with the rows whose keys begin so, in order, or backwards, from
	// the key on that follows after ("": from the first), until fn says false.
	Scan(prefix, after string, backwards bool, fn func(key string, value []byte) (bool, error)) error
	// Commit changes rows, all or none, and returns when that is durable. It takes
	// MaxCommit.
	Commit(c Changes) error
}

// Changes are rows to write and keys to remove.
type Changes struct {
	Put    map[string][]byte
	Delete []string
}

// MaxCommit is the size of what is changed at once. A transaction of the book's
// Badger holds 1.2 MiB.
const MaxCommit = 1100 << 10

// rowCost is what a row takes in a transaction beside its key and value.
const rowCost = 12

// Size is what the changes take in a commit.
func (c *Changes) Size() (n int) {
	for k, v := range c.Put {
		n += len(k) + len(v) + rowCost
	}
	for _, k := range c.Delete {
		n += len(k) + rowCost
	}
	return n
}

func (c *Changes) put(key string, value []byte) {
	if c.Put == nil {
		c.Put = map[string][]byte{}
	}
	c.Put[key] = value
}

// Memory is a Disk in memory, for tests.
type Memory struct {
	mu   sync.Mutex
	rows map[string][]byte
}

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{rows: map[string][]byte{}} }

// Get implements Disk.
func (m *Memory) Get(key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.rows[key]), nil
}

// Scan implements Disk.
func (m *Memory) Scan(prefix, after string, backwards bool, fn func(key string, value []byte) (bool, error)) error {
	m.mu.Lock()
	keys := slices.Sorted(maps.Keys(m.rows))
	rows := maps.Clone(m.rows)
	m.mu.Unlock()
	if backwards {
		slices.Reverse(keys)
	}
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) || after != "" && (!backwards && k <= after || backwards && k >= after) {
			continue
		}
		if more, err := fn(k, rows[k]); err != nil || !more {
			return err
		}
	}
	return nil
}

// Commit implements Disk.
func (m *Memory) Commit(c Changes) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, v := range c.Put {
		m.rows[k] = slices.Clone(v)
	}
	for _, k := range c.Delete {
		delete(m.rows, k)
	}
	return nil
}
