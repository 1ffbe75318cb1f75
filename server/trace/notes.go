package trace

import (
	"sort"
	"sync"
	"sync/atomic"

	"bayledger/sync/wire"
)

// maxNotes is how many entries' contexts are kept for watchers: some seconds of a
// busy site of which everything is traced, in half a megabyte.
const maxNotes = 4_096

// Notes are the contexts of the newest entries that have one. The zero value is
// empty.
type Notes struct {
	any atomic.Bool // something was noted, ever

	mu   sync.RWMutex // guards list
	list []wire.Trace // in the order of entries
}

// Note keeps the context that an entry came from. An entry that is not above the
// last one noted is passed over: it is told already.
func (n *Notes) Note(entry uint64, context string) {
	if context == "" || entry == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := len(n.list); k > 0 && n.list[k-1].Entry >= entry {
		return
	}
	if len(n.list) >= maxNotes {
		n.list = append(n.list[:0], n.list[maxNotes/2:]...)
	}
	n.list = append(n.list, wire.Trace{Entry: entry, Trace: context})
	n.any.Store(true)
}

// Between returns the notes of entries after from, up to and with to.
func (n *Notes) Between(from, to uint64) []wire.Trace {
	if !n.any.Load() {
		return nil
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	first := sort.Search(len(n.list), func(i int) bool { return n.list[i].Entry > from })
	after := sort.Search(len(n.list), func(i int) bool { return n.list[i].Entry > to })
	if first >= after {
		return nil
	}
	return append([]wire.Trace(nil), n.list[first:after]...)
}
