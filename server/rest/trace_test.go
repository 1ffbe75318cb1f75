package rest_test

import (
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/server/rest"
	"bayledger/server/trace"
)

// The trace context of a request goes to its entries' watchers and into its line
// of the log.
func TestTraceOfARequest(t *testing.T) {
	const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	var notes trace.Notes
	w := newWorld(t, func(o *rest.Options) { o.Traces = &notes })
	w.goods()
	before := w.head()
	body := w.intent(1, `"action":"add","product":"BOLT","quantity":"1"`)
	for range 2 { // the second is a repeat
		w.do("POST", "/v1/intents", w.keys[access.Admin], body, "Traceparent", traceparent)
	}
	w.do("POST", "/v1/intents", w.keys[access.Admin], w.intent(2, `"action":"add","product":"BOLT","quantity":"1"`), "Traceparent", "nonsense")
	got := notes.Between(before, w.head())
	if len(got) != 1 || got[0].Entry != before+1 || got[0].Trace != traceparent {
		t.Errorf("%v", got)
	}
	if n := strings.Count(w.logs.String(), `"trace":"`+traceparent+`"`); n != 2 || strings.Contains(w.logs.String(), "nonsense") {
		t.Errorf("%d lines name the trace", n)
	}
}
