package outbox

import "fmt"

// op is one put, or a delete when value is nil.
type op struct {
	key   []byte
	value []byte
}

// kv is what the store is built on: Badger, or a map for the memory twin.
type kv interface {
	// commit writes all ops or none; they are durable when it returns.
	commit(ops []op) error
	// get returns a copy of the value, nil when there is none.
	get(key []byte) ([]byte, error)
	// scan calls f in key order for from ≤ key < until while f returns true. Key and
	// value are f's only during the call; value is nil with keysOnly. A damaged
	// store may end a scan early without an error: what a scan did not show must be
	// asked for by get before it is called lost.
	scan(from, until []byte, keysOnly bool, f func(key, value []byte) bool) error
	// last returns a copy of the highest key of from ≤ key < until, nil when none.
	last(from, until []byte) ([]byte, error)
	// damage is nil, or says that tables on disk fail their checksum.
	damage() error
	close() error
}

// file is the part of *os.File that the register needs.
type file interface {
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Sync() error
	Close() error
}

// guarded runs f and turns a panic into an error: on damaged tables Badger
// panics in the reader.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("unreadable: %v", p)
		}
	}()
	return f()
}
