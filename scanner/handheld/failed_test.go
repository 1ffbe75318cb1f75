package handheld

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"bayledger/scanner/flow"
)

// A scan that could not be stored is not shown as saved, and a restart does not store it behind the
// back of whoever scanned it again.
func TestNotStored(t *testing.T) {
	dir := t.TempDir()
	start := func() (*Handheld, *bytes.Buffer) {
		var out bytes.Buffer
		h, err := New(Config{Dir: dir, Device: "H-07", Server: "http://stock.example", Key: "k", Out: &out,
			Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }})
		if err != nil {
			t.Fatal(err)
		}
		return h, &out
	}
	h, out := start()
	h.event(t.Context(), flow.Event{Scan: "stock"})
	h.client.Close() // from here on nothing can be stored
	h.event(t.Context(), flow.Event{Scan: "A"})
	if !strings.Contains(out.String(), "STOP ") || strings.Contains(out.String(), "SAVED") {
		t.Errorf("shown was %s", out)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	h, _ = start()
	defer h.Close()
	if n := h.box.Stats().Next; n != 1 {
		t.Errorf("%d scans were stored at the start", n-1)
	}
	h.event(t.Context(), flow.Event{Tap: "OK"})
	h.event(t.Context(), flow.Event{Scan: "A"})
	if n := h.box.Stats().Next; n != 2 {
		t.Errorf("%d scans are stored, not 1", n-1)
	}
}
