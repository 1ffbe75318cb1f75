package store

import (
	"encoding/json"
	"fmt"
	"time"

	"bayledger/sync/ledger"
)

// Word is what a device last said of the scans that it holds. It is kept, so that a
// server which is started anew does not take those that it has not heard yet for
// devices that hold nothing.
type Word struct {
	Install string      `json:"install"`
	Heard   ledger.Time `json:"heard"`
	Pending uint64      `json:"pending"`
	Oldest  ledger.Time `json:"oldest,omitzero"`
}

const (
	// wordsKept is how long the word of a device counts that says nothing any more: so
	// long a key that was taken back still hands scans in.
	wordsKept = 30 * 24 * time.Hour
	// wordsAtOnce keeps the rows of one commit far below what Badger takes.
	wordsAtOnce = 1_000
)

// Words returns what devices said, of those that held anything. Errors: ErrDamaged,
// Badger's.
func (s *Store) Words() (map[string]Word, error) {
	words := map[string]Word{}
	past := s.now() - ledger.Time(wordsKept.Microseconds())
	err := s.loadAll(prefixWord, func(device string, value []byte) error {
		var w Word
		if json.Unmarshal(value, &w) != nil {
			return fmt.Errorf("%w: what %q said of its scans", ErrDamaged, device)
		}
		if w.Heard >= past {
			words[device] = w
		}
		return nil
	})
	return words, err
}

// KeepWords keeps what devices say now in the place of what is kept; who holds nothing
// needs no row. Errors: Badger's; some may be kept then, and others not.
func (s *Store) KeepWords(now map[string]Word) error {
	s.write.Lock()
	defer s.write.Unlock()
	c := change{}
	for device, w := range now {
		if w.Pending > 0 {
			c[prefixWord+device] = stored(w)
		}
	}
	err := s.loadAll(prefixWord, func(device string, value []byte) error {
		switch w, holds := c[prefixWord+device]; {
		case !holds:
			c[prefixWord+device] = nil
		case string(w) == string(value):
			delete(c, prefixWord+device)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.commitSome(c)
}

// commitSome writes changes that need not come together.
func (s *Store) commitSome(c change) error {
	some := change{}
	for key, value := range c {
		if some[key] = value; len(some) < wordsAtOnce {
			continue
		}
		if err := s.commit(some); err != nil {
			return err
		}
		clear(some)
	}
	if len(some) == 0 {
		return nil
	}
	return s.commit(some)
}
