package outbox

import (
	"os"
	"strings"
	"sync/atomic"
)

// Damage flips one bit of a stored row, or takes the row away.
func Damage(s *Store, b Box, seq uint64, remove bool) error {
	key := seqKey(keyRow, b.(*box).id, seq)
	value, err := s.kv.get(key)
	if err != nil || remove {
		return s.kv.commit([]op{{key: key}})
	}
	value[len(value)/2] ^= 4
	return s.kv.commit([]op{{key: key, value: value}})
}

// DamageRecord flips one bit of the box's record.
func DamageRecord(s *Store, b Box) error {
	key := boxKey(keyRecord, b.(*box).id)
	value, err := s.kv.get(key)
	if err != nil {
		return err
	}
	value[len(value)-1] ^= 1
	return s.kv.commit([]op{{key: key, value: value}})
}

// Forget removes the index entry and the install entry from the store, leaving the
// register.
func Forget(s *Store, n Name) error {
	return s.kv.commit([]op{{key: nameKey(n)}, {key: append([]byte{keyInstall}, n.Device...)}})
}

// NewerSchema writes the mark of a later version.
func NewerSchema(s *Store) error {
	key := []byte{keySchema}
	return s.kv.commit([]op{{key: key, value: seal(key, []byte{schemaVersion + 1})}})
}

// FailCommits makes commits fail while the returned switch is on. It must be
// called before the store is used.
func FailCommits(s *Store, err error) *atomic.Bool {
	f := &failing{kv: s.kv, err: err}
	s.kv = f
	return &f.on
}

type failing struct {
	kv
	on  atomic.Bool
	err error
}

func (f *failing) commit(ops []op) error {
	if f.on.Load() {
		return f.err
	}
	return f.kv.commit(ops)
}

// LogFiles counts Badger's memtable logs in dir: more than one means that a flush
// is under way.
func LogFiles(dir string) (int, error) {
	all, err := os.ReadDir(dir)
	n := 0
	for _, e := range all {
		if strings.HasSuffix(e.Name(), ".mem") {
			n++
		}
	}
	return n, err
}
