package client

import (
	"context"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Scan stamps an intent and stores it; when it returns nil the scan is durable on
// the device. It does not wait for the network. Device, install, seq, and where
// they are missing at, clock, seen and epoch are filled in; an intent with an at
// of its own (a recorded one, or one that waited: Moment) gets no seen, which would
// move it. Errors: a *ledger.Fault when this is no intent, an *Error (bad_intent,
// closed), those of the outbox; nothing was stored then.
func (c *Client) Scan(ctx context.Context, in ledger.Intent) (seq uint64, err error) {
	return c.ScanAll(ctx, []ledger.Intent{in})
}

// ScanAll stores several intents, all or none, and returns the first one's seq.
// At most outbox.MaxRowsPerAppend.
func (c *Client) ScanAll(ctx context.Context, intents []ledger.Intent) (first uint64, err error) {
	for i := range intents {
		if intents[i].Mode == ledger.ModeCommand {
			return 0, fail(CodeBadIntent, "A command waits for an answer: use Command. Nothing was stored.")
		}
	}
	return c.store(ctx, intents, nil)
}

// Command stores an intent as a command, sends it, and waits for what the server
// decides. Errors: *Error with not_connected (nothing was stored) or no_answer
// (it may still be decided; its result comes as an event), and those of Scan.
func (c *Client) Command(ctx context.Context, in ledger.Intent) (ledger.Result, error) {
	if !c.Connected() {
		return ledger.Result{}, fail(CodeNotConnected, "Not connected: the server cannot be asked. Nothing was stored; try again with a network, or book it as a fact.")
	}
	in.Mode = ledger.ModeCommand
	answer := make(chan ledger.Result, 1)
	seq, err := c.store(ctx, []ledger.Intent{in}, answer)
	if err != nil {
		return ledger.Result{}, err
	}
	defer c.forget(seq)
	timer := time.NewTimer(c.cfg.CommandWithin)
	defer timer.Stop()
	select {
	case r := <-answer:
		return r, nil
	case <-timer.C:
		err = nil
	case <-ctx.Done():
		err = ctx.Err()
	}
	e := fail(CodeNoAnswer, "The server has not answered in time. The request is kept as number %d and may still be decided; do not act on it before its answer is shown.", seq)
	e.Seq, e.Err = seq, err
	return ledger.Result{}, e
}

func (c *Client) forget(seq uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiters, seq)
}

// store stamps and stores intents; answer, if not nil, waits for the only one's.
func (c *Client) store(ctx context.Context, intents []ledger.Intent, answer chan ledger.Result) (first uint64, err error) {
	if c.box == nil {
		return 0, fail(CodeBadIntent, "This client has no outbox: it only follows. Nothing was stored.")
	}
	if c.isClosed() {
		return 0, errClosed()
	}
	for i := range intents {
		if f := intents[i].Check(); f != nil {
			return 0, f
		}
	}
	next, waiting := 0, uint64(0)
	first, err = c.box.AppendAll(ctx, len(intents), func(seq uint64) ([]byte, error) {
		in := intents[next]
		next++
		c.stamp(&in, seq)
		if answer != nil {
			waiting = seq
			c.await(seq, answer)
		}
		row, _ := ledger.AppendIntent(make([]byte, 0, rowGuess), &in)
		if len(row) > ledger.MaxIntent {
			return nil, &ledger.Fault{Code: ledger.TooLarge, Message: "The scan is larger than 256 KiB. It was not stored; split it."}
		}
		return row, nil
	})
	if err != nil {
		if waiting != 0 {
			c.forget(waiting)
		}
		return 0, err
	}
	c.durable(first + uint64(len(intents)) - 1)
	c.nudge()
	return first, nil
}

// rowGuess is what a common scan takes as JSON.
const rowGuess = 320

func (c *Client) await(seq uint64, answer chan ledger.Result) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiters == nil {
		c.waiters = map[uint64]chan ledger.Result{}
	}
	c.waiters[seq] = answer
}

// durable raises the highest stored seq.
func (c *Client) durable(seq uint64) {
	for {
		old := c.stored.Load()
		if old >= seq || c.stored.CompareAndSwap(old, seq) {
			return
		}
	}
}

// stamp completes an intent. The outbox calls it in the order of seqs.
func (c *Client) stamp(in *ledger.Intent, seq uint64) {
	in.Device, in.Install, in.Seq = c.cfg.Device, c.cfg.Install, seq
	if in.At != 0 {
		return
	}
	m := c.Moment()
	in.At, in.Clock = m.At, m.Clock
	if in.Seen == 0 {
		in.Seen, in.Epoch = m.Seen, m.Epoch
	}
}

// Moment is that of now, for what is stored later: a scan that waits for an answer
// happened when it was made. None is before an earlier one by the same clock.
func (c *Client) Moment() ledger.Moment {
	now := c.reading()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = StampAt(now, c.anchor, c.last)
	m := ledger.Moment{At: c.last.At, Clock: c.last.Class, Seen: c.seen.N}
	if m.Seen > 0 {
		m.Epoch = c.seen.Epoch
	}
	return m
}

func (c *Client) reading() Reading {
	return Reading{Wall: ledger.TimeOf(c.cfg.Now()), Mono: c.cfg.Monotonic(), Boot: c.cfg.BootID}
}

// State says how far a scan has come.
func (c *Client) State(seq uint64) State {
	if c.box == nil || seq == 0 || seq > c.stored.Load() {
		return StateUnknown
	}
	c.mu.Lock()
	sent := c.session != nil && c.session.window.underway(seq)
	c.mu.Unlock()
	if sent {
		return StateSent
	}
	rows, err := c.box.Unacked(0, 1, 1)
	if err == nil && (len(rows) == 0 || seq < rows[0].Seq) {
		return StateBooked
	}
	return StateSaved
}

// Waiting is a scan of this device that the server does not have yet.
type Waiting struct {
	Seq    uint64
	At     time.Time // when it was stored
	Intent ledger.Intent
	State  State
	Lost   bool // the outbox has lost it; Intent is empty
}

// Waiting lists up to most scans that wait, from seq `from` on. They are not mixed
// into the local copy.
func (c *Client) Waiting(from uint64, most int) ([]Waiting, error) {
	if c.box == nil {
		return nil, nil
	}
	rows, err := c.box.Unacked(from, most, 0)
	if err != nil {
		return nil, err
	}
	out := make([]Waiting, len(rows))
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, r := range rows {
		out[i] = Waiting{Seq: r.Seq, At: r.At, State: StateSaved, Lost: r.Lost}
		if c.session != nil && c.session.window.underway(r.Seq) {
			out[i].State = StateSent
		}
		if !r.Lost {
			out[i].Intent = wire.DecodeIntent(r.Data, wire.Socket).Intent
		}
	}
	return out, nil
}

// pending tells how many scans wait, and since when.
func (c *Client) pending() (count uint64, oldest ledger.Time) {
	if c.box == nil {
		return 0, 0
	}
	st := c.box.Stats()
	if st.Waiting > 0 && !st.OldestWaiting.IsZero() {
		oldest = ledger.TimeOf(st.OldestWaiting)
	}
	return uint64(max(0, st.Waiting)), oldest
}
