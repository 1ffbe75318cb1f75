//go:build unix

package journal_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// loaded is the world of the benchmarks: 100,000 cells, 50 devices.
func loaded() *journaltest.World {
	w := journaltest.NewWorld(journaltest.Config{Seed: 1, Cells: 100_000, Devices: 50, AppendsPerEntry: 2})
	w.Forget = true
	return w
}

const benchBatch = 256

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rss reads what the process has resident: anonymous memory, and file pages.
func rss() (anon, file int) {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		_, _ = fmt.Sscanf(line, "RssAnon: %d", &anon)
		_, _ = fmt.Sscanf(line, "RssFile: %d", &file)
	}
	return anon, file
}

// openFor opens a journal as a server would, with no more than it needs.
func openFor(b testing.TB, dir string) (journal.Journal, func()) {
	db, err := journal.OpenDB(dir, journal.Options{Log: b.Logf})
	if err != nil {
		b.Fatal(err)
	}
	j, err := journal.Open(db, journal.Options{NewEpoch: epoch})
	if err != nil {
		b.Fatal(err)
	}
	return j, func() { _ = db.Close() }
}

// fill appends until the journal holds n entries and returns what that took,
// without the making of the batches.
func fill(b testing.TB, j journal.Journal, w *journaltest.World, n uint64) (wall, cpu time.Duration) {
	const ahead = 64
	for w.Head().N < n {
		var batches []*journal.Batch
		for len(batches) < ahead && w.Head().N < n {
			batches = append(batches, w.Batch(benchBatch))
		}
		start, used := time.Now(), cpuTime()
		for _, batch := range batches {
			if err := j.Append(context.Background(), batch); err != nil {
				b.Fatal(err)
			}
		}
		wall += time.Since(start)
		cpu += cpuTime() - used
	}
	return wall, cpu
}

// BenchmarkAppend appends to a journal that holds 200,000 entries already, so
// that rows and segments are being written: with two rows an entry, and with two
// more rows or two appends, which are to cost about the same.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name          string
		rows, appends int
	}{{"2 rows", 2, 0}, {"4 rows", 4, 0}, {"2 rows 2 appends", 2, 2}} {
		b.Run(c.name, func(b *testing.B) {
			w := journaltest.NewWorld(journaltest.Config{Seed: 1, Cells: 100_000, Devices: 50, RowsPerEntry: c.rows, AppendsPerEntry: c.appends})
			w.Forget, w.NoAppends = true, c.appends == 0
			benchmarkAppend(b, w)
		})
	}
}

func benchmarkAppend(b *testing.B, w *journaltest.World) {
	j, end := openFor(b, b.TempDir())
	defer end()
	fill(b, j, w, 200_000)
	before := w.Head().N
	b.ResetTimer()
	wall, cpu := fill(b, j, w, before+uint64(b.N)*benchBatch)
	entries := float64(b.N) * benchBatch
	b.ReportMetric(float64(wall.Nanoseconds())/float64(b.N), "ns/op")
	b.ReportMetric(entries/wall.Seconds(), "entries/s")
	b.ReportMetric(float64(cpu.Nanoseconds())/1e3/entries, "µs-cpu/entry")
	b.ReportMetric(float64(j.Size())/float64(w.Head().N), "disk-B/entry")
}

// BenchmarkReopen opens a journal of 300,000 entries and reads its rows, after a
// crash: a copy of the folder is taken while the journal is in use.
func BenchmarkReopen(b *testing.B) {
	dir := b.TempDir()
	j, end := openFor(b, dir)
	w := loaded()
	fill(b, j, w, 300_000)
	crashed := b.TempDir()
	copyFolder(b, crashed, dir)
	end()
	took := map[string]time.Duration{}
	at := time.Now()
	lap := func(name string) {
		took[name] += time.Since(at)
		at = time.Now()
	}
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		copyFolder(b, dir, crashed)
		b.StartTimer()
		at = time.Now()
		db, err := journal.OpenDB(dir, journal.Options{})
		if err != nil {
			b.Fatal(err)
		}
		lap("db")
		j, err := journal.Open(db, journal.Options{})
		if err != nil {
			b.Fatal(err)
		}
		lap("replay")
		rows := 0
		if err := j.Rows(context.Background(), func(_, _ []byte) error { rows++; return nil }); err != nil {
			b.Fatal(err)
		}
		lap("rows")
		b.ReportMetric(float64(rows), "rows")
		b.StopTimer()
		if n := j.Head().N; n != w.Head().N {
			b.Fatalf("the head is %d, want %d", n, w.Head().N)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	for name, d := range took {
		b.ReportMetric(float64(d.Microseconds())/1000/float64(b.N), "ms-"+name)
	}
}

func copyFolder(b *testing.B, to, from string) {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRead(b *testing.B) {
	j, end := openFor(b, b.TempDir())
	defer end()
	w := loaded()
	fill(b, j, w, 200_000)
	b.ReportAllocs()
	var bytes, entries int
	for b.Loop() {
		err := j.Read(context.Background(), 1, func(blk *journal.Block) (bool, error) {
			bytes += len(blk.Span(blk.First, blk.Last))
			entries += blk.Len()
			return true, nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
}

// BenchmarkFind asks for identities all over the journal, and for those of a
// device that sends its last 1,000 again.
func BenchmarkFind(b *testing.B) {
	j, end := openFor(b, b.TempDir())
	defer end()
	w := loaded()
	fill(b, j, w, 200_000)
	devices := w.Devices()
	find := func(b *testing.B, spread uint64) {
		i := uint64(0)
		for b.Loop() {
			id := devices[i%uint64(len(devices))]
			id.Seq -= i * 7919 % min(spread, id.Seq)
			if _, err := j.Find(id); err != nil {
				b.Fatal(err)
			}
			i++
		}
	}
	b.Run("anywhere", func(b *testing.B) { find(b, 1<<40) })
	b.Run("repeats", func(b *testing.B) { devices = devices[:1]; find(b, 100) })
}

// BenchmarkMemory tells what is resident at 200,000 and at 1,000,000 entries.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		j, end := openFor(b, b.TempDir())
		w := loaded()
		for _, n := range []uint64{200_000, 1_000_000} {
			fill(b, j, w, n)
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			anon, file := rss()
			at := fmt.Sprintf("-at-%dk", n/1000)
			b.ReportMetric(float64(m.HeapInuse>>20), "heap-MiB"+at)
			b.ReportMetric(float64(anon>>10), "anon-MiB"+at)
			b.ReportMetric(float64(file>>10), "file-MiB"+at)
		}
		end()
	}
}

// BenchmarkCheck checks 200,000 entries.
func BenchmarkCheck(b *testing.B) {
	j, end := openFor(b, b.TempDir())
	defer end()
	w := loaded()
	fill(b, j, w, 200_000)
	for b.Loop() {
		if err := j.Check(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(w.Head().N)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
