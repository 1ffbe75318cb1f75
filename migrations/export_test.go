package migrations

import (
	"github.com/dgraph-io/badger/v4"
)

// WithLimits makes transactions small, so that a few keys have many boundaries.
func (c Config) WithLimits(changes, scan, bytes int) Config {
	c.limits = limits{changes: changes, scan: scan, bytes: bytes}
	return c
}

// WithPoint calls f before every change to the database.
func (c Config) WithPoint(f func() error) Config {
	c.point = f
	return c
}

// StatusOf is Status against other files.
func StatusOf(db *badger.DB, cfg Config) (State, error) { return statusOf(db, cfg) }

// Parse reads a migration file and gives its steps' kinds and digest.
func Parse(name string, body []byte) (kinds []string, digest string, err error) {
	doc, err := parse(name, body)
	for _, s := range doc.steps {
		kinds = append(kinds, string(s.kind))
	}
	return kinds, doc.digest, err
}

// DecodeRecords reads value as each of the records of room 'm'.
func DecodeRecords(value []byte) [3]error {
	_, version := decodeRecord[versionRecord](value)
	_, lock := decodeRecord[lockRecord](value)
	_, at := decodeRecord[cursor](value)
	return [3]error{version, lock, at}
}

// MaxFileBytes and MaxSteps are the bounds of a file.
const (
	MaxFileBytes = maxFileBytes
	MaxSteps     = maxSteps
)
