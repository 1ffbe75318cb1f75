package journal

import (
	"errors"
	"sync"
)

// Memory is a journal in memory: the same code on a map in place of Badger, so
// that it behaves like the one on disk in all but speed, and outlives a crash
// that a test or a simulation plays.
type Memory struct {
	*core
	o  Options
	st *memory
}

// NewMemory returns an empty journal in memory.
func NewMemory(epoch string) *Memory {
	m, err := OpenMemory(Options{NewEpoch: func() string { return epoch }})
	if err != nil {
		panic(err) // an epoch that is empty or too long: the program is wrong
	}
	return m
}

// OpenMemory returns an empty journal in memory with options of its own.
// Without FreeBytes there is always room.
func OpenMemory(o Options) (*Memory, error) {
	return openMemory(&memory{fail: -1}, o)
}

func openMemory(st *memory, o Options) (*Memory, error) {
	c, err := openCore(st, o, func() (uint64, error) { return 1 << 62, nil })
	if err != nil {
		return nil, err
	}
	return &Memory{core: c, o: o, st: st}, nil
}

// Reopen opens what has been stored anew, as after a crash, or as after a clean
// end if Close was called before. The journal it is called on can be used no
// more; commits that FailAfter made fail do not fail any longer.
func (m *Memory) Reopen() (*Memory, error) {
	m.state.Store(stateClosed)
	m.st.failAfter(-1, false)
	return openMemory(m.st, m.o)
}

// FailAfter lets n more commits pass and makes the one after them fail, which
// breaks the journal. With kept, that commit is stored all the same: its caller
// cannot know. An Append is one commit, unless its block takes more than 1 MiB.
func (m *Memory) FailAfter(n int, kept bool) { m.st.failAfter(n, kept) }

var errInjected = errors.New("the commit failed, as the test wanted")

// memory is a map as a store. Its limits are those of Badger with OpenDB's
// options, so that the same batches take more than one commit.
type memory struct {
	mu   sync.RWMutex
	keys sorted
	used int64
	fail int // commits that pass before one fails; -1 none fails
	kept bool
}

func (m *memory) failAfter(n int, kept bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.kept = n, kept
}

func (m *memory) get(key []byte, fn func([]byte) error) error {
	m.mu.RLock()
	value, found := m.keys.get(string(key))
	m.mu.RUnlock()
	if !found {
		return errNoKey
	}
	return fn(value)
}

// each takes the lock for one key at a time, so that fn may use the journal.
func (m *memory) each(prefix, from []byte, down bool, fn func(key, value []byte) (bool, error)) error {
	at := string(from)
	if down && len(from) == len(prefix) {
		at += "\xff"
	}
	for inclusive := true; ; inclusive = false {
		m.mu.RLock()
		key, value, found := m.keys.seek(at, down, inclusive)
		m.mu.RUnlock()
		if !found || len(key) < len(prefix) || key[:len(prefix)] != string(prefix) {
			return nil
		}
		more, err := fn([]byte(key), value)
		if err != nil || !more {
			return err
		}
		at = key
	}
}

func (m *memory) commit(list []write) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	failing := m.fail == 0
	if m.fail > 0 {
		m.fail--
	}
	if failing && !m.kept {
		return errInjected
	}
	for i := range list {
		w := &list[i]
		old, _ := m.keys.get(string(w.key))
		m.used += int64(len(w.value) - len(old))
		if w.remove {
			m.keys.remove(string(w.key))
			continue
		}
		m.keys.put(string(w.key), append([]byte{}, w.value...))
	}
	if failing {
		return errInjected
	}
	return nil
}

func (m *memory) limits() (bytes, count int) {
	const nodeSize = 96 // of Badger's skip list
	return memTable*15/100 - 1, memTable*15/100/nodeSize - 2
}

func (m *memory) size() int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.used
}
