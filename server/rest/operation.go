package rest

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"strings"

	"bayledger/server/access"
	"bayledger/server/signin"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Health says that the process answers.
type Health struct {
	Status string `json:"status"`
}

// Version says what answers.
type Version struct {
	Version  string   `json:"version"`
	Go       string   `json:"go"`
	Protocol []string `json:"protocol" doc:"versions of the sync protocol, the preferred first"`
	Epoch    string   `json:"epoch" doc:"of the books"`
}

type (
	healthAnswer  struct{ Body Health }
	versionAnswer struct{ Body Version }
)

func (a *API) routeOperation() {
	register(a, route{method: http.MethodGet, path: "/healthz", id: "health", tag: "Operation", action: access.Public, summary: "Is the process alive"},
		func(context.Context, *none) (*healthAnswer, error) { return &healthAnswer{Health{"ok"}}, nil })
	register(a, route{method: http.MethodGet, path: "/readyz", id: "ready", tag: "Operation", action: access.Public, summary: "Are intents taken",
		about: "503 while the server starts, goes away, has no room on its disk, or waits for a disk that stands."}, a.ready)
	register(a, route{method: http.MethodGet, path: "/version", id: "version", tag: "Operation", action: access.Public, summary: "What runs here"}, a.version)
	a.engine.GET("/metrics", a.getMetrics)
	a.engine.GET("/openapi.json", a.document("application/vnd.oai.openapi+json", func() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }))
	a.engine.GET("/openapi.yaml", a.document("application/vnd.oai.openapi", func() ([]byte, error) { return a.huma.OpenAPI().YAML() }))
	if a.opts.Sync != nil {
		a.engine.GET("/v1/sync", gin.WrapH(a.opts.Sync))
	}
	if a.opts.Page != nil {
		page := gin.WrapH(a.opts.Page)
		a.engine.GET("/", page)
		a.engine.GET("/favicon.ico", page)
		a.engine.GET("/assets/*path", page)
		a.engine.GET("/scan/*path", page)
		for _, path := range a.opts.PagePaths {
			a.engine.GET(path, page)
		}
	}
	if a.opts.SignIn != nil {
		for _, path := range signin.Paths() {
			a.engine.GET(path, gin.WrapH(a.opts.SignIn))
		}
	}
	if a.opts.Trust != nil {
		trust := gin.WrapH(a.opts.Trust)
		a.engine.GET("/trust", trust)
		a.engine.GET("/authority.crt", trust)
	}
}

func (a *API) ready(context.Context, *none) (*healthAnswer, error) {
	if err := a.takes(); err != nil {
		return nil, err
	}
	return &healthAnswer{Health{"ready"}}, nil
}

// takes says why no intents are taken; nil: they are. A disk that stands is asked
// nothing: it would not answer.
func (a *API) takes() error {
	if a.isDraining() {
		return problem(codeUnavailable, "The server is going away and takes no new work. Come back in a few seconds.")
	}
	if err := a.opts.Stalled(); err != nil {
		return problem(codeUnavailable, err.Error())
	}
	if err := a.opts.Room(); err != nil {
		return problem(ledger.DiskFull, err.Error())
	}
	return nil
}

func (a *API) version(context.Context, *none) (*versionAnswer, error) {
	return &versionAnswer{Version{a.opts.Version, runtime.Version(), []string{"bayledger.v1"}, a.book.Epoch()}}, nil
}

// getMetrics shows the registry to whoever may see it.
func (a *API) getMetrics(c *gin.Context) {
	ctx := c.Request.Context()
	if !a.opts.OpenMetrics || !callOf(c.Request.Context()).local {
		if p := a.admit(ctx, access.ReadMetrics); p != nil {
			a.answer(c, callOf(ctx), p)
			return
		}
	}
	promhttp.HandlerFor(a.opts.Registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxReports}).ServeHTTP(c.Writer, c.Request)
}

// local says whether a request was sent from this machine, to a name of this
// machine, and not passed on by a proxy for somebody else.
func local(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !loopback(host) {
		return false
	}
	for name := range r.Header {
		if name == "Forwarded" || name == "Via" || strings.HasPrefix(name, "X-Forwarded-") || name == "X-Real-Ip" {
			return false
		}
	}
	name := hostName(r.Host)
	return name == "localhost" || loopback(name)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// document serves one form of the OpenAPI document, which does not change once
// the routes are made.
func (a *API) document(contentType string, render func() ([]byte, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		b, err := render()
		if err != nil {
			a.answer(c, callOf(c.Request.Context()), a.asProblem(c.Request.Context(), err))
			return
		}
		c.Data(http.StatusOK, contentType, b)
	}
}

// describeByHand adds the routes that huma does not serve.
func (a *API) describeByHand() {
	key := []map[string][]string{{"key": {}}, {"session": {}}}
	text := func(contentType, about string) map[string]*huma.Response {
		return map[string]*huma.Response{"200": {Description: about, Content: map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	}
	add := func(op *huma.Operation, action access.Action) {
		op.Method = http.MethodGet
		op.Extensions = map[string]any{"x-action": string(action)}
		if op.Security == nil {
			op.Security = []map[string][]string{}
		}
		a.huma.OpenAPI().AddOperation(op)
	}
	add(&huma.Operation{Path: "/metrics", OperationID: "metrics", Tags: []string{"Operation"}, Summary: "Metrics for Prometheus", Security: key,
		Responses: text("text/plain", "Prometheus text format")}, access.ReadMetrics)
	add(&huma.Operation{Path: "/openapi.json", OperationID: "openapiJSON", Tags: []string{"Operation"}, Summary: "This document",
		Responses: text("application/vnd.oai.openapi+json", "OpenAPI 3.1")}, access.Public)
	add(&huma.Operation{Path: "/openapi.yaml", OperationID: "openapiYAML", Tags: []string{"Operation"}, Summary: "This document as YAML",
		Responses: text("application/vnd.oai.openapi", "OpenAPI 3.1")}, access.Public)
	if a.opts.Sync != nil {
		add(&huma.Operation{Path: "/v1/sync", OperationID: "sync", Tags: []string{"Journal"}, Summary: "The sync protocol over a WebSocket",
			Description: "Subprotocols bayledger.v1+json and bayledger.v1+cbor; the key stands in the first message. See sync/PROTOCOL.md and its AsyncAPI document.",
			Responses:   map[string]*huma.Response{"101": {Description: "the WebSocket is open"}}}, access.Public)
	}
	if a.opts.Page != nil {
		html := func() map[string]*huma.Response { return text("text/html", "the page") }
		add(&huma.Operation{Path: "/", OperationID: "page", Tags: []string{"Operation"}, Summary: "The live page", Responses: html()}, access.Public)
		add(&huma.Operation{Path: "/favicon.ico", OperationID: "icon", Tags: []string{"Operation"}, Summary: "Its icon", Responses: text("image/svg+xml", "the icon")}, access.Public)
		for _, parts := range []struct{ path, id, summary string }{{"/assets/{path}", "assets", "Its parts"}, {"/scan/{path}", "handheldParts", "Parts of the handheld's page"}} {
			add(&huma.Operation{Path: parts.path, OperationID: parts.id, Tags: []string{"Operation"}, Summary: parts.summary,
				Parameters: []*huma.Param{{Name: "path", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
				Responses:  text("text/javascript", "a part of the page")}, access.Public)
		}
		for _, path := range a.opts.PagePaths {
			add(&huma.Operation{Path: path, OperationID: "page" + operationName(path), Tags: []string{"Operation"}, Summary: "A page of the screens", Responses: html()}, access.Public)
		}
	}
	if a.opts.SignIn != nil {
		for _, path := range signin.Paths() {
			add(&huma.Operation{Path: path, OperationID: "page" + operationName(path), Tags: []string{"People"}, Summary: "Where people sign in", Responses: text("text/html", "a page, or a part of it")}, access.Public)
		}
	}
	if a.opts.Trust != nil {
		add(&huma.Operation{Path: "/trust", OperationID: "trust", Tags: []string{"Operation"}, Summary: "How handhelds come to trust this server",
			Responses: text("text/html", "the page")}, access.Public)
		add(&huma.Operation{Path: "/authority.crt", OperationID: "authority", Tags: []string{"Operation"}, Summary: "The root of the server's certificates",
			Responses: text("application/x-x509-ca-cert", "PEM")}, access.Public)
	}
}

// operationName makes a name of a path.
func operationName(path string) string {
	return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
}
