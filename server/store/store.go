package store

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// Prefixes of the store's keys.
const (
	prefixKey     = "kk"
	prefixSetting = "ks"
)

// Bounds.
const (
	// MaxDevices keeps the map of keys, read whole at start, within some 20 MiB.
	MaxDevices = 50_000
	// MaxDeviceName is the bound of every name in the journal's index.
	MaxDeviceName = ledger.MaxCode
	// MaxSetting: settings are small; what is larger belongs into a room of its own.
	MaxSetting = 64 << 10
	// MaxSettingName keeps a setting's key far below Badger's bound.
	MaxSettingName = 200
)

// ErrDamaged tells that a stored record cannot be read.
var ErrDamaged = errors.New("a stored record of keys or settings cannot be read: run verify, and restore a backup")

// Options of a store; the zero value of each has a default.
type Options struct {
	Now    func() time.Time // default time.Now
	Random io.Reader        // default crypto/rand.Reader
}

// Store holds keys and settings. Make one with Open.
type Store struct {
	db   *badger.DB
	opts Options

	write sync.Mutex // one change at a time; readers of keys do not wait for it

	mu     sync.RWMutex // guards what follows
	byHash map[[hashSize]byte]*record
	byName map[string]*record
}

// Open reads the keys of a database. Errors: ErrDamaged, Badger's.
func Open(db *badger.DB, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	s := &Store{db: db, opts: o, byHash: map[[hashSize]byte]*record{}, byName: map[string]*record{}}
	err := db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefixKey), PrefetchValues: true, PrefetchSize: 100})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if err := it.Item().Value(s.load(string(it.Item().Key()[len(prefixKey):]))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the keys could not be read: %w", err)
	}
	return s, nil
}

func (s *Store) load(name string) func([]byte) error {
	return func(value []byte) error {
		r := new(record)
		if err := json.Unmarshal(value, r); err != nil || r.Device != name || !r.Role.Known() || len(r.Hash) != hashSize {
			return fmt.Errorf("%w: the key of %q", ErrDamaged, name)
		}
		s.keep(r)
		return nil
	}
}

// keep puts a record into memory in place of the one of the same name. The
// caller holds mu, or is alone.
func (s *Store) keep(r *record) {
	if old := s.byName[r.Device]; old != nil {
		delete(s.byHash, [hashSize]byte(old.Hash))
	}
	s.byName[r.Device] = r
	if r.RevokedAt == 0 {
		s.byHash[[hashSize]byte(r.Hash)] = r
	}
}

// Setting returns the value of a setting, with ok false where it was never put.
func (s *Store) Setting(name string) (value []byte, ok bool, err error) {
	err = s.db.View(func(txn *badger.Txn) error {
		item, err := txn.Get([]byte(prefixSetting + name))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		value, err = item.ValueCopy(nil)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("the setting %s could not be read: %w", name, err)
	}
	return value, ok, nil
}

// PutSetting stores a setting; a nil value removes it. Errors: a *ledger.Fault
// for a name or value that cannot be kept, Badger's.
func (s *Store) PutSetting(name string, value []byte) error {
	if name == "" || len(name) > MaxSettingName {
		return &ledger.Fault{Code: ledger.BadField, Field: "name", Message: "A setting's name has 1 to 200 bytes. Nothing was changed."}
	}
	if len(value) > MaxSetting {
		return &ledger.Fault{Code: ledger.TooLarge, Field: "value", Message: "The setting " + name + " is larger than 64 KiB. Nothing was changed."}
	}
	s.write.Lock()
	defer s.write.Unlock()
	err := s.db.Update(func(txn *badger.Txn) error {
		if value == nil {
			return txn.Delete([]byte(prefixSetting + name))
		}
		return txn.Set([]byte(prefixSetting+name), append([]byte(nil), value...))
	})
	if err != nil {
		return fmt.Errorf("the setting %s could not be stored; it is as it was: %w", name, err)
	}
	return nil
}
