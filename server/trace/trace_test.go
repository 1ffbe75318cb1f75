package trace_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/server/trace"
	"bayledger/sync/wire"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	sampled   = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
)

func TestValid(t *testing.T) {
	for _, good := range []string{sampled, unsampled, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff"} {
		if trace.Valid(good) != good {
			t.Errorf("%q is taken for none", good)
		}
	}
	for name, bad := range map[string]string{
		"nothing": "", "another version": "01" + sampled[2:], "version ff": "ff" + sampled[2:], "capitals": strings.ToUpper(sampled), "too long": sampled + "-x", "too short": sampled[:54],
		"no trace": "00-" + strings.Repeat("0", 32) + sampled[35:], "no parent": sampled[:36] + strings.Repeat("0", 16) + sampled[52:], "no hex": strings.Replace(sampled, "b", "g", 1),
		"a line break": strings.Replace(sampled, "b", "\n", 1), "other dashes": strings.ReplaceAll(sampled, "-", "_"),
	} {
		if got := trace.Valid(bad); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNotes(t *testing.T) {
	var n trace.Notes
	if got := n.Between(0, 1<<60); got != nil {
		t.Errorf("%v before anything was noted", got)
	}
	n.Note(3, "a")
	n.Note(3, "told already")
	n.Note(2, "told already")
	n.Note(4, "")
	n.Note(0, "no entry")
	n.Note(7, "b")
	for _, row := range []struct {
		from, to uint64
		want     []wire.Trace
	}{
		{0, 2, nil}, {0, 3, []wire.Trace{{Entry: 3, Trace: "a"}}}, {3, 7, []wire.Trace{{Entry: 7, Trace: "b"}}}, {2, 9, []wire.Trace{{Entry: 3, Trace: "a"}, {Entry: 7, Trace: "b"}}}, {7, 9, nil}, {9, 3, nil},
	} {
		if got := n.Between(row.from, row.to); fmt.Sprint(got) != fmt.Sprint(row.want) {
			t.Errorf("(%d, %d]: %v, want %v", row.from, row.to, got, row.want)
		}
	}
	for i := range uint64(10_000) {
		n.Note(10+i, "x")
	}
	if got := n.Between(0, 1<<60); len(got) > 4_096 || got[len(got)-1].Entry != 10_009 {
		t.Errorf("%d are kept", len(got))
	}
}

// receiver is a collector that speaks OTLP over HTTP.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	got   []*spans.Span
	asked []string
	names map[string]string // of the resource
}

func collect(t *testing.T) *receiver {
	r := &receiver{names: map[string]string{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, err := io.ReadAll(q.Body)
		var export collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(b, &export)
		}
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked = append(r.asked, q.Method+" "+q.URL.Path+" "+q.Header.Get("Content-Type"))
		for _, of := range export.ResourceSpans {
			for _, a := range of.Resource.Attributes {
				r.names[a.Key] = a.Value.GetStringValue()
			}
			for _, scope := range of.ScopeSpans {
				r.got = append(r.got, scope.Spans...)
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(r.Close)
	return r
}

// Spans of contexts that their senders record arrive at a collector, below the
// sender's span.
func TestExport(t *testing.T) {
	r := collect(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", r.URL)
	tracer, err := trace.FromEnvironment(t.Context(), "1.2.3", os.Getenv)
	if err != nil || tracer == nil {
		t.Fatal(tracer, err)
	}
	began := time.Now()
	span := tracer.Start(sampled, "push", began)
	if !span.Recording() || span.Context() == sampled || span.Context()[:36] != sampled[:36] || trace.Valid(span.Context()) == "" {
		t.Errorf("the span's context is %q", span.Context())
	}
	span.Set("bayledger.device", "H-07")
	span.Set("bayledger.entry", uint64(41))
	span.Set("bayledger.intents", 2)
	span.End("")
	failed := tracer.Start(sampled, "push", began)
	failed.End("the disk is full")
	for _, passed := range []string{unsampled, "", "nonsense"} {
		s := tracer.Start(passed, "push", began)
		if s.Recording() || s.Context() != trace.Valid(passed) {
			t.Errorf("%q is recorded, or not passed on: %q", passed, s.Context())
		}
		s.Set("a", "b")
		s.End("x")
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.got) != 2 || r.asked[0] != "POST /v1/traces application/x-protobuf" {
		t.Fatalf("%d spans came, by %v", len(r.got), r.asked)
	}
	first := r.got[0]
	if got := fmt.Sprintf("00-%x-%x-01", first.TraceId, first.ParentSpanId); got != sampled {
		t.Errorf("the parent is %s", got)
	}
	if got := fmt.Sprintf("00-%x-%x-01", first.TraceId, first.SpanId); got != span.Context() {
		t.Errorf("the span is %s, its context %s", got, span.Context())
	}
	if first.Kind != spans.Span_SPAN_KIND_SERVER || first.Name != "push" || len(first.Attributes) != 3 {
		t.Errorf("%v", first)
	}
	if r.got[1].Status.GetCode() != spans.Status_STATUS_CODE_ERROR || r.got[1].Status.Message != "the disk is full" {
		t.Errorf("%v", r.got[1])
	}
	if r.names["service.name"] != "bayledger" || r.names["service.version"] != "1.2.3" {
		t.Errorf("%v", r.names)
	}
}

// Without a collector there is no tracer, and what is given is passed on.
func TestOff(t *testing.T) {
	for _, env := range []map[string]string{{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}} {
		tracer, err := trace.FromEnvironment(t.Context(), "1", func(name string) string { return env[name] })
		if tracer != nil || err != nil {
			t.Fatal(tracer, err)
		}
		s := tracer.Start(sampled, "push", time.Now())
		s.Set("a", 1)
		s.End("")
		if s.Context() != sampled || s.Recording() {
			t.Errorf("%q", s.Context())
		}
		if allocs := testing.AllocsPerRun(100, func() { s := tracer.Start("", "push", time.Time{}); s.End("") }); allocs != 0 {
			t.Errorf("off costs %v allocations", allocs)
		}
		if err := tracer.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}
