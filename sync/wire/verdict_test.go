package wire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// What is the same scan has the same hash, however an app writes it down.
func TestRepeatsHaveOneHash(t *testing.T) {
	first := `{"device":"H","install":"i","seq":1,"at":"2026-03-02T09:15:04.120Z","seen":7,"action":"remove","product":"A","quantity":"3","lines":[{"product":"B","unit_cost":"2.50"}]}`
	for name, other := range map[string]string{
		"fields in another order": `{"lines":[{"unit_cost":"2.50","product":"B"}],"quantity":"3","product":"A","action":"remove","seen":7,"at":"2026-03-02T09:15:04.120Z","seq":1,"install":"i","device":"H"}`,
		"white space":             strings.NewReplacer(":", " : ", ",", " ,\n").Replace(strings.Replace(first, "09:15:04", "TIME", 1)),
		"a number":                strings.Replace(first, `"3"`, `3`, 1),
		"a number with zeros":     strings.Replace(first, `"3"`, `3.0`, 1),
		"a text with zeros":       strings.Replace(first, `"3"`, `"3.000000000000000000000"`, 1),
		"an exponent":             strings.Replace(first, `"3"`, `30e-1`, 1),
		"a cost with fewer zeros": strings.Replace(first, `"2.50"`, `2.5`, 1),
		"another offset":          strings.Replace(first, "09:15:04.120Z", "10:45:04.12+01:30", 1),
		"more digits of seconds":  strings.Replace(first, "04.120Z", "04.120000000Z", 1),
		"empty strings":           strings.Replace(first, `"product":"A"`, `"product":"A","lot":"","quantity":"3","unit_cost":"","through":"","reason":""`, 1),
		"nulls":                   strings.Replace(first, `"product":"A"`, `"product":"A","lot":null,"complete":null,"holds":null,"through":null,"unit_cost":null`, 1),
		"empty lists and false":   strings.Replace(first, `"product":"A"`, `"product":"A","holds":[],"complete":false`, 1),
		"escapes":                 strings.Replace(first, `"remove"`, `"\u0072emove"`, 1),
		"escapes in a quantity":   strings.Replace(first, `"3"`, `"\u0033"`, 1),
		"another device":          strings.Replace(first, `"device":"H","install":"i","seq":1`, `"device":"G","install":"j","seq":9`, 1),
		"no identity of its own":  strings.Replace(first, `"device":"H","install":"i","seq":1,`, ``, 1),
	} {
		if name == "white space" {
			other = strings.Replace(other, "TIME", "09:15:04", 1)
		}
		if name == "empty strings" {
			other = strings.Replace(other, `"quantity":"3",`, ``, 1)
		}
		a, b := wire.DecodeIntent([]byte(first), wire.Socket), wire.DecodeIntent([]byte(other), wire.Socket)
		if a.Fault != nil || b.Fault != nil {
			t.Errorf("%s: %v, %v", name, a.Fault, b.Fault)
		}
		if a.Hash != b.Hash {
			t.Errorf("%s: another hash:\n%s\n%s", name, a.Payload, b.Payload)
		}
	}
}

// What is another scan has another hash.
func TestDifferencesHaveAnotherHash(t *testing.T) {
	first := `{"device":"H","install":"i","seq":1,"at":"2026-03-02T09:15:04.120Z","seen":7,"action":"remove","product":"A","quantity":"3","lines":[{"product":"B"},{"product":"C"}]}`
	seen := map[[16]byte]string{wire.DecodeIntent([]byte(first), wire.Socket).Hash: "the first"}
	for name, other := range map[string]string{
		"quantity":           strings.Replace(first, `"3"`, `"3.01"`, 1),
		"no quantity":        strings.Replace(first, `"quantity":"3",`, ``, 1),
		"time":               strings.Replace(first, `04.120Z`, `04.120001Z`, 1),
		"no time":            strings.Replace(first, `"at":"2026-03-02T09:15:04.120Z",`, ``, 1),
		"action":             strings.Replace(first, `remove`, `add`, 1),
		"case":               strings.Replace(first, `"A"`, `"a"`, 1),
		"a space":            strings.Replace(first, `"A"`, `"A "`, 1),
		"seen":               strings.Replace(first, `7`, `8`, 1),
		"a field more":       strings.Replace(first, `"seen"`, `"clock":"a","seen"`, 1),
		"lines swapped":      strings.Replace(first, `{"product":"B"},{"product":"C"}`, `{"product":"C"},{"product":"B"}`, 1),
		"a line more":        strings.Replace(first, `{"product":"C"}`, `{"product":"C"},{"product":"C"}`, 1),
		"product as scan":    strings.Replace(first, `"product":"A"`, `"scan":"A"`, 1),
		"an unknown field":   strings.Replace(first, `"seen"`, `"colour":"red","seen"`, 1),
		"another unknown":    strings.Replace(first, `"seen"`, `"colour":"blue","seen"`, 1),
		"unreadable at":      strings.Replace(first, `"2026-03-02T09:15:04.120Z"`, `"yesterday"`, 1),
		"unreadable at too":  strings.Replace(first, `"2026-03-02T09:15:04.120Z"`, `"today"`, 1),
		"complete":           strings.Replace(first, `"seen"`, `"complete":true,"seen"`, 1),
		"a composed letter":  strings.Replace(first, `"A"`, `"\u00e9"`, 1),
		"and its two halves": strings.Replace(first, `"A"`, `"e\u0301"`, 1),
	} {
		hash := wire.DecodeIntent([]byte(other), wire.Socket).Hash
		if twin, ok := seen[hash]; ok {
			t.Errorf("%s has the hash of %s", name, twin)
		}
		seen[hash] = name
	}
}

// An intent with unknown fields is told from others by all of its fields; the
// same rules say what counts as missing and that order means nothing.
func TestUnknownFieldsHaveOneHash(t *testing.T) {
	first := wire.DecodeIntent([]byte(`{"device":"H","seq":1,"action":"add","product":"A","quantity":"3","shade":{"b":[1,"x"],"a":"y"},"colour":"red"}`), wire.Socket)
	for _, other := range []string{
		`{"colour":"red","shade":{"a":"y","b":[1,"x"]},"quantity":3.0,"product":"A","action":"add","seq":2,"device":"G"}`,
		`{"device":"H","seq":1,"action":"add","product":"A","lot":"","quantity":"3","shade":{"b":[1, "x"],"a":"\u0079","c":null},"colour":"red","gloss":null,"tags":[],"note":""}`,
	} {
		r := wire.DecodeIntent([]byte(other), wire.Socket)
		if r.Fault == nil || r.Fault.Code != ledger.Unsupported || r.Hash != first.Hash {
			t.Errorf("%s: %v, another hash: %v", other, r.Fault, r.Hash != first.Hash)
		}
	}
}

// verdict is what becomes of an intent that cannot be booked.
type verdict struct {
	name   string
	intent string
	socket ledger.Code // parked with unsupported, else refused
	stated ledger.Code // always refused; the identity stays free
	saved  bool        // device, install and seq are known all the same
}

var long = strings.Repeat("x", 900_000)

var verdicts = []verdict{
	{"an unknown field", `{ID,"action":"add","product":"A","colour":"red"}`, ledger.Unsupported, ledger.UnknownField, true},
	{"an unknown field of a line", `{ID,"action":"add","lines":[{"product":"A","colour":"red"}]}`, ledger.Unsupported, ledger.UnknownField, true},
	{"another case of a known field", `{ID,"action":"add","Product":"A"}`, ledger.Unsupported, ledger.UnknownField, true},
	{"an unknown field and a wrong one", `{ID,"action":"add","colour":"red","quantity":"many"}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"an unknown field that nests deep", `{ID,"action":"add","x":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`, ledger.BadJSON, ledger.BadJSON, true},
	{"an unknown field that names one twice", `{ID,"action":"add","x":{"a":1,"a":2}}`, ledger.BadJSON, ledger.BadJSON, true},
	{"a text for a list", `{ID,"action":"add","product":"A","lines":"B"}`, ledger.BadField, ledger.BadField, true},
	{"a number for a text", `{ID,"action":"add","product":7}`, ledger.BadField, ledger.BadField, true},
	{"an object for a text", `{ID,"action":"add","product":{"code":"A"}}`, ledger.BadField, ledger.BadField, true},
	{"a text for a flag", `{ID,"action":"session-close","complete":"yes"}`, ledger.BadField, ledger.BadField, true},
	{"a field twice", `{ID,"action":"add","product":"A","product":"B"}`, ledger.BadJSON, ledger.BadJSON, true},
	{"a seq twice", `{ID,"seq":8,"action":"add","product":"A"}`, ledger.BadJSON, ledger.BadJSON, false},
	{"a seq as text", `{"device":"H","install":"i","seq":"7","action":"add","product":"A"}`, ledger.BadField, ledger.BadField, false},
	{"a seq below 0", `{"device":"H","install":"i","seq":-7,"action":"add","product":"A"}`, ledger.BadField, ledger.BadField, false},
	{"a seq with decimals", `{"device":"H","install":"i","seq":7.5,"action":"add","product":"A"}`, ledger.BadField, ledger.BadField, false},
	{"a device with a slash", `{"device":"H/1","install":"i","seq":7,"action":"add","product":"A"}`, ledger.BadField, ledger.BadField, false},
	{"an install with a slash", `{"device":"H","install":"i/1","seq":7,"action":"add","product":"A"}`, ledger.BadField, ledger.BadField, false},
	{"no action", `{ID,"product":"A"}`, ledger.BadField, ledger.BadField, true},
	{"an unknown action", `{ID,"action":"borrow","product":"A"}`, ledger.UnknownAction, ledger.UnknownAction, true},
	{"nothing to add", `{ID,"action":"add"}`, ledger.BadField, ledger.BadField, true},
	{"a count without a quantity", `{ID,"action":"count","product":"A"}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity of 1e30", `{ID,"action":"add","product":"A","quantity":1e30}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity of 1e999999", `{ID,"action":"add","product":"A","quantity":1e999999}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity of 16 digits", `{ID,"action":"add","product":"A","quantity":"1234567890.123456"}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity of -1", `{ID,"action":"add","product":"A","quantity":"-1"}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity of 0", `{ID,"action":"add","product":"A","quantity":0}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity in words", `{ID,"action":"add","product":"A","quantity":"three"}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a quantity of true", `{ID,"action":"add","product":"A","quantity":true}`, ledger.BadQuantity, ledger.BadQuantity, true},
	{"a cost below 0", `{ID,"action":"add","product":"A","unit_cost":"-0.01"}`, ledger.BadField, ledger.BadField, true},
	{"two costs", `{ID,"action":"add","product":"A","unit_cost":"1","total_cost":"1"}`, ledger.BadField, ledger.BadField, true},
	{"a time in words", `{ID,"action":"add","product":"A","at":"yesterday"}`, ledger.BadTime, ledger.BadTime, true},
	{"a time as number", `{ID,"action":"add","product":"A","at":1772442904}`, ledger.BadTime, ledger.BadTime, true},
	{"a time before 1970", `{ID,"action":"add","product":"A","at":"1969-12-31T23:59:59Z"}`, ledger.BadTime, ledger.BadTime, true},
	{"an expiry that is no day", `{ID,"action":"add","product":"A","expiry":"2027-02-30"}`, ledger.BadTime, ledger.BadTime, true},
	{"a clock class of d", `{ID,"action":"add","product":"A","clock":"d"}`, ledger.BadField, ledger.BadField, true},
	{"a text of 1 MB", `{ID,"action":"add","product":"` + long + `"}`, ledger.TooLarge, ledger.TooLarge, true},
	{"a device of 1,000 bytes", `{"device":"` + long[:1000] + `","install":"i","seq":7,"action":"add","product":"A"}`, ledger.TooLarge, ledger.TooLarge, false},
	{"a product of 201 bytes", `{ID,"action":"add","product":"` + long[:201] + `"}`, ledger.TooLarge, ledger.TooLarge, true},
	{"1,001 lines", `{ID,"action":"add","lines":[` + strings.Repeat(`{"product":"A"},`, 1000) + `{"product":"A"}]}`, ledger.TooLarge, ledger.TooLarge, true},
	{"text that is not UTF-8", "{ID,\"action\":\"add\",\"product\":\"A\xff\"}", ledger.BadJSON, ledger.BadJSON, true},
	{"half a surrogate pair", `{ID,"action":"add","product":"\ud83d"}`, ledger.BadJSON, ledger.BadJSON, true},
	{"no object", `[1,2]`, ledger.BadJSON, ledger.BadJSON, false},
	{"a text", `"add"`, ledger.BadJSON, ledger.BadJSON, false},
	{"nothing", `null`, ledger.BadField, ledger.BadField, false},
}

func (v *verdict) json() []byte {
	return []byte(strings.Replace(v.intent, "ID", `"device":"H","install":"i","seq":7`, 1))
}

func TestVerdicts(t *testing.T) {
	for _, v := range verdicts {
		for _, via := range []wire.Transport{wire.Socket, wire.Stated} {
			r := wire.DecodeIntent(v.json(), via)
			v.judge(t, &r, via)
		}
	}
	for _, truncated := range []string{``, `{`, `{"seq":7`, `{"device":"H","install":"i","seq":7,"action":"add","product":"A`} {
		r := wire.DecodeIntent([]byte(truncated), wire.Stated)
		if r.Fault == nil || r.Fault.Code != ledger.BadJSON {
			t.Errorf("%q: %v", truncated, r.Fault)
		}
	}
}

func (v *verdict) judge(t *testing.T, r *ledger.Received, via wire.Transport) {
	t.Helper()
	want := v.socket
	if via == wire.Stated {
		want = v.stated
	}
	if r.Fault == nil || r.Fault.Code != want {
		t.Errorf("%s: %+v, want %s", v.name, r.Fault, want)
		return
	}
	if !strings.HasSuffix(r.Fault.Message, ".") || len(r.Fault.Message) > 400 {
		t.Errorf("%s: no sentence: %s", v.name, r.Fault.Message)
	}
	if saved := r.Intent.Identity() == (ledger.Identity{Device: "H", Install: "i", Seq: 7}); saved != v.saved {
		t.Errorf("%s: the identity is %+v", v.name, r.Intent.Identity())
	}
	var kept ledger.Intent
	if err := json.Unmarshal(r.Payload, &kept); err != nil {
		t.Errorf("%s: what is kept cannot be read: %v", v.name, err)
	}
	if r.Fault.Code == ledger.Unsupported && !bytes.Equal(r.Payload, v.json()) {
		t.Errorf("%s: kept %s", v.name, r.Payload)
	}
}

// A faulty intent stands for itself: those around it are read.
func TestFaultyIntentsDoNotStopOthers(t *testing.T) {
	good := `{"device":"H","install":"i","seq":6,"action":"add","product":"A"}`
	for _, v := range verdicts {
		frame := fmt.Sprintf(`{"type":"push","intents":[%s,%s,%s]}`, good, v.json(), good)
		messages, f := wire.DecodeFrame([]byte(frame))
		if f != nil || len(messages) != 1 || len(messages[0].Intents) != 3 {
			t.Errorf("%s: %v", v.name, f)
			continue
		}
		r := messages[0].Intents
		v.judge(t, &r[1], wire.Socket)
		if r[0].Fault != nil || r[2].Fault != nil || string(r[0].Payload) != good || string(r[2].Payload) != good {
			t.Errorf("%s: those around it: %v, %v", v.name, r[0].Fault, r[2].Fault)
		}
	}
}

// A frame that is no message, or too much, is answered as a whole.
func TestFaultyFrames(t *testing.T) {
	many := `{"type":"push","intents":[{}` + strings.Repeat(`,{}`, wire.MaxPush) + `]}`
	for _, c := range []struct {
		name, frame string
		code        ledger.Code
	}{
		{"empty", ``, ledger.BadJSON},
		{"cut off", `{"type":"push","intents":[{"seq":1`, ledger.BadJSON},
		{"no object", `3`, ledger.BadJSON},
		{"two values", `{"type":"ping"}{"type":"ping"}`, ledger.BadJSON},
		{"no message in an array", `[{"type":"ping"},3]`, ledger.BadJSON},
		{"no type", `{}`, ledger.BadField},
		{"a type twice", `{"type":"ping","type":"push","intents":[]}`, ledger.BadField},
		{"a type that is no text", `{"type":3}`, ledger.BadField},
		{"an unknown type", `{"type":"dance"}`, ledger.BadField},
		{"a wrong field", `{"type":"hello","device":3}`, ledger.BadField},
		{"a push without intents", `{"type":"push"}`, ledger.BadField},
		{"a push of no list", `{"type":"push","intents":{}}`, ledger.BadField},
		{"a push of two lists", `{"type":"push","intents":[],"intents":[]}`, ledger.BadField},
		{"1,001 intents", many, ledger.TooLarge},
		{"65 messages", `[{"type":"ping"}` + strings.Repeat(`,{"type":"ping"}`, wire.MaxMessages) + `]`, ledger.TooLarge},
		{"more than 1 MiB", `{"type":"ping","more":"` + long + long + `"}`, ledger.TooLarge},
		{"nested beyond reason", strings.Repeat("[", 500_000), ledger.BadJSON},
	} {
		messages, f := wire.DecodeFrame([]byte(c.frame))
		if messages != nil || f == nil || f.Code != c.code || !strings.HasSuffix(f.Message, ".") {
			t.Errorf("%s: %d messages, %+v, want %s", c.name, len(messages), f, c.code)
		}
	}
}

// What is new in a message does not make it a fault.
func TestMessagesMayGrow(t *testing.T) {
	messages, f := wire.DecodeFrame([]byte(` [ {"type":"ping","temperature":21}, {"type":"push","priority":1,"intents":[{"seq":1,"action":"add","product":"A"}]} ] `))
	if f != nil || len(messages) != 2 || messages[0].Ping == nil || len(messages[1].Intents) != 1 || messages[1].Intents[0].Fault != nil {
		t.Fatalf("%+v, %v", messages, f)
	}
	server, err := wire.DecodeServerFrame([]byte(`[{"type":"horoscope"},{"type":"pong","now":"2026-03-02T09:15:04Z","mood":"good"}]`))
	if err != nil || len(server) != 1 || server[0].Pong == nil {
		t.Fatalf("%+v, %v", server, err)
	}
}
