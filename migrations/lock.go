package migrations

import (
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/golang-migrate/migrate/v4/database"
)

// Holder is who held the lock of a data folder.
type Holder struct {
	Name  string    // Config.Holder, may be empty
	Since time.Time // zero where undated
}

func (h Holder) String() string {
	name := h.Name
	if name == "" {
		name = "an unnamed migration"
	}
	if h.Since.IsZero() {
		return name
	}
	return name + " (since " + h.Since.UTC().Format(time.RFC3339) + ")"
}

// holds tells whether this driver has taken the lock.
func (d *Driver) holds() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.locked
}

// Lock takes the lock, durably. It gives an error that wraps
// database.ErrLocked where anyone holds it, this driver included.
func (d *Driver) Lock() error {
	const doing = "taking the migration lock"
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.locked {
		return locked(Holder{Name: d.cfg.Holder})
	}
	txn := d.db.NewTransaction(true)
	defer txn.Discard()
	record, held, err := readRecord[lockRecord](txn, lockKey)
	if err != nil {
		return err
	}
	if held {
		return locked(Holder{record.Holder, record.Since})
	}
	next := lockRecord{Turn: txn.ReadTs() + 1, Holder: d.cfg.Holder}
	if d.cfg.Now != nil {
		next.Since = d.cfg.Now().UTC()
	}
	if err := writeRecord(txn, lockKey, next); err != nil {
		return err
	}
	if err := d.commit(txn, doing); err != nil {
		if errors.Is(err, badger.ErrConflict) {
			return locked(Holder{}) // another driver was quicker
		}
		return err
	}
	d.locked, d.turn = true, next.Turn
	return nil
}

func locked(h Holder) *Error {
	return fail(CodeLocked, database.ErrLocked, "the data folder is being migrated by %s; nothing was changed; "+
		"wait until it is done, or start again where it has crashed", h)
}

// Unlock gives the lock up. It gives an error that wraps database.ErrNotLocked
// where this driver holds none, or no longer.
func (d *Driver) Unlock() error {
	const doing = "giving up the migration lock"
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.locked {
		return fail(CodeBadCall, database.ErrNotLocked, "the migration lock is not held; nothing was changed")
	}
	txn := d.db.NewTransaction(true)
	defer txn.Discard()
	record, held, err := readRecord[lockRecord](txn, lockKey)
	if err != nil {
		return err
	}
	if !held || record.Turn != d.turn {
		d.locked = false
		return lockLost(database.ErrNotLocked)
	}
	if err := txn.Delete(lockKey); err != nil {
		return storage(err, doing)
	}
	if err := d.commit(txn, doing); err != nil {
		return err
	}
	d.locked = false
	return nil
}

func lockLost(cause error) *Error {
	return fail(CodeLockLost, cause, "the migration lock was broken by someone else; nothing was written after that; "+
		"let the other migration finish, then start again")
}

// BreakLock takes a held lock away, whoever has it, and gives the holder, nil
// where nobody held it. Right after opening a folder such a lock is stale;
// at any other time the holder is stopped at its next transaction.
func (d *Driver) BreakLock() (*Holder, error) {
	const doing = "breaking a stale migration lock"
	txn := d.db.NewTransaction(true)
	defer txn.Discard()
	record, held, err := readRecord[lockRecord](txn, lockKey)
	if err != nil || !held {
		return nil, err
	}
	if err := txn.Delete(lockKey); err != nil {
		return nil, storage(err, doing)
	}
	if err := d.commit(txn, doing); err != nil {
		return nil, err
	}
	holder := &Holder{record.Holder, record.Since}
	d.cfg.log("broke the migration lock that %s left behind", holder)
	return holder, nil
}

// fence refuses a transaction of a driver whose lock was broken, and of one
// without a lock while another holds it.
func (d *Driver) fence(txn *badger.Txn) error {
	record, held, err := readRecord[lockRecord](txn, lockKey)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.locked && (!held || record.Turn != d.turn):
		return lockLost(nil)
	case !d.locked && held:
		return locked(Holder{record.Holder, record.Since})
	}
	return nil
}
