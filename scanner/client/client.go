package client

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Client is one handheld. Make one with New; it is safe for concurrent use.
type Client struct {
	cfg    Config
	box    outbox.Box    // nil: follows only
	copy   *Copy         // nil: follows neither catalogue nor balances
	wake   chan struct{} // tells the writer that there is something to do
	stored atomic.Uint64 // the highest seq known to be durable

	mu       sync.Mutex // guards what follows; never held while the outbox writes
	anchor   Anchor
	kept     Anchor // the anchor as it is stored
	last     Stamp
	seen     wire.Cursor // the newest entry that the device knew of
	saved    wire.Cursor // as it is stored
	follow   []following
	waiters  map[uint64]chan ledger.Result // commands that wait, by seq
	prints   []*printing                   // wishes for labels that wait
	session  *session                      // welcomed, else nil
	burst    int                           // rows of one push, see window.go
	forgiven bool                          // a young connection was replaced, see forgive
	running  bool
	closed   bool
	stop     context.CancelFunc
	stopped  chan struct{} // closed when Run has returned
}

// New returns a client that is not connected yet. Errors: an *Error with
// bad_config; those of the outbox.
func New(cfg Config) (*Client, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, box: cfg.Outbox, wake: make(chan struct{}, 1), burst: wire.MaxPush}
	c.newFollowing()
	if c.box == nil {
		return c, nil
	}
	if err := c.restore(); err != nil {
		return nil, err
	}
	return c, nil
}

// Name returns the device and install the client speaks for.
func (c *Client) Name() outbox.Name {
	return outbox.Name{Device: c.cfg.Device, Install: c.cfg.Install}
}

// Run connects and stays connected until ctx ends, Close is called, or the server
// says that a person must act. It returns the error of ctx, nil after Close, or
// an *Error: stopped with the sentence to show, running, closed.
func (c *Client) Run(ctx context.Context) error {
	ctx, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer c.end()
	attempt := 0
	for {
		over := c.connect(ctx)
		if err := ctx.Err(); err != nil {
			if c.isClosed() {
				return nil
			}
			return ctx.Err()
		}
		if over.stop != nil {
			c.cfg.Notify(Event{Kind: Stopped, Code: string(over.stop.Code), Text: over.stop.Message})
			return over.stop
		}
		if over.steady {
			attempt = 0
		}
		attempt = max(attempt, over.attempt)
		delay := max(c.backoff(attempt), over.after)
		attempt++
		c.cfg.Notify(Event{Kind: Disconnected, Text: over.reason, Retry: delay})
		if !sleep(ctx, delay) && c.isClosed() {
			return nil
		} else if err := ctx.Err(); err != nil {
			return ctx.Err()
		}
	}
}

func (c *Client) begin(ctx context.Context) (context.Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, errClosed()
	case c.running:
		return nil, fail(CodeRunning, "The client runs already. Nothing was started.")
	}
	ctx, c.stop = context.WithCancel(ctx)
	c.running, c.stopped = true, make(chan struct{})
	return ctx, nil
}

func (c *Client) end() {
	c.saveContact(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
	c.stop()
	close(c.stopped)
}

func (c *Client) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// Close ends Run and waits for it. Waiting scans stay in the outbox, which stays
// open. Closing twice is closing once.
func (c *Client) Close() {
	c.mu.Lock()
	c.closed = true
	stop, stopped := c.stop, c.stopped
	c.mu.Unlock()
	if stop != nil {
		stop()
		<-stopped
	}
}

// Connected says whether the server has said welcome on an open connection.
func (c *Client) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != nil
}

// Policy returns the server's policy, with ok false while not connected.
func (c *Client) Policy() (policy wire.Policy, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil {
		return wire.Policy{}, false
	}
	return c.session.policy, true
}

// Seen returns the newest entry that the client knows of, and its epoch.
func (c *Client) Seen() wire.Cursor {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen
}

// Copy returns the local copy of the catalogue and the balances, nil where
// neither is followed.
func (c *Client) Copy() *Copy { return c.copy }

// backoff is a full jitter between the least pause and one that doubles.
func (c *Client) backoff(attempt int) time.Duration {
	least, most := c.cfg.BackoffMin, c.cfg.BackoffMax
	ceiling := least
	for range attempt + 1 {
		if ceiling = 2 * ceiling; ceiling >= most {
			ceiling = most
			break
		}
	}
	return least + time.Duration(c.cfg.Rand()*float64(ceiling-least))
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// nudge lets the writer look for work.
func (c *Client) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
