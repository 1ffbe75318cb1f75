package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Bounds of children.
const (
	childStart = time.Minute      // to say the first word
	childEnd   = 20 * time.Second // to clean up after itself
	childTail  = 4 << 10          // what is kept of its complaints
)

// child is a process that this one started, and ends, by its id.
type child struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string   // of stdout; closed at its end
	ended chan struct{} // closed when it has been waited for
	tail  *tailWriter
}

// startChild starts a program whose words are read line by line. It lives until
// it is stopped or killed, not as long as any context: whoever starts it ends it.
func startChild(env []string, name string, args ...string) (*child, error) {
	c := &child{cmd: exec.Command(name, args...), lines: make(chan string, 64), ended: make(chan struct{}), tail: &tailWriter{}}
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stderr = c.tail
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s could not be started: %w", filepath.Base(name), err)
	}
	go func() {
		defer close(c.ended)
		s := bufio.NewScanner(out)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			c.lines <- s.Text()
		}
		close(c.lines)
		_ = c.cmd.Wait() // how it ended is seen by what it did not say
	}()
	return c, nil
}

// line returns the next line that the child says.
func (c *child) line(ctx context.Context, within time.Duration) (string, error) {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case text, ok := <-c.lines:
		if !ok {
			return "", c.failed("ended without a word")
		}
		return text, nil
	case <-t.C:
		return "", c.failed("said nothing for " + within.String())
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ask writes a line and returns the answer.
func (c *child) ask(ctx context.Context, within time.Duration, format string, args ...any) (string, error) {
	if _, err := fmt.Fprintf(c.in, format+"\n", args...); err != nil {
		return "", c.failed("takes no orders")
	}
	return c.line(ctx, within)
}

func (c *child) failed(how string) error {
	text := filepath.Base(c.cmd.Path) + " " + how
	if said := strings.TrimSpace(c.tail.String()); said != "" {
		text += "; it said: " + said
	}
	return errors.New(text)
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// kill ends the child at once, as a power cut would.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // an error: it has ended
	for range c.lines {      // or its last words would keep it
	}
	<-c.ended
}

// stop ends the input of a child that cleans up after itself, and waits.
func (c *child) stop() {
	_ = c.in.Close()
	t := time.AfterFunc(childEnd, func() { _ = c.cmd.Process.Kill() })
	defer t.Stop()
	for range c.lines {
	}
	<-c.ended
}

// tailWriter keeps the end of what is written.
type tailWriter struct {
	mu sync.Mutex // guards b
	b  []byte
}

func (w *tailWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.b = append(w.b, p...)
	if len(w.b) > childTail {
		w.b = append(w.b[:0], w.b[len(w.b)-childTail:]...)
	}
	return len(p), nil
}

func (w *tailWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.b)
}

// output runs a program to its end and returns what it said.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	tail := &tailWriter{}
	c.Stderr = tail
	c.WaitDelay = childEnd
	b, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s failed: %w; it said: %s", filepath.Base(name), err, strings.TrimSpace(tail.String()))
	}
	return string(b), nil
}
