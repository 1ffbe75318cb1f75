package socket

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
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
	// Waiting is what waits for a device; nil: nothing ever. Told forgets so many
	// messages, which it was shown.
	Waiting     func(device string) Waiting
	Told        func(device string, count int)
	Print       Printing         // of labels; nil: none
	Now         func() time.Time // default time.Now
	Log         *slog.Logger     // default: nothing is logged
	HelloWithin time.Duration    // how long a socket may stay without hello; default 10 s
	PingEvery   time.Duration    // default 25 s; who is not heard for three of them is gone
	Unheard     int              // sockets that have not said hello, in all; default 4,000
	UnheardOf   int              // and of one address; default 1,000
	Installs    int              // that one device may make; default 10,000
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

// Waiting is what waits for a device: messages to show, whether it is to fetch a new
// key, and whether somebody wants its log.
type Waiting struct {
	Messages []string
	Renew    bool
	Log      bool
}

// Hub holds the sessions. Make one with New.
type Hub struct {
	book     *book.Book
	opts     Options
	upgrader websocket.Upgrader
	cbor     *wire.CBOR
	pace     pace      // of backlogs
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
	LostFocus int         `json:"lost_focus,omitempty"` // since its app was opened
	// Ahead is how far its clock was before ours when it last told its time, the way
	// here included; 0: it never told.
	Ahead time.Duration `json:"ahead,omitempty"`
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
	if o.Installs <= 0 {
		o.Installs = wire.MaxInstalls
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
		book: b, opts: o, cbor: cbor, pace: pace{now: o.Now}, sessions: map[*session]struct{}{}, follows: map[*session]struct{}{}, devices: map[string]*session{}, seen: map[string]*Device{}, unheard: map[string]int{}, ended: map[string]uint64{},
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
