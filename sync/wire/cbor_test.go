package wire_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"bayledger/sync/wire"
)

// What is written is CBOR as RFC 8949 has it.
func TestAppendCBOR(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`0`, "00"}, {`23`, "17"}, {`24`, "1818"}, {`255`, "18ff"}, {`256`, "190100"}, {`65536`, "1a00010000"}, {`4294967296`, "1b0000000100000000"},
		{`18446744073709551615`, "1bffffffffffffffff"}, {`-1`, "20"}, {`-24`, "37"}, {`-25`, "3818"}, {`-9223372036854775808`, "3b7fffffffffffffff"},
		{`1.1`, "fb3ff199999999999a"}, {`-4.1`, "fbc010666666666666"}, {`1e300`, "fb7e37e43c8800759c"}, {`1e999`, "fb7fefffffffffffff"},
		{`true`, "f5"}, {`false`, "f4"}, {`null`, "f6"}, {`""`, "60"}, {`"a"`, "6161"}, {`"\u00fc\""`, "63c3bc22"},
		{`[]`, "9fff"}, {`[1,[2]]`, "9f019f02ffff"}, {`{"a":1,"b":[]}`, "bf616101" + "61629fff" + "ff"},
		{`"` + strings.Repeat("x", 23) + `"`, "77" + strings.Repeat("78", 23)},
		{`"` + strings.Repeat("x", 24) + `"`, "7818" + strings.Repeat("78", 24)},
		{`"` + strings.Repeat("x", 256) + `"`, "790100" + strings.Repeat("78", 256)},
		{`"` + strings.Repeat("x", 65536) + `"`, "7a00010000" + strings.Repeat("78", 65536)},
	} {
		b, err := wire.AppendCBOR([]byte("before"), []byte(c.text))
		if got := hex.EncodeToString(bytes.TrimPrefix(b, []byte("before"))); err != nil || got != c.want {
			t.Errorf("%.40s: %.60s, %v, want %.60s", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{``, `{`, `[1`, `1 2`, `{"a":1}x`, `{"a":1,"a":2}`, "\"\xff\"", `nul`} {
		if b, err := wire.AppendCBOR([]byte("before"), []byte(text)); err == nil || string(b) != "before" {
			t.Errorf("%q: %x, %v", text, b, err)
		}
	}
}

// Frames that lie about their size cost no more than they are long, and those
// that JSON cannot say are refused.
func TestHostileCBOR(t *testing.T) {
	c, err := wire.NewCBOR()
	if err != nil {
		t.Fatal(err)
	}
	for name, frame := range map[string]string{
		"an array of 2^64-1":            "9bffffffffffffffff",
		"an array of 2^32-1":            "9affffffff",
		"a map of 2^32-1":               "baffffffff",
		"a text of 4 GiB":               "7affffffff61",
		"bytes of 4 GiB":                "5affffffff61",
		"arrays within arrays":          strings.Repeat("9a0000ffff", 1000),
		"100,000 levels":                strings.Repeat("81", 100_000),
		"100,000 levels without end":    strings.Repeat("9f", 100_000),
		"a byte string":                 "43010203",
		"a tag":                         "c11a514b67b0",
		"a big number":                  "c249010000000000000000",
		"-2^64":                         "3bffffffffffffffff",
		"not a number":                  "f97e00",
		"infinity":                      "f97c00",
		"a key that is a number":        "a10102",
		"a key that is an array":        "a1810102",
		"a key twice":                   "a2616101616102",
		"text that is not UTF-8":        "61ff",
		"a simple value":                "f8ff",
		"a break of nothing":            "ff",
		"nothing":                       "",
		"something behind it":           "0000",
		"cut off":                       "bf6161",
		"a text in parts of other kind": "7f4161ff",
	} {
		b, err := hex.DecodeString(frame)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		out, err := c.ToJSON(b)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: %s", name, out)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<10+20*uint64(len(b)) {
			t.Errorf("%s: %d bytes used for %d", name, used, len(b))
		}
	}
	if _, err := c.ToJSON(make([]byte, wire.MaxFrame+1)); err == nil {
		t.Error("a frame above the bound passes")
	}
}

// What CBOR can say in other ways than AppendCBOR means the same.
func TestOtherCBOR(t *testing.T) {
	c, err := wire.NewCBOR()
	if err != nil {
		t.Fatal(err)
	}
	for frame, want := range map[string]string{
		"a2616201616102":       `{"a":2,"b":1}`, // lengths given
		"830102f6":             `[1,2,null]`,
		"7f61616162ff":         `"ab"`, // a text in parts
		"fa40200000":           `2.5`,  // a float of 32 bits
		"f93e00":               `1.5`,
		"1b0000000000000001":   `1`, // longer than need be
		"1b0020000000000001":   `9007199254740993`,
		"f7":                   `null`, // undefined
		"a16361c3bc6461f09f98": ``,     // cut off
	} {
		b, _ := hex.DecodeString(frame)
		got, err := c.ToJSON(b)
		if (err == nil) != (want != "") || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", frame, got, err, want)
		}
	}
}

// A push of the greatest size that CBOR can carry is taken whole.
func TestLargestCBORPush(t *testing.T) {
	c, err := wire.NewCBOR()
	if err != nil {
		t.Fatal(err)
	}
	intents := make([][]byte, wire.MaxPush)
	for i := range intents {
		intents[i] = fmt.Appendf(nil, `{"device":"H","install":"i","seq":%d,"action":"add","product":"A","lines":[{"lot":"%d"},{"lot":"x"}]}`, i+1, i)
	}
	coded, err := wire.AppendCBOR(nil, wire.AppendPush(nil, "", intents))
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.ToJSON(coded)
	if err != nil {
		t.Fatal(err)
	}
	messages, f := wire.DecodeFrame(text)
	if f != nil || len(messages[0].Intents) != wire.MaxPush {
		t.Fatal(f)
	}
	for i, r := range messages[0].Intents {
		if r.Fault != nil || !bytes.Equal(r.Payload, intents[i]) {
			t.Fatalf("%s, %v", r.Payload, r.Fault)
		}
	}
}
