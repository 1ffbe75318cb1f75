package wire_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// example is one line of a golden file: what it shows, and the JSON itself.
type example struct {
	Name    string         `json:"name"`
	Intent  jsontext.Value `json:"intent"`
	Message jsontext.Value `json:"message"`
	Outcome jsontext.Value `json:"outcome"`
	Entry   jsontext.Value `json:"entry"`
}

func golden(t testing.TB, file string) []example {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "golden", file))
	if err != nil {
		t.Fatal(err)
	}
	var out []example
	if err := json.Unmarshal(b, &out, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return out
}

func same(t *testing.T, name string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
}

// Every action is shown, and every intent comes out as it went in.
func TestGoldenIntents(t *testing.T) {
	left := []string{ledger.ActionAdd, ledger.ActionRemove, ledger.ActionMove, ledger.ActionIsolate, ledger.ActionRelease, ledger.ActionAssemble,
		ledger.ActionDisassemble, ledger.ActionPack, ledger.ActionUnpack, ledger.ActionCount, ledger.ActionSessionOpen, ledger.ActionSessionClose,
		ledger.ActionScrap, ledger.ActionUndo, ledger.ActionMap, ledger.ActionDecide, ledger.ActionClose}
	for _, e := range golden(t, "intents.json") {
		for _, via := range []wire.Transport{wire.Socket, wire.Stated} {
			r := wire.DecodeIntent(e.Intent, via)
			if r.Fault != nil {
				t.Errorf("%s: %v", e.Name, r.Fault)
				continue
			}
			same(t, e.Name, r.Payload, e.Intent)
			if again := wire.Receive(r.Intent); again.Hash != r.Hash {
				t.Errorf("%s: another hash the second time", e.Name)
			}
			left = slices.DeleteFunc(left, func(action string) bool { return action == r.Intent.Action })
		}
	}
	if len(left) > 0 {
		t.Errorf("no example of %v", left)
	}
}

// Every message of a device is shown; it comes out as it went in, also by way of
// CBOR.
func TestGoldenDeviceMessages(t *testing.T) {
	left := []string{"hello", "push", "subscribe", "ping", "skip", "print"}
	for _, e := range golden(t, "device-messages.json") {
		messages, f := wire.DecodeFrame(e.Message)
		if f != nil || len(messages) != 1 {
			t.Errorf("%s: %v", e.Name, f)
			continue
		}
		same(t, e.Name, encode(t, &messages[0]), e.Message)
		again, f := wire.DecodeFrame(throughCBOR(t, e.Message))
		if f != nil || !reflect.DeepEqual(messages, again) {
			t.Errorf("%s: by way of CBOR\n%+v\n%+v %v", e.Name, again, messages, f)
		}
		left = slices.DeleteFunc(left, func(kind string) bool { return kind == messages[0].Type })
	}
	if len(left) > 0 {
		t.Errorf("no example of %v", left)
	}
}

// encode writes a device's message again.
func encode(t *testing.T, m *wire.Message) []byte {
	t.Helper()
	var v any
	switch m.Type {
	case "hello":
		v = m.Hello
	case "push":
		var intents [][]byte
		for _, r := range m.Intents {
			intents = append(intents, r.Payload)
		}
		return wire.AppendPush(nil, "", intents)
	case "subscribe":
		v = m.Subscribe
	case "ping":
		v = m.Ping
	case "skip":
		v = m.Skip
	case "print":
		v = m.Print
	}
	b, err := wire.AppendMessage(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every message of a server is shown; it comes out as it went in, by its struct
// and by the function made for it.
func TestGoldenServerMessages(t *testing.T) {
	left := []string{"welcome", "ack", "events", "snapshot", "pong", "notice", "error"}
	for _, e := range golden(t, "server-messages.json") {
		messages, err := wire.DecodeServerFrame(e.Message)
		if err != nil || len(messages) != 1 {
			t.Errorf("%s: %v", e.Name, err)
			continue
		}
		m := messages[0]
		var v any
		switch m.Type {
		case "welcome":
			v = m.Welcome
		case "ack":
			v = m.Ack
			same(t, e.Name, wire.AppendAck(nil, m.Ack.Through, m.Ack.Outcomes), e.Message)
		case "events":
			v = m.Events
			same(t, e.Name, wire.AppendEvents(nil, m.Events.Topic, m.Events.From, m.Events.To, join(m.Events.Events)), e.Message)
			sameRows(t, e.Name, m.Events.Topic, m.Events.Events)
		case "snapshot":
			v = m.Snapshot
			s := m.Snapshot
			same(t, e.Name, wire.AppendSnapshot(nil, s.Topic, s.Part, s.Parts, s.N, join(s.Rows)), e.Message)
			sameRows(t, e.Name, s.Topic, s.Rows)
		case "pong":
			v = m.Pong
		case "notice":
			v = m.Notice
		case "error":
			v = m.Error
		}
		b, err := wire.AppendMessage(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		same(t, e.Name, b, e.Message)
		again, err := wire.DecodeServerFrame(throughCBOR(t, e.Message))
		if err != nil || len(again) != 1 || again[0].Type != m.Type {
			t.Errorf("%s: by way of CBOR: %v", e.Name, err)
		}
		left = slices.DeleteFunc(left, func(kind string) bool { return kind == m.Type })
	}
	if len(left) > 0 {
		t.Errorf("no example of %v", left)
	}
}

// sameRows checks that the rows of a topic are its rows.
func sameRows(t *testing.T, name, topic string, rows []jsontext.Value) {
	t.Helper()
	for _, row := range rows {
		var v any
		switch topic {
		case wire.TopicActivity:
			sameEntry(t, name, row)
			continue
		case wire.TopicBalances:
			v = new(wire.BalanceRow)
		case wire.TopicAlerts:
			v = new(wire.AlertRow)
		case wire.TopicCatalog:
			v = new(wire.CatalogRow)
		case wire.TopicExceptions:
			v = new(wire.ExceptionRow)
		}
		if err := json.Unmarshal(row, v, json.RejectUnknownMembers(true)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		b, err := json.Marshal(v, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		same(t, name, b, row)
	}
}

func join(values []jsontext.Value) (b []byte) {
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, v...)
	}
	return b
}

func TestGoldenOutcomes(t *testing.T) {
	left := []ledger.Outcome{ledger.Applied, ledger.Absorbed, ledger.Exception, ledger.Parked, ledger.Refused}
	for _, e := range golden(t, "outcomes.json") {
		var r ledger.Result
		if err := json.Unmarshal(e.Outcome, &r, json.RejectUnknownMembers(true)); err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		same(t, e.Name, ledger.AppendResult(nil, &r), e.Outcome)
		left = slices.DeleteFunc(left, func(o ledger.Outcome) bool { return o == r.Outcome })
	}
	if len(left) > 0 {
		t.Errorf("no example of %v", left)
	}
}

func TestGoldenEntries(t *testing.T) {
	for _, e := range golden(t, "entries.json") {
		sameEntry(t, e.Name, e.Entry)
	}
}

func sameEntry(t *testing.T, name string, raw jsontext.Value) {
	t.Helper()
	var e ledger.Entry
	if err := json.Unmarshal(raw, &e, json.RejectUnknownMembers(true)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var payload []byte
	if e.Intent != nil {
		payload, _ = ledger.AppendIntent(nil, e.Intent)
	}
	var hash [32]byte
	if _, err := hex.Decode(hash[:], []byte(e.Hash)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	b := ledger.AppendEntry(nil, &e, payload)
	same(t, name, ledger.HashedPart(raw), b)
	same(t, name, ledger.AppendHash(b, hash), raw)
	if at, ok := ledger.BookedAt(raw); !ok || at != e.BookedAt {
		t.Errorf("%s: booked_at reads %v", name, at)
	}
}

// throughCBOR returns the frame as it comes out of CBOR.
func throughCBOR(t *testing.T, frame []byte) []byte {
	t.Helper()
	c, err := wire.NewCBOR()
	if err != nil {
		t.Fatal(err)
	}
	coded, err := wire.AppendCBOR(nil, frame)
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.ToJSON(coded)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "JSON → CBOR → JSON", canonicalOrder(t, out), canonicalOrder(t, frame))
	return out
}

func canonicalOrder(t *testing.T, b []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
