package outboxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/outbox"
)

// Run runs the suite; folder gives an empty one each time it is called.
func Run(t *testing.T, folder func(t *testing.T) Opener) {
	for _, c := range []struct {
		name string
		opts outbox.Options
		test func(t *testing.T, w *World)
	}{
		{"rows are numbered from 1 without a gap", outbox.Options{}, numbered},
		{"a batch is stored whole or not at all", outbox.Options{}, batches},
		{"a row that cannot be built uses no number", outbox.Options{}, badBuilds},
		{"a page is bounded by rows and bytes", outbox.Options{}, pages},
		{"acknowledging", outbox.Options{}, acks},
		{"a full box warns, refuses, and goes on after an ack", outbox.Options{MaxWaiting: 10}, capped},
		{"a full disk refuses, keeps, and goes on with room", outbox.Options{}, diskFull},
		{"the ring is trimmed by number", outbox.Options{RingRows: 300}, ringByNumber},
		{"the ring is trimmed by age", outbox.Options{}, ringByAge},
		{"resending what is held", outbox.Options{RingRows: 1000, MaxWaiting: 20}, resend},
		{"resending names what is gone", outbox.Options{RingRows: 300}, resendGone},
		{"raising over what the server knows", outbox.Options{}, raise},
		{"notes", outbox.Options{}, notes},
		{"named values", outbox.Options{}, states},
		{"installs and boxes", outbox.Options{}, installs},
		{"export", outbox.Options{}, export},
		{"names that cannot be", outbox.Options{}, names},
		{"64 at once", outbox.Options{}, concurrent},
		{"what waits shares one commit", outbox.Options{}, shared},
		{"a context ends the wait in line", outbox.Options{}, canceled},
		{"nothing is taken after Close", outbox.Options{}, closed},
		{"random use", outbox.Options{RingRows: 40, MaxWaiting: 300}, random},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := NewWorld(t, folder(t), c.opts)
			c.test(t, w)
			w.Finish()
		})
	}
}

var background = context.Background()

func wantCode(t *testing.T, err error, code outbox.Code, what string) {
	t.Helper()
	if outbox.CodeOf(err) != code {
		t.Fatalf("%s: got %v, want code %q", what, err, code)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func numbered(t *testing.T, w *World) {
	a, b := w.Box("H-01"), w.Box("H-02")
	for i := uint64(1); i <= 20; i++ {
		for _, x := range []*Tracked{a, b} {
			if seq, err := x.Add(); err != nil || seq != i {
				t.Fatalf("got seq %d, %v; want %d", seq, err, i)
			}
		}
		w.Sleep(time.Second)
		if i%7 == 0 {
			w.Reopen()
		}
	}
	r, err := a.Row(3)
	if err != nil || !bytes.Equal(r.Data, RowFor("H-01", 3)) || !r.At.Equal(time.Date(2026, 3, 2, 9, 0, 2, 0, time.UTC)) {
		t.Fatalf("row 3: %+v, %v", r, err)
	}
	_, err = a.Row(21)
	wantCode(t, err, outbox.CodeAbsent, "row 21")
	st := a.Stats()
	if st.OldestWaiting.Second() != 0 || st.WaitingBytes != st.Bytes || st.Bytes == 0 || st.Warning != nil {
		t.Fatalf("stats %+v", st)
	}
}

func batches(t *testing.T, w *World) {
	b := w.Box("H-01")
	for _, n := range []int{1, 2, 1000} {
		before := w.Store.Stats().Commits
		_, err := b.AddAll(n)
		ok(t, err)
		if got := w.Store.Stats().Commits - before; got != 1 {
			t.Fatalf("%d rows took %d commits", n, got)
		}
	}
	for _, n := range []int{0, -1, outbox.MaxRowsPerAppend + 1} {
		_, err := b.AddAll(n)
		wantCode(t, err, outbox.CodeBadArgument, fmt.Sprint(n, " rows"))
	}
	boom := errors.New("boom")
	_, err := b.AppendAll(background, 10, func(seq uint64) ([]byte, error) {
		if seq%10 == 0 {
			return nil, boom
		}
		return []byte("{}"), nil
	})
	wantCode(t, err, outbox.CodeBuildFailed, "the last of ten fails")
	if !errors.Is(err, boom) {
		t.Fatalf("%v does not say why", err)
	}
	big := bytes.Repeat([]byte("x"), outbox.MaxRowBytes/4)
	_, err = b.AppendAll(background, 5, func(uint64) ([]byte, error) { return big, nil })
	wantCode(t, err, outbox.CodeTooLarge, "five large rows")
}

func badBuilds(t *testing.T, w *World) {
	b := w.Box("H-01")
	for _, c := range []struct {
		name  string
		build func(uint64) ([]byte, error)
		code  outbox.Code
	}{
		{"error", func(uint64) ([]byte, error) { return nil, errors.New("no") }, outbox.CodeBuildFailed},
		{"panic", func(uint64) ([]byte, error) { panic("no") }, outbox.CodeBuildFailed},
		{"empty", func(uint64) ([]byte, error) { return nil, nil }, outbox.CodeBadRow},
		{"line feed", func(uint64) ([]byte, error) { return []byte("{\n}"), nil }, outbox.CodeBadRow},
		{"too large", func(uint64) ([]byte, error) { return make([]byte, outbox.MaxRowBytes+1), nil }, outbox.CodeTooLarge},
		{"none", nil, outbox.CodeBadArgument},
	} {
		_, err := b.Append(background, c.build)
		wantCode(t, err, c.code, c.name)
	}
	largest := append([]byte{'"'}, bytes.Repeat([]byte("x"), outbox.MaxRowBytes-2)...)
	largest = append(largest, '"')
	seq, err := b.Append(background, func(uint64) ([]byte, error) { return largest, nil })
	if err != nil || seq != 1 {
		t.Fatalf("the largest row: %d, %v", seq, err)
	}
	b.rows[1], b.next = largest, 2
}

func pages(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(100)
	size := len(RowFor("H-01", 50))
	b.Acknowledge(9)
	for _, c := range []struct {
		from            uint64
		rows, bytes     int
		first, n, slack int
	}{
		{0, 5, 0, 10, 5, 0}, {3, 5, 0, 10, 5, 0}, {40, 5, 0, 40, 5, 0}, {40, 0, 0, 40, 61, 0}, {99, 5, 0, 99, 2, 0},
		{101, 5, 0, 0, 0, 0}, {1 << 60, 5, 0, 0, 0, 0}, {40, 50, size*3 + 1, 40, 3, 0}, {40, 50, size * 3, 40, 3, 0}, {40, 50, 1, 40, 1, 0}, {40, -1, -1, 40, 61, 0},
	} {
		rows, err := b.Unacked(c.from, c.rows, c.bytes)
		if err != nil || len(rows) != c.n || (c.n > 0 && rows[0].Seq != uint64(c.first)) {
			t.Errorf("Unacked(%d, %d, %d): %d rows, %v; want %d from %d", c.from, c.rows, c.bytes, len(rows), err, c.n, c.first)
		}
	}
}

func acks(t *testing.T, w *World) {
	b := w.Box("H-01")
	wantCode(t, b.Ack(1), outbox.CodeAckAhead, "ack of an empty box")
	ok(t, b.Ack(0))
	b.Fill(10)
	wantCode(t, b.Ack(11), outbox.CodeAckAhead, "ack ahead")
	for _, n := range []uint64{3, 3, 2, 7, 10} {
		b.Acknowledge(n)
	}
	if st := b.Stats(); st.Waiting != 0 || st.AckedHeld != 10 || !st.OldestWaiting.IsZero() || st.WaitingBytes != 0 {
		t.Fatalf("stats %+v", st)
	}
}

func capped(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(7)
	if wrn := b.Stats().Warning; wrn != nil {
		t.Fatalf("warned at 7: %v", wrn)
	}
	b.Fill(8)
	if wrn := b.Stats().Warning; wrn == nil || wrn.Code != outbox.CodeFilling {
		t.Fatalf("at 8: %v", wrn)
	}
	_, err := b.AddAll(3)
	wantCode(t, err, outbox.CodeFull, "three more than fit")
	b.Fill(10)
	_, err = b.Add()
	wantCode(t, err, outbox.CodeFull, "the eleventh")
	if !strings.Contains(err.Error(), "10 scans wait") {
		t.Fatalf("sentence: %v", err)
	}
	if wrn := b.Stats().Warning; wrn == nil || wrn.Code != outbox.CodeFull {
		t.Fatalf("at 10: %v", wrn)
	}
	w.Check()
	b.Acknowledge(1)
	if seq, err := b.Add(); err != nil || seq != 11 {
		t.Fatalf("after an ack: %d, %v", seq, err)
	}
}

func diskFull(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(5)
	w.free.Store(2*outbox.ReserveBytes - 1)
	if wrn := b.Stats().Warning; wrn == nil || wrn.Code != outbox.CodeDiskLow {
		t.Fatalf("low: %v", wrn)
	}
	w.free.Store(outbox.ReserveBytes - 1)
	_, err := b.Add()
	wantCode(t, err, outbox.CodeDiskFull, "below the reserve")
	if wrn := b.Stats().Warning; wrn == nil || wrn.Code != outbox.CodeDiskFull {
		t.Fatalf("full: %v", wrn)
	}
	ok(t, b.SaveState("cursor", []byte("7"))) // small things still go
	w.free.Store(outbox.FloorBytes - 1)
	wantCode(t, b.SaveState("cursor", []byte("8")), outbox.CodeDiskFull, "below the floor")
	b.Acknowledge(2)
	w.Check()
	wantCode(t, w.Store.Close(), outbox.CodeDiskFull, "close below the floor")
	w.free.Store(Plenty)
	w.Reopen()
	b.acked = b.Stats().Acked // the ack could not be written
	if seq, err := b.Add(); err != nil || seq != 6 {
		t.Fatalf("with room: %d, %v", seq, err)
	}
	w.free.Store(outbox.FloorBytes - 1)
}

func ringByNumber(t *testing.T, w *World) {
	b := w.Box("H-01")
	for n := 500; n <= 5000; n += 500 {
		b.Fill(n)
		b.Acknowledge(uint64(n - 100))
		if held := b.Stats().AckedHeld; held < min(300, n-100) {
			t.Fatalf("only %d of 300 held", held)
		}
	}
	w.Reopen()
	ok(t, b.SaveState("x", nil)) // behind the trim that opening asked for
	if held := b.Stats().AckedHeld; held < 300 || held > 300+256 {
		t.Fatalf("%d acknowledged rows held, want 300 to 556", held)
	}
	r, err := b.Row(1)
	if err != nil || !r.Lost || r.Reason != outbox.ReasonGone {
		t.Fatalf("row 1: %+v, %v", r, err)
	}
}

func ringByAge(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(100)
	w.Sleep(30 * 24 * time.Hour) // age counts from the ack
	b.Acknowledge(50)
	w.Sleep(6 * 24 * time.Hour)
	b.Acknowledge(60)
	if held := b.Stats().AckedHeld; held != 60 {
		t.Fatalf("%d held after 6 days", held)
	}
	w.Reopen()
	w.Sleep(30 * time.Hour)
	b.Acknowledge(61)
	ok(t, b.SaveState("x", nil)) // behind the trim
	if held := b.Stats().AckedHeld; held != 11 {
		t.Fatalf("%d held after 7 days and 6 hours, want those of the last two acks", held)
	}
	b.Acknowledge(100)
	w.Sleep(8 * 24 * time.Hour)
	w.Reopen()
	ok(t, b.SaveState("x", nil))
	if st := b.Stats(); st.AckedHeld != 1 || st.Next != 101 {
		t.Fatalf("after everything aged: %+v, want the newest row kept", st)
	}
}

func resend(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(20)
	b.Acknowledge(15)
	if gone, err := b.Resend(16); err != nil || gone != nil {
		t.Fatalf("nothing to resend: %v, %v", gone, err)
	}
	gone, err := b.Resend(6)
	if err != nil || len(gone) != 0 {
		t.Fatalf("gone %v, %v", gone, err)
	}
	b.acked = 5
	w.Check()
	if st := b.Stats(); st.Waiting != 15 || st.Resending != 10 || st.AckedHeld != 5 {
		t.Fatalf("stats %+v", st)
	}
	w.Reopen()
	b.Fill(35) // 5 + 15 that were never acknowledged: the resent do not count
	_, err = b.Add()
	wantCode(t, err, outbox.CodeFull, "21 new ones")
	b.Acknowledge(12)
	w.Check()
	_, err = b.Resend(0)
	ok(t, err)
	b.acked = 0
	w.Check()
	b.Acknowledge(35)
}

func resendGone(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(1000)
	b.Acknowledge(900)
	ok(t, b.SaveState("x", nil)) // behind the trim
	low := uint64(900 - 300 + 1)
	gone, err := b.Resend(101)
	if want := []outbox.Range{{From: 101, Through: low - 1}}; err != nil || !slices.Equal(gone, want) {
		t.Fatalf("gone %v, %v; want %v", gone, err, want)
	}
	b.acked = 100
	for seq := uint64(1); seq < low; seq++ {
		delete(b.rows, seq)
	}
	rows, err := b.Unacked(0, 1, 0)
	if err != nil || len(rows) != 1 || rows[0].Seq != 101 || rows[0].Reason != outbox.ReasonGone {
		t.Fatalf("first row %+v, %v", rows, err)
	}
	w.Check()
	w.Reopen()
	w.Check()
	b.Acknowledge(650)
}

func raise(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(10)
	b.Acknowledge(4)
	ok(t, b.Raise(10)) // nothing to do
	ok(t, b.Raise(1_000_000))
	wantCode(t, b.Raise(outbox.MaxSeq+1), outbox.CodeBadArgument, "above MaxSeq")
	seq, err := b.Append(background, func(seq uint64) ([]byte, error) { return RowFor("H-01", seq), nil })
	if err != nil || seq != 1_000_001 {
		t.Fatalf("next is %d, %v", seq, err)
	}
	for range 2 {
		rows, err := b.Unacked(0, 0, 0)
		var seqs []uint64
		for _, r := range rows {
			seqs = append(seqs, r.Seq)
			if r.Lost {
				t.Errorf("row %d is lost", r.Seq)
			}
		}
		if want := []uint64{5, 6, 7, 8, 9, 10, 1_000_001}; err != nil || !slices.Equal(seqs, want) {
			t.Fatalf("waiting %v, %v; want %v", seqs, err, want)
		}
		if st := b.Stats(); st.Waiting != 7 || st.AckedHeld != 4 {
			t.Fatalf("stats %+v", st)
		}
		_, err = b.Row(500)
		wantCode(t, err, outbox.CodeAbsent, "a row of the server's")
		w.Reopen()
	}
	ok(t, b.Ack(1_000_001))
	if gone, err := b.Resend(1); err != nil || len(gone) != 0 {
		t.Fatalf("gone %v, %v", gone, err)
	}
	ok(t, b.Ack(1_000_001))
	b.rows, b.next, b.acked = map[uint64][]byte{1_000_001: RowFor("H-01", 1_000_001)}, 1_000_002, 1_000_001
	for seq := uint64(1); seq <= 10; seq++ {
		b.rows[seq] = RowFor("H-01", seq)
	}
}

func notes(t *testing.T, w *World) {
	b := w.Box("H-01")
	b.Fill(5)
	note := func(seq uint64, text string) {
		t.Helper()
		ok(t, b.Note(seq, []byte(text)))
		b.notes[seq] = []byte(text)
	}
	note(4, `{"outcome":"parked"}`)
	note(2, `{"outcome":"refused"}`)
	note(4, `{"outcome":"exception"}`)
	ok(t, b.NoteAll([]outbox.Note{{Seq: 5, Outcome: []byte("a")}, {Seq: 5, Outcome: []byte("b")}, {Seq: 1, Outcome: []byte("c")}}))
	b.notes[5], b.notes[1] = []byte("b"), []byte("c")
	w.Check()
	ok(t, b.ClearNote(2))
	ok(t, b.ClearNote(2))
	ok(t, b.ClearNote(77))
	delete(b.notes, 2)
	wantCode(t, b.Note(0, nil), outbox.CodeBadArgument, "note of 0")
	wantCode(t, b.Note(1, make([]byte, outbox.MaxNoteBytes+1)), outbox.CodeTooLarge, "large note")
	wantCode(t, b.NoteAll(make([]outbox.Note, 1)), outbox.CodeBadArgument, "no seq")
	list, err := b.Notes()
	if err != nil || list[0].At.IsZero() {
		t.Fatalf("%+v, %v", list, err)
	}
	for seq := uint64(1); len(b.notes) < outbox.MaxNotes; {
		var many []outbox.Note
		for ; len(many) < outbox.MaxNotesPerCall && len(b.notes) < outbox.MaxNotes; seq++ {
			many = append(many, outbox.Note{Seq: seq, Outcome: []byte("m")})
			b.notes[seq] = []byte("m")
		}
		ok(t, b.NoteAll(many))
	}
	wantCode(t, b.Note(1<<40, []byte("x")), outbox.CodeTooMany, "one more")
	note(1, "replaced")
}

func states(t *testing.T, w *World) {
	a, b := w.Box("H-01"), w.Box("H-02")
	_, err := a.LoadState("cursor")
	wantCode(t, err, outbox.CodeAbsent, "before it is saved")
	ok(t, a.SaveState("cursor", []byte("e1/7")))
	ok(t, a.SaveState("cursor", []byte("e1/8")))
	ok(t, b.SaveState("cursor", []byte{}))
	ok(t, a.SaveState("anchor", []byte("x")))
	ok(t, a.SaveState("anchor", nil))
	w.Reopen()
	for _, c := range []struct {
		box  *Tracked
		name string
		want string
		code outbox.Code
	}{{a, "cursor", "e1/8", ""}, {b, "cursor", "", ""}, {a, "anchor", "", outbox.CodeAbsent}, {a, "", "", outbox.CodeBadArgument}} {
		v, err := c.box.LoadState(c.name)
		if outbox.CodeOf(err) != c.code || string(v) != c.want {
			t.Errorf("%s of %s: %q, %v", c.name, c.box.Name().Device, v, err)
		}
	}
	for i := range outbox.MaxStates - 1 {
		ok(t, a.SaveState(fmt.Sprint("s", i), []byte("v")))
	}
	wantCode(t, a.SaveState("one more", []byte("v")), outbox.CodeTooMany, "one more")
	ok(t, a.SaveState("s0", nil))
	ok(t, a.SaveState("one more", []byte("v")))
	wantCode(t, a.SaveState("cursor", make([]byte, outbox.MaxStateBytes+1)), outbox.CodeTooLarge, "large")
}

func installs(t *testing.T, w *World) {
	made := 0
	newID := func() string { made++; return fmt.Sprint("k", made) }
	for range 2 {
		for device, want := range map[string]string{"H-01": "", "H-02": ""} {
			id, err := w.Store.Install(device, newID)
			ok(t, err)
			again, err := w.Store.Install(device, nil)
			if err != nil || again != id || id == want {
				t.Fatalf("%s: %q, then %q, %v", device, id, again, err)
			}
		}
		w.Reopen()
	}
	if made != 2 {
		t.Fatalf("%d ids made for two devices", made)
	}
	_, err := w.Store.Install("H-03", nil)
	wantCode(t, err, outbox.CodeBadArgument, "no way to make one")
	for _, n := range []outbox.Name{{Device: "H-02", Install: "b"}, {Device: "H-02", Install: "a"}, {Device: "H-01", Install: "z"}} {
		b, err := w.Store.Box(n.Device, n.Install)
		ok(t, err)
		same, err := w.Store.Box(n.Device, n.Install)
		if err != nil || b != same || b.Name() != n {
			t.Fatalf("not the same box: %v", err)
		}
	}
	w.Reopen()
	if got, want := fmt.Sprint(w.Store.Boxes()), "[{H-01 z} {H-02 a} {H-02 b}]"; got != want {
		t.Fatalf("boxes %s, want %s", got, want)
	}
}

func export(t *testing.T, w *World) {
	b := w.Box("H-01")
	var out bytes.Buffer
	ok(t, b.Export(&out))
	if out.Len() != 0 {
		t.Fatalf("an empty box exports %q", out.String())
	}
	b.Fill(1203)
	b.Acknowledge(700)
	ok(t, b.Export(&out))
	var want bytes.Buffer
	for seq := uint64(1); seq <= 1203; seq++ {
		want.Write(RowFor("H-01", seq))
		want.WriteByte('\n')
	}
	if !bytes.Equal(out.Bytes(), want.Bytes()) {
		t.Fatal("the export differs from what was stored")
	}
	wantCode(t, b.Export(brokenPipe{}), outbox.CodeDiskFailed, "a writer that fails")
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func names(t *testing.T, w *World) {
	long := strings.Repeat("x", outbox.MaxNameBytes)
	for _, c := range []struct {
		device, install string
		code            outbox.Code
	}{
		{"H-01", "k3f9", ""}, {"Lager 3 – Süd", "ü", ""}, {long, long, ""},
		{"", "k", outbox.CodeBadArgument}, {"H", "", outbox.CodeBadArgument}, {"a/b", "k", outbox.CodeBadArgument}, {"a", "k/l", outbox.CodeBadArgument},
		{"a\x00", "k", outbox.CodeBadArgument}, {"a\n", "k", outbox.CodeBadArgument}, {"\xff", "k", outbox.CodeBadArgument}, {long + "x", "k", outbox.CodeBadArgument},
	} {
		if _, err := w.Store.Box(c.device, c.install); outbox.CodeOf(err) != c.code {
			t.Errorf("%q %q: %v", c.device, c.install, err)
		}
	}
}
