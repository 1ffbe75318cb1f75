package handheld

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bayledger/scanner/client"
)

// A handheld remembers what it met (connections, refusals, what the disk did), and hands
// it in where a supervisor asks. It is in memory: a scan never waits for it, and a fault
// that ends the process is on its standard error. Keys, PINs, badges, codes of goods,
// names of people and money are not in it: of what the client logs only what is listed
// here is taken, and of what the server says the codes.

// Bounds of the log.
const (
	maxLogLines = 1_000
	maxLogLine  = 240 // bytes: with these it is below the 256 KiB that a server takes
)

// logged are the attributes of the client's own lines that tell nothing of scans.
var logged = []string{"error", "device", "code", "reason", "again", "retry", "topic", "from", "through", "count", "seq"}

// Log keeps the newest lines. Make it with NewLog; it may be used by any number of
// goroutines.
type Log struct {
	now   func() time.Time
	mu    sync.Mutex
	lines []string
	next  int // where the next goes, once it is full
}

// NewLog returns an empty log whose lines bear the time that now tells.
func NewLog(now func() time.Time) *Log { return &Log{now: now} }

// Note keeps a line, in the place of the oldest where there are too many.
func (r *Log) Note(words ...string) {
	line := r.now().UTC().Format(time.RFC3339) + " " + strings.ToValidUTF8(strings.Join(words, " "), "?")
	line = strings.ReplaceAll(line, "\n", " ")
	if len(line) > maxLogLine {
		line = strings.ToValidUTF8(line[:maxLogLine], "")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) < maxLogLines {
		r.lines = append(r.lines, line)
		return
	}
	r.lines[r.next] = line
	r.next = (r.next + 1) % maxLogLines
}

// Text is all lines, the newest last.
func (r *Log) Text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(append(slices.Clone(r.lines[r.next:]), r.lines[:r.next]...), "\n") + "\n"
}

// Tee is a handler of lines that keeps warnings and errors as well.
func (r *Log) Tee(to slog.Handler) slog.Handler { return tee{to, r} }

type tee struct {
	slog.Handler
	log *Log
}

func (t tee) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn || t.Handler.Enabled(ctx, l)
}

func (t tee) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		words := []string{strings.ToLower(r.Level.String()), r.Message}
		r.Attrs(func(a slog.Attr) bool {
			if slices.Contains(logged, a.Key) {
				words = append(words, a.String())
			}
			return true
		})
		t.log.Note(words...)
	}
	if !t.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return t.Handler.Handle(ctx, r)
}

func (t tee) WithAttrs(a []slog.Attr) slog.Handler { return tee{t.Handler.WithAttrs(a), t.log} }
func (t tee) WithGroup(name string) slog.Handler   { return tee{t.Handler.WithGroup(name), t.log} }

// Heard notes what the client says of its line: of outcomes how they are called, and
// not what they say, which names goods and badges.
func (r *Log) Heard(e client.Event) {
	words := []string{e.Kind.String()}
	switch e.Kind {
	case client.Sent, client.Booked:
		return // a scan that went well is in the books
	case client.NeedsYou:
		words = append(words, "#"+strconv.FormatUint(e.Result.Seq, 10), string(e.Result.Outcome), string(e.Result.Code))
	case client.Lost:
		words = append(words, "#"+strconv.FormatUint(e.Seq, 10)+" to #"+strconv.FormatUint(e.Through, 10))
	}
	if e.Code != "" {
		words = append(words, e.Code)
	}
	if e.Retry > 0 {
		words = append(words, "again in "+e.Retry.String())
	}
	if e.Kind == client.Disconnected && e.Text != "" {
		words = append(words, e.Text)
	}
	r.Note(words...)
}

// begin is the first line of a log.
func (h *Handheld) begin() {
	version := "unknown"
	if b, ok := debug.ReadBuildInfo(); ok {
		version = b.Main.Version
	}
	h.log.Note("begun", "bayledger scan "+version, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
}

// HandIn sends the log to the server that asked for it, with the handheld's own key.
func (r *Log) HandIn(ctx context.Context, c *http.Client, server, key string) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, restAddress(server)+"/v1/log", strings.NewReader(r.Text()))
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer "+key)
	q.Header.Set("Content-Type", "text/plain; charset=utf-8")
	answer, err := c.Do(q)
	if err != nil {
		return errors.New("the server does not answer")
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("the server answered %s", answer.Status)
	}
	return nil
}

// handIn sends the log to the server, which asks again at the next connection where that
// fails.
func (h *Handheld) handIn(ctx context.Context) {
	if err := h.log.HandIn(ctx, h.http, h.cfg.Server, *h.key.Load()); err != nil {
		h.cfg.Log.Warn("the log could not be handed in; the server asks again", "error", err)
	}
}
