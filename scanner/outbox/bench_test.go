package outbox_test

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/scanner/outbox/outboxtest"
)

// TestDiskStaysSmall sends twenty times the ring through a box: what left the ring
// must leave the disk too.
func TestDiskStaysSmall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := outbox.Open(dir, outbox.Options{Now: fixed, FreeBytes: plenty, RingRows: 1000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := box(t, s)
	row := make([]byte, 2048)
	for i := range row {
		row[i] = 'x'
	}
	for range 200 {
		first, err := b.AppendAll(context.Background(), 100, func(uint64) ([]byte, error) { return row, nil })
		if err == nil {
			err = b.Ack(first + 99)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	used, err := onDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("40 MB of rows went through, 2 MB are held, %d KiB are on disk", used>>10)
	if used > 32<<20 {
		t.Errorf("%d KiB on disk", used>>10)
	}
}

// onDisk adds up the blocks that the files of dir take.
func onDisk(dir string) (used int64, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return nil // a table that compaction removed meanwhile
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			used += st.Blocks * 512
		}
		return nil
	})
	return used, err
}

func benchStore(b *testing.B, memory bool) *outbox.Store {
	b.Helper()
	opts := outbox.Options{Now: time.Now, MaxWaiting: 1 << 30}
	open := func() (*outbox.Store, error) { return outbox.Open(b.TempDir(), opts) }
	if memory {
		open = func() (*outbox.Store, error) { return outbox.NewMemory().Open(opts) }
	}
	s, err := open()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func benchBox(b *testing.B, s *outbox.Store, device string) outbox.Box {
	b.Helper()
	x, err := s.Box(device, "i1")
	if err != nil {
		b.Fatal(err)
	}
	return x
}

func BenchmarkAppend(b *testing.B) {
	for _, kind := range []string{"disk", "memory"} {
		b.Run(kind+"/one", func(b *testing.B) {
			x := benchBox(b, benchStore(b, kind == "memory"), "H-01")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Append(context.Background(), func(seq uint64) ([]byte, error) { return outboxtest.RowFor("H-01", seq), nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, boxes := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/64 at once in %d boxes", kind, boxes), func(b *testing.B) {
				s := benchStore(b, kind == "memory")
				var all []outbox.Box
				for i := range boxes {
					all = append(all, benchBox(b, s, fmt.Sprint("H-", i)))
				}
				before := s.Stats()
				b.SetParallelism(64 / runtime.GOMAXPROCS(0))
				b.ReportAllocs()
				b.ResetTimer()
				var worker atomic.Int64
				b.RunParallel(func(pb *testing.PB) {
					x := all[int(worker.Add(1))%len(all)]
					for pb.Next() {
						if _, err := x.Append(context.Background(), func(seq uint64) ([]byte, error) { return outboxtest.RowFor("H-01", seq), nil }); err != nil {
							b.Error(err)
							return
						}
					}
				})
				after := s.Stats()
				b.ReportMetric(float64(after.Rows-before.Rows)/float64(max(1, after.Commits-before.Commits)), "rows/commit")
			})
		}
	}
}

func BenchmarkUnacked(b *testing.B) {
	for _, kind := range []string{"disk", "memory"} {
		b.Run(kind+"/1000 of 50000", func(b *testing.B) {
			x := benchBox(b, benchStore(b, kind == "memory"), "H-01")
			for range 50 {
				_, err := x.AppendAll(context.Background(), 1000, func(seq uint64) ([]byte, error) { return outboxtest.RowFor("H-01", seq), nil })
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if rows, err := x.Unacked(20_000, 1000, 0); err != nil || len(rows) != 1000 {
					b.Fatal(len(rows), err)
				}
			}
		})
	}
}

// BenchmarkReopen opens a folder that holds 50,000 waiting rows.
func BenchmarkReopen(b *testing.B) {
	dir := b.TempDir()
	opts := outbox.Options{Now: time.Now}
	s, err := outbox.Open(dir, opts)
	if err != nil {
		b.Fatal(err)
	}
	x := benchBox(b, s, "H-01")
	for range 50 {
		if _, err := x.AppendAll(context.Background(), 1000, func(seq uint64) ([]byte, error) { return outboxtest.RowFor("H-01", seq), nil }); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := outbox.Open(dir, opts)
		if err != nil {
			b.Fatal(err)
		}
		if st := benchBox(b, s, "H-01").Stats(); st.Waiting != 50_000 {
			b.Fatal(st)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkMemoryPerBox tells the heap that a box costs beside its rows.
func BenchmarkMemoryPerBox(b *testing.B) {
	for _, kind := range []string{"disk", "memory"} {
		b.Run(kind, func(b *testing.B) {
			const boxes = 1000
			for b.Loop() {
				s := benchStore(b, kind == "memory")
				before := heap()
				kept := make([]outbox.Box, boxes)
				for i := range kept {
					kept[i] = benchBox(b, s, fmt.Sprint("H-", i))
				}
				b.ReportMetric(float64(heap()-before)/boxes, "heap-B/box")
				runtime.KeepAlive(kept)
			}
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
