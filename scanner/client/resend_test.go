package client_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// cutter breaks a connection after so many bytes, in the middle of whatever
// travels then.
type cutter struct {
	net.Conn
	left atomic.Int64
}

func (c *cutter) spend(n int) bool { return c.left.Add(-int64(n)) > 0 }

func (c *cutter) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b[:min(len(b), int(max(1, c.left.Load())))])
	if !c.spend(n) {
		c.Conn.Close()
	}
	return n, err
}

func (c *cutter) Write(b []byte) (int, error) {
	part := b[:min(len(b), int(max(1, c.left.Load())))]
	n, err := c.Conn.Write(part)
	if !c.spend(n) {
		c.Conn.Close()
	}
	if err == nil && n < len(b) {
		err = errors.New("cut")
	}
	return n, err
}

// Cuts at random bytes: every scan is booked once, in order, with both codecs.
func TestCuts(t *testing.T) {
	for seed := range uint64(24) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			world(t, func(t *testing.T, s *server, m *memory) {
				r, cuts := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 11))
				s.wrap = func(c net.Conn) net.Conn {
					k := &cutter{Conn: c}
					k.left.Store(400 + cuts.Int64N(12_000))
					return k
				}
				h := s.start(m.box(), func(cfg *client.Config) {
					if seed%2 == 1 {
						cfg.Subprotocol = wire.SubprotocolCBOR
					}
				})
				const scans = 200
				for n := 0; n < scans; {
					k := min(scans-n, 1+r.IntN(20))
					h.scan(k)
					n += k
					if r.IntN(3) == 0 {
						time.Sleep(time.Duration(r.IntN(5000)) * time.Millisecond)
					}
				}
				h.until("all are told as booked", func() bool { return h.count(client.Booked) == scans })
				h.untilEmpty()
				s.once(scans)
			})
		})
	}
}

// forgetful is an outbox whose acks never reach the disk, as after a crash.
type forgetful struct{ outbox.Box }

func (f forgetful) Ack(uint64) error { return nil }

// The device dies after any number of events, with and without its last acks
// stored; the next start goes on from the outbox.
func TestRestartBetweenAnyTwoSteps(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			world(t, func(t *testing.T, s *server, m *memory) {
				r := rand.New(rand.NewPCG(seed, 2))
				total := 0
				for range 12 {
					var box outbox.Box = m.box()
					if r.IntN(2) == 0 {
						box = forgetful{box}
					}
					h := s.start(box, nil)
					n := 1 + r.IntN(10)
					h.scan(n)
					total += n
					steps := r.IntN(8)
					h.until("it dies", func() bool { return len(h.tail(steps+1)) >= min(steps, 3) })
					h.cancel()
					<-h.over
					m.close()
					m.open()
				}
				h := s.start(m.box(), nil)
				h.until("everything is booked", func() bool { return h.box.Stats().Acked == uint64(total) })
				s.once(total)
			})
		})
	}
}

// A server that comes back from a backup gets again what it lost, also what it
// had acknowledged.
func TestServerRestored(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		h := s.start(m.box(), nil)
		h.scan(50)
		h.untilEmpty()
		s.restore("e2", 20)
		h.scan(5)
		h.until("the server has all", func() bool { return h.Seen().Epoch == "e2" && h.Connected() && h.box.Stats().Waiting == 0 })
		s.once(55)
		if seen := h.Seen(); seen.N > 55 {
			t.Errorf("seen %+v belongs to the old epoch", seen)
		}
	})
}

// What the ring no longer holds is named by skip.
func TestServerRestoredTooFarBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newServer(t), newMemory(t, outbox.Options{RingRows: 10})
		h := s.start(m.box(), nil)
		h.scan(700)
		h.untilEmpty()
		m.close()
		m.open() // trims the ring
		h.cancel()
		<-h.over
		s.restore("e2", 5)
		h = s.start(m.box(), nil)
		h.until("the server has all", func() bool { return h.Connected() && h.box.Stats().Waiting == 0 })
		s.once(700)
		s.look(func() {
			if len(s.skipped) < 400 || s.skipped[6] != outbox.ReasonGone || s.skipped[700] != "" {
				t.Errorf("%d skipped", len(s.skipped))
			}
		})
		if h.count(client.Lost) == 0 {
			t.Error("nobody was told of what is lost")
		}
	})
}

// An outbox folder that is an older copy goes on above what the server knows.
func TestServerKnowsMore(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.last, s.n = 40, 40
		h := s.start(m.box(), nil)
		h.until("it is connected", h.Connected)
		h.scan(2)
		h.untilEmpty()
		s.look(func() {
			if s.last != 42 || s.booked[41] != 1 || s.booked[42] != 1 {
				t.Errorf("last %d, %v", s.last, s.booked)
			}
		})
	})
}

// lossy is an outbox that has lost some rows.
type lossy struct {
	outbox.Box
	lost map[uint64]bool
}

func (l lossy) Unacked(from uint64, most, maxBytes int) ([]outbox.Row, error) {
	rows, err := l.Box.Unacked(from, most, maxBytes)
	for i := range rows {
		if l.lost[rows[i].Seq] {
			rows[i] = outbox.Row{Seq: rows[i].Seq, Lost: true, Reason: outbox.ReasonDamaged}
		}
	}
	return rows, err
}

func TestLostRowsAreSkipped(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.setDown(true)
		lost := map[uint64]bool{1: true, 4: true, 5: true, 300: true}
		for seq := uint64(100); seq < 280; seq++ {
			lost[seq] = true // more than one frame of skips
		}
		h := s.start(lossy{m.box(), lost}, nil)
		h.scan(300)
		s.setDown(false)
		h.untilEmpty()
		s.once(300)
		s.look(func() {
			if len(s.skipped) != len(lost) || s.skipped[4] != outbox.ReasonDamaged {
				t.Errorf("skipped %d of %d", len(s.skipped), len(lost))
			}
		})
		if n := h.count(client.Lost); n != len(lost) {
			t.Errorf("told of %d", n)
		}
	})
}

// A lost row that the server has needs no skip.
func TestLostRowsThatTheServerHas(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		h := s.start(forgetful{m.box()}, nil)
		h.scan(5)
		h.until("all are answered", func() bool { return h.count(client.Booked) == 5 })
		h.cancel()
		<-h.over
		h = s.start(lossy{m.box(), map[uint64]bool{1: true, 3: true, 5: true}}, nil)
		h.untilEmpty()
		s.once(5)
		s.look(func() {
			if len(s.skipped) != 0 {
				t.Errorf("%v", s.skipped)
			}
		})
	})
}

// A full disk at the server holds this device back for as long as it asks.
func TestDiskFull(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		var refused []time.Time
		s.script = func(l *link, m *wire.Message) bool {
			if m.Intents == nil || len(refused) == 3 {
				return false
			}
			// What was under way already when the first of it was refused is refused with it.
			if len(refused) == 0 || time.Since(refused[len(refused)-1]) > 0 {
				refused = append(refused, time.Now())
			}
			return l.send(&wire.Error{Type: "error", Code: ledger.DiskFull, Message: "The disk is full.", RetryAfter: 30})
		}
		h := s.start(m.box(), nil)
		h.scan(4)
		h.untilEmpty()
		s.once(4)
		for i := 1; i < len(refused); i++ {
			if pause := refused[i].Sub(refused[i-1]); pause < 30*time.Second || pause > 40*time.Second {
				t.Errorf("came again after %s", pause)
			}
		}
		if h.count(client.Notice) < 3 || len(s.dials) != 1 {
			t.Errorf("%d notices, %d connections", h.count(client.Notice), len(s.dials))
		}
	})
}

// A gap error is followed back, also below what was acknowledged.
func TestGap(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		h := s.start(m.box(), nil)
		h.scan(10)
		h.untilEmpty()
		s.look(func() { // the server loses five without ending the connection
			s.last = 5
			for seq := uint64(6); seq <= 10; seq++ {
				delete(s.booked, seq)
			}
			s.got = s.got[:5]
		})
		h.scan(3)
		h.untilEmpty()
		s.once(13)
		if len(s.dials) != 1 {
			t.Errorf("%d connections", len(s.dials))
		}
	})
}

// A server that never stops asking is left, and come back to.
func TestGapForEver(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		last := uint64(0)
		broken := true
		s.script = func(l *link, m *wire.Message) bool {
			return m.Intents != nil && broken && l.send(&wire.Error{Type: "error", Code: ledger.Gap, Message: "A gap.", LastSeq: &last})
		}
		h := s.start(m.box(), nil)
		h.scan(2)
		h.until("it gives up", func() bool { return h.count(client.Disconnected) == 2 })
		s.look(func() { broken = false })
		h.untilEmpty()
		s.once(2)
	})
}
