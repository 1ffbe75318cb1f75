package rest

import (
	"bytes"
	"testing"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{"", "[", "[]", "[{},{}]", "{}", "{}\n{}", `{"a":"\n"}`, "[1,", "\xef\xbb\xbf{}", "[{}]x", "null", "\x00", "{\"a\":[{\"b\":1}]}\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, p := split(body)
		if (p == nil) == (list == nil) && len(list) == 0 {
			t.Fatalf("neither intents nor a problem")
		}
		total := 0
		for _, raw := range list {
			total += len(raw)
			if !bytes.Contains(body, raw) {
				t.Fatalf("%q does not stand in the body", raw)
			}
			wire.DecodeIntent(raw, wire.Stated)
		}
		if total > len(body) || len(list) > maxIntents {
			t.Fatalf("%d bytes in %d pieces of %d", total, len(list), len(body))
		}
	})
}

func FuzzRows(f *testing.F) {
	for _, seed := range []string{"", "code\nA", "code,name\nA,\"x\ny\"", `[{"code":"A","line":3}]`, `[{"code":1e400}]`, "a;b\n1;2", "[{}", "\"", "code\n\"A", "\xef\xbb\xbfcode\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, p := readRows(body)
		if p != nil {
			if p.Message == "" || p.Code == "" {
				t.Fatalf("an empty problem")
			}
			return
		}
		for i := range families {
			patches, lines, p := families[i].patches(rows)
			if p == nil && (len(patches) != len(lines) || len(patches) < len(rows)) {
				t.Fatalf("%d patches with %d lines of %d rows", len(patches), len(lines), len(rows))
			}
		}
		s := ledger.NewState()
		patches, _, _ := families[0].patches(rows)
		s.Edit(patches, 1, 1, false)
	})
}
