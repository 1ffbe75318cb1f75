package load

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/sync/wire"
)

// Homecoming is devices that were away, each with scans of the time it was.
type Homecoming struct {
	Scans  int           // of each device
	Away   time.Duration // its scans are spread over the time until now
	Within time.Duration // all come home in this time, each at a moment of its own
}

// HomeResult is how the homecoming went.
type HomeResult struct {
	Intents uint64
	Elapsed time.Duration // from the first device to the last ack
	// Slowest is the longest that one device took until all of its scans were
	// acknowledged.
	Slowest time.Duration
}

// Home lets c.Devices devices come home: each opens its socket at some moment, and
// pushes as much as the protocol lets it until all is acknowledged. Errors: a socket
// that could not be opened or broke, an intent that was not booked.
func Home(ctx context.Context, c Config, h Homecoming) (*HomeResult, error) {
	var group sync.WaitGroup
	errs := make([]error, c.Devices)
	took := make([]time.Duration, c.Devices)
	var booked atomic.Uint64
	started := time.Now()
	for i := range c.Devices {
		group.Go(func() {
			wait := time.NewTimer(time.Duration(i) * h.Within / time.Duration(c.Devices))
			defer wait.Stop()
			select {
			case <-ctx.Done():
				errs[i] = ctx.Err()
				return
			case <-wait.C:
			}
			began := time.Now()
			n, err := comeHome(ctx, &c, i, h)
			booked.Add(n)
			took[i], errs[i] = time.Since(began), err
		})
	}
	group.Wait()
	r := &HomeResult{Intents: booked.Load(), Elapsed: time.Since(started)}
	for _, t := range took {
		r.Slowest = max(r.Slowest, t)
	}
	return r, oneOf(errs)
}

// oneOf returns the first error, and how many there are.
func oneOf(errs []error) error {
	var first error
	n := 0
	for _, err := range errs {
		if err == nil {
			continue
		}
		if n++; first == nil {
			first = err
		}
	}
	if n > 1 {
		return fmt.Errorf("%w; and %d more", first, n-1)
	}
	return first
}

// comeHome is one device's way home.
func comeHome(ctx context.Context, c *Config, i int, h Homecoming) (booked uint64, err error) {
	d, err := open(c, i)
	if err != nil {
		return 0, fmt.Errorf("device %d: %w", i, err)
	}
	defer d.Close()
	defer context.AfterFunc(ctx, func() { _ = d.Close() })()
	left := time.Now().Add(-h.Away)
	for sent := 0; sent < h.Scans; {
		n := min(wire.MaxPush, h.Scans-sent)
		push := append([]byte(nil), `{"type":"push","intents":[`...)
		for k := range n {
			if k > 0 {
				push = append(push, ',')
			}
			push = d.appendIntent(push, left.Add(time.Duration(sent+k)*h.Away/time.Duration(h.Scans)))
		}
		if _, err := d.Write(appendFrame(nil, append(push, "]}"...))); err != nil {
			return booked, fmt.Errorf("%s: %w", d.name, err)
		}
		for waiting := n; waiting > 0; {
			if err := d.SetDeadline(time.Now().Add(Grace)); err != nil { // as a handheld does: any answer is one
				return booked, err
			}
			acked, err := d.acks()
			if err != nil {
				return booked, fmt.Errorf("%s: %w", d.name, err)
			}
			waiting -= acked
			booked += uint64(acked)
		}
		sent += n
	}
	return booked, nil
}

// Connected are devices that stay. Make them with Connect.
type Connected struct {
	devices []*device
	group   sync.WaitGroup
	closing atomic.Bool

	mu    sync.Mutex // guards what follows
	lost  int
	first error
	asked map[int]int // how many were told to come back after so many seconds
}

// openers is how many sockets are opened at a time.
const openers = 16

// Connect opens c.Devices devices, lets each scan once, and keeps them open: they
// answer the server's pings and say nothing else. Errors: a socket that could not
// be opened, a scan that was not booked.
func Connect(ctx context.Context, c Config) (*Connected, error) {
	all := &Connected{asked: map[int]int{}, devices: make([]*device, c.Devices)}
	var group sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, openers)
	for k := range openers {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= c.Devices {
					return
				}
				d, err := open(&c, i)
				if err == nil {
					all.devices[i] = d
					err = d.once()
				}
				if err != nil {
					errs[k] = fmt.Errorf("device %d of %d: %w", i+1, c.Devices, err)
					return
				}
			}
			errs[k] = ctx.Err()
		})
	}
	group.Wait()
	if err := oneOf(errs); err != nil {
		all.Close()
		return nil, err
	}
	for _, d := range all.devices {
		d.out, d.payload = nil, nil
		all.group.Go(func() { all.stay(d) })
	}
	return all, nil
}

// stay reads until the device's connection ends.
func (a *Connected) stay(d *device) {
	if err := d.SetDeadline(time.Time{}); err != nil {
		a.ended(err)
		return
	}
	for {
		b, err := d.next(d.in)
		if err != nil {
			a.ended(err)
			return
		}
		d.in = b
		if after := numberAfter(b, []byte(`"retry_after":`)); after > 0 {
			a.mu.Lock()
			a.asked[int(after)]++
			a.mu.Unlock()
		}
	}
}

func (a *Connected) ended(err error) {
	if a.closing.Load() {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lost++; a.first == nil {
		a.first = err
	}
}

// Lost tells how many connections have ended by themselves, and why the first did.
func (a *Connected) Lost() (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lost, a.first
}

// SentAway waits until the server has closed all of them and returns how many were
// told to come back after so many seconds.
func (a *Connected) SentAway() map[int]int {
	a.group.Wait()
	return a.asked
}

// Close closes them.
func (a *Connected) Close() {
	a.closing.Store(true)
	for _, d := range a.devices {
		if d != nil {
			_ = d.Close() // nothing is under way
		}
	}
	a.group.Wait()
}

// Strangers opens count sockets, so many at a time, and leaves each without
// manners: without a word, after hello, in the middle of a push, by a reset. It
// returns how many the server let in.
func Strangers(ctx context.Context, c Config, count, together int) (opened uint64, err error) {
	var group sync.WaitGroup
	var next, in atomic.Int64
	errs := make([]error, together)
	for k := range together {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				if err := stranger(&c, k, i); err != nil {
					errs[k] = fmt.Errorf("stranger %d of %d: %w", i+1, count, err)
					return
				}
				in.Add(1)
			}
		})
	}
	group.Wait()
	return uint64(in.Load()), oneOf(errs)
}

func stranger(c *Config, device, i int) error {
	cn, err := dial(c.Addr, "/v1/sync", 512)
	if err != nil {
		return err
	}
	defer cn.Close()
	reset, ok := cn.Conn.(interface{ SetLinger(int) error })
	if ok && i%2 == 0 { // the client's side would run out of ports: they rest for a minute
		_ = reset.SetLinger(0)
	}
	switch i % 3 {
	case 0:
	case 1:
		_, err = cn.Write(appendFrame(nil, fmt.Appendf(nil, `{"type":"hello","device":%q,"install":"load","key":%q,"cursor":null}`, c.Prefix+strconv.Itoa(device), c.Key)))
	case 2:
		_, err = cn.Write(appendFrame(nil, []byte(`{"type":"push","intents":[{"seq":1}]}`))[:20])
	}
	return err
}
