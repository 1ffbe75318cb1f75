package trace

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Tracer makes spans. nil is one that makes none.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// endWithin is how long what was not exported yet may take at the end.
const endWithin = 5 * time.Second

// FromEnvironment returns a tracer that exports over OTLP (HTTP, protobuf) where
// the environment names a collector, else nil. The library reads the further
// variables of OpenTelemetry itself (headers, timeouts, the sampler, the service's
// name). Errors: those of the exporter's setting up.
func FromEnvironment(ctx context.Context, version string, getenv func(string) string) (*Tracer, error) {
	if getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" || getenv("OTEL_SDK_DISABLED") == "true" {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	// What the environment says of the resource stands, so it comes last.
	what, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "bayledger"), attribute.String("service.version", version)), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, err
	}
	options := []sdk.TracerProviderOption{sdk.WithBatcher(exporter), sdk.WithResource(what)}
	if getenv("OTEL_TRACES_SAMPLER") == "" {
		options = append(options, sdk.WithSampler(sdk.ParentBased(sdk.NeverSample())))
	}
	provider := sdk.NewTracerProvider(options...)
	return &Tracer{provider, provider.Tracer("bayledger/server")}, nil
}

// Close exports what waits, for a few seconds at most.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, endWithin)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// Span is a piece of work that is under way. The zero value carries the context it
// was given and records nothing.
type Span struct {
	context string
	span    trace.Span
}

// Start begins a span of the server's side under a sender's context. Where that is
// "" or malformed nothing is traced.
func (t *Tracer) Start(parent, name string, began time.Time) Span {
	parent = Valid(parent)
	if t == nil || parent == "" {
		return Span{context: parent}
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": parent})
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(began))
	if !span.IsRecording() {
		return Span{context: parent}
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return Span{context: carrier.Get("traceparent"), span: span}
}

// Context is what whoever comes next has as its parent; "" where there is no trace.
func (s *Span) Context() string { return s.context }

// Recording says whether attributes are worth making.
func (s *Span) Recording() bool { return s.span != nil }

// Set adds an attribute; value is a text or a whole number.
func (s *Span) Set(name string, value any) {
	if s.span == nil {
		return
	}
	switch v := value.(type) {
	case string:
		s.span.SetAttributes(attribute.String(name, v))
	case uint64:
		s.span.SetAttributes(attribute.Int64(name, int64(v)))
	case int:
		s.span.SetAttributes(attribute.Int(name, v))
	}
}

// End ends the span; failed says why the work had no effect, "" that it had.
func (s *Span) End(failed string) {
	if s.span == nil {
		return
	}
	if failed != "" {
		s.span.SetStatus(codes.Error, failed)
	}
	s.span.End()
}

// Valid returns a traceparent of version 00 as it is, and "" for all else.
func Valid(traceparent string) string {
	const size = 55 // 00-32 hex-16 hex-2 hex
	if len(traceparent) != size || traceparent[:3] != "00-" || traceparent[35] != '-' || traceparent[52] != '-' {
		return ""
	}
	if !hex(traceparent[3:35]) || !hex(traceparent[36:52]) || !hex(traceparent[53:]) || zeros(traceparent[3:35]) || zeros(traceparent[36:52]) {
		return ""
	}
	return traceparent
}

func hex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func zeros(s string) bool {
	for i := range len(s) {
		if s[i] != '0' {
			return false
		}
	}
	return true
}
