package store

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// room is the first byte of all keys of the store.
const room = "k"

// Rows are the store's rows as they lie in the database, for backups: they go from one
// database to another without being understood.
type Rows struct {
	db    *badger.DB
	batch *badger.Txn
}

// NewRows gives the rows of a database.
func NewRows(db *badger.DB) *Rows { return &Rows{db: db} }

// Each calls fn with every row as of one moment, in the order of keys. Both slices are
// valid until fn returns.
func (r *Rows) Each(fn func(key, value []byte) error) error {
	return r.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(room)})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			item := it.Item()
			if err := item.Value(func(value []byte) error { return fn(item.Key(), value) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// Put writes a row into a database that nobody uses yet; Flush has to follow.
func (r *Rows) Put(key, value []byte) error {
	if len(key) < 2 || string(key[:1]) != room {
		return fmt.Errorf("%w: the key %.40q is none of the store's", ErrDamaged, key)
	}
	if r.batch == nil {
		r.batch = r.db.NewTransaction(true)
	}
	err := r.batch.Set(key, value)
	if errors.Is(err, badger.ErrTxnTooBig) {
		if err := r.Flush(); err != nil {
			return err
		}
		r.batch = r.db.NewTransaction(true)
		err = r.batch.Set(key, value)
	}
	return err
}

// Flush brings what was put to the disk.
func (r *Rows) Flush() error {
	if r.batch == nil {
		return nil
	}
	batch := r.batch
	r.batch = nil
	return batch.Commit()
}
