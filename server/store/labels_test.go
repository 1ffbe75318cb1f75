package store_test

import (
	"testing"

	"bayledger/labels/queue/disktest"
	"bayledger/sync/journal"
)

// The rows lie in the book's database, whose transactions are small.
func TestLabelRows(t *testing.T) {
	db, err := journal.OpenDB(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	disktest.Run(t, openStore(t, db).Labels())
}
