package wire

import (
	"bytes"
	"reflect"
	"testing"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// intentSeeds are intents that the reader must get right or leave to the full
// decoder.
var intentSeeds = []string{
	sampleIntent,
	`{}`, `null`, `[]`, `3`, `"x"`, ``, ` `, `{`, `{"seq":`, `{"seq":1`, `{"seq":1,}`, `{,}`, `{"seq" : 1 }`, "\n{\t\"seq\"\r:1}\n", `{"seq":1}x`, `{"seq":1}{}`,
	`{"seq":01}`, `{"seq":-1}`, `{"seq":-0}`, `{"seq":1.0}`, `{"seq":1e3}`, `{"seq":"1"}`, `{"seq":18446744073709551615}`, `{"seq":18446744073709551616}`, `{"seq":999999999999999999}`, `{"seq":null}`,
	`{"action":"add","product":"A","quantity":3}`, `{"quantity":"3.0"}`, `{"quantity":3.50}`, `{"quantity":-3}`, `{"quantity":3e1}`, `{"quantity":"3e1"}`, `{"quantity":.5}`, `{"quantity":5.}`, `{"quantity":05}`, `{"quantity":0.5}`, `{"quantity":00}`,
	`{"quantity":1e30}`, `{"quantity":"x"}`, `{"quantity":""}`, `{"quantity":null}`, `{"quantity":true}`, `{"quantity":"\u0033"}`, `{"quantity":1.2.3}`, `{"quantity":3 }`, `{"quantity":3]`,
	`{"at":"2026-03-02T09:15:04Z"}`, `{"at":"2026-03-02T10:15:04.120000+01:00"}`, `{"at":"2026-03-02 09:15"}`, `{"at":""}`, `{"at":null}`, `{"at":3}`, `{"at":"2026\u002d03-02T09:15:04Z"}`,
	`{"complete":true}`, `{"complete":false}`, `{"complete":null}`, `{"complete":1}`, `{"complete":"true"}`,
	`{"holds":[]}`, `{"holds":null}`, `{"holds":["a","b"]}`, `{"holds":["a",null]}`, `{"holds":["a",]}`, `{"holds":[1]}`, `{"holds":"a"}`, `{"holds":[ "a" , "b" ]}`,
	`{"lines":[]}`, `{"lines":null}`, `{"lines":[{}]}`, `{"lines":[{"product":"A","quantity":"2"},{"scan":"123"}]}`, `{"lines":[null]}`, `{"lines":[{"color":"red"}]}`, `{"lines":[{"lot":"1","lot":"2"}]}`, `{"lines":[[]]}`,
	`{"device":"a","device":"b"}`, `{"Device":"a"}`, `{"dev\u0069ce":"a"}`, `{"colour":"red"}`, `{"":1}`,
	`{"lot":"é"}`, `{"lot":"\u00e9\ud83d\ude00"}`, `{"lot":"\ud800"}`, "{\"lot\":\"\xff\"}", "{\"lot\":\"\xed\xa0\x80\"}", "{\"lot\":\"a\tb\"}", `{"lot":"\t\"\\\/\b\f\n\r"}`, `{"lot":"\x"}`, `{"lot":"\u12"}`, `{"lot":"\u00zz"}`, `{"lot":"a\`, "{\"lot\":\"\u2028\x7f\"}",
	`{"scan":"]C10109506000134352\u001d10ABC"}`, `{"lot":null}`, `{"lot":3}`, `{"lot":nul}`, `{"lot":"12345678"}`, `{"lot":"123456789012345"}`,
}

func FuzzDecodeIntent(f *testing.F) {
	for _, seed := range intentSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var fast, full ledger.Intent
		ok := fastIntent(raw, &fast)
		err := json.Unmarshal(raw, &full, strict)
		if ok && (err != nil || !reflect.DeepEqual(fast, full)) {
			t.Fatalf("the fast reader reads\n%+v, the full one\n%+v, %v", fast, full, err)
		}
		for _, via := range []Transport{Socket, Stated} {
			r := DecodeIntent(raw, via)
			if (err == nil) != (r.Fault == nil) && err != nil {
				t.Fatalf("accepted although %v", err)
			}
			checkReceived(t, raw, r)
		}
	})
}

// checkReceived checks what every received intent promises.
func checkReceived(t *testing.T, raw []byte, r ledger.Received) {
	t.Helper()
	var again ledger.Intent
	if err := json.Unmarshal(r.Payload, &again); err != nil {
		t.Fatalf("the payload cannot be read as an intent: %v\n%s", err, r.Payload)
	}
	if len(r.Payload) > 2*len(raw)+6*keptText+256 {
		t.Fatalf("a payload of %d bytes from %d", len(r.Payload), len(raw))
	}
	if depth(r.Payload) > MaxDepth {
		t.Fatalf("the payload nests %d levels deep", depth(r.Payload))
	}
	if len(r.Intent.Device) > ledger.MaxCode || len(r.Intent.Install) > ledger.MaxCode {
		t.Fatal("the identity is longer than a name may be")
	}
	if r.Fault != nil {
		if r.Fault.Code == "" || r.Fault.Message == "" {
			t.Fatalf("a fault without code or sentence: %+v", r.Fault)
		}
		return
	}
	twice := DecodeIntent(r.Payload, Socket)
	if twice.Fault != nil || !bytes.Equal(twice.Payload, r.Payload) || twice.Hash != r.Hash {
		t.Fatalf("the payload does not stand for itself: %v\n%s\n%s", twice.Fault, r.Payload, twice.Payload)
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, seed := range intentSeeds {
		f.Add([]byte(`{"type":"push","intents":[` + seed + `]}`))
		f.Add([]byte(`{"type":"push","intents":[` + sampleIntent + `,` + seed + `,` + sampleIntent + `]}`))
	}
	for _, seed := range []string{
		`{"intents":[],"type":"push"}`, `{"type":"push","intents":[]} `, `{"type":"push","intents":[],"type":"push"}`, `{"type":"push","intents":[],"intents":[]}`, `{"type":"push"}`,
		`{"type":"push","intents":null}`, `{"type":"push","intents":{}}`, `{"type":"push","more":1,"intents":[{}]}`, `{"type":"push","trace":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","intents":[{}]}`, `{"type":"push","trace":null,"intents":[]}`, `{"type":"push","trace":3,"intents":[]}`, `{"type":"push","trace":"a","trace":"b","intents":[]}`, `[{"type":"push","intents":[]},{"type":"ping"}]`, `[]`, `[[]]`, `[`, `{"type":"hello","device":"H","install":"i","key":"k","cursor":null}`,
		`{"type":"subscribe","topic":"activity","since":{"epoch":"e","n":3},"filter":{"product":"A"}}`, `{"type":"skip","seq":3,"reason":"lost"}`, `{"type":"dance"}`, `{"type":3}`, `{}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		messages, fault := DecodeFrame(frame)
		if (messages == nil) != (fault != nil) {
			t.Fatalf("%d messages and %v", len(messages), fault)
		}
		for _, m := range messages {
			if len(m.Intents) > MaxPush {
				t.Fatalf("%d intents", len(m.Intents))
			}
			for _, r := range m.Intents {
				checkReceived(t, frame, r)
			}
		}
		intents, trace, ok := fastPush(frame)
		if !ok {
			return
		}
		var full Push
		if err := json.Unmarshal(frame, &full, strict); err != nil || full.Type != "push" {
			t.Fatalf("the full decoder says %v", err)
		}
		slow, f := decodeFully(frame)
		if f != nil || slow.Trace != trace || len(slow.Intents) != len(intents) || len(full.Intents) != len(intents) {
			t.Fatalf("the full decoder reads %d and %d of %d intents, %v", len(slow.Intents), len(full.Intents), len(intents), f)
		}
		for i := range intents {
			if !reflect.DeepEqual(intents[i], slow.Intents[i]) {
				t.Fatalf("intent %d:\n%+v\n%+v", i, intents[i], slow.Intents[i])
			}
		}
	})
}

func FuzzServerFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"welcome","now":"2026-03-02T09:15:04Z","last_seq":3,"head":{"epoch":"e","n":9},"policy":{"max_push":1000}}`,
		`[{"type":"ack","through":3,"outcomes":[{"seq":3,"outcome":"applied","entry":9}]},{"type":"events","topic":"activity","from":8,"to":9,"events":[{"n":9}]}]`,
		`{"type":"news"}`, `[{}]`, `[`, `3`, `{"type":"error","code":"gap","last_seq":3}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		messages, err := DecodeServerFrame(frame)
		if err != nil {
			return
		}
		if !jsontext.Value(frame).IsValid() {
			t.Fatal("accepted what is no JSON")
		}
		for _, m := range messages {
			set := 0
			for _, is := range []bool{m.Welcome != nil, m.Ack != nil, m.Events != nil, m.Snapshot != nil, m.Pong != nil, m.Notice != nil, m.Error != nil} {
				if is {
					set++
				}
			}
			if set != 1 {
				t.Fatalf("%d fields are set for type %q", set, m.Type)
			}
		}
	})
}

func FuzzCBOR(f *testing.F) {
	for _, seed := range intentSeeds {
		if b, err := AppendCBOR(nil, []byte(seed)); err == nil {
			f.Add(b)
		}
	}
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) // an array of 2^64-1
	f.Add([]byte{0x5f, 0x41, 0x00, 0xff})                               // bytes of unknown length
	f.Add([]byte{0xbf, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02, 0xff})       // a key twice
	f.Add([]byte{0xc1, 0x00})                                           // a tag
	f.Add(bytes.Repeat([]byte{0x81}, 100))                              // deep
	f.Add([]byte{0xf9, 0x7e, 0x00})                                     // not a number
	f.Add([]byte{0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}) // -2^64
	f.Add([]byte{0xa1, 0x01, 0x02})                                     // a key that is a number
	f.Add([]byte{0x61, 0xff})                                           // text that is not UTF-8
	f.Add([]byte{0xf7})                                                 // undefined
	f.Add([]byte{0x7a, 0xff, 0xff, 0xff, 0xff})                         // text of 4 GiB
	f.Add([]byte{0x7f, 0x61, 0x61, 0x61, 0x62, 0xff})                   // text in parts
	f.Add([]byte{0xfb, 0x7e, 0x37, 0xe4, 0x3c, 0x88, 0x00, 0x75, 0x9c}) // 1e300
	f.Add([]byte{0x1b, 0x00, 0x20, 0, 0, 0, 0, 0, 1})                   // 2^53+1
	c, err := NewCBOR()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		text, err := c.ToJSON(frame)
		if err != nil {
			return
		}
		if !jsontext.Value(text).IsValid() {
			t.Fatalf("no JSON: %s", text)
		}
		back, err := AppendCBOR(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.ToJSON(back)
		if err != nil || !bytes.Equal(text, again) {
			t.Fatalf("%v\n%s\n%s", err, text, again)
		}
	})
}
