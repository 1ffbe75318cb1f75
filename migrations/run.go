package migrations

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// Bounds of one transaction.
const (
	// maxTxnChanges keeps a transaction's own bookkeeping small, and far below
	// Badger's own count (about 100,000 at its default memory table).
	maxTxnChanges = 2000
	// maxTxnScan lets the cursor get on where most keys need no change.
	maxTxnScan = 10_000
	// maxTxnBytes stays well below Badger's cap (about 9.6 MiB by default).
	maxTxnBytes = 4 << 20
	// changeOverhead is what a change costs Badger beside key and value.
	changeOverhead = 64
)

// limits are the bounds of one transaction; zeros mean the constants.
type limits struct{ changes, scan, bytes int }

// within fills in the constants and keeps inside what this database takes: a
// change is at most two writes, the cursor and the lock come on top.
func (l limits) within(db *badger.DB) limits {
	fill := func(v *int, standard int, badgers int64) {
		if *v <= 0 {
			*v = standard
		}
		*v = max(1, min(*v, int(badgers)))
	}
	fill(&l.changes, maxTxnChanges, db.MaxBatchCount()/4)
	fill(&l.scan, maxTxnScan, maxTxnScan)
	fill(&l.bytes, maxTxnBytes, db.MaxBatchSize()/2)
	return l
}

// change is what a step does to one key: the old key goes, the new entry comes.
// Where both name the same key, it is overwritten.
type change struct {
	old  []byte        // nil: nothing goes
	next *badger.Entry // nil: nothing comes
}

func (c change) isNone() bool { return c.old == nil && c.next == nil }

func (c change) bytes() int {
	n := len(c.old) + changeOverhead
	if c.next != nil {
		n += len(c.next.Key) + len(c.next.Value) + changeOverhead
	}
	return n
}

// execute runs a document from the cursor on, transaction by transaction.
func (d *Driver) execute(doc document) error {
	r, err := d.read()
	if err != nil {
		return err
	}
	if r.dropping {
		return fail(CodeHalfDropped, nil, "the data folder was being dropped when that stopped; "+
			"nothing was changed; drop it again or restore a backup")
	}
	at := cursor{Digest: doc.digest}
	file := fmt.Sprintf("the migration to version %d", r.version.Version)
	if r.version.Dirty && r.cursors {
		if r.cursor.Digest != doc.digest || r.cursor.Step > len(doc.steps) {
			return &Error{Code: CodeChangedFile, File: file, Message: "it was interrupted, and its steps are not those that " +
				"were begun; nothing was changed; install the Bayledger that began it, or restore the backup from before"}
		}
		at = r.cursor
		d.cfg.log("going on with %s after %d keys, at step %d of %d", file, at.Done, min(at.Step+1, len(doc.steps)), len(doc.steps))
	}
	if doc.sweeps(at.Step) {
		if err := d.verify(); err != nil {
			return err
		}
	}
	total, err := d.count(doc, at)
	if err != nil {
		return err
	}
	for at.Step < len(doc.steps) {
		step := at.Step
		if err := d.stop(); err != nil {
			return &Error{Code: CodeStopped, File: file, Step: step + 1, Err: err, Message: fmt.Sprintf(
				"stopped as asked after %d keys; they are kept, and the next start goes on from there", at.Done)}
		}
		if at, err = d.advance(doc, at, !r.version.Dirty); err != nil {
			return inStep(err, file, step+1, at.Done)
		}
		if d.cfg.Progress != nil {
			d.cfg.Progress(at.Done, max(total, at.Done))
		}
	}
	return nil
}

// verify checks all tables of the folder, once for each driver. Badger ends an
// iteration at a damaged block, and misses the keys of one, without a word: a
// migration would leave keys behind and call itself finished.
func (d *Driver) verify() error {
	if d.verified.Load() {
		return nil
	}
	err := guarded(d.db.VerifyChecksum)
	if err != nil {
		if e, ours := errors.AsType[*Error](err); ours {
			return e
		}
		return damaged(err)
	}
	d.verified.Store(true)
	return nil
}

// guarded reads what has not been verified. Badger 4.9 panics at some damaged
// blocks (an index out of range, or its own message about a block that cannot
// be unpacked); such a panic is about the file, not about us.
func guarded(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(fmt.Errorf("unreadable block: %v", p))
		}
	}()
	return read()
}

func damaged(cause error) *Error {
	return fail(CodeDamagedData, cause, "a file of the data folder is damaged, so it was not migrated and nothing was changed; "+
		"restore a backup")
}

// inStep adds where an error happened.
func inStep(err error, file string, step, done int) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = storage(err, "migrating it")
	}
	where := *e
	where.File, where.Step = file, step
	where.Message += fmt.Sprintf(" (%d keys of this file are done)", done)
	return &where
}

// advance does one transaction of the step under way and gives the cursor
// after it, or the same cursor and an error. bare is a Run outside of a dirty
// version, which leaves no cursor behind.
func (d *Driver) advance(doc document, at cursor, bare bool) (cursor, error) {
	next := at
	err := d.update("migrating it", func(txn *badger.Txn) error {
		if !next.Begun {
			next.Begun, next.Since, next.Last = true, txn.ReadTs(), nil
		}
		finished, err := d.work(txn, doc.steps[at.Step], &next)
		if err != nil {
			return err
		}
		if finished {
			next.Step++
			next.Begun, next.Since, next.Last = false, 0, nil
		}
		if bare && next.Step == len(doc.steps) {
			return asError(txn.Delete(cursorKey), "migrating it")
		}
		return writeRecord(txn, cursorKey, next)
	})
	if err != nil {
		return at, err
	}
	return next, nil
}

// work does what fits into one transaction, and tells whether the step is done.
func (d *Driver) work(txn *badger.Txn, s step, at *cursor) (finished bool, err error) {
	switch s.kind {
	case stepPut:
		at.Done++
		return true, asError(txn.Set(s.key, s.value), "writing a key")
	case stepDelete:
		at.Done++
		return true, asError(txn.Delete(s.key), "removing a key")
	}
	changes, finished, err := d.sweep(txn, s, at)
	if err != nil {
		return false, err
	}
	for _, c := range changes {
		if err := apply(txn, c); err != nil {
			return false, err
		}
	}
	return finished, nil
}

// sweep visits keys after the cursor until a bound is reached, and collects
// what is to change. The iterator is closed before anything is written.
func (d *Driver) sweep(txn *badger.Txn, s step, at *cursor) (changes []change, finished bool, err error) {
	options := badger.DefaultIteratorOptions
	options.Prefix = s.key
	options.PrefetchValues = s.kind != stepDeletePrefix
	it := txn.NewIterator(options)
	defer it.Close()
	bytesUsed, scanned := 0, 0
	for it.Seek(after(s.key, at.Last)); it.ValidForPrefix(s.key); it.Next() {
		if scanned >= d.cfg.limits.scan || len(changes) >= d.cfg.limits.changes {
			return changes, false, nil
		}
		scanned++
		item := it.Item()
		key := item.KeyCopy(nil)
		if item.Version() <= at.Since { // else the step wrote it itself
			c, err := d.changeOf(s, item, key)
			if err != nil {
				return nil, false, err
			}
			if !c.isNone() {
				if bytesUsed += c.bytes(); bytesUsed > d.cfg.limits.bytes && len(changes) > 0 {
					return changes, false, nil
				}
				changes = append(changes, c)
			}
			at.Done++
		}
		at.Last = key
	}
	return changes, true, nil
}

// after is the smallest key behind last, or the prefix where none was visited.
func after(prefix, last []byte) []byte {
	if last == nil {
		return prefix
	}
	return append(bytes.Clone(last), 0)
}

// changeOf is what the step does to one key; the zero change is nothing.
func (d *Driver) changeOf(s step, item *badger.Item, key []byte) (change, error) {
	if s.kind == stepDeletePrefix {
		return change{old: key}, nil
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return change{}, storage(err, fmt.Sprintf("reading key %q", key))
	}
	entry := &badger.Entry{UserMeta: item.UserMeta(), ExpiresAt: item.ExpiresAt()}
	if s.kind == stepRenamePrefix {
		entry.Key, entry.Value = append(bytes.Clone(s.to), key[len(s.key):]...), value
		return change{old: key, next: entry}, nil
	}
	newKey, newValue, keep, err := d.cfg.Transforms[s.with](bytes.Clone(key), bytes.Clone(value))
	if err != nil {
		return change{}, fail(CodeTransformFailed, err, "the transform %s failed on key %q; that key and those after it "+
			"are unchanged; install a Bayledger whose transform takes it, or restore the backup from before", s.with, key)
	}
	if !keep {
		return change{old: key}, nil
	}
	if problem := checkKey(newKey); problem != "" {
		return change{}, fail(CodeTransformFailed, nil, "the transform %s gave a bad new key for %q: %s; that key and those "+
			"after it are unchanged; this build of Bayledger needs mending", s.with, key, problem)
	}
	if bytes.Equal(newKey, key) && bytes.Equal(newValue, value) {
		return change{}, nil
	}
	entry.Key, entry.Value = bytes.Clone(newKey), bytes.Clone(newValue)
	return change{old: key, next: entry}, nil
}

// apply writes one change. A key that moves must land on a free one: what
// stood there would be lost without a word.
func apply(txn *badger.Txn, c change) error {
	if c.next == nil {
		return txnError(txn.Delete(c.old), c.old)
	}
	if !bytes.Equal(c.old, c.next.Key) {
		switch _, err := txn.Get(c.next.Key); {
		case err == nil:
			return fail(CodeKeyTaken, nil, "key %q would become %q, which is taken; both and those after are unchanged; "+
				"restore the backup from before and report it", c.old, c.next.Key)
		case !errors.Is(err, badger.ErrKeyNotFound):
			return storage(err, fmt.Sprintf("reading key %q", c.next.Key))
		}
		if err := txn.Delete(c.old); err != nil {
			return txnError(err, c.old)
		}
	}
	return txnError(txn.SetEntry(c.next), c.old)
}

func txnError(err error, key []byte) error {
	if errors.Is(err, badger.ErrTxnTooBig) {
		return fail(CodeTooLarge, err, "key %q with its value is larger than one transaction of this data folder; it and those "+
			"after it are unchanged; open the folder with a larger memory table", key)
	}
	return asError(err, fmt.Sprintf("writing key %q", key))
}

// count estimates the keys of the file: those done, and those ahead now.
func (d *Driver) count(doc document, at cursor) (int, error) {
	total := at.Done
	if d.cfg.Progress == nil {
		return total, nil
	}
	err := d.db.View(func(txn *badger.Txn) error {
		for i := at.Step; i < len(doc.steps); i++ {
			s := doc.steps[i]
			if !s.sweeps() {
				total++
				continue
			}
			from := s.key
			if i == at.Step && at.Begun {
				from = after(s.key, at.Last)
			}
			n, err := d.countKeys(txn, s.key, from)
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, asError(err, "counting its keys")
}

// countKeys counts without reading values, and stops when asked to.
func (d *Driver) countKeys(txn *badger.Txn, prefix, from []byte) (n int, err error) {
	options := badger.DefaultIteratorOptions
	options.Prefix = prefix
	options.PrefetchValues = false
	it := txn.NewIterator(options)
	defer it.Close()
	for it.Seek(from); it.ValidForPrefix(prefix); it.Next() {
		if n++; n%maxTxnScan == 0 {
			if err := d.stop(); err != nil {
				return n, fail(CodeStopped, err, "stopped as asked while counting keys; nothing was changed")
			}
		}
	}
	return n, nil
}
