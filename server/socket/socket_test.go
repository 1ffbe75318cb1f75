package socket_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
	"bayledger/sync/wire/schema"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dock is a server with a book on a journal in memory.
type dock struct {
	*testing.T
	journal *journal.Memory
	book    *book.Book
	hub     *socket.Hub
	server  *httptest.Server
	cbor    *wire.CBOR
}

func open(t *testing.T, with ...func(*socket.Options)) *dock {
	t.Helper()
	d := &dock{T: t, journal: journal.NewMemory("e1")}
	var err error
	if d.cbor, err = wire.NewCBOR(); err != nil {
		t.Fatal(err)
	}
	if d.book, err = book.Open(context.Background(), d.journal, book.Options{RingBytes: 20_000}); err != nil {
		t.Fatal(err)
	}
	o := socket.Options{Authenticate: func(key string) (access.Principal, bool) {
		device, ok := strings.CutPrefix(key, "key-")
		if key == "watcher" {
			return access.Principal{Role: access.Supervisor}, true
		}
		return access.Principal{Device: device, Role: access.Floor}, ok
	}}
	for _, set := range with {
		set(&o)
	}
	if d.hub, err = socket.New(d.book, o); err != nil {
		t.Fatal(err)
	}
	d.server = httptest.NewServer(d.hub)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d.hub.Drain(ctx)
		d.server.Close()
		d.book.Close()
	})
	d.edit("BOLT")
	return d
}

// edit makes products and returns when the feed has announced them.
func (d *dock) edit(codes ...string) {
	d.Helper()
	woken := make(chan struct{}, 1)
	defer d.book.Feed().Watch(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})()
	patches := make([]ledger.Patch, len(codes))
	for i, code := range codes {
		patches[i] = ledger.Patch{Entity: ledger.EntityProduct, Code: code}
	}
	if _, _, err := d.book.Edit(context.Background(), "test", patches, false); err != nil {
		d.Fatal(err)
	}
	for d.book.Feed().Announced() < d.book.Head() {
		<-woken
	}
}

// handheld is a client of the raw protocol.
type handheld struct {
	*dock
	conn *websocket.Conn
	cbor bool
}

func (d *dock) dial(protocols ...string) *handheld {
	d.Helper()
	if len(protocols) == 0 {
		protocols = []string{wire.SubprotocolJSON}
	}
	dialer := websocket.Dialer{Subprotocols: protocols, HandshakeTimeout: time.Minute}
	conn, resp, err := dialer.Dial("ws"+strings.TrimPrefix(d.server.URL, "http"), nil)
	if err != nil {
		d.Fatalf("%v (%v)", err, resp)
	}
	h := &handheld{d, conn, conn.Subprotocol() == wire.SubprotocolCBOR}
	d.Cleanup(func() { conn.Close() })
	return h
}

func (d *dock) hello(device string, protocols ...string) *handheld {
	d.Helper()
	h := d.dial(protocols...)
	key := "key-" + device
	if strings.HasPrefix(device, "watch") {
		key = "watcher"
	}
	h.send(fmt.Sprintf(`{"type":"hello","device":%q,"install":"i1","key":%q,"cursor":null}`, device, key))
	if m := h.one("welcome"); m.Welcome.Head.Epoch != "e1" {
		d.Errorf("welcome: %+v", m.Welcome)
	}
	return h
}

func (h *handheld) send(text string) {
	h.Helper()
	kind, b := websocket.TextMessage, []byte(text)
	if h.cbor {
		var err error
		kind = websocket.BinaryMessage
		if b, err = wire.AppendCBOR(nil, []byte(text)); err != nil {
			h.Fatal(err)
		}
	}
	if err := h.conn.WriteMessage(kind, b); err != nil {
		h.Fatal(err)
	}
}

// frame reads the messages of the next frame, which must be what the published
// schema says.
func (h *handheld) frame() ([]wire.ServerMessage, error) {
	h.Helper()
	_ = h.conn.SetReadDeadline(time.Now().Add(time.Minute))
	_, b, err := h.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	if h.cbor {
		if b, err = h.dock.cbor.ToJSON(b); err != nil {
			h.Fatal(err)
		}
	}
	if err := schema.Validate(b, schema.FromServer); err != nil {
		h.Errorf("the server's frame %s is not what the schema says: %v", b, err)
	}
	m, err := wire.DecodeServerFrame(b)
	if err != nil {
		h.Fatalf("%v: %s", err, b)
	}
	return m, nil
}

// one reads a frame that must hold one message of a type.
func (h *handheld) one(kind string) wire.ServerMessage {
	h.Helper()
	m, err := h.frame()
	if err != nil || len(m) != 1 || m[0].Type != kind {
		h.Fatalf("wanted one %s, got %+v, %v", kind, m, err)
	}
	return m[0]
}

// closed reads until the close frame and returns its code.
func (h *handheld) closed() int {
	h.Helper()
	for {
		_, err := h.frame()
		var closing *websocket.CloseError
		if errors.As(err, &closing) {
			return closing.Code
		}
		if err != nil {
			h.Fatal(err)
		}
	}
}

func scan(seq int) string {
	return fmt.Sprintf(`{"seq":%d,"action":"add","product":"BOLT","quantity":"1"}`, seq)
}

func TestPushAndAck(t *testing.T) {
	for _, protocol := range []string{wire.SubprotocolJSON, wire.SubprotocolCBOR} {
		t.Run(protocol, func(t *testing.T) {
			h := open(t).hello("H-1", protocol)
			h.send(`{"type":"push","intents":[` + scan(1) + `,` + scan(2) + `]}`)
			ack := h.one("ack").Ack
			if ack.Through != 2 || len(ack.Outcomes) != 2 || ack.Outcomes[1].Outcome != ledger.Applied {
				t.Errorf("%+v", ack)
			}
			h.send(`{"type":"push","intents":[` + scan(2) + `]}`)
			if ack := h.one("ack").Ack; !ack.Outcomes[0].Repeat {
				t.Errorf("%+v", ack)
			}
			h.send(`{"type":"push","intents":[` + scan(9) + `]}`)
			if e := h.one("error").Error; e.Code != ledger.Gap || e.LastSeq == nil || *e.LastSeq != 2 {
				t.Errorf("%+v", e)
			}
			h.send(`{"type":"ping","pending":3,"lost_focus":2}`)
			h.one("pong")
			h.send(`{"type":"skip","seq":3,"reason":"damaged row"}`)
			if ack := h.one("ack").Ack; ack.Through != 3 || ack.Outcomes[0].Outcome != ledger.Exception {
				t.Errorf("%+v", ack)
			}
			if d := h.hub.Devices(); len(d) != 1 || d[0].Pending != 3 || d[0].LostFocus != 2 || !d[0].Connected || d[0].Ahead != 0 {
				t.Errorf("%+v", d)
			}
			h.send(`{"type":"ping","now":"2001-01-01T00:00:00Z"}`)
			h.one("pong")
			if d := h.hub.Devices(); d[0].Ahead > -20*365*24*time.Hour {
				t.Errorf("a clock that is 25 years late: %s", d[0].Ahead)
			}
		})
	}
}

// An ack and the activity of its intents share one frame.
func TestAckAndEventsShareAFrame(t *testing.T) {
	h := open(t).hello("H-1")
	h.send(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":` + fmt.Sprint(h.book.Head()) + `}}`)
	h.send(`{"type":"push","intents":[` + scan(1) + `]}`)
	m, err := h.frame()
	if err != nil || len(m) != 2 || m[0].Ack == nil || m[1].Events == nil {
		t.Fatalf("%+v, %v", m, err)
	}
	var e ledger.Entry
	if err := json.Unmarshal(m[1].Events.Events[0], &e); err != nil || e.N != m[0].Ack.Outcomes[0].Entry || e.N != m[1].Events.To {
		t.Errorf("%+v, %v", e, err)
	}
}

// A watcher that comes and goes sees every entry once, in order, from the ring
// and from the journal.
func TestResumeWithoutAGap(t *testing.T) {
	d := open(t)
	h := d.hello("H-1")
	at := uint64(0)
	for round := range 5 {
		for i := range 20 {
			h.send(`{"type":"push","intents":[` + scan(round*20+i+1) + `]}`)
			h.one("ack")
		}
		w := d.hello("watch-1")
		w.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d}}`, at))
		head := d.book.Head()
		for at < head {
			m := w.one("events")
			if m.Events.From != at {
				t.Fatalf("(%d, %d] comes after %d", m.Events.From, m.Events.To, at)
			}
			for _, raw := range m.Events.Events {
				var e ledger.Entry
				if err := json.Unmarshal(raw, &e); err != nil || e.N != at+1 {
					t.Fatalf("entry %d comes after %d", e.N, at)
				}
				at++
			}
			if at != m.Events.To {
				t.Fatalf("the frame ends at %d, its entries at %d", m.Events.To, at)
			}
		}
		w.conn.Close()
	}
}

func TestUnusableCursorGetsASnapshot(t *testing.T) {
	d := open(t)
	for _, since := range []string{`null`, `{"epoch":"other","n":1}`, `{"epoch":"e1","n":999999}`} {
		w := d.hello("watch-1")
		w.send(`{"type":"subscribe","topic":"activity","since":` + since + `}`)
		if m := w.one("snapshot").Snapshot; m.N != d.book.Head() || m.Parts != 1 || len(m.Rows) == 0 {
			t.Errorf("since %s: %+v", since, m)
		}
		w.conn.Close()
	}
}

func TestRowsOfOtherTopics(t *testing.T) {
	d := open(t)
	h, w := d.hello("H-1"), d.hello("watch-1")
	w.send(`{"type":"subscribe","topic":"balances","site":"main"}`)
	if m := w.one("snapshot").Snapshot; len(m.Rows) != 0 || m.Topic != "balances" {
		t.Errorf("%+v", m)
	}
	h.send(`{"type":"push","intents":[` + scan(1) + `]}`)
	h.one("ack")
	var row wire.BalanceRow
	m := w.one("events").Events
	if err := json.Unmarshal(m.Events[0], &row); err != nil || row.Quantity != "1" || row.Location != "stock" || row.N != m.To {
		t.Errorf("%+v, %v", row, err)
	}
	h.send(`{"type":"push","intents":[{"seq":2,"action":"remove","product":"BOLT","quantity":1}]}`)
	h.one("ack")
	if m := w.one("events").Events; len(m.Events) != 2 || !strings.Contains(string(m.Events[0]), `"gone":true`) || !strings.Contains(string(m.Events[1]), `"gone":true`) {
		t.Errorf("%s", m.Events)
	}
	w.send(`{"type":"subscribe","topic":"catalog"}`)
	if m := w.one("snapshot").Snapshot; len(m.Rows) < 10 {
		t.Errorf("%d rows", len(m.Rows))
	}
	h.send(`{"type":"subscribe","topic":"exceptions"}`)
	if e := h.one("error").Error; e.Code != ledger.NotAllowed {
		t.Errorf("%+v", e)
	}
}

// What goods are worth is told to who may see money: as a row a pool, in the
// snapshot and with each change. The floor hears of quantities alone.
func TestPoolRows(t *testing.T) {
	d := open(t)
	h := d.hello("H-1")
	push := func(seq int, fields string) {
		h.send(fmt.Sprintf(`{"type":"push","intents":[{"seq":%d,"product":"BOLT",%s}]}`, seq, fields))
		h.one("ack")
	}
	pools := func(rows []jsontext.Value) (out []string) {
		for _, row := range rows {
			if !strings.Contains(string(row), "location") {
				out = append(out, string(row))
			}
		}
		return out
	}
	push(1, `"action":"add","quantity":3,"total_cost":"10"`)
	w, floor := d.hello("watch-1"), d.hello("H-2")
	for _, x := range []*handheld{w, floor} {
		x.send(`{"type":"subscribe","topic":"balances"}`)
	}
	n := d.book.Head()
	want := fmt.Sprintf(`{"product":"BOLT","site":"","quantity":"3","value":"10","n":%d}`, n)
	if m := w.one("snapshot").Snapshot; len(m.Rows) != 2 || !slices.Equal(pools(m.Rows), []string{want}) {
		t.Errorf("the snapshot has %s, want %s", m.Rows, want)
	}
	if m := floor.one("snapshot").Snapshot; len(m.Rows) != 1 || len(pools(m.Rows)) != 0 {
		t.Errorf("the floor's snapshot has %s", m.Rows)
	}
	push(2, `"action":"remove","quantity":1`)
	want = fmt.Sprintf(`{"product":"BOLT","site":"","quantity":"2","value":"6.67","n":%d}`, n+1)
	if m := w.one("events").Events; !slices.Equal(pools(m.Events), []string{want}) {
		t.Errorf("the change has %s, want %s", m.Events, want)
	}
	if m := floor.one("events").Events; len(m.Events) != 1 || len(pools(m.Events)) != 0 {
		t.Errorf("the floor hears %s", m.Events)
	}
	push(3, `"action":"move","quantity":1,"from":"stock","to":"packing"`)
	if m := w.one("events").Events; len(m.Events) != 2 || len(pools(m.Events)) != 0 {
		t.Errorf("a move inside the pool tells %s", m.Events)
	}
}

func TestFilters(t *testing.T) {
	d := open(t)
	h, w := d.hello("H-1"), d.hello("watch-1")
	since := d.book.Head()
	w.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d},"filter":{"operator":"ann"}}`, since))
	h.send(`{"type":"push","intents":[` + scan(1) + `,{"seq":2,"operator":"ann","action":"add","product":"BOLT"}]}`)
	h.one("ack")
	got, to := 0, since
	for to < since+2 {
		m := w.one("events").Events
		got += len(m.Events)
		to = m.To
	}
	if got != 1 {
		t.Errorf("%d entries of ann", got)
	}
}

// What a stranger or a broken client sends: a sentence, a code that says whether
// to come back, and everyone else's session as before.
func TestBadInput(t *testing.T) {
	d := open(t)
	good := d.hello("H-9")
	for _, row := range []struct {
		name, first, second, code string
		closed                    int
	}{
		{"not hello", `{"type":"ping"}`, "", "bad_field", wire.CloseBadFrame},
		{"a wrong key", `{"type":"hello","device":"H-1","install":"i","key":"nonsense"}`, "", "bad_key", wire.CloseBadKey},
		{"another's key", `{"type":"hello","device":"H-1","install":"i","key":"key-H-2"}`, "", "bad_key", wire.CloseBadKey},
		{"no install", `{"type":"hello","device":"H-1","key":"key-H-1"}`, "", "bad_field", wire.CloseBadFrame},
		{"a device with a slash", `{"type":"hello","device":"H/1","install":"i","key":"key-H/1"}`, "", "bad_field", wire.CloseBadFrame},
		{"an install with a slash", `{"type":"hello","device":"H-1","install":"i/2","key":"key-H-1"}`, "", "bad_field", wire.CloseBadFrame},
		{"no JSON", `hello`, "", "bad_json", wire.CloseBadFrame},
		{"no JSON later", `{"type":"hello","device":"H-1","install":"i","key":"key-H-1"}`, `[[[`, "bad_json", wire.CloseBadFrame},
		{"an unknown message", `{"type":"hello","device":"H-1","install":"i","key":"key-H-1"}`, `{"type":"dance"}`, "bad_field", 0},
		{"hello twice", `{"type":"hello","device":"H-1","install":"i","key":"key-H-1"}`, `{"type":"hello","device":"H-1","install":"i","key":"key-H-1"}`, "bad_field", 0},
		{"labels are not printed yet", `{"type":"hello","device":"H-1","install":"i","key":"key-H-1"}`, `{"type":"print","job":"1","label":"product","code":"BOLT"}`, "unsupported", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := d.dial()
			h.send(row.first)
			if row.second != "" {
				h.one("welcome")
				h.send(row.second)
			}
			if e := h.one("error").Error; string(e.Code) != row.code || !strings.Contains(e.Message, ".") {
				t.Errorf("%+v", e)
			}
			if row.closed != 0 {
				if code := h.closed(); code != row.closed {
					t.Errorf("closed with %d, want %d", code, row.closed)
				}
			}
			h.conn.Close()
		})
	}
	good.send(`{"type":"push","intents":[` + scan(1) + `]}`)
	good.one("ack")
}

func TestNewerConnectionReplacesTheOlder(t *testing.T) {
	d := open(t)
	old := d.hello("H-1")
	fresh := d.hello("H-1")
	if code := old.closed(); code != wire.CloseReplaced {
		t.Errorf("closed with %d", code)
	}
	fresh.send(`{"type":"push","intents":[` + scan(1) + `]}`)
	fresh.one("ack")
}

func TestUnknownSubprotocol(t *testing.T) {
	h := open(t).dial("mqtt")
	if code := h.closed(); code != wire.CloseUnsupported {
		t.Errorf("closed with %d", code)
	}
}

func TestDrain(t *testing.T) {
	d := open(t)
	h := d.hello("H-1")
	gone := make(chan struct{})
	go func() { d.hub.Drain(context.Background()); close(gone) }()
	if n := h.one("notice").Notice; n.Kind != "drain" {
		t.Errorf("%+v", n)
	}
	if code := h.closed(); code != wire.CloseDrain {
		t.Errorf("closed with %d", code)
	}
	<-gone
	resp, err := http.Get(d.server.URL)
	if err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%v, %v", resp, err)
	}
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
}

// Whoever drains, first or later, returns when nobody is left: what lies below the
// hub is closed next.
func TestTwoDrain(t *testing.T) {
	d := open(t)
	d.hello("H-1") // and reads no more, so that it does not leave at once
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			d.hub.Drain(context.Background())
			if left := d.hub.Stats().Sessions; left != 0 {
				t.Errorf("%d are left", left)
			}
		})
	}
	group.Wait()
}

// Time that is up for a later caller cuts those whom the first one waits for.
func TestLaterDrainCuts(t *testing.T) {
	d := open(t)
	h := d.hello("H-1")
	first := make(chan struct{})
	go func() { d.hub.Drain(context.Background()); close(first) }()
	h.one("notice")
	over, cancel := context.WithCancel(context.Background())
	cancel()
	d.hub.Drain(over)
	if left := d.hub.Stats().Sessions; left != 0 {
		t.Errorf("%d are left", left)
	}
	<-first
}

// More than the window at once pushes back and loses nothing.
func TestFlood(t *testing.T) {
	h := open(t).hello("H-1")
	const pushes, each = 30, 300
	go func() {
		for p := range pushes {
			parts := make([]string, each)
			for i := range parts {
				parts[i] = scan(p*each + i + 1)
			}
			if h.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"push","intents":[`+strings.Join(parts, ",")+`]}`)) != nil {
				return
			}
		}
	}()
	for through := uint64(0); through < pushes*each; {
		ack := h.one("ack").Ack
		for _, r := range ack.Outcomes {
			if r.Seq != through+1 || r.Outcome != ledger.Applied {
				t.Fatalf("%+v after %d", r, through)
			}
			through++
		}
	}
}

// A key that was taken back ends its session in words, and its pushes with it.
func TestRevokedKey(t *testing.T) {
	j := journal.NewMemory("e1")
	b, err := book.Open(context.Background(), j, book.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var revoked atomic.Bool
	hub, err := socket.New(b, socket.Options{PingEvery: 200 * time.Millisecond, Authenticate: func(string) (access.Principal, bool) {
		return access.Principal{Device: "H-1", Role: access.Floor}, !revoked.Load()
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(hub)
	defer server.Close()
	defer hub.Drain(context.Background())
	h := (&dock{T: t, book: b, hub: hub, server: server}).hello("H-1")
	revoked.Store(true)
	if n := h.one("notice").Notice; n.Kind != "revoked" {
		t.Errorf("%+v", n)
	}
	if code := h.closed(); code != wire.CloseBadKey {
		t.Errorf("closed with %d", code)
	}
}
