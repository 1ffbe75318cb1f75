package socket

import (
	"context"
	"strconv"

	"bayledger/sync/book"
	"bayledger/sync/book/history"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Bounds of following.
const (
	maxSubscriptions = 16    // per session: five topics for a few sites
	snapshotRows     = 1_000 // rows of one part
	recentEntries    = 100   // entries shown to a watcher who comes without a cursor
	frameBytes       = 256 << 10
)

// subscription is one topic that a session follows. The session's writer owns
// it; only one writes at a time.
type subscription struct {
	topic  string
	site   string
	filter wire.Filter
	wants  history.Filter
	after  uint64   // everything up to here has been sent
	fresh  bool     // a snapshot has to come first
	parts  [][]byte // of a snapshot, still to be sent
	plain  bool     // neither site nor filter: frames are shared
}

// subscribe adds a subscription; one to the same topic and site is replaced.
func (s *session) subscribe(m *wire.Subscribe) {
	switch m.Topic {
	case wire.TopicActivity, wire.TopicAlerts, wire.TopicBalances, wire.TopicCatalog:
	case wire.TopicExceptions:
		s.fail(&ledger.Fault{Code: ledger.Unsupported, Message: "Exceptions are not settled by this server yet; follow the activity, whose entries name them."})
		return
	default:
		s.fail(&ledger.Fault{Code: ledger.BadField, Field: "topic", Message: "There is no topic " + strconv.Quote(m.Topic) + ". Nothing was subscribed; use activity, alerts, balances or catalog."})
		return
	}
	sub := &subscription{topic: m.Topic, site: m.Site, fresh: true}
	if m.Filter != nil {
		sub.filter = *m.Filter
	}
	sub.wants = history.Filter{Site: sub.site, Product: sub.filter.Product, Location: sub.filter.Location, Kind: sub.filter.Kind, Operator: sub.filter.Operator}
	sub.plain = sub.wants.Empty()
	if c := m.Since; c != nil && (c.Epoch == "" || c.Epoch == s.hub.book.Epoch()) && c.N <= s.hub.book.Head() {
		sub.after, sub.fresh = c.N, false
	}
	s.mu.Lock()
	kept := make([]*subscription, 0, len(s.subs)+1)
	for _, old := range s.subs {
		if old.topic != sub.topic || old.site != sub.site {
			kept = append(kept, old)
		}
	}
	full := len(kept) >= maxSubscriptions
	if !full {
		s.subs = append(kept, sub)
	}
	s.mu.Unlock()
	if full {
		s.fail(&ledger.Fault{Code: ledger.TooLarge, Message: "The session follows 16 topics already. Nothing was subscribed."})
		return
	}
	s.hub.following(s, true)
	s.kick()
}

// follow adds what is new on a topic to the frame; false where the frame is full
// or the session has to end.
func (s *session) follow(sub *subscription, f *framer) bool {
	if f.size() > frameBytes {
		s.mu.Lock()
		s.again = true
		s.mu.Unlock()
		return false
	}
	if sub.fresh {
		s.snapshot(sub)
	}
	for len(sub.parts) > 0 && f.size() <= frameBytes {
		f.add(sub.parts[0])
		sub.parts = sub.parts[1:]
	}
	feed := s.hub.book.Feed()
	for f.size() <= frameBytes {
		chunk, head, ok := feed.Next(sub.after)
		switch {
		case ok && chunk.Last == head:
			s.newest(sub, chunk, f)
		case ok:
			s.chunks(sub, chunk, f)
		case sub.after >= head:
			return true
		case sub.topic == wire.TopicActivity:
			if err := s.stored(sub, f); err != nil {
				s.hub.opts.Log.Error("stored entries could not be read", "device", s.device, "after", sub.after, "error", err)
				s.close(wire.CloseResume, "the entries could not be read; come back")
				return false
			}
		default: // rows are not kept per entry: begin anew
			sub.fresh = true
			return s.follow(sub, f)
		}
	}
	s.mu.Lock()
	s.again = true
	s.mu.Unlock()
	return true
}

// newest adds what the last committed batch changed: the common case, encoded
// once for all who follow the whole topic and are up to date.
func (s *session) newest(sub *subscription, c *book.Chunk, f *framer) {
	from := sub.after
	shared := sub.plain && from == c.First-1
	if shared {
		if m, ok := c.Frames.Load(sub.topic); ok {
			sub.after = c.Last
			f.add(m.([]byte))
			return
		}
	}
	rows := s.changes(sub, c)
	m := wire.AppendEvents(make([]byte, 0, len(rows)+96), sub.topic, from, c.Last, rows)
	if shared {
		c.Frames.Store(sub.topic, m)
	}
	sub.after = c.Last
	f.add(m)
}

// chunks adds what several batches changed, as one message.
func (s *session) chunks(sub *subscription, c *book.Chunk, f *framer) {
	from := sub.after
	var rows []byte
	for ok := true; ok && len(rows) < frameBytes; c, _, ok = s.hub.book.Feed().Next(sub.after) {
		if part := s.changes(sub, c); len(part) > 0 {
			if len(rows) > 0 {
				rows = append(rows, ',')
			}
			rows = append(rows, part...)
		}
		sub.after = c.Last
	}
	f.add(wire.AppendEvents(make([]byte, 0, len(rows)+96), sub.topic, from, sub.after, rows))
}

// changes returns what a batch changed on a topic, beyond what was sent.
func (s *session) changes(sub *subscription, c *book.Chunk) []byte {
	if sub.topic == wire.TopicActivity {
		return sub.entries(c.Block, max(sub.after+1, c.First), c.Last)
	}
	return s.rows(sub, c)
}

// stored adds entries that the ring no longer has, as one message.
func (s *session) stored(sub *subscription, f *framer) error {
	from := sub.after
	var rows []byte
	err := s.hub.book.Feed().Stored(context.Background(), from, func(b *journal.Block) (bool, error) {
		if part := sub.entries(b, max(from+1, b.First), b.Last); len(part) > 0 {
			if len(rows) > 0 {
				rows = append(rows, ',')
			}
			rows = append(rows, part...)
		}
		sub.after = b.Last
		return len(rows) < frameBytes, nil
	})
	if err == nil && sub.after > from {
		f.add(wire.AppendEvents(make([]byte, 0, len(rows)+96), sub.topic, from, sub.after, rows))
	}
	return err
}

// entries returns the entries from..to of a block that the subscription wants.
func (sub *subscription) entries(b *journal.Block, from, to uint64) []byte {
	if sub.plain {
		return b.Span(from, to)
	}
	var out []byte
	for n := from; n <= to; n++ {
		entry := b.Entry(n)
		if !sub.wants.Wants(entry) {
			continue
		}
		if len(out) > 0 {
			out = append(out, ',')
		}
		out = append(out, entry...)
	}
	return out
}
