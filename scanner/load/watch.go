package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/sync/ledger"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Watching says who watches.
type Watching struct {
	Addr     string // host:port, loopback
	Key      string
	Prefix   string // device names are Prefix + number
	Watchers int
	// Latency asks for the time from an intent's moment to its arrival here. It
	// costs the client a look at every entry.
	Latency bool
}

// Watchers are bare subscribers of the activity log. Make them with Watch.
type Watchers struct {
	all       []*watcher
	delivered atomic.Uint64
	closing   atomic.Bool
	group     sync.WaitGroup
	mu        sync.Mutex // guards err
	err       error
}

type watcher struct {
	*conn
	cursor  uint64 // everything up to here has come
	bytes   uint64
	latency *hdrhistogram.Histogram // nil: not asked for
	in      []byte
}

// watchBuffer is what one read of a watcher takes: many entries.
const watchBuffer = 16 << 10

// Watch opens subscribers that follow the activity log from its end, and returns
// once all of them are subscribed.
func Watch(ctx context.Context, c Watching) (*Watchers, error) {
	w := &Watchers{}
	for i := range c.Watchers {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, w.Close())
		}
		one, err := watch(&c, fmt.Sprintf("%s%d", c.Prefix, i), nil)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("watcher %d of %d: %w", i+1, c.Watchers, err), w.Close())
		}
		w.all = append(w.all, one)
	}
	for _, one := range w.all {
		w.group.Go(func() { w.follow(one) })
	}
	return w, nil
}

// watch opens one subscriber from an entry on, nil from the newest, and waits
// until it is subscribed. What comes meanwhile stays unread where since is given.
func watch(c *Watching, name string, since *uint64) (*watcher, error) {
	cn, err := dial(c.Addr, "/v1/sync", watchBuffer)
	if err != nil {
		return nil, err
	}
	w := &watcher{conn: cn}
	if c.Latency {
		w.latency = NewHistogram()
	}
	welcome, err := cn.hello(name, c.Key, 0)
	if err != nil {
		cn.Close()
		return nil, err
	}
	if head := bytes.Index(welcome, []byte(`"head":`)); head > 0 {
		w.cursor = numberAfter(welcome[head:], headN)
	}
	if since != nil {
		w.cursor = *since
	}
	out := appendFrame(nil, fmt.Appendf(nil, `{"type":"subscribe","topic":"activity","since":{"epoch":"","n":%d}}`, w.cursor))
	if since == nil { // the pong tells that the subscription stands
		out = appendFrame(out, []byte(`{"type":"ping"}`))
	}
	if _, err := cn.Write(out); err != nil {
		cn.Close()
		return nil, err
	}
	for ready := since != nil; !ready; {
		if _, err := w.read(); err != nil {
			cn.Close()
			return nil, err
		}
		ready = bytes.Contains(w.in, []byte(`{"type":"pong"`))
	}
	return w, nil
}

var eventsHead = []byte(`{"type":"events","topic":"activity","from":`)

// read takes one frame and returns how many entries it brought. Errors: a gap,
// an error message, those of the socket.
func (w *watcher) read() (uint64, error) {
	b, err := w.next(w.in)
	if err != nil {
		return 0, err
	}
	w.in = b
	w.bytes += uint64(len(b))
	before := w.cursor
	for {
		at := bytes.Index(b, eventsHead)
		if at < 0 {
			if bytes.HasPrefix(w.in, []byte(`{"type":"error"`)) {
				return 0, fmt.Errorf("the server said %q", w.in[:min(len(w.in), 500)])
			}
			break
		}
		from := numberAfter(b[at:], []byte(`"from":`))
		to := numberAfter(b[at:], []byte(`"to":`))
		if from != w.cursor || to < from {
			return 0, fmt.Errorf("entries %d to %d came, %d was the last before", from+1, to, w.cursor)
		}
		w.cursor = to
		if w.in[0] == '{' { // the only message of its frame
			break
		}
		b = b[at+len(eventsHead):]
	}
	if w.latency != nil && w.cursor > before {
		w.measure()
	}
	return w.cursor - before, nil
}

// measure notes how long ago the intents of the frame happened.
func (w *watcher) measure() {
	now, moment := ledger.TimeOf(time.Now()), []byte(`"at":"`)
	for b := w.in; ; {
		at := bytes.Index(b, moment)
		if at < 0 {
			return
		}
		b = b[at+len(moment):]
		end := bytes.IndexByte(b, '"')
		if end < 0 {
			return
		}
		if t, err := ledger.ParseTime(string(b[:end])); err == nil {
			_ = w.latency.RecordValue(max(1, int64(now-t))) // an outlier beyond 10 minutes is none of the load's
		}
	}
}

// follow counts until the watchers are closed.
func (w *Watchers) follow(one *watcher) {
	for {
		n, err := one.read()
		if err != nil {
			if !w.closing.Load() {
				w.fail(err)
			}
			return
		}
		w.delivered.Add(n)
	}
}

func (w *Watchers) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = fmt.Errorf("a watcher stopped: %w", err)
	}
}

// Err returns why a watcher stopped, nil while all watch.
func (w *Watchers) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Delivered returns how many entries have come, over all watchers.
func (w *Watchers) Delivered() uint64 { return w.delivered.Load() }

// Bytes returns what has come; call it after Close.
func (w *Watchers) Bytes() (sum uint64) {
	for _, one := range w.all {
		sum += one.bytes
	}
	return sum
}

// Latency returns the latencies of all watchers; call it after Close.
func (w *Watchers) Latency() *hdrhistogram.Histogram {
	sum := NewHistogram()
	for _, one := range w.all {
		if one.latency != nil {
			sum.Merge(one.latency)
		}
	}
	return sum
}

// Close ends the watching. Errors: why a watcher stopped before.
func (w *Watchers) Close() error {
	w.closing.Store(true)
	for _, one := range w.all {
		_ = one.Close() // all is counted
	}
	w.group.Wait()
	return w.Err()
}

// Caught is how fast a watcher read what it had missed.
type Caught struct {
	Entries, Bytes uint64
	Elapsed        time.Duration
}

// CatchUp follows the activity log after entry since until at least entries more
// have come.
func CatchUp(c Watching, since, entries uint64) (Caught, error) {
	started := time.Now()
	w, err := watch(&c, c.Prefix+"0", &since)
	if err != nil {
		return Caught{}, err
	}
	defer w.Close()
	if err := w.SetDeadline(started.Add(Grace)); err != nil {
		return Caught{}, err
	}
	for w.cursor-since < entries {
		if _, err := w.read(); err != nil {
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				err = fmt.Errorf("only %d of %d entries came within a minute", w.cursor-since, entries)
			}
			return Caught{}, err
		}
	}
	return Caught{w.cursor - since, w.bytes, time.Since(started)}, nil
}
