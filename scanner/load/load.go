package load

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/sync/ledger"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Config says what load to make.
type Config struct {
	Addr     string // host:port, loopback
	Key      string // one that may speak for every device
	Prefix   string // device names are Prefix + number
	Devices  int
	Window   int           // intents in flight per device; each write carries as many
	Rate     float64       // intents a second over all devices; 0: as fast as the window allows
	Duration time.Duration // of the measured part
	Products int           // PRODUCT-0 …
	Places   int           // PLACE-0 …
	Seed     uint64
	Mixed    bool           // of ten scans two are removals and one is a receipt; else all are moves
	Booked   *atomic.Uint64 // counts intents as they are acknowledged, if not nil
	Opening  time.Time      // of Stock; zero: now
	Pending  uint64         // intents that a device says it holds
	Started  func()         // called when all sockets are open and the measured part begins, if not nil
}

// Grace is how long a server may take to answer after the load's end.
const Grace = time.Minute

// Result is what was measured.
type Result struct {
	Intents uint64
	Elapsed time.Duration
	Latency *hdrhistogram.Histogram // microseconds from sending (or planning) to the ack
	// Late is by how many microseconds pushes were sent after they were planned: what of
	// Latency is the load's own.
	Late *hdrhistogram.Histogram
}

// PerSecond returns intents acknowledged a second.
func (r *Result) PerSecond() float64 { return float64(r.Intents) / r.Elapsed.Seconds() }

// NewHistogram returns one for latencies from 1 µs to 10 minutes.
func NewHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 600_000_000, 3) }

// ProductCode and PlaceCode name what the load moves; make them before Run.
func ProductCode(i int) string { return "PRODUCT-" + strconv.Itoa(i) }

// PlaceCode names a location of site main.
func PlaceCode(i int) string { return "PLACE-" + strconv.Itoa(i) }

// Run makes the load until its duration or ctx is over. Errors: a socket that
// could not be opened or broke, an intent that was not booked.
func Run(ctx context.Context, c Config) (*Result, error) {
	devices, closeAll, err := openAll(ctx, &c)
	defer closeAll()
	if err != nil {
		return nil, err
	}
	if c.Started != nil {
		c.Started()
	}
	result := new(Result)
	var stop atomic.Bool
	timer := time.AfterFunc(c.Duration, func() { stop.Store(true) })
	defer timer.Stop()
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	var group sync.WaitGroup
	errs := make([]error, len(devices))
	started := time.Now()
	for _, d := range devices {
		if err := d.SetDeadline(started.Add(c.Duration + Grace)); err != nil {
			return nil, err
		}
	}
	answers, late := newLatencies(), newLatencies()
	for i, d := range devices {
		d.latency, d.late = answers, late
		group.Go(func() { errs[i] = d.run(started, &stop) })
	}
	group.Wait()
	result.Elapsed = time.Since(started)
	for _, d := range devices {
		result.Intents += d.booked
	}
	result.Latency, result.Late = answers.all(), late.all()
	return result, oneOf(errs)
}

// device is one bare handheld.
type device struct {
	*conn
	config  *Config
	name    string
	seq     uint64
	rng     *rand.Rand
	number  int
	latency *latencies
	late    *latencies
	booked  uint64
	payload []byte
	out     []byte
	in      []byte
}

// openAll opens every device of a load. The function closes them, also after an
// error.
func openAll(ctx context.Context, c *Config) ([]*device, func(), error) {
	devices := make([]*device, 0, c.Devices)
	closeAll := func() {
		for _, d := range devices {
			_ = d.Close() // measured already
		}
	}
	for i := range c.Devices {
		if err := ctx.Err(); err != nil {
			return nil, closeAll, err
		}
		d, err := open(c, i)
		if err != nil {
			return nil, closeAll, fmt.Errorf("device %d of %d: %w", i+1, c.Devices, err)
		}
		devices = append(devices, d)
	}
	return devices, closeAll, nil
}

func open(c *Config, i int) (*device, error) {
	cn, err := dial(c.Addr, "/v1/sync", 4<<10)
	if err != nil {
		return nil, err
	}
	d := &device{conn: cn, config: c, name: c.Prefix + strconv.Itoa(i), rng: rand.New(rand.NewPCG(c.Seed, uint64(i))), number: i}
	welcome, err := cn.hello(d.name, c.Key, c.Pending)
	if err != nil {
		cn.Close()
		return nil, err
	}
	d.seq = numberAfter(welcome, lastSeq)
	return d, nil
}

var lastSeq, headN = []byte(`"last_seq":`), []byte(`"n":`)

// hello opens the session and returns the server's welcome.
func (c *conn) hello(device, key string, pending uint64) ([]byte, error) {
	if err := c.SetDeadline(time.Now().Add(dialWithin)); err != nil {
		return nil, err
	}
	hello := fmt.Sprintf(`{"type":"hello","device":%q,"install":"load","key":%q,"cursor":null,"pending":%d}`, device, key, pending)
	if _, err := c.Write(appendFrame(nil, []byte(hello))); err != nil {
		return nil, err
	}
	b, err := c.next(nil)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte(`{"type":"welcome"`)) || !bytes.Contains(b, lastSeq) {
		return nil, fmt.Errorf("the server answered hello with %q", b)
	}
	return b, c.SetDeadline(time.Time{})
}

// numberAfter returns the number that stands behind name's first occurrence, 0
// where there is none.
func numberAfter(b, name []byte) (n uint64) {
	at := bytes.Index(b, name)
	if at < 0 {
		return 0
	}
	for _, digit := range b[at+len(name):] {
		if digit < '0' || digit > '9' {
			break
		}
		n = n*10 + uint64(digit-'0')
	}
	return n
}

// run pushes until stop, in bursts of the window.
func (d *device) run(started time.Time, stop *atomic.Bool) error {
	step := time.Duration(0)
	next := started
	if d.config.Rate > 0 {
		step = time.Duration(float64(time.Second) * float64(d.config.Devices*d.config.Window) / d.config.Rate)
		next = started.Add(time.Duration(d.rng.Int64N(int64(step) + 1)))
	}
	for !stop.Load() {
		sent := time.Now()
		if step > 0 { // latency counts from the planned moment
			time.Sleep(time.Until(next))
			d.late.record(d.number, time.Since(next).Microseconds(), 1)
			sent, next = next, next.Add(step)
		}
		d.out = d.out[:0]
		for range d.config.Window {
			d.out = appendFrame(d.out, d.intent(sent))
		}
		if _, err := d.Write(d.out); err != nil {
			return err
		}
		for waiting := d.config.Window; waiting > 0; {
			n, err := d.acks()
			if err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
			waiting -= n
			d.latency.record(d.number, time.Since(sent).Microseconds(), int64(n))
			d.booked += uint64(n)
			if d.config.Booked != nil {
				d.config.Booked.Add(uint64(n))
			}
		}
	}
	return nil
}

// intent makes the next push: a move between two places, as a handheld sends it.
// Its moment is when it was planned, so that a watcher can tell how old it is.
func (d *device) intent(at time.Time) []byte {
	b := append(d.payload[:0], `{"type":"push","intents":[`...)
	d.payload = append(d.appendIntent(b, at), `]}`...)
	return d.payload
}

// appendIntent appends the device's next scan, made at a moment.
func (d *device) appendIntent(b []byte, at time.Time) []byte {
	d.seq++
	from := d.rng.IntN(d.config.Places)
	to := (from + 1 + d.rng.IntN(d.config.Places-1)) % d.config.Places
	action := "move"
	if d.config.Mixed {
		action = mix[d.rng.IntN(len(mix))]
	}
	b = append(b, `{"device":"`...)
	b = append(b, d.name...)
	b = append(b, `","install":"load","seq":`...)
	b = strconv.AppendUint(b, d.seq, 10)
	b = append(b, `,"at":"`...)
	b = ledger.TimeOf(at).AppendTo(b)
	b = append(b, `","clock":"a","operator":"ann","action":"`...)
	b = append(append(b, action...), `","product":"PRODUCT-`...)
	b = strconv.AppendInt(b, int64(d.rng.IntN(d.config.Products)), 10)
	b = append(b, `","quantity":"`...)
	b = strconv.AppendInt(b, int64(1+d.rng.IntN(19)), 10)
	b = append(b, '"')
	if action != ledger.ActionAdd {
		b = append(b, `,"from":"PLACE-`...)
		b = append(strconv.AppendInt(b, int64(from), 10), '"')
	}
	if action != ledger.ActionRemove {
		b = append(b, `,"to":"PLACE-`...)
		b = append(strconv.AppendInt(b, int64(to), 10), '"')
	}
	return append(b, '}')
}

// mix is what ten scans of a mixed load are.
var mix = [...]string{ledger.ActionMove, ledger.ActionMove, ledger.ActionMove, ledger.ActionMove, ledger.ActionMove, ledger.ActionMove, ledger.ActionMove,
	ledger.ActionRemove, ledger.ActionRemove, ledger.ActionAdd}

var applied = []byte(`"outcome":"applied"`)

// acks reads a frame and counts the intents that it says are booked.
func (d *device) acks() (int, error) {
	b, err := d.next(d.in)
	if err != nil {
		return 0, err
	}
	d.in = b
	n := bytes.Count(b, applied)
	if n != bytes.Count(b, []byte(`"outcome":"`)) || bytes.Contains(b, []byte(`"type":"error"`)) {
		return 0, fmt.Errorf("not booked: %q", b[:min(len(b), 500)])
	}
	return n, nil
}
