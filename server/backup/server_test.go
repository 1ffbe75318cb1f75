package backup_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"bayledger/migrations"
	"bayledger/server/access"
	"bayledger/server/backup"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// server is a data folder with books in it, as a server has it open.
type server struct {
	testing.TB
	dir   string
	db    *badger.DB
	j     journal.Journal
	book  *book.Book
	store *store.Store
	seq   uint64
}

var epochs atomic.Uint64

func options() journal.Options {
	return journal.Options{NewEpoch: func() string { return fmt.Sprintf("e%d", epochs.Add(1)) }, CheckpointLag: 50, Reserve: 1}
}

func openServer(t testing.TB, dir string) *server {
	t.Helper()
	s := &server{TB: t, dir: dir}
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.db, err = journal.OpenDB(dir, options())
	must()
	_, _, err = migrations.Up(t.Context(), s.db, migrations.Config{})
	must()
	s.j, err = journal.Open(s.db, options())
	must()
	s.book, err = book.Open(t.Context(), s.j, book.Options{Fatal: func(err error) { t.Error(err) }, Report: func(err error) { t.Error(err) }})
	must()
	s.store, err = store.Open(s.db, store.Options{})
	must()
	s.seq, err = s.book.LastSeq(t.Context(), "H-1", "i")
	must()
	t.Cleanup(s.close)
	return s
}

func (s *server) close() {
	if s.db == nil {
		return
	}
	s.book.Close()
	if err := errors.Join(s.j.Close(), s.db.Close()); err != nil {
		s.Error(err)
	}
	s.db = nil
}

// scan books so many scans, each in a batch of its own.
func (s *server) scan(count int) {
	s.Helper()
	if _, _, err := s.book.Edit(s.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{"name": fmt.Sprint("Bolt ", s.seq)}}}, false); err != nil {
		s.Fatal(err)
	}
	for range count {
		s.push(s.seq+1, 1)
	}
}

// push sends intents from a seq on, as one submission; what is known already is a
// repeat.
func (s *server) push(from uint64, count int) book.Results {
	s.Helper()
	var intents []ledger.Received
	for i := range count {
		quantity, _ := ledger.ParseDecimal(fmt.Sprint(1 + (from+uint64(i))%7))
		at := time.Date(2026, 3, 2, 9, 0, int(from)+i, 0, time.UTC)
		intents = append(intents, wire.Receive(ledger.Intent{Device: "H-1", Install: "i", Seq: from + uint64(i), At: ledger.Time(at.UnixMicro()), Action: ledger.ActionAdd, Product: "BOLT", Quantity: quantity}))
	}
	r, err := s.book.Do(s.Context(), book.Source{Device: "H-1", Install: "i", Transport: book.Socket, Role: "floor"}, intents)
	if err != nil {
		s.Fatal(err)
	}
	s.seq = max(s.seq, from+uint64(count)-1)
	return r
}

func (s *server) source() backup.Source {
	return backup.Local(backup.Folder{Dir: s.dir, Journal: s.j, Rows: store.NewRows(s.db).Each, Schema: 1, Program: "test"})
}

// pair gives a device a key.
func (s *server) pair(device string) {
	s.Helper()
	if _, err := s.store.Pair(store.Request{Device: device, Role: access.Floor}); err != nil {
		s.Fatal(err)
	}
}

func (s *server) devices() (names []string) {
	for _, k := range s.store.List() {
		names = append(names, k.Device)
	}
	return names
}

func openBackup(t testing.TB, dir string) *backup.Writer {
	t.Helper()
	w, err := backup.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// take brings what is new into a backup.
func take(t testing.TB, dir string, from backup.Source) backup.Taken {
	t.Helper()
	w := openBackup(t, dir)
	taken, err := w.Take(t.Context(), from, true)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return taken
}

func restore(t testing.TB, from string, o backup.RestoreOptions) (string, backup.Restored) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	o.Journal = options()
	done, err := backup.Restore(t.Context(), from, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, done
}

func (s *server) balance() (out string) {
	s.Helper()
	if err := s.book.View(s.Context(), func(state *ledger.State, _ uint64) {
		if c, ok := state.CellAt("BOLT", "stock", "", "", ledger.Available); ok {
			out = ledger.FormatScaled(c.Quantity, c.Product.Decimals)
		}
	}); err != nil {
		s.Fatal(err)
	}
	return out
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()] = string(b)
	}
	return out
}
