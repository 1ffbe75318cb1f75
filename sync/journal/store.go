package journal

import "errors"

// store is the ordered set of keys that a journal stands on: Badger or memory.
type store interface {
	// get calls fn with the value of a key, valid until fn returns; errNoKey if
	// there is none.
	get(key []byte, fn func(value []byte) error) error
	// each calls fn for every key that begins with prefix, from the key from on, in
	// ascending order or, if down, in descending order, until fn returns false or
	// an error. Both slices are valid until fn returns.
	each(prefix, from []byte, down bool, fn func(key, value []byte) (more bool, err error)) error
	// commit stores all of the writes durably, or none.
	commit(writes []write) error
	// limits says how many bytes and writes one commit takes at most.
	limits() (bytes, count int)
	size() int64
}

var errNoKey = errors.New("no such key")

// write is one change of a commit; keys and values are not kept after it.
type write struct {
	key, value []byte
	remove     bool
}

// writeOverhead is what a write counts beside key and value against the store's
// limit of bytes; Badger adds 12.
const writeOverhead = 16

func (w *write) bytes() int { return len(w.key) + len(w.value) + writeOverhead }

// writes gathers a commit, within the store's limits. Its memory is used again.
type writes struct {
	list  []write
	arena []byte // keys and small values
	bytes int
}

func (w *writes) reset() {
	clear(w.list)
	w.list, w.arena, w.bytes = w.list[:0], w.arena[:0], 0
}

// keep makes the arena's last bytes, from start on, a piece of its own.
func (w *writes) keep(start int) []byte { return w.arena[start:len(w.arena):len(w.arena)] }

func (w *writes) add(one write) {
	w.list = append(w.list, one)
	w.bytes += one.bytes()
}

func (w *writes) part(first uint64, k int, value []byte) {
	start := len(w.arena)
	w.arena = partKey(w.arena, first, k)
	w.add(write{key: w.keep(start), value: value})
}

// segment adds a piece under the start of its keys and its number among them: its
// first entry or, of the index, its highest seq.
func (w *writes) segment(prefix []byte, number uint64, body []byte) {
	start := len(w.arena)
	w.arena = be64(append(w.arena, prefix...), number)
	stored := w.keep(start)
	start = len(w.arena)
	w.arena = append(w.arena, body...)
	w.arena = be32(w.arena, rowSum(stored, body))
	w.add(write{key: stored, value: w.keep(start)})
}

func (w *writes) span(mark, span uint64) {
	start := len(w.arena)
	w.arena = appendSpan(w.arena, mark, span)
	w.add(write{key: spanKey, value: w.keep(start)})
}

func (w *writes) mark(mark uint64) {
	start := len(w.arena)
	w.arena = appendMark(w.arena, mark)
	w.add(write{key: markKey, value: w.keep(start)})
}

// page adds the page that was built to a run, and empties it.
func (w *writes) page(r *run, p *pageBuilder) {
	start := len(w.arena)
	w.arena = pageKey(w.arena, r.id, r.pages)
	key := w.keep(start)
	start = len(w.arena)
	w.arena = append(w.arena, p.buf...)
	w.arena = be32(w.arena, rowSum(key, p.buf))
	w.add(write{key: key, value: w.keep(start)})
	r.pages++
	r.rows += uint64(p.rows)
	r.bytes += uint64(len(p.buf))
	p.reset()
}

func (w *writes) runs(s *runs) {
	start := len(w.arena)
	w.arena = s.encode(w.arena)
	w.add(write{key: runsKey, value: w.keep(start)})
}
