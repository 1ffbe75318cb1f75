// Package socket serves the sync protocol over WebSockets (sync/PROTOCOL.md).
//
// # Use
//
// A Hub is an http.Handler: each upgraded request becomes a session that says
// hello, pushes intents to the book and follows topics of its feed. Drain tells
// all sessions that the server is going away and closes them.
//
// # Promised
//
// An ack goes out only for what is durable. An ack and the activity of its
// intents go out in one frame where the session follows the activity. From a
// cursor each entry comes once, in order; a session that falls behind reads
// stored blocks and never holds up the book or another session.
//
// # How a session lives
//
// After the upgrade the HTTP handler returns, so that its buffers are freed; one
// goroutine reads. Writing is done by a goroutine that lives only while
// something waits to be written, so an idle session costs one parked reader; at
// most one writes at any time. Everything that waits for a socket goes out in
// one write, with a deadline: a dead or slow reader is cut and comes back with
// its cursor.
package socket
