package journal_test

import (
	"context"
	"testing"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/journal/journaltest"
)

// tables is more than trimAbove allows to stay.
const tables = 48 << 20

// TestTrim: the pages of tables that were read are given back at a tick, beside
// those who append and read, and nothing is lost.
func TestTrim(t *testing.T) {
	dir := t.TempDir()
	ticks := make(chan time.Time)
	open := func() (journal.Journal, func()) {
		db, err := journal.OpenDB(dir, journal.Options{Log: t.Logf})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.Open(db, journal.Options{NewEpoch: epoch, Trim: ticks})
		if err != nil {
			t.Fatal(err)
		}
		return j, func() {
			if err := j.Close(); err != nil {
				t.Error(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	w := journaltest.NewWorld(journaltest.Config{Seed: 1, Cells: 100})
	j, end := open()
	for range tables / (900 << 10) {
		if err := j.Append(context.Background(), w.Bulky(9, 100<<10)); err != nil {
			t.Fatal(err)
		}
	}
	end()
	j, end = open()
	defer end()
	w.Verify(t, j)
	_, before := rss()
	for range 2 { // the second is taken when the first is done with
		ticks <- time.Time{}
	}
	_, after := rss()
	if given := (before - after) << 10; given < tables/2 {
		t.Errorf("%d KiB of files were resident, and %d after a tick", before, after)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 5 {
			select {
			case ticks <- time.Time{}:
			case <-t.Context().Done():
			}
		}
	}()
	for range 2 {
		if err := j.Append(context.Background(), w.Bulky(9, 100<<10)); err != nil {
			t.Fatal(err)
		}
		w.Verify(t, j)
	}
	<-done
}

// TestTrimAfterTheEnd: a database that is gone is left alone.
func TestTrimAfterTheEnd(t *testing.T) {
	db, err := journal.OpenDB(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	journal.Trim(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	journal.Trim(db)
}
