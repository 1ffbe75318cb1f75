package client

import (
	"slices"
	"time"

	"bayledger/sync/wire"
)

// following is where a followed topic stands; the client's mu guards it.
type following struct {
	Topic
	at     *wire.Cursor // nil: a snapshot is wanted
	parts  int          // of the snapshot that is coming, 0: none is
	off    bool         // too large for the local copy, or not known to the server
	copied bool         // kept in the local copy
}

func (c *Client) newFollowing() {
	copied := false
	for _, t := range c.cfg.Topics {
		f := following{Topic: t, at: t.Since, copied: t.Name == wire.TopicCatalog || t.Name == wire.TopicBalances}
		if f.copied {
			f.at = nil // the copy lives in memory: it begins with a snapshot
			copied = true
		}
		c.follow = append(c.follow, f)
	}
	if copied {
		c.copy = newCopy()
	}
}

// subscribe asks for the topics after the welcome, and again for those whose
// events had a gap.
func (s *session) subscribe() error {
	c := s.c
	c.mu.Lock()
	var asks []wire.Subscribe
	for i := range c.follow {
		f := &c.follow[i]
		if f.off || s.followed && !slices.Contains(s.resubbed, i) {
			continue
		}
		m := wire.Subscribe{Type: "subscribe", Topic: f.Name, Site: f.Site, Since: f.at}
		if f.Filter != (wire.Filter{}) {
			filter := f.Filter
			m.Filter = &filter
		}
		f.parts = 0
		asks = append(asks, m)
	}
	s.followed, s.resubbed = true, nil
	c.mu.Unlock()
	for i := range asks {
		if err := s.send(&asks[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) following(topic string) (int, *following) {
	for i := range c.follow {
		if c.follow[i].Name == topic {
			return i, &c.follow[i]
		}
	}
	return -1, nil
}

// events takes entries or rows of (From, To].
func (s *session) events(m *wire.Events) {
	if !s.advance(m) {
		s.c.tooLarge(m.Topic)
	}
	s.c.cfg.OnRows(Rows{Topic: m.Topic, From: m.From, To: m.To, Rows: m.Events, Traces: m.Traces})
}

// advance moves a topic on; false where the local copy cannot hold it.
func (s *session) advance(m *wire.Events) bool {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	i, f := c.following(m.Topic)
	if f == nil || f.off || f.at == nil || m.To <= f.at.N {
		return true // not asked for, before its snapshot, or known already
	}
	if m.From > f.at.N {
		// Something is missing between: ask again from where this stands.
		c.cfg.Log.Error("the feed has a gap; asking again", "device", c.cfg.Device, "topic", m.Topic, "have", f.at.N, "from", m.From)
		if !slices.Contains(s.resubbed, i) {
			s.resubbed = append(s.resubbed, i)
			c.nudge()
		}
		return true
	}
	f.at = &wire.Cursor{Epoch: c.seen.Epoch, N: m.To}
	c.see(m.To)
	return !f.copied || c.copy.events(m, c.asOf())
}

// snapshot takes one part of a topic's rows.
func (s *session) snapshot(m *wire.Snapshot) {
	if !s.build(m) {
		s.c.tooLarge(m.Topic)
	}
	s.c.cfg.OnRows(Rows{Topic: m.Topic, Snapshot: true, Part: m.Part, Parts: m.Parts, To: m.N, Rows: m.Rows})
}

// build adds a part to a topic; false where the local copy cannot hold it.
func (s *session) build(m *wire.Snapshot) bool {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	_, f := c.following(m.Topic)
	if f == nil || f.off {
		return true
	}
	if m.Part <= 1 {
		f.parts = 0
	}
	if m.Part != f.parts+1 {
		return true // a part without those before it
	}
	f.parts = m.Part
	if m.Part == 1 {
		// The feed goes on from the first part's n while the others come.
		f.at = &wire.Cursor{Epoch: c.seen.Epoch, N: m.N}
	}
	if m.Part >= m.Parts {
		f.parts = 0
	}
	c.see(m.N)
	return !f.copied || c.copy.snapshot(m, c.asOf())
}

// tooLarge stops following what does not fit on the device.
func (c *Client) tooLarge(topic string) {
	c.mu.Lock()
	if _, f := c.following(topic); f != nil {
		f.off, f.at = true, nil
	}
	c.mu.Unlock()
	c.copy.drop(topic)
	c.cfg.Log.Error("a topic is too large for the local copy", "device", c.cfg.Device, "topic", topic)
	c.cfg.Notify(Event{Kind: Notice, Code: topic, Text: "There is more than this device can hold: " + topic + " cannot be looked up offline. Scanning goes on."})
}

// asOf is the server's time now, as well as the device knows it; mu is held.
func (c *Client) asOf() time.Time {
	return StampAt(c.reading(), c.anchor, Stamp{}).At.Std()
}
