package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"bayledger/migrations/intact"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/ristretto/v2/z"
)

const (
	// memtableBytes is the smallest round size whose 15% takes a transaction of
	// commitBytes + MaxRowBytes. A log twice as large is mapped beside it, sparse.
	memtableBytes = 4 << 20
	// valueLogBytes is the smallest Badger allows; nothing is ever written there.
	valueLogBytes = 1 << 20
	// valueThreshold keeps every value in the tree: the value log stays empty, its
	// garbage collection is never needed nor run (in some versions it could bring
	// deleted keys back).
	valueThreshold = 600 << 10
	// noStall is used when compaction is off: tables pile up instead.
	noStall = 1 << 20
)

// badgerOptions are for a handheld: one memtable in use and one being flushed,
// small tables, few of them on level 0 (ReserveBytes follows from that), no caches (tables are mapped, and not compressed so that none is
// needed), no metrics, the two compactors that are the fewest possible.
//
// Block checksums are not verified on reading: Badger's iterators end without an
// error at a bad block, and its compaction would drop what stands behind. Each
// value has a checksum of its own instead, so that a damaged byte costs one row.
func badgerOptions(dir string, log *slog.Logger) badger.Options {
	return badger.DefaultOptions(dir).
		WithSyncWrites(true).
		WithDetectConflicts(false). // one writer
		WithMemTableSize(memtableBytes).
		WithNumMemtables(1).
		WithBaseTableSize(1 << 20).
		WithBaseLevelSize(2 << 20).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(3).
		WithNumCompactors(2).
		WithValueThreshold(valueThreshold).
		WithValueLogFileSize(valueLogBytes).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		WithMetricsEnabled(false).
		WithNumGoroutines(1).
		WithChecksumVerificationMode(options.NoVerification).
		WithLogger(badgerLog{log})
}

type badgerKV struct {
	db       *badger.DB
	dir      string
	memtable int         // number of the newest log file seen
	broken   error       // tables that fail their checksum
	closed   atomic.Bool // Badger panics when used afterwards
}

// openBadger opens the folder. When a table is damaged, compaction stays off: it
// would panic on it or spread the loss.
func openBadger(dir string, log *slog.Logger) (*badgerKV, error) {
	opts := badgerOptions(dir, log)
	k := &badgerKV{dir: dir, broken: intact.Tables(dir, true)}
	if errors.Is(k.broken, intact.ErrUnsafe) {
		return nil, openError(dir, k.broken)
	}
	if k.broken != nil {
		log.Error("outbox: a table is damaged; opening without compaction", "folder", dir, "error", k.broken)
		opts = opts.WithNumCompactors(0).WithNumLevelZeroTablesStall(noStall)
	}
	open := func() (err error) {
		k.db, err = badger.Open(opts)
		return err
	}
	err := guarded(open)
	if err != nil && strings.Contains(err.Error(), z.NewFile.Error()) {
		if err = removeEmptyLogs(dir); err == nil {
			err = guarded(open)
		}
	}
	if err != nil {
		return nil, openError(dir, err)
	}
	newest, err := newestLog(dir)
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return nil, errors.Join(openError(dir, err), k.db.Close())
	}
	k.memtable = newest
	return k, nil
}

// removeEmptyLogs takes away logs of no length, which Badger (its issue 2207) refuses
// to open: a handheld lost its power, or was killed, between making such a file and
// giving it its size, or while it was being removed. Badger has just had the folder's
// lock, so they are nobody's.
func removeEmptyLogs(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			return err
		}
		if ext := filepath.Ext(f.Name()); (ext == ".mem" || ext == ".vlog") && info.Size() == 0 {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func openError(dir string, err error) error {
	if strings.Contains(err.Error(), "Cannot acquire directory lock") {
		return fail(CodeLocked, err, "the outbox folder %s is in use by another program; stop that one first, nothing was changed", dir)
	}
	if errors.Is(err, os.ErrPermission) {
		return fail(CodeDiskFailed, err, "the outbox folder %s may not be read or written by this user; nothing was changed", dir)
	}
	return fail(CodeDamaged, err,
		"the outbox folder %s cannot be opened; nothing in it was deleted: keep a copy for support, move it away and pair the device again, which gives it a new install id", dir)
}

// commit writes one transaction. The first transaction in a new log file also
// syncs the folder: Badger syncs the file, not the name under which it is found.
func (k *badgerKV) commit(ops []op) error {
	txn := k.db.NewTransaction(true)
	defer txn.Discard()
	for _, o := range ops {
		var err error
		if o.value == nil {
			err = txn.Delete(o.key)
		} else {
			err = txn.Set(o.key, o.value)
		}
		if err != nil {
			return err
		}
	}
	if err := txn.Commit(); err != nil {
		return err
	}
	turned := false
	for {
		if _, err := os.Stat(logPath(k.dir, k.memtable+1)); err != nil {
			break
		}
		k.memtable++
		turned = true
	}
	if turned {
		return syncDir(k.dir)
	}
	return nil
}

func logPath(dir string, n int) string { return filepath.Join(dir, fmt.Sprintf("%05d.mem", n)) }

// newestLog returns the number of the log that is written now.
func newestLog(dir string) (int, error) {
	all, err := os.ReadDir(dir)
	newest := 0
	for _, e := range all {
		if name, ok := strings.CutSuffix(e.Name(), ".mem"); ok {
			if n, err := strconv.Atoi(name); err == nil {
				newest = max(newest, n)
			}
		}
	}
	return newest, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (k *badgerKV) get(key []byte) (value []byte, err error) {
	err = k.view(func(txn *badger.Txn) error {
		item, err := txn.Get(key)
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err = item.ValueCopy(nil)
		return err
	})
	return value, err
}

func (k *badgerKV) scan(from, until []byte, keysOnly bool, f func(key, value []byte) bool) error {
	return k.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: common(from, until)})
		defer it.Close()
		for it.Seek(from); it.Valid(); it.Next() {
			key := it.Item().Key()
			if string(key) >= string(until) {
				return nil
			}
			if keysOnly {
				if !f(key, nil) {
					return nil
				}
				continue
			}
			more := false
			if err := it.Item().Value(func(v []byte) error { more = f(key, v); return nil }); err != nil {
				return err
			}
			if !more {
				return nil
			}
		}
		return nil
	})
}

func (k *badgerKV) last(from, until []byte) (last []byte, err error) {
	err = k.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: common(from, until), Reverse: true})
		defer it.Close()
		for it.Seek(until); it.Valid(); it.Next() {
			key := it.Item().Key()
			if string(key) < string(from) {
				return nil
			}
			if string(key) < string(until) {
				last = it.Item().KeyCopy(nil)
				return nil
			}
		}
		return nil
	})
	return last, err
}

// common returns the shared beginning of two keys: it spares tables of other kinds.
func common(a, b []byte) []byte {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

func (k *badgerKV) view(f func(*badger.Txn) error) error {
	if k.closed.Load() {
		return errClosed()
	}
	return guarded(func() error { return k.db.View(f) })
}

func (k *badgerKV) damage() error { return k.broken }

func (k *badgerKV) close() error {
	k.closed.Store(true)
	return guarded(k.db.Close)
}

// badgerLog passes on what Badger thinks is wrong.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(format string, args ...any)   { l.say(slog.LevelError, format, args) }
func (l badgerLog) Warningf(format string, args ...any) { l.say(slog.LevelWarn, format, args) }
func (l badgerLog) Infof(string, ...any)                {}
func (l badgerLog) Debugf(string, ...any)               {}

func (l badgerLog) say(level slog.Level, format string, args []any) {
	l.log.Log(context.Background(), level, "outbox: "+strings.TrimSpace(fmt.Sprintf(format, args...)))
}
