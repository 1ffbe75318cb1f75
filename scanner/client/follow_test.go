package client_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/wire"
)

// feeder answers subscriptions by hand.
type feeder struct {
	*server
	l *link
}

func (f *feeder) snapshot(topic string, part, parts int, n uint64, rows string) {
	f.l.put(wire.AppendSnapshot(nil, topic, part, parts, n, []byte(rows)))
}

func (f *feeder) events(topic string, from, to uint64, rows string) {
	f.l.put(wire.AppendEvents(nil, topic, from, to, []byte(rows)))
}

func product(code, name string, n int) string {
	return fmt.Sprintf(`{"entity":"product","code":%q,"fields":{"name":%q},"n":%d}`, code, name, n)
}

func balance(location, product, quantity string, n int, gone bool) string {
	return fmt.Sprintf(`{"site":"main","location":%q,"product":%q,"lot":"","serial":"","package":"","status":"available","quantity":%q,"n":%d,"gone":%t}`,
		location, product, quantity, n, gone)
}

// follower is a client that follows catalogue, balances and activity.
func follower(s *server, m *memory, rows func(client.Rows)) *handheld {
	return s.start(m.box(), func(cfg *client.Config) {
		cfg.Topics = []client.Topic{{Name: wire.TopicCatalog}, {Name: wire.TopicBalances, Site: "main"},
			{Name: wire.TopicActivity, Since: &wire.Cursor{Epoch: "e1", N: 3}, Filter: wire.Filter{Operator: "ann"}}}
		cfg.OnRows = rows
	})
}

func TestLocalCopy(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.n = 10
		turn := make(chan func(f *feeder))
		s.script = func(l *link, msg *wire.Message) bool {
			if msg.Subscribe != nil && msg.Subscribe.Topic == wire.TopicActivity {
				(<-turn)(&feeder{s, l})
			}
			return false
		}
		seen := make(chan client.Rows, 100)
		h := follower(s, m, func(r client.Rows) { seen <- r })
		turn <- func(f *feeder) {
			f.snapshot("catalog", 1, 2, 10, product("BOLT", "Bolt", 10)+","+`{"entity":"barcode","code":"5012","fields":{"product":"BOLT","quantity":"12"},"n":10}`)
			// While the parts come, one row is changed and one is removed.
			f.events("catalog", 10, 12, product("NUT", "Nut M6", 12)+","+`{"entity":"product","code":"OLD","fields":{},"n":11,"gone":true}`)
			f.snapshot("catalog", 2, 2, 10, product("NUT", "Nut", 10)+","+product("OLD", "Old", 10)+","+product("BOLT", "Older bolt", 9))
			f.snapshot("balances", 1, 1, 10, balance("A-1", "BOLT", "5", 7, false)+","+balance("A-1", "NUT", "2", 8, false)+","+balance("B-1", "BOLT", "1", 9, false))
			f.events("balances", 10, 13, balance("A-1", "BOLT", "4", 13, false)+","+balance("B-1", "BOLT", "0", 12, true))
		}
		for range 5 {
			<-seen
		}
		c := h.Copy()
		if p, q, ok := c.Barcode("5012"); !ok || p.Code != "BOLT" || p.Fields["name"] != "Bolt" || q != "12" {
			t.Errorf("%+v %s %v", p, q, ok)
		}
		if p, ok := c.Product("NUT"); !ok || p.Fields["name"] != "Nut M6" || p.N != 12 {
			t.Errorf("%+v %v", p, ok)
		}
		if _, ok := c.Product("OLD"); ok {
			t.Error("what was removed is there")
		}
		if _, _, ok := c.Barcode("nothing"); ok {
			t.Error("an unknown barcode means something")
		}
		rows := c.Balances("main", "A-1", "")
		if len(rows) != 2 || rows[0].Product != "BOLT" || rows[0].Quantity != "4" || rows[1].Quantity != "2" {
			t.Errorf("%+v", rows)
		}
		if rows := c.Balances("main", "A-1", "NUT"); len(rows) != 1 {
			t.Errorf("%+v", rows)
		}
		if rows := c.Balances("main", "B-1", ""); len(rows) != 0 {
			t.Errorf("%+v", rows)
		}
		of := c.BalancesAsOf()
		if !of.Complete || of.N != 13 || of.Rows != 2 || now().Sub(of.At).Abs() > time.Second || c.CatalogAsOf().N != 12 || c.CatalogAsOf().Rows != 3 {
			t.Errorf("%+v %+v", of, c.CatalogAsOf())
		}
		if h.Seen().N != 13 {
			t.Errorf("%+v", h.Seen())
		}

		// Offline the copy stays; the next connection goes on from where it stood.
		s.setDown(true)
		h.until("it is offline", func() bool { return !h.Connected() })
		if _, ok := c.Product("BOLT"); !ok {
			t.Error("the copy went with the connection")
		}
		s.look(func() { s.asked = nil })
		s.setDown(false)
		turn <- func(f *feeder) {
			s.look(func() {
				since := func(i int) wire.Cursor { return *s.asked[i].Since }
				if len(s.asked) != 3 || since(0) != (wire.Cursor{Epoch: "e1", N: 12}) || since(1).N != 13 || since(2).N != 3 ||
					s.asked[1].Site != "main" || s.asked[2].Filter.Operator != "ann" {
					t.Errorf("%+v", s.asked)
				}
			})
			// A gap: it asks again from what it has.
			f.events("activity", 3, 5, `{"n":4},{"n":5}`)
			f.events("activity", 7, 8, `{"n":8}`)
			f.events("activity", 2, 4, `{"n":4}`)
		}
		turn <- func(f *feeder) {
			s.look(func() {
				if last := s.asked[len(s.asked)-1]; last.Since.N != 5 || len(s.asked) != 4 {
					t.Errorf("%+v", s.asked)
				}
			})
			f.events("activity", 5, 8, `{"n":6},{"n":7},{"n":8}`)
			// A snapshot in the middle replaces what was there.
			f.snapshot("balances", 1, 1, 40, balance("C-1", "BOLT", "9", 40, false))
		}
		for range 5 {
			<-seen
		}
		h.until("the new snapshot is in", func() bool { return len(c.Balances("main", "C-1", "")) == 1 })
		if len(c.Balances("main", "A-1", "")) != 0 || c.BalancesAsOf().N != 40 {
			t.Errorf("%+v", c.BalancesAsOf())
		}
	})
}

// Another epoch begins with a snapshot, whatever was known.
func TestFollowingIntoAnotherEpoch(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.n = 10
		asked := make(chan wire.Subscribe, 10)
		s.script = func(l *link, msg *wire.Message) bool {
			if msg.Subscribe == nil {
				return false
			}
			asked <- *msg.Subscribe
			if msg.Subscribe.Topic == wire.TopicCatalog {
				s.mu.Lock()
				n := s.n
				s.mu.Unlock()
				(&feeder{s, l}).snapshot("catalog", 1, 1, n, product("BOLT", s.epoch, int(n)))
			}
			return true
		}
		h := s.start(m.box(), func(cfg *client.Config) { cfg.Topics = []client.Topic{{Name: wire.TopicCatalog}} })
		<-asked
		h.until("the snapshot is in", func() bool { return h.Copy().CatalogAsOf().Complete })
		s.restore("e2", 4)
		if again := <-asked; again.Since == nil || again.Since.Epoch != "e1" {
			t.Errorf("%+v", again.Since)
		}
		h.until("it is connected again", func() bool {
			p, _ := h.Copy().Product("BOLT")
			return h.Seen() == wire.Cursor{Epoch: "e2", N: 4} && p.N == 4
		})
	})
}

func TestClientWithoutOutboxFollows(t *testing.T) {
	world(t, func(t *testing.T, s *server, _ *memory) {
		s.script = func(l *link, msg *wire.Message) bool {
			if msg.Subscribe != nil {
				(&feeder{s, l}).events("activity", 0, 1, `{"n":1}`)
			}
			return false
		}
		rows := make(chan client.Rows, 1)
		h := newHandheld(t, nil, func(cfg *client.Config) {
			cfg.Outbox, cfg.Device, cfg.Install, cfg.Dial = nil, "watch", "w", s.dial
			cfg.Topics = []client.Topic{{Name: wire.TopicActivity, Since: &wire.Cursor{Epoch: "e1"}}}
			cfg.OnRows = func(r client.Rows) { rows <- r }
		})
		h.run()
		if r := <-rows; r.To != 1 || len(r.Rows) != 1 {
			t.Errorf("%+v", r)
		}
		if _, err := h.Scan(t.Context(), add("BOLT")); client.CodeOf(err) != client.CodeBadIntent {
			t.Errorf("%v", err)
		}
		s.look(func() {
			if !slices.ContainsFunc(s.hellos, func(m wire.Hello) bool { return m.Device == "watch" && m.Install == "w" }) {
				t.Errorf("%+v", s.hellos)
			}
		})
	})
}
