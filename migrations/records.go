package migrations

import (
	"errors"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/go-json-experiment/json"
	"github.com/golang-migrate/migrate/v4/database"
)

// The keys of room 'm'.
var (
	versionKey = []byte("mversion")
	lockKey    = []byte("mlock")
	cursorKey  = []byte("mcursor")
	dropKey    = []byte("mdrop")
)

// versionRecord is the schema version. From is the last clean version before a
// dirty one: it tells which file, and which way, was interrupted.
type versionRecord struct {
	Version int  `json:"version"`
	Dirty   bool `json:"dirty"`
	From    int  `json:"from"`
}

// nilVersion is the record of a folder that has none.
func nilVersion() versionRecord {
	return versionRecord{Version: database.NilVersion, From: database.NilVersion}
}

// lockRecord says who migrates; it stands while the lock is held. Turn is
// taken from the database's version, which only grows, so that a broken lock
// and the next one are never taken for each other, not even after a Drop.
type lockRecord struct {
	Turn   uint64    `json:"turn"`
	Holder string    `json:"holder,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// cursor is how far the file under way is. It is written in the transaction
// that did the work, and it counts only while the version is dirty.
type cursor struct {
	Digest string `json:"digest"` // of the file's steps
	Step   int    `json:"step"`   // index of the step under way; len(steps) when all are done
	Begun  bool   `json:"begun"`  // the step has done its first transaction
	// Since is the database's version when the step began. Keys written later
	// were written by the step itself and are not visited.
	Since uint64 `json:"since"`
	Last  []byte `json:"last,omitempty"` // last key visited
	Done  int    `json:"done"`           // keys done over all steps, for people
}

// check refuses what no driver writes.
func (v versionRecord) check() bool {
	return v.Version >= database.NilVersion && v.From >= database.NilVersion
}
func (l lockRecord) check() bool { return true }
func (c cursor) check() bool     { return c.Step >= 0 && c.Step <= maxSteps && c.Done >= 0 }

// record is one of the records above.
type record interface{ check() bool }

// decodeRecord reads a record's value. Members it does not know are left
// alone: a newer Bayledger may have written them, which its version then says.
func decodeRecord[R record](value []byte) (R, error) {
	var r R
	if err := json.Unmarshal(value, &r); err != nil {
		return r, err
	}
	if !r.check() {
		return r, errors.New("a number is out of range")
	}
	return r, nil
}

// readRecord reads a record; found is false where there is none.
func readRecord[R record](txn *badger.Txn, key []byte) (r R, found bool, err error) {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return r, false, nil
	}
	if err != nil {
		return r, false, storage(err, "reading "+string(key))
	}
	err = item.Value(func(value []byte) error {
		decoded, err := decodeRecord[R](value)
		if err != nil {
			return fail(CodeDamaged, err, "the record %s in the data folder cannot be read; "+
				"nothing was changed; restore a backup", key)
		}
		r = decoded
		return nil
	})
	if err != nil {
		if _, ours := errors.AsType[*Error](err); !ours {
			err = storage(err, "reading "+string(key))
		}
		return r, false, err
	}
	return r, true, nil
}

// writeRecord puts a record into a transaction.
func writeRecord[R record](txn *badger.Txn, key []byte, r R) error {
	value, err := json.Marshal(r)
	if err != nil {
		return fail(CodeBadCall, err, "the record %s cannot be written", key)
	}
	if err := txn.Set(key, value); err != nil {
		return storage(err, "writing "+string(key))
	}
	return nil
}

// records is room 'm' read in one transaction.
type records struct {
	version  versionRecord
	versions bool // there is a version record
	lock     lockRecord
	locked   bool
	cursor   cursor
	cursors  bool // there is a cursor
	dropping bool
}

func readRecords(txn *badger.Txn) (r records, err error) {
	if r.version, r.versions, err = readRecord[versionRecord](txn, versionKey); err != nil {
		return r, err
	}
	if !r.versions {
		r.version = nilVersion()
	}
	if r.lock, r.locked, err = readRecord[lockRecord](txn, lockKey); err != nil {
		return r, err
	}
	if r.cursor, r.cursors, err = readRecord[cursor](txn, cursorKey); err != nil {
		return r, err
	}
	switch _, err = txn.Get(dropKey); {
	case err == nil:
		r.dropping = true
	case !errors.Is(err, badger.ErrKeyNotFound):
		return r, storage(err, "reading "+string(dropKey))
	}
	return r, nil
}

// clean is the last version whose file was finished.
func (r records) clean() int {
	if r.version.Dirty {
		return r.version.From
	}
	return r.version.Version
}

// highest is the newest version that the folder has anything of.
func (r records) highest() int { return max(r.version.Version, r.version.From) }
