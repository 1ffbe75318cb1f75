package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// ownServer is a server of this very program in a process of its own, so that it
// can be killed as a power cut would.
type ownServer struct {
	dir  string
	addr string // host:port, the same after each start
	log  io.Writer
	args []string
	// child is the program and its first words; nil: this program.
	child []string
	cmd   *exec.Cmd
}

// startWithin is how long a server may take until it is ready.
const startWithin = time.Minute

// start runs the server on its folder and returns once it takes intents.
func (s *ownServer) start(ctx context.Context) error {
	out, err := s.launch()
	if err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "open http://")
	if err != nil || !ok {
		s.kill()
		return fmt.Errorf("the server did not say where it listens: %q", line)
	}
	s.addr = url
	return s.ready(ctx)
}

// startAndKill runs the server and kills it after a while, wherever it is then in
// its opening.
func (s *ownServer) startAndKill(after time.Duration) error {
	if _, err := s.launch(); err != nil {
		return err
	}
	<-time.After(after)
	s.kill()
	return nil
}

// launch starts the process and returns what it will say.
func (s *ownServer) launch() (io.Reader, error) {
	program := s.child
	if program == nil {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		program = []string{self}
	}
	if s.addr == "" {
		s.addr = "127.0.0.1:0"
	}
	words := slices.Concat(program[1:], []string{"serve", "--data", s.dir, "--listen", s.addr, "--log", "warn"}, s.args)
	s.cmd = exec.Command(program[0], words...)
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("the server could not be started: %w", err)
	}
	return out, nil
}

// ready waits until the server takes intents.
func (s *ownServer) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(r); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server was not ready within %s", startWithin)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// kill ends the server as kill -9 does, and waits for its end.
func (s *ownServer) kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// stop ends the server in peace.
func (s *ownServer) stop() error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	err := s.cmd.Wait()
	s.cmd = nil
	return err
}

// api speaks to the server with its administrator's key.
func (s *ownServer) api() (*api, error) {
	key, err := os.ReadFile(filepath.Join(s.dir, adminKeyFile))
	if err != nil {
		return nil, err
	}
	return &api{"http://" + s.addr, strings.TrimSpace(string(key)), http.DefaultClient}, nil
}
