package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
	"bayledger/server/access"
	"bayledger/server/backup"
	"bayledger/server/rest"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// server is a data folder with books in it, as a server has it open.
type server struct {
	testing.TB
	dir   string
	db    *badger.DB
	j     journal.Journal
	book  *book.Book
	store *store.Store
	seq   uint64
}

var epochs atomic.Uint64

func options() journal.Options {
	return journal.Options{NewEpoch: func() string { return fmt.Sprintf("e%d", epochs.Add(1)) }, CheckpointLag: 50, Reserve: 1}
}

func openServer(t testing.TB, dir string) *server {
	t.Helper()
	s := &server{TB: t, dir: dir}
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.db, err = journal.OpenDB(dir, options())
	must()
	_, _, err = migrations.Up(t.Context(), s.db, migrations.Config{})
	must()
	s.j, err = journal.Open(s.db, options())
	must()
	s.book, err = book.Open(t.Context(), s.j, book.Options{Fatal: func(err error) { t.Error(err) }, Report: func(err error) { t.Error(err) }})
	must()
	s.store, err = store.Open(s.db, store.Options{})
	must()
	s.seq, err = s.book.LastSeq(t.Context(), "H-1", "i")
	must()
	t.Cleanup(s.close)
	return s
}

func (s *server) close() {
	if s.db == nil {
		return
	}
	s.book.Close()
	if err := errors.Join(s.j.Close(), s.db.Close()); err != nil {
		s.Error(err)
	}
	s.db = nil
}

// scan books so many scans, each in a batch of its own.
func (s *server) scan(count int) {
	s.Helper()
	if _, _, err := s.book.Edit(s.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"name": fmt.Sprint("Bolt ", s.seq)}}}, false); err != nil {
		s.Fatal(err)
	}
	for range count {
		s.push(s.seq+1, 1)
	}
}

// push sends intents from a seq on, as one submission; what is known already is a
// repeat.
func (s *server) push(from uint64, count int) book.Results {
	s.Helper()
	var intents []ledger.Received
	for i := range count {
		quantity, _ := ledger.ParseDecimal(fmt.Sprint(1 + (from+uint64(i))%7))
		at := time.Date(2026, 3, 2, 9, 0, int(from)+i, 0, time.UTC)
		intents = append(intents, wire.Receive(ledger.Intent{Device: "H-1", Install: "i", Seq: from + uint64(i), At: ledger.Time(at.UnixMicro()), Action: ledger.ActionAdd, Product: "BOLT", Quantity: quantity}))
	}
	r, err := s.book.Do(s.Context(), book.Source{Device: "H-1", Install: "i", Transport: book.Socket, Role: "floor"}, intents)
	if err != nil {
		s.Fatal(err)
	}
	s.seq = max(s.seq, from+uint64(count)-1)
	return r
}

func (s *server) source() backup.Source {
	return backup.Local(backup.Folder{Dir: s.dir, Journal: s.j, Rows: store.NewRows(s.db).Each, Schema: 1, Program: "test"})
}

// pair gives a device a key.
func (s *server) pair(device string) {
	s.Helper()
	if _, err := s.store.Pair(store.Request{Device: device, Role: access.Floor}); err != nil {
		s.Fatal(err)
	}
}

func (s *server) devices() (names []string) {
	for _, k := range s.store.List() {
		names = append(names, k.Device)
	}
	return names
}

func openBackup(t testing.TB, dir string) *backup.Writer {
	t.Helper()
	w, err := backup.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// take brings what is new into a backup.
func take(t testing.TB, dir string, from backup.Source) backup.Taken {
	t.Helper()
	w := openBackup(t, dir)
	taken, err := w.Take(t.Context(), from, true)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return taken
}

func restore(t testing.TB, from string, o backup.RestoreOptions) (string, backup.Restored) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	o.Journal = options()
	done, err := backup.Restore(t.Context(), from, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, done
}

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

func (s *server) balance() (out string) {
	s.Helper()
	if err := s.book.View(s.Context(), func(state *ledger.State, _ uint64) {
		if c, ok := state.CellAt("BOLT", "stock", "", "", ledger.Available); ok {
			out = ledger.FormatScaled(c.Quantity, c.Product.Decimals)
		}
	}); err != nil {
		s.Fatal(err)
	}
	return out
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

// broken is a source that ends in an error after so many steps.
func broken(from backup.Source, after int) backup.Source {
	return func(ctx context.Context, w backup.Wish, to backup.Sink) error {
		return from(ctx, w, &breaking{to, after})
	}
}

type breaking struct {
	backup.Sink
	left int
}

var errBroken = errors.New("the connection broke, as the test wanted")

func (b *breaking) step() error {
	if b.left--; b.left < 0 {
		return errBroken
	}
	return nil
}

func (b *breaking) Block(c *journal.Copy) error { return errors.Join(b.step(), b.Sink.Block(c)) }
func (b *breaking) Piece(p backup.Piece) error  { return errors.Join(b.step(), b.Sink.Piece(p)) }

// TestCutShort: a Take that breaks at any step leaves the backup as it was, and the
// next one brings all.
func TestCutShort(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	s.pair("H-1")
	s.scan(3)
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, s.source())
	for step := 0; ; step++ {
		before := s.j.Head().N
		s.scan(2)
		w := openBackup(t, to)
		_, err := w.Take(t.Context(), broken(s.source(), step), true)
		if err == nil {
			if step < 3 {
				t.Errorf("it was through after %d steps", step)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			break
		}
		if !errors.Is(err, errBroken) || w.Entries() != before {
			t.Fatalf("after %d steps: %v, and it has %d entries of %d", step, err, w.Entries(), before)
		}
		if step%2 == 0 { // by another process, or by the same
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			w = openBackup(t, to)
		}
		if taken, err := w.Take(t.Context(), s.source(), true); err != nil || taken.To != s.j.Head().N {
			t.Fatalf("after %d steps, once more: %+v, %v", step, taken, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil); err != nil {
		t.Error(err)
	}
}

// TestRemote: over a connection a backup is the same, byte for byte; where the
// connection breaks anywhere, nothing is taken.
func TestRemote(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	s.pair("H-1")
	s.scan(10)
	near, far := filepath.Join(t.TempDir(), "near"), filepath.Join(t.TempDir(), "far")
	take(t, near, s.source())
	sent := func(most int) backup.Source {
		return backup.Remote(func(ctx context.Context, w backup.Wish) (io.ReadCloser, error) {
			var b bytes.Buffer
			if err := backup.Send(ctx, s.source(), w, &b); err != nil {
				return nil, err
			}
			return io.NopCloser(io.LimitReader(&b, int64(min(most, b.Len())))), nil
		})
	}
	var all bytes.Buffer
	if err := backup.Send(t.Context(), s.source(), backup.Wish{Pieces: true}, &all); err != nil {
		t.Fatal(err)
	}
	for most := 0; most < all.Len(); most += 1 + all.Len()/60 {
		w := openBackup(t, far)
		if _, err := w.Take(t.Context(), sent(most), true); err == nil || w.Entries() != 0 {
			t.Fatalf("after %d of %d bytes it took %d entries", most, all.Len(), w.Entries())
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	take(t, far, sent(all.Len()))
	if got, want := contents(t, far), contents(t, near); !maps.Equal(got, want) {
		t.Errorf("the files are %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()] = string(b)
	}
	return out
}

// FuzzRemote: whatever a connection brings, a backup takes all of it or nothing.
func FuzzRemote(f *testing.F) {
	s := openServer(f, filepath.Join(f.TempDir(), "data"))
	s.scan(2)
	var sound bytes.Buffer
	if err := backup.Send(f.Context(), s.source(), backup.Wish{Pieces: true}, &sound); err != nil {
		f.Fatal(err)
	}
	f.Add(sound.Bytes())
	f.Add([]byte{'b', 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add([]byte{'p', 1, 0, 'e', 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := openBackup(t, filepath.Join(t.TempDir(), "backup"))
		defer w.Close()
		_, err := w.Take(t.Context(), backup.Remote(func(context.Context, backup.Wish) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}), true)
		if err != nil && w.Entries() > 0 {
			t.Errorf("%v, and %d entries were taken", err, w.Entries())
		}
	})
}

// TestFollower: a backup stays a tick behind, says how far, goes on after trouble, and
// brings the last entries when the server ends.
func TestFollower(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	parent := filepath.Join(t.TempDir(), "disk")
	to := filepath.Join(parent, "backup")
	if err := os.WriteFile(parent, nil, 0o600); err != nil { // not a folder: the disk is not there
		t.Fatal(err)
	}
	now := time.Now().Add(time.Minute)
	f := backup.NewFollower(to, s.source(), s.j, slog.New(slog.DiscardHandler), func() time.Time { return now })
	tick, ctx, stop := make(chan time.Time), context.Context(nil), context.CancelFunc(nil)
	ctx, stop = context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { f.Run(ctx, tick); close(ended) }()
	s.scan(3)
	tick <- now
	tick <- now // the first is over
	if l := f.Lag(); l.Err == nil || l.Entries != s.j.Head().N || l.Behind < 50*time.Second {
		t.Errorf("without a disk: %+v", l)
	}
	if err := os.Remove(parent); err != nil {
		t.Fatal(err)
	}
	tick <- now
	tick <- now
	if l := f.Lag(); l.Err != nil || l.Entries != 0 || l.Behind != 0 || !l.At.Equal(now) {
		t.Errorf("with a disk: %+v", l)
	}
	s.scan(4)
	if l := f.Lag(); l.Entries != 5 {
		t.Errorf("between two ticks: %+v", l)
	}
	stop()
	<-ended
	if v, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil); err != nil || v.Entries != s.j.Head().N {
		t.Errorf("when it ended: %+v, %v", v, err)
	}
}

// TestAnotherFolder: where another folder comes to the path while a writer is open, as
// when a disk is mounted over it, nothing is written into it that belongs to the first:
// the backup there is read and goes on.
func TestAnotherFolder(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	s.scan(5)
	parent := t.TempDir()
	to, disk, under := filepath.Join(parent, "backup"), filepath.Join(parent, "disk"), filepath.Join(parent, "under")
	move := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	take(t, disk, s.source())
	was := s.j.Head().N
	w := openBackup(t, to) // the mount's own folder
	defer w.Close()
	s.scan(3)
	if _, err := w.Take(t.Context(), s.source(), true); err != nil {
		t.Fatal(err)
	}
	move(to, under)
	left, good := contents(t, under), contents(t, disk)
	if _, err := w.Take(t.Context(), s.source(), false); !errors.Is(err, fs.ErrNotExist) || w.Entries() != 0 {
		t.Errorf("without a folder: %v, and it has %d entries", err, w.Entries())
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a folder was made where a disk is missing")
	}
	move(disk, to)
	if !maps.Equal(contents(t, to), good) {
		t.Error("the disk's backup was changed before it was looked at")
	}
	s.scan(2)
	taken, err := w.Take(t.Context(), s.source(), true)
	if err != nil || !taken.Moved || taken.From != was+1 || taken.To != s.j.Head().N {
		t.Errorf("with the disk: %+v, %v; want what came behind entry %d", taken, err, was)
	}
	if v, err := backup.Verify(t.Context(), to, t.TempDir(), options(), nil); err != nil || v.Entries != s.j.Head().N {
		t.Errorf("the disk's backup: %+v, %v", v, err)
	}
	if !maps.Equal(contents(t, under), left) {
		t.Error("the folder below was written to")
	}
	other := openServer(t, filepath.Join(t.TempDir(), "other"))
	other.scan(30)
	take(t, disk, other.source())
	foreign := contents(t, disk)
	move(to, filepath.Join(parent, "third"))
	move(disk, to)
	if _, err := w.Take(t.Context(), s.source(), true); !errors.Is(err, backup.ErrOther) {
		t.Errorf("a backup of other books: %v", err)
	}
	if !maps.Equal(contents(t, to), foreign) {
		t.Error("the backup of other books was changed")
	}
}

// TestFollowerMoved: a follower tells that a folder is gone, with all that was in it,
// and fills the one that comes instead.
func TestFollowerMoved(t *testing.T) {
	f := follow(t)
	f.scan(3)
	f.tick()
	if l := f.Lag(); l.State != backup.Fine || l.Entries != 0 {
		t.Fatalf("at first: %+v", l)
	}
	if err := os.Rename(f.to, f.to+".old"); err != nil {
		t.Fatal(err)
	}
	f.tick()
	if l := f.Lag(); l.State != backup.Failing || l.Entries != f.j.Head().N {
		t.Errorf("without the folder: %+v", l)
	}
	if err := os.Mkdir(f.to, 0o700); err != nil {
		t.Fatal(err)
	}
	f.tick()
	if l := f.Lag(); l.State != backup.Fine || l.Entries != 0 {
		t.Errorf("with an empty one: %+v", l)
	}
	if v, err := backup.Verify(t.Context(), f.to, t.TempDir(), options(), nil); err != nil || v.Entries != f.j.Head().N {
		t.Errorf("in the empty one: %+v, %v", v, err)
	}
}

// following is a server with a follower whose ticks and clock are the test's.
type following struct {
	*server
	*backup.Follower
	to    string
	clock atomic.Int64
	ticks chan time.Time
}

func (f *following) time() time.Time { return time.UnixMilli(f.clock.Load()) }

func follow(t *testing.T) *following {
	t.Helper()
	f := &following{server: openServer(t, filepath.Join(t.TempDir(), "data")), to: filepath.Join(t.TempDir(), "backup"), ticks: make(chan time.Time)}
	f.clock.Store(time.Now().UnixMilli())
	from := backup.Local(backup.Folder{Dir: f.dir, Journal: f.j, Rows: store.NewRows(f.db).Each, Schema: 1, Program: "test", Ours: []string{"admin.key", "tls"}})
	f.Follower = backup.NewFollower(f.to, from, f.j, slog.New(slog.DiscardHandler), f.time)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { f.Run(ctx, f.ticks); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	f.ticks <- f.time() // the first look is over
	return f
}

// tick lets the follower look once, and waits for it: the look before the one that the
// last tick begins is over when it is taken.
func (f *following) tick() {
	f.ticks <- f.time()
	f.ticks <- f.time()
}

// later is a minute later, through all looks of one round.
func (f *following) later() {
	f.clock.Add(time.Minute.Milliseconds())
	for range 7 {
		f.ticks <- f.time()
	}
}

// TestFilesThatCannotBeCopied: what is not the server's is named and left out; what is
// keeps the backup's age where it was, and no entry away.
func TestFilesThatCannotBeCopied(t *testing.T) {
	large := make([]byte, 17<<20)
	t.Run("somebody's", func(t *testing.T) {
		s := openServer(t, filepath.Join(t.TempDir(), "data"))
		s.pair("H-1")
		var named []string
		from := backup.Local(backup.Folder{Dir: s.dir, Journal: s.j, Rows: store.NewRows(s.db).Each, Schema: 1, Program: "test", Ours: []string{"admin.key"},
			Skipped: func(path string, why error) { named = append(named, filepath.Base(path)) }})
		if err := errors.Join(os.WriteFile(filepath.Join(s.dir, "video.mp4"), large, 0o600), os.WriteFile(filepath.Join(s.dir, "admin.key"), []byte("secret"), 0o600),
			os.Mkdir(filepath.Join(s.dir, "lost+found"), 0o000)); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "backup")
		take(t, to, from)
		take(t, to, from)
		want := []string{"video.mp4"}
		if _, err := os.ReadDir(filepath.Join(s.dir, "lost+found")); err != nil { // root may read it
			want = []string{"lost+found", "video.mp4"}
		}
		if !slices.Equal(named, want) {
			t.Errorf("named were %q, want %q", named, want)
		}
		dir, _ := restore(t, to, backup.RestoreOptions{})
		if b, err := os.ReadFile(filepath.Join(dir, "admin.key")); string(b) != "secret" {
			t.Errorf("admin.key is %q, %v", b, err)
		}
	})
	t.Run("the server's", func(t *testing.T) {
		f := follow(t)
		began := f.time()
		if l := f.Lag(); l.State != backup.Fine || !l.At.Equal(began) {
			t.Fatalf("at first: %+v", l)
		}
		if err := errors.Join(os.Mkdir(filepath.Join(f.dir, "tls"), 0o700), os.WriteFile(filepath.Join(f.dir, "tls", "root.key"), large, 0o600)); err != nil {
			t.Fatal(err)
		}
		f.scan(3)
		f.later()
		f.later()
		if l := f.Lag(); l.State != backup.NoFiles || l.At.After(began) || l.Entries != 0 || l.Err == nil || !strings.Contains(l.Err.Error(), "root.key") {
			t.Errorf("with a file that cannot be copied: %+v; want all entries, and the age of %v", l, began)
		}
		if err := os.Remove(filepath.Join(f.dir, "tls", "root.key")); err != nil {
			t.Fatal(err)
		}
		f.later()
		if l := f.Lag(); l.State != backup.Fine || !l.At.Equal(f.time()) || l.Err != nil {
			t.Errorf("without it: %+v", l)
		}
	})
}

// TestLostEntries: books that lost entries which the backup has are told so, however
// far they went on without; the backup keeps what it has. Books that were restored have
// another epoch, and lost nothing.
func TestLostEntries(t *testing.T) {
	f := openServer(t, filepath.Join(t.TempDir(), "data"))
	to := filepath.Join(t.TempDir(), "backup")
	f.scan(5)
	take(t, to, f.source())
	f.close() // as it is on the disk now
	copied := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(copied, os.DirFS(f.dir)); err != nil {
		t.Fatal(err)
	}
	s := openServer(t, f.dir)
	was := s.j.Head().N
	s.scan(4)
	take(t, to, s.source())
	now, good := s.j.Head().N, contents(t, to)
	old := openServer(t, copied) // its disk lost the newest entries
	for _, c := range []struct {
		name  string
		scans int
		says  string
	}{
		{"as it was found", 0, fmt.Sprintf("entries %d to %d are missing", was+1, now)},
		{"as far as the backup", int(now-was) - 1, fmt.Sprintf("entry %d, the backup's last, is another one", now)},
		{"further", 3, fmt.Sprintf("entry %d, the backup's last, is another one", now)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.scans > 0 {
				old.scan(c.scans)
			}
			if err := backup.Check(t.Context(), to, old.source()); !errors.Is(err, backup.ErrLost) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it is checked: %v, want it to say %q", err, c.says)
			}
			w := openBackup(t, to)
			if _, err := w.Take(t.Context(), old.source(), true); !errors.Is(err, backup.ErrLost) {
				t.Errorf("it is taken: %v", err)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if !maps.Equal(contents(t, to), good) {
				t.Error("the backup was changed")
			}
		})
	}
	if err := backup.Check(t.Context(), to, s.source()); err != nil {
		t.Errorf("the books themselves: %v", err)
	}
	s.scan(2)
	if err := backup.Check(t.Context(), to, s.source()); err != nil {
		t.Errorf("the books themselves, further on: %v", err)
	}
	if err := backup.Check(t.Context(), filepath.Join(t.TempDir(), "none"), s.source()); err != nil {
		t.Errorf("without a backup: %v", err)
	}
	dir, _ := restore(t, to, backup.RestoreOptions{Entry: was})
	restored := openServer(t, dir)
	if err := backup.Check(t.Context(), to, restored.source()); err != nil {
		t.Errorf("books that were restored to an earlier moment: %v", err)
	}
}

// TestFollowerLost: a follower tells that the books lost entries.
func TestFollowerLost(t *testing.T) {
	f := follow(t)
	f.scan(3)
	f.tick()
	head := f.j.Head()
	ahead := func(ctx context.Context, w backup.Wish, to backup.Sink) error {
		return to.Head(backup.Head{Epoch: head.Epoch, Entries: head.N - 2})
	}
	now := time.Now()
	ticks := make(chan time.Time)
	ctx, stop := context.WithCancel(t.Context())
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, f.source())
	late := backup.NewFollower(to, ahead, f.j, slog.New(slog.DiscardHandler), func() time.Time { return now })
	ended := make(chan struct{})
	go func() { late.Run(ctx, ticks); close(ended) }()
	ticks <- now
	if l := late.Lag(); l.State != backup.Lost || !l.At.IsZero() || l.Entries == 0 {
		t.Errorf("it tells %+v", l)
	}
	stop()
	<-ended
}

// TestRightsComeAtOnce: where new entries change a right the rows come with them, and
// not only when it is their turn.
func TestRightsComeAtOnce(t *testing.T) {
	f := follow(t)
	for n := range 5 { // whichever look it is
		device := fmt.Sprint("H-", n)
		f.pair(device)
		if _, _, err := f.book.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityRight, Code: store.KeyRight(device), Fields: map[string]string{"roles": "floor", "key": "1"}}}, false); err != nil {
			t.Fatal(err)
		}
		f.ticks <- f.time()
		f.ticks <- f.time()
		dir, _ := restore(t, f.to, backup.RestoreOptions{})
		if got := openServer(t, dir).devices(); !slices.Contains(got, device) {
			t.Errorf("after one look the backup has the keys of %v, and not that of %s", got, device)
		}
	}
}

// TestRightsThatWereEnded: what was taken back between the copy of the rows and that of
// the entries stays taken back where both are restored, in the rows and in the books.
func TestRightsThatWereEnded(t *testing.T) {
	s := openServer(t, filepath.Join(t.TempDir(), "data"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	secrets := map[string]string{}
	pair := func(device string) {
		t.Helper()
		secret, err := s.store.Pair(store.Request{Device: device, Role: access.Floor})
		must(err)
		secrets[device] = secret
	}
	tell := func(s *server) {
		t.Helper()
		must(rest.TellRights(t.Context(), s.book, s.store, "test", s.store.Rights()))
	}
	for _, device := range []string{"KEPT", "REVOKED", "PAIRED-AGAIN", "FETCHED", "LATER"} {
		pair(device)
	}
	ann, err := s.store.AddUser(store.NewUser{Login: "ann", Name: "Ann", Grants: ledger.GrantsEverywhere("admin")})
	must(err)
	bob, err := s.store.AddUser(store.NewUser{Login: "bob", Name: "Bob", Grants: ledger.GrantsEverywhere("supervisor")})
	must(err)
	scope := []string{"read"}
	token, tokenSecret, err := s.store.AddToken(bob.ID, "a label", scope, time.Hour)
	must(err)
	must(s.store.SetPIN("7", "2580", "test"))
	fetched, err := s.store.Renew("FETCHED")
	must(err)
	tell(s)
	to := filepath.Join(t.TempDir(), "backup")
	take(t, to, s.source())

	must(s.store.Revoke("REVOKED", "test", false))
	pair("PAIRED-AGAIN")
	if _, ok := s.store.Authenticate(fetched); !ok {
		t.Fatal("a renewed key is not good")
	}
	gone, floor := true, ledger.GrantsEverywhere("floor")
	_, err = s.store.ChangeUser(bob.ID, store.UserChange{Disabled: &gone})
	must(err)
	carl, err := s.store.AddUser(store.NewUser{Login: "carl", Name: "Carl", Grants: ledger.GrantsEverywhere("admin")})
	must(err)
	_, err = s.store.ChangeUser(ann.ID, store.UserChange{Grants: floor})
	must(err)
	must(s.store.EndToken(bob.ID, token.ID))
	must(s.store.SetPIN("7", "", "test"))
	tell(s)
	w := openBackup(t, to)
	taken, err := w.Take(t.Context(), s.source(), false)
	if must(errors.Join(err, w.Close())); !taken.Rights {
		t.Fatalf("taken were %+v, and rights changed", taken)
	}

	dir, _ := restore(t, to, backup.RestoreOptions{})
	back := openServer(t, dir)
	if yes, err := back.store.Restored(); !yes || err != nil {
		t.Fatalf("the folder does not say that it was restored (%v)", err)
	}
	ended, err := rest.EndRights(t.Context(), back.book, back.store)
	must(err)
	want := []string{"device/FETCHED", "device/PAIRED-AGAIN", "device/REVOKED", "pin/7", "token/" + token.ID, "user/" + ann.ID, "user/" + bob.ID}
	slices.Sort(want)
	if !slices.Equal(ended, want) {
		t.Errorf("ended were %q, want %q", ended, want)
	}
	if yes, err := back.store.Restored(); yes || err != nil {
		t.Errorf("it would be compared again (%v)", err)
	}
	for name, good := range map[string]bool{"KEPT": true, "FETCHED": false, "LATER": true} {
		if p, ok := back.store.Authenticate(secrets[name]); (ok && p.Until == 0) != good {
			t.Errorf("the first key of %s: good %v until %v, want %v", name, ok, p.Until, good)
		}
	}
	if _, ok := back.store.Authenticate(fetched); !ok {
		t.Error("the handheld that had fetched a new key is shut out")
	}
	if _, ok := back.store.Authenticate(tokenSecret); ok {
		t.Error("the ended token is good")
	}
	if there, _, _ := back.store.PINState("7"); there {
		t.Error("the removed PIN is there")
	}
	if u, ok := back.store.FindUser(ann.ID); !ok || u.Grants.Text() != "floor" {
		t.Errorf("ann is %+v", u)
	}
	before := back.j.Head().N
	tell(back)
	if now := back.j.Head().N; now != before+1 { // the key that PAIRED-AGAIN has by the books is in no row
		t.Errorf("%d rights were changed in the books, want the one that nobody has a key for", now-before)
	}
	must(back.book.View(t.Context(), func(st *ledger.State, _ uint64) {
		for name, roles := range map[string]string{"device/REVOKED": "", "device/PAIRED-AGAIN": "", "device/FETCHED": "floor", "user/" + ann.ID: "floor", "user/" + bob.ID: ""} {
			if v, ok := st.Item(ledger.Item{Entity: ledger.EntityRight, Key: name}); !ok || v.Fields["roles"] != roles {
				t.Errorf("by the books %s has %q, want %q", name, v.Fields["roles"], roles)
			}
		}
	}))
	if _, ok := back.store.FindUser(carl.ID); ok {
		t.Error("carl came after the rows, and is there")
	}
}
