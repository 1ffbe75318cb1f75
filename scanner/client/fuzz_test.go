package client

import (
	"testing"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// FuzzServerFrame feeds a session whatever a server may send: it never panics,
// and never acknowledges a row that was not sent.
func FuzzServerFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"welcome","now":"2026-03-02T09:00:00Z","last_seq":2,"head":{"epoch":"e1","n":5},"policy":{"ping_every":25}}`,
		`{"type":"welcome","last_seq":9007199254740991}`,
		`{"type":"ack","through":3,"outcomes":[{"seq":1,"outcome":"applied","entry":4},{"seq":3,"outcome":"parked"}]}`,
		`[{"type":"error","code":"gap","last_seq":1},{"type":"error","code":"disk_full","retry_after":-5}]`,
		`{"type":"events","topic":"balances","from":1,"to":0,"events":[{}]}`,
		`{"type":"snapshot","topic":"catalog","part":2,"parts":1,"rows":[{"entity":"x","n":-1}]}`,
		`{"type":"notice","kind":"policy","policy":{"max_push":-1,"max_unacked":1e9}}`,
		`{"type":"pong","now":""}`, `[`, ``, `null`, `[null]`, `{"type":1}`,
	} {
		f.Add(false, []byte(seed))
		coded, err := wire.AppendCBOR(nil, []byte(seed))
		if err == nil {
			f.Add(true, coded)
		}
	}
	f.Fuzz(func(t *testing.T, binary bool, frame []byte) {
		store, err := outbox.NewMemory().Open(outbox.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		box, err := store.Box("H-1", "i1")
		if err != nil {
			t.Fatal(err)
		}
		c, err := New(Config{Server: "ws://s", Outbox: box, Topics: []Topic{{Name: wire.TopicCatalog}, {Name: wire.TopicBalances}}})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if _, err := c.Scan(t.Context(), ledger.Intent{Action: ledger.ActionAdd, Product: "BOLT"}); err != nil {
				t.Fatal(err)
			}
		}
		s := &session{c: c, started: time.Now()}
		rows, err := box.Unacked(0, 2, 0)
		if err != nil {
			t.Fatal(err)
		}
		s.compose(rows) // two of the four have left
		kind := websocket.TextMessage
		if binary {
			kind = websocket.BinaryMessage
			if s.cbor, err = wire.NewCBOR(); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if s.frame(kind, frame) != nil {
				break
			}
		}
		if st := box.Stats(); st.Acked > 2 {
			t.Errorf("%d acknowledged, two had left", st.Acked)
		}
		c.Close()
	})
}

// FuzzContact reads back whatever a damaged state may hold.
func FuzzContact(f *testing.F) {
	f.Add([]byte(`{"boot":"b","mono":5,"wall":6,"server":7,"within":8,"seen":{"epoch":"e","n":3}}`))
	f.Add([]byte(`{"mono":-1,"server":"x"}`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, state []byte) {
		store, err := outbox.NewMemory().Open(outbox.Options{Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		box, err := store.Box("H-1", "i1")
		if err != nil {
			t.Fatal(err)
		}
		if err := box.SaveState(stateContact, state); err != nil {
			return
		}
		c, err := New(Config{Server: "ws://s", Outbox: box})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Scan(t.Context(), ledger.Intent{Action: ledger.ActionAdd, Product: "BOLT"}); err != nil {
			t.Fatal(err)
		}
		row, err := box.Row(1)
		if err != nil {
			t.Fatal(err)
		}
		if r := wire.DecodeIntent(row.Data, wire.Socket); r.Fault != nil {
			t.Errorf("%s: %s", row.Data, r.Fault.Message)
		}
	})
}
