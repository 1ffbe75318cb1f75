package handheld_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/handheld"
	"bayledger/scanner/outbox"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// kept reads what a handheld's outbox holds.
func kept(t *testing.T, dir string) (intents []ledger.Intent) {
	t.Helper()
	store, err := outbox.Open(filepath.Join(dir, "outbox"), outbox.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, name := range store.Boxes() {
		box, err := store.Box(name.Device, name.Install)
		if err != nil {
			t.Fatal(err)
		}
		for from := uint64(0); ; {
			rows, err := box.Unacked(from, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			fresh := 0
			for _, r := range rows {
				if r.Seq >= from {
					intents = append(intents, wire.DecodeIntent(r.Data, wire.Socket).Intent)
					from = r.Seq + 1
					fresh++
				}
			}
			if fresh == 0 {
				return intents
			}
		}
	}
	return nil
}

// away is a network that is down.
func away(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }

// work runs a handheld without network over an input and gives what it showed.
func work(t *testing.T, dir string, in io.Reader, change func(*handheld.Config)) string {
	t.Helper()
	var out bytes.Buffer
	config := handheld.Config{Dir: dir, Device: "H-07", Server: "http://stock.example", Key: "k", Out: &out, Dial: away, CatalogueWithin: 1}
	if change != nil {
		change(&config)
	}
	h, err := handheld.New(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Run(t.Context(), in); err != nil {
		t.Error(err)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	return out.String()
}

// Scans that come faster than any reader sends them, through a pipe, while the network is down: none
// is lost, and they stay in their order. 400 are twenty seconds of twenty a second.
func TestNoneIsLost(t *testing.T) {
	const scans = 400
	dir := t.TempDir()
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, "]C0BLCMD-ADD\rstock\r")
		for i := range scans {
			if _, err := fmt.Fprintf(w, "]C0GOODS-%03d\r\n", i); err != nil {
				return
			}
		}
		w.Close()
	}()
	out := work(t, dir, r, nil)
	in := kept(t, dir)
	if len(in) != scans {
		t.Fatalf("%d scans are kept, not %d\n%s", len(in), scans, out)
	}
	for i := range in {
		if want := fmt.Sprintf("]C0GOODS-%03d", i); in[i].Scan != want || in[i].Seq != uint64(i+1) {
			t.Fatalf("scan %d is %s, #%d", i, in[i].Scan, in[i].Seq)
		}
	}
	if !strings.Contains(out, fmt.Sprintf("Not sent yet: %d.", scans)) {
		t.Errorf("nobody is told that %d wait: %s", scans, out[max(0, len(out)-300):])
	}
}

// What was scanned behind a stop is taken when it is cleared, all of it.
func TestBehindAStop(t *testing.T) {
	const scans = 450
	dir := t.TempDir()
	in := "stock\n]C0BLCMD-NONSENSE\n"
	for i := range scans {
		in += fmt.Sprintf("GOODS-%03d\n", i)
	}
	out := work(t, dir, strings.NewReader(in+"/ok\n"), nil)
	got := kept(t, dir)
	if len(got) != scans || got[scans-1].Scan != fmt.Sprintf("GOODS-%03d", scans-1) {
		t.Errorf("%d of %d are kept\n%s", len(got), scans, out[max(0, len(out)-500):])
	}
}

// What is in hand outlives the end of the handheld, and so do its reader and its place.
func TestGoesOn(t *testing.T) {
	dir := t.TempDir()
	work(t, dir, strings.NewReader("*]d2"+strings.ReplaceAll(wedge.Calibration, "\x1d", "~")+"\r\n*]C0BLCMD-MOVE\n*stock\n*]C0CASE-1\n"), nil)
	if in := kept(t, dir); len(in) != 0 {
		t.Fatalf("booked too early: %+v", in)
	}
	out := work(t, dir, strings.NewReader("*quality\n*]C1010952123454321310LOT~90X\n"), nil)
	in := kept(t, dir)
	if len(in) != 1 || in[0].Action != ledger.ActionMove || in[0].From != "stock" || in[0].To != "quality" || in[0].Scan != "]C0CASE-1" {
		t.Fatalf("booked %+v\n%s", in, out)
	}
	if !strings.Contains(out, "LOT<GS>90X") {
		t.Errorf("the separator is not known any more: %s", out)
	}
}

// Ends of lines, keys and what nobody can see.
func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, in string
		suffix   string
		want     []string // scans that are kept
		shown    string
	}{
		{"CR, LF, CR LF and TAB", "stock\rA\nB\r\nC\tD", "", []string{"A", "B", "C", "D"}, ""},
		{"STX and ETX", "\x02stock\x03\x02A\x03", "", []string{"A"}, ""},
		{"a suffix of its own", "stock#A#B#", "#", []string{"A", "B"}, ""},
		{"empty lines", "stock\n\n\nA\n\n", "", []string{"A"}, ""},
		{"a scan with a slash", "stock\n//A\n", "", []string{"/A"}, ""},
		{"control characters", "stock\nA\x1b[2JB\n", "", []string{"A\x1b[2JB"}, "A<1B>[2JB"},
		{"longer than any barcode", "stock\n" + strings.Repeat("9", 9_000) + "\nA\n/ok\n", "", []string{"A"}, "longer than any barcode"},
		{"keyed in", "stock\n/3\nA\n/undo\n/nonsense\nB\n/ok\n", "", []string{"", "", "B"}, "There is no command NONSENSE"},
		{"help and status", "/help\n/status\n/needs\n/clear x\n", "", nil, "Say which one"},
		{"a supervisor for nothing", "stock\nA\n/ask 1\n", "", []string{"A"}, "Say which one of those that need you"},
		{"a printer's name is exact", "/printer-Dock1\n", "", nil, "Labels come out of Dock1."},
		{"quit", "stock\nA\n/quit\nB\n", "", []string{"A"}, ""},
		{"a lost separator", "stock\n]C1010952123454321310LOT717270131\n", "", []string{"]C1010952123454321310LOT717270131"}, "The reader drops the separator"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			out := work(t, dir, strings.NewReader(c.in), func(cfg *handheld.Config) {
				if c.suffix != "" {
					cfg.Reader = &wedge.Profile{Suffix: c.suffix}
				}
			})
			in := kept(t, dir)
			if len(in) != len(c.want) {
				t.Fatalf("%d are kept, not %d\n%s", len(in), len(c.want), out)
			}
			for i := range in {
				if in[i].Scan != c.want[i] {
					t.Errorf("scan %d is %q, not %q", i, in[i].Scan, c.want[i])
				}
			}
			if !strings.Contains(out, c.shown) || strings.ContainsAny(out, "\x1b\x02\x03") {
				t.Errorf("shown was %q, not %q", out, c.shown)
			}
		})
	}
}

// A drawn screen says the same.
func TestDrawn(t *testing.T) {
	out := work(t, t.TempDir(), strings.NewReader("stock\rA\r/12\rB\x7fC\r\x03"), func(cfg *handheld.Config) { cfg.Draw = true })
	last := out[strings.LastIndex(out, "\x1b[2J"):]
	for _, want := range []string{"ADD", "not sent yet: 2", "OFFLINE", "● saved     #1", "#2", "12 × C", "Scan a thing for stock."} {
		if !strings.Contains(last, want) {
			t.Errorf("the screen lacks %q: %q", want, last)
		}
	}
}

// A badge whose owner has a PIN that this handheld cannot judge by itself (of another
// site, beyond the list) is not taken without it: the server is asked, and where it
// does not answer nobody's badge was taken.
func TestAPINWithoutACheckAsksTheServer(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shift.json"), []byte(`{"until":"2100-01-01T00:00:00Z","got":"2026-01-01T00:00:00Z","tries":5,"checks":[],"known":["zoe"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	out := work(t, dir, strings.NewReader("BLOP-zoe\n1111\nBLOP-ann\n"), nil)
	if !strings.Contains(out, "PIN of zoe, please") || !strings.Contains(out, "can only be judged with a network") || strings.Contains(out, "Hello, zoe") || strings.Contains(out, "PIN of ann") {
		t.Error(out)
	}
}
