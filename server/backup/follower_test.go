package backup_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server/backup"
	"bayledger/server/store"
)

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
