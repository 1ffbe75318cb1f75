package journaltest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// Verify fails the test unless the journal, just opened, holds exactly what the
// world made: head, rows, what was appended to each key, every record by number and by identity, and a Check.
func (w *World) Verify(t testing.TB, j journal.Journal) {
	t.Helper()
	if err := w.verify(j); err != nil {
		t.Fatal(err)
	}
}

func (w *World) verify(j journal.Journal) error {
	head := j.Head()
	if head.Epoch = ""; head != w.head {
		return fmt.Errorf("the head is %+v, want %+v", head, w.head)
	}
	if err := w.verifyRows(j); err != nil {
		return err
	}
	if err := w.verifyAppends(j); err != nil {
		return err
	}
	if err := w.verifyRecords(j, 1, 0); err != nil {
		return err
	}
	if err := w.verifyIdentities(j); err != nil {
		return err
	}
	var told uint64
	if err := j.Check(context.Background(), func(n uint64) { told = n }); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	if told != w.head.N {
		return fmt.Errorf("check told of progress through %d of %d", told, w.head.N)
	}
	if w.head.N > 0 && j.Size() <= 0 {
		return fmt.Errorf("the size is %d", j.Size())
	}
	return nil
}

func (w *World) verifyRows(j journal.Journal) error {
	want := slices.Sorted(maps.Keys(w.rows))
	at := 0
	err := j.Rows(context.Background(), func(key, value []byte) error {
		if at == len(want) || want[at] != string(key) {
			return fmt.Errorf("row %d is %q, want another or none", at, key)
		}
		if value == nil || !bytes.Equal(value, w.rows[want[at]]) {
			return fmt.Errorf("row %q is %q, want %q", key, value, w.rows[want[at]])
		}
		at++
		return nil
	})
	if err == nil && at != len(want) {
		err = fmt.Errorf("there are %d rows, want %d; %q is missing", at, len(want), want[at])
	}
	return err
}

// verifyRecords reads from entry from on, through at least most entries (0: all).
func (w *World) verifyRecords(j journal.Journal, from, most uint64) error {
	end := w.head.N
	if most > 0 {
		end = min(end, from+most-1)
	}
	next := uint64(0)
	err := j.Read(context.Background(), from, func(b *journal.Block) (bool, error) {
		if next == 0 && (b.First > from || b.Last < from) {
			return false, fmt.Errorf("reading from %d began with entries %d to %d", from, b.First, b.Last)
		}
		if next > 0 && b.First != next {
			return false, fmt.Errorf("entries %d to %d came after entry %d", b.First, b.Last, next-1)
		}
		next = b.Last + 1
		return b.Last < end, w.verifyBlock(b)
	})
	switch {
	case err != nil:
		return err
	case from <= w.head.N && next <= end:
		return fmt.Errorf("reading from %d ended before entry %d", from, next)
	case from > w.head.N && next > 0:
		return fmt.Errorf("reading from %d, after the head, gave entries", from)
	}
	return nil
}

func (w *World) verifyBlock(b *journal.Block) error {
	if b.Last > w.head.N || uint64(b.Len()) != b.Last-b.First+1 {
		return fmt.Errorf("a block of entries %d to %d says that it has %d", b.First, b.Last, b.Len())
	}
	var joined [][]byte
	for n := b.First; n <= b.Last; n++ {
		want := &w.kept[n-1]
		got := b.Record(n)
		if err := same(n, &got, want); err != nil {
			return err
		}
		if b.BookedAt != want.bookedAt {
			return fmt.Errorf("entry %d was booked at %s, want %s", n, b.BookedAt, want.bookedAt)
		}
		joined = append(joined, want.JSON)
	}
	if !bytes.Equal(b.Span(b.First, b.Last), bytes.Join(joined, []byte(","))) {
		return fmt.Errorf("the span %d to %d is not its entries joined by commas", b.First, b.Last)
	}
	if b.Head != w.hash(b.Last) || b.Prev != w.hash(b.First-1) {
		return fmt.Errorf("the block of entries %d to %d has other hashes than its entries", b.First, b.Last)
	}
	return nil
}

// hash is that of entry n, as its JSON has it.
func (w *World) hash(n uint64) (hash [32]byte) {
	if n == 0 {
		return hash
	}
	json := w.kept[n-1].JSON
	_, _ = hex.Decode(hash[:], json[len(json)-66:len(json)-2])
	return hash
}

func same(n uint64, got *journal.Record, want *kept) error {
	switch {
	case !bytes.Equal(got.JSON, want.JSON):
		return fmt.Errorf("entry %d is %q, want %q", n, got.JSON, want.JSON)
	case got.ID != want.ID || got.Payload != want.Payload || !bytes.Equal(got.Stamp, want.Stamp):
		return fmt.Errorf("entry %d has %+v %x %x, want %+v %x %x", n, got.ID, got.Payload, got.Stamp, want.ID, want.Payload, want.Stamp)
	}
	return nil
}

func (w *World) verifyIdentities(j journal.Journal) error {
	const most = 500 // of a large world, evenly spread ones will do
	every := 1 + len(w.kept)/most
	for i := len(w.kept) % every; i < len(w.kept); i += every {
		if err := w.verifyIdentity(j, uint64(i)+1); err != nil {
			return err
		}
	}
	for i := range w.devices {
		d := &w.devices[i]
		for _, seq := range append([]uint64{d.next, d.next + 1_000, 0}, d.held...) {
			if _, err := j.Find(ledger.Identity{Device: d.name, Install: d.install, Seq: seq}); !errors.Is(err, journal.ErrNotFound) {
				return fmt.Errorf("finding seq %d of %s, which never came: %w", seq, d.name, err)
			}
		}
	}
	_, err := j.Find(ledger.Identity{Device: "nobody", Install: "-", Seq: 1})
	if !errors.Is(err, journal.ErrNotFound) {
		return fmt.Errorf("finding an unknown device: %w", err)
	}
	if at, err := j.BookedAt(w.head.N + 1); !errors.Is(err, journal.ErrNotFound) {
		return fmt.Errorf("an entry after the head was booked at %s: %w", at, err)
	}
	return nil
}

func (w *World) verifyIdentity(j journal.Journal, n uint64) error {
	want := &w.kept[n-1]
	if at, err := j.BookedAt(n); err != nil || at != want.bookedAt {
		return fmt.Errorf("entry %d was booked at %s (%w), want %s", n, at, err, want.bookedAt)
	}
	if want.ID.Seq == 0 {
		return nil
	}
	found, err := j.Find(want.ID)
	if err != nil || found.N != n {
		return fmt.Errorf("finding %+v gave entry %d (%w), want %d", want.ID, found.N, err, n)
	}
	return same(n, &found.Record, want)
}
