package socket_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/socket"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// stranger is a WebSocket client without manners: it writes whatever bytes it is
// told.
type stranger struct {
	net.Conn
	r *bufio.Reader
}

const strangerWithin = time.Minute

// upgraded opens a socket by hand; headers are added to the request.
func (d *dock) upgraded(headers ...string) *stranger {
	d.Helper()
	c, err := net.Dial("tcp", d.server.Listener.Addr().String())
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { c.Close() })
	s := &stranger{c, bufio.NewReader(c)}
	_ = c.SetDeadline(time.Now().Add(strangerWithin))
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: bayledger.v1+json\r\n%s\r\n", strings.Join(headers, ""))
	resp, err := http.ReadResponse(s.r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		d.Fatalf("the upgrade was answered by %v, %v", resp, err)
	}
	if got := resp.Header.Get("Sec-WebSocket-Extensions"); got != "" {
		d.Errorf("extensions %q were agreed on: frames may be compressed, and burst", got)
	}
	return s
}

// frame is a masked frame with the first byte as given.
func frame(first byte, payload []byte) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, 1, 2, 3, 4)
	for i, c := range payload {
		b = append(b, c^byte(i%4+1))
	}
	return b
}

const (
	fin  = 0x80
	text = 1
	bin  = 2
)

// read returns the next frame: its first byte, and its payload.
func (s *stranger) read() (first byte, payload []byte, err error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(s.r, head); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1] & 0x7f)
	if n >= 126 {
		wide := make([]byte, 2+6*(n-126))
		if _, err := io.ReadFull(s.r, wide); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(append(make([]byte, 8-len(wide), 8), wide...))
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(s.r, payload)
	return head[0], payload, err
}

// end reads until the server has closed and returns its close code: 0 where it
// said none, or just went.
func (s *stranger) end() (code int, err error) {
	for {
		first, payload, err := s.read()
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			return 0, errors.New("the server did not close")
		}
		if err != nil || first&15 == 8 && len(payload) < 2 {
			return 0, nil
		}
		if first&15 == 8 {
			return int(binary.BigEndian.Uint16(payload)), nil
		}
	}
}

// data returns the payload of the next frame that is no control frame.
func (s *stranger) data() ([]byte, error) {
	for {
		if first, payload, err := s.read(); err != nil || first&8 == 0 {
			return payload, err
		}
	}
}

func hello(device string) []byte {
	return frame(fin|text, fmt.Appendf(nil, `{"type":"hello","device":%q,"install":"i","key":"key-%s","cursor":null}`, device, device))
}

// join puts bytes together.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// repeated frames.
func times(n int, b []byte) []byte { return bytes.Repeat(b, n) }

// attacks are what a stranger may send after it has said hello, and the close codes
// that are right answers; 0 is a connection that just ends.
var attacks = []struct {
	name  string
	sends []byte
	codes []int
}{
	{"a frame without mask", []byte{fin | text, 2, '{', '}'}, []int{1002}},
	{"a reserved bit: compressed, as was not agreed on", frame(fin|0x40|text, times(1000, []byte{0})), []int{1002}},
	{"all reserved bits", frame(fin|0x70|text, []byte("{}")), []int{1002}},
	{"an unknown opcode", frame(fin|3, []byte("{}")), []int{1002}},
	{"an unknown control opcode", frame(fin|11, nil), []int{1002}},
	{"a control frame of 126 bytes", frame(fin|9, times(126, []byte("x"))), []int{1002}},
	{"a control frame in fragments", frame(9, []byte("x")), []int{1002}},
	{"a continuation of nothing", frame(fin, []byte("{}")), []int{1002}},
	{"a message within a message", join(frame(text, []byte("{")), frame(fin|text, []byte("{}"))), []int{1002}},
	{"a length of 2^40", join([]byte{fin | text, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4}), []int{1009}},
	{"a negative length", join([]byte{fin | text, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4}), []int{1002, 1009, 0}},
	{"a frame above the bound", frame(fin|text, times(wire.MaxFrame+1, []byte(" "))), []int{1009, 0}},
	{"fragments above the bound together", join(frame(text, times(wire.MaxFrame/2+1, []byte(" "))), frame(0, times(wire.MaxFrame/2+1, []byte(" ")))), []int{1009, 0}},
	{"a close frame of one byte", frame(fin|8, []byte{3}), []int{1002, 0}},
	{"a close frame with a code that must not be sent", frame(fin|8, []byte{3, 237}), []int{1002}},
	{"a close frame whose reason is no UTF-8", frame(fin|8, []byte{3, 232, 0xff}), []int{1002, 1007}},
	{"no JSON", frame(fin|text, []byte("GET / HTTP/1.1\r\n\r\n")), []int{wire.CloseBadFrame}},
	{"nothing but brackets", frame(fin|text, times(1000, []byte("["))), []int{wire.CloseBadFrame}},
	{"a megabyte of brackets", frame(fin|text, times(wire.MaxFrame, []byte("["))), []int{wire.CloseBadFrame}},
	{"objects in objects", frame(fin|text, times(100_000, []byte(`{"a":`))), []int{wire.CloseBadFrame}},
	{"a text that is no UTF-8", frame(fin|text, []byte("\xff\xfe\x00")), []int{wire.CloseBadFrame}},
	{"CBOR that promises more than there is", frame(fin|bin, []byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), []int{wire.CloseBadFrame}},
	{"CBOR in CBOR in CBOR", frame(fin|bin, times(100_000, []byte{0x81})), []int{wire.CloseBadFrame}},
	{"a TLS handshake", append([]byte{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3}, times(512, []byte{7})...), []int{1002}},
	{"half a frame, then goodbye", []byte{fin | text, 0xfe, 0xff}, nil},
}

// What strangers send ends their session and nothing else: whoever behaves is
// answered after each of them.
func TestAttacks(t *testing.T) {
	d := open(t)
	good := d.hello("H-1")
	for i, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			s := d.upgraded()
			if _, err := s.Write(join(hello(fmt.Sprint("X-", i)), a.sends)); err != nil && a.codes == nil {
				t.Fatal(err)
			}
			if a.codes == nil {
				s.Close()
			} else {
				code, err := s.end()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Contains(a.codes, code) {
					t.Errorf("the server closed with %d, want one of %v", code, a.codes)
				}
			}
			good.send(`{"type":"push","intents":[` + scan(i+1) + `]}`)
			if ack := good.one("ack").Ack; ack.Through != uint64(i+1) {
				t.Errorf("the device that behaves was told %+v", ack)
			}
		})
	}
	d.alone(t)
}

// alone waits until all sessions but one have gone.
func (d *dock) alone(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(strangerWithin); d.hub.Stats().Sessions > 1; {
		if time.Now().After(end) {
			t.Fatalf("%d sessions are still there", d.hub.Stats().Sessions)
		}
		time.Sleep(time.Millisecond)
	}
}

// What is odd and allowed works: a push in thousands of fragments with pings
// between, pings that nobody waits for, texts that are no UTF-8 inside an intent.
func TestOddButAllowed(t *testing.T) {
	d := open(t)
	s := d.upgraded("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
	push := []byte(`{"type":"push","intents":[` + scan(1) + `,{"seq":2,"action":"add","product":"BO` + "\xff" + `LT","quantity":"1"}]}`)
	out := join(hello("H-2"), frame(text, nil))
	for _, c := range push {
		out = append(out, frame(0, []byte{c})...)
		out = append(out, frame(fin|9, []byte("between"))...)
	}
	out = append(out, frame(fin, nil)...)
	out = append(out, times(20_000, frame(fin|9, []byte("flood")))...)
	if _, err := s.Write(out); err != nil {
		t.Fatal(err)
	}
	for {
		payload, err := s.data()
		if err != nil {
			t.Fatal(err)
		}
		messages, err := wire.DecodeServerFrame(payload)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.Ack == nil {
				continue
			}
			if got := m.Ack.Outcomes; len(got) != 2 || got[0].Outcome != ledger.Applied || got[1].Outcome == ledger.Applied {
				t.Errorf("%+v", got)
			}
			return
		}
	}
}

// A request that is no proper upgrade is refused in HTTP.
func TestBadHandshakes(t *testing.T) {
	d := open(t)
	const good = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	for _, row := range []struct{ name, request string }{
		{"no upgrade", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"a POST", "POST / HTTP/1.1\r\nHost: x\r\n" + good + "\r\n"},
		{"an old version", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Replace(good, "13", "8", 1) + "\r\n"},
		{"no key", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"},
		{"a key that is none", "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Replace(good, "dGhlIHNhbXBsZSBub25jZQ==", "x", 1) + "\r\n"},
		{"another site's page", "GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n" + good + "\r\n"},
		{"frames before the answer", "GET / HTTP/1.1\r\nHost: x\r\n" + good + "\r\n\x81\x82"},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := net.Dial("tcp", d.server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(strangerWithin))
			if _, err := io.WriteString(c, row.request); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err == nil && (resp.StatusCode < 400 || resp.StatusCode >= 500) {
				t.Errorf("answered by %s", resp.Status)
			}
		})
	}
	if n := d.hub.Stats().Sessions; n != 0 {
		t.Errorf("%d sessions", n)
	}
}

// A device that has gone without a word is let go after three pings.
func TestHalfOpen(t *testing.T) {
	d := open(t, func(o *socket.Options) { o.PingEvery, o.HelloWithin = 30*time.Millisecond, 5*time.Second })
	s := d.upgraded()
	if _, err := s.Write(hello("H-3")); err != nil {
		t.Fatal(err)
	}
	if code, err := s.end(); err != nil || code != wire.CloseIdle { // its pings are read and not answered
		t.Errorf("closed with %d, %v", code, err)
	}
}

// files is how many the process has open.
func files(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Logf("open files are not known here: %v", err)
		return 0
	}
	return len(list)
}

// Thousands come and go, most of them rudely, while one device scans: it is
// answered all the time, and nothing stays of them.
func TestThousandsOpenAndGo(t *testing.T) {
	const opens, together = 2_000, 50
	d := open(t)
	good := d.hello("H-1")
	before := files(t)
	var group sync.WaitGroup
	for k := range together {
		group.Go(func() {
			for i := range opens / together {
				d.visit(t, fmt.Sprintf("V-%d", k), i)
			}
		})
	}
	gone := make(chan struct{})
	go func() { group.Wait(); close(gone) }()
	acks := 0
	for done := false; !done; {
		select {
		case <-gone:
			done = true
		default:
		}
		acks++
		good.send(`{"type":"push","intents":[` + scan(acks) + `]}`)
		if ack := good.one("ack").Ack; ack.Through != uint64(acks) {
			t.Fatalf("%+v", ack)
		}
	}
	d.alone(t)
	for end := time.Now().Add(strangerWithin); files(t) > before+together; { // the kernel takes its time
		if time.Now().After(end) {
			t.Fatalf("%d files are open, %d were", files(t), before)
		}
		time.Sleep(time.Millisecond)
	}
	if st := d.hub.Stats(); st.Opened < opens {
		t.Errorf("only %d of %d were let in", st.Opened, opens)
	}
	t.Logf("%d acks during %d opens", acks, opens)
}

// visit opens a socket and leaves in one of several ways.
func (d *dock) visit(t *testing.T, device string, how int) {
	c, err := net.Dial("tcp", d.server.Listener.Addr().String())
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(strangerWithin))
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: bayledger.v1+json\r\n\r\n"); err != nil {
		t.Error(err)
		return
	}
	r := bufio.NewReader(c)
	if resp, err := http.ReadResponse(r, nil); err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("%v, %v", resp, err)
		return
	}
	s := &stranger{c, r}
	switch how % 4 {
	case 0: // without a word
	case 1: // after hello, at once
		_, _ = c.Write(hello(device))
	case 2: // after the welcome, in the middle of a push
		_, _ = c.Write(hello(device))
		_, _ = s.data()
		_, _ = c.Write(frame(fin|text, []byte(`{"type":"push","intents":[`+scan(1)+`]}`))[:20])
	case 3: // with a reset
		_, _ = c.Write(hello(device))
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
}

// sip reads a byte now and then, until it is stopped, or has been cut.
func (s *stranger) sip(stop <-chan struct{}) {
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticks.C:
			if _, err := s.r.ReadByte(); err != nil {
				return
			}
		}
	}
}

// Subscribers that read nothing, or a byte now and then, hold up neither the
// writer nor those who read: each of them is cut in the end, and costs no more than
// a frame meanwhile.
func TestSlowReadersHurtNobody(t *testing.T) {
	const dead, slow = 200, 10
	d := open(t, func(o *socket.Options) { o.WriteWithin = 2 * time.Second })
	stop := make(chan struct{})
	var sippers sync.WaitGroup
	defer sippers.Wait()
	defer close(stop)
	for i := range dead + slow {
		s := d.upgraded()
		if tcp, ok := s.Conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4 << 10)
		}
		_ = s.SetDeadline(time.Time{})
		name := fmt.Sprint("watch-", i)
		subscribe := frame(fin|text, []byte(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":0}}`))
		if _, err := s.Write(join(frame(fin|text, fmt.Appendf(nil, `{"type":"hello","device":%q,"install":"i","key":"watcher","cursor":null}`, name)), subscribe)); err != nil {
			t.Fatal(err)
		}
		if i >= dead {
			defer s.Close() // ends sipping
			sippers.Go(func() { s.sip(stop) })
		}
	}
	w := d.hello("watcher")
	w.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d}}`, d.book.Head()))
	h := d.hello("H-1")
	const pushes, each = 250, 100
	seen, head, behind := d.book.Head(), d.book.Head(), uint64(0)
	for i := range pushes {
		var list []string
		for k := range each {
			list = append(list, scan(i*each+k+1))
		}
		h.send(`{"type":"push","intents":[` + strings.Join(list, ",") + `]}`)
		if ack := h.one("ack").Ack; ack.Through != uint64((i+1)*each) {
			t.Fatalf("%+v", ack)
		}
		behind = max(behind, d.hub.Stats().Lag)
		for seen < head+uint64((i+1)*each) {
			_ = w.conn.SetReadDeadline(time.Now().Add(strangerWithin)) // of a frame, however long the whole takes
			_, b, err := w.conn.ReadMessage()                          // not held against the schema: that takes longer than all else here
			if err != nil {
				t.Fatal(err)
			}
			messages, err := wire.DecodeServerFrame(b)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messages {
				if m.Events != nil {
					if m.Events.From != seen {
						t.Fatalf("(%d, %d] came after %d", m.Events.From, m.Events.To, seen)
					}
					seen = m.Events.To
				}
			}
		}
	}
	if behind < 10*each {
		t.Errorf("nobody is far behind, so that this test tests nothing: %d entries", behind)
	}
	// They are cut once a frame of theirs has waited too long.
	for end := time.Now().Add(30 * time.Second); d.hub.Stats().Ended["cut"] < dead; {
		if time.Now().After(end) {
			t.Fatalf("only %v ended", d.hub.Stats().Ended)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
