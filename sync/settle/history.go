package settle

import (
	"math"
	"slices"
	"sort"

	"bayledger/sync/ledger"
)

// history is what is known of one product: its facts in order of K, the late part
// of them in memory, and the holds on it.
type history struct {
	product *ledger.Product
	facts   []fact
	since   ledger.Time // all facts of that moment or later are in memory
	holds   []*hold     // on lots of the product, ended ones too
	held    goodsIndex  // the same, by lot and serial
	costs   costs
	every   int // facts between two points of the costs
	hot     int // where the fact was that was looked for last
	// The memory that the facts lie in, and how many before the first were forgotten.
	room  []fact
	cut   int
	kept  *summary // of the costs, where they are forgotten
	near  near
	ahead *ahead // how far it has been read before it is needed
	// All facts of that moment or later, in memory or not, depend on nothing but
	// themselves.
	plain   ledger.Time
	touched uint64 // the last entry that changed something of it; 0 of those before a start
	aside   []fact // booked without the others, and not stored yet; see aside
}

// nothingRead is the since of a history of which nothing has been read.
const nothingRead = ledger.Time(math.MaxInt64)

// fewBehind is how many facts a scan that comes after others of the same moment
// is behind at most, and is looked for one by one.
const fewBehind = 8

// position returns where a key is, or belongs, in the facts in memory. Most facts
// come in order and belong at the end, or a few before it; and each is looked for
// several times in the work on its entry.
func (h *history) position(k *Key) (at int, found bool) {
	if h.hot < len(h.facts) && h.facts[h.hot].Key == *k {
		return h.hot, true
	}
	at = len(h.facts)
	for back := 0; ; back++ {
		if at == 0 {
			return 0, false
		}
		if back == fewBehind {
			break
		}
		switch c := k.Compare(&h.facts[at-1].Key); {
		case c > 0:
			return at, false
		case c == 0:
			h.hot = at - 1
			return h.hot, true
		}
		at--
	}
	at = sort.Search(at, func(i int) bool { return h.facts[i].Compare(k) >= 0 })
	if found = at < len(h.facts) && h.facts[at].Key == *k; found {
		h.hot = at
	}
	return at, found
}

func (h *history) insert(at int, f fact) {
	h.heed(&f)
	h.depends(&f)
	f.kin = f.kinship()
	h.hot = at
	if len(h.facts) == cap(h.facts) && 2*h.cut >= len(h.facts) {
		h.moveUp()
	}
	grows := len(h.facts) == cap(h.facts)
	if at == len(h.facts) {
		h.facts = append(h.facts, f)
	} else {
		h.facts = slices.Insert(h.facts, at, f)
	}
	if grows {
		h.room, h.cut = h.facts[:0], 0
	}
}

// moveUp brings the facts to the front of their memory, where others have been
// forgotten, so that as many come as go without memory being asked for.
func (h *history) moveUp() {
	end := h.cut + len(h.facts)
	n := copy(h.room[:len(h.facts)], h.facts)
	clear(h.room[n:end])
	h.facts, h.cut = h.room[:n], 0
}

func (b *Books) history(p *ledger.Product) *history {
	for len(b.histories) < int(p.ID) {
		b.histories = append(b.histories, nil)
	}
	h := b.histories[p.ID-1]
	if h == nil {
		h = &history{product: p, since: nothingRead, plain: nothingRead, every: b.pointEvery, near: near{since: nothingRead}}
		b.histories[p.ID-1] = h
	}
	return h
}

// reach brings all facts of a moment and later into memory, and the costs as they
// stand after the last one; with a key also the costs as they stood at some point
// before it.
func (b *Books) reach(h *history, t ledger.Time, before *Key) error {
	t = max(0, b.from(h, t)) // before it there is nothing
	c := &h.costs
	if h.since > t || !c.known || before != nil && !c.pointBefore(before) {
		if err := b.load(h, t, before); err != nil {
			return err
		}
	}
	if c.entry != b.n {
		c.entry, c.before = b.n, append(c.before[:0], c.accounts...)
	}
	return nil
}

func pin(s *ledger.State, legs []leg) {
	for i := range legs {
		s.Pin(legs[i].from)
		s.Pin(legs[i].to)
	}
}

func unpin(s *ledger.State, legs []leg) {
	for i := range legs {
		s.Unpin(legs[i].from)
		s.Unpin(legs[i].to)
	}
}

// maxFacts bounds the facts in memory: some 130 bytes each. What is older is read
// again from the journal when something late asks for it.
const maxFacts = 1 << 17

// mostForgotten bounds how many facts one batch lets go: more than it brings, so that
// memory comes back to its bound after a long history was read, and few enough that
// nobody waits for it.
const mostForgotten = 8_192

// remember counts a fact as in memory, to be forgotten in its turn.
func (b *Books) remember(p *ledger.Product) { b.queue.push(p.ID) }

// forget lets the oldest facts go while there are too many. What is not durable
// yet cannot be read again and stays.
func (b *Books) forget(durable uint64) {
	b.store(durable)
	for left := min(b.queue.len(), mostForgotten); b.queue.len() > b.maxFacts && left > 0; left-- {
		h := b.histories[b.queue.first()-1]
		if h.ahead != nil { // somebody reads it for a scan that will come
			b.queue.push(b.queue.first())
			b.queue.pop()
			continue
		}
		if len(h.facts) > 0 {
			f := &h.facts[0]
			if f.recorded > durable {
				return
			}
			unpin(b.state, f.legs)
			h.since = f.TEff + 1
			h.costs.pass(b, h)
			*f = fact{}
			h.cut++
			if h.facts = h.facts[1:]; len(h.facts) == 0 {
				h.facts, h.room, h.cut = nil, nil, 0
				b.keepSummary(h)
				h.costs = costs{}
			}
		}
		b.queue.pop()
	}
}

// queue is a ring of products, one for each fact in memory.
type queue struct {
	ring        []ledger.ProductID
	start, size int
}

func (q *queue) len() int { return q.size }

func (q *queue) push(p ledger.ProductID) {
	if q.size == len(q.ring) {
		grown := make([]ledger.ProductID, max(1024, 2*len(q.ring)))
		for i := range q.size {
			grown[i] = q.ring[(q.start+i)%len(q.ring)]
		}
		q.ring, q.start = grown, 0
	}
	q.ring[(q.start+q.size)%len(q.ring)] = p
	q.size++
}

func (q *queue) first() ledger.ProductID { return q.ring[q.start] }

func (q *queue) pop() {
	q.start = (q.start + 1) % len(q.ring)
	q.size--
}
