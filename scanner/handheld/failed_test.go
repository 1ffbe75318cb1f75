package handheld

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bayledger/scanner/flow"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Who ends a handheld by a signal loses nothing of what was read by then.
func TestEndedBySignal(t *testing.T) {
	h, err := New(Config{Dir: t.TempDir(), Device: "H-07", Server: "http://stock.example", Key: "k", Out: io.Discard,
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	lines := make(chan line, 4)
	for _, text := range []string{"stock", "A", "B", "C"} {
		lines <- line{text: text}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if quit, err := h.loop(ctx, lines, nil); err != nil || !quit {
		t.Fatal(quit, err)
	}
	if n := h.box.Stats().Waiting; n != 3 {
		t.Errorf("%d of 3 are kept", n)
	}
}

// A lot that looks like an EAN-8, of a reader that keeps its identifiers to itself, is a lot where one
// is asked for.
func TestLotThatLooksLikeANumber(t *testing.T) {
	dir := t.TempDir()
	kept, _ := json.Marshal(keptCatalogue{N: 1, Rows: []wire.CatalogRow{
		{Entity: ledger.EntityLocation, Code: "A-01", Site: "main", N: 1},
		{Entity: ledger.EntityProduct, Code: "PILL", Fields: map[string]string{"tracking": "lot"}, N: 1},
		{Entity: ledger.EntityBarcode, Code: "036000291452", Fields: map[string]string{"product": "PILL"}, N: 1},
		{Entity: ledger.EntityProduct, Code: "/12", N: 1},
	}})
	if err := os.WriteFile(filepath.Join(dir, "catalogue.json"), kept, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := New(Config{Dir: dir, Device: "H-07", Server: "http://stock.example", Key: "k", Out: io.Discard,
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, text := range []string{"A-01", "036000291452", "96385074", "/12"} {
		h.line(t.Context(), line{text: text})
	}
	if n := h.box.Stats().Waiting; n != 2 { // goods that look like something keyed in are goods
		t.Errorf("%d scans are kept, not 2", n)
	}
	row, err := h.box.Row(1)
	if err != nil {
		t.Fatal(err)
	}
	if in := wire.DecodeIntent(row.Data, wire.Socket).Intent; in.Product != "PILL" || in.Lot != "96385074" {
		t.Errorf("kept is %+v", in)
	}
}

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
