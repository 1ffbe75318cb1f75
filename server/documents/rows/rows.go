// Package rows is what documents are kept on: a disk of rows. The server's store gives
// one (store.Store.Documents).
//
// # Promised
//
// Commit is all or nothing, also over a crash, and durable when it returns, however
// large it is. Readers see a change whole or not at all. Scan sees one moment.
//
// # Owed by callers
//
// Keys do not begin with a tilde and have at most MaxKey bytes; values have at most
// MaxValue. One writer at a time.
package rows

// Bounds of a row, inside those of a Badger transaction.
const (
	MaxKey   = 2_000
	MaxValue = 500 << 10
)

// Changes are rows that are put and keys whose rows go.
type Changes struct {
	Put    map[string][]byte
	Delete []string
}

// Disk keeps rows.
type Disk interface {
	// Get returns a row, nil where there is none.
	Get(key string) ([]byte, error)
	// Scan calls fn with the rows of a prefix behind a key ("": all), in the order of
	// keys or backwards, until it wants no more. fn does not use the disk.
	Scan(prefix, after string, backwards bool, fn func(key string, value []byte) (more bool, err error)) error
	// Commit makes all changes, or none.
	Commit(Changes) error
}
