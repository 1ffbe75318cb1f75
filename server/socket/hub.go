package socket

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/server/access"
	"bayledger/server/trace"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// Bounds and times of a session.
const (
	helloWithin   = 10 * time.Second    // a socket that says nothing is somebody's mistake
	pingEvery     = 25 * time.Second    // below the 30 s after which many routers forget a flow
	pingsMissed   = 3                   // then the device is gone
	deadlineSlack = time.Second         // a deadline is moved on at most so often: it costs a timer
	writeWithin   = 10 * time.Second    // a frame that cannot leave by then never will
	closeWithin   = time.Second         // of a close frame, which is a courtesy
	maxInFlight   = 2 * wire.MaxUnacked // beyond it a session is not read until acks have left
	readBuffer    = 1 << 10             // a few pushes in one read; what is larger is read into a pooled buffer
	writeBuffer   = 512                 // pooled; control frames alone pass through it
	maxSessions   = 20_000              // below the open-file limit of a common server
	maxUnheard    = 4_000               // sockets before hello: strangers' must leave room for devices
	maxUnheardOf  = 1_000               // of one address, which may be that of a hall of handhelds that come back together
	unheardRetry  = 2                   // seconds: those before have said hello by then, or soon
	retryDiskFull = 30                  // seconds
	restart       = 2                   // seconds until a server that goes away can be back
	backASecond   = 500                 // devices that come back: each brings a handshake, a key and what it holds
	maxSnapshots  = 4                   // collected at once: each looks through the state and holds its rows
)

// Options are what a Hub is given.
type Options struct {
	// Authenticate turns a key into its owner.
	Authenticate func(key string) (access.Principal, bool)
	// Named is whose a name is, that of a key (also of one that was taken back) or of a
	// person; nil: nobody's ever.
	Named func(name string) (access.Principal, bool)
	// Secret finds what a request brings with it, for who sends no key in hello; nil:
	// the key in its header.
	Secret func(*http.Request) string
	// From is by what the address of whoever opens a socket is counted; nil: its host.
	From func(*http.Request) string
	// Waiting is what waits for a device: messages to show, and whether it is to fetch
	// a new key; nil: nothing ever. Told forgets so many messages, which it was shown.
	Waiting     func(device string) (messages []string, renew bool)
	Told        func(device string, count int)
	Print       Printing         // of labels; nil: none
	Now         func() time.Time // default time.Now
	Log         *slog.Logger     // default: nothing is logged
	HelloWithin time.Duration    // how long a socket may stay without hello; default 10 s
	PingEvery   time.Duration    // default 25 s; who is not heard for three of them is gone
	Unheard     int              // sockets that have not said hello, in all; default 4,000
	UnheardOf   int              // and of one address; default 1,000
	WriteWithin time.Duration    // how long one frame may take to leave; default 10 s
	// Acked, if not nil, is told how long each push took from its reading to its
	// durable result. It must not block.
	Acked func(took time.Duration)
	// Traces, if not nil, takes the trace contexts of pushes to whoever watches;
	// Tracer, if not nil, makes spans of them.
	Traces *trace.Notes
	Tracer *trace.Tracer
	// Known is what devices said of themselves before this start, none of them connected.
	Known []Device
	Rand  func() float64 // [0,1), spreads those who come back; default math/rand/v2
}

// Hub holds the sessions. Make one with New.
type Hub struct {
	book     *book.Book
	opts     Options
	upgrader websocket.Upgrader
	cbor     *wire.CBOR
	buffers  sync.Pool // *[]byte, frames while they are read or written

	mu       sync.Mutex // guards what follows
	sessions map[*session]struct{}
	follows  map[*session]struct{} // of these, who follows a topic
	devices  map[string]*session   // by device: the newest connection
	seen     map[string]*Device
	unheard  map[string]int // sockets that have not said hello, by address
	quiets   int            // all of these
	draining bool
	ended    map[string]uint64 // sessions that are over, by what ended them

	framesIn, framesOut, intents atomic.Uint64
	opened                       atomic.Uint64 // numbers the connections
	rules                        atomic.Uint64 // counts the times that sites' settings changed
	commits                      chan struct{} // holds a note that something was committed
	snapshots                    chan struct{} // holds a token for each that is being collected
	stop                         chan struct{}
	gone                         chan struct{} // closed when everything has ended after stop
	stopped                      sync.WaitGroup
}

// Device is what the hub knows of a device from its own words.
type Device struct {
	Device    string      `json:"device"`
	Install   string      `json:"install"`
	App       string      `json:"app,omitempty"`
	Connected bool        `json:"connected"`
	Heard     ledger.Time `json:"heard"`
	Pending   uint64      `json:"pending"`
	Oldest    ledger.Time `json:"oldest,omitzero"`
	Battery   int         `json:"battery,omitempty"`
}

// Stats are counts since the start, and what is open now.
type Stats struct {
	Sessions, Subscriptions      int
	FramesIn, FramesOut, Intents uint64
	Opened                       uint64
	Lag                          uint64 // entries that the slowest subscriber has yet to get
	// Ended counts sessions that are over by what ended them: a close code of the
	// server's, client (it said goodbye), cut (it did not take what was written), gone.
	Ended map[string]uint64
}

// Held is what devices hold, by their own last word.
type Held struct {
	Connected, Holding int // devices
	Unsent             uint64
	Oldest             ledger.Time // of all, 0: none is held
	Worst              []Device    // those that hold the most, the most first
}

// New returns a hub on a book. Close it with Drain. Errors: none today; the
// codecs' setting up may fail.
func New(b *book.Book, o Options) (*Hub, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Secret == nil {
		o.Secret = bearer
	}
	if o.HelloWithin <= 0 {
		o.HelloWithin = helloWithin
	}
	if o.From == nil {
		o.From = host
	}
	if o.Unheard <= 0 {
		o.Unheard = maxUnheard
	}
	if o.UnheardOf <= 0 {
		o.UnheardOf = maxUnheardOf
	}
	if o.PingEvery <= 0 {
		o.PingEvery = pingEvery
	}
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.WriteWithin <= 0 {
		o.WriteWithin = writeWithin
	}
	cbor, err := wire.NewCBOR()
	if err != nil {
		return nil, err
	}
	h := &Hub{
		book: b, opts: o, cbor: cbor, sessions: map[*session]struct{}{}, follows: map[*session]struct{}{}, devices: map[string]*session{}, seen: map[string]*Device{}, unheard: map[string]int{}, ended: map[string]uint64{},
		stop: make(chan struct{}), commits: make(chan struct{}, 1), gone: make(chan struct{}), snapshots: make(chan struct{}, maxSnapshots),
		upgrader: websocket.Upgrader{
			HandshakeTimeout: helloWithin, ReadBufferSize: readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &sync.Pool{},
			Subprotocols: []string{wire.SubprotocolJSON, wire.SubprotocolCBOR},
		},
		buffers: sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }},
	}
	for _, d := range o.Known[:min(len(o.Known), maxSessions)] {
		h.seen[d.Device] = &d
	}
	unwatch := b.Feed().Watch(h.committed)
	h.stopped.Add(2)
	go func() {
		defer h.stopped.Done()
		h.tellPolicies()
	}()
	go func() {
		defer h.stopped.Done()
		defer unwatch()
		h.ping()
	}()
	return h, nil
}

// ServeHTTP upgrades a request to a session.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.shut() {
		w.Header().Set("Retry-After", strconv.Itoa(h.comeBack(maxSessions)))
		http.Error(w, "The server is going away or full. Nothing was taken; come back in a few seconds.", http.StatusServiceUnavailable)
		return
	}
	from := h.opts.From(r)
	if !h.knock(from) {
		w.Header().Set("Retry-After", strconv.Itoa(unheardRetry))
		http.Error(w, "Too many sockets are open that have not said hello. Nothing was taken; come back in a few seconds.", http.StatusTooManyRequests)
		return
	}
	key, number := h.opts.Secret(r), h.opened.Add(1)
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil { // the upgrader has answered
		h.heardOf(from)
		return
	}
	s := &session{hub: h, conn: conn, number: number, key: key, from: from, remote: r.RemoteAddr, cbor: conn.Subprotocol() == wire.SubprotocolCBOR}
	if offered := websocket.Subprotocols(r); len(offered) > 0 && conn.Subprotocol() == "" {
		h.heardOf(from)
		s.closeNow(wire.CloseUnsupported, "this server speaks "+wire.SubprotocolJSON+" and "+wire.SubprotocolCBOR)
		return
	}
	if !h.admit(s) {
		h.heardOf(from)
		s.closeNow(wire.CloseDrain, "the server is going away or full")
		return
	}
	go s.read()
}

// host is the host of a request's address.
func host(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// knock counts a socket that has not said hello; false where there are too many.
func (h *Hub) knock(from string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.quiets >= h.opts.Unheard || h.unheard[from] >= h.opts.UnheardOf {
		return false
	}
	h.quiets++
	h.unheard[from]++
	return true
}

// heardOf counts it no more: it has said hello, or is gone.
func (h *Hub) heardOf(from string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.quiets--
	if h.unheard[from]--; h.unheard[from] <= 0 {
		delete(h.unheard, from)
	}
}

// shut says whether no session is let in.
func (h *Hub) shut() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.draining || len(h.sessions) >= maxSessions
}

// admit registers a session, so that a Drain that begins later tells it and waits
// for it; false where one began while the request was upgraded.
func (h *Hub) admit(s *session) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining || len(h.sessions) >= maxSessions {
		return false
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	h.sessions[s] = struct{}{}
	h.stopped.Add(1)
	return true
}

func bearer(r *http.Request) string {
	const prefix = "Bearer "
	if v := r.Header.Get("Authorization"); len(v) > len(prefix) && v[:len(prefix)] == prefix {
		return v[len(prefix):]
	}
	return ""
}

// enter makes a session its device's newest and closes an older one; false where
// a connection opened later has said hello before.
func (h *Hub) enter(s *session, hello *wire.Hello) bool {
	h.mu.Lock()
	old := h.devices[s.device]
	if old != nil && (old.who.Until != 0) != (s.who.Until != 0) {
		// One of two handhelds has the name's key, the other one from before and hands in.
		// Neither ends the other; the name is the former's.
		if s.who.Until != 0 {
			h.mu.Unlock()
			return true
		}
		old = nil
	}
	if old != nil && old.number > s.number {
		h.mu.Unlock()
		return false
	}
	h.devices[s.device] = s
	d := h.seen[s.device]
	if d == nil && len(h.seen) < maxSessions {
		d = &Device{}
		h.seen[s.device] = d
	}
	if d != nil {
		*d = Device{Device: s.device, Install: s.install, App: hello.App, Connected: true, Heard: ledger.TimeOf(h.opts.Now()), Pending: hello.Pending}
	}
	h.mu.Unlock()
	if old != nil {
		old.close(wire.CloseReplaced, "a newer connection of "+s.device+" took over")
	}
	return true
}

// heard notes what a device says of itself.
func (h *Hub) heard(s *session, p *wire.Ping) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.seen[s.device]; d != nil && h.devices[s.device] == s {
		d.Heard, d.Pending, d.Oldest, d.Battery = ledger.TimeOf(h.opts.Now()), p.Pending, p.Oldest, p.Battery
	}
}

func (h *Hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s)
	delete(h.follows, s)
	h.ended[s.fate()]++
	if h.devices[s.device] == s {
		delete(h.devices, s.device)
		if d := h.seen[s.device]; d != nil {
			d.Connected = false
		}
	}
}

// Devices returns what is known of every device that has said hello since the
// start, or was known at it, sorted by name.
func (h *Hub) Devices() []Device {
	h.mu.Lock()
	out := make([]Device, 0, len(h.seen))
	for _, d := range h.seen {
		out = append(out, *d)
	}
	h.mu.Unlock()
	slices.SortFunc(out, func(a, b Device) int {
		if a.Device < b.Device {
			return -1
		}
		return 1
	})
	return out
}

// Stats returns the hub's counts.
func (h *Hub) Stats() Stats {
	st := Stats{FramesIn: h.framesIn.Load(), FramesOut: h.framesOut.Load(), Intents: h.intents.Load(), Opened: h.opened.Load()}
	head := h.book.Feed().Announced()
	for _, s := range h.all() {
		st.Sessions++
		s.mu.Lock()
		st.Subscriptions += len(s.subs)
		for _, sub := range s.subs {
			st.Lag = max(st.Lag, head-min(head, sub.sent.Load()))
		}
		s.mu.Unlock()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	st.Ended = maps.Clone(h.ended)
	return st
}

// Held sums up what the devices hold, and names the few that hold the most.
func (h *Hub) Held(worst int) Held {
	var held Held
	h.mu.Lock()
	for _, d := range h.seen {
		if d.Connected {
			held.Connected++
		}
		if d.Pending == 0 {
			continue
		}
		held.Holding++
		held.Unsent += d.Pending
		if d.Oldest != 0 && (held.Oldest == 0 || d.Oldest < held.Oldest) {
			held.Oldest = d.Oldest
		}
		held.Worst = append(held.Worst, *d)
	}
	h.mu.Unlock()
	slices.SortFunc(held.Worst, func(a, b Device) int {
		return cmp.Or(cmp.Compare(b.Pending, a.Pending), cmp.Compare(a.Device, b.Device))
	})
	held.Worst = held.Worst[:min(worst, len(held.Worst))]
	return held
}

// quiet is how long nothing may be heard from a device.
func (h *Hub) quiet() time.Duration { return pingsMissed * h.opts.PingEvery }

func (h *Hub) all() []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*session, 0, len(h.sessions))
	for s := range h.sessions {
		out = append(out, s)
	}
	return out
}

// wakeSubscribers lets every session that follows a topic write what is new.
func (h *Hub) wakeSubscribers() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.follows {
		s.kick()
	}
}

// following notes whether a session wants to be woken after each commit.
func (h *Hub) following(s *session, yes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if yes {
		h.follows[s] = struct{}{}
	} else {
		delete(h.follows, s)
	}
}

// ping keeps idle sessions' paths open and finds dead ones.
func (h *Hub) ping() {
	t := time.NewTicker(h.opts.PingEvery)
	defer t.Stop()
	for {
		select {
		case <-h.stop:
			return
		case <-t.C:
			for _, s := range h.all() {
				if s.judged() {
					continue
				}
				s.ping() // a dead one is found by its read deadline
			}
		}
	}
}

// comeBack is when one of so many sessions is asked to come back, in seconds.
func (h *Hub) comeBack(sessions int) int {
	return restart + int(h.opts.Rand()*float64(max(1, sessions/backASecond)+1))
}

// Drain refuses new sessions, tells the open ones to come back later, and
// returns when all have gone or ctx ends; then the rest is cut. Called more than
// once, each call returns when all have gone, and the first ctx that ends cuts.
func (h *Hub) Drain(ctx context.Context) {
	h.mu.Lock()
	first := !h.draining
	h.draining = true
	h.mu.Unlock()
	if first {
		h.sendAway()
	}
	select {
	case <-h.gone:
	case <-ctx.Done():
		for _, s := range h.all() {
			_ = s.conn.Close()
		}
		<-h.gone
	}
}

// sendAway tells every session to come back later, and sees to it that gone is
// closed when all have gone.
func (h *Hub) sendAway() {
	list := h.all()
	for _, s := range list {
		s.drain(h.comeBack(len(list)))
	}
	close(h.stop)
	go func() { h.stopped.Wait(); close(h.gone) }()
}
