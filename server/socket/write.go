package socket

import (
	"cmp"
	"net"
	"strconv"
	"time"

	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// kick sees to it that what waits is written: by the goroutine that writes
// already, or by a new one.
func (s *session) kick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writing {
		s.again = true
		return
	}
	if s.closed {
		return
	}
	s.writing = true
	s.hub.stopped.Add(1)
	go s.write()
}

// write sends what waits until nothing does. At most one runs per session.
func (s *session) write() {
	defer s.hub.stopped.Done()
	for {
		if !s.signs() {
			s.cut()
			return
		}
		f, more := s.compose()
		if f.empty() {
			if more {
				continue
			}
			return
		}
		sent := s.put(&f)
		f.release()
		if !sent {
			s.cut()
			return
		}
	}
}

// ping has the session's writer send a ping, so that a session that is stuck in
// a write holds up no other's.
func (s *session) ping() {
	if !s.ready.Load() {
		return
	}
	s.mu.Lock()
	s.pinging = true
	s.mu.Unlock()
	s.kick()
}

// pong has the writer answer the newest of a client's pings.
func (s *session) pong(data string) {
	s.mu.Lock()
	s.ponging = &data
	s.mu.Unlock()
	s.kick()
}

// signs writes the signs of life that wait. A connection whose control frame was
// not taken whole is broken, so that they get as much time as a frame.
func (s *session) signs() bool {
	s.mu.Lock()
	ping, pong := s.pinging, s.ponging
	s.pinging, s.ponging = false, nil
	s.mu.Unlock()
	if ping && s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.hub.opts.WriteWithin)) != nil {
		return false
	}
	return pong == nil || s.conn.WriteControl(websocket.PongMessage, []byte(*pong), time.Now().Add(s.hub.opts.WriteWithin)) == nil
}

// put writes one frame in the session's encoding. It goes to the connection below
// gorilla's, in one write and without gorilla's locks, buffers and deadlines,
// which take as long as the write itself: the session has one writer, and the
// connection keeps a frame that gorilla writes, an answer to a faulty frame, in
// one piece too.
func (s *session) put(f *framer) bool {
	kind := byte(websocket.TextMessage)
	if s.cbor {
		if err := f.recode(); err != nil {
			s.line().Error("a frame could not be encoded", "error", err)
			return false
		}
		kind = websocket.BinaryMessage
	}
	conn := s.conn.NetConn()
	if until := time.Now().Add(s.hub.opts.WriteWithin); until.Sub(s.writeUntil) >= min(deadlineSlack, s.hub.opts.WriteWithin/4) {
		s.writeUntil = until
		_ = conn.SetWriteDeadline(until) // a closed connection fails in the write
	}
	s.hub.framesOut.Add(1)
	if tcp, plain := conn.(*net.TCPConn); plain && f.shared != nil {
		var head [frameHead]byte
		start := putHead(head[:], kind, len(f.shared))
		both := net.Buffers{head[start:], f.shared}
		_, err := both.WriteTo(tcp) // one write for both
		return err == nil
	}
	_, err := conn.Write(f.whole(kind))
	return err == nil
}

// cut ends a session whose socket does not take what is written.
func (s *session) cut() {
	s.ends("cut")
	s.mu.Lock()
	s.writing, s.closed, s.out, s.acks, s.subs = false, true, nil, nil, nil
	s.mu.Unlock()
	s.cancel()
	_ = s.conn.Close() // the reader sees it and ends the session
}

// compose takes everything that waits and joins it into one frame: messages,
// acks, and what is new on the session's topics. An empty frame and more false:
// there is nothing, and the caller has stopped being the writer.
//
// Topics are followed up to the announced head, which is read before the acks are
// taken: the results of all entries up to there have come by then. Results of
// later entries wait for the wake that follows when that head moves on.
func (s *session) compose() (f framer, more bool) {
	s.mu.Lock()
	s.again = false
	announced := s.hub.book.Feed().Announced()
	out, acks, subs := s.out, s.ripe(announced), s.subs
	s.out = nil
	s.mu.Unlock()

	f.pool = &s.hub.buffers
	for _, m := range out {
		f.add(m)
	}
	appendAcks(&f, acks)
	for _, sub := range subs {
		if !s.follow(sub, announced, &f) {
			break
		}
	}
	if !f.empty() {
		return f, true
	}
	return f, s.rest()
}

// rest ends the writing where nothing has come meanwhile; true goes on.
func (s *session) rest() (more bool) {
	s.mu.Lock()
	if s.again || len(s.out) > 0 || s.pinging || s.ponging != nil || len(s.acks) > 0 && !followsActivity(s.subs) {
		s.mu.Unlock()
		return true
	}
	code, reason, closed := s.closing, s.reason, s.closed
	s.closing = 0
	s.writing = false
	s.mu.Unlock()
	if code != 0 {
		s.closeNow(code, reason)
	} else if closed {
		_ = s.conn.Close()
	}
	return false
}

// close sends what waits, then a close frame.
func (s *session) close(code int, reason string) {
	s.ends(strconv.Itoa(code))
	s.mu.Lock()
	if s.closing == 0 {
		s.closing, s.reason = code, reason
	}
	s.subs = nil
	s.mu.Unlock()
	s.hub.following(s, false)
	s.cancel()
	s.kick()
}

// ends notes what ends the session, the first time.
func (s *session) ends(by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == "" {
		s.by = by
	}
}

// fate says what ended the session.
func (s *session) fate() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.by, "gone")
}

// closeNow sends a close frame and closes the connection.
func (s *session) closeNow(code int, reason string) {
	const most = 120 // a control frame holds 125 bytes, two of them the code
	if len(reason) > most {
		reason = reason[:most]
	}
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(closeWithin))
	_ = s.conn.Close()
}

// drain tells the device that the server is going away, and after how many seconds
// it should come back.
func (s *session) drain(retry int) {
	s.send(&wire.Notice{Type: "notice", Kind: "drain", Text: "The server is restarting. Scan on; nothing is lost.", RetryAfter: retry})
	s.close(wire.CloseDrain, "the server is going away")
}
