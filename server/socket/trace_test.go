package socket_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"bayledger/server/socket"
	"bayledger/server/trace"
)

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// A scan's trace context reaches whoever watches, beside the entries and never in
// them.
func TestTraceReachesTheWatcher(t *testing.T) {
	d := open(t, func(o *socket.Options) { o.Traces = new(trace.Notes) })
	w, h := d.hello("watch-1"), d.hello("H-1")
	w.send(fmt.Sprintf(`{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":%d}}`, d.book.Head()))
	w.send(`{"type":"ping"}`)
	w.one("pong")
	for i, row := range []struct{ says, want string }{
		{`"trace":"` + traceparent + `",`, traceparent}, {``, ``}, {`"trace":"nonsense",`, ``}, {`"trace":7,`, ``}, {`"trace":null,`, ``}, {`"more":1,"trace":"` + traceparent + `",`, traceparent},
	} {
		h.send(`{"type":"push",` + row.says + `"intents":[` + scan(i+1) + `]}`)
		n := h.one("ack").Ack.Outcomes[0].Entry
		e := w.one("events").Events
		switch {
		case e.To != n || len(e.Events) != 1:
			t.Errorf("%s: %+v", row.says, e)
		case row.want == "" && len(e.Traces) != 0, row.want != "" && (len(e.Traces) != 1 || e.Traces[0].Entry != n || e.Traces[0].Trace != row.want):
			t.Errorf("%s brings %v", row.says, e.Traces)
		}
	}
	h.send(`{"type":"push","trace":"` + traceparent + `","intents":[` + scan(1) + `]}`)
	if !h.one("ack").Ack.Outcomes[0].Repeat {
		t.Error("a repeat is booked anew")
	}
}

// Whoever is sent away is told when to come back, each at another moment; whoever
// comes meanwhile too.
func TestDrainSpreads(t *testing.T) {
	const devices = 20
	random := 0.0
	d := open(t, func(o *socket.Options) {
		o.Rand = func() float64 { random += 1.0 / (devices + 1); return random }
	})
	var all []*handheld
	for i := range devices {
		all = append(all, d.hello(fmt.Sprint("H-", i)))
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d.hub.Drain(ctx)
	}()
	moments := map[int]bool{}
	for _, h := range all {
		n := h.one("notice").Notice
		if n.Kind != "drain" || n.RetryAfter < 2 || n.RetryAfter > 4 {
			t.Errorf("%+v", n)
		}
		moments[n.RetryAfter] = true
		h.closed()
	}
	<-drained
	if len(moments) < 2 {
		t.Errorf("all come back together: %v", moments)
	}
	random = 0.5
	resp, err := http.Get(d.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if after, err := strconv.Atoi(resp.Header.Get("Retry-After")); resp.StatusCode != http.StatusServiceUnavailable || err != nil || after < 10 {
		t.Errorf("%s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
	}
}
