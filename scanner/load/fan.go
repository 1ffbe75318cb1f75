package load

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// FanResult is how fast entries reached many watchers.
type FanResult struct {
	Entries   uint64 // sent by the one publisher
	Delivered uint64 // over all watchers
	Elapsed   time.Duration
}

// fanPoll is how often the publisher looks whether the watchers have caught up:
// far shorter than a commit takes.
const fanPoll = 50 * time.Microsecond

// fanDrain is how long the watchers may take for what is under way at the end.
const fanDrain = 10 * time.Second

// Fan lets one device push moves for c.Duration and counts their arrival at the
// watchers, which follow already. At most c.Window entries are ahead of what the
// watchers have got on average. Errors: those of the device and the watchers,
// entries that did not arrive.
func Fan(ctx context.Context, c Config, w *Watchers) (*FanResult, error) {
	d, err := open(&c, 0)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	base, watchers := w.Delivered(), uint64(len(w.all))
	var booked atomic.Uint64
	acks := make(chan error, 1)
	go func() {
		for {
			n, err := d.acks()
			if err != nil {
				acks <- err
				return
			}
			booked.Add(uint64(n))
		}
	}()
	sent, started := uint64(0), time.Now()
	behind := func() uint64 { return sent - (w.Delivered()-base)/watchers }
	for ctx.Err() == nil && time.Since(started) < c.Duration && w.Err() == nil {
		room := uint64(c.Window) - min(behind(), uint64(c.Window))
		if room == 0 {
			time.Sleep(fanPoll)
			continue
		}
		d.out = d.out[:0]
		now := time.Now()
		for range room {
			d.out = appendFrame(d.out, d.intent(now))
		}
		if _, err := d.Write(d.out); err != nil {
			return nil, errors.Join(err, w.Err())
		}
		sent += room
	}
	for end := time.Now().Add(fanDrain); w.Err() == nil && time.Now().Before(end) && (w.Delivered()-base < sent*watchers || booked.Load() < sent); {
		time.Sleep(fanPoll)
	}
	r := &FanResult{Entries: sent, Delivered: w.Delivered() - base, Elapsed: time.Since(started)}
	select {
	case err := <-acks:
		return nil, errors.Join(err, w.Err())
	default:
	}
	if err := w.Err(); err != nil {
		return nil, err
	}
	if r.Delivered != sent*watchers {
		return nil, fmt.Errorf("%d entries were to reach %d watchers, %d deliveries came", sent, watchers, r.Delivered)
	}
	return r, nil
}

// Idle opens c.Devices devices, lets each scan once, and leaves them open and
// silent until the function is called.
func Idle(ctx context.Context, c Config) (closeAll func(), err error) {
	devices, closeAll, err := openAll(ctx, &c)
	if err != nil {
		closeAll()
		return nil, err
	}
	for _, d := range devices {
		if err := d.once(); err != nil {
			closeAll()
			return nil, fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return closeAll, nil
}

// once scans once and waits for the ack.
func (d *device) once() error {
	if err := d.SetDeadline(time.Now().Add(Grace)); err != nil {
		return err
	}
	if _, err := d.Write(appendFrame(nil, d.intent(time.Now()))); err != nil {
		return err
	}
	n, err := d.acks()
	if err == nil && n != 1 {
		err = fmt.Errorf("%d intents were booked where one was sent", n)
	}
	return err
}
