package rest

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/server/access"
	"bayledger/server/documents"
	"bayledger/server/labels"
	"bayledger/server/openid"
	"bayledger/server/outbound"
	"bayledger/server/store"
	"bayledger/server/tables"
	"bayledger/server/trace"
	"bayledger/sync/book"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"
)

// Options of an API. Book and Store are needed; the zero value of each other has
// a default.
type Options struct {
	Book  *book.Book
	Store *store.Store
	Sync  http.Handler // the socket, at /v1/sync; nil: none
	// Presence is what devices said of themselves; nil: nothing is known of it.
	Presence func() []Presence
	Page     http.Handler // what people open, at / and /assets/; nil: none
	// PagePaths are where else Page is served: the pages of the screens.
	PagePaths []string
	Trust     http.Handler // the root that handhelds have to trust, at /trust and /authority.crt; nil: none
	// Backup writes what a backup is made of, behind an entry; nil: there is no route
	// for it. pieces asks for the server's rows and files too.
	Backup func(ctx context.Context, after uint64, pieces bool, to io.Writer) error
	// SignIn are the pages by which people sign in; nil: none.
	SignIn http.Handler
	// OpenID signs people in by an identity provider; nil: none.
	OpenID *openid.Provider
	// Outbound tells the outside; nil: there are no routes for it.
	Outbound *outbound.Service
	// Labels prints labels; nil: there are no routes for them.
	Labels *labels.Service
	// Documents keeps adjustments and deliveries; nil: there are no routes for them.
	Documents *documents.Service

	Log      *slog.Logger         // default: nothing is logged
	Registry *prometheus.Registry // metrics are registered here and shown at /metrics; default: a new one
	Version  string               // of the program

	Now    func() time.Time // default time.Now
	Random io.Reader        // for request ids; default crypto/rand.Reader
	Room   func() error     // says when the disk is full, as the book's option does
	Disk   func() (used int64, free uint64, err error)
	// Stalled says in words that a commit has been under way for too long, and never
	// waits; default: it never is.
	Stalled func() error

	// Hosts are the host names, without port, that requests may be for; empty: any.
	// On loopback it keeps pages of strangers from using a name of their own that
	// points here.
	Hosts []string
	// TrustedProxies are the addresses of proxies whose word is taken for where a request
	// came from and whether it came over TLS; none: nobody's.
	TrustedProxies []netip.Prefix
	// OpenMetrics lets /metrics be read from loopback without a key.
	OpenMetrics bool

	// Traces, if not nil, takes the trace contexts of intents to whoever watches;
	// Tracer, if not nil, makes spans of requests.
	Traces *trace.Notes
	Tracer *trace.Tracer

	Heartbeat    time.Duration // between signs of life on a stream; default 15 s
	WriteTimeout time.Duration // for one piece of a stream; default 30 s
}

// API serves HTTP. Make one with New.
type API struct {
	opts    Options
	book    *book.Book
	store   *store.Store
	log     *slog.Logger
	engine  *gin.Engine
	huma    huma.API
	metrics *metrics

	limits limiters
	cross  *http.CrossOriginProtection

	bodies  *semaphore.Weighted // bytes of bodies in memory
	reports *gate               // to the whole journal
	streams chan struct{}       // a token for each follower
	hashing chan struct{}       // a token for each password or PIN that is judged, or waits for it

	rights    atomic.Pointer[chan struct{}] // closed and replaced when somebody's rights change
	draining  chan struct{}                 // closed when the server goes away
	drainOnce sync.Once
	requests  atomic.Uint64 // for ids, should randomness fail
}

// New makes an API on a book that is open.
func New(o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Room == nil {
		o.Room = func() error { return nil }
	}
	if o.Stalled == nil {
		o.Stalled = func() error { return nil }
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = heartbeat
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = writeTimeout
	}
	a := &API{opts: o, book: o.Book, store: o.Store, log: o.Log,
		bodies: semaphore.NewWeighted(bodyBudget), reports: newGate(maxReports, maxReportLine, reportWait), streams: make(chan struct{}, maxStreams), hashing: make(chan struct{}, maxHashing),
		draining: make(chan struct{}), limits: newLimiters(o.Now), cross: http.NewCrossOriginProtection()}
	first := make(chan struct{})
	a.rights.Store(&first)
	a.metrics = newMetrics(a)
	a.engine = newEngine()
	a.engine.Use(a.around)
	a.huma = humagin.New(a.engine, config(o.Version))
	a.routes()
	a.describe()
	a.engine.NoRoute(a.noRoute)
	a.engine.NoMethod(a.noMethod)
	return a
}

// newEngine makes gin match escaped paths, so that codes may hold slashes.
func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode) // or it prints to stdout, before the lines that others read there
	e := gin.New()
	e.UseEscapedPath = true
	e.UnescapePathValues = false // gin takes + for a space there; around does it right
	e.RedirectTrailingSlash = false
	e.HandleMethodNotAllowed = true
	e.ForwardedByClientIP = false
	return e
}

// Handler serves everything.
func (a *API) Handler() http.Handler { return a.engine }

// Drain makes /readyz say no and ends the streams; what is under way goes on. It
// does not wait.
func (a *API) Drain() { a.drainOnce.Do(func() { close(a.draining) }) }

func (a *API) isDraining() bool {
	select {
	case <-a.draining:
		return true
	default:
		return false
	}
}

// route is what an operation is, apart from its handler.
type route struct {
	method, path, id string
	tag, summary     string
	about            string
	action           access.Action
	status           int                       // of success; 0 is 200
	loose            bool                      // parameters that nobody knows are passed over
	body             int64                     // bound of the body that huma reads
	request          *huma.RequestBody         // of a body that the handler reads itself
	responses        map[string]*huma.Response // of success, where the handler streams
}

// operation turns a route into huma's words, with the key asked for first.
func (a *API) operation(r route) huma.Operation {
	op := huma.Operation{Method: r.method, Path: r.path, OperationID: r.id, Summary: r.summary, Description: r.about, Tags: []string{r.tag},
		DefaultStatus: r.status, MaxBodyBytes: r.body, Responses: r.responses,
		RejectUnknownQueryParameters: !r.loose, BodyReadTimeout: bodyTimeout,
		Extensions: map[string]any{"x-action": string(r.action)}}
	if r.action == access.Public {
		op.Security = []map[string][]string{}
		return op
	}
	op.Security = []map[string][]string{{"key": {}}, {"session": {}}}
	op.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if p := a.admit(ctx.Context(), r.action); p != nil {
			a.writeProblem(ctx, p)
			return
		}
		next(ctx)
	}}
	if k, ok := tables.Answers(r.path); ok && r.method == http.MethodGet {
		a.inFormats(&op, k)
	}
	return op
}

// register adds an operation; whatever error its handler gives becomes a Problem.
func register[I, O any](a *API, r route, handler func(context.Context, *I) (*O, error)) {
	if r.body == 0 {
		r.body = maxSmallBody
	}
	huma.Register(a.huma, a.operation(r), func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.asProblem(ctx, err)
		}
		return out, nil
	})
	if r.request != nil { // only now, or huma would read the body itself
		operations(a.huma.OpenAPI().Paths[r.path])[r.method].RequestBody = r.request
	}
}

func (a *API) routes() {
	a.routeOperation()
	a.routeBackup()
	a.routeIntents()
	a.routeActivity()
	a.routeReports()
	a.routeCostReports()
	a.routeAvailability()
	a.routePriceCorrections()
	a.routeTrace()
	a.routeSummary()
	a.routeStock()
	a.routeThroughput()
	a.routeSteps()
	a.routeAlerts()
	a.routeWebhooks()
	a.routeSubscriptions()
	a.routeSchedules()
	a.routeSettled()
	a.routeExceptions()
	a.routeAttention()
	a.routeSessions()
	a.routeCounts()
	a.routeHolds()
	a.routeMissing()
	a.routeExpected()
	a.routeCatalog()
	a.routeImport()
	a.routeExport()
	a.routeVariants()
	a.routeBulk()
	a.routeNegative()
	a.routeDevices()
	a.routePairings()
	a.routePeople()
	a.routeTokens()
	a.routePINs()
	a.routeOpenID()
	a.routeLabels()
	a.routeAdjustments()
	a.routeDeliveries()
}
