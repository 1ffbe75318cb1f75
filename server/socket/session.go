package socket

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/server/access"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// session is one connection. Its reader owns the fields without a comment.
type session struct {
	hub     *Hub
	conn    *websocket.Conn
	number  uint64 // connections are numbered in the order of their requests
	key     string // from the request's header, if any; once ready, the session's
	cbor    bool
	who     access.Principal
	device  string
	install string
	from    string // by what its address is counted
	remote  string // its address

	ctx    context.Context // ends with the session: no reading for it goes on
	cancel context.CancelFunc
	ready  atomic.Bool // it has said hello and was welcomed
	// welcomed says that the welcome was sent, so that notices come behind it.
	welcomed atomic.Bool

	heardUntil time.Time // the read deadline as it is set
	came       time.Time // when the frame under way was read; only where it is asked for
	writeUntil time.Time // the write deadline; owned by whoever writes

	mu       sync.Mutex // guards what follows
	out      [][]byte   // messages to send, JSON
	acks     []ack
	through  uint64 // of the session's own stream
	inFlight int
	drained  chan struct{} // closed when inFlight falls; nil while nobody waits
	subs     []*subscription
	pinging  bool        // a ping is to be sent
	ponging  *string     // and a pong, with the payload of the newest ping
	writing  bool        // a goroutine is writing
	again    bool        // and has to look once more
	policy   wire.Policy // that it was told
	shown    int         // messages that it was shown, and may not have got
	closing  int         // close code to send when out is empty
	reason   string
	by       string // what ended the session, for the counts
	closed   bool
}

// ack is the results of one submission that wait to be sent.
type ack struct {
	results []ledger.Result
	top     uint64 // the newest of their entries
	through uint64
}

// read takes the session's frames until it ends. Until it is welcomed nothing
// moves its deadline: whoever has no key cannot stay.
func (s *session) read() {
	defer s.hub.stopped.Done()
	defer s.end()
	s.conn.SetReadLimit(wire.MaxFrame)
	s.conn.SetPongHandler(func(string) error {
		if !s.ready.Load() {
			return nil
		}
		return s.expect(s.hub.quiet())
	})
	s.conn.SetPingHandler(func(data string) error { s.pong(data); return nil })
	// The writer answers a close frame, after what is on its way.
	s.conn.SetCloseHandler(func(code int, _ string) error { s.ends("client"); s.close(code, ""); return nil })
	if err := s.expect(s.hub.opts.HelloWithin); err != nil {
		return
	}
	for {
		if s.ready.Load() && s.expect(s.hub.quiet()) != nil {
			return
		}
		messages, f, err := s.next()
		if err != nil {
			var late net.Error // gorilla wraps the deadline's error in its own
			if errors.As(err, &late) && late.Timeout() {
				s.close(wire.CloseIdle, "nothing was heard for too long")
			}
			return
		}
		if f != nil {
			s.fail(f)
			if f.Code == ledger.BadJSON {
				s.close(wire.CloseBadFrame, string(f.Code))
				return
			}
			continue
		}
		for i := range messages {
			if !s.handle(&messages[i]) {
				return
			}
		}
	}
}

// expect moves the read deadline on.
func (s *session) expect(within time.Duration) error {
	until := time.Now().Add(within)
	if until.Sub(s.heardUntil) < min(deadlineSlack, within/4) && s.heardUntil.Sub(until) < deadlineSlack {
		return nil
	}
	s.heardUntil = until
	return s.conn.SetReadDeadline(until)
}

// next reads and decodes one frame.
func (s *session) next() ([]wire.Message, *ledger.Fault, error) {
	kind, r, err := s.conn.NextReader()
	if err != nil {
		if errors.Is(err, websocket.ErrReadLimit) {
			s.fail(&ledger.Fault{Code: ledger.TooLarge, Message: "The frame is larger than 1 MiB. Nothing of it was booked; send it as several."})
		}
		return nil, nil, err
	}
	buffer := s.hub.buffers.Get().(*[]byte)
	defer s.hub.buffers.Put(buffer)
	if *buffer, err = wire.ReadFrame((*buffer)[:0], r); err != nil {
		if cap(*buffer) > maxPooled {
			*buffer = nil
		}
		return nil, nil, err
	}
	s.hub.framesIn.Add(1)
	if s.hub.opts.Acked != nil {
		s.came = time.Now()
	}
	frame := *buffer
	if kind == websocket.BinaryMessage {
		if frame, err = s.hub.cbor.ToJSON(frame); err != nil {
			return nil, &ledger.Fault{Code: ledger.BadJSON, Message: "The frame is not CBOR of this protocol: " + err.Error() + ". Nothing of it was booked."}, nil
		}
	}
	messages, f := wire.DecodeFrame(frame)
	if cap(*buffer) > maxPooled { // one large frame must not keep its memory in the pool
		*buffer = nil
	}
	return messages, f, nil
}

// handle acts on one message; false ends the session.
func (s *session) handle(m *wire.Message) bool {
	if s.device == "" {
		return s.hello(m)
	}
	switch m.Type {
	case "push":
		return s.push(m.Intents, m.Trace)
	case "skip":
		return s.skip(m.Skip)
	case "ping":
		s.hub.heard(s, m.Ping)
		s.hub.told(s)
		s.send(&wire.Pong{Type: "pong", Now: ledger.TimeOf(s.hub.opts.Now())})
	case "subscribe":
		s.subscribe(m.Subscribe)
	case "print":
		s.print(m.Print)
	case "hello":
		s.fail(&ledger.Fault{Code: ledger.BadField, Message: "The session has said hello already. It goes on as it was."})
	}
	return true
}

// hello opens the session: who is it, and from where does it go on.
func (s *session) hello(m *wire.Message) bool {
	if m.Type != "hello" {
		s.fail(&ledger.Fault{Code: ledger.BadField, Message: "The first message is hello. Nothing was taken; say hello with device, install and key."})
		s.close(wire.CloseBadFrame, "hello first")
		return false
	}
	hello := m.Hello
	key := hello.Key
	if key == "" {
		key = s.key
	}
	who, ok := s.hub.opts.Authenticate(key)
	if ok && who.Kind == access.Person && hello.Key != "" { // a session comes by its cookie and no other way
		ok = false
	}
	if ok && hello.Device == "" && who.Device == "" {
		hello.Device = who.Name
	}
	speaks := who.Device == hello.Device || hello.Device == "" || who.Device == "" && (hello.Device == who.Name || s.mayUse(who, hello.Device))
	if !ok || !speaks {
		s.fail(&ledger.Fault{Code: ledger.BadKey, Message: "The key is not valid for this device. Nothing was taken and nothing is lost; pair the device again."})
		s.close(wire.CloseBadKey, "bad key")
		return false
	}
	device := hello.Device
	if device == "" {
		device = who.Device
	}
	if device == "" || hello.Install == "" || len(device) > ledger.MaxCode || len(hello.Install) > ledger.MaxCode {
		s.fail(&ledger.Fault{Code: ledger.BadField, Message: "Hello names no device or no install. Nothing was taken; send both."})
		s.close(wire.CloseBadFrame, "hello without device or install")
		return false
	}
	if strings.Contains(device, "/") || strings.Contains(hello.Install, "/") {
		s.fail(&ledger.Fault{Code: ledger.BadField, Message: "The names of a device and an install have no slash, for they stand between slashes in references. Nothing was taken and nothing is lost; rename the device, or pair it again."})
		s.close(wire.CloseBadFrame, "a name with a slash")
		return false
	}
	if made, known := s.hub.book.Installs(device, hello.Install); !known && made >= s.hub.opts.Installs {
		s.fail(&ledger.Fault{Code: ledger.NotAllowed, Field: "install", Message: "The device " + ledger.Quote(device) + " was paired or set up anew " + strconv.Itoa(made) + " times, and no more installs of it are taken. Nothing was taken and nothing is lost; pair it under another name."})
		s.close(wire.CloseBadKey, "too many installs")
		return false
	}
	s.who, s.device, s.install, s.key = who, device, hello.Install, key
	if !s.hub.enter(s, hello) {
		s.close(wire.CloseReplaced, "a newer connection of "+s.device+" took over")
		return false
	}
	last, err := s.hub.book.LastSeq(s.ctx, s.device, s.install)
	if err != nil {
		s.close(wire.CloseDrain, "the server is going away")
		return false
	}
	site, rulesBefore := s.policySite(), s.hub.rules.Load()
	var rules siteRules
	if err := s.hub.book.View(s.ctx, func(st *ledger.State, _ uint64) { rules = rulesOf(st, site) }); err != nil {
		s.close(wire.CloseDrain, "the server is going away")
		return false
	}
	waiting := s.hub.waiting(s)
	policy := wire.Policy{Site: site, Role: string(who.RoleAt(site)), MaxPush: wire.MaxPush,
		RenewKey: waiting.Renew && who.Until == 0, MaxUnacked: wire.MaxUnacked, MaxFrame: wire.MaxFrame, PingEvery: max(1, int(s.hub.opts.PingEvery/time.Second))}
	rules.put(&policy)
	s.mu.Lock()
	s.through, s.policy = last, policy
	s.mu.Unlock()
	s.ready.Store(true)
	s.hub.heardOf(s.from)
	if s.judged() { // rights may have changed since the key was judged
		return false
	}
	s.line().Info("a session began", "from", s.remote, "app", hello.App, "last_seq", last, "pending", hello.Pending)
	s.send(&wire.Welcome{Type: "welcome", Now: ledger.TimeOf(s.hub.opts.Now()), LastSeq: last,
		Head:   wire.Cursor{Epoch: s.hub.book.Epoch(), N: s.hub.book.Head()},
		Policy: policy})
	if s.welcomed.Store(true); s.hub.rules.Load() != rulesBefore {
		s.tellPolicy(s.ctx)
	}
	if who.Until != 0 {
		s.sayRevoked()
		return true
	}
	s.show(waiting.Messages)
	s.askForLog(waiting.Log)
	return true
}

// attrs are what every line about the session has: which it is, whose device and
// key.
func (s *session) attrs() []slog.Attr {
	return []slog.Attr{slog.Uint64("session", s.number), slog.String("device", s.device), slog.String("install", s.install), slog.String("actor", s.who.Name)}
}

// line is the log, with what every line about the session has. It is made anew each
// time: thousands of sessions say nothing for hours.
func (s *session) line() *slog.Logger { return slog.New(s.hub.opts.Log.Handler().WithAttrs(s.attrs())) }

// fail tells the device why a message had no effect.
func (s *session) fail(f *ledger.Fault) {
	s.send(&wire.Error{Type: "error", Code: f.Code, Message: f.Message})
}

// send queues a message.
func (s *session) send(message any) {
	b, err := wire.AppendMessage(nil, message)
	if err != nil {
		s.line().Error("a message could not be encoded", "error", err)
		return
	}
	s.mu.Lock()
	s.out = append(s.out, b)
	s.mu.Unlock()
	s.kick()
}

// end frees the session after its reader is done.
func (s *session) end() {
	s.mu.Lock()
	s.closed = true
	s.subs = nil
	writing := s.writing
	s.mu.Unlock()
	s.cancel()
	if !s.ready.Load() {
		s.hub.heardOf(s.from)
	}
	s.hub.leave(s)
	if s.ready.Load() {
		s.line().Info("a session ended", "by", s.fate())
	} else {
		s.line().Debug("a socket ended without a session", "by", s.fate(), "from", s.remote)
	}
	if !writing {
		_ = s.conn.Close() // else the writer closes when it is done
	}
}
