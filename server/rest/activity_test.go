package rest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/rest"
	"bayledger/server/store"
)

type entry struct {
	N      uint64
	Kind   string
	Intent struct{ Product, Site, Operator string }
	Edit   *struct{ Entity, Code string }
	Hash   string
}

type page struct {
	Entries    []entry
	Head, Next uint64
	Epoch      string
}

func (w *world) activity(query string) page {
	w.t.Helper()
	var p page
	w.ok("GET", "/v1/activity"+query, "").json(w.t, &p)
	return p
}

// traffic books n intents of a device, alternating products and operators.
func (w *world) traffic(device string, n int) {
	w.t.Helper()
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, `{"device":%q,"seq":%d,"action":"add","product":%q,"operator":%q,"quantity":"1","lot":%q}`+"\n", device, i, []string{"BOLT", "NUT"}[i%2], []string{"ann", "bob"}[i/2%2], []string{"", "L1"}[i%2])
	}
	for line := range strings.SplitSeq(w.post(access.Admin, b.String()).codes(), " ") {
		if line != "applied" {
			w.t.Fatal(line)
		}
	}
}

func TestActivityPages(t *testing.T) {
	for name, ring := range map[string]int{"from the ring": 0, "from the store": 1} {
		t.Run(name, func(t *testing.T) {
			w := newWorldRing(t, ring)
			w.goods()
			w.traffic("H-1", 1500)
			w.traffic("H-2", 700)
			var seen uint64
			pages := 0
			for {
				p := w.activity(fmt.Sprintf("?since=%d&limit=400", seen))
				if p.Head != w.head() || p.Epoch != "e1" {
					t.Fatalf("head %d, epoch %q", p.Head, p.Epoch)
				}
				for _, e := range p.Entries {
					if e.N != seen+1 || len(e.Hash) != 64 {
						t.Fatalf("entry %d after %d, hash %q", e.N, seen, e.Hash)
					}
					seen = e.N
				}
				if p.Next != seen {
					t.Fatalf("next %d after entry %d", p.Next, seen)
				}
				if pages++; len(p.Entries) < 400 {
					break
				}
			}
			if seen != w.head() {
				t.Errorf("saw %d of %d entries in %d pages", seen, w.head(), pages)
			}
			if p := w.activity(""); len(p.Entries) != 100 {
				t.Errorf("%d entries without a limit", len(p.Entries))
			}
			if p := w.activity(fmt.Sprintf("?since=%d", seen)); p.Entries == nil || len(p.Entries) != 0 || p.Next != seen {
				t.Errorf("at the end: %+v", p)
			}
			if p := w.activity("?since=99999999"); len(p.Entries) != 0 || p.Next != seen {
				t.Errorf("behind the end: %+v", p)
			}
		})
	}
}

func TestActivityFilters(t *testing.T) {
	w := newWorldRing(t, 1)
	w.goods()
	w.ok("PUT", "/v1/sites/north", `{}`)
	w.ok("PUT", "/v1/products/"+url.PathEscape(`odd "ü/`), `{}`)
	w.traffic("H-1", 40)
	w.post(access.Admin, `{"device":"H-2","seq":1,"site":"north","action":"add","product":"BOLT","operator":"eve"}`+"\n"+
		`{"device":"H-2","seq":2,"site":"north","action":"add","product":"GHOST"}`+"\n"+
		`{"device":"H-2","seq":3,"action":"move","product":"BOLT","from":"stock","to":"A-01","lines":[{"product":"BOLT"},{"product":"NUT"}]}`+"\n"+
		`{"device":"H-2","seq":4,"action":"add","product":"odd \"ü/"}`)
	count := func(query string) int {
		t.Helper()
		var n int
		since := uint64(0)
		for {
			p := w.activity(fmt.Sprintf("?limit=7&since=%d&%s", since, query))
			n += len(p.Entries)
			if p.Next == p.Head {
				return n
			}
			if p.Next <= since {
				t.Fatalf("%s: next %d after since %d", query, p.Next, since)
			}
			since = p.Next
		}
	}
	for query, want := range map[string]int{
		"operator=ann":               20,
		"operator=eve":               1,
		"operator=nobody":            0,
		"kind=intent":                44,
		"kind=correction":            0,
		"product=NUT&kind=intent":    21,
		"product=GHOST":              1,
		"product=BOLT&operator=eve":  1,
		"site=north&kind=intent":     2,
		"site=main&kind=intent":      42,
		"location=A-01":              2, // it was made, and moved to
		"location=main/A-01":         2,
		"location=north/A-01":        0,
		"location=supplier":          43, // it was made, and delivered from
		"location=north/stock":       1,
		"kind=edit&product=BOLT":     1,
		"product=odd%20%22%C3%BC%2F": 2,
	} {
		if got := count(query); got != want {
			t.Errorf("%s: %d entries, want %d", query, got, want)
		}
	}
}

func TestActivityRefuses(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"since=-1": "bad_field", "since=x": "bad_field", "limit=0": "bad_field", "limit=10001": "bad_field", "colour=red": "unknown_field", "since=99999999999999999999999": "bad_field",
	} {
		w.fails(w.as(access.Admin, "GET", "/v1/activity?"+query, ""), 422, want)
	}
	w.fails(w.as(access.Admin, "GET", "/v1/activity?epoch=e0&since=3", ""), 410, "stale_cursor")
	w.fails(w.do("GET", "/v1/activity", "", ""), 401, "bad_key")
	w.fails(w.do("GET", "/v1/activity?since=9999", w.keys[access.Admin], "", "Accept", "text/event-stream"), 410, "stale_cursor")
	w.fails(w.do("GET", "/v1/activity", w.keys[access.Admin], "", "Accept", "text/event-stream", "Last-Event-ID", "x"), 422, "bad_field")
}

// event is one of a stream.
type event struct{ id, name, data string }

// events is a stream that is being read.
type events struct {
	body io.ReadCloser
	r    *bufio.Reader
}

func (w *world) follow(ctx context.Context, query, key, lastID string) *events {
	w.t.Helper()
	r := w.request("GET", "/v1/activity"+query, key, "", "Accept", "text/event-stream")
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	res, err := w.server.Client().Do(r.WithContext(ctx))
	if err != nil {
		w.t.Fatal(err)
	}
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		b, _ := io.ReadAll(res.Body)
		w.t.Fatalf("%d %s", res.StatusCode, b)
	}
	return &events{res.Body, bufio.NewReader(res.Body)}
}

// next returns the next event, or a comment as one named ":".
func (e *events) next() (event, error) {
	var out event
	for {
		line, err := e.r.ReadString('\n')
		if err != nil {
			return out, err
		}
		line = strings.TrimSuffix(line, "\n")
		switch name, value, _ := strings.Cut(line, ": "); {
		case line == "" && out != event{}:
			return out, nil
		case name == "id":
			out.id = value
		case name == "event":
			out.name = value
		case name == "data":
			out.data = value
		case strings.HasPrefix(line, ":"):
			out.name = ":"
		}
	}
}

func TestStreamIsGaplessOverCutsUnderConcurrentWrites(t *testing.T) {
	for name, ring := range map[string]int{"from the ring": 0, "from the store": 1} {
		t.Run(name, func(t *testing.T) {
			w := newWorldRing(t, ring)
			w.goods()
			const writers, each, batch = 4, 25, 10
			want := w.head() + writers*each*batch
			var group sync.WaitGroup
			for i := range writers {
				group.Go(func() {
					for j := range each {
						var b strings.Builder
						for k := range batch {
							fmt.Fprintf(&b, `{"device":"W-%d","seq":%d,"action":"add","product":"BOLT","quantity":"1"}`+"\n", i, j*batch+k+1)
						}
						r, err := http.NewRequest("POST", w.server.URL+"/v1/intents", strings.NewReader(b.String()))
						if err != nil {
							t.Error(err)
							return
						}
						r.Header.Set("Authorization", "Bearer "+w.keys[access.Admin])
						res, err := w.server.Client().Do(r)
						if err != nil {
							t.Error(err)
							return
						}
						res.Body.Close()
					}
				})
			}
			seen, cuts := uint64(0), 0
			for seen < want {
				ctx, cancel := context.WithCancel(t.Context())
				lastID := ""
				if seen > 0 {
					lastID = strconv.FormatUint(seen, 10)
				}
				e := w.follow(ctx, "?since=0", w.keys[access.Supervisor], lastID)
				for range 40 + cuts*10 { // then the connection is cut
					if seen == want {
						break
					}
					x, err := e.next()
					if err != nil {
						t.Fatal(err)
					}
					if x.name != "entry" {
						continue
					}
					var got entry
					if err := json.Unmarshal([]byte(x.data), &got); err != nil {
						t.Fatal(err)
					}
					if got.N != seen+1 || x.id != strconv.FormatUint(got.N, 10) {
						t.Fatalf("entry %d with id %s after %d", got.N, x.id, seen)
					}
					seen = got.N
				}
				cancel()
				e.body.Close()
				cuts++
			}
			group.Wait()
			if seen != w.head() {
				t.Errorf("saw %d of %d", seen, w.head())
			}
			t.Logf("%d entries over %d cuts", seen, cuts)
		})
	}
}

func TestStreamOfAFilterTellsHowFarItIs(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.Heartbeat = 5 * time.Millisecond })
	w.goods()
	w.traffic("H-1", 10)
	e := w.follow(t.Context(), "?since=0&operator=ann", w.keys[access.Floor], "")
	defer e.body.Close()
	entries, beats := 0, 0
	var to uint64
	for to < w.head() || beats < 2 {
		x, err := e.next()
		if err != nil {
			t.Fatal(err)
		}
		switch x.name {
		case "entry":
			entries++
		case ":":
			beats++
		case "head":
			var head struct {
				To, Head uint64
				Epoch    string
			}
			if err := json.Unmarshal([]byte(x.data), &head); err != nil || head.Epoch != "e1" || x.id != strconv.FormatUint(head.To, 10) {
				t.Fatalf("%+v: %v", x, err)
			}
			to = head.To
		}
	}
	if entries != 5 {
		t.Errorf("%d entries", entries)
	}
}

func TestStreamEnds(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.Heartbeat = 5 * time.Millisecond })
	key, err := w.store.Pair(store.Request{Device: "watcher", Role: access.Floor})
	if err != nil {
		t.Fatal(err)
	}
	revoked := w.follow(t.Context(), "", key, "")
	defer revoked.body.Close()
	if err := w.store.Revoke("watcher", "test", false); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = revoked.next()
	}
	drained := w.follow(t.Context(), "", w.keys[access.Admin], "")
	defer drained.body.Close()
	w.api.Drain()
	last := event{}
	for {
		x, err := drained.next()
		if err != nil {
			break
		}
		last = x
	}
	if last.name != "drain" {
		t.Errorf("the last event before the end is %+v", last)
	}
	w.fails(w.do("GET", "/v1/activity", w.keys[access.Admin], "", "Accept", "text/event-stream"), 503, "unavailable")
	w.fails(w.do("GET", "/readyz", "", ""), 503, "unavailable")
}

// A reader that takes nothing is cut when its deadline is over, and neither the
// book nor another reader waits for it.
func TestSlowReaderIsCut(t *testing.T) {
	w := newWorld(t, func(o *rest.Options) { o.WriteTimeout = 50 * time.Millisecond })
	w.goods()
	slow := w.follow(t.Context(), "", w.keys[access.Admin], "")
	defer slow.body.Close()
	reason := strings.Repeat("r", 900)
	seq := 0
	for !strings.Contains(w.logs.String(), "a stream was cut") {
		var b strings.Builder
		for range 500 {
			seq++
			b.WriteString(w.intent(seq, `"action":"add","product":"BOLT","reason":"`+reason+`"`) + "\n")
		}
		w.post(access.Admin, b.String())
		if seq > 200_000 {
			t.Fatal("100 MB went to a reader who took nothing")
		}
	}
	if p := w.activity(fmt.Sprintf("?since=%d", w.head()-1)); len(p.Entries) != 1 {
		t.Errorf("another reader gets %d entries", len(p.Entries))
	}
}

// Words are held against what whoever asks is shown, page by page and as a table.
func TestActivityByWords(t *testing.T) {
	w := newWorld(t)
	w.goods()
	w.post(access.Admin, strings.Join([]string{
		w.intent(1, `"action":"add","product":"BOLT","quantity":"5","unit_cost":"98765","operator":"ann"`),
		w.intent(2, `"action":"remove","product":"BOLT","quantity":"1","operator":"ben"`),
		w.intent(3, `"action":"add","product":"GHOST","operator":"ben"`)}, "\n"))
	for search, want := range map[string]int{"who:ben": 2, "who:ben state:needs": 1, "ghost": 1, "do:intent": 3, "98765": 0, "who:nobody": 0} {
		csv := w.ok("GET", "/v1/activity?format=csv&search="+url.QueryEscape(search), "").text()
		var page struct{ Entries []struct{ N int } }
		w.ok("GET", "/v1/activity?limit=1000&search="+url.QueryEscape(search), "").json(t, &page)
		if got := strings.Count(csv, "\n") - 1; got != want || len(page.Entries) != want {
			t.Errorf("%s: %d rows and %d entries, want %d\n%s", search, got, len(page.Entries), want, csv)
		}
	}
}
