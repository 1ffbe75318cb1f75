package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"bayledger/scanner/load"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// measuredNode is a node that has something to show of everything that is measured,
// and what it shows.
func measuredNode(t *testing.T) (shown map[string]bool, text string) {
	t.Helper()
	n, err := openNode(t.Context(), t.TempDir(), nodeOptions{log: slog.New(slog.DiscardHandler), backupTo: filepath.Join(t.TempDir(), "backup"),
		certificate: func() (time.Time, bool) { return time.Now().Add(time.Hour), true }})
	if err != nil {
		t.Fatal(err)
	}
	defer n.close(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(n.server.Handler())
	server.Listener.Close()
	server.Listener = l
	server.Start()
	defer server.Close()
	api := &api{server.URL, n.adminKey, server.Client()}
	ctx := t.Context()
	for _, body := range []string{`[{"code":"PRODUCT-0"}]`} {
		if err := api.call(ctx, "POST", "/v1/import/products", "application/json", []byte(body), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := api.call(ctx, "POST", "/v1/import/locations", "application/json", []byte(`[{"code":"PLACE-0"},{"code":"PLACE-1"}]`), nil); err != nil {
		t.Fatal(err)
	}
	c := load.Config{Addr: l.Addr().String(), Key: n.adminKey, Products: 1, Places: 2}
	if _, err := load.Stock(ctx, c); err != nil { // over a socket, and always the same
		t.Fatal(err)
	}
	holding, err := load.Idle(ctx, load.Config{Addr: c.Addr, Key: c.Key, Prefix: "IDLE-", Devices: 1, Window: 1, Products: 1, Places: 2, Pending: 7})
	if err != nil {
		t.Fatal(err)
	}
	defer holding()
	intents := `[{"device":"H-9","seq":1,"action":"remove","scan":"4006381333931","from":"PLACE-0"},{"device":"H-9","seq":2,"action":"isolate","product":"PRODUCT-0","quantity":"1","from":"PLACE-0"}]`
	if err := api.call(ctx, "POST", "/v1/intents", "application/json", []byte(intents), nil); err != nil {
		t.Fatal(err)
	}
	answer, err := api.do(ctx, "GET", "/metrics", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(answer); err != nil {
		t.Fatal(err)
	}
	shown = map[string]bool{}
	for line := range strings.Lines(b.String()) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, _, _ = strings.Cut(name, "{")
		if name != "#" && name != "" {
			shown[name] = true
		}
	}
	return shown, b.String()
}

// Metrics answer an operator's questions, under names that Prometheus' own lint
// takes.
func TestMetrics(t *testing.T) {
	shown, text := measuredNode(t)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	for _, name := range []string{"bayledger_commit_duration_seconds_bucket", "bayledger_commit_entries_bucket", "bayledger_ack_duration_seconds_bucket", "bayledger_checkpoint_lag_entries",
		"bayledger_disk_reserve_bytes", "bayledger_certificate_expiry_timestamp_seconds", "bayledger_socket_lag_entries", "go_goroutines", "process_open_fds"} {
		if !shown[name] {
			t.Errorf("%s is missing", name)
		}
	}
	for _, line := range []string{"bayledger_devices_holding_scans 1", "bayledger_devices_unsent_scans 7", `bayledger_device_unsent_scans{device="IDLE-0"} 7`, "bayledger_parked_scans 1",
		`bayledger_exceptions_open{severity="info"} 1`, `bayledger_print_jobs{state="held"} 0`, fmt.Sprintf("bayledger_build_info{go_version=%q", runtime.Version())} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("there is no line %s in\n%s", line, grep(text, strings.FieldsFunc(line, func(r rune) bool { return r == '{' || r == ' ' })[0]))
		}
	}
}

// grep returns the lines that hold a word.
func grep(text, word string) (out string) {
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) {
			out += line
		}
	}
	return out
}
