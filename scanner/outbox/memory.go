package outbox

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"sort"
	"sync"
)

// Memory is a folder that lives in memory: what a Store keeps in it survives
// Close and is found by the next Open, and ends with the process. It is for tests
// and for simulated fleets. One Store may have it open at a time.
type Memory struct {
	gate     sync.Mutex
	open     bool // under gate
	mu       sync.Mutex
	series   map[string][]pair // by the first bytes of the key; sorted within
	register memoryFile
}

type pair struct{ key, value []byte }

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return &Memory{series: map[string][]pair{}} }

// Open opens the Memory as [Open] does a folder.
func (m *Memory) Open(opts Options) (*Store, error) {
	m.gate.Lock()
	defer m.gate.Unlock()
	if m.open {
		return nil, fail(CodeLocked, nil, "this memory outbox is already open; close the other store first")
	}
	if opts.FreeBytes == nil {
		opts.FreeBytes = func() (uint64, error) { return math.MaxUint64, nil }
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	m.open = true
	s, err := newStore(&memoryKV{m: m}, &m.register, opts)
	if err != nil {
		m.open = false
	}
	return s, err
}

// seriesOf keeps the rows of one box together, so that an append goes to the end
// of a short list.
func seriesOf(key []byte) string { return string(key[:min(len(key), 5)]) }

type memoryKV struct{ m *Memory }

func (k *memoryKV) commit(ops []op) error {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	for _, o := range ops {
		name := seriesOf(o.key)
		s := k.m.series[name]
		i, found := slices.BinarySearchFunc(s, o.key, func(p pair, key []byte) int { return bytes.Compare(p.key, key) })
		switch {
		case o.value == nil && found && i == 0:
			s[0] = pair{}
			s = s[1:]
		case o.value == nil && found:
			s = slices.Delete(s, i, i+1)
		case o.value == nil:
		case found:
			s[i].value = o.value
		default:
			s = slices.Insert(s, i, pair(o))
		}
		if len(s) == 0 {
			delete(k.m.series, name)
		} else {
			k.m.series[name] = s
		}
	}
	return nil
}

func (k *memoryKV) get(key []byte) ([]byte, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	s := k.m.series[seriesOf(key)]
	i, found := slices.BinarySearchFunc(s, key, func(p pair, key []byte) int { return bytes.Compare(p.key, key) })
	if !found {
		return nil, nil
	}
	return bytes.Clone(s[i].value), nil
}

// page returns copies of up to limit pairs of from ≤ key < until, in key order.
// Values are never changed in place, so they can be read without the lock.
func (k *memoryKV) page(from, until []byte, limit int) []pair {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	if seriesOf(from) == seriesOf(until) {
		i, j := bounds(k.m.series[seriesOf(from)], from, until)
		return slices.Clone(k.m.series[seriesOf(from)][i:min(j, i+limit)])
	}
	// A whole kind is asked for: only when a store is opened.
	var out []pair
	for _, s := range k.m.series {
		i, j := bounds(s, from, until)
		out = append(out, s[i:j]...)
	}
	slices.SortFunc(out, func(a, b pair) int { return bytes.Compare(a.key, b.key) })
	return out[:min(len(out), limit)]
}

// bounds returns where from ≤ key < until stands in s.
func bounds(s []pair, from, until []byte) (i, j int) {
	i = sort.Search(len(s), func(i int) bool { return bytes.Compare(s[i].key, from) >= 0 })
	j = sort.Search(len(s), func(j int) bool { return bytes.Compare(s[j].key, until) >= 0 })
	return i, max(i, j)
}

// memoryPage is how many pairs a scan copies at a time.
const memoryPage = 256

func (k *memoryKV) scan(from, until []byte, _ bool, f func(key, value []byte) bool) error {
	for {
		page := k.page(from, until, memoryPage)
		for _, p := range page {
			if !f(p.key, p.value) {
				return nil
			}
		}
		if len(page) < memoryPage {
			return nil
		}
		from = append(bytes.Clone(page[len(page)-1].key), 0)
	}
}

func (k *memoryKV) last(from, until []byte) ([]byte, error) {
	k.m.mu.Lock()
	defer k.m.mu.Unlock()
	var best []byte
	for name, s := range k.m.series {
		if seriesOf(from) == seriesOf(until) && name != seriesOf(from) {
			continue
		}
		if i, j := bounds(s, from, until); i < j && bytes.Compare(s[j-1].key, best) > 0 {
			best = s[j-1].key
		}
	}
	return bytes.Clone(best), nil
}

func (k *memoryKV) damage() error { return nil }

func (k *memoryKV) close() error {
	k.m.gate.Lock()
	defer k.m.gate.Unlock()
	k.m.open = false
	return nil
}

// memoryFile is the register of a Memory.
type memoryFile struct {
	mu   sync.Mutex
	data []byte
}

func (f *memoryFile) ReadAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if off >= int64(len(f.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memoryFile) WriteAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if off < 0 || off > registerBytes {
		return 0, errors.New("offset out of bounds")
	}
	if need := int(off) + len(p); need > len(f.data) {
		f.data = append(f.data, make([]byte, need-len(f.data))...)
	}
	return copy(f.data[off:], p), nil
}

func (f *memoryFile) Sync() error  { return nil }
func (f *memoryFile) Close() error { return nil }
