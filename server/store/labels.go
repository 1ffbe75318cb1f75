package store

import (
	"errors"
	"fmt"

	"bayledger/labels/queue"

	"github.com/dgraph-io/badger/v4"
)

// prefixLabels is before the print queue's own keys: 'kp' print jobs, labels and
// printers, 'kn' number ranges (labels/queue has their form).
const prefixLabels = "k"

// LabelRows is the print queue's disk.
type LabelRows struct{ db *badger.DB }

var _ queue.Disk = (*LabelRows)(nil)

// Labels gives the rows of the print queue. One queue at a time may have them.
func (s *Store) Labels() *LabelRows { return &LabelRows{s.db} }

// Get implements queue.Disk.
func (r *LabelRows) Get(key string) (value []byte, err error) {
	err = r.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get([]byte(prefixLabels + key))
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
		return nil, fmt.Errorf("a row of the print queue could not be read: %w", err)
	}
	return value, nil
}

// Scan implements queue.Disk.
func (r *LabelRows) Scan(prefix, after string, backwards bool, fn func(key string, value []byte) (bool, error)) error {
	whole := []byte(prefixLabels + prefix)
	return r.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: whole, PrefetchValues: true, PrefetchSize: 20, Reverse: backwards})
		defer it.Close()
		switch {
		case after != "":
			it.Seek([]byte(prefixLabels + after))
		case backwards: // no key of ours goes on with this byte behind its prefix
			it.Seek(append(append([]byte(nil), whole...), 0xff))
		default:
			it.Rewind()
		}
		for ; it.Valid(); it.Next() {
			key := string(it.Item().Key()[len(prefixLabels):])
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

// Commit implements queue.Disk.
func (r *LabelRows) Commit(c queue.Changes) error {
	err := r.db.Update(func(txn *badger.Txn) error {
		for key, value := range c.Put {
			if err := txn.Set([]byte(prefixLabels+key), value); err != nil {
				return err
			}
		}
		for _, key := range c.Delete {
			if err := txn.Delete([]byte(prefixLabels + key)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("the print queue could not be written; it is as it was: %w", err)
	}
	return nil
}
