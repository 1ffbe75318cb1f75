package journal

import (
	"context"

	"github.com/dgraph-io/badger/v4"
)

// Trim gives back the pages of a database's tables.
func Trim(db *badger.DB) { (&disk{db: db}).trim() }

// OpenWithFault opens a journal whose commits first ask fault.
func OpenWithFault(db *badger.DB, o Options, fault func() error) (Journal, error) {
	return openDisk(&disk{db: db, fault: fault}, o)
}

// RebuildWithFault rebuilds with commits that first ask fault.
func RebuildWithFault(ctx context.Context, db *badger.DB, o Options, fault func() error) error {
	return rebuild(ctx, &disk{db: db, fault: fault}, o, nil)
}
