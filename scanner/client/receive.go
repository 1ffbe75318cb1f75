package client

import (
	"fmt"
	"io"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// read takes frames until the connection ends and returns why.
func (s *session) read() error {
	for {
		if err := s.alive(); err != nil {
			return err
		}
		kind, r, err := s.conn.NextReader()
		if err != nil {
			return err
		}
		if err := s.take(kind, r); err != nil {
			return err
		}
	}
}

// take reads one frame into borrowed memory and acts on it.
func (s *session) take(kind int, r io.Reader) (err error) {
	buffer := readBuffers.Get().(*[]byte)
	if *buffer, err = wire.ReadFrame((*buffer)[:0], r); err == nil {
		err = s.frame(kind, *buffer)
	}
	if cap(*buffer) <= keepBuffer {
		readBuffers.Put(buffer)
	}
	return err
}

// alive moves the deadline of the next read.
func (s *session) alive() error {
	s.c.mu.Lock()
	quiet := s.quiet
	s.c.mu.Unlock()
	return s.conn.SetReadDeadline(time.Now().Add(quiet))
}

// frame acts on all messages of a frame, in their order.
func (s *session) frame(kind int, frame []byte) error {
	if kind == websocket.BinaryMessage {
		if s.cbor == nil {
			return fmt.Errorf("the server sent a binary frame on a JSON connection")
		}
		var err error
		if frame, err = s.cbor.ToJSON(frame); err != nil {
			return fmt.Errorf("the server sent a frame that is not CBOR of this protocol: %w", err)
		}
	}
	messages, err := wire.DecodeServerFrame(frame)
	if err != nil {
		return fmt.Errorf("the server sent a frame that cannot be read: %w", err)
	}
	for i := range messages {
		if err := s.handle(&messages[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) handle(m *wire.ServerMessage) error {
	if m.Welcome != nil && !s.ready {
		return s.welcome(m.Welcome)
	}
	switch {
	case m.Ack != nil:
		return s.ack(m.Ack)
	case m.Error != nil:
		s.fault(m.Error)
	case m.Events != nil:
		s.events(m.Events)
	case m.Snapshot != nil:
		s.snapshot(m.Snapshot)
	case m.Pong != nil:
		s.pong(m.Pong)
	case m.Notice != nil:
		s.notice(m.Notice)
	}
	return nil
}

// outcome is a result that was waited for.
type outcome struct {
	result ledger.Result
	took   time.Duration
	answer chan ledger.Result
}

// ack takes the fates of rows: those that need a person are noted durably, then
// the outbox is told, then whoever watches.
func (s *session) ack(m *wire.Ack) error {
	c := s.c
	if c.box == nil {
		return nil
	}
	fresh := make([]outcome, 0, len(m.Outcomes))
	var notes []outbox.Note
	c.mu.Lock()
	now := time.Since(s.started)
	for i := range m.Outcomes {
		r := &m.Outcomes[i]
		if r.Seq > m.Through {
			c.mu.Unlock()
			return fmt.Errorf("the server did not take scan %d (%s)", r.Seq, r.Code) // its message names goods and people, and this is kept in a log
		}
		took, waited := s.window.answer(r, now)
		if !waited {
			continue
		}
		if len(c.follow) == 0 {
			c.see(r.Entry) // who follows knows what the feed has told, and no more
		}
		fresh = append(fresh, outcome{*r, took, c.waiters[r.Seq]})
		if needsYou(r) {
			notes = append(notes, outbox.Note{Seq: r.Seq, Outcome: ledger.AppendResult(nil, r)})
		}
	}
	s.heard = time.Now()
	if len(fresh) > 0 {
		s.useful, s.gaps, c.burst = true, 0, larger(c.burst)
	}
	epoch := c.seen.Epoch
	c.mu.Unlock()

	c.note(notes)
	if err := s.acknowledge(); err != nil {
		return err
	}
	for _, o := range fresh {
		if o.answer != nil {
			select {
			case o.answer <- o.result:
			default: // the first answer counts
			}
		}
		kind := Booked
		if needsYou(&o.result) {
			kind = NeedsYou
		}
		c.cfg.Notify(Event{Kind: kind, Seq: o.result.Seq, Through: o.result.Seq, Result: o.result, Took: o.took, Epoch: epoch})
	}
	c.nudge()
	return nil
}

func needsYou(r *ledger.Result) bool {
	return r.Outcome != ledger.Applied && r.Outcome != ledger.Absorbed
}

// note keeps outcomes that a person must see. Where that fails (no room, too
// many) uploading goes on: the server's log has them too, and they are shown.
func (c *Client) note(notes []outbox.Note) {
	for len(notes) > 0 {
		n := min(len(notes), outbox.MaxNotesPerCall)
		if err := c.box.NoteAll(notes[:n]); err != nil {
			c.cfg.Log.Error("outcomes that need a person were not kept on the device; they stand in the server's log", "device", c.cfg.Device,
				"from", notes[0].Seq, "count", n, "error", err)
		}
		notes = notes[n:]
	}
}

// acknowledge tells the outbox what is answered without a gap.
func (s *session) acknowledge() error {
	s.c.mu.Lock()
	through := s.window.settle()
	s.c.mu.Unlock()
	if through == 0 {
		return nil
	}
	return s.c.box.Ack(through)
}

// fault takes an error message. Those that refuse rows hold the sending back:
// after a gap until all that is under way is answered, else as long as the server
// asks; then it goes on from the first row that is not answered.
func (s *session) fault(m *wire.Error) {
	c := s.c
	c.mu.Lock()
	switch m.Code {
	case ledger.Gap:
		s.window.refused()
		if s.held.IsZero() {
			s.held, s.early = time.Now().Add(settleWithin), true
		}
		if m.LastSeq != nil && (s.gap == 0 || *m.LastSeq+1 < s.gap) {
			s.gap = *m.LastSeq + 1
			s.lastSeq = min(s.lastSeq, *m.LastSeq)
		}
		c.mu.Unlock()
		c.nudge()
		return
	case ledger.DiskFull, ledger.TooFast:
		s.window.refused()
		pause := max(time.Second, min(time.Duration(m.RetryAfter)*time.Second, mostPause))
		pause += time.Duration(c.cfg.Rand() * float64(pause) / 4) // not all in the same moment
		if until := time.Now().Add(pause); s.held.IsZero() || s.early {
			s.held, s.early = until, false
		}
	default:
		s.said = m.Message
	}
	c.mu.Unlock()
	c.cfg.Notify(Event{Kind: Notice, Code: string(m.Code), Text: m.Message, Retry: time.Duration(m.RetryAfter) * time.Second})
	c.nudge()
}

func (s *session) pong(m *wire.Pong) {
	s.c.mu.Lock()
	waited, rtt := s.ponging, time.Since(s.pinged)
	s.ponging = false
	s.c.mu.Unlock()
	if !waited {
		return
	}
	s.c.observe(m.Now, rtt)
	s.c.saveContact(true)
	s.c.nudge()
}

func (s *session) notice(m *wire.Notice) {
	if m.Policy != nil {
		s.c.mu.Lock()
		s.policy = bounded(*m.Policy)
		s.quiet = max(s.quiet, quietPings*s.pingEvery())
		s.c.mu.Unlock()
	}
	if m.Kind == "drain" && m.RetryAfter > 0 {
		s.c.mu.Lock()
		s.back = min(time.Duration(m.RetryAfter)*time.Second, mostPause)
		s.c.mu.Unlock()
	}
	if m.Print != nil {
		s.c.printed(m.Print.Job)
	}
	s.c.cfg.Notify(Event{Kind: Notice, Code: m.Kind, Text: m.Text})
	s.c.nudge()
}
