package store_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/store"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// A device is asked until it has handed a log in, over restarts, too; the last three are
// kept, for 30 days.
func TestLogs(t *testing.T) {
	db := openDB(t, "")
	defer db.Close()
	now := noon
	open := func() *store.Store {
		s, err := store.Open(db, store.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	if _, err := s.Pair(store.Request{Device: "H-07", Role: access.Floor}); err != nil {
		t.Fatal(err)
	}
	var f *ledger.Fault
	if _, err := s.AskForLog("H-08", "ann"); !errors.As(err, &f) || f.Code != ledger.NotFound {
		t.Errorf("a device that there is none of: %v", err)
	}
	if _, err := s.Pair(store.Request{Device: "script", Role: access.Supervisor}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AskForLog("script", "ann"); !errors.As(err, &f) || f.Code != ledger.NotAllowed {
		t.Errorf("a program's key: %v", err)
	}
	if err := s.PutLog("H-07", []byte("x")); !errors.As(err, &f) || f.Code != ledger.NotFound {
		t.Errorf("nobody asked: %v", err)
	}
	for i, want := range []bool{true, false} {
		if news, err := s.AskForLog("H-07", "ann"); news != want || err != nil {
			t.Errorf("asked for the %d. time: %v, %v", i+1, news, err)
		}
	}
	s = open()
	if _, asked := s.Logs("H-07"); asked == nil || asked.By != "ann" {
		t.Errorf("after a restart nobody asked: %+v", asked)
	}
	if err := s.PutLog("H-07", bytes.Repeat([]byte("x"), store.MaxLog+1)); !errors.As(err, &f) || f.Code != ledger.TooLarge {
		t.Errorf("%v", err)
	}
	for i, text := range []string{"one", "two\xff\x1b[2J\r\nthree\tfour", strings.Repeat("line\n", store.MaxLog/5), "four"} {
		now = now.Add(time.Hour)
		if _, err := s.AskForLog("H-07", "ben"); err != nil {
			t.Fatal(err)
		}
		if err := s.PutLog("H-07", []byte(text)); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
	}
	s = open()
	logs, asked := s.Logs("H-07")
	if len(logs) != 3 || logs[0].ID != "4" || logs[2].ID != "2" || logs[1].Bytes != store.MaxLog/5*5 || asked != nil {
		t.Errorf("%+v, %+v", logs, asked)
	}
	if text, err := s.LogText("H-07", "2"); string(text) != "two??[2J\nthree\tfour" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := s.LogText("H-07", "3"); len(text) != logs[1].Bytes || err != nil {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	for _, id := range []string{"1", "5", "", "../H-08/1"} {
		if _, err := s.LogText("H-07", id); !errors.As(err, &f) || f.Code != ledger.NotFound {
			t.Errorf("the log %q: %v", id, err)
		}
	}
	now = logs[1].At.Std().Add(30*24*time.Hour + time.Second)
	if logs, _ := s.Logs("H-07"); len(logs) != 1 || logs[0].ID != "4" {
		t.Errorf("30 days later: %+v", logs)
	}
	if _, err := s.LogText("H-07", "2"); err == nil {
		t.Error("it is read after its time")
	}
	open() // a start lets go of them
	texts := 0
	if err := store.NewRows(db).Each(func(key, _ []byte) error {
		if bytes.HasPrefix(key, []byte("kv")) {
			texts++
		}
		return nil
	}); err != nil || texts != 1 {
		t.Errorf("%d texts are on disk, %v", texts, err)
	}
}

// A log is of the pairing under which it was handed in, over restarts and whatever the
// name is paired for later; and who asked is no longer waited for once it is elsewhere.
func TestALogIsOfItsPairing(t *testing.T) {
	db := openDB(t, "")
	defer db.Close()
	now := noon
	s, err := store.Open(db, store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	step := func(what func() error) {
		t.Helper()
		now = now.Add(time.Minute)
		if err := what(); err != nil {
			t.Fatal(err)
		}
	}
	pair := func(site string, only bool) func() error {
		return func() error {
			_, err := s.Pair(store.Request{Device: "H-07", Role: access.Floor, Site: site, Only: only})
			return err
		}
	}
	ask := func() error { _, err := s.AskForLog("H-07", "ann"); return err }
	waits := func(want bool) {
		t.Helper()
		if _, asked := s.Logs("H-07"); (asked != nil) != want {
			t.Errorf("somebody waits for it: %+v", asked)
		}
	}
	step(pair("north", true))
	step(ask)
	step(func() error { return s.PutLog("H-07", []byte("of north")) })
	step(ask)
	step(pair("north", true)) // another handheld, in the same place
	waits(true)
	step(pair("main", true))
	waits(false)
	step(ask)
	step(func() error { return s.PutLog("H-07", []byte("of main")) })
	step(pair("", false))
	step(ask)
	step(func() error { return s.PutLog("H-07", []byte("of everywhere")) })
	for range 2 {
		var got []string
		logs, _ := s.Logs("H-07")
		for i := range logs {
			got = append(got, logs[i].Grants().Text())
		}
		if want := "floor, main=floor, north=floor"; strings.Join(got, ", ") != want {
			t.Errorf("the logs are of %s, want %s", strings.Join(got, ", "), want)
		}
		if s, err = store.Open(db, store.Options{Now: func() time.Time { return now }}); err != nil {
			t.Fatal(err)
		}
	}
}

// Logs of earlier releases do not say of which pairing they are: one that came under the
// pairing of now is of that, another of all sites, for nobody knows.
func TestLogsOfBeforeTheyHadAPairing(t *testing.T) {
	db := openDB(t, "")
	defer db.Close()
	now := noon
	options := store.Options{Now: func() time.Time { return now }}
	s, err := store.Open(db, options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pair(store.Request{Device: "H-07", Role: access.Floor, Site: "north", Only: true}); err != nil {
		t.Fatal(err)
	}
	at := func(d time.Duration) string { return ledger.TimeOf(noon.Add(d)).String() }
	row := `{"last":2,"logs":[{"id":"1","at":"` + at(-time.Hour) + `","asked_by":"ann","asked_at":"` + at(-2*time.Hour) + `","bytes":1},{"id":"2","at":"` + at(time.Hour) + `","asked_by":"ann","asked_at":"` + at(0) + `","bytes":1}]}`
	if err := db.Update(func(txn *badger.Txn) error { return txn.Set([]byte("klH-07"), []byte(row)) }); err != nil {
		t.Fatal(err)
	}
	now = noon.Add(2 * time.Hour)
	if s, err = store.Open(db, options); err != nil {
		t.Fatal(err)
	}
	logs, _ := s.Logs("H-07")
	if len(logs) != 2 || logs[0].Grants().Text() != "north=floor" || logs[1].Grants().Text() != "floor" {
		t.Errorf("%+v", logs)
	}
}
