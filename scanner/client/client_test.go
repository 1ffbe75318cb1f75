package client_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
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
