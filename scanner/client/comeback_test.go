package client_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// What a close code and its kin mean for the next try.
func TestComingBack(t *testing.T) {
	for _, row := range []struct {
		code        int
		stops       bool
		least, most time.Duration
		says        string
	}{
		{wire.CloseResume, false, 500 * time.Millisecond, time.Second, ""},
		{wire.CloseDrain, false, 500 * time.Millisecond, 4 * time.Second, ""},
		{wire.CloseTooFast, false, 500 * time.Millisecond, 16 * time.Second, ""},
		{1006, false, 500 * time.Millisecond, time.Second, ""},
		{1011, false, 500 * time.Millisecond, time.Second, ""},
		{wire.CloseBadFrame, true, 0, 0, "update the app"},
		{wire.CloseBadKey, true, 0, 0, "pair the device again"},
		{wire.CloseUnsupported, true, 0, 0, "update the app"},
		{4499, true, 0, 0, "4499"},
	} {
		t.Run(fmt.Sprint(row.code), func(t *testing.T) {
			world(t, func(t *testing.T, s *server, m *memory) {
				closed := false
				s.script = func(l *link, m *wire.Message) bool {
					if m.Hello == nil || closed {
						return false
					}
					closed = true
					l.send(&wire.Error{Type: "error", Code: ledger.BadKey, Message: "A sentence of the server."})
					l.close(row.code, "a reason")
					return true
				}
				h := s.start(m.box(), func(cfg *client.Config) { cfg.Rand = func() float64 { return 0.999999 } })
				if row.stops {
					err := <-h.over
					if client.CodeOf(err) != client.CodeStopped || !strings.Contains(err.Error(), row.says) || !strings.Contains(err.Error(), "A sentence of the server.") {
						t.Errorf("%v", err)
					}
					h.scan(1) // scanning goes on all the same
					h.over <- nil
					return
				}
				h.until("it is back", h.Connected)
				s.look(func() {
					if len(s.dials) != 2 {
						t.Fatalf("%d connections", len(s.dials))
					}
					pause := s.dials[1].Sub(s.dials[0])
					if pause < row.least || pause > row.most || row.most > time.Second && pause < row.most*9/10 {
						t.Errorf("came back after %s, want up to %s", pause, row.most)
					}
				})
			})
		})
	}
}

// A key that was fetched while a hello with the old one was on its way: the old one's
// end stops nothing.
func TestANewKeyMeanwhile(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		key := "old"
		s.script = func(l *link, m *wire.Message) bool {
			if m.Hello == nil || m.Hello.Key == "new" {
				return false
			}
			key = "new"
			l.close(wire.CloseBadKey, "bad key")
			return true
		}
		h := s.start(m.box(), func(cfg *client.Config) { cfg.KeyNow = func() string { s.mu.Lock(); defer s.mu.Unlock(); return key } })
		h.until("it is back", h.Connected)
	})
}

// A connection that was replaced stops the device, but for one that is so young
// that the device's own earlier connection may have been heard late.
func TestReplaced(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		replaced := 0
		s.script = func(l *link, m *wire.Message) bool {
			if m.Hello == nil {
				return false
			}
			if replaced++; replaced != 2 {
				l.close(wire.CloseReplaced, "replaced")
				return true
			}
			return false
		}
		h := s.start(m.box(), nil)
		h.until("it is back", h.Connected)
		time.Sleep(time.Minute)
		s.look(func() {
			for l := range s.links {
				l.close(wire.CloseReplaced, "replaced")
			}
		})
		err := <-h.over
		if client.CodeOf(err) != client.CodeStopped || !strings.Contains(err.Error(), "find the other device") || replaced != 2 {
			t.Errorf("%v after %d", err, replaced)
		}
	})
	world(t, func(t *testing.T, s *server, m *memory) { // again and again: it is no accident
		s.script = func(l *link, m *wire.Message) bool {
			l.close(wire.CloseReplaced, "replaced")
			return true
		}
		if err := <-s.start(m.box(), nil).over; client.CodeOf(err) != client.CodeStopped || len(s.dials) != 2 {
			t.Errorf("%v after %d", err, len(s.dials))
		}
	})
}

// Without a server the pauses grow to 30 s and stay jittered.
func TestBackoff(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.setDown(true)
		r := rand.New(rand.NewPCG(7, 7))
		h := s.start(m.box(), func(cfg *client.Config) { cfg.Rand = r.Float64 })
		time.Sleep(2 * time.Hour)
		h.Close()
		h.Close()
		longest, ceiling := time.Duration(0), client.BackoffMin
		for i := 1; i < len(s.dials); i++ {
			pause := s.dials[i].Sub(s.dials[i-1])
			ceiling = min(2*ceiling, client.BackoffMax)
			if pause < client.BackoffMin || pause > ceiling {
				t.Errorf("pause %d is %s, want up to %s", i, pause, ceiling)
			}
			longest = max(longest, pause)
		}
		if len(s.dials) < 300 || longest < 25*time.Second {
			t.Errorf("%d tries, longest pause %s", len(s.dials), longest)
		}
		if _, err := h.Scan(context.Background(), add("BOLT")); client.CodeOf(err) != client.CodeClosed {
			t.Errorf("%v", err)
		}
		if err := h.Run(context.Background()); client.CodeOf(err) != client.CodeClosed {
			t.Errorf("%v", err)
		}
	})
}

// An idle client pings, and a server that goes silent is left.
func TestPingAndSilence(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		h := s.start(m.box(), func(cfg *client.Config) { cfg.Battery = func() int { return 71 } })
		h.until("it is connected", h.Connected)
		time.Sleep(5 * time.Minute)
		s.look(func() {
			if n := len(s.pings); n < 11 || n > 13 || s.pings[0].Battery != 71 || s.pings[0].Now == 0 {
				t.Errorf("%d pings in 5 minutes: %+v", n, s.pings)
			}
			s.script = func(*link, *wire.Message) bool { return true }
		})
		begin := time.Now()
		h.until("it leaves", func() bool { return h.count(client.Disconnected) == 1 })
		if d := time.Since(begin); d > 2*time.Minute {
			t.Errorf("left after %s", d)
		}
		s.look(func() { s.script = nil })
		h.scan(1)
		h.untilEmpty()
		// Rows that are never answered, on a connection that is otherwise alive.
		s.look(func() { s.script = func(_ *link, m *wire.Message) bool { return m.Intents != nil } })
		h.scan(1)
		begin = time.Now()
		h.until("it leaves", func() bool { return h.count(client.Disconnected) == 2 })
		if d := time.Since(begin); d < 59*time.Second || d > 62*time.Second {
			t.Errorf("left after %s", d)
		}
		s.look(func() { s.script = nil })
		h.untilEmpty()
		s.once(2)
	})
}

// A server that never answers hello, or answers nonsense.
func TestBadServers(t *testing.T) {
	for name, answer := range map[string]func(l *link) bool{
		"silence":      func(*link) bool { return true },
		"no JSON":      func(l *link) bool { return l.put([]byte(`hello`)) },
		"half a frame": func(l *link) bool { return l.put([]byte(`{"type":"welcome"`)) },
		"an early ack": func(l *link) bool {
			return l.put([]byte(`{"type":"ack","through":9,"outcomes":[{"seq":9,"outcome":"applied"}]}`)) && l.welcome()
		},
		"unknown things": func(l *link) bool { return l.put([]byte(`[{"type":"dance"},{"type":"pong"}]`)) && l.welcome() },
		"two welcomes": func(l *link) bool {
			first := l.welcome()
			return l.welcome() && first
		},
		"not taken": func(l *link) bool {
			return l.welcome() && l.put([]byte(`{"type":"ack","through":0,"outcomes":[{"seq":1,"outcome":"refused","code":"not_allowed","message":"Ann may not take BOLT."}]}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(t *testing.T, s *server, m *memory) {
				first := true
				s.script = func(l *link, m *wire.Message) bool {
					if m.Hello == nil || !first {
						return false
					}
					first = false
					answer(l)
					return true
				}
				h := s.start(m.box(), nil)
				h.scan(3)
				h.untilEmpty()
				s.once(3)
				for _, e := range h.tail(math.MaxInt) {
					if e.Kind == client.Disconnected && strings.Contains(e.Text, "BOLT") {
						t.Errorf("why it was left names goods and people, and is kept in a log: %s", e.Text)
					}
				}
			})
		})
	}
}

// A server that goes away gives each device a moment to come back, and devices
// keep to it.
func TestDrainSaysWhen(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		drained := false
		s.script = func(l *link, m *wire.Message) bool {
			if m.Hello == nil || drained {
				return false
			}
			drained = true
			l.send(&wire.Notice{Type: "notice", Kind: "drain", Text: "The server is restarting.", RetryAfter: 17})
			l.close(wire.CloseDrain, "the server is going away")
			return true
		}
		h := s.start(m.box(), func(cfg *client.Config) { cfg.Rand = func() float64 { return 0.999999 } })
		h.until("it is back", h.Connected)
		s.look(func() {
			if pause := s.dials[1].Sub(s.dials[0]); len(s.dials) != 2 || pause < 17*time.Second || pause > 19*time.Second {
				t.Errorf("%d connections, the second after %s", len(s.dials), pause)
			}
		})
	})
}
