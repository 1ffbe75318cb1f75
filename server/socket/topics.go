package socket

import (
	"strconv"
	"sync/atomic"

	"bayledger/server/access"
	"bayledger/server/lens"
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
	scanEntries      = 20_000 // stored entries looked at before acks get their turn
)

// subscription is one topic that a session follows. The session's writer owns
// it; only one writes at a time.
type subscription struct {
	topic  string
	site   string
	filter wire.Filter
	wants  history.Filter
	after  uint64       // everything up to here has been sent
	fresh  bool         // a snapshot has to come first
	plain  bool         // neither site nor filter: frames are shared
	sites  access.Sites // of which rows are shown
	cash   access.Sites // of which values are told
	glass  lens.Lens    // through which entries go
	shot   *shot        // a snapshot of which parts are still to be sent

	sent atomic.Uint64 // after, as of the last frame that has left: for the metrics
}

// followsActivity says whether entries are among what is followed.
func followsActivity(subs []*subscription) bool {
	for _, sub := range subs {
		if sub.topic == wire.TopicActivity {
			return true
		}
	}
	return false
}

// subscribe adds a subscription; one to the same topic and site is replaced.
func (s *session) subscribe(m *wire.Subscribe) {
	action, known := access.Topic(m.Topic)
	if !known {
		s.fail(&ledger.Fault{Code: ledger.BadField, Field: "topic", Message: "There is no topic " + strconv.Quote(m.Topic) + ". Nothing was subscribed; use activity, alerts, balances, exceptions or catalog."})
		return
	}
	if !access.May(s.who, action) || m.Site != "" && !access.MayAt(s.who, action, m.Site) {
		s.fail(&ledger.Fault{Code: ledger.NotAllowed, Field: "topic", Message: "This key may not follow the topic " + m.Topic + " (" + string(action) + "), or not there. Nothing was subscribed; ask a supervisor."})
		return
	}
	sub := &subscription{topic: m.Topic, site: m.Site, fresh: true, sites: access.Where(s.who, action), cash: access.Where(s.who, access.SeeMoney), glass: lens.Of(s.who)}
	if m.Filter != nil {
		sub.filter = *m.Filter
	}
	sub.wants = history.Filter{Site: sub.site, Product: sub.filter.Product, Location: sub.filter.Location, Kind: sub.filter.Kind, Operator: sub.filter.Operator}
	sub.plain = sub.wants.Empty()
	if c := m.Since; c != nil && (c.Epoch == "" || c.Epoch == s.hub.book.Epoch()) && c.N <= s.hub.book.Head() {
		sub.after, sub.fresh = c.N, false
		sub.sent.Store(c.N)
	} else {
		sub.sent.Store(s.hub.book.Head()) // a snapshot is of now
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

// follow adds what is new on a topic, up to the announced head, to the frame;
// false where the frame is full or the session has to end.
func (s *session) follow(sub *subscription, announced uint64, f *framer) bool {
	if !sub.fresh {
		sub.sent.Store(sub.after) // the frame before has left, or this would not be asked
	}
	for f.size() <= frameBytes {
		switch {
		case sub.fresh:
			if err := s.snapshot(sub, announced, f); err != nil {
				return s.unread(sub, err)
			}
			continue
		case sub.shot != nil:
			f.add(sub.nextPart())
			continue
		case sub.after >= announced:
			return true
		}
		chunk, _, ok := s.hub.book.Feed().Next(sub.after)
		var err error
		switch {
		case ok && chunk.Last == announced:
			err = s.newest(sub, chunk, f)
		case ok:
			err = s.chunks(sub, chunk, announced, f)
		case sub.topic == wire.TopicActivity:
			if err = s.stored(sub, announced, f); err == nil {
				s.lookAgain() // reading may have taken long: what waits goes first
				return true
			}
		default: // rows are not kept per entry: begin anew
			sub.fresh = true
		}
		if err != nil {
			return s.unread(sub, err)
		}
	}
	s.lookAgain()
	return false
}

func (s *session) lookAgain() {
	s.mu.Lock()
	s.again = true
	s.mu.Unlock()
}

// unread ends a session whose topic could not be read.
func (s *session) unread(sub *subscription, err error) bool {
	if s.ctx.Err() == nil { // else it ends already
		s.line().Error("a topic could not be read", "topic", sub.topic, "after", sub.after, "error", err)
		code := wire.CloseDrain // the book takes no more, or what the rows show was not stored
		if sub.topic == wire.TopicActivity {
			code = wire.CloseResume
		}
		s.close(code, "the topic could not be read; come back")
	}
	return false
}

// newest adds what the last committed batch changed: the common case, encoded
// once for all who follow the whole topic and are up to date.
func (s *session) newest(sub *subscription, c *book.Chunk, f *framer) error {
	from := sub.after
	shared := sub.plain && from == c.First-1
	if shared {
		if m, ok := c.Frames.Load(sub.frame()); ok {
			sub.after = c.Last
			f.add(m.([]byte))
			return nil
		}
	}
	rows, err := s.changes(sub, c)
	if err != nil {
		return err
	}
	m := wire.AppendEvents(make([]byte, 0, len(rows)+96), sub.topic, from, c.Last, rows, s.traces(sub, from, c.Last)...)
	if shared {
		c.Frames.Store(sub.frame(), m)
	}
	sub.after = c.Last
	f.add(m)
	return nil
}

// frame names the frames that a subscription can share: with those who may see the
// same.
func (sub *subscription) frame() string { return sub.topic + " " + sub.glass.Key() }

// chunks adds what several batches changed, as one message.
func (s *session) chunks(sub *subscription, c *book.Chunk, announced uint64, f *framer) error {
	from := sub.after
	var rows []byte
	for ok := true; ok && c.Last <= announced && len(rows) < frameBytes; c, _, ok = s.hub.book.Feed().Next(sub.after) {
		part, err := s.changes(sub, c)
		if err != nil {
			return err
		}
		if len(part) > 0 {
			if len(rows) > 0 {
				rows = append(rows, ',')
			}
			rows = append(rows, part...)
		}
		sub.after = c.Last
	}
	f.add(wire.AppendEvents(make([]byte, 0, len(rows)+96), sub.topic, from, sub.after, rows, s.traces(sub, from, sub.after)...))
	return nil
}

// traces returns the trace contexts of what a subscriber of the activity is shown.
func (s *session) traces(sub *subscription, from, to uint64) []wire.Trace {
	if s.hub.opts.Traces == nil || sub.topic != wire.TopicActivity || !sub.plain {
		return nil
	}
	return s.hub.opts.Traces.Between(from, to)
}

// changes returns what a batch changed on a topic, beyond what was sent.
func (s *session) changes(sub *subscription, c *book.Chunk) ([]byte, error) {
	if sub.topic == wire.TopicActivity {
		return sub.entries(c.Block, max(sub.after+1, c.First), c.Last), nil
	}
	return s.rows(sub, c)
}

// stored adds entries that the ring no longer has, as one message: as many as a
// frame holds or as are looked at in one go, whichever comes first.
func (s *session) stored(sub *subscription, announced uint64, f *framer) error {
	from := sub.after
	var rows []byte
	err := s.hub.book.Feed().Stored(s.ctx, from, func(b *journal.Block) (bool, error) {
		if b.First > announced {
			return false, nil
		}
		to := min(b.Last, announced)
		if part := sub.entries(b, max(from+1, b.First), to); len(part) > 0 {
			if len(rows) > 0 {
				rows = append(rows, ',')
			}
			rows = append(rows, part...)
		}
		sub.after = to
		return to < announced && to-from < scanEntries && len(rows) < frameBytes, nil
	})
	if err == nil && sub.after > from {
		f.add(wire.AppendEvents(make([]byte, 0, len(rows)+96), sub.topic, from, sub.after, rows))
	}
	return err
}

// entries returns the entries from..to of a block that the subscription wants.
func (sub *subscription) entries(b *journal.Block, from, to uint64) []byte {
	if sub.plain && sub.glass.Whole() {
		return b.Span(from, to)
	}
	var out []byte
	for n := from; n <= to; n++ {
		entry := b.Entry(n)
		if !sub.wants.Wants(entry) {
			continue
		}
		if entry = sub.glass.Entry(entry); entry == nil {
			continue
		}
		if len(out) > 0 {
			out = append(out, ',')
		}
		out = append(out, entry...)
	}
	return out
}
