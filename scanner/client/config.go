package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"bayledger/scanner/outbox"
	"bayledger/sync/wire"
)

// Bounds and times.
const (
	// BackoffMin and BackoffMax bound the pause before a new connection. Half a
	// second lets an access point hand over; with 30 s the devices of a whole site
	// come back spread out after a power cut.
	BackoffMin = 500 * time.Millisecond
	BackoffMax = 30 * time.Second
	// CommandWithin is how long a command waits for its answer: a server refuses
	// commands that are older than 10 s at arrival.
	CommandWithin = 10 * time.Second
	// MaxPushBytes of rows are sent in one frame: half of what a server takes, so
	// that the frame around them never matters.
	MaxPushBytes = 512 << 10
	// MaxCopyRows bounds each table of the local copy: some 30 MiB, the largest
	// shop's catalogue twice over.
	MaxCopyRows = 100_000
	// MaxServerFrame bounds a frame from the server: snapshots come in parts, all
	// of which may share a frame.
	MaxServerFrame = 64 << 20

	dialWithin    = 15 * time.Second // TCP, TLS and the upgrade together
	welcomeWithin = 20 * time.Second // the server may have a batch under way
	writeWithin   = 30 * time.Second // a server that is busy stops reading for a while
	ackWithin     = 60 * time.Second // without any answer by then the connection is taken for dead
	quietPings    = 3                // pings missed before the connection is taken for dead
	leastPing     = 5 * time.Second  // a server may not ask for more
	mostPing      = 5 * time.Minute  // beyond it no dead connection would be found
	steadyAfter   = 30 * time.Second // a connection that held so long starts the back-off anew
	settleWithin  = 2 * time.Second  // answers to what is under way are in by then
	mostGaps      = 8                // rewinds without any answer before the connection is given up
	ownEarlier    = 5 * time.Second  // a connection this young may have been replaced by the device's own earlier one
	byeWithin     = 100 * time.Millisecond
	drainAttempt  = 2 // a restart takes some seconds, where a server does not say how many
	slowAttempt   = 4 // asked to come back more slowly
	skipsPerFrame = wire.MaxMessages - 4
	readBuffer    = 1 << 10
	writeBuffer   = 16 << 10 // pooled; a push of 250 KiB leaves in 16 writes
	keepBuffer    = 64 << 10 // larger read buffers are not kept
	defaultPath   = "/v1/sync"
)

// Topic is something the client follows, once each.
type Topic struct {
	Name   string // one of wire's topics
	Site   string
	Filter wire.Filter
	// Since is where to go on from; nil asks for a snapshot first.
	Since *wire.Cursor
}

// Config is what a Client is given. Server and Key are required, and Outbox, or
// Device and Install for a client that only follows.
type Config struct {
	Server string // ws, wss, http or https; without a path /v1/sync
	Key    string
	// KeyNow is the key to say hello with, where it may be another than Key was; nil: Key.
	KeyNow  func() string
	Device  string // default: the outbox's
	Install string // default: the outbox's
	Outbox  outbox.Box
	Topics  []Topic
	App     string // name and version of the app, for the supervisor's list
	// Subprotocol is one of wire's, default JSON.
	Subprotocol string

	// Notify gets the events; see Queue for a bounded channel of them.
	Notify func(Event)
	// OnRows gets what the followed topics bring, as it comes; the local copy has
	// it already.
	OnRows func(Rows)
	// Trace gives the W3C traceparent of the push that is about to leave, "" for
	// none; nil: nothing is traced. It is called under a lock and must be quick.
	Trace func() string
	// Battery tells the charge in percent; nil: not known.
	Battery func() int

	Now func() time.Time // the wall clock, default time.Now
	// Monotonic is the time since boot, sleep included, and BootID names the boot;
	// default HostClock.
	Monotonic func() time.Duration
	BootID    string
	Rand      func() float64 // [0,1) for jitter, default math/rand/v2
	// Dial opens the TCP connection; default net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	TLS  *tls.Config
	// Proxy chooses a proxy; nil: none.
	Proxy func(*http.Request) (*url.URL, error)
	Log   *slog.Logger

	BackoffMin    time.Duration // default BackoffMin
	BackoffMax    time.Duration // default BackoffMax
	CommandWithin time.Duration // default CommandWithin
}

// complete checks the configuration and fills in defaults.
func (cfg *Config) complete() error {
	if err := cfg.completeNames(); err != nil {
		return err
	}
	if cfg.BackoffMin < 0 || cfg.BackoffMax < 0 || cfg.CommandWithin < 0 {
		return fail(CodeBadConfig, "A duration of the configuration is negative. Nothing was started.")
	}
	cfg.BackoffMin = cmp.Or(cfg.BackoffMin, BackoffMin)
	cfg.BackoffMax = max(cfg.BackoffMin, cmp.Or(cfg.BackoffMax, BackoffMax))
	cfg.CommandWithin = cmp.Or(cfg.CommandWithin, CommandWithin)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if (cfg.Monotonic == nil) != (cfg.BootID == "") {
		return fail(CodeBadConfig, "Monotonic and BootID belong together: give both or neither. Nothing was started.")
	}
	if cfg.Monotonic == nil {
		cfg.Monotonic, cfg.BootID = HostClock()
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Dial == nil {
		cfg.Dial = new(net.Dialer).DialContext
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Notify == nil {
		cfg.Notify = func(Event) {}
	}
	if cfg.OnRows == nil {
		cfg.OnRows = func(Rows) {}
	}
	return nil
}

func (cfg *Config) completeNames() error {
	if cfg.Outbox != nil {
		name := cfg.Outbox.Name()
		cfg.Device, cfg.Install = cmp.Or(cfg.Device, name.Device), cmp.Or(cfg.Install, name.Install)
		if cfg.Device != name.Device || cfg.Install != name.Install {
			return fail(CodeBadConfig, "The outbox belongs to %s/%s, not to %s/%s. Nothing was started; open the outbox of this device.",
				name.Device, name.Install, cfg.Device, cfg.Install)
		}
	}
	if cfg.Device == "" || cfg.Install == "" {
		return fail(CodeBadConfig, "The client needs an outbox, or a device and an install. Nothing was started.")
	}
	if cfg.Subprotocol = cmp.Or(cfg.Subprotocol, wire.SubprotocolJSON); cfg.Subprotocol != wire.SubprotocolJSON && cfg.Subprotocol != wire.SubprotocolCBOR {
		return fail(CodeBadConfig, "The subprotocol %q is not known. Nothing was started; use %s or %s.", cfg.Subprotocol, wire.SubprotocolJSON, wire.SubprotocolCBOR)
	}
	seen := map[string]bool{}
	for _, t := range cfg.Topics {
		if t.Name == "" || seen[t.Name] {
			return fail(CodeBadConfig, "The topic %q is empty or named twice. Nothing was started; follow each topic once.", t.Name)
		}
		seen[t.Name] = true
	}
	address, err := socketURL(cfg.Server)
	cfg.Server = address
	return err
}

// socketURL turns what a person types into the address of the sync endpoint.
func socketURL(server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" {
		return "", fail(CodeBadConfig, "%q is no address of a server. Nothing was started; write it like https://stock.example:8080.", server)
	}
	switch u.Scheme {
	case "http", "ws":
		u.Scheme = "ws"
	case "https", "wss":
		u.Scheme = "wss"
	default:
		return "", fail(CodeBadConfig, "The address %q starts with none of https, http, wss, ws. Nothing was started.", server)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = defaultPath
	}
	u.User, u.Fragment = nil, "" // the key travels in hello, never in an address
	return u.String(), nil
}
