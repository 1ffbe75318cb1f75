package socket

import (
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
		frame, more := s.compose()
		if frame == nil {
			if more {
				continue
			}
			return
		}
		if !s.put(frame) {
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
	if ping && s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
		return false
	}
	return pong == nil || s.conn.WriteControl(websocket.PongMessage, []byte(*pong), time.Now().Add(writeWithin)) == nil
}

// put writes one frame in the session's encoding.
func (s *session) put(frame []byte) bool {
	kind := websocket.TextMessage
	if s.cbor {
		coded, err := wire.AppendCBOR(make([]byte, 0, len(frame)), frame)
		if err != nil {
			s.hub.opts.Log.Error("a frame could not be encoded", "device", s.device, "error", err)
			return false
		}
		kind, frame = websocket.BinaryMessage, coded
	}
	if until := time.Now().Add(writeWithin); until.Sub(s.writeUntil) >= deadlineSlack {
		s.writeUntil = until
		_ = s.conn.SetWriteDeadline(until) // a closed connection fails in the write
	}
	s.hub.framesOut.Add(1)
	return s.conn.WriteMessage(kind, frame) == nil
}

// cut ends a session whose socket does not take what is written.
func (s *session) cut() {
	s.mu.Lock()
	s.writing, s.closed, s.out, s.acks, s.subs = false, true, nil, nil, nil
	s.mu.Unlock()
	s.cancel()
	_ = s.conn.Close() // the reader sees it and ends the session
}

// compose takes everything that waits and joins it into one frame: messages,
// acks, and what is new on the session's topics. frame nil and more false: there
// is nothing, and the caller has stopped being the writer.
//
// Topics are followed up to the announced head, which is read before the acks are
// taken: the results of all entries up to there have come by then. Results of
// later entries wait for the wake that follows when that head moves on.
func (s *session) compose() (frame []byte, more bool) {
	s.mu.Lock()
	s.again = false
	announced := s.hub.book.Feed().Announced()
	out, acks, subs := s.out, s.ripe(announced), s.subs
	s.out = nil
	s.mu.Unlock()

	var f framer
	for _, m := range out {
		f.add(m)
	}
	appendAcks(&f, acks)
	for _, sub := range subs {
		if !s.follow(sub, announced, &f) {
			break
		}
	}
	if frame := f.frame(); frame != nil {
		return frame, true
	}
	return nil, s.rest()
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

// closeNow sends a close frame and closes the connection.
func (s *session) closeNow(code int, reason string) {
	const most = 120 // a control frame holds 125 bytes, two of them the code
	if len(reason) > most {
		reason = reason[:most]
	}
	_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(closeWithin))
	_ = s.conn.Close()
}

// drain tells the device that the server is going away.
func (s *session) drain() {
	s.send(&wire.Notice{Type: "notice", Kind: "drain", Text: "The server is restarting. Scan on; nothing is lost."})
	s.close(wire.CloseDrain, "the server is going away")
}

// framer joins messages into a frame: one as it is, several as an array.
type framer struct {
	first  []byte
	joined []byte
}

func (f *framer) add(message []byte) {
	switch {
	case f.first == nil:
		f.first = message
		return
	case f.joined == nil:
		f.joined = append(append(make([]byte, 0, len(f.first)+len(message)+2), '['), f.first...)
	}
	f.joined = append(append(f.joined, ','), message...)
}

// size is how many bytes the frame has so far.
func (f *framer) size() int { return max(len(f.first), len(f.joined)) }

func (f *framer) frame() []byte {
	if f.joined != nil {
		return append(f.joined, ']')
	}
	return f.first
}

// revoked ends a session whose key is not valid any more, in words: the device
// keeps what it has not sent.
func (s *session) revoked() bool {
	if !s.ready.Load() {
		return false
	}
	if who, ok := s.hub.opts.Authenticate(s.key); ok && who.Device == s.who.Device {
		return false
	}
	s.send(&wire.Notice{Type: "notice", Kind: "revoked", Text: "This device's key was taken back. Nothing is lost; pair the device again to send what it holds."})
	s.close(wire.CloseBadKey, "the key was taken back")
	return true
}
