package journal

import (
	"context"
	"time"

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

// OpenUnsynced opens a database as OpenDB does, but for commits that are not synced.
func OpenUnsynced(dir string, o Options) (*badger.DB, error) {
	db, err := OpenDB(dir, o)
	if err != nil {
		return nil, err
	}
	unsynced := db.Opts().WithSyncWrites(false)
	if err := db.Close(); err != nil {
		return nil, err
	}
	return badger.Open(unsynced)
}

// OpenUnfit opens a journal on a database that Open would refuse: OpenUnsynced's.
func OpenUnfit(db *badger.DB, o Options) (Journal, error) {
	d := &disk{db: db}
	if err := d.names.settle(db.Opts().Dir); err != nil {
		return nil, err
	}
	return openCore(d, o, (&freeLook{dir: db.Opts().Dir, now: time.Now}).bytes)
}
