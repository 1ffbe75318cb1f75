package rest_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/metrics"
	"bayledger/server/rest"
	"bayledger/sync/book"
	"bayledger/sync/journal"

	"github.com/prometheus/client_golang/prometheus"
)

// stuckDisk is a journal whose appends wait, while they are told to, as those on a
// disk that does not answer.
type stuckDisk struct {
	journal.Journal
	stuck   atomic.Bool
	waiting chan struct{} // gets a token from each append that waits
	answers chan struct{} // closed when it answers again
}

func (s *stuckDisk) Append(ctx context.Context, b *journal.Batch) error {
	if s.stuck.Load() {
		s.waiting <- struct{}{}
		<-s.answers
	}
	return s.Journal.Append(ctx, b)
}

// While the disk keeps a commit waiting /readyz says so in words, and /metrics shows
// how long it has, without waiting for it; once the disk answers all is as before.
func TestADiskThatStands(t *testing.T) {
	disk := &stuckDisk{Journal: journal.NewMemory("e1"), waiting: make(chan struct{}, 1), answers: make(chan struct{})}
	var took atomic.Int64 // on the clock of the commits
	began := time.Now()
	registry := prometheus.NewRegistry()
	commits := metrics.Journal(registry, disk, func() time.Time { return began.Add(time.Duration(took.Load())) })
	b, err := book.Open(t.Context(), commits, book.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	metrics.Register(metrics.Sources{Registry: registry, Book: b, Now: time.Now, Version: "test"})
	w := newWorld(t, func(o *rest.Options) {
		o.Book, o.Registry, o.Stalled = b, registry, commits.Stalled
	})
	scrape := func() string { return string(w.as(access.Supervisor, "GET", "/metrics", "").body) }
	says := func(when string, yes, no []string) {
		t.Helper()
		text := scrape()
		for _, want := range yes {
			if !strings.Contains(text, "\n"+want) {
				t.Errorf("%s: %q is missing in\n%s", when, want, text)
			}
		}
		for _, not := range no {
			if strings.Contains(text, "\n"+not) {
				t.Errorf("%s: %q is there", when, not)
			}
		}
	}
	books := []string{"bayledger_book_cells ", "bayledger_book_streams ", "bayledger_facts_folded_again_total "}
	says("before", append([]string{"bayledger_commit_under_way_seconds 0", "bayledger_ready 1"}, books...), nil)

	disk.stuck.Store(true)
	done := make(chan answer, 1)
	go func() { done <- w.as(access.Admin, "PUT", "/v1/products/BOLT", `{"name":"Bolt"}`) }()
	<-disk.waiting
	took.Store(int64(metrics.StalledAfter)) // as long as it may
	w.ok("GET", "/readyz", "")
	took.Store(int64(metrics.StalledAfter + time.Second))
	if said := w.do("GET", "/readyz", "", ""); !strings.Contains(string(said.body), "the disk has not kept a write for 6s") {
		t.Errorf("/readyz says %s", said.body)
	}
	w.fails(w.do("GET", "/readyz", "", ""), 503, "unavailable")
	if a := w.do("GET", "/healthz", "", ""); a.status != 200 {
		t.Errorf("it is not alive: %d", a.status)
	}
	says("while it stands", []string{"bayledger_commit_under_way_seconds 6", "bayledger_ready 0", "bayledger_entries_total ", "go_goroutines "}, books)

	disk.stuck.Store(false)
	close(disk.answers)
	if a := <-done; a.status/100 != 2 {
		t.Errorf("the product was answered %d %s", a.status, a.body)
	}
	w.ok("GET", "/readyz", "")
	says("after", append([]string{"bayledger_commit_under_way_seconds 0", "bayledger_ready 1"}, books...), nil)
}
