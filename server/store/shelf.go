package store

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// shelf is a part of the database that belongs to somebody else, who gives its rows
// their form: keys behind one prefix.
type shelf struct {
	db     *badger.DB
	prefix string
	whose  string // in words
}

// Get returns a row, nil where there is none.
func (r *shelf) Get(key string) (value []byte, err error) {
	err = r.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get([]byte(r.prefix + key))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err = item.ValueCopy([]byte{})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("a row of %s could not be read: %w", r.whose, err)
	}
	return value, nil
}

// Scan calls fn with the rows of a prefix behind a key, in the order of keys or
// backwards, until it wants no more.
func (r *shelf) Scan(prefix, after string, backwards bool, fn func(key string, value []byte) (bool, error)) error {
	whole := []byte(r.prefix + prefix)
	return r.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: whole, PrefetchValues: true, PrefetchSize: 20, Reverse: backwards})
		defer it.Close()
		switch {
		case after != "":
			it.Seek([]byte(r.prefix + after))
		case backwards: // no key of ours goes on with this byte behind its prefix
			it.Seek(append(append([]byte(nil), whole...), 0xff))
		default:
			it.Rewind()
		}
		for ; it.Valid(); it.Next() {
			key := string(it.Item().Key()[len(r.prefix):])
			if key == after {
				continue
			}
			value, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			if more, err := fn(key, value); err != nil || !more {
				return err
			}
		}
		return nil
	})
}

// write changes rows in one transaction.
func (r *shelf) write(put map[string][]byte, remove []string) error {
	err := r.db.Update(func(txn *badger.Txn) error {
		for key, value := range put {
			if err := txn.Set([]byte(r.prefix+key), value); err != nil {
				return err
			}
		}
		for _, key := range remove {
			if err := txn.Delete([]byte(r.prefix + key)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s could not be written; it is as it was: %w", r.whose, err)
	}
	return nil
}
