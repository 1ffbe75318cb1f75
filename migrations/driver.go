package migrations

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/golang-migrate/migrate/v4/database"
)

// Transform rewrites one key of a prefix: keep false removes it. It is pure,
// may be called again for the same key, and does not hold on to its arguments.
// A new key lies in a room other than 'm' and is free.
type Transform func(key, value []byte) (newKey, newValue []byte, keep bool, err error)

// Config is what a driver and Up are given. The zero value is usable.
type Config struct {
	// Transforms by the name that rewrite steps use.
	Transforms map[string]Transform
	// Log takes one plain sentence for every thing worth telling. May be nil.
	Log func(string)
	// Progress is called after transactions with the keys done and the keys
	// there are of the file under way. The total is counted when the file
	// begins; it is an estimate where one step's keys come from another, and
	// never below done. May be nil, and then nothing is counted.
	Progress func(done, total int)
	// Holder names who migrates, for the lock record.
	Holder string
	// Now dates the lock record; nil leaves it undated. Nothing depends on it.
	Now func() time.Time
	// Files are the migration files, in the root of the file system; nil means
	// the embedded ones. Only Up reads them.
	Files fs.FS

	limits limits
	// point, where set, is called before every change to the database, and its
	// error ends the work there: tests stop a migration at every point with it.
	point func() error
}

func (c Config) log(format string, args ...any) {
	if c.Log != nil {
		c.Log(fmt.Sprintf(format, args...))
	}
}

// Driver is golang-migrate's database.Driver for Badger. Its methods may be
// called from several goroutines, but only one migration runs at a time.
type Driver struct {
	db  *badger.DB
	cfg Config
	// stop ends a run between two transactions. It stands here because
	// database.Driver hands no context to Run.
	stop func() error

	verified atomic.Bool // the tables' checksums were right

	mu     sync.Mutex
	locked bool
	turn   uint64 // of the lock this driver holds
}

var _ database.Driver = (*Driver)(nil)

// WithInstance makes a driver for an open database. As with golang-migrate's
// own drivers, Close closes the database.
func WithInstance(db *badger.DB, cfg Config) (database.Driver, error) { return newDriver(db, cfg) }

func newDriver(db *badger.DB, cfg Config) (*Driver, error) {
	if db == nil {
		return nil, fail(CodeBadCall, nil, "no database was given to the migrations; open the data folder first")
	}
	if db.IsClosed() {
		return nil, fail(CodeStorage, badger.ErrDBClosed, "the data folder is closed; nothing was changed; open it again")
	}
	cfg.limits = cfg.limits.within(db)
	return &Driver{db: db, cfg: cfg, stop: func() error { return nil }}, nil
}

// Close gives up this driver's lock and closes the database.
func (d *Driver) Close() error {
	var unlocked error
	if d.holds() {
		unlocked = d.Unlock()
	}
	if err := d.db.Close(); err != nil {
		return errors.Join(unlocked, storage(err, "closing it"))
	}
	return unlocked
}

// update does fn in one transaction, behind the fence: either this driver
// holds the lock, or nobody does.
func (d *Driver) update(doing string, fn func(txn *badger.Txn) error) error {
	txn := d.db.NewTransaction(true)
	defer txn.Discard()
	if err := d.fence(txn); err != nil {
		return err
	}
	if err := fn(txn); err != nil {
		return err
	}
	return d.commit(txn, doing)
}

// commit commits; a conflict means that someone else wrote what we read.
func (d *Driver) commit(txn *badger.Txn, doing string) error {
	if err := d.atPoint(); err != nil {
		return err
	}
	switch err := txn.Commit(); {
	case errors.Is(err, badger.ErrConflict):
		return fail(CodeLockLost, err, "someone else wrote to the data folder while %s; "+
			"this change was not made; stop the other program and start again", doing)
	case err != nil:
		return storage(err, doing)
	}
	return nil
}

func (d *Driver) atPoint() error {
	if d.cfg.point == nil {
		return nil
	}
	return d.cfg.point()
}

// read gives room 'm'.
func (d *Driver) read() (r records, err error) {
	err = guarded(func() error {
		return d.db.View(func(txn *badger.Txn) error {
			r, err = readRecords(txn)
			return err
		})
	})
	return r, asError(err, "reading the schema version")
}

// asError gives err as an *Error, so that every error carries a code.
func asError(err error, doing string) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*Error](err); ours {
		return err
	}
	return storage(err, doing)
}

// Version gives the schema version, -1 where there is none. A folder whose
// Drop was interrupted is at -1, dirty: only Drop or Up helps it.
func (d *Driver) Version() (version int, dirty bool, err error) {
	r, err := d.read()
	if err != nil {
		return 0, false, err
	}
	if r.dropping {
		return database.NilVersion, true, nil
	}
	return r.version.Version, r.version.Dirty, nil
}

// SetVersion writes the version. Dirty, it also keeps the last clean version,
// so that the interrupted file can be found; clean, it removes the cursor.
func (d *Driver) SetVersion(version int, dirty bool) error {
	if version < database.NilVersion {
		return fail(CodeBadCall, nil, "the schema version %d is below -1; nothing was changed", version)
	}
	doing := fmt.Sprintf("setting the schema version to %d", version)
	err := d.update(doing, func(txn *badger.Txn) error {
		old, err := readRecords(txn)
		if err != nil {
			return err
		}
		if old.dropping {
			return fail(CodeHalfDropped, nil, "the data folder was being dropped when that stopped; "+
				"nothing was changed; drop it again or restore a backup")
		}
		next := versionRecord{Version: version, Dirty: dirty, From: version}
		if dirty {
			next.From = old.clean()
		}
		// Setting the same dirty version again must not forget the work that
		// the cursor stands for, or a rewrite would be applied twice.
		again := dirty && old.version.Dirty && old.version.Version == version
		if old.cursors && !again {
			if err := txn.Delete(cursorKey); err != nil {
				return storage(err, doing)
			}
		}
		return writeRecord(txn, versionKey, next)
	})
	if err != nil || dirty {
		return err
	}
	// The folder may be open without synchronous writes; what is called
	// finished must be on the disk.
	return asError(d.db.Sync(), doing)
}

// Run applies a migration document (see the package comment). Where the
// version is dirty and a cursor of the same steps stands, it goes on from there.
func (d *Driver) Run(migration io.Reader) error {
	body, err := io.ReadAll(io.LimitReader(migration, maxFileBytes+1))
	if err == nil && len(body) > maxFileBytes {
		// golang-migrate's side of the pipe waits until all is read.
		_, err = io.Copy(io.Discard, migration)
	}
	if err != nil {
		return fail(CodeBadMigration, err, "the migration could not be read; nothing of it was applied")
	}
	doc, err := parse("", body)
	if err != nil {
		return err
	}
	if n, name := doc.missingTransform(d.cfg.Transforms); n > 0 {
		return noTransform("", n, name)
	}
	return d.execute(doc)
}

func noTransform(file string, step int, name string) *Error {
	return &Error{Code: CodeBadMigration, File: file, Step: step, Message: fmt.Sprintf(
		"this build has no transform named %q; nothing was changed, this build of Bayledger needs mending", name)}
}

// Drop removes every key of Bayledger's rooms, version and cursor included. A
// mark is set first, so that a folder whose Drop was interrupted is never taken
// for a whole one. A lock that this driver holds stays until Unlock.
func (d *Driver) Drop() error {
	const doing = "dropping the data"
	err := d.update(doing, func(txn *badger.Txn) error {
		if err := txn.Set(dropKey, []byte("{}")); err != nil {
			return storage(err, doing)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.atPoint(); err != nil {
		return err
	}
	var prefixes [][]byte
	for i := range len(dataRooms) {
		prefixes = append(prefixes, []byte{dataRooms[i]})
	}
	if err := d.db.DropPrefix(prefixes...); err != nil {
		return storage(err, doing)
	}
	err = d.update(doing, func(txn *badger.Txn) error {
		keys := [][]byte{versionKey, cursorKey, dropKey}
		if !d.holds() {
			keys = append(keys, lockKey)
		}
		for _, key := range keys {
			if err := txn.Delete(key); err != nil {
				return storage(err, doing)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return asError(d.db.Sync(), doing)
}
