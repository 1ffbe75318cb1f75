package journaltest

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// appended is what one batch appended to a key.
type appended struct {
	first, last uint64
	bookedAt    ledger.Time
	bytes       []byte
}

// prefixes are keys that begin like one another.
var prefixes = []string{"f", "f/1", "f/12", "f/12\x00", "\x01f"}

// additions makes appends: to the keys of rows, to keys that begin like one
// another, and now and then so many bytes that a piece is cut early.
func (w *World) additions(count int) []journal.Row {
	rng := rand.New(w.appends)
	rows := make([]journal.Row, 0, count)
	for range count {
		key := cellKey(rng.IntN(w.c.Cells))
		size := 24 + rng.IntN(24)
		if !w.Forget {
			switch rng.IntN(16) {
			case 0, 1, 2, 3:
				key = []byte(prefixes[rng.IntN(len(prefixes))])
			case 4:
				key, size = []byte("f"), 1+rng.IntN(min(9<<10, journal.MaxAppend/count))
			}
		}
		value := make([]byte, size)
		for i := range value {
			value[i] = byte(rng.Uint32())
			if w.Forget && i%3 > 0 { // as facts are: part of them is like the one before
				value[i] = byte(i)
			}
		}
		rows = append(rows, journal.Row{Key: key, Value: value})
	}
	return rows
}

func (w *World) rememberAppends(b *journal.Batch) {
	last := b.First + uint64(len(b.Records)) - 1
	for _, r := range b.Appends {
		list := w.appended[string(r.Key)]
		if n := len(list); n > 0 && list[n-1].first == b.First {
			list[n-1].bytes = append(list[n-1].bytes, r.Value...)
			continue
		}
		w.appended[string(r.Key)] = append(list, appended{b.First, last, b.BookedAt, slices.Clone(r.Value)})
		w.before.keys = append(w.before.keys, string(r.Key))
	}
}

func (w *World) verifyAppends(j journal.Journal) error {
	const most = 100 // of many keys, some will do
	keys := slices.Sorted(maps.Keys(w.appended))
	every := 1 + len(keys)/most
	for i := len(w.kept) % every; i < len(keys); i += every {
		if err := w.verifyKey(j, keys[i], w.head.N); err != nil {
			return err
		}
	}
	for _, key := range prefixes {
		if err := w.verifyKey(j, key, w.head.N); err != nil {
			return err
		}
		if err := stopsEarly(j, key); err != nil {
			return err
		}
	}
	for _, key := range []string{"", "f/", "f/1\x00", "nothing", string(make([]byte, journal.MaxRowKey+1))} {
		if err := w.verifyKey(j, key, w.head.N); err != nil {
			return err
		}
	}
	return nil
}

// verifyKey reads the pieces of a key: each is what some batches in a row
// appended, none is missing before the newest, which holds entry head at least.
func (w *World) verifyKey(j journal.Journal, key string, head uint64) error {
	list := w.appended[key]
	newest := true
	err := j.Appended([]byte(key), func(p journal.Piece) (bool, error) {
		for newest && len(list) > 0 && list[len(list)-1].last > max(p.Last, head) {
			list = list[:len(list)-1] // being appended
		}
		newest = false
		last, size := len(list)-1, 0
		at := last
		for ; at >= 0 && size < len(p.Bytes); at-- {
			size += len(list[at].bytes)
		}
		run := list[at+1:]
		if len(run) == 0 || p.First != run[0].first || p.Last != list[last].last || p.BookedAt != list[last].bookedAt {
			return false, fmt.Errorf("%q has a piece of entries %d to %d of %s with %d bytes, want others", key, p.First, p.Last, p.BookedAt, len(p.Bytes))
		}
		rest := p.Bytes
		for _, a := range run {
			if !bytes.HasPrefix(rest, a.bytes) {
				return false, fmt.Errorf("the piece of %q of entries %d to %d is not what entries %d to %d appended", key, p.First, p.Last, a.first, a.last)
			}
			rest = rest[len(a.bytes):]
		}
		list = list[:at+1]
		return true, nil
	})
	for newest && len(list) > 0 && list[len(list)-1].last > head {
		list = list[:len(list)-1]
	}
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("what entries %d to %d appended to %q is missing", list[0].first, list[len(list)-1].last, key)
	}
	return err
}

// stopsEarly asks for one piece more each time.
func stopsEarly(j journal.Journal, key string) error {
	for want, all := 1, false; !all && want < 4; want++ {
		got := 0
		all = true
		err := j.Appended([]byte(key), func(journal.Piece) (bool, error) {
			got++
			all = got < want
			return all, nil
		})
		if err != nil || got > want {
			return fmt.Errorf("%d pieces of %q came (%w) where %d were asked for", got, key, err, want)
		}
	}
	return nil
}
