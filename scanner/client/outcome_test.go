package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

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
