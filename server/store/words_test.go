package store_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"bayledger/server/store"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// What devices hold by their own last word is there after a restart; who holds nothing
// any more is not, and whoever has said nothing for a month is not either.
func TestWords(t *testing.T) {
	db, err := badger.Open(badger.DefaultOptions("").WithInMemory(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	open := func() *store.Store {
		t.Helper()
		s, err := store.Open(db, store.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	at := ledger.TimeOf(now)
	many := map[string]store.Word{}
	for i := range 2_500 { // more than one commit takes
		many[fmt.Sprintf("D-%d", i)] = store.Word{Heard: at, Pending: 1}
	}
	for _, row := range []struct {
		name       string
		said, want map[string]store.Word
		later      time.Duration
	}{
		{"one holds", map[string]store.Word{"H-1": {Install: "a", Heard: at, Pending: 7, Oldest: at - 5}, "H-2": {Heard: at}}, map[string]store.Word{"H-1": {Install: "a", Heard: at, Pending: 7, Oldest: at - 5}}, 0},
		{"it holds more", map[string]store.Word{"H-1": {Heard: at + 1, Pending: 8}}, map[string]store.Word{"H-1": {Heard: at + 1, Pending: 8}}, 0},
		{"it says the same again", map[string]store.Word{"H-1": {Heard: at + 1, Pending: 8}}, map[string]store.Word{"H-1": {Heard: at + 1, Pending: 8}}, 0},
		{"it has sent all, another holds", map[string]store.Word{"H-1": {Heard: at + 2}, "H/3": {Heard: at + 2, Pending: 1}}, map[string]store.Word{"H/3": {Heard: at + 2, Pending: 1}}, 0},
		{"nobody says anything", nil, map[string]store.Word{}, 0},
		{"very many hold", many, many, 0},
		{"and are not heard of for a month", many, map[string]store.Word{}, 31 * 24 * time.Hour},
	} {
		if err := open().KeepWords(row.said); err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		now = now.Add(row.later)
		got, err := open().Words()
		if err != nil || !maps.Equal(got, row.want) {
			t.Errorf("%s: %v, %v; want %v", row.name, got, err, row.want)
		}
	}
}
