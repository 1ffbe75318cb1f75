// Package server is the assembly: HTTP with the REST twins, the socket and the
// page, on listeners that it is given.
//
// # Use
//
// New puts the parts together, Serve takes connections until its context ends,
// Drain sends everyone away in peace. Handler is for those who bring a server of
// their own.
//
// # Promised
//
// Serve returns after requests under way were answered, or the drain's time was
// up. Every connection has deadlines: nobody holds one by saying nothing.
//
// # Owed by callers
//
// The book and the store are closed after Serve has returned; the socket's hub
// is drained by Drain where it can be.
package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"bayledger/server/access"
	"bayledger/server/documents"
	"bayledger/server/labels"
	"bayledger/server/openid"
	"bayledger/server/outbound"
	"bayledger/server/rest"
	"bayledger/server/signin"
	"bayledger/server/socket"
	"bayledger/server/store"
	"bayledger/server/trace"
	"bayledger/server/web"
	"bayledger/sync/book"

	"github.com/prometheus/client_golang/prometheus"
)

// Bounds of connections.
const (
	// headerTimeout is generous for a handheld at the edge of the Wi-Fi, and short
	// for those who say nothing.
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	// maxHeader: a key, a cursor and what browsers add take 2 KiB.
	maxHeader = 32 << 10
	// drainTimeout is what Serve gives to requests under way when its context ends.
	drainTimeout = 10 * time.Second
)

// Options of a server. Book and Store are needed; the zero value of each other
// has a default (see rest.Options).
type Options struct {
	Book   *book.Book
	Store  *store.Store
	Labels *labels.Service // nil: no labels
	// Documents keeps adjustments and deliveries; nil: there are none.
	Documents *documents.Service
	Outbound  *outbound.Service // nil: nothing goes out
	// Sync is the socket, at /v1/sync. Where it has a method Drain(context.Context),
	// Drain calls it.
	Sync http.Handler

	Log      *slog.Logger
	Registry *prometheus.Registry
	Version  string

	Now    func() time.Time
	Random io.Reader
	Room   func() error
	Disk   func() (used int64, free uint64, err error)
	// Stalled says in words that the disk stands; see rest.Options.
	Stalled func() error

	Traces *trace.Notes  // see rest.Options
	Tracer *trace.Tracer // see rest.Options

	// Backup writes what a backup is made of; see rest.Options.
	Backup func(ctx context.Context, after uint64, pieces bool, to io.Writer) error

	Hosts          []string       // see rest.Options
	TrustedProxies []netip.Prefix // see rest.Options
	OpenMetrics    bool
	NoPage         bool             // serve no page at /
	Trust          http.Handler     // shows the root of the server's certificates; nil: there is none
	OpenID         *openid.Provider // signs people in by an identity provider; nil: none
}

// drainer is what a socket may be able to do.
type drainer interface{ Drain(ctx context.Context) }

// Server is the assembly. Make one with New.
type Server struct {
	api  *rest.API
	sync http.Handler
	log  *slog.Logger

	mu      sync.Mutex // guards what follows
	serving map[*http.Server]struct{}
	drained bool
}

// New puts a server together.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	var page http.Handler
	if !o.NoPage {
		page = web.Handler()
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	api := rest.New(rest.Options{Book: o.Book, Store: o.Store, Presence: presence(o.Sync), Labels: o.Labels, Outbound: o.Outbound, Documents: o.Documents, Sync: o.Sync, Page: page, PagePaths: web.Paths(), Trust: o.Trust, SignIn: signin.Handler(), OpenID: o.OpenID, Log: o.Log, Registry: o.Registry, Version: o.Version,
		Now: o.Now, Random: o.Random, Room: o.Room, Disk: o.Disk, Stalled: o.Stalled, Backup: o.Backup, Hosts: o.Hosts, TrustedProxies: o.TrustedProxies, OpenMetrics: o.OpenMetrics, Traces: o.Traces, Tracer: o.Tracer})
	return &Server{api: api, sync: o.Sync, log: o.Log, serving: map[*http.Server]struct{}{}}
}

// presence is what the devices of a socket say of themselves, where it keeps that.
func presence(sync http.Handler) func() []rest.Presence {
	hub, keeps := sync.(interface{ Devices() []socket.Device })
	if !keeps {
		return nil
	}
	return func() []rest.Presence {
		devices := hub.Devices()
		out := make([]rest.Presence, len(devices))
		for i := range devices {
			d := &devices[i]
			out[i] = rest.Presence{Device: d.Device, App: d.App, Connected: d.Connected, Heard: d.Heard, Pending: d.Pending, Oldest: d.Oldest, Battery: d.Battery, LostFocus: d.LostFocus, Ahead: d.Ahead.Milliseconds()}
		}
		return out
	}
}

// Handler serves everything.
func (s *Server) Handler() http.Handler { return s.api.Handler() }

// As serves requests from within the process, as whoever would get them.
func (s *Server) As(who access.Principal) http.Handler { return s.api.As(who) }

// Serve takes connections until ctx ends, then drains and returns nil. Errors:
// the listener's; http.ErrServerClosed where the server was drained before.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{Handler: s.api.Handler(), ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)} // what strangers send wrongly is no news
	s.mu.Lock()
	if s.drained {
		s.mu.Unlock()
		l.Close()
		return http.ErrServerClosed
	}
	s.serving[h] = struct{}{}
	s.mu.Unlock()
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(l) }()
	select {
	case err := <-ended:
		s.mu.Lock()
		drained := s.drained
		s.mu.Unlock()
		if drained && errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return err
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	s.Drain(within)
	<-ended
	return nil
}

// Drain takes no more connections, tells those who follow to come back, and
// waits for requests under way until ctx ends; what is left then is cut. It may
// be called more than once.
func (s *Server) Drain(ctx context.Context) {
	s.api.Drain()
	if d, ok := s.sync.(drainer); ok {
		d.Drain(ctx)
	}
	s.mu.Lock()
	s.drained = true
	list := make([]*http.Server, 0, len(s.serving))
	for h := range s.serving {
		list = append(list, h)
	}
	clear(s.serving)
	s.mu.Unlock()
	for _, h := range list {
		if h.Shutdown(ctx) != nil {
			_ = h.Close() // the time is up
		}
	}
}
