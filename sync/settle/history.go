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
}

// nothingRead is the since of a history of which nothing has been read.
const nothingRead = ledger.Time(math.MaxInt64)

// position returns where a key is, or belongs, in the facts in memory. Most facts
// come in order and belong at the end.
func (h *history) position(k *Key) (at int, found bool) {
	last := len(h.facts) - 1
	if last < 0 {
		return 0, false
	}
	switch c := k.Compare(&h.facts[last].Key); {
	case c > 0:
		return last + 1, false
	case c == 0:
		return last, true
	}
	at = sort.Search(last, func(i int) bool { return h.facts[i].Compare(k) >= 0 })
	return at, h.facts[at].Compare(k) == 0
}

func (h *history) insert(at int, f fact) {
	if at == len(h.facts) {
		h.facts = append(h.facts, f)
		return
	}
	h.facts = slices.Insert(h.facts, at, f)
}

func (b *Books) history(p *ledger.Product) *history {
	for len(b.histories) < int(p.ID) {
		b.histories = append(b.histories, nil)
	}
	h := b.histories[p.ID-1]
	if h == nil {
		h = &history{product: p, since: nothingRead}
		b.histories[p.ID-1] = h
	}
	return h
}

// reach brings all facts of a moment and later into memory.
func (b *Books) reach(h *history, t ledger.Time) error {
	if h.since <= t {
		return nil
	}
	known := make(map[Key]bool, len(h.facts))
	for i := range h.facts {
		known[h.facts[i].Key] = true
	}
	var older []fact
	all := true
	err := b.past.Appended(historyKey(h.product), func(p Piece) (bool, error) {
		// A moment is never more than a microsecond after its booking: pieces that
		// were booked before have nothing of it.
		if p.BookedAt+1 < t {
			all = false
			return false, nil
		}
		var read []fact
		if err := b.readFacts(p.Bytes, h.product, func(f fact) { read = append(read, f) }); err != nil {
			return false, err
		}
		for i := len(read) - 1; i >= 0; i-- { // what was written last counts
			if f := &read[i]; !known[f.Key] {
				if known[f.Key] = true; f.TEff < t {
					all = false
					continue
				}
				older = append(older, *f)
			}
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for i := range older {
		pin(b.state, older[i].legs)
		b.remember(h.product)
	}
	h.facts = append(h.facts, older...)
	slices.SortFunc(h.facts, func(x, y fact) int { return x.Compare(&y.Key) })
	if h.since = t; all {
		h.since = 0
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

// remember counts a fact as in memory, to be forgotten in its turn.
func (b *Books) remember(p *ledger.Product) { b.queue.push(p.ID) }

// forget lets the oldest facts go while there are too many. What is not durable
// yet cannot be read again and stays.
func (b *Books) forget(durable uint64) {
	for b.queue.len() > b.maxFacts {
		h := b.histories[b.queue.first()-1]
		if len(h.facts) > 0 {
			f := &h.facts[0]
			if f.recorded > durable {
				return
			}
			unpin(b.state, f.legs)
			h.since = f.TEff + 1
			*f = fact{}
			if h.facts = h.facts[1:]; len(h.facts) == 0 {
				h.facts = nil
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
