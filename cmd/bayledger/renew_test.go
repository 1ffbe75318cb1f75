package main

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// within waits until something holds.
func (s *shell) within(what string, holds func() bool) {
	s.Helper()
	late, look := time.After(time.Minute), time.NewTicker(5*time.Millisecond)
	defer look.Stop()
	for !holds() {
		select {
		case <-late:
			s.Fatalf("%s does not come", what)
		case <-look.C:
		}
	}
}

// A handheld that is connected gets a new key and uses it at once at the REST side,
// which ends the old one, with which its socket came: it comes back with the new one,
// and goes on.
func TestARenewedKeyKeepsALiveHandheld(t *testing.T) {
	s := newShell(t)
	url, _, _ := s.serving()
	s.do(0, "import", "locations", s.file("locations.csv", "code,site\nA-01,main\n"))
	s.do(0, "import", "products", s.file("products.csv", "code\nBOLT\n"))
	s.do(0, "pair", "--device", "H-08")
	shown, _ := s.do(0, "pair", "--device", "H-07", "--qr", "--site", "main")
	hand := &shell{t, s.dir, filepath.Join(s.dir, "hand")}
	lines, typed := io.Pipe()
	out, over := &watched{}, make(chan int, 1)
	go func() {
		over <- run(context.Background(), []string{"scan", "--plain", "--pair", lastLine(shown), "--data", hand.data}, lines, out, out)
	}()
	ended := false
	t.Cleanup(func() {
		if typed.Close(); !ended {
			<-over
		}
	})
	booked := func(n int) func() bool {
		return func() bool {
			report, _ := s.do(0, "report", "activity", "--format", "json")
			return strings.Count(report, `"device":"H-07"`) >= n
		}
	}
	folder := filepath.Join(hand.data, "handheld", "H-07")
	io.WriteString(typed, "A-01\nBOLT\n")
	s.within("the first scan", booked(1))
	old, _ := ownKeyOf(folder)
	s.do(0, "device", "renew", "H-07")
	fresh := old
	s.within("a new key", func() bool { fresh, _ = ownKeyOf(folder); return fresh.Key != old.Key && fresh.Key != "" })
	if err := (&api{base: url, key: fresh.Key, client: http.DefaultClient}).get(t.Context(), "/v1/key", nil); err != nil {
		t.Fatal(err)
	}
	s.do(0, "device", "revoke", "H-08") // all sessions are judged
	io.WriteString(typed, "BOLT\n")
	s.within("a scan after the new key", booked(2))
	io.WriteString(typed, "/quit\n")
	code := <-over
	if ended = true; code != 0 || strings.Contains(out.String(), "pair the device again") || strings.Contains(out.String(), "taken back") {
		t.Errorf("it ended with %d: %s", code, out)
	}
}
