package flow_test

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"testing"
	"unicode"

	"bayledger/scanner/flow"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
)

// palette is what a fuzzed handheld meets.
var palette = []flow.Event{
	{Scan: "]E09521234543213"}, {Scan: "]I119521234543210"}, {Scan: "A-01"}, {Scan: "]C0A-02"}, {Scan: "036000291452"}, {Scan: "]E496385074"},
	{Scan: "SN-1"}, {Scan: "]C110LOT-7"}, {Scan: "]C10219521234543210" + "3712"}, {Scan: "]C100395212345000000019"}, {Scan: "BLOP-ann"}, {Scan: "]E05901234123457"},
	{Scan: "]C10109521234543213" + "10BAD"}, {Scan: "PLT-7"}, {Scan: "BLLOC-Z"}, {Scan: "\x1d\x00\xff"}, {Scan: "]C0BLCMD-X50"}, {Scan: "]C10199521234543216" + "3103001250"},
	{Tap: "ADD"}, {Tap: "REMOVE"}, {Tap: "MOVE"}, {Tap: "ISOLATE"}, {Tap: "COUNT"}, {Tap: "ASSEMBLE"}, {Tap: "DISASSEMBLE"}, {Tap: "LOOKUP"}, {Tap: "OK"}, {Tap: "OK"}, {Tap: "CONFIRM"}, {Tap: "CANCEL"},
	{Tap: "UNDO"}, {Tap: "REDO"}, {Tap: "DONE"}, {Tap: "X0"}, {Tap: "PRINTER-P"}, {Number: "3"}, {Number: "999999999999999"}, {Number: "0.001"}, {Correct: "7"}, {Reason: "wet"}, {Key: "Enter"},
	{Undo: "1"}, {Undo: "2"}, {}, {Scan: "]C0BLCMD-UNDO"}, {Scan: "]C0BLCMD-MOVE"}, {Scan: "]C0BLCMD-NO"},
	{Tap: "ASSEMBLE"}, {Tap: "COMPLETE"}, {Tap: "LEAVE"}, {Tap: "END"}, {Tap: "SESSION-Q1"}, {Tap: "REASON-BENT"}, {Scan: "]C0BLCMD-SESSION-Q2"}, {Scan: "]C0BLCMD-END"},
	{Run: "3"}, {Run: "#1,#2"}, {Run: "50"}, {Again: "1"}, {Scan: "]C0M-1"},
}

// Whatever comes in whatever order, and wherever the device stops: each intent can be booked, fits
// into the outbox, and is stored once; the state is the same after a restart; nothing that nobody
// can see is on the screen; no more is undone than was booked; and each intent is of the moment of an
// event, of none that is still to come, and of none before an intent in front of it: a server would move it.
func FuzzMachine(f *testing.F) {
	v := load(f)
	f.Add([]byte{2, 0, 1, 28, 29}, "x", false)
	f.Add([]byte{20, 2, 0, 1, 3, 12, 25}, "]C110X", true)
	f.Add([]byte{22, 2, 0, 0, 31, 1, 30}, "BLCMD-", false)
	f.Add([]byte{2, 0, 0, 0, 54, 3, 3, 27, 28, 27, 27}, "", false)
	f.Add([]byte{22, 50, 2, 0, 0, 47, 24, 48}, "isolate,remove,count", false)
	f.Add([]byte{33, 53, 5, 2, 2, 26}, "0", false)
	f.Fuzz(func(t *testing.T, script []byte, own string, badge bool) {
		reasons := ""
		if len(own)%2 == 1 {
			reasons = "isolate,remove,move"
		}
		setup := flow.Setup{Reasons: reasons, Catalogue: &v.Catalogue, Stock: &v.Catalogue, Site: "main", Rules: "21IIIIIKKGGGC", Badge: badge}
		p := &player{m: flow.New(setup), setup: setup, next: 1}
		crashes := [...]string{"", "", "", "before", "after"}
		for i, b := range script[:min(len(script), 200)] {
			in := step{Event: flow.Event{Scan: own}, Crash: crashes[int(b)%len(crashes)]}
			if b < 250 { // the rest are scans of its own
				in.Event = palette[int(b)%len(palette)]
			}
			in.Event.Moment = at(ledger.Time(i + 1))
			got := p.play(t, &in, "2026-03-02")
			for _, text := range []string{got.Screen.Words, got.Screen.Prompt, got.Screen.Place} {
				for _, r := range text {
					if !unicode.IsPrint(r) {
						t.Fatalf("step %d: the screen shows %q", i, text)
					}
				}
			}
			if got.Screen.Prompt == "" || got.Screen.State == "" {
				t.Fatalf("step %d: nothing is said to come next: %+v", i, got.Screen)
			}
			fits(t, got.Intents)
			for _, intent := range got.Intents {
				if seconds := (intent.At - at(0).At) / 1_000_000; seconds < 1 || seconds > ledger.Time(i+1) || intent.Clock != "a" {
					t.Fatalf("step %d: %+v is of second %d", i+1, intent, seconds)
				}
			}
			data := p.m.Save(p.next)
			again, err := flow.Restore(setup, data, p.next)
			if err != nil || !bytes.Equal(again.Save(p.next), data) {
				t.Fatalf("step %d: the state does not come back: %v\n%s\n%s", i, err, data, again.Save(p.next))
			}
		}
		if uint64(len(p.kept)) != p.next-1 {
			t.Fatalf("%d kept, the next is %d", len(p.kept), p.next)
		}
		undoneOnce(t, p.kept)
		if !slices.IsSortedFunc(p.kept, func(a, b ledger.Intent) int { return cmp.Compare(a.At, b.At) }) {
			t.Fatalf("a server would date some later than they were: %+v", p.kept)
		}
	})
}

// undoneOnce wants each undo to be of something before it, and nothing to be undone by two that stand.
func undoneOnce(t *testing.T, kept []ledger.Intent) {
	t.Helper()
	gone := map[uint64]bool{}
	for i := len(kept) - 1; i >= 0; i-- {
		seq := uint64(i + 1)
		if kept[i].Action != ledger.ActionUndo || gone[seq] {
			continue
		}
		of, err := strconv.ParseUint(kept[i].Reference, 10, 64)
		if err != nil || of == 0 || of >= seq || gone[of] {
			t.Fatalf("#%d undoes %q, which is not there to be undone: %+v", seq, kept[i].Reference, kept)
		}
		gone[of] = true
	}
}

// fits says whether a step's intents can be stored at once and booked.
func fits(t *testing.T, intents []ledger.Intent) {
	t.Helper()
	size := 0
	for i := range intents {
		in := intents[i]
		in.Device, in.Install, in.Seq = "H-1", "i", 1
		if fault := in.Check(); fault != nil {
			t.Fatalf("%+v: %v", in, fault)
		}
		row, _ := ledger.AppendIntent(nil, &in)
		if len(row) > ledger.MaxIntent {
			t.Fatalf("an intent has %d bytes", len(row))
		}
		size += len(row)
	}
	if len(intents) > outbox.MaxRowsPerAppend || size > outbox.MaxRowBytes {
		t.Fatalf("%d intents of %d bytes", len(intents), size)
	}
}

// A long scan, many times, does not outgrow what the outbox takes.
func TestBounds(t *testing.T) {
	v := load(t)
	long := bytes.Repeat([]byte("A"), 8_190)
	for _, mode := range []string{"ADD", "MOVE", "COUNT"} {
		m := flow.New(flow.Setup{Catalogue: &v.Catalogue, Site: "main"})
		m.Take(flow.Event{Tap: mode}, "")
		stopped := false
		for i := range 300 {
			long[0] = byte('A' + i%26)
			s := m.Take(flow.Event{Scan: string(long)}, "")
			stopped = stopped || s.Screen.State == flow.Stop
			m.Take(flow.Event{Tap: "OK"}, "")
		}
		if !stopped {
			t.Errorf("%s: 300 scans of 8 KiB are in one hand", mode)
		}
		fits(t, m.Take(flow.Event{Scan: "A-01"}, "").Intents)
	}
}
