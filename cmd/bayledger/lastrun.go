package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"bayledger/server/metrics"
)

// failNoted bounds how long a server whose disk fails tries to note that: the disk may
// not answer at all, and it has to end.
const failNoted = 2 * time.Second

// lastRun remembers in the data folder how the server's runs end: who ends since a
// commit failed is never asked for its metrics again, and who is killed cannot tell. A
// run that has not ended in peace, and does not say why, ended without a word.
type lastRun struct {
	now func() time.Time

	mu   sync.Mutex // guards what follows
	path string     // "": nothing is remembered
	runs
}

// runs is what the file says.
type runs struct {
	Started time.Time `json:"started"`        // of the run that is on, or was the last
	Ended   time.Time `json:"ended,omitzero"` // in peace
	// Of the runs that ended since a commit failed: how many, the last one's moment and error.
	Failures uint64    `json:"failures,omitempty"`
	Failed   time.Time `json:"failed,omitzero"`
	Why      string    `json:"why,omitempty"`
	// Of the runs that ended without a word: how many, and when the last was noticed.
	Crashes uint64    `json:"crashes,omitempty"`
	Crashed time.Time `json:"crashed,omitzero"`
}

// begin notes that a run begins, and tells how the one before it ended. A disk that
// takes no note keeps nobody from reading.
func (l *lastRun) begin(path string, log *slog.Logger) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path = path
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &l.runs)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		log.Warn("how the last run ended cannot be read, and is noted anew", "error", err)
	case l.Failed.After(l.Started):
		log.Warn("the last run ended since the disk failed", "at", l.Failed, "error", l.Why)
	case l.Ended.IsZero():
		l.Crashes, l.Crashed = l.Crashes+1, l.now()
		log.Warn("the last run ended without a word: it was killed, ran out of memory, the power went, or the disk failed and took no note of it", "started", l.Started)
	}
	l.Started, l.Ended = l.now(), time.Time{}
	if err := writeRuns(l.path, l.runs); err != nil {
		log.Warn("how this run ends cannot be noted", "error", err)
	}
}

// failed notes why the run ends.
func (l *lastRun) failed(why error) {
	l.mu.Lock()
	if !l.Failed.After(l.Started) { // what fails then fails for the same reason
		l.Failures, l.Failed, l.Why = l.Failures+1, l.now(), why.Error()
	}
	path, now := l.path, l.runs
	l.mu.Unlock()
	noted := make(chan struct{})
	go func() {
		defer close(noted)
		_ = writeRuns(path, now) // the next start takes it for an end without a word
	}()
	select {
	case <-noted:
	case <-time.After(failNoted):
	}
}

// ended notes that the run ended in peace, where it did.
func (l *lastRun) ended() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Failed.After(l.Started) {
		return
	}
	l.Ended = l.now()
	_ = writeRuns(l.path, l.runs) // as failed
}

// writeRuns replaces the file.
func writeRuns(path string, r runs) error {
	if path == "" {
		return nil
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return writeDurably(path, append(b, '\n'))
}

// told is what /metrics shows of it: of the runs before this one.
func (l *lastRun) told() metrics.Runs {
	l.mu.Lock()
	defer l.mu.Unlock()
	return metrics.Runs{Failures: l.Failures, Failed: l.Failed, Crashes: l.Crashes, Crashed: l.Crashed}
}
