// Package trace follows a scan from the device to the watcher's screen: W3C trace
// contexts that devices and clients send are noted for the entries they led to, and
// spans of this server's part go to an OpenTelemetry collector where one is named.
//
// # Use
//
// A Notes is shared by all who take intents and all who tell of entries. A Tracer
// makes spans; FromEnvironment gives one that exports where
// OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) is set, and
// else nil, which is a Tracer that passes on what it is given.
//
// # Promised
//
// Nothing of a trace reaches the journal: it is told to those who watch at the
// time, and forgotten. A context that is malformed is as none. Where no context is
// sent nothing is noted or recorded, and nothing costs anything. Spans are made for
// a context whose sender recorded it, unless OTEL_TRACES_SAMPLER says otherwise.
//
// # Owed by callers
//
// Notes are made in the order of entries, before these are told.
package trace
