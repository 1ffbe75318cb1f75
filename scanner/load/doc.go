// Package load drives a server with the sync protocol as cheaply as a client
// can, to measure the server and not the client.
//
// # Use
//
// Run opens sockets, says hello on each, and pushes intents for a while: with a
// number in flight per device (closed loop), or at a rate counted from planned
// moments (open loop), so that a server that stalls cannot hide it by slowing
// the client. Frames are made once and only their seq and moment are written
// anew; acks are counted, not decoded, unless an outcome other than applied
// stands in one.
//
// # Promised
//
// Every intent counted was acknowledged as booked. Load goes only to the address
// given, and ends after the duration given.
//
// # Not promised
//
// These clients keep nothing: an intent lost with its socket is lost. For
// handhelds that keep their promises see scanner/client.
package load
