package backup_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bayledger/server/backup"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// TestThereAndBack: a backup that was made in steps while the server worked becomes a
// data folder with the same entries, keys and files, under another epoch.
func TestThereAndBack(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	for name, content := range map[string]string{"admin.key": "secret", "tls/root.pem": "a root", "labels/mine.toml": "a layout", "address": "http://gone"} {
		path := filepath.Join(s.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o640)); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), "backup")
	s.pair("H-1")
	s.scan(20)
	first := take(t, to, s.source())
	s.scan(5)
	s.pair("H-2")
	second := take(t, to, s.source())
	if first.From != 1 || second.From != first.To+1 || second.To != s.j.Head().N || !first.Server || !second.Server {
		t.Errorf("taken were %+v, then %+v; the journal ends with %d", first, second, s.j.Head().N)
	}
	if third := take(t, to, s.source()); third.From <= third.To || third.Server || third.Bytes > 0 {
		t.Errorf("nothing is new, and taken was %+v", third)
	}
	v, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil)
	if err != nil || v.Entries != s.j.Head().N || v.Files != 2 {
		t.Fatalf("verified: %+v, %v", v, err)
	}
	dir, done := restore(t, to, backup.RestoreOptions{})
	if done.Entries != s.j.Head().N || done.Of != done.Entries || done.Cut != 0 {
		t.Errorf("restored: %+v", done)
	}
	for name, content := range map[string]string{"admin.key": "secret", "tls/root.pem": "a root", "labels/mine.toml": "a layout"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		info, _ := os.Stat(filepath.Join(dir, name))
		if string(b) != content || info.Mode().Perm() != 0o640 {
			t.Errorf("%s is %q (%v), %v", name, b, info.Mode(), err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "address")); err == nil {
		t.Error("the restored folder says that a server runs")
	}
	restored := openServer(t, dir)
	if h, was := restored.j.Head(), s.j.Head(); h.Hash != was.Hash || h.N != was.N || h.Epoch == was.Epoch {
		t.Errorf("the restored journal is at %+v, the old one at %+v", h, was)
	}
	if got := restored.devices(); !slices.Equal(got, []string{"H-1", "H-2"}) {
		t.Errorf("keys: %v", got)
	}
	restored.scan(3)
	if err := book.Verify(t.Context(), restored.j, nil); err != nil {
		t.Error(err)
	}
	// The books went on where the backup ends, so it goes on with them.
	if on := take(t, to, restored.source()); on.To != restored.j.Head().N {
		t.Errorf("the restored server's backup: %+v", on)
	}
}

// TestEarlier: the books end with a batch that lies wholly before the entry or moment
// asked for, and what is left out is kept.
func TestEarlier(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	s.scan(4)
	s.push(s.seq+1, 10) // one batch
	whole := s.j.Head().N
	s.scan(2)
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, s.source())
	booked := func(n uint64) ledger.Time {
		at, err := s.j.BookedAt(n)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name  string
		o     backup.RestoreOptions
		end   uint64
		cut   uint64
		lines int
		edits int
	}{
		{"all", backup.RestoreOptions{}, s.j.Head().N, 0, 0, 0},
		{"an entry that ends a batch", backup.RestoreOptions{Entry: whole}, whole, 0, 2, 1},
		{"an entry within a batch", backup.RestoreOptions{Entry: whole - 3}, whole - 10, whole - 9, 12, 1},
		{"an entry that is not there yet", backup.RestoreOptions{Entry: 10_000}, s.j.Head().N, 0, 0, 0},
		{"the moment of the batch", backup.RestoreOptions{At: booked(whole)}, whole, 0, 2, 1},
		{"just before it", backup.RestoreOptions{At: booked(whole) - 1}, whole - 10, 0, 12, 1},
		{"before everything", backup.RestoreOptions{At: 1}, 0, 0, 16, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rest bytes.Buffer
			c.o.Rest = &rest
			dir, done := restore(t, to, c.o)
			lines := strings.Count(rest.String(), "\n")
			if got := done.Unkept["product"]; got != c.edits {
				t.Errorf("it counts %d edits of products that are left out, want %d: %v", got, c.edits, done.Unkept)
			}
			if done.Entries != c.end || done.Cut != c.cut || lines != c.lines || done.Rest != lines {
				t.Fatalf("restored: %+v, and %d lines; want the end %d, cut %d and %d lines", done, lines, c.end, c.cut, c.lines)
			}
			restored := openServer(t, dir)
			if err := book.Verify(t.Context(), restored.j, nil); err != nil {
				t.Fatal(err)
			}
			if c.end == 0 {
				return
			}
			// The handheld sends all it has once more: what is there is a repeat.
			for _, r := range restored.push(1, int(s.seq)).Results {
				if r.Outcome != ledger.Applied {
					t.Errorf("#%d is %s: %s", r.Seq, r.Outcome, r.Message)
				}
			}
			if got, want := restored.balance(), s.balance(); got != want {
				t.Errorf("%s are there, want %s", got, want)
			}
		})
	}
}

// TestSpoilt: a byte that changed anywhere in a backup is found, and its file named.
func TestSpoilt(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	s.pair("H-1")
	s.scan(10)
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, s.source())
	files, err := os.ReadDir(to)
	if err != nil {
		t.Fatal(err)
	}
	dice := rand.New(rand.NewPCG(1, 0))
	for _, f := range files {
		path := filepath.Join(to, f.Name())
		sound, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := map[string][]byte{"empty": nil, "cut short": sound[:len(sound)-1]}
		for range 30 {
			b, at := bytes.Clone(sound), dice.IntN(len(sound))
			b[at] ^= 1 << dice.IntN(8)
			spoilt[fmt.Sprintf("byte %d", at)] = b
		}
		for name, b := range spoilt {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil); !errors.Is(err, backup.ErrDamaged) || !strings.Contains(err.Error(), f.Name()) {
				t.Errorf("%s, %s: it says %v", f.Name(), name, err)
			}
			dir := filepath.Join(t.TempDir(), "new")
			if _, err := backup.Restore(t.Context(), to, dir, backup.RestoreOptions{Journal: options()}); !errors.Is(err, backup.ErrDamaged) {
				t.Errorf("%s, %s: restoring says %v", f.Name(), name, err)
			}
			if left, _ := os.ReadDir(filepath.Dir(dir)); len(left) > 0 {
				t.Errorf("%s, %s: restoring left %v behind", f.Name(), name, left)
			}
		}
		if err := os.WriteFile(path, sound, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(to, "backup.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil); !errors.Is(err, backup.ErrNone) {
		t.Errorf("without backup.json: %v", err)
	}
	before := contents(t, to)
	if _, err := backup.Open(to); !errors.Is(err, backup.ErrDamaged) {
		t.Errorf("going on without backup.json: %v", err)
	}
	if !maps.Equal(contents(t, to), before) {
		t.Error("what is left without backup.json was changed")
	}
}

// TestRefused: nothing is written where it does not belong.
func TestRefused(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	s.scan(3)
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, s.source())
	earlier, _ := restore(t, to, backup.RestoreOptions{Entry: s.j.Head().N - 1})
	other := openServer(t, filepath.Join(t.TempDir(), "other"))
	other.scan(9)
	changed := openServer(t, earlier)
	fewer := changed.source()
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "letter.txt"), []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	into := func(from backup.Source) error {
		w := openBackup(t, to)
		defer w.Close()
		_, err := w.Take(t.Context(), from, true)
		return err
	}
	if err := into(other.source()); !errors.Is(err, backup.ErrOther) {
		t.Errorf("other books: %v", err)
	}
	if err := into(fewer); !errors.Is(err, backup.ErrOther) {
		t.Errorf("books that end earlier: %v", err)
	}
	changed.scan(5)
	if err := into(changed.source()); !errors.Is(err, backup.ErrOther) {
		t.Errorf("books that took another way: %v", err)
	}
	held := openBackup(t, to)
	if _, err := backup.Open(to); !errors.Is(err, backup.ErrInUse) {
		t.Errorf("two writers: %v", err)
	}
	if err := held.Close(); err != nil {
		t.Error(err)
	}
	if _, err := backup.Open(full); err == nil || !strings.Contains(err.Error(), "letter.txt") {
		t.Errorf("a folder of something else: %v", err)
	}
	if _, err := backup.Restore(t.Context(), to, full, backup.RestoreOptions{Journal: options()}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("restoring over files: %v", err)
	}
	if _, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil); err != nil {
		t.Errorf("after all that: %v", err)
	}
}
