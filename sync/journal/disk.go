package journal

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Open opens the journal in a database that OpenDB has opened and migrations
// have brought up to date; a folder without a journal gets one, with an epoch
// from Options.NewEpoch. The database stays its owner's, who closes it after the
// journal.
func Open(db *badger.DB, o Options) (Journal, error) {
	return openDisk(&disk{db: db}, o)
}

func openDisk(d *disk, o Options) (Journal, error) {
	if err := d.fit(); err != nil {
		return nil, err
	}
	c, err := openCore(d, o, (&freeLook{dir: d.db.Opts().Dir, now: time.Now}).bytes)
	if err != nil {
		return nil, err
	}
	if o.Trim != nil {
		c.end = sync.OnceFunc(d.startTrimmer(o.Trim))
	}
	return c, nil
}

// fit says whether the database was opened as a journal needs it.
func (d *disk) fit() error {
	opts := d.db.Opts()
	if err := d.names.settle(opts.Dir); err != nil {
		return err
	}
	if !opts.SyncWrites || opts.ValueThreshold <= partBytes || d.db.MaxBatchSize() < leastTransaction {
		return fmt.Errorf("%w: open its database with journal.OpenDB: commits must be synced, "+
			"values of %d bytes must stay in the tables, and a transaction must take %d bytes", ErrFolder, partBytes, leastTransaction)
	}
	return nil
}

// leastTransaction is what a commit must take for nothing to wait for ever: a part
// of a block, the largest row or piece, and the marks.
const leastTransaction = partBytes + MaxAppend + cutPiece + MaxRowKey + 1<<10

// RenewEpoch gives a data folder another epoch, before the journal is opened: a
// restored backup needs one, since entry numbers are used again that devices
// have already seen.
func RenewEpoch(db *badger.DB, epoch string) error {
	if err := checkEpoch(epoch); err != nil {
		return err
	}
	return (&disk{db: db}).commit([]write{{key: epochKey, value: []byte(epoch)}})
}

// disk is Badger as a store.
type disk struct {
	db *badger.DB
	// fault, if set, is asked before each commit; tests break commits with it.
	fault func() error
	names logNames
}

func (d *disk) get(key []byte, fn func([]byte) error) error {
	txn := d.db.NewTransaction(false)
	defer txn.Discard()
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return errNoKey
	}
	if err != nil {
		return err
	}
	return item.Value(fn)
}

func (d *disk) each(prefix, from []byte, down bool, fn func(key, value []byte) (bool, error)) error {
	txn := d.db.NewTransaction(false)
	defer txn.Discard()
	// Without prefetching: Badger would start a goroutine for each value, though
	// all values lie beside their keys.
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix, Reverse: down})
	defer it.Close()
	if down && len(from) == len(prefix) {
		from = append(append([]byte(nil), prefix...), 0xff)
	}
	for it.Seek(from); it.ValidForPrefix(prefix); it.Next() {
		item := it.Item()
		more := false
		err := item.Value(func(value []byte) (err error) {
			more, err = fn(item.Key(), value)
			return err
		})
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func (d *disk) commit(list []write) error {
	if d.fault != nil {
		if err := d.fault(); err != nil {
			return err
		}
	}
	txn := d.db.NewTransaction(true)
	defer txn.Discard()
	entries := make([]badger.Entry, len(list))
	for i := range list {
		w := &list[i]
		if w.remove {
			if err := txn.Delete(w.key); err != nil {
				return err
			}
			continue
		}
		entries[i].Key, entries[i].Value = w.key, w.value
		if err := txn.SetEntry(&entries[i]); err != nil {
			return err
		}
	}
	if err := txn.Commit(); err != nil {
		return err
	}
	return d.names.settleNew()
}

func (d *disk) limits() (bytes, count int) {
	return int(d.db.MaxBatchSize()) - 1, int(d.db.MaxBatchCount()) - 2
}

func (d *disk) size() (total int64) {
	files, err := os.ReadDir(d.db.Opts().Dir)
	if err != nil {
		return 0
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			total += onDisk(info)
		}
	}
	return total
}
