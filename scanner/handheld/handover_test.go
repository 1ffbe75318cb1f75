package handheld

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// needs has the server's answer to a scan lie on the list, as it is when it has come.
func (f *floor) needs(seq uint64, r ledger.Result) {
	f.Helper()
	data, err := json.Marshal(r)
	if err == nil {
		err = f.h.box.Note(seq, data)
	}
	if err != nil {
		f.Fatal(err)
	}
}

// A scan that needs somebody is handed to a supervisor: once, off the list, with what the screen and the server said of
// it, and over a restart.
func TestHandedToASupervisor(t *testing.T) {
	f := newFloor(t, false)
	f.scan(0, "BLLOC-stock")
	f.scan(time.Second, "BLOP-ann")
	f.scan(time.Second, "NOBODYS")
	f.needs(1, ledger.Result{Outcome: ledger.Parked, Code: ledger.UnknownProduct, Message: "Nobody knows NOBODYS."})
	f.restart()
	f.scan(time.Second, "/ask #1")
	f.scan(time.Second, "/ask 1")
	if n := f.h.box.Stats().Next - 1; n != 2 {
		t.Fatalf("%d rows, want the scan and one that asks", n)
	}
	row, err := f.h.box.Row(2)
	if err != nil {
		t.Fatal(err)
	}
	in := wire.DecodeIntent(row.Data, wire.Socket).Intent
	if in.Action != ledger.ActionAsk || in.Reference != "1" || in.Operator != "ann" || in.From != "stock" || in.Reason != "Added 1 × NOBODYS to stock. Nobody knows NOBODYS." {
		t.Errorf("it asks %+v", in)
	}
	if notes, err := f.h.box.Notes(); err != nil || len(notes) != 0 {
		t.Errorf("%v still need somebody, %v", notes, err)
	}
	f.scan(time.Second, "/undo")
	row, err = f.h.box.Row(3)
	if err != nil || wire.DecodeIntent(row.Data, wire.Socket).Intent.Reference != "1" {
		t.Errorf("the scan can be taken back no more, %v", err)
	}
}

// What is handed over while scans wait behind a stop pushes none of them to later.
func TestHandedOverWhileScansWait(t *testing.T) {
	f := newFloor(t, false)
	f.scan(0, "stock")
	f.scan(time.Second, "A")
	f.needs(1, ledger.Result{Outcome: ledger.Parked})
	f.scan(time.Second, "]C0BLCMD-NONSENSE")
	f.scan(time.Second, "B")
	f.scan(time.Minute, "/ask 1")
	f.scan(time.Minute, "/ok")
	f.booked("09:00:01 Aa", "09:00:03 a", "09:00:03 Ba")
}

// What asks is never refused itself, whatever the scan was refused for.
func TestWhatIsTold(t *testing.T) {
	answer := func(r ledger.Result) *outbox.Note {
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return &outbox.Note{Outcome: data}
	}
	long := strings.Repeat("📦", 900)
	for _, c := range []struct {
		words string
		note  *outbox.Note
		want  string
	}{
		{"Took 0 BOLT.", answer(ledger.Result{Message: "The quantity is not above 0."}), "Took 0 BOLT. The quantity is not above 0."},
		{"", answer(ledger.Result{Outcome: ledger.Parked, Code: ledger.BadQuantity}), "bad_quantity"},
		{"", answer(ledger.Result{Outcome: ledger.Exception}), "exception"},
		{"Took 1 BOLT.", &outbox.Note{Damaged: true}, "Took 1 BOLT. Its answer is damaged."},
		{"half \xff", answer(ledger.Result{Message: "No."}), "half ?. No."},
		{"", answer(ledger.Result{Message: long}), strings.Repeat("📦", 239) + "…"},
	} {
		got := told(c.words, c.note)
		if got != c.want {
			t.Errorf("told is %q, want %q", got, c.want)
		}
		if in := (ledger.Intent{Device: "H", Install: "i", Seq: 2, Action: ledger.ActionAsk, Reference: "1", Reason: got}); in.Check() != nil || !utf8.ValidString(got) {
			t.Errorf("%q: %v", got, in.Check())
		}
	}
	if fitting(strings.Repeat("ü", 101)) != "" || fitting("half \xff") != "" || fitting("A-01") != "A-01" {
		t.Error("a code that no server takes is taken over")
	}
}
