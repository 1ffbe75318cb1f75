package store

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// Prefixes of the store's keys.
const (
	prefixKey     = "kk"
	prefixSetting = "ks"
	prefixCode    = "kc"
	prefixUser    = "ku"
	prefixSession = "kt"
	prefixToken   = "ka"
	prefixPIN     = "kb"
	prefixMessage = "km"
	prefixWord    = "kw"
	prefixLog     = "kl"
	prefixLogText = "kv"
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

	hashing chan struct{} // a token for each password that is being hashed

	write sync.Mutex // one change at a time; readers of keys do not wait for it

	mu       sync.RWMutex // guards what follows; what its maps hold is never changed, only replaced
	byHash   map[digest]*record
	byName   map[string]*record
	codes    map[digest]*codeRecord
	users    map[string]*userRecord // by id
	logins   map[string]*userRecord // by login, folded
	subjects map[string]*userRecord // by issuer and subject
	sessions map[digest]*sessionRecord
	tokens   map[string]*tokenRecord // by id
	byToken  map[digest]*tokenRecord
	pins     map[string]*pinRecord
	messages map[string][]Message // by device
	logs     map[string]*logShelf // by device
	fails    map[guess]*failing   // wrong passwords in a row
}

// Open reads the keys of a database. Errors: ErrDamaged, Badger's.
func Open(db *badger.DB, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	s := &Store{db: db, opts: o, hashing: make(chan struct{}, maxHashing), byHash: map[digest]*record{}, byName: map[string]*record{}, codes: map[digest]*codeRecord{},
		users: map[string]*userRecord{}, logins: map[string]*userRecord{}, subjects: map[string]*userRecord{}, sessions: map[digest]*sessionRecord{},
		tokens: map[string]*tokenRecord{}, byToken: map[digest]*tokenRecord{}, pins: map[string]*pinRecord{}, messages: map[string][]Message{}, logs: map[string]*logShelf{}, fails: map[guess]*failing{}}
	for _, kind := range []struct {
		prefix string
		load   func(name string, value []byte) error
	}{{prefixKey, s.loadKey}, {prefixCode, s.loadCode}, {prefixUser, s.loadUser}, {prefixSession, s.loadSession}, {prefixToken, s.loadToken}, {prefixPIN, s.loadPIN}, {prefixMessage, s.loadMessages}, {prefixLog, s.loadLogs}} {
		if err := s.loadAll(kind.prefix, kind.load); err != nil {
			return nil, fmt.Errorf("the keys could not be read: %w", err)
		}
	}
	if err := s.dropOldLogs(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) loadAll(prefix string, load func(name string, value []byte) error) error {
	return s.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte(prefix), PrefetchValues: true, PrefetchSize: 100})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			name := string(it.Item().Key()[len(prefix):])
			if err := it.Item().Value(func(value []byte) error { return load(name, value) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) loadKey(name string, value []byte) error {
	r := new(record)
	if err := json.Unmarshal(value, r); err != nil || r.Device != name || !r.whole() || slices.ContainsFunc(r.Former, func(old *record) bool { return old == nil || len(old.Former) > 0 || !old.whole() }) {
		return fmt.Errorf("%w: the key of %q", ErrDamaged, name)
	}
	s.keep(r)
	return nil
}

// whole says whether a record was read as it was written, and fills what is not stored.
func (r *record) whole() bool {
	return r.Role.Known() && len(r.Hash) == hashSize && (len(r.Next) == 0 || len(r.Next) == hashSize) && r.read()
}

// keep puts a record into memory in place of the one of the same name. The
// caller holds mu, or is alone.
func (s *Store) keep(r *record) {
	if old := s.byName[r.Device]; old != nil {
		old.secrets(func(hash digest, _ *record) { delete(s.byHash, hash) })
	}
	s.byName[r.Device] = r
	r.secrets(func(hash digest, of *record) { s.byHash[hash] = of })
}

// change is what one transaction writes: keys and values, a nil value removes.
type change map[string][]byte

// commit writes changes together. The caller holds write.
func (s *Store) commit(c change) error {
	return s.db.Update(func(txn *badger.Txn) error {
		for key, value := range c {
			if value == nil {
				if err := txn.Delete([]byte(key)); err != nil {
					return err
				}
				continue
			}
			if err := txn.Set([]byte(key), value); err != nil {
				return err
			}
		}
		return nil
	})
}

// stored encodes a record; ours are plain structs that cannot fail.
func stored(record any) []byte {
	b, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	return b
}

func (s *Store) now() ledger.Time { return ledger.TimeOf(s.opts.Now()) }

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
