package rest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/rest"
)

func TestHealthReadyVersionNeedNoKey(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{"/healthz": `"ok"`, "/readyz": `"ready"`, "/version": `"test"`} {
		if a := w.do("GET", path, "", ""); a.status != 200 || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	w.api.Drain()
	w.api.Drain()
	w.fails(w.do("GET", "/readyz", "", ""), 503, "unavailable")
	if a := w.do("GET", "/healthz", "", ""); a.status != 200 {
		t.Errorf("not alive while draining: %d", a.status)
	}
}

func TestMetrics(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.Disk = func() (int64, uint64, error) { return 42, 77, nil } })
	w.goods()
	w.post(access.Admin, w.intent(1, `"action":"remove","product":"BOLT"`))
	for _, role := range []access.Role{access.Floor, access.Dock} {
		w.fails(w.as(role, "GET", "/metrics", ""), 403, "not_allowed")
	}
	w.fails(w.do("GET", "/metrics", "", ""), 401, "bad_key")
	text := string(w.as(access.Supervisor, "GET", "/metrics", "").body)
	for _, want := range []string{"bayledger_entries_total 16", "bayledger_book_cells 2", "bayledger_book_products 2", "bayledger_book_streams 1", "bayledger_facts_folded_again_total 0", "bayledger_book_waiting 0",
		`bayledger_alerts_open{kind="negative"} 1`, `bayledger_http_intents_total{outcome="applied"} 1`, "bayledger_commits_total", "bayledger_ready 1",
		"bayledger_disk_used_bytes 42", "bayledger_disk_free_bytes 77", "bayledger_event_streams 0", "bayledger_event_stream_lag_entries 0",
		`bayledger_http_request_duration_seconds_count{method="PUT",path="/v1/products/:code",status="200"} 2`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestMetricsOpenToThisMachineOnlyIfSaid(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.OpenMetrics = true })
	if a := w.do("GET", "/metrics", "", ""); a.status != 200 {
		t.Errorf("from here: %d", a.status)
	}
	w.fails(w.do("GET", "/metrics", "", "", "X-Forwarded-For", "10.0.0.1"), 401, "bad_key")
	w.fails(w.do("GET", "/metrics", "", "", "Forwarded", "for=10.0.0.1"), 401, "bad_key")
	w.fails(w.do("GET", "/metrics", "", "", "Host", "evil.example"), 401, "bad_key")
	for remote, want := range map[string]int{"10.0.0.1:5": 401, "[::1]:5": 200, "nonsense": 401} {
		r := httptest.NewRequest("GET", "http://localhost/metrics", nil)
		r.RemoteAddr = remote
		rec := httptest.NewRecorder()
		w.api.Handler().ServeHTTP(rec, r)
		if rec.Code != want {
			t.Errorf("from %s: %d, want %d", remote, rec.Code, want)
		}
	}
}

func TestStrangersPagesAreRefused(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.Hosts = []string{"127.0.0.1", "stock.local"} })
	own := strings.TrimPrefix(w.server.URL, "http://")
	for _, c := range []struct {
		headers []string
		want    int
	}{
		{nil, 200},
		{[]string{"Origin", w.server.URL}, 200},
		{[]string{"Origin", "http://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", "http://" + own + "0"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200}, // a link to us
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Host", "stock.local"}, 200},
		{[]string{"Host", "stock.local:8080"}, 200},
		{[]string{"Host", "evil.example"}, 403},
		{[]string{"Host", "127.0.0.1.evil.example"}, 403},
	} {
		for _, path := range []string{"/v1/balances", "/v1/activity", "/version"} {
			a := w.do("GET", path, w.keys[access.Admin], "", c.headers...)
			if a.status != c.want {
				t.Errorf("%s with %v: %d, want %d", path, c.headers, a.status, c.want)
			}
			if c.want == 403 {
				w.fails(a, 403, "not_allowed")
			}
		}
	}
	if a := w.do("GET", "/v1/sync", "", "", "Origin", "http://evil.example"); a.status != 403 {
		t.Errorf("the socket opens for a stranger's page: %d", a.status)
	}
	if a := w.do("GET", "/v1/sync", "", "", "Origin", w.server.URL); a.status != http.StatusTeapot {
		t.Errorf("the socket does not open for our page: %d", a.status)
	}
}

func TestHeadersAndRequestIDs(t *testing.T) {
	w := newWorld(t)
	a := w.do("GET", "/v1/balances", w.keys[access.Admin], "", "X-Request-Id", "abc-1.2_3")
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Request-Id": "abc-1.2_3", "Cross-Origin-Resource-Policy": "same-origin"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	seen := map[string]bool{}
	for _, given := range []string{"", "with space", strings.Repeat("x", 65), `"quote`, "a;b"} {
		got := w.do("GET", "/healthz", "", "", "X-Request-Id", given).header.Get("X-Request-Id")
		if got == given || len(got) != 16 || seen[got] {
			t.Errorf("id %q for %q", got, given)
		}
		seen[got] = true
	}
	if !strings.Contains(w.logs.String(), `"request":"abc-1.2_3"`) || !strings.Contains(w.logs.String(), `"actor":"admin"`) {
		t.Error("the log does not name the request and who sent it")
	}
	w2 := newWorld(t, func(o *rest.Options) { o.Random = strings.NewReader("") })
	first, second := w2.do("GET", "/healthz", "", "").header.Get("X-Request-Id"), w2.do("GET", "/healthz", "", "").header.Get("X-Request-Id")
	if first == "" || first == second {
		t.Errorf("without randomness: %q, %q", first, second)
	}
}

func TestKeysInEveryFormButTheRight(t *testing.T) {
	w := newWorld(t)
	key := w.keys[access.Admin]
	for header, want := range map[string]int{"Bearer " + key: 200, "bearer " + key: 200, "Bearer  " + key: 200, "Basic " + key: 401, key: 401, "Bearer": 401, "Bearer " + key + "x": 401,
		"Bearer " + strings.Repeat("x", 20<<10): 401} {
		a := w.do("GET", "/v1/balances", "", "", "Authorization", header)
		if a.status != want {
			t.Errorf("%.40q: %d, want %d", header, a.status, want)
		}
		if want == 401 && a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%.40q: no WWW-Authenticate", header)
		}
	}
	w.fails(w.do("GET", "/v1/balances?key="+key, "", ""), 401, "bad_key") // never in an address
}

// A panic in a handler is answered in our shape, and the server goes on.
func TestPanicIsAnswered(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) {
		o.Sync = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("half") != "" {
				io.WriteString(rw, "half an answer")
			}
			panic(errors.New("a fault of the program"))
		})
	})
	w.fails(w.do("GET", "/v1/sync", "", ""), 500, "internal")
	if res, err := w.server.Client().Get(w.server.URL + "/v1/sync?half=1"); err == nil {
		if _, err := io.ReadAll(res.Body); err == nil {
			t.Error("half an answer looks like a whole one")
		}
		res.Body.Close()
	}
	if !strings.Contains(w.logs.String(), "a fault of the program") {
		t.Error("the panic is not in the log")
	}
	w.ok("GET", "/v1/balances", "")
}

func TestAClosingBookSaysSo(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.book.Close()
	w.fails(w.as(access.Admin, "POST", "/v1/intents", w.intent(1, `"action":"add","product":"BOLT"`)), 503, "unavailable")
	w.fails(w.as(access.Admin, "PUT", "/v1/products/X", `{}`), 503, "unavailable")
	var e any
	if err := json.Unmarshal(w.as(access.Admin, "GET", "/v1/activity", "").body, &e); err != nil {
		t.Errorf("reading does not go on: %v", err)
	}
}
