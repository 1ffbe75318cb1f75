package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a real one: what is written to it is typed, what is shown is read from it.
type terminal struct {
	*os.File
	mu    sync.Mutex
	shown strings.Builder // since the last clearing of the screen
	news  chan struct{}
}

// openTerminal opens a terminal and the end of it that a process sits at.
func openTerminal(t *testing.T) (*terminal, *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	if err := unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	seat, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{File: keys, news: make(chan struct{}, 1)}
	go term.watch()
	return term, seat
}

// watch takes all that is shown, so that whoever shows it never waits, and keeps the last screen.
func (term *terminal) watch() {
	buffer := make([]byte, 1<<16)
	for {
		n, err := term.Read(buffer)
		text := string(buffer[:n])
		term.mu.Lock()
		if at := strings.LastIndex(text, "\x1b[2J"); at >= 0 {
			term.shown.Reset()
			text = text[at:]
		}
		term.shown.WriteString(text)
		term.mu.Unlock()
		select {
		case term.news <- struct{}{}:
		default:
		}
		if err != nil { // the process has left
			return
		}
	}
}

func (term *terminal) screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.shown.String()
}

// until waits for a screen with a text on it.
func (term *terminal) until(t *testing.T, text string) {
	t.Helper()
	late := time.After(time.Minute)
	for !strings.Contains(term.screen(), text) {
		select {
		case <-term.news:
		case <-late:
			t.Fatalf("the screen never showed %q: %q", text, term.screen())
		}
	}
}

// Scans typed into a terminal, key by key and with no pause between them, which is far more than twenty
// a second, while the server is away: none is lost, and when it is back each is booked once.
func TestTypedIntoATerminal(t *testing.T) {
	t.Parallel()      // most of it is waiting
	const scans = 400 // twenty seconds of twenty a second
	s := newSession(t)
	s.shell.do(0, "import", "products", s.shell.file("p.csv", "code,name,barcode\nTEA,Green tea 100 g,9521234543213\n"))
	s.serve()

	term, seat := openTerminal(t)
	s.handheld = s.run("scan", "--data", s.shell.data, "--device", "H-07")
	s.handheld.Stdin, s.handheld.Stdout, s.handheld.Stderr = seat, seat, seat
	s.handheld.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.handheld.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.handheld.Process.Kill() })
	_ = seat.Close()
	term.until(t, "online")
	s.server.kill()
	term.until(t, "OFFLINE")

	typed := "stock\r" + strings.Repeat("]E09521234543213\r", scans)
	began := time.Now()
	for i := range len(typed) {
		if _, err := io.WriteString(term, typed[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	term.until(t, fmt.Sprintf("not sent yet: %d ", scans))
	t.Logf("%.0f scans a second were typed and saved", scans/time.Since(began).Seconds())
	if screen := term.screen(); !strings.Contains(screen, "● saved") || strings.Contains(screen, "booked") {
		t.Errorf("the screen says %q", screen)
	}
	if _, err := io.WriteString(term, "\x03"); err != nil { // Ctrl-C
		t.Fatal(err)
	}
	if err := s.handheld.Wait(); err != nil {
		t.Errorf("the handheld ended with %v", err)
	}

	s.start()
	s.take()
	s.until("SENT")
	s.leave()
	s.eachOnce(scans)
	s.balances(fmt.Sprintf("stock TEA - %d", scans))
}
