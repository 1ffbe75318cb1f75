package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// writeBuffers and readBuffers are shared by all clients of a process, so that an
// idle one holds none. They are caches: nothing depends on what is in them.
var (
	writeBuffers sync.Pool
	readBuffers  = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}
)

// ending is how a connection ended.
type ending struct {
	reason  string
	stop    *Error        // a person must act
	steady  bool          // it was a good connection: begin the back-off anew
	attempt int           // wait at least as after so many failures
	after   time.Duration // and at least so long
}

// connect dials, talks until the connection ends, and says how it did.
func (c *Client) connect(ctx context.Context) ending {
	conn, over := c.dial(ctx)
	if conn == nil {
		return over
	}
	s, err := newSession(c, conn)
	if err == nil {
		err = s.run(ctx)
	}
	_ = conn.Close()
	return s.judge(err)
}

func (c *Client) dial(ctx context.Context) (*websocket.Conn, ending) {
	dialer := websocket.Dialer{NetDialContext: c.cfg.Dial, TLSClientConfig: c.cfg.TLS, HandshakeTimeout: dialWithin, Proxy: c.cfg.Proxy,
		ReadBufferSize: readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &writeBuffers, Subprotocols: []string{c.cfg.Subprotocol}}
	conn, answer, err := dialer.DialContext(ctx, c.cfg.Server, nil)
	if err == nil {
		return conn, ending{}
	}
	over := ending{reason: "no connection: " + err.Error()}
	if answer != nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, readBuffer))
		_ = answer.Body.Close()
		over.reason = "the server answered " + answer.Status
		if s, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && s > 0 {
			over.after = min(time.Duration(s)*time.Second, mostPause)
			over.after += time.Duration(c.cfg.Rand() * float64(over.after) / 2) // not all in the same moment
		}
	}
	return nil, over
}

// mostPause bounds what a server may ask to wait.
const mostPause = 10 * time.Minute

// judge turns the end of a session into what to do next.
func (s *session) judge(err error) ending {
	over := ending{reason: "the connection broke"}
	if err != nil {
		over.reason = "the connection broke: " + err.Error()
	}
	s.c.mu.Lock()
	over.steady = s.useful || s.ready && time.Since(s.started) > steadyAfter
	said, back := s.said, s.back
	s.c.mu.Unlock()
	var closing *websocket.CloseError
	var timeout net.Error
	switch {
	case errors.As(err, &closing):
		over.reason = fmt.Sprintf("the server closed the connection (%d): %s", closing.Code, closing.Text)
		over.stop = stopFor(closing, said)
		if closing.Code == wire.CloseReplaced && s.c.forgive(time.Since(s.started)) {
			over.stop = nil
		}
		if closing.Code == wire.CloseBadKey && s.key != s.c.key() {
			over.stop = nil // a new key came while the old one was on its way
		}
		switch closing.Code {
		case wire.CloseDrain:
			if over.attempt = drainAttempt; back > 0 {
				// The server has given each device a moment of its own.
				over.attempt, over.after = 0, back+time.Duration(s.c.cfg.Rand()*float64(time.Second))
			}
		case wire.CloseTooFast:
			over.attempt = slowAttempt
		}
	case errors.As(err, &timeout) && timeout.Timeout():
		over.reason = "nothing was heard from the server for too long"
	}
	return over
}

// forgive says whether a connection so young that was replaced may come back: a
// server may have heard the hello of this device's own earlier connection after
// the newer one's. It happens once, until a connection has held.
func (c *Client) forgive(age time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age > ownEarlier {
		c.forgiven = false
		return false
	}
	first := !c.forgiven
	c.forgiven = true
	return first
}

// stopFor says what a person must do, for the codes from which a client must not
// come back by itself.
func stopFor(closing *websocket.CloseError, said string) *Error {
	if closing.Code < wire.CloseBadFrame || closing.Code > 4999 {
		return nil
	}
	e := &Error{Code: CodeStopped, Close: closing.Code}
	switch closing.Code {
	case wire.CloseBadKey:
		e.Message = "The server does not accept this device's key. Everything scanned is kept here; pair the device again."
	case wire.CloseReplaced:
		e.Message = "Another connection with this device's name took over. Everything scanned is kept here; find the other device, and pair one of the two again."
	case wire.CloseUnsupported:
		e.Message = "The server and this app speak different versions. Everything scanned is kept here; update the app."
	case wire.CloseBadFrame:
		e.Message = "The server could not read what this app sent. Everything scanned is kept here; update the app and tell your administrator."
	default:
		e.Message = fmt.Sprintf("The server asks that somebody looks at this device (%d: %s). Everything scanned is kept here.", closing.Code, closing.Text)
	}
	if said != "" {
		e.Message += " The server says: " + said
	}
	return e
}

// welcome takes the server's answer to hello: the contact is stored first, then
// the outbox is put where the server stands, then sending may begin.
func (s *session) welcome(m *wire.Welcome) error {
	c := s.c
	c.observe(m.Now, time.Since(s.started))
	c.mu.Lock()
	if m.Head.Epoch != c.seen.Epoch {
		c.seen = wire.Cursor{Epoch: m.Head.Epoch}
	}
	c.mu.Unlock()
	c.saveContact(true)
	if c.box != nil {
		if err := s.align(m.LastSeq); err != nil {
			return err
		}
	}
	c.mu.Lock()
	s.policy, s.lastSeq, s.ready = bounded(m.Policy), m.LastSeq, true
	s.quiet = max(s.quiet, quietPings*s.pingEvery())
	s.heard, s.pinged = time.Now(), time.Now()
	if time.Since(s.started) > roughContact {
		s.pinged = time.Time{} // measure the way again at once
	}
	c.session = s
	c.mu.Unlock()
	c.cfg.Notify(Event{Kind: Connected, Text: m.Head.Epoch, Epoch: m.Head.Epoch})
	c.nudge()
	return nil
}

// roughContact is how long a welcome may take and still be a fair measure of the
// way: the server may have waited for its disk before it answered.
const roughContact = 100 * time.Millisecond

// align puts the outbox where the server stands.
func (s *session) align(last uint64) error {
	c := s.c
	st := c.box.Stats()
	switch {
	case last < st.Acked:
		gone, err := c.box.Resend(last + 1)
		if err != nil {
			return err
		}
		c.cfg.Log.Warn("the server knows less than it acknowledged: sending again", "device", c.cfg.Device, "from", last+1, "through", st.Acked)
		for _, r := range gone {
			c.cfg.Notify(Event{Kind: Lost, Seq: r.From, Through: r.Through,
				Text: fmt.Sprintf("The server lost scans %d to %d, and this device no longer holds them. A supervisor is told; count what was touched then.", r.From, r.Through)})
		}
	case last >= st.Next:
		if err := c.box.Raise(last); err != nil {
			return err
		}
		c.durable(last)
		c.cfg.Log.Warn("the server knows scans that this outbox does not: it is an older copy", "device", c.cfg.Device, "next", st.Next, "server", last)
	}
	return nil
}

// bounded keeps a server's policy within what this client can do.
func bounded(p wire.Policy) wire.Policy {
	if p.MaxPush < 1 || p.MaxPush > wire.MaxPush {
		p.MaxPush = wire.MaxPush
	}
	if p.MaxUnacked < 1 || p.MaxUnacked > wire.MaxUnacked {
		p.MaxUnacked = wire.MaxUnacked
	}
	if p.MaxFrame < leastFrame || p.MaxFrame > wire.MaxFrame {
		p.MaxFrame = wire.MaxFrame
	}
	return p
}

// leastFrame is the smallest bound that takes one intent of the largest size.
const leastFrame = ledger.MaxIntent + 4<<10

func (s *session) pingEvery() time.Duration {
	return max(leastPing, min(time.Duration(s.policy.PingEvery)*time.Second, mostPing))
}
