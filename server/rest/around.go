package rest

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/server/trace"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// call is one request under way.
type call struct {
	id     string
	gin    *gin.Context
	who    access.Principal
	known  bool
	span   trace.Span
	secret string // to judge a stream's key again
	cookie bool   // the secret came from a cookie
	local  bool   // it was sent from this machine, and not passed on
}

type (
	callKey struct{}
	asKey   struct{} // of requests from within, whose rights they are judged by
)

// As answers requests from within this process, as whoever would get them. They are
// bounded by the process itself, and come from no address.
func (a *API) As(who access.Principal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.engine.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), asKey{}, who)))
	})
}

// callOf returns the request of a context; every handler runs inside one.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	if c == nil {
		return &call{}
	}
	return c
}

func requestID(ctx context.Context) string { return callOf(ctx).id }

// attrs are what every line about the request has: which it is, whose key it came
// with, and the trace it belongs to.
func (c *call) attrs() []slog.Attr {
	attrs := make([]slog.Attr, 0, 12)
	attrs = append(attrs, slog.String("request", c.id), slog.String("device", c.who.Device), slog.String("actor", c.who.Name))
	if c.span.Context() != "" {
		attrs = append(attrs, slog.String("trace", c.span.Context()))
	}
	return attrs
}

// line is the log, with what every line about a request has.
func (a *API) line(ctx context.Context) *slog.Logger {
	return slog.New(a.log.Handler().WithAttrs(callOf(ctx).attrs()))
}

// around is what every request goes through: an id, headers that browsers obey,
// deadlines, judgement of host and origin, a log line, and rescue.
func (a *API) around(c *gin.Context) {
	start := a.opts.Now()
	here := local(c.Request)
	believe(c.Request, a.opts.TrustedProxies)
	call := &call{local: here, id: a.requestID(c.GetHeader("X-Request-Id")), gin: c, span: a.opts.Tracer.Start(c.GetHeader("Traceparent"), "request", start)}
	call.who, call.known = c.Request.Context().Value(asKey{}).(access.Principal)
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), callKey{}, call))
	defer a.logged(c, call, start)
	defer a.rescue(c, call)
	h := c.Writer.Header()
	h.Set("X-Request-Id", call.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if overTLS(c.Request) {
		h.Set("Strict-Transport-Security", transportSecurity)
	}
	// A recorder in a test has no deadlines; a socket does.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(plainTimeout))
	if p := a.stranger(c.Request); p != nil {
		a.answer(c, call, p)
		return
	}
	for i := range c.Params {
		if v, err := url.PathUnescape(c.Params[i].Value); err == nil {
			c.Params[i].Value = v
		}
	}
	c.Next()
}

// requestID takes a client's id where it is harmless, else makes one.
func (a *API) requestID(given string) string {
	ok := given != "" && len(given) <= maxRequestID
	for i := 0; ok && i < len(given); i++ {
		c := given[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
	}
	if ok {
		return given
	}
	var random [8]byte
	if _, err := io.ReadFull(a.opts.Random, random[:]); err != nil {
		return "n" + strconv.FormatUint(a.requests.Add(1), 10)
	}
	return hex.EncodeToString(random[:])
}

// stranger says why a request is refused before it is known whose it is.
func (a *API) stranger(r *http.Request) *Problem {
	if r.Context().Value(asKey{}) != nil {
		return nil
	}
	if wait, ok := a.limits.address.take(addressOf(r.RemoteAddr)); !ok {
		return tooFast("Too many requests come from this address. Nothing was done; come back later.", wait)
	}
	return a.foreign(r)
}

// foreign says why a request is refused for where a browser sends it from, or to.
func (a *API) foreign(r *http.Request) *Problem {
	if len(a.opts.Hosts) > 0 && !slices.Contains(a.opts.Hosts, hostName(r.Host)) {
		return problem(ledger.NotAllowed, "This server does not answer to the name "+strconv.Quote(short(hostName(r.Host)))+". Nothing was done; open it by its own name, or have whoever runs the server add this one with --name.")
	}
	origin := r.Header.Get("Origin")
	if origin != "" {
		u, err := url.Parse(origin)
		// Our own page over http is no page of ours where we speak TLS: whoever stands in
		// between wrote it. The other way round a proxy speaks TLS and does not say so.
		if err != nil || !strings.EqualFold(u.Host, r.Host) || u.Scheme != "https" && (u.Scheme != "http" || overTLS(r)) {
			return problem(ledger.NotAllowed, "The page "+strconv.Quote(short(origin))+" may not use this server. Nothing was done; open the server's own page.")
		}
	}
	// Only browsers send this header, and pages cannot forge it.
	if site := r.Header.Get("Sec-Fetch-Site"); (site == "cross-site" || site == "same-site") && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
		return problem(ledger.NotAllowed, "Another site's page may not use this server. Nothing was done; open the server's own page.")
	}
	if a.cross.Check(r) != nil {
		return problem(ledger.NotAllowed, "Another site's page may not change anything here. Nothing was done; open the server's own page.")
	}
	return nil
}

func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return strings.ToLower(name)
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// rescue answers for a handler that panicked. An answer that has begun is broken
// off, so that nobody takes half of it for the whole.
func (a *API) rescue(c *gin.Context, call *call) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	a.line(c.Request.Context()).Error("a handler panicked", "path", c.FullPath(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if c.Writer.Written() {
		panic(http.ErrAbortHandler)
	}
	a.answer(c, call, problem(codeInternal, "The server failed at this request. Nothing was promised; try again, and if it stays so, look for the request id in the server's log."))
}

// logged writes one line about a request: where to, never what with.
func (a *API) logged(c *gin.Context, call *call, start time.Time) {
	path, status, took := c.FullPath(), c.Writer.Status(), a.opts.Now().Sub(start)
	if path == "" {
		path = "unknown"
	}
	if path != "/v1/sync" {
		a.metrics.requests.WithLabelValues(method(c.Request.Method), path, strconv.Itoa(status)).Observe(took.Seconds())
	}
	spanned(&call.span, c, call, path, status)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case path == "/healthz" || path == "/readyz" || path == "/metrics" || strings.HasPrefix(path, "/assets/") || strings.HasPrefix(path, "/scan/"):
		level = slog.LevelDebug
	}
	attrs := append(call.attrs(), slog.String("method", c.Request.Method), slog.String("path", path),
		slog.Int("status", status), slog.Int("bytes", max(0, c.Writer.Size())), slog.Duration("took", took),
		slog.String("from", c.Request.RemoteAddr))
	a.log.LogAttrs(c.Request.Context(), level, "request", attrs...)
}

// spanned ends the span of a request.
func spanned(span *trace.Span, c *gin.Context, call *call, path string, status int) {
	if !span.Recording() {
		return
	}
	span.Set("http.request.method", method(c.Request.Method))
	span.Set("http.route", path)
	span.Set("http.response.status_code", status)
	span.Set("bayledger.request", call.id)
	span.Set("bayledger.actor", call.who.Name)
	failed := ""
	if status >= http.StatusInternalServerError {
		failed = http.StatusText(status)
	}
	span.End(failed)
}

// method is a request's method as metrics name it: whatever strangers make up is
// one name, or each would be a series for ever.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// answer writes a problem outside huma.
func (a *API) answer(c *gin.Context, call *call, p *Problem) {
	shown := *p
	shown.Request = call.id
	for name, values := range p.GetHeaders() {
		c.Writer.Header()[name] = values
	}
	b, err := json.Marshal(&shown)
	if err != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	c.Data(p.Status, "application/problem+json", append(b, '\n'))
	c.Abort()
}

// writeProblem writes one from a middleware of huma.
func (a *API) writeProblem(ctx huma.Context, p *Problem) {
	a.answer(callOf(ctx.Context()).gin, callOf(ctx.Context()), p)
}

func (a *API) noRoute(c *gin.Context) {
	a.answer(c, callOf(c.Request.Context()), problem(ledger.NotFound, "There is nothing at this path. See /openapi.json for what there is."))
}

func (a *API) noMethod(c *gin.Context) {
	a.answer(c, callOf(c.Request.Context()), problem(codeMethod, "This path does not take "+strconv.Quote(short(c.Request.Method))+". Nothing was done; see /openapi.json."))
}

// admit judges the key of a request, and whether its owner may do this.
func (a *API) admit(ctx context.Context, action access.Action) *Problem {
	c := callOf(ctx)
	if !c.known {
		if p := a.identify(c); p != nil {
			return p
		}
	}
	return a.may(ctx, action)
}

// identify finds whose secret a request brings.
func (a *API) identify(c *call) *Problem {
	c.secret, c.cookie = secretOf(c.gin.Request)
	if c.secret == "" {
		return problem(ledger.BadKey, "No key was sent. Nothing was done; send it as Authorization: Bearer KEY, or sign in.")
	}
	if c.who, c.known = a.store.Authenticate(c.secret); !c.known {
		if p := a.strange(c); p != nil {
			return p
		}
		return problem(ledger.BadKey, "The key is not valid, was revoked, or its time is over. Nothing was done; pair the device again, or sign in.")
	}
	if wait, ok := a.limits.owner.take(c.who.Right); !ok {
		return tooFast("Too many requests come with this key. Nothing was done; come back later.", wait)
	}
	return nil
}

// strange counts a secret that is none of ours against the address that it comes from.
// Keys that are good are never refused for what others of their address do.
func (a *API) strange(c *call) *Problem {
	if wait, ok := a.limits.badKey.take(addressOf(c.gin.Request.RemoteAddr)); !ok {
		return tooFast("Too many keys that are none came from this address. Nothing was done; come back later.", wait)
	}
	return nil
}

// tooFast tells when to come back.
func tooFast(message string, wait time.Duration) *Problem {
	p := problem(ledger.TooFast, message)
	p.Retry = int((wait + time.Second - 1) / time.Second)
	return p
}

// may judges a further action inside a handler.
func (a *API) may(ctx context.Context, action access.Action) *Problem {
	who := callOf(ctx).who
	if access.May(who, action) {
		return nil
	}
	return forbidden(&who, action, "")
}

// mayAt judges an action at a site; "" is what belongs to all.
func (a *API) mayAt(ctx context.Context, action access.Action, site string) *Problem {
	who := callOf(ctx).who
	if access.MayAt(who, action, site) {
		return nil
	}
	if site == "" {
		site = "all sites"
	} else {
		site = "the site " + quoted(site)
	}
	return forbidden(&who, action, site)
}

// where returns the sites at which whoever asks may do something.
func (a *API) where(ctx context.Context, action access.Action) access.Sites {
	return access.Where(callOf(ctx).who, action)
}

func forbidden(who *access.Principal, action access.Action, where string) *Problem {
	switch {
	case who.Kind == access.Token && who.Scope == nil && access.Named(action):
		return problem(ledger.NotAllowed, "A token hands out rights only where its scope names that ("+string(action)+"), and this one has no scope. Nothing was done; make one that does, or sign in.")
	case who.Until != 0:
		return problem(ledger.BadKey, "The key was taken back. Scans made before that are still taken (POST /v1/intents); nothing else was done. Pair the device again.")
	case who.Scope != nil && !who.Scope.Allows(action):
		return problem(ledger.NotAllowed, "The scope of this token does not reach so far ("+string(action)+"). Nothing was done; make one that does.")
	case where != "":
		return problem(ledger.NotAllowed, "A "+string(who.Role)+" key may not do this at "+where+" ("+string(action)+"). Nothing was done; ask a supervisor of there.")
	}
	return problem(ledger.NotAllowed, "A "+string(who.Role)+" key may not do this ("+string(action)+"). Nothing was done; ask a supervisor.")
}

// short cuts a value for a sentence.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func quoted(s string) string { return strconv.Quote(short(s)) }
