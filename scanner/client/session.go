package client

import (
	"context"
	"errors"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// session is one connection: run writes, read reads, and what both need is
// guarded by the client's mu.
type session struct {
	c       *Client
	conn    *websocket.Conn
	cbor    *wire.CBOR // nil: JSON
	started time.Time  // when hello left
	key     string     // that hello named
	ended   chan error // the reader's end

	followed bool // the writer has subscribed

	// Under c.mu:
	ready    bool          // welcomed
	back     time.Duration // when to come back, as a server that goes away has said
	useful   bool          // something was acknowledged
	policy   wire.Policy
	lastSeq  uint64 // of welcome
	window   window
	quiet    time.Duration // how long the reader waits
	heard    time.Time     // the last answer to a row, or when nothing was under way
	pinged   time.Time     // when the last ping left
	ponging  bool          // and is not answered
	held     time.Time     // nothing is sent before; zero: go on
	early    bool          // the hold ends as soon as all is answered
	gap      uint64        // the lowest seq that the server asked for, 0: none
	gaps     int           // rewinds since the last answer
	said     string        // the last error without a scan
	resubbed []int         // topics to subscribe to again
}

func newSession(c *Client, conn *websocket.Conn) (*session, error) {
	s := &session{c: c, conn: conn, started: time.Now(), ended: make(chan error, 1), quiet: welcomeWithin}
	if conn.Subprotocol() == wire.SubprotocolCBOR {
		var err error
		if s.cbor, err = wire.NewServerCBOR(); err != nil {
			return s, err
		}
	}
	conn.SetReadLimit(MaxServerFrame)
	// The handler runs in the reader; a failing pong shows at the next read.
	conn.SetPingHandler(func(data string) error {
		_ = conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeWithin))
		return s.alive()
	})
	return s, nil
}

// run says hello and writes what is due until the connection or ctx ends.
func (s *session) run(ctx context.Context) error {
	if err := s.hello(); err != nil {
		return err
	}
	go func() { s.ended <- s.read() }()
	err := s.write(ctx)
	s.c.mu.Lock()
	if s.c.session == s {
		s.c.session = nil
	}
	if len(s.window.rows) > 0 && !s.useful {
		s.c.burst = smaller(s.c.burst)
	}
	s.c.mu.Unlock()
	var reading *readError
	if errors.As(err, &reading) {
		return err
	}
	// The reader may know better why: by a close frame that has come already.
	if ctx.Err() == nil {
		patience := time.AfterFunc(byeWithin, func() { _ = s.conn.Close() })
		defer patience.Stop()
	} else {
		_ = s.conn.Close()
	}
	if end := <-s.ended; isClose(end) {
		return end
	}
	return err
}

// readError carries the reader's end to the writer.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

func isClose(err error) bool {
	var closing *websocket.CloseError
	return errors.As(err, &closing)
}

func (c *Client) key() string {
	if c.cfg.KeyNow != nil {
		return c.cfg.KeyNow()
	}
	return c.cfg.Key
}

func (s *session) hello() error {
	c := s.c
	s.key = c.key()
	hello := wire.Hello{Type: "hello", Device: c.cfg.Device, Install: c.cfg.Install, Key: s.key, Now: ledger.TimeOf(c.cfg.Now()), App: c.cfg.App}
	hello.Pending, _ = c.pending()
	if seen := c.Seen(); seen.Epoch != "" {
		hello.Cursor = &seen
	}
	return s.send(&hello)
}

// write sends what is due, sleeps until something is, and ends with the session.
func (s *session) write(ctx context.Context) error {
	timer := time.NewTimer(welcomeWithin)
	defer timer.Stop()
	for {
		wait, err := s.turn()
		if err != nil {
			return err
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
			_ = s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(byeWithin))
			return ctx.Err()
		case err := <-s.ended:
			return &readError{err}
		case <-s.c.wake:
		case <-timer.C:
		}
	}
}

// turn does everything that is due and returns how long nothing else is.
func (s *session) turn() (time.Duration, error) {
	s.c.mu.Lock()
	now := time.Now()
	ready := s.ready
	waited := now.Sub(s.started)
	stuck := len(s.window.rows) > 0 && now.Sub(s.heard) > ackWithin && s.held.IsZero()
	rewind := !s.held.IsZero() && (!now.Before(s.held) || s.early && s.window.quiet())
	ping := !s.ponging && now.Sub(s.pinged) >= s.pingEvery()
	s.c.mu.Unlock()
	switch {
	case !ready && waited >= welcomeWithin:
		return 0, errors.New("the server did not answer hello")
	case !ready:
		return welcomeWithin - waited, nil
	case stuck:
		return 0, errors.New("the server did not answer what was sent")
	}
	if err := s.subscribe(); err != nil {
		return 0, err
	}
	if rewind {
		if err := s.rewind(); err != nil {
			return 0, err
		}
	}
	if ping {
		if err := s.ping(now); err != nil {
			return 0, err
		}
	}
	if err := s.sendRows(); err != nil {
		return 0, err
	}
	if err := s.sendPrints(); err != nil {
		return 0, err
	}
	return s.untilNext(), nil
}

// untilNext is how long the writer may sleep.
func (s *session) untilNext() time.Duration {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	now := time.Now()
	wait := s.pingEvery()
	if !s.ponging {
		wait = min(wait, s.pinged.Add(wait).Sub(now))
	}
	if !s.held.IsZero() {
		wait = min(wait, s.held.Sub(now))
	} else if len(s.window.rows) > 0 {
		wait = min(wait, s.heard.Add(ackWithin).Sub(now)+time.Millisecond)
	}
	return max(wait, 0)
}

func (s *session) ping(now time.Time) error {
	c := s.c
	p := wire.Ping{Type: "ping", Now: ledger.TimeOf(c.cfg.Now())}
	p.Pending, p.Oldest = c.pending()
	if c.cfg.Battery != nil {
		p.Battery = c.cfg.Battery()
	}
	c.mu.Lock()
	s.pinged, s.ponging = now, true
	c.mu.Unlock()
	return s.send(&p)
}

// rewind goes back to the first row that is not answered, or further where the
// server asked for it.
func (s *session) rewind() error {
	c := s.c
	c.mu.Lock()
	from := s.gap
	s.held, s.early, s.gap = time.Time{}, false, 0
	s.heard = time.Now()
	s.window.rewind(from)
	s.gaps++
	gaps := s.gaps
	c.mu.Unlock()
	if gaps > mostGaps {
		return errors.New("the server keeps asking for what it was sent")
	}
	if from == 0 {
		return nil
	}
	_, err := c.box.Resend(from) // does nothing for rows that wait already
	return err
}

// send writes one message that is not rows.
func (s *session) send(message any) error {
	b, err := wire.AppendMessage(nil, message)
	if err != nil {
		return err
	}
	return s.put(b)
}

// put writes one frame; only the writer calls it.
func (s *session) put(frame []byte) error {
	kind := websocket.TextMessage
	if s.cbor != nil {
		coded, err := wire.AppendCBOR(make([]byte, 0, len(frame)), frame)
		if err != nil {
			return err
		}
		kind, frame = websocket.BinaryMessage, coded
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return s.conn.WriteMessage(kind, frame)
}
