package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// benchChild makes this test program the one that bench starts, where it is all that is run.
const benchChild = "^TestBenchChild$"

// TestBenchChild is no test but the program that bench starts as its servers.
func TestBenchChild(t *testing.T) {
	if flag.Lookup("test.run").Value.String() != benchChild {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) // as main does
	defer stop()
	os.Exit(run(ctx, flag.Args(), os.Stdin, os.Stdout, os.Stderr))
}

// smoke runs bench as briefly as it goes, without peers, and returns what it
// printed and wrote.
func smoke(t *testing.T, change func(*benchOptions)) (string, benchFile) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bench.json")
	o := benchOptions{rounds: 1, restartRounds: 1, seconds: 0.2, json: path, products: 3, places: 5, most: 20, idle: 20, restartAt: 500, longAt: 2_000}
	change(&o)
	if err := o.check(); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	b := &bench{app: &app{out: &out, err: &errs}, o: o, self: benchSelf(t)}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := b.run(ctx); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	if _, err := os.Stat(b.dir); !os.IsNotExist(err) {
		t.Errorf("the data folders are still there: %v", err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f benchFile
	if err := json.Unmarshal(written, &f); err != nil {
		t.Fatal(err)
	}
	return out.String(), f
}

// Every row that is asked for stands in the table and in the file.
func TestBenchSmoke(t *testing.T) {
	text, f := smoke(t, func(o *benchOptions) {
		o.only = []string{"1", "100x16", "share", "fanout", "watched", "live", "idle", "catchup", "restart"}
	})
	for _, title := range []string{"1 device: ack p50", "100 devices, 16 in flight", "share of the commit", "fan-out", "while 100 watch", "scan to a watcher", "catch-up", "restart after kill -9", "Not measured: peers"} {
		if !strings.Contains(text, title) {
			t.Errorf("%q is not in the table:\n%s", title, text)
		}
	}
	if strings.Contains(text, "4,000/s open loop, 100 devices: ack p99") {
		t.Errorf("a row was measured that nobody asked for:\n%s", text)
	}
	for _, l := range f.Lines {
		if l.Ours.Median <= 0 && l.Title != "– before freed memory goes back" && !strings.Contains(l.Title, "CPU") && !strings.Contains(l.Title, "memory") {
			t.Errorf("%s: %+v", l.Title, l.Ours)
		}
	}
	if len(f.Series) == 0 || f.Machine == "" {
		t.Errorf("the file lacks something: %+v", f)
	}
}

// The long measurement goes through with small numbers.
func TestBenchLongSmoke(t *testing.T) {
	text, _ := smoke(t, func(o *benchOptions) { o.only, o.long = []string{"memory"}, true })
	for _, title := range []string{"restart after kill -9 at 10,000,000", "cost of an intent"} {
		if !strings.Contains(text, title) {
			t.Errorf("%q is not in the table:\n%s", title, text)
		}
	}
}

// Peers that are not there are said to be missing, and cost nothing else.
func TestBenchWithoutPeers(t *testing.T) {
	text, f := smoke(t, func(o *benchOptions) { o.only, o.peers = []string{"1"}, filepath.Join(t.TempDir(), "none") })
	if !strings.Contains(text, "Not measured: peers: there is no folder") || len(f.Skipped) != 1 {
		t.Errorf("%v\n%s", f.Skipped, text)
	}
}

func TestBenchMisused(t *testing.T) {
	for _, args := range [][]string{
		{"--rounds", "0"}, {"--seconds", "0"}, {"--seconds", "1000"}, {"--only", "speed"}, {"word"}, {"--nothing"}, {"--restart-rounds", "-1"},
	} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), append([]string{"bench"}, args...), strings.NewReader(""), &out, &errs); code != exitMisused {
			t.Errorf("bench %q: exit %d, %s", args, code, errs.String())
		}
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   spread
	}{
		{nil, spread{}},
		{[]float64{3}, spread{3, 3, 3}},
		{[]float64{9, 1}, spread{5, 1, 9}},
		{[]float64{5, 1, 9}, spread{5, 1, 9}},
		{[]float64{4, 1, 2, 9}, spread{3, 1, 9}},
	} {
		if got := spreadOf(c.values); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.values, got, c.want)
		}
	}
}

func TestFigure(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.00", 0.254: "0.25", 9.949: "9.95", 9.96: "10.0", 99.44: "99.4", 99.6: "100", 512.6: "513", 1_000: "1,000", 41_203.4: "41,203",
		1_234_567: "1,234,567", -1_500: "-1,500", -3.14159: "-3.14",
	} {
		if got := figure(f); got != want {
			t.Errorf("%v: %q, want %q", f, got, want)
		}
	}
}

// Ratios are taken round by round, and only of rounds that both have.
func TestRatios(t *testing.T) {
	var r results
	for round, values := range [][2]float64{{10, 2}, {30, 3}, {12, 4}} {
		r.round = round
		r.add("1000", benchOurs, sample{"rate": values[0]})
		if round < 2 {
			r.add("1000", benchPostgres, sample{"rate": values[1]})
		}
	}
	for _, c := range []struct {
		ratio string
		want  []float64
		unit  string
	}{{"times", []float64{5, 10}, "x"}, {"lower", []float64{0.2, 0.1}, "x lower"}, {"part", []float64{5, 10}, ""}, {"plus", []float64{8, 27}, " more"}, {"", nil, ""}} {
		l := benchLine{row: "1000", who: benchOurs, metric: "rate", peer: benchPostgres, ratio: c.ratio}
		if _, _, got, unit := r.of(&l); !slices.Equal(got, c.want) || unit != c.unit {
			t.Errorf("%q: %v%s, want %v%s", c.ratio, got, unit, c.want, c.unit)
		}
	}
	if got := pairwise([]float64{1, 1}, []float64{0, 2}, func(a, b float64) float64 { return a / b }); !slices.Equal(got, []float64{0.5}) {
		t.Errorf("a division by zero counts: %v", got)
	}
	var out strings.Builder
	if err := r.print(&out, []string{"x: why"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 1,000 devices, one in flight: intents/s | 12.0 (10.0–30.0) | 2.50 (2.00–3.00) PostgreSQL | 7.50x (5.00–10.0) | 5x, 7x |", "Not measured: x: why."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, out.String())
		}
	}
}

// Every line of the table is of a row and metric that something measures.
func TestBenchLines(t *testing.T) {
	rows := append(slices.Clone(benchRows), "memory-1M", "memory-10M", "cost-10k", "cost-1M", longRestarts)
	for _, l := range benchLines {
		if !slices.Contains(rows, l.row) || (l.peerRow != "" && !slices.Contains(rows, l.peerRow)) {
			t.Errorf("nothing measures %q or %q (%s)", l.row, l.peerRow, l.title)
		}
		if l.title == "" || l.metric == "" || l.who == "" || (l.ratio != "") != (l.peer != "") {
			t.Errorf("the line lacks something: %+v", l)
		}
	}
}

func TestParseProc(t *testing.T) {
	stat, ok := parseStat([]byte("4711 (a) b) (c) S 12 4711 4711 0 -1 4194560 5000 0 0 0 150 50 0 0 20 0 9 0 100 1 1"))
	if !ok || stat.parent != 12 || stat.cpu != 2 {
		t.Errorf("%+v %t", stat, ok)
	}
	for _, text := range []string{"", "1 (x) S", "1 (x", "1 (x) S a b c d e f g h i j k l m n"} {
		if _, ok := parseStat([]byte(text)); ok {
			t.Errorf("%q was read", text)
		}
	}
	m := parseStatus([]byte("Name:\tx\nVmRSS:\t   2048 kB\nRssAnon:\t 1024 kB\nRssFile:\t 1000 kB\nRssShmem:\t 24 kB\nVmHWM:\tmuch\nOdd\n"))
	if m != (procMemory{2048 << 10, 1024 << 10, 1000 << 10}) {
		t.Errorf("%+v", m)
	}
}

func TestParsePeers(t *testing.T) {
	r, err := parsePeerRow("warming up\n{\"bench\":\"ws-echo\",\"msgs_s\":5971.5,\"p50_us\":163000,\"p99_us\":222000.5,\"load1\":1.6}\n")
	if err != nil || r.Messages != 5971.5 || r.P50 != 163000 || r.P99 != 222000.5 {
		t.Errorf("%+v %v", r, err)
	}
	for _, text := range []string{"", "\n", "no JSON"} {
		if _, err := parsePeerRow(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
	s, err := parseRestart("2834 300032", 300_000)
	if err != nil || s["ms"] != 2834 || s["entries"] != 300_032 {
		t.Errorf("%v %v", s, err)
	}
	for _, text := range []string{"", "2834", "2834 299999", "0 300032", "x y"} {
		if _, err := parseRestart(text, 300_000); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// A journal that keeps nothing still counts rightly, and says what it has not.
func TestForgetful(t *testing.T) {
	n, err := openUncommitted(t.Context(), t.TempDir(), nodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer n.close(t.Context())
	if n.journal.Head().N == 0 || n.journal.Head().N != n.book.Head() {
		t.Errorf("the journal is at %d, the book at %d", n.journal.Head().N, n.book.Head())
	}
}
