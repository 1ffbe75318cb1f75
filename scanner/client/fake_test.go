package client_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
	"bayledger/sync/wire/schema"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server speaks the protocol over pipes, and does what a test tells it to.
type server struct {
	t     testing.TB
	group sync.WaitGroup

	mu      sync.Mutex
	epoch   string
	n       uint64 // entries
	last    uint64 // of the one stream
	hashes  map[uint64][16]byte
	booked  map[uint64]int // times a seq became an entry
	skipped map[uint64]string
	repeats int
	pushes  int
	dials   []time.Time
	hellos  []wire.Hello
	pings   []wire.Ping
	asked   []wire.Subscribe
	got     []ledger.Intent
	links   map[*link]struct{}
	down    bool
	policy  wire.Policy
	// script sees each message first; true: it has been dealt with.
	script func(l *link, m *wire.Message) bool
	// judge decides an intent that is booked; nil: applied.
	judge func(in *ledger.Intent) ledger.Result
	// wrap puts something between a client and its pipe.
	wrap func(net.Conn) net.Conn
}

// link is one connection of the fake server.
type link struct {
	s    *server
	conn *websocket.Conn
	cbor *wire.CBOR
}

func newServer(t *testing.T) *server {
	s := newServerFor(t)
	t.Cleanup(func() { s.setDown(true); s.group.Wait() })
	return s
}

func newServerFor(t testing.TB) *server {
	return &server{t: t, epoch: "e1", hashes: map[uint64][16]byte{}, booked: map[uint64]int{}, skipped: map[uint64]string{}, links: map[*link]struct{}{},
		policy: wire.Policy{Site: "main", MaxPush: 1000, MaxUnacked: 1000, MaxFrame: 1 << 20, PingEvery: 25}}
}

// dial is a client's Dial.
func (s *server) dial(context.Context, string, string) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials = append(s.dials, time.Now())
	if s.down {
		return nil, errors.New("connection refused")
	}
	ours, theirs := net.Pipe()
	s.group.Add(1)
	go func() { defer s.group.Done(); s.serve(ours) }()
	if s.wrap != nil {
		return s.wrap(theirs), nil
	}
	return theirs, nil
}

func (s *server) setDown(down bool) {
	s.mu.Lock()
	s.down = down
	links := make([]*link, 0, len(s.links))
	for l := range s.links {
		links = append(links, l)
	}
	s.mu.Unlock()
	if down {
		for _, l := range links {
			_ = l.conn.NetConn().Close()
		}
	}
}

// hijacked lets gorilla upgrade a bare connection.
type hijacked struct {
	conn   net.Conn
	rw     *bufio.ReadWriter
	header http.Header
}

func (h *hijacked) Header() http.Header { return h.header }

func (h *hijacked) WriteHeader(int) {}

func (h *hijacked) Write(b []byte) (int, error) { return h.conn.Write(b) }

func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, h.rw, nil
}

// upgradeBare makes a WebSocket of a connection without a server around it.
func upgradeBare(conn net.Conn) (*websocket.Conn, error) {
	rw := bufio.NewReadWriter(bufio.NewReader(conn), bufio.NewWriter(conn))
	req, err := http.ReadRequest(rw.Reader)
	if err != nil {
		return nil, err
	}
	up := websocket.Upgrader{Subprotocols: []string{wire.SubprotocolJSON, wire.SubprotocolCBOR}}
	return up.Upgrade(&hijacked{conn, rw, http.Header{}}, req, nil)
}

func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	ws, err := upgradeBare(conn)
	if err != nil {
		return
	}
	l := &link{s: s, conn: ws}
	if ws.Subprotocol() == wire.SubprotocolCBOR {
		if l.cbor, err = wire.NewCBOR(); err != nil {
			s.t.Error(err)
		}
	}
	s.mu.Lock()
	s.links[l] = struct{}{}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.links, l)
		s.mu.Unlock()
	}()
	for {
		kind, frame, err := ws.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.BinaryMessage {
			if frame, err = l.cbor.ToJSON(frame); err != nil {
				s.t.Error(err)
				return
			}
		}
		if err := schema.Validate(frame, schema.FromDevice); err != nil {
			s.t.Errorf("the client's frame %.500s is not what the schema says: %v", frame, err)
		}
		messages, f := wire.DecodeFrame(frame)
		if f != nil {
			s.t.Errorf("the client sent %.200q: %s", frame, f.Message)
			return
		}
		for i := range messages {
			if !l.handle(&messages[i]) {
				return
			}
		}
	}
}

func (l *link) handle(m *wire.Message) bool {
	s := l.s
	s.mu.Lock()
	switch {
	case m.Hello != nil:
		s.hellos = append(s.hellos, *m.Hello)
	case m.Ping != nil:
		s.pings = append(s.pings, *m.Ping)
	case m.Subscribe != nil:
		s.asked = append(s.asked, *m.Subscribe)
	case m.Intents != nil:
		s.pushes++
	}
	script := s.script
	s.mu.Unlock()
	if script != nil && script(l, m) {
		return true
	}
	switch {
	case m.Hello != nil:
		return l.welcome()
	case m.Ping != nil:
		return l.send(&wire.Pong{Type: "pong", Now: ledger.TimeOf(now())})
	case m.Skip != nil:
		return l.take([]ledger.Received{{Intent: ledger.Intent{Seq: m.Skip.Seq, Action: "skip", Reason: m.Skip.Reason}}}, true)
	case m.Intents != nil:
		return l.take(m.Intents, false)
	}
	return true
}

func (l *link) welcome() bool {
	l.s.mu.Lock()
	m := wire.Welcome{Type: "welcome", Now: ledger.TimeOf(now()), LastSeq: l.s.last, Head: wire.Cursor{Epoch: l.s.epoch, N: l.s.n}, Policy: l.s.policy}
	l.s.mu.Unlock()
	return l.send(&m)
}

// take books intents as a server does: gapless, once each.
func (l *link) take(intents []ledger.Received, lost bool) bool {
	s := l.s
	var results []ledger.Result
	gap := false
	s.mu.Lock()
	for i := range intents {
		in := &intents[i].Intent
		switch {
		case in.Seq <= s.last:
			r := ledger.Result{Seq: in.Seq, Outcome: ledger.Applied, Entry: in.Seq, Repeat: true}
			if s.hashes[in.Seq] != intents[i].Hash {
				r.Outcome, r.Code = ledger.Parked, ledger.IdentityConflict
			}
			s.repeats++
			results = append(results, r)
		case in.Seq > s.last+1:
			gap = true
		default:
			s.last++
			s.n++
			s.booked[in.Seq]++
			s.hashes[in.Seq] = intents[i].Hash
			r := ledger.Result{Seq: in.Seq, Outcome: ledger.Applied, Entry: s.n}
			if lost {
				s.skipped[in.Seq] = in.Reason
				r.Outcome = ledger.Exception
			} else {
				s.got = append(s.got, *in)
				if s.judge != nil {
					r = s.judge(in)
					r.Seq, r.Entry = in.Seq, s.n
				}
			}
			results = append(results, r)
		}
	}
	last := s.last
	s.mu.Unlock()
	if gap && !l.send(&wire.Error{Type: "error", Code: ledger.Gap, Message: "A gap.", LastSeq: &last}) {
		return false
	}
	return len(results) == 0 || l.put(wire.AppendAck(nil, last, results))
}

func (l *link) send(message any) bool {
	b, err := wire.AppendMessage(nil, message)
	if err != nil {
		l.s.t.Error(err)
	}
	return l.put(b)
}

func (l *link) put(b []byte) bool {
	kind := websocket.TextMessage
	if l.cbor != nil {
		var err error
		kind = websocket.BinaryMessage
		if b, err = wire.AppendCBOR(nil, b); err != nil {
			l.s.t.Error(err)
		}
	}
	return l.conn.WriteMessage(kind, b) == nil
}

func (l *link) close(code int, reason string) {
	_ = l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	_ = l.conn.Close()
}

// look runs f with the server's state.
func (s *server) look(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// restore takes the server back to a backup: another epoch, less known.
func (s *server) restore(epoch string, last uint64) {
	s.setDown(true)
	s.look(func() {
		s.epoch, s.last, s.n = epoch, last, last
		s.booked = map[uint64]int{}
		for seq := range s.hashes {
			if seq > last {
				delete(s.hashes, seq)
			} else {
				s.booked[seq] = 1
			}
		}
		s.got = slices.DeleteFunc(s.got, func(in ledger.Intent) bool { return in.Seq > last })
		s.down = false
	})
}

// once checks that 1…n became entries, each once, in order.
func (s *server) once(n int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for seq := uint64(1); seq <= uint64(n); seq++ {
		if s.booked[seq] != 1 {
			s.t.Errorf("scan %d was booked %d times", seq, s.booked[seq])
		}
	}
	if len(s.booked) != n || s.last != uint64(n) {
		s.t.Errorf("%d booked, last %d, want %d", len(s.booked), s.last, n)
	}
	for i := 1; i < len(s.got); i++ {
		if s.got[i].Seq <= s.got[i-1].Seq || s.got[i].At < s.got[i-1].At && s.got[i-1].Clock != client.ClockC {
			s.t.Errorf("%d at %s comes after %d at %s", s.got[i].Seq, s.got[i].At, s.got[i-1].Seq, s.got[i-1].At)
		}
	}
}

func (s *server) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("last %d, %d entries, %d repeats, %d hellos", s.last, s.n, s.repeats, len(s.hellos))
}
