package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// world runs a test on synctest's clock with a fake server and an outbox.
func world(t *testing.T, f func(t *testing.T, s *server, m *memory)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newServer(t), newMemory(t, outbox.Options{})) })
}

func TestScansWithoutAnyNetwork(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.setDown(true)
		h := s.start(m.box(), nil)
		h.scan(3)
		if st := h.State(2); st != client.StateSaved {
			t.Errorf("%s", st)
		}
		waiting, err := h.Waiting(0, 10)
		if err != nil || len(waiting) != 3 || waiting[1].Seq != 2 || waiting[1].Intent.Product != "BOLT" || waiting[1].Intent.Clock != "c" {
			t.Errorf("%+v, %v", waiting, err)
		}
		time.Sleep(time.Hour) // synctest's clock: an hour of vain attempts
		if h.Connected() || h.State(9) != client.StateUnknown {
			t.Error("connected to nothing")
		}
		s.setDown(false)
		h.untilEmpty()
		if st := h.State(2); st != client.StateBooked {
			t.Errorf("%s", st)
		}
		s.once(3)
		h.scan(1)
		h.untilEmpty()
		s.look(func() {
			if in := s.got[3]; in.Clock != "a" || in.Seen == 0 || in.Epoch != "e1" || in.Device != "H-1" || in.Install != "i1" {
				t.Errorf("%+v", in)
			}
		})
	})
}

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
			refused = append(refused, time.Now())
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
		if h.count(client.Notice) != 3 || len(s.dials) != 1 {
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

func TestNeedsYou(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.judge = func(in *ledger.Intent) ledger.Result {
			r := ledger.Result{Outcome: ledger.Applied}
			switch in.Product {
			case "WHAT":
				r = ledger.Result{Outcome: ledger.Parked, Code: ledger.UnknownProduct, Message: "Nobody knows WHAT."}
			case "ODD":
				r = ledger.Result{Outcome: ledger.Exception, Message: "Odd."}
			}
			return r
		}
		h := s.start(m.box(), nil)
		for _, product := range []string{"BOLT", "WHAT", "NUT", "ODD"} {
			if _, err := h.Scan(context.Background(), add(product)); err != nil {
				t.Fatal(err)
			}
		}
		h.until("all is told", func() bool { return h.count(client.Booked) == 2 && h.count(client.NeedsYou) == 2 })
		notes, err := h.box.Notes()
		if err != nil || len(notes) != 2 || notes[0].Seq != 2 || notes[1].Seq != 4 {
			t.Fatalf("%+v, %v", notes, err)
		}
		var r ledger.Result
		if err := json.Unmarshal(notes[0].Outcome, &r); err != nil || r.Code != ledger.UnknownProduct || r.Message != "Nobody knows WHAT." {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// The ack of the first push tells a through that covers later ones, too: a
// repeat's outcome is waited for all the same.
func TestOutcomesOfRepeatsAreHeard(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.setDown(true)
		h := s.start(m.box(), nil)
		h.scan(6)
		s.setDown(false)
		s.look(func() { s.policy.MaxPush, s.policy.MaxUnacked = 2, 4 })
		h.untilEmpty()
		h.cancel()
		<-h.over
		if s.pushes < 3 {
			t.Errorf("%d pushes", s.pushes)
		}
		if _, err := h.box.Resend(1); err != nil {
			t.Fatal(err)
		}
		h = s.start(m.box(), nil)
		h.until("all six are told", func() bool { return h.count(client.Booked) == 6 })
		s.once(6)
	})
}

func TestCommand(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		s.setDown(true)
		h := s.start(m.box(), nil)
		if _, err := h.Command(context.Background(), add("BOLT")); client.CodeOf(err) != client.CodeNotConnected {
			t.Errorf("%v", err)
		}
		if st := h.box.Stats(); st.Next != 1 {
			t.Errorf("stored all the same: %+v", st)
		}
		s.look(func() {
			s.judge = func(in *ledger.Intent) ledger.Result {
				if in.Mode == ledger.ModeCommand && in.Product == "GONE" {
					return ledger.Result{Outcome: ledger.Refused, Code: ledger.Short, Message: "None left."}
				}
				return ledger.Result{Outcome: ledger.Applied}
			}
		})
		s.setDown(false)
		h.until("it is connected", h.Connected)
		if r, err := h.Command(context.Background(), add("BOLT")); err != nil || r.Outcome != ledger.Applied || r.Seq != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := h.Command(context.Background(), add("GONE")); err != nil || r.Code != ledger.Short || r.Seq != 2 {
			t.Errorf("%+v, %v", r, err)
		}
		command := add("BOLT")
		command.Mode = ledger.ModeCommand
		if _, err := h.Scan(context.Background(), command); client.CodeOf(err) != client.CodeBadIntent {
			t.Errorf("%v", err)
		}
		s.look(func() { s.script = func(_ *link, m *wire.Message) bool { return m.Intents != nil } })
		begin := time.Now()
		_, err := h.Command(context.Background(), add("BOLT"))
		var e *client.Error
		if !errors.As(err, &e) || e.Code != client.CodeNoAnswer || e.Seq != 3 || time.Since(begin) != client.CommandWithin {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := h.Command(ctx, add("BOLT")); err == nil {
			t.Error("a command without time was answered")
		}
		s.look(func() { s.script = nil })
		s.setDown(true)
		s.setDown(false)
		h.untilEmpty() // the late answer is an event
		if h.count(client.Booked)+h.count(client.NeedsYou) < 3 {
			t.Error("the late answer was not told")
		}
	})
}

func TestRefusesWhatIsNoIntent(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		h := s.start(m.box(), nil)
		var f *ledger.Fault
		if _, err := h.Scan(context.Background(), ledger.Intent{Action: "dance"}); !errors.As(err, &f) || f.Code != ledger.UnknownAction {
			t.Errorf("%v", err)
		}
		if _, err := h.ScanAll(context.Background(), nil); outbox.CodeOf(err) != outbox.CodeBadArgument {
			t.Errorf("%v", err)
		}
		if st := h.box.Stats(); st.Next != 1 {
			t.Errorf("%+v", st)
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
			return l.welcome() && l.put([]byte(`{"type":"ack","through":0,"outcomes":[{"seq":1,"outcome":"refused","code":"not_allowed"}]}`))
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
			})
		})
	}
}

func TestAnchorsAcrossRestarts(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		boot, id := time.Now(), "boot-1"
		wall := func() time.Time { return now().Add(-10 * time.Minute) } // ten minutes slow
		change := func(cfg *client.Config) {
			start := boot
			cfg.Monotonic, cfg.BootID, cfg.Now = func() time.Duration { return time.Since(start) }, id, wall
		}
		h := s.start(m.box(), change)
		h.scan(1)
		h.untilEmpty()
		scan := func(class string) {
			t.Helper()
			s.setDown(true)
			h.cancel()
			<-h.over
			m.close()
			m.open()
			time.Sleep(time.Hour)
			h = s.start(m.box(), change)
			h.scan(1)
			s.setDown(false)
			h.untilEmpty()
			s.look(func() {
				in := s.got[len(s.got)-1]
				off := now().Sub(in.At.Std())
				if in.Clock != class || off < -time.Second || off > time.Minute {
					t.Errorf("class %s, %s off", in.Clock, off)
				}
			})
		}
		scan("a") // the process starts anew in the same boot
		boot, id = time.Now(), "boot-2"
		scan("b") // the device starts anew
		wall = func() time.Time { return time.Unix(1000, 0) }
		s.setDown(true)
		h.cancel()
		<-h.over
		boot, id = time.Now(), "boot-3"
		h = s.start(m.box(), change)
		h.scan(2)
		waiting, err := h.Waiting(0, 9)
		if err != nil || len(waiting) != 2 || waiting[0].Intent.Clock != "c" || waiting[1].Intent.At <= waiting[0].Intent.At {
			t.Errorf("%+v, %v", waiting, err)
		}
		s.setDown(false)
		h.untilEmpty()
		s.once(5)
	})
}

// An intent with a moment of its own keeps it, and gets no seen.
func TestRecordedMoments(t *testing.T) {
	world(t, func(t *testing.T, s *server, m *memory) {
		h := s.start(m.box(), nil)
		h.scan(1)
		h.untilEmpty()
		in := add("BOLT")
		in.At = ledger.TimeOf(time.Date(2010, 12, 1, 8, 26, 0, 0, time.UTC))
		if _, err := h.Scan(context.Background(), in); err != nil {
			t.Fatal(err)
		}
		h.untilEmpty()
		s.look(func() {
			if got := s.got[1]; got.At != in.At || got.Seen != 0 || got.Clock != "" {
				t.Errorf("%+v", got)
			}
		})
	})
}

func TestConfig(t *testing.T) {
	box := newMemory(t, outbox.Options{}).box()
	for _, row := range []struct {
		name string
		cfg  client.Config
		code client.Code
	}{
		{"all is well", client.Config{Server: "https://stock.example", Outbox: box}, ""},
		{"only follows", client.Config{Server: "ws://stock.example:8080/v1/sync", Device: "W", Install: "w"}, ""},
		{"no server", client.Config{Outbox: box}, client.CodeBadConfig},
		{"a path", client.Config{Server: "/v1/sync", Outbox: box}, client.CodeBadConfig},
		{"ftp", client.Config{Server: "ftp://stock.example", Outbox: box}, client.CodeBadConfig},
		{"another's outbox", client.Config{Server: "ws://s", Outbox: box, Device: "H-2"}, client.CodeBadConfig},
		{"nobody", client.Config{Server: "ws://s"}, client.CodeBadConfig},
		{"an unknown subprotocol", client.Config{Server: "ws://s", Outbox: box, Subprotocol: "mqtt"}, client.CodeBadConfig},
		{"half a clock", client.Config{Server: "ws://s", Outbox: box, BootID: "b"}, client.CodeBadConfig},
		{"a topic twice", client.Config{Server: "ws://s", Outbox: box, Topics: []client.Topic{{Name: "activity"}, {Name: "activity"}}}, client.CodeBadConfig},
		{"a negative pause", client.Config{Server: "ws://s", Outbox: box, BackoffMin: -1}, client.CodeBadConfig},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := client.New(row.cfg)
			if client.CodeOf(err) != row.code {
				t.Fatalf("%v", err)
			}
			if err == nil {
				c.Close()
			}
		})
	}
}

func TestQueue(t *testing.T) {
	q := client.NewQueue(2)
	for seq := range uint64(5) {
		q.Put(client.Event{Kind: client.Booked, Seq: seq})
	}
	first := <-q.Events()
	second := <-q.Events()
	if first.Seq != 3 || second.Seq != 4 || q.Dropped() != 3 {
		t.Errorf("%d, %d, dropped %d", first.Seq, second.Seq, q.Dropped())
	}
	if client.NeedsYou.String() != "needs you" || client.EventKind(99).String() != "unknown" || client.StateSent.String() != "sent" {
		t.Error("names")
	}
}
