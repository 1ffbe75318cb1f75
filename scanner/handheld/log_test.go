package handheld

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/sync/ledger"
)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// The newest lines are kept, each short and on a line of its own: all of them together
// are what a server takes.
func TestRingKeepsTheNewest(t *testing.T) {
	r := NewLog(at(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)))
	if r.Text() != "\n" {
		t.Errorf("empty it is %q", r.Text())
	}
	for i := range 2*maxLogLines + 7 {
		r.Note(fmt.Sprint("line ", i), "two\nlines", strings.Repeat("ü", maxLogLine))
	}
	lines := strings.Split(strings.TrimSuffix(r.Text(), "\n"), "\n")
	if len(lines) != maxLogLines || !strings.HasPrefix(lines[0], "2026-03-02T12:00:00Z line 1007 two lines ") || !strings.Contains(lines[maxLogLines-1], "line 2006 ") {
		t.Errorf("%d lines, from %q to %q", len(lines), lines[0], lines[len(lines)-1])
	}
	if len(r.Text()) > 256<<10 || strings.ToValidUTF8(r.Text(), "?") != r.Text() {
		t.Errorf("%d bytes", len(r.Text()))
	}
}

// Of what is met the log has the circumstances, and nothing that names goods, people,
// keys or money; what was written to the own log goes on to it.
func TestWhatALogHas(t *testing.T) {
	var own bytes.Buffer
	kept := NewLog(at(time.Unix(0, 0)))
	log := slog.New(kept.Tee(slog.NewTextHandler(&own, &slog.HandlerOptions{Level: slog.LevelError})))
	log.With("session", 1).Warn("a new key could not be fetched", "error", errors.New("no answer"), "key", "bl_secret", "product", "BOLT")
	log.Error("the disk failed", "seq", 7)
	log.Info("scan", "seq", 8)
	kept.Heard(client.Event{Kind: client.Disconnected, Text: "connection refused", Retry: 2 * time.Second})
	kept.Heard(client.Event{Kind: client.Booked, Result: ledger.Result{Seq: 8}})
	kept.Heard(client.Event{Kind: client.NeedsYou, Result: ledger.Result{Seq: 9, Outcome: ledger.Parked, Code: ledger.UnknownOperator, Message: "Nobody has the code ANN-77."}})
	kept.Heard(client.Event{Kind: client.Notice, Code: "message", Text: "Ann, come to the office."})
	kept.Heard(client.Event{Kind: client.Lost, Seq: 3, Through: 4})
	got := strings.ReplaceAll(kept.Text(), "1970-01-01T00:00:00Z ", "")
	want := "warn a new key could not be fetched error=no answer\nerror the disk failed seq=7\ndisconnected again in 2s connection refused\nneeds you #9 parked unknown_operator\nnotice message\nlost #3 to #4\n"
	if got != want {
		t.Errorf("the log has\n%swant\n%s", got, want)
	}
	if s := own.String(); !strings.Contains(s, "the disk failed") || strings.Contains(s, "new key") || strings.Contains(s, "scan") {
		t.Errorf("its own log has %s", s)
	}
}

// Where the server asks, the handheld hands in what it remembers, with its own key.
func TestALogIsHandedIn(t *testing.T) {
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method+" "+r.URL.Path != "POST /v1/log" {
			http.NotFound(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		got <- fmt.Sprint(r.Header.Get("Authorization"), " ", r.Header.Get("Content-Type"), " ", string(body), err)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	h, err := New(Config{Dir: t.TempDir(), Device: "H-07", Server: server.URL, Key: "bl_own", Out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	h.heard(t.Context(), client.Event{Kind: client.Notice, Code: "log"})
	h.fetching.Wait()
	if text := <-got; !strings.HasPrefix(text, "Bearer bl_own text/plain; charset=utf-8 ") || !strings.Contains(text, " begun bayledger scan ") || !strings.Contains(text, " notice log\n") || strings.Count(text, "bl_own") != 1 {
		t.Errorf("%s", text)
	}
}
