package ledger

import (
	"encoding/json"
	"testing"
)

// FuzzReadEntry reads arbitrary bytes as an entry: an error, or an entry that can
// be written again.
func FuzzReadEntry(f *testing.F) {
	f.Add([]byte(`{"n":1,"kind":"intent","intent":{"seq":"x","quantity":"1e30"},"moves":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := ReadEntry(data)
		if err != nil {
			return
		}
		if _, err := json.Marshal(e); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	})
}
