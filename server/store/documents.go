package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"bayledger/server/documents/rows"
)

// prefixDocuments is before the documents' own keys (server/documents has their form).
const prefixDocuments = "kg"

// Rows of a change that is larger than a transaction, behind prefixDocuments: its
// parts, and the mark that all of them are there.
const (
	partPrefix = "~p"
	partMark   = "~!"
)

// What goes into one transaction: Badger's is bounded by a share of its memory table.
const (
	maxTransactionBytes = 512 << 10
	maxTransactionRows  = 2_000
)

// DocumentRows is the disk of documents.
type DocumentRows struct {
	shelf
	// mu keeps readers away while a large change is laid down part by part.
	mu         sync.RWMutex
	unfinished bool // a large change is marked and not laid down whole
}

var _ rows.Disk = (*DocumentRows)(nil)

// Documents gives the rows of documents; what a crash left unfinished is finished
// first. One service at a time may have them. Errors: ErrDamaged, Badger's.
func (s *Store) Documents() (*DocumentRows, error) {
	r := &DocumentRows{shelf: shelf{s.db, prefixDocuments, "the documents"}}
	mark, err := r.shelf.Get(partMark)
	if err != nil {
		return nil, err
	}
	if mark == nil {
		return r, r.forgetParts() // of a change that was never marked
	}
	return r, r.layDown()
}

// Get implements rows.Disk.
func (r *DocumentRows) Get(key string) ([]byte, error) {
	done, err := r.reading()
	if err != nil {
		return nil, err
	}
	defer done()
	return r.shelf.Get(key)
}

// Scan implements rows.Disk.
func (r *DocumentRows) Scan(prefix, after string, backwards bool, fn func(key string, value []byte) (bool, error)) error {
	done, err := r.reading()
	if err != nil {
		return err
	}
	defer done()
	return r.shelf.Scan(prefix, after, backwards, fn)
}

// reading waits until no large change is half laid down.
func (r *DocumentRows) reading() (done func(), err error) {
	r.mu.RLock()
	if !r.unfinished {
		return r.mu.RUnlock, nil
	}
	r.mu.RUnlock()
	r.mu.Lock()
	if r.unfinished {
		err = r.layDown()
	}
	r.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return r.reading()
}

// Commit implements rows.Disk. What is larger than a transaction is stored in parts
// first, marked, and then laid down: a crash before the mark leaves nothing of it, one
// behind it is made good at the next start.
func (r *DocumentRows) Commit(c rows.Changes) error {
	done, err := r.reading()
	if err != nil {
		return err
	}
	parts := partsOf(c)
	if len(parts) <= 1 {
		defer done()
		return r.write(c.Put, c.Delete)
	}
	done()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, p := range parts {
		if err := r.write(map[string][]byte{fmt.Sprintf("%s%08d", partPrefix, i): stored(p)}, nil); err != nil {
			return errors.Join(err, r.forgetParts())
		}
	}
	if err := r.write(map[string][]byte{partMark: {}}, nil); err != nil {
		return err
	}
	r.unfinished = true
	return r.layDown()
}

// part is what one transaction of a large change does.
type part struct {
	Put    []pair   `json:",omitempty"`
	Delete [][]byte `json:",omitempty"`
}

// pair is a row; its key is bytes, since codes in it may be no text.
type pair struct{ Key, Value []byte }

// partsOf cuts a change into transactions.
func partsOf(c rows.Changes) (out []part) {
	keys := make([]string, 0, len(c.Put))
	for key := range c.Put {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var now part
	size, count := 0, 0
	room := func(bytes int) {
		if count > 0 && (size+bytes > maxTransactionBytes || count >= maxTransactionRows) {
			out = append(out, now)
			now, size, count = part{}, 0, 0
		}
		size, count = size+bytes, count+1
	}
	for _, key := range keys {
		room(len(key) + len(c.Put[key]))
		now.Put = append(now.Put, pair{[]byte(key), c.Put[key]})
	}
	for _, key := range c.Delete {
		room(len(key))
		now.Delete = append(now.Delete, []byte(key))
	}
	if count > 0 {
		out = append(out, now)
	}
	return out
}

// rows are what a part writes, itself gone with it.
func (p *part) rows(itself string) (put map[string][]byte, remove []string) {
	put = make(map[string][]byte, len(p.Put))
	for _, row := range p.Put {
		put[string(row.Key)] = row.Value
	}
	for _, key := range p.Delete {
		remove = append(remove, string(key))
	}
	return put, append(remove, itself)
}

// layDown does what the parts say, and forgets them and then the mark. The caller
// holds mu, or is alone.
func (r *DocumentRows) layDown() error {
	err := r.eachPart(func(key string, value []byte) error {
		var p part
		if json.Unmarshal(value, &p) != nil {
			return fmt.Errorf("%w: a part of a change of documents", ErrDamaged)
		}
		return r.write(p.rows(key))
	})
	if err == nil {
		err = r.write(nil, []string{partMark})
	}
	if err != nil {
		return fmt.Errorf("a large change is stored and not laid down yet; it is tried again at the next use: %w", err)
	}
	r.unfinished = false
	return nil
}

func (r *DocumentRows) forgetParts() error {
	return r.eachPart(func(key string, _ []byte) error { return r.write(nil, []string{key}) })
}

// eachPart goes over the parts one by one, each read when its turn comes.
func (r *DocumentRows) eachPart(fn func(key string, value []byte) error) error {
	for {
		var key string
		var value []byte
		if err := r.shelf.Scan(partPrefix, "", false, func(k string, v []byte) (bool, error) {
			key, value = k, v
			return false, nil
		}); err != nil || key == "" {
			return err
		}
		if err := fn(key, value); err != nil {
			return err
		}
	}
}
