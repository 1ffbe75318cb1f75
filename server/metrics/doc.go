// Package metrics measures what an operator asks of the whole process: how long
// commits take, what the devices still hold, how full the disk is, how far the
// slowest watcher is behind. What one request or one table can tell for itself is
// measured where it lies (server/rest).
//
// # Use
//
// Journal times the commits of a journal. Register adds a collector that looks at
// its Sources when it is asked, and at no other time. Acks is the histogram that a
// socket reports to.
//
// # Promised
//
// A commit and an ack cost one observation each, without a lock that others wait
// for. The number of series is bounded: devices are named only where they are among
// the Worst that hold the most.
//
// # Owed by callers
//
// A registry is registered at once only.
package metrics
