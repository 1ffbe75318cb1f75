package outbound

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Disk keeps rows. Commit changes them all or none, and returns when that is durable.
type Disk interface {
	// Scan calls fn with the rows whose keys begin so, in order, from the one behind
	// after on ("": from the first), until fn says false.
	Scan(prefix, after string, fn func(key string, value []byte) (more bool, err error)) error
	Commit(put map[string][]byte, remove []string) error
}

// Prefixes of rows. They reach the disk; the list only grows.
const (
	rowEndpoint     = "e/" // + id
	rowCursor       = "c/" // + id of the endpoint
	rowTold         = "v/" // + id of the endpoint + "/" + product: what it was told of it
	rowDelivery     = "d/" // + id of the endpoint + "/" + number
	rowSubscription = "s/" // + id
	rowContact      = "p/" // + whose
	rowNotice       = "n/" // + whose: what waits to be told
	rowLetter       = "m/" // + number
	rowSchedule     = "r/" // + id
	rowNotified     = "a"  // how far alerts have been told
)

// MemoryDisk is a Disk in memory, for tests.
type MemoryDisk struct {
	mu   sync.Mutex // guards rows
	rows map[string][]byte
	// Fail, if not nil, is asked before each commit.
	Fail func() error
}

var _ Disk = (*MemoryDisk)(nil)

// Scan implements Disk.
func (d *MemoryDisk) Scan(prefix, after string, fn func(key string, value []byte) (bool, error)) error {
	d.mu.Lock()
	keys := slices.Sorted(maps.Keys(d.rows))
	rows := maps.Clone(d.rows)
	d.mu.Unlock()
	for _, key := range keys {
		if !strings.HasPrefix(key, prefix) || after != "" && key <= after {
			continue
		}
		if more, err := fn(key, rows[key]); err != nil || !more {
			return err
		}
	}
	return nil
}

// Commit implements Disk.
func (d *MemoryDisk) Commit(put map[string][]byte, remove []string) error {
	if d.Fail != nil {
		if err := d.Fail(); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rows == nil {
		d.rows = map[string][]byte{}
	}
	for key, value := range put {
		d.rows[key] = slices.Clone(value)
	}
	for _, key := range remove {
		delete(d.rows, key)
	}
	return nil
}

// encoded encodes a record; ours are plain structs that cannot fail.
func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// load reads all rows of a prefix into records.
func load[T any](d Disk, prefix string, keep func(key string, v *T)) error {
	return d.Scan(prefix, "", func(key string, value []byte) (bool, error) {
		v := new(T)
		if err := json.Unmarshal(value, v); err != nil {
			return false, &DamagedError{key, err}
		}
		keep(strings.TrimPrefix(key, prefix), v)
		return true, nil
	})
}

// DamagedError tells that a row cannot be read.
type DamagedError struct {
	Key string
	Err error
}

func (e *DamagedError) Error() string {
	return "the row " + e.Key + " of what goes out cannot be read: " + e.Err.Error() + "; run verify, and restore a backup"
}

func (e *DamagedError) Unwrap() error { return e.Err }
