package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/scanner/outbox/outboxtest"
)

func fixed() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }

func open(t *testing.T, dir string) *outbox.Store {
	t.Helper()
	s, err := outbox.Open(dir, outbox.Options{Now: fixed, FreeBytes: plenty})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func box(t *testing.T, s *outbox.Store) outbox.Box {
	t.Helper()
	b, err := s.Box("H-01", "i1")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func add(t *testing.T, b outbox.Box, n int) {
	t.Helper()
	_, err := b.AppendAll(context.Background(), n, func(seq uint64) ([]byte, error) { return outboxtest.RowFor("H-01", seq), nil })
	if err != nil {
		t.Fatal(err)
	}
}

// verdict reads everything that waits: every seq once, in order, and each row
// either as stored or lost.
func verdict(b outbox.Box) (lost map[uint64]string, err error) {
	lost = map[uint64]string{}
	want := b.Stats().Acked + 1
	for {
		rows, err := b.Unacked(want, 37, 0)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if r.Seq != want {
				return nil, fmt.Errorf("row %d where %d was due", r.Seq, want)
			}
			if r.Lost {
				lost[r.Seq] = r.Reason
			} else if !bytes.Equal(r.Data, outboxtest.RowFor("H-01", r.Seq)) {
				return nil, fmt.Errorf("row %d is %q", r.Seq, r.Data)
			}
			want++
		}
	}
	if want != b.Stats().Next {
		return nil, fmt.Errorf("read up to %d, next is %d", want-1, b.Stats().Next)
	}
	return lost, nil
}

func TestDamagedRows(t *testing.T) {
	for _, kind := range []string{"disk", "memory"} {
		t.Run(kind, func(t *testing.T) {
			opts := outbox.Options{Now: fixed, FreeBytes: plenty}
			dir := t.TempDir()
			reopen := func() (*outbox.Store, error) { return outbox.Open(dir, opts) }
			if kind == "memory" {
				m := outbox.NewMemory()
				reopen = func() (*outbox.Store, error) { return m.Open(opts) }
			}
			s, err := reopen()
			if err != nil {
				t.Fatal(err)
			}
			b := box(t, s)
			add(t, b, 200)
			for seq, remove := range map[uint64]bool{1: false, 50: false, 51: true, 52: true, 100: false, 199: true, 200: false} {
				if err := outbox.Damage(s, b, seq, remove); err != nil {
					t.Fatal(err)
				}
			}
			want := "map[1:damaged 50:damaged 51:missing 52:missing 100:damaged 199:missing 200:damaged]"
			for range 2 {
				lost, err := verdict(b)
				if err != nil || fmt.Sprint(lost) != want {
					t.Fatalf("lost %v, %v; want %v", lost, err, want)
				}
				var out bytes.Buffer
				err = b.Export(&out)
				if outbox.CodeOf(err) != outbox.CodeDamaged || !strings.Contains(err.Error(), "7 rows are damaged or missing: 1, 50, 51, 52, 100, 199, 200") {
					t.Fatalf("export: %v", err)
				}
				if n := bytes.Count(out.Bytes(), []byte("\n")); n != 193 {
					t.Fatalf("%d rows exported", n)
				}
				if st := b.Stats(); st.Waiting != 200 || st.Next != 201 {
					t.Fatalf("stats %+v", st)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				if s, err = reopen(); err != nil {
					t.Fatal(err)
				}
				b = box(t, s)
			}
			add(t, b, 1)
			if err := b.Ack(200); err != nil { // the server took the skips
				t.Fatal(err)
			}
			if lost, err := verdict(b); err != nil || len(lost) != 0 {
				t.Fatalf("%v, %v", lost, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestDamagedRecordResends(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	b := box(t, s)
	add(t, b, 20)
	if err := errors.Join(b.Ack(12), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if err := errors.Join(outbox.DamageRecord(s, box(t, s)), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	b = box(t, s)
	if st := b.Stats(); st.Waiting != 20 || st.Next != 21 {
		t.Fatalf("stats %+v: all rows should wait again", st)
	}
	if lost, err := verdict(b); err != nil || len(lost) != 0 {
		t.Fatalf("%v, %v", lost, err)
	}
}

// TestForgottenBox: the index entry is lost; the register still knows the box, so
// that no seq is given out twice.
func TestForgottenBox(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	add(t, box(t, s), 5)
	if _, err := s.Install("H-01", func() string { return "i1" }); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(outbox.Forget(s, outbox.Name{Device: "H-01", Install: "i1"}), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if id, err := s.Install("H-01", nil); err != nil || id != "i1" {
		t.Fatalf("install %q, %v", id, err)
	}
	if st := box(t, s).Stats(); st.Next != 6 || st.Waiting != 5 {
		t.Fatalf("stats %+v", st)
	}
}

// copyFolder copies an open folder, which is what a kill leaves behind.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	all, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, e.Name()), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestDamagedLog flips a byte in the log of a killed process: Badger drops all that
// stands behind it, and the outbox must neither hide that nor use the seqs again.
func TestDamagedLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	b := box(t, s)
	for range 30 {
		add(t, b, 10)
	}
	dir = copyFolder(t, dir)
	log := filepath.Join(dir, "00001.mem")
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, outboxtest.RowFor("H-01", 123))
	if at < 0 {
		t.Fatal("row 123 is not in the log")
	}
	data[at+10] ^= 1
	if err := os.WriteFile(log, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	b = box(t, s)
	lost, err := verdict(b)
	if err != nil {
		t.Fatal(err)
	}
	if st := b.Stats(); st.Next != 301 || lost[120] != "" || lost[121] != outbox.ReasonMissing || lost[300] != outbox.ReasonMissing || len(lost) != 180 {
		t.Fatalf("next %d, %d lost: %v", st.Next, len(lost), lost)
	}
	add(t, b, 1)
	r, err := b.Row(301)
	if err != nil || r.Lost {
		t.Fatalf("row 301: %+v, %v", r, err)
	}
}

// TestDamagedFiles flips single bytes anywhere in any file of a closed folder. It
// is refused in words, or every row is as stored or told to be lost, and new rows
// get new seqs.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	origin := t.TempDir()
	for range 4 { // several tables
		s := open(t, origin)
		add(t, box(t, s), 100)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(origin)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for range 30 {
		name := files[r.IntN(len(files))].Name()
		dir := copyFolder(t, origin)
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) == 0 {
			continue
		}
		at, bit := r.IntN(len(data)), byte(1)<<r.IntN(8)
		data[at] ^= bit
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("%s: bit %d of byte %d", name, bit, at)
		outcome, err := tryDamaged(dir)
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		told[filepath.Ext("."+name)+" "+outcome]++
	}
	t.Logf("outcomes: %v", told)
}

func tryDamaged(dir string) (string, error) {
	s, err := outbox.Open(dir, outbox.Options{Now: fixed, FreeBytes: plenty})
	if err != nil {
		if c := outbox.CodeOf(err); c != outbox.CodeDamaged && c != outbox.CodeNewer {
			return "", fmt.Errorf("refused with %q: %w", c, err)
		}
		return "refused", nil
	}
	b, err := s.Box("H-01", "i1")
	if err != nil {
		return "", errors.Join(err, s.Close())
	}
	lost, err := verdict(b)
	if err == nil && b.Stats().Next != 401 {
		err = fmt.Errorf("next is %d", b.Stats().Next)
	}
	if err == nil {
		_, err = b.Append(context.Background(), func(seq uint64) ([]byte, error) { return outboxtest.RowFor("H-01", seq), nil })
	}
	if err = errors.Join(err, s.Close()); len(lost) > 0 {
		return "rows lost", err
	}
	return "nothing lost", err
}

func TestRefusedFolders(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, err := outbox.Open(dir, outbox.Options{Now: fixed, FreeBytes: plenty})
	if outbox.CodeOf(err) != outbox.CodeLocked {
		t.Errorf("opened twice: %v", err)
	}
	if err := errors.Join(outbox.NewerSchema(s), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = outbox.Open(dir, outbox.Options{Now: fixed, FreeBytes: plenty})
	if outbox.CodeOf(err) != outbox.CodeNewer {
		t.Errorf("a newer folder: %v", err)
	}
	_, err = outbox.Open(t.TempDir(), outbox.Options{Now: fixed, FreeBytes: func() (uint64, error) { return outbox.FloorBytes - 1, nil }})
	if outbox.CodeOf(err) != outbox.CodeDiskFull {
		t.Errorf("a full disk: %v", err)
	}
	_, err = outbox.Open(t.TempDir(), outbox.Options{})
	if outbox.CodeOf(err) != outbox.CodeBadArgument {
		t.Errorf("no clock: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = outbox.Open(file, outbox.Options{Now: fixed}); outbox.CodeOf(err) != outbox.CodeDiskFailed {
		t.Errorf("a file in its place: %v", err)
	}
}

// TestFailedCommit: the seq is not given out, nothing more is taken, reading goes
// on, and after reopening work continues without a gap.
func TestFailedCommit(t *testing.T) {
	m := outbox.NewMemory()
	opts := outbox.Options{Now: fixed}
	s, err := m.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("input/output error")
	broken := outbox.FailCommits(s, cause)
	b := box(t, s)
	add(t, b, 3)
	broken.Store(true)
	_, err = b.Append(context.Background(), func(seq uint64) ([]byte, error) { return []byte("{}"), nil })
	if outbox.CodeOf(err) != outbox.CodeDiskFailed || !errors.Is(err, cause) {
		t.Fatalf("append: %v", err)
	}
	broken.Store(false)
	if err := b.SaveState("x", []byte("y")); outbox.CodeOf(err) != outbox.CodeDiskFailed {
		t.Fatalf("after the failure: %v", err)
	}
	if lost, err := verdict(b); err != nil || len(lost) != 0 || b.Stats().Next != 4 {
		t.Fatalf("%v, %v, %+v", lost, err, b.Stats())
	}
	if w := b.Stats().Warning; w == nil || w.Code != outbox.CodeDiskFailed {
		t.Fatalf("warning %v", w)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = m.Open(opts); err != nil {
		t.Fatal(err)
	}
	b = box(t, s)
	add(t, b, 1)
	if lost, err := verdict(b); err != nil || len(lost) != 0 || b.Stats().Next != 5 {
		t.Fatalf("%v, %v, %+v", lost, err, b.Stats())
	}
}
