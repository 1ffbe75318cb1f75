package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/dgraph-io/badger/v4"
	"github.com/spf13/cobra"
)

// benchServerCommand is a server that bench starts for itself: that of serve, or
// the same on a journal that keeps nothing. It ends with its input, whose lines
// are orders: free, profile FILE, profiled, heap FILE.
func (a *app) benchServerCommand() *cobra.Command {
	var noCommit bool
	c := &cobra.Command{
		Use: "server", Hidden: true, Args: exactly(0, "bench server takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			log := slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
			ctx, cancel := context.WithCancel(c.Context())
			defer cancel()
			open := openNode
			if noCommit {
				open = openUncommitted
			}
			n, err := open(ctx, a.data, nodeOptions{log: log})
			if err != nil {
				return err
			}
			defer n.close(ctx)
			l, err := listen("127.0.0.1:0")
			if err != nil {
				return err
			}
			served := make(chan error, 1)
			go func() { served <- n.server.Serve(ctx, l) }()
			fmt.Fprintf(a.out, "open http://%s\n", l.Addr())
			obeyed := make(chan error, 1)
			go func() { obeyed <- obey(a.in, a.out) }()
			select {
			case err = <-obeyed:
			case err = <-n.fatal:
			case err = <-served:
				return err
			}
			cancel()
			return errors.Join(err, <-served)
		},
	}
	c.Flags().BoolVar(&noCommit, "no-commit", false, "leave the commit out")
	return c
}

// obey does what the lines say, and answers each with one.
func obey(in io.Reader, out io.Writer) error {
	var own orders
	for lines := bufio.NewScanner(in); lines.Scan(); {
		order, argument, _ := strings.Cut(lines.Text(), " ")
		answer := order
		if known, err := own.obey(order, argument); err != nil {
			return err
		} else if !known {
			answer = "unknown order " + order
		}
		if _, err := fmt.Fprintln(out, answer); err != nil {
			return err
		}
	}
	return nil
}

// orders are those that every process of bench knows.
type orders struct{ profile *os.File }

func (o *orders) obey(order, argument string) (known bool, err error) {
	switch order {
	case "free":
		debug.FreeOSMemory()
	case "profile":
		if o.profile, err = os.Create(argument); err != nil {
			return true, err
		}
		if err = pprof.StartCPUProfile(o.profile); err != nil {
			err = errors.Join(err, o.profile.Close())
		}
	case "profiled":
		if o.profile != nil {
			pprof.StopCPUProfile()
			err = o.profile.Close()
			o.profile = nil
		}
	case "heap":
		var f *os.File
		if f, err = os.Create(argument); err == nil {
			err = errors.Join(pprof.WriteHeapProfile(f), f.Close())
		}
	default:
		return false, nil
	}
	return true, err
}

// openUncommitted is openNode with a book whose journal keeps nothing: what is
// left is the path of a scan without its commit.
func openUncommitted(ctx context.Context, dir string, o nodeOptions) (*node, error) {
	o.journal = func(*badger.DB) (journal.Journal, error) {
		return &forgetful{head: journal.Head{Epoch: newEpoch()}}, nil
	}
	return openNode(ctx, dir, o)
}

// forgetful is a journal that only counts.
type forgetful struct {
	mu   sync.Mutex // guards head
	head journal.Head
}

var _ journal.Journal = (*forgetful)(nil)

func (f *forgetful) Head() journal.Head {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}

func (f *forgetful) Append(_ context.Context, b *journal.Batch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b.First != f.head.N+1 || len(b.Records) == 0 {
		return journal.ErrBatch
	}
	f.head.N += uint64(len(b.Records))
	f.head.Hash, f.head.BookedAt = b.Head, b.BookedAt
	return nil
}

func (f *forgetful) Rows(context.Context, func(key, value []byte) error) error { return nil }

func (f *forgetful) Find(ledger.Identity) (journal.Found, error) {
	return journal.Found{}, journal.ErrNotFound
}

func (f *forgetful) Read(context.Context, uint64, func(*journal.Block) (bool, error)) error {
	return journal.ErrNotFound
}

func (f *forgetful) Copies(context.Context, uint64, func(*journal.Copy) (bool, error)) error {
	return journal.ErrNotFound
}

func (f *forgetful) Appended([]byte, func(journal.Piece) (bool, error)) error { return nil }

func (f *forgetful) BookedAt(uint64) (ledger.Time, error)      { return 0, journal.ErrNotFound }
func (f *forgetful) Check(context.Context, func(uint64)) error { return nil }
func (f *forgetful) Room() error                               { return nil }
func (f *forgetful) Size() int64                               { return 0 }
func (f *forgetful) Close() error                              { return nil }

// benchServer is a server that bench has started.
type benchServer struct {
	*child
	addr   string
	key    string
	api    *api
	opened time.Time // when its stock was counted; zero: now
	base   uint64    // the newest entry after catalogue and opening stock
}

func (b *bench) folder(name string) string { return filepath.Join(b.dir, name) }

// serve starts what a user starts.
func (b *bench) serve(ctx context.Context, dir string) (*benchServer, error) {
	return b.spawn(ctx, dir, "serve", "--listen", "127.0.0.1:0", "--log", "error")
}

// bare starts bench's own server.
func (b *bench) bare(ctx context.Context, name string, noCommit bool) (*benchServer, error) {
	return b.spawn(ctx, b.folder(name), "bench", "server", fmt.Sprintf("--no-commit=%t", noCommit))
}

func (b *bench) spawn(ctx context.Context, dir string, args ...string) (*benchServer, error) {
	args = append(append(b.self[1:len(b.self):len(b.self)], args...), "--data", dir)
	c, err := startChild([]string{"BAYLEDGER_SERVER="}, b.self[0], args...)
	if err != nil {
		return nil, err
	}
	s, err := greet(ctx, c, dir)
	if err != nil {
		c.kill()
		return nil, err
	}
	return s, nil
}

// greet waits for the server's address and reads its key.
func greet(ctx context.Context, c *child, dir string) (*benchServer, error) {
	text, err := c.line(ctx, childStart)
	if err != nil {
		return nil, err
	}
	addr, ok := strings.CutPrefix(text, "open http://")
	if _, _, err := net.SplitHostPort(addr); !ok || err != nil {
		return nil, fmt.Errorf("the server said %q where its address was expected", text)
	}
	key, err := os.ReadFile(filepath.Join(dir, adminKeyFile))
	if err != nil {
		return nil, err
	}
	s := &benchServer{child: c, addr: addr, key: strings.TrimSpace(string(key))}
	s.api = benchAPI(addr, s.key)
	return s, nil
}
