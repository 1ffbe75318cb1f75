package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeTLS: a server with an authority of its own serves TLS; commands on its
// data folder, and handhelds that were given the root, speak to it, and strangers do
// not.
func TestServeTLS(t *testing.T) {
	s := newShell(t)
	said, out := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--data", s.data, "--listen", "127.0.0.1:0", "--tls", "--log", "error"}, strings.NewReader(""), out, io.Discard)
		out.Close()
	}()
	defer func() { stop(); <-ended }()
	lines := bufio.NewScanner(said)
	read := func(start string) string {
		t.Helper()
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), start) {
			t.Fatalf("it says %q, wanted %q", lines.Text(), start)
		}
		return strings.TrimPrefix(lines.Text(), start)
	}
	url := read("open ")
	if trust := read("trust: "); !strings.HasPrefix(url, "https://") || !strings.HasPrefix(trust, url+"/trust") {
		t.Errorf("open %s, trust %s", url, trust)
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	if out, _ := s.do(0, "report", "balance"); !strings.Contains(out, "LOCATION") {
		t.Errorf("a command on the folder: %s", out)
	}
	if _, err := http.Get(url + "/version"); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a stranger: %v", err)
	}
	key, _ := s.do(0, "pair", "--device", "H-1", "--role", "admin", "--print-key")
	root := filepath.Join(s.data, "tls", "root.crt")
	other := newShell(t)
	t.Setenv("BAYLEDGER_SERVER", url)
	t.Setenv("BAYLEDGER_KEY", lastLine(key))
	t.Setenv("BAYLEDGER_ROOT", root)
	if out, errs := other.do(0, "report", "activity"); !strings.Contains(out, "OUTCOME") {
		t.Errorf("a command elsewhere: %s %s", out, errs)
	}
	if out, errs := other.do(0, "fleet", "--devices", "2", "--generate", "20"); !strings.Contains(out, "yes: 0 wait, 0 lost") {
		t.Errorf("handhelds over TLS: %s %s", out, errs)
	}
	t.Setenv("BAYLEDGER_ROOT", filepath.Join(s.data, "nowhere"))
	other.do(1, "report", "activity")
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
