package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// rowWorld changes rows of a journal at random and knows what they should be.
type rowWorld struct {
	rng   *rand.Rand
	want  map[string]string
	names int
	next  uint64
	prev  [32]byte
}

func (w *rowWorld) batch(rows int) *Batch {
	w.next++
	b := &Batch{First: w.next, BookedAt: 1}
	json := fmt.Appendf(nil, `{"n":%d}`, w.next)
	hash := Chain(w.prev, json[:len(json)-1])
	json = fmt.Appendf(nil, `{"n":%d,"hash":"%x"}`, w.next, hash)
	b.Records, b.Head, w.prev = []Record{{JSON: json}}, hash, hash
	seen := map[string]bool{}
	for range rows {
		key := fmt.Sprintf("row %d", w.rng.IntN(w.names))
		if seen[key] {
			continue
		}
		seen[key] = true
		if w.rng.IntN(8) == 0 {
			delete(w.want, key)
			b.Rows = append(b.Rows, Row{Key: []byte(key)})
			continue
		}
		value := fmt.Sprint(w.next)
		if w.rng.IntN(50) == 0 {
			value += string(bytes.Repeat([]byte{'x'}, w.rng.IntN(20_000)))
		}
		w.want[key] = value
		b.Rows = append(b.Rows, Row{Key: []byte(key), Value: []byte(value)})
	}
	return b
}

func (w *rowWorld) verify(t *testing.T, j Journal, after string) {
	t.Helper()
	got := map[string]string{}
	last := ""
	err := j.Rows(context.Background(), func(key, value []byte) error {
		if string(key) <= last {
			return fmt.Errorf("%q comes after %q", key, last)
		}
		last = string(key)
		got[last] = string(value)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", after, err)
	}
	if !maps.Equal(got, w.want) {
		t.Fatalf("%s: %d rows, want %d", after, len(got), len(w.want))
	}
}

// TestRunsGive: whatever was flushed, merged, cut short by a crash and begun again,
// Rows gives each row as it was last, and there stay few runs and little else.
func TestRunsGive(t *testing.T) {
	for seed := range uint64(4) {
		w := &rowWorld{rng: rand.New(rand.NewPCG(seed, 3)), want: map[string]string{}, names: 2_000}
		m, err := OpenMemory(Options{NewEpoch: func() string { return "e" }, CheckpointLag: 40})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1_000 {
			if err := m.Append(context.Background(), w.batch(w.rng.IntN(60))); err != nil {
				t.Fatal(err)
			}
			if w.rng.IntN(150) != 0 {
				continue
			}
			if w.rng.IntN(2) == 0 {
				if err := m.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if m, err = m.Reopen(); err != nil {
				t.Fatal(err)
			}
			after := fmt.Sprintf("seed %d, batch %d", seed, i)
			w.verify(t, m, after)
			if err := m.Check(context.Background(), nil); err != nil {
				t.Fatalf("%s: %v", after, err)
			}
		}
		if m.unread != nil {
			t.Fatalf("seed %d: %v", seed, m.unread)
		}
		stored, listed := 0, uint64(0)
		for i := range m.runs.list {
			stored += m.runs.list[i].pages
			listed += m.runs.list[i].rows
		}
		if len(m.runs.list) > 40 || listed > 8*uint64(w.names) {
			t.Errorf("seed %d: %d runs with %d rows, of %d", seed, len(m.runs.list), listed, w.names)
		}
		pages := 0
		err = m.st.each([]byte{roomRuns}, []byte{roomRuns}, false, func(_, _ []byte) (bool, error) { pages++; return true, nil })
		if err != nil || pages > 3*stored+mostMerged {
			t.Errorf("seed %d: %d pages are stored, and %d listed: %v", seed, pages, stored, err)
		}
	}
}

// TestUnreadRun: a page that cannot be read stops merging, not booking; the next
// start says what to do.
func TestUnreadRun(t *testing.T) {
	said := ""
	m, err := OpenMemory(Options{NewEpoch: func() string { return "e" }, CheckpointLag: 40,
		Log: func(format string, args ...any) { said = fmt.Sprintf(format, args...) }})
	if err != nil {
		t.Fatal(err)
	}
	w := &rowWorld{rng: rand.New(rand.NewPCG(1, 3)), want: map[string]string{}, names: 2_000}
	for len(m.runs.list) == 0 {
		if err := m.Append(context.Background(), w.batch(20)); err != nil {
			t.Fatal(err)
		}
	}
	key := pageKey(nil, m.runs.list[0].id, 0)
	if err := m.st.commit([]write{{key: key, value: []byte("spoilt")}}); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		if err := m.Append(context.Background(), w.batch(20)); err != nil {
			t.Fatal(err)
		}
	}
	if m.unread == nil || said == "" {
		t.Fatal("nobody was told that rows are not merged any more")
	}
	if !m.MergingStopped() {
		t.Error("the metric says that rows are merged")
	}
	if m, err = m.Reopen(); err != nil {
		t.Fatal(err)
	}
	var found *Damage
	if err := m.Rows(context.Background(), func(_, _ []byte) error { return nil }); !errors.As(err, &found) || !found.Derived {
		t.Fatalf("the next start says %v", err)
	}
}

// TestManyRowsOfLargeBatches: batches whose rows find no room beside their blocks do
// not gather in memory.
func TestManyRowsOfLargeBatches(t *testing.T) {
	m, err := OpenMemory(Options{NewEpoch: func() string { return "e" }})
	if err != nil {
		t.Fatal(err)
	}
	w := &rowWorld{rng: rand.New(rand.NewPCG(1, 3)), want: map[string]string{}, names: 2}
	row := 0
	for range 28 {
		b := w.batch(0)
		for range 20_000 {
			row++
			key, value := fmt.Sprintf("%d of many rows", row), fmt.Sprint(row)
			b.Rows = append(b.Rows, Row{Key: []byte(key), Value: []byte(value)})
			w.want[key] = value
		}
		if err := m.Append(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		if n := m.dirty.len(); n > maxDirtyRows+20_000 {
			t.Fatalf("%d rows wait in memory after %d batches", n, w.next)
		}
	}
	if m, err = m.Reopen(); err != nil {
		t.Fatal(err)
	}
	w.verify(t, m, "reopened")
}

// TestDue: which runs are merged, by their sizes.
func TestDue(t *testing.T) {
	for _, c := range []struct {
		sizes     []uint64
		old       bool
		from, end int
	}{
		{nil, false, 0, 0},
		{nil, true, 0, 0},
		{[]uint64{10}, false, 1, 1},
		{[]uint64{10, 10, 10}, false, 3, 3},
		{[]uint64{10, 10, 10, 10}, false, 0, 4},
		{[]uint64{1_000, 10, 10, 10}, false, 4, 4},
		{[]uint64{1_000, 10, 10, 10, 10}, false, 1, 5},
		{[]uint64{100, 40, 10, 10, 10}, false, 5, 5},
		{[]uint64{100, 40, 10, 10, 10, 10}, false, 1, 6},
		{[]uint64{100, 40, 30, 10, 20}, false, 0, 5},
		{[]uint64{100, 1}, true, 0, 2},
		{slices.Repeat([]uint64{5}, 100), false, 0, mostMerged},
	} {
		s := runs{old: c.old}
		for i, size := range c.sizes {
			s.list = append(s.list, run{id: uint64(i), pages: 1, bytes: size})
		}
		if from, end := s.due(); from != c.from || end != c.end {
			t.Errorf("%v: runs %d to %d are merged, want %d to %d", c.sizes, from, end, c.from, c.end)
		}
	}
}

// FuzzPage reads any bytes as a page of rows and as a list of runs; what is read is
// in order, and written the same.
func FuzzPage(f *testing.F) {
	var p pageBuilder
	for _, row := range []string{"a", "ab", "abc", "b", "ba"} {
		p.add([]byte(row), []byte("value"), row == "ab")
	}
	f.Add(p.buf)
	s := runs{next: 9, old: true, list: []run{{id: 3, pages: 2, rows: 80, bytes: 4_000}, {id: 8, pages: 1, rows: 1, bytes: 9}}}
	list := s.encode(nil)
	f.Add(list[:len(list)-4])
	f.Fuzz(func(t *testing.T, data []byte) {
		key := pageKey(nil, 1, 2)
		var got page
		if wrong := openPage(&got, key, be32(bytes.Clone(data), rowSum(key, data))); wrong != "" {
			t.Fatalf("a page with the right checksum is refused: %s", wrong)
		}
		var again pageBuilder
		last := []byte{}
		for {
			more, wrong := got.next()
			if wrong != "" {
				break
			}
			if !more {
				if again.rows > 0 && len(again.buf) > len(data) {
					t.Fatalf("%d bytes are written as %d", len(data), len(again.buf))
				}
				break
			}
			if bytes.Compare(got.key, last) <= 0 {
				t.Fatalf("%q comes after %q", got.key, last)
			}
			last = append(last[:0], got.key...)
			again.add(got.key, got.value, got.deleted)
		}
		if s, ok := parseRuns(be32(bytes.Clone(data), rowSum(runsKey, data))); ok {
			if back, ok := parseRuns(s.encode(nil)); !ok || len(back.list) != len(s.list) || back.next != s.next {
				t.Fatalf("the list %+v is read back as %+v", s, back)
			}
		}
	})
}
