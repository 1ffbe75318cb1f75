package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/server/metrics"
	"bayledger/server/store"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
)

// served is a node as serve opens it, and what it logs.
func served(t *testing.T, dir string, o nodeOptions) (n *node, log *bytes.Buffer) {
	t.Helper()
	log = new(bytes.Buffer)
	o.log, o.serves = slog.New(slog.NewTextHandler(log, nil)), true
	n, err := openNode(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return n, log
}

// scraped is what a node shows at /metrics.
func scraped(t *testing.T, n *node) string {
	t.Helper()
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.Header.Set("Authorization", "Bearer "+n.adminKey)
	w := httptest.NewRecorder()
	n.server.Handler().ServeHTTP(w, r)
	return w.Body.String()
}

// badDisk fails each append once it is told to.
type badDisk struct {
	journal.Journal
	bad bool
}

var errBadDisk = errors.New("input/output error")

func (d *badDisk) Append(ctx context.Context, b *journal.Batch) error {
	if d.bad {
		return errBadDisk
	}
	return d.Journal.Append(ctx, b)
}

// A commit that fails ends the server before anybody asks for its metrics: the next
// run shows it, and says why. A run that was killed shows as one without a word.
func TestTheNextRunTellsOfTheLast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	type shown struct{ failures, crashes string }
	after := func(what string, want shown, logs string) {
		t.Helper()
		n, log := served(t, dir, nodeOptions{})
		defer n.close(context.Background())
		text := scraped(t, n)
		for _, line := range []string{"bayledger_commits_failed_total " + want.failures, "bayledger_crashes_total " + want.crashes} {
			if !strings.Contains(text, "\n"+line+"\n") {
				t.Errorf("%s: no line %s in\n%s", what, line, grep(text, "_total"))
			}
		}
		for name, count := range map[string]string{"bayledger_commit_failed_timestamp_seconds": want.failures, "bayledger_crash_timestamp_seconds": want.crashes} {
			if never := strings.Contains(text, "\n"+name+" 0\n"); never != (count == "0") {
				t.Errorf("%s: %s", what, grep(text, name))
			}
		}
		if logs == "" && strings.Contains(log.String(), "the last run") || !strings.Contains(log.String(), logs) {
			t.Errorf("%s: the log says %s", what, log)
		}
	}
	after("nothing", shown{"0", "0"}, "")
	after("a run that ended in peace", shown{"0", "0"}, "")

	disk := &badDisk{}
	n, _ := served(t, dir, nodeOptions{journal: func(db *badger.DB) (j journal.Journal, err error) {
		disk.Journal, err = journal.Open(db, journal.Options{NewEpoch: newEpoch})
		return disk, err
	}})
	disk.bad = true
	if _, _, err := n.book.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT"}}, false); err == nil {
		t.Fatal("a commit that failed was told as done")
	}
	if err := <-n.fatal; !errors.Is(err, errBadDisk) {
		t.Fatal(err)
	}
	n.close(context.Background()) // the database, so that it can be opened again
	after("a failed commit", shown{"1", "0"}, errBadDisk.Error())
	after("a run after that", shown{"1", "0"}, "")

	killed := filepath.Join(dir, lastRunFile)
	n, _ = served(t, dir, nodeOptions{})
	left, err := os.ReadFile(killed) // as a process that is killed leaves it
	if err != nil {
		t.Fatal(err)
	}
	n.close(context.Background())
	if err := os.WriteFile(killed, left, 0o600); err != nil {
		t.Fatal(err)
	}
	after("a kill", shown{"1", "1"}, "without a word")
	if err := os.WriteFile(killed, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	after("a file that cannot be read", shown{"0", "0"}, "cannot be read")
}

// A disk that takes not even a note keeps nobody from starting, nor from ending.
func TestLastRunThatCannotBeNoted(t *testing.T) {
	var log bytes.Buffer
	l := &lastRun{now: time.Now}
	l.begin(filepath.Join(t.TempDir(), "no such folder", lastRunFile), slog.New(slog.NewTextHandler(&log, nil)))
	if !strings.Contains(log.String(), "cannot be noted") {
		t.Errorf("the log says %s", &log)
	}
	l.failed(errBadDisk)
	l.failed(errors.New("and what follows from it"))
	if got := l.told(); got.Failures != 1 || got.Failed.IsZero() || got.Crashes != 0 {
		t.Errorf("%+v", got)
	}
	l.ended()
	if l.told() == (metrics.Runs{}) || !l.Ended.IsZero() {
		t.Error("a run that failed ended in peace")
	}
}

// What devices hold is known after a restart too, before any of them is back.
func TestHeldScansAreKnownAfterARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	n, _ := served(t, dir, nodeOptions{})
	held := time.Now().Add(-5 * time.Hour)
	words := map[string]store.Word{"H-07": {Install: "a", Heard: ledger.TimeOf(time.Now()), Pending: 12, Oldest: ledger.TimeOf(held)}}
	n.stopWords() // nobody said anything to this run
	n.stopWords = nil
	if err := n.store.KeepWords(words); err != nil {
		t.Fatal(err)
	}
	n.close(context.Background())

	n, _ = served(t, dir, nodeOptions{})
	text := scraped(t, n)
	for _, line := range []string{"bayledger_devices_holding_scans 1", "bayledger_devices_unsent_scans 12", `bayledger_device_unsent_scans{device="H-07"} 12`, "bayledger_devices_connected 0"} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no line %s in\n%s", line, grep(text, "bayledger_device"))
		}
	}
	if strings.Contains(text, "\nbayledger_devices_oldest_unsent_seconds 0\n") {
		t.Error("the oldest scan that is held has no age")
	}
	n.close(context.Background()) // keeps what it knows

	n, _ = served(t, dir, nodeOptions{})
	defer n.close(context.Background())
	if list := n.hub.Devices(); len(list) != 1 || list[0].Device != "H-07" || list[0].Pending != 12 {
		t.Errorf("after another restart it is %+v", list)
	}
}
