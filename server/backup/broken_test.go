package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"bayledger/server/backup"
	"bayledger/sync/journal"
)

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

func (b *breaking) Piece(p backup.Piece) error { return errors.Join(b.step(), b.Sink.Piece(p)) }

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
