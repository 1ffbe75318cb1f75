package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"bayledger/server/lens"
	"bayledger/sync/ledger"
)

// Bounds of delivery.
const (
	// giveUp is how long an endpoint may fail before nothing is sent to it any more: a
	// long weekend, and the working day after it.
	giveUp = 5 * 24 * time.Hour
	// keepCursor is how often it is stored that nothing was wanted: a restart looks at
	// so much again.
	keepCursor = 30 * time.Second
)

// waits are between the tries of one message, the last of them for ever.
var waits = [...]time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}

// waitOf is how long to wait after a number of tries: with jitter, so that endpoints of
// one receiver that fell together do not come back together.
func waitOf(tries int) time.Duration {
	wait := waits[min(max(tries, 1), len(waits))-1]
	return wait*4/5 + rand.N(wait*2/5)
}

// cursor is how far an endpoint has come.
type cursor struct {
	N       uint64      `json:"n"`  // everything up to here has been taken
	To      uint64      `json:"to"` // of the run of entries that is under way; 0: none is
	Part    int         `json:"part"`
	Full    bool        `json:"full,omitempty"` // all that can be had is to be told
	Again   []span      `json:"again,omitempty"`
	Pending *message    `json:"pending,omitempty"`
	Tries   int         `json:"tries,omitempty"`
	Next    ledger.Time `json:"next,omitzero"`
	Failing ledger.Time `json:"failing,omitzero"`
	Error   string      `json:"error,omitempty"`
	Sent    uint64      `json:"sent"`   // messages of availability
	Logged  uint64      `json:"logged"` // deliveries
}

// worker sends to one endpoint. The service's mu guards its fields; its goroutine works
// on copies and gives them back where nobody changed the endpoint meanwhile.
type worker struct {
	e       Endpoint
	cursor  cursor
	told    map[string]told
	changes int // by people
	kept    time.Time

	wake chan struct{}
	end  context.CancelFunc
	once sync.Once
}

func (w *worker) kick() {
	select {
	case w.wake <- struct{}{}:
	default: // it has been told already
	}
}

func (w *worker) stop() {
	w.once.Do(func() {
		if w.end != nil {
			w.end()
		}
	})
}

// start lets a worker work, once the service does. The caller holds mu.
func (s *Service) start(w *worker) {
	s.endpoints[w.e.ID] = w
	w.wake = make(chan struct{}, 1)
	if s.running == nil {
		return
	}
	ctx, end := context.WithCancel(s.running)
	w.end = end
	s.group.Add(1)
	go func() {
		defer s.group.Done()
		s.serve(ctx, w)
	}()
}

// serve sends until its context ends.
func (s *Service) serve(ctx context.Context, w *worker) {
	s.mu.Lock()
	id := w.e.ID
	s.mu.Unlock()
	for ctx.Err() == nil {
		wait, err := s.step(ctx, w)
		if err != nil && ctx.Err() == nil {
			s.opts.Log.Error("a webhook could not go on; it is tried again in a minute", "webhook", id, "error", err)
			wait = time.Minute
		}
		if wait == 0 {
			continue
		}
		select {
		case <-time.After(wait):
		case <-w.wake:
		case <-ctx.Done():
		}
	}
}

// idle is how long a worker sleeps that nobody wakes.
const idle = time.Hour

// step makes or sends one message, and says how long to wait for the next step.
func (s *Service) step(ctx context.Context, w *worker) (time.Duration, error) {
	s.mu.Lock()
	e, c, changes := w.e, w.cursor, w.changes
	s.mu.Unlock()
	if e.Disabled != "" {
		return idle, nil
	}
	who, ok := s.principal(e.Owner, e.Scope)
	if !ok {
		return idle, s.disable(w, changes, "whoever it belongs to has no rights any more")
	}
	l := lens.Of(who)
	glass := l.Key()
	if c.Pending != nil && c.Pending.Lens != glass {
		c.Pending = nil // what they may see is something else now
	}
	if c.Pending == nil {
		next, err := s.next(ctx, w, &e, &c, &who, glass)
		if err != nil {
			return 0, err
		}
		if !next {
			s.mu.Lock()
			due := s.opts.Now().Sub(w.kept) >= keepCursor && w.cursor.N != c.N
			s.mu.Unlock()
			if due {
				_, err = s.keep(w, changes, &c, nil)
			} else {
				s.remember(w, changes, &c)
			}
			return idle, err
		}
		if ok, err := s.keep(w, changes, &c, nil); err != nil || !ok { // before it is sent
			return 0, err
		}
	}
	if now := s.now(); c.Next > now {
		return time.Duration(c.Next-now) * time.Microsecond, nil
	}
	return s.deliver(ctx, w, &e, &c, changes)
}

// next makes the next message of an endpoint; false where there is none now.
func (s *Service) next(ctx context.Context, w *worker, e *Endpoint, c *cursor, who *whose, glass string) (bool, error) {
	if len(c.Again) > 0 {
		again := c.Again[0]
		win, err := s.look(ctx, e, who, again.From-1, again.To)
		if err != nil {
			return false, err
		}
		c.Again = slices.Clone(c.Again[1:])
		if c.Pending = s.messageOf(e, win, again.Event, glass); c.Pending != nil {
			c.Pending.Again = true
			return true, nil
		}
	}
	if c.Full {
		m, _, err := s.availabilityOf(ctx, w, e, c.Sent+1, who, nil, glass)
		if err != nil {
			return false, err
		}
		if m != nil {
			c.Pending, c.Sent = m, c.Sent+1
			return true, nil
		}
		c.Full = false
	}
	for ctx.Err() == nil {
		win, err := s.look(ctx, e, who, c.N, c.To)
		if err != nil || win.to == c.N {
			return false, err
		}
		if c.To == 0 {
			c.To, c.Part = win.to, 0
		}
		events := Events()
		for ; c.Part < len(events); c.Part++ {
			if !slices.Contains(e.Events, events[c.Part]) {
				continue
			}
			if events[c.Part] != EventAvailability {
				if c.Pending = s.messageOf(e, win, events[c.Part], glass); c.Pending != nil {
					return true, nil
				}
				continue
			}
			products := win.products
			if win.all {
				products = nil
			}
			m, _, err := s.availabilityOf(ctx, w, e, c.Sent+1, who, products, glass)
			if err != nil {
				return false, err
			}
			if m != nil { // this part again, until nothing more has changed
				c.Pending, c.Sent = m, c.Sent+1
				return true, nil
			}
		}
		c.N, c.To, c.Part = c.To, 0, 0
	}
	return false, ctx.Err()
}

// remember keeps a cursor in memory alone.
func (s *Service) remember(w *worker, changes int, c *cursor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.changes == changes {
		w.cursor = *c
	}
}

// keep stores a cursor, and rows that change with it; false where somebody changed the
// endpoint meanwhile: then nothing was.
func (s *Service) keep(w *worker, changes int, c *cursor, with map[string][]byte) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.changes != changes {
		return false, nil
	}
	rows := map[string][]byte{rowCursor + w.e.ID: encoded(c)}
	maps.Copy(rows, with)
	var remove []string
	if c.Logged > maxLogged {
		remove = []string{deliveryKey(w.e.ID, c.Logged-maxLogged)}
	}
	if err := s.opts.Disk.Commit(rows, remove); err != nil {
		return false, err
	}
	w.cursor, w.kept = *c, s.opts.Now()
	return true, nil
}

// disable stops sending to an endpoint, and says why.
func (s *Service) disable(w *worker, changes int, why string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.changes != changes {
		return nil
	}
	e := w.e
	e.Disabled, e.DisabledAt = why, s.now()
	if err := s.post(s.tellOfWebhook(&e), map[string][]byte{rowEndpoint + e.ID: encoded(e)}, nil); err != nil {
		return err
	}
	w.e = e
	s.totals.Disabled++
	s.opts.Log.Error("a webhook was disabled: nothing is sent to it until somebody enables it", "webhook", e.ID, "owner", e.Owner, "why", why)
	return nil
}

// deliver sends the message that is pending and keeps what became of it.
func (s *Service) deliver(ctx context.Context, w *worker, e *Endpoint, c *cursor, changes int) (time.Duration, error) {
	m := c.Pending
	d := s.send(ctx, e, m, c.Tries+1)
	if ctx.Err() != nil && d.Error != "" { // the server goes away: as if it had not been tried
		return 0, ctx.Err()
	}
	c.Logged++
	d.Number = c.Logged
	rows := map[string][]byte{deliveryKey(e.ID, d.Number): encoded(d)}
	switch {
	case d.Error == "":
		for product, t := range m.Told {
			rows[rowTold+e.ID+"/"+product] = encoded(t)
		}
		if !m.Again && m.Event != EventAvailability {
			c.Part++
		}
		c.Pending, c.Tries, c.Next, c.Failing, c.Error = nil, 0, 0, 0, ""
	default:
		c.Tries++
		if c.Failing == 0 {
			c.Failing = d.At
		}
		c.Error, c.Next = d.Error, s.now()+ledger.Time(waitOf(c.Tries).Microseconds())
	}
	ok, err := s.keep(w, changes, c, rows)
	if err != nil || !ok {
		return 0, err
	}
	if d.Error == "" {
		s.mu.Lock()
		maps.Copy(w.told, m.Told)
		s.mu.Unlock()
		return 0, nil
	}
	switch {
	case d.Status == http.StatusGone:
		return 0, s.disable(w, changes, "the receiver says that it is gone (410)")
	case s.now()-c.Failing >= ledger.Time(giveUp.Microseconds()):
		return 0, s.disable(w, changes, "it took nothing for five days; the last error: "+c.Error)
	}
	return 0, nil
}

// send makes one request and says what became of it.
func (s *Service) send(ctx context.Context, e *Endpoint, m *message, try int) (d Delivery) {
	now := s.opts.Now()
	d = Delivery{ID: m.ID, Event: m.Event, From: m.From, To: m.To, At: ledger.TimeOf(now), Try: try, Bytes: len(m.Body)}
	defer func() {
		d.Took = s.opts.Now().Sub(now).Milliseconds()
		s.count(func(t *Totals) {
			if d.Error == "" {
				t.Delivered++
			} else {
				t.Failed++
			}
		})
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(m.Body))
	if err != nil {
		d.Error = "the address cannot be used"
		return d
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "bayledger")
	r.Header.Set("Webhook-Id", m.ID)
	r.Header.Set("Webhook-Timestamp", unix(now))
	r.Header.Set("Webhook-Signature", signatures(e.Secrets, m.ID, now, m.Body))
	answer, err := s.client.Do(r)
	if err != nil {
		d.Error = inWords(err)
		return d
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // what is behind it is the receiver's
	d.Status, d.Answer = answer.StatusCode, string(bytes.ToValidUTF8(text[:min(len(text), shownAnswer)], []byte("?")))
	switch {
	case d.Status >= 200 && d.Status < 300:
	case d.Status >= 300 && d.Status < 400:
		d.Error = fmt.Sprintf("it answered %d, a redirect, which is not followed: name the new address", d.Status)
	default:
		d.Error = fmt.Sprintf("it answered %d", d.Status)
	}
	return d
}

// inWords says why no answer came.
func inWords(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errForbidden):
		return errForbidden.Error() + ": start the server with --webhook-allow and the network where that is meant"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer came in time"
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) { // less the address, which the list has
		err = next
	}
	return "no answer came: " + err.Error()
}

// Test sends a message to an endpoint at once, which counts for nothing, and says what
// became of it. Errors: a *ledger.Fault.
func (s *Service) Test(ctx context.Context, id string) (Delivery, error) {
	s.mu.Lock()
	w := s.endpoints[id]
	if w == nil {
		s.mu.Unlock()
		return Delivery{}, noEndpoint(id)
	}
	e := w.e
	s.mu.Unlock()
	name, err := s.newID("t")
	if err != nil {
		return Delivery{}, err
	}
	return s.send(ctx, &e, &message{ID: "msg_" + e.ID + "_" + name, Event: eventTest, Body: body(eventTest, s.now(), map[string]string{"webhook": e.ID, "text": "It works."})}, 1), nil
}
