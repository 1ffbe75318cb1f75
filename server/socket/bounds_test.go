package socket_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/socket"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// While others push, an ack never parts from the activity of its intents.
func TestAcksAndEventsStayTogetherUnderLoad(t *testing.T) {
	d := open(t)
	const others, pushes = 20, 400
	stop := make(chan struct{})
	var group sync.WaitGroup
	defer group.Wait()
	defer close(stop)
	for k := range others {
		h := d.hello(fmt.Sprint("N-", k))
		group.Go(func() {
			for i := 1; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if h.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"push","intents":[`+scan(i)+`]}`)) != nil {
					return
				}
				if _, err := h.frame(); err != nil {
					return
				}
			}
		})
	}
	h := d.hello("H-1")
	h.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d}}`, d.book.Head()))
	for seq := uint64(1); seq <= pushes; seq++ {
		h.send(`{"type":"push","intents":[` + scan(int(seq)) + `]}`)
		for acked := false; !acked; {
			messages, err := h.frame()
			if err != nil {
				t.Fatal(err)
			}
			shown := false
			for _, m := range messages {
				acked = acked || m.Ack != nil && m.Ack.Through == seq
				if m.Events == nil {
					continue
				}
				for _, raw := range m.Events.Events {
					if !bytes.Contains(raw, []byte(`"device":"H-1"`)) {
						continue
					}
					var e ledger.Entry
					if err := json.Unmarshal(raw, &e); err != nil {
						t.Fatal(err)
					}
					shown = shown || e.Intent.Device == "H-1" && e.Intent.Seq == seq
				}
			}
			if acked != shown {
				t.Fatalf("push %d: a frame has the ack: %v, its entry: %v", seq, acked, shown)
			}
		}
	}
}

// Rows that show what did not become durable are not sent; the device is told to
// come back.
func TestRowsThatAreNotDurable(t *testing.T) {
	for _, row := range []struct{ name, epoch string }{
		{"changed rows", "e1"},
		{"a snapshot", "other"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := open(t)
			w := d.hello("watch-1")
			since := d.book.Head()
			d.edit("NUT")
			d.journal.FailAfter(0, false)
			if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "LOST"}}, false); err == nil {
				t.Fatal("the commit did not fail")
			}
			w.send(fmt.Sprintf(`{"type":"subscribe","topic":"catalog","since":{"epoch":%q,"n":%d}}`, row.epoch, since))
			m, err := w.frame()
			var closing *websocket.CloseError
			if !errors.As(err, &closing) || closing.Code != wire.CloseDrain {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

// Whoever says no hello is let go, whatever else it says, and is not pinged.
func TestNoHello(t *testing.T) {
	for _, row := range []struct{ name, says string }{
		{"nothing", ""}, {"an empty frame", `[]`}, {"an unknown message", `{"type":"dance"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel() // all of it is waiting: for longer than a busy machine takes to say what is said here
			d := open(t, func(o *socket.Options) { o.HelloWithin, o.PingEvery = 2*time.Second, 10*time.Millisecond })
			h := d.dial()
			pings := 0
			h.conn.SetPingHandler(func(string) error { pings++; return nil })
			if err := h.conn.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if row.says != "" {
				h.send(row.says)
			}
			if code := h.closed(); code != wire.CloseIdle || pings != 0 {
				t.Errorf("closed with %d after %d pings", code, pings)
			}
		})
	}
}

// A session that has said hello is pinged, and its own pings are answered.
func TestPings(t *testing.T) {
	h := open(t, func(o *socket.Options) { o.PingEvery = 10 * time.Millisecond }).hello("H-1")
	pinged, answered := false, ""
	enough := errors.New("both came")
	both := func() error {
		if pinged && answered != "" {
			return enough
		}
		return nil
	}
	h.conn.SetPingHandler(func(string) error { pinged = true; return both() })
	h.conn.SetPongHandler(func(data string) error { answered = data; return both() })
	if err := h.conn.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.frame(); !errors.Is(err, enough) || answered != "there?" {
		t.Errorf("pinged %v, answered %q: %v", pinged, answered, err)
	}
}

// A filter that nothing passes goes through the journal in bounded steps, each of
// which moves the cursor, and acks go out between them.
func TestFilterThatMatchesNothing(t *testing.T) {
	d := open(t)
	const entries, most = 25_000, 20_000 + book.MaxBatch
	source := book.Source{Device: "H-1", Install: "i1", Transport: book.Socket}
	for seq := 1; seq <= entries; {
		intents := make([]ledger.Received, 1000)
		for i := range intents {
			intents[i] = wire.DecodeIntent([]byte(scan(seq)), wire.Socket)
			seq++
		}
		if _, err := d.book.Do(context.Background(), source, intents); err != nil {
			t.Fatal(err)
		}
	}
	w := d.hello("watch-1")
	w.send(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":0},"filter":{"operator":"nobody"}}`)
	for at := uint64(0); at < entries; {
		messages, err := w.frame()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if e := m.Events; e.From != at || e.To <= at || e.To-e.From > most || len(e.Events) != 0 {
				t.Fatalf("(%d, %d] with %d entries comes after %d", e.From, e.To, len(e.Events), at)
			}
			at = messages[len(messages)-1].Events.To
		}
	}
}

// A large snapshot comes in parts, all of one moment, each row once.
func TestSnapshotInParts(t *testing.T) {
	d := open(t)
	codes := make([]string, 3500)
	for i := range codes {
		codes[i] = fmt.Sprintf("P-%d", i)
	}
	d.edit(codes...)
	w := d.hello("watch-1")
	w.send(`{"type":"subscribe","topic":"catalog"}`)
	seen := map[string]bool{}
	for part, parts := 0, 4; part < parts; {
		messages, err := w.frame()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			part++
			if s := m.Snapshot; s.Part != part || s.Parts != parts || s.N != d.book.Head() {
				t.Fatalf("part %d of %d at %d, want part %d", s.Part, s.Parts, s.N, part)
			}
			for _, raw := range m.Snapshot.Rows {
				var row wire.CatalogRow
				if err := json.Unmarshal(raw, &row); err != nil {
					t.Fatal(err)
				}
				if row.Entity == ledger.EntityProduct {
					seen[row.Code] = true
				}
			}
		}
	}
	if len(seen) != len(codes)+1 {
		t.Errorf("%d products", len(seen))
	}
}

// Connections that open while the hub drains are told or refused, and none
// outlives it.
func TestDrainWhileDevicesConnect(t *testing.T) {
	d := open(t)
	dialer := websocket.Dialer{Subprotocols: []string{wire.SubprotocolJSON}, HandshakeTimeout: time.Minute}
	var group sync.WaitGroup
	some := make(chan struct{}, 20)
	for range cap(some) {
		group.Go(func() {
			for i := 0; ; i++ {
				conn, resp, err := dialer.Dial("ws"+strings.TrimPrefix(d.server.URL, "http"), nil)
				if i == 0 {
					some <- struct{}{}
				}
				if err != nil {
					if resp == nil || resp.StatusCode != 503 {
						t.Errorf("refused with %v, %v", resp, err)
					}
					return
				}
				_ = conn.SetWriteDeadline(time.Now().Add(time.Minute))
				_ = conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
				for err == nil {
					_, _, err = conn.ReadMessage()
				}
				conn.Close()
			}
		})
	}
	<-some
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	d.hub.Drain(ctx)
	if ctx.Err() != nil || d.hub.Stats().Sessions != 0 {
		t.Errorf("%+v, %v", d.hub.Stats(), ctx.Err())
	}
	group.Wait()
}

// A device's key brings its own intents; a supervisor's brings anyone's.
func TestIntentsOfOthers(t *testing.T) {
	d := open(t)
	theirs := `{"device":"H-7","install":"z","seq":1,"action":"add","product":"BOLT","quantity":"1"}`
	h := d.hello("H-1")
	h.send(`{"type":"push","intents":[` + theirs + `,` + scan(1) + `]}`)
	var refused *wire.Error
	var ack *wire.Ack
	for refused == nil || ack == nil {
		messages, err := h.frame()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.Error != nil {
				refused = m.Error
			}
			if m.Ack != nil {
				ack = m.Ack
			}
		}
	}
	if refused.Code != ledger.NotAllowed || ack.Through != 1 || len(ack.Outcomes) != 1 || ack.Outcomes[0].Outcome != ledger.Applied {
		t.Errorf("%+v, %+v", refused, ack)
	}
	w := d.hello("watch-1")
	w.send(`{"type":"push","intents":[` + theirs + `]}`)
	if ack := w.one("ack").Ack; ack.Through != 0 || ack.Outcomes[0].Outcome != ledger.Applied {
		t.Errorf("%+v", ack)
	}
	w.send(`{"type":"push","intents":[` + scan(1) + `]}`)
	if ack := w.one("ack").Ack; ack.Through != 1 || ack.Outcomes[0].Outcome != ledger.Applied {
		t.Errorf("%+v", ack)
	}
	for _, of := range [][2]string{{"H-7", "z"}, {"watch-1", "i1"}, {"H-1", "i1"}} {
		if last, err := d.book.LastSeq(context.Background(), of[0], of[1]); err != nil || last != 1 {
			t.Errorf("%v has sent %d, %v", of, last, err)
		}
	}
}

// What gathered for hours is acknowledged piece by piece, in order, each with its
// entries; what was just scanned at once.
func TestABacklogIsToldInPieces(t *testing.T) {
	const scans, piece = 650, 100
	for _, row := range []struct {
		name  string
		age   time.Duration
		acks  int
		first uint64
	}{{"of hours", 5 * time.Hour, 7, piece}, {"of now", 0, 1, scans}} {
		t.Run(row.name, func(t *testing.T) {
			d := open(t)
			h := d.hello("H-1")
			h.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d}}`, d.book.Head()))
			var list []string
			for i := range scans {
				at := time.Now().Add(-row.age).UTC().Format(time.RFC3339)
				list = append(list, fmt.Sprintf(`{"seq":%d,"at":%q,"action":"add","product":"BOLT","quantity":"1"}`, i+1, at))
			}
			h.send(`{"type":"push","intents":[` + strings.Join(list, ",") + `]}`)
			acked, acks, shown := uint64(0), 0, 0
			for acked < scans {
				messages, err := h.frame()
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range messages {
					if m.Ack != nil {
						if m.Ack.Outcomes[0].Seq != acked+1 {
							t.Fatalf("seq %d is told after %d", m.Ack.Outcomes[0].Seq, acked)
						}
						acked = m.Ack.Through
						acks++
						if acks == 1 && acked > 2*row.first || acked < row.first {
							t.Errorf("the first ack tells of %d", acked)
						}
					}
					if m.Events != nil {
						shown += len(m.Events.Events)
					}
				}
				if uint64(shown) != acked {
					t.Fatalf("%d are acknowledged, %d shown", acked, shown)
				}
			}
			if acks > row.acks || row.acks > 1 && acks < 2 {
				t.Errorf("%d acks", acks)
			}
		})
	}
}

// A push of old scans goes to the book in pieces, and is answered as one: whatever
// of it was not taken is told by one error.
func TestPiecesAreAnsweredByOneError(t *testing.T) {
	const scans = 650
	d := open(t)
	h := d.hello("H-1")
	at := time.Now().Add(-5 * time.Hour).UTC().Format(time.RFC3339)
	push := func(first int) {
		var list []string
		for i := range scans {
			list = append(list, fmt.Sprintf(`{"seq":%d,"at":%q,"action":"add","product":"BOLT","quantity":"1"}`, first+i, at))
		}
		h.send(`{"type":"push","intents":[` + strings.Join(list, ",") + `]}`)
	}
	push(2) // 1 never came
	h.send(`{"type":"ping","now":"2026-03-02T09:15:04Z"}`)
	errors := 0
	for pong := false; !pong; {
		messages, err := h.frame()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.Error != nil {
				errors++
			}
			pong = pong || m.Pong != nil
		}
	}
	if errors > 1 {
		t.Fatalf("%d errors answer one push", errors)
	}
	push(1)
	for acked := uint64(0); acked < scans; {
		messages, err := h.frame()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			if m.Error != nil {
				if errors++; errors > 1 {
					t.Fatalf("%+v", m.Error)
				}
			}
			if m.Ack != nil {
				acked = m.Ack.Through
			}
		}
	}
	if errors != 1 {
		t.Fatalf("%d errors", errors)
	}
}
