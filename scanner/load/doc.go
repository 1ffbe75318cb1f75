// Package load drives a server with the sync protocol as cheaply as a client
// can, to measure the server and not the client.
//
// # Use
//
// Stock gives every cell an opening stock. Run opens sockets, says hello on each,
// and pushes intents for a while: with a number in flight per device (closed
// loop), or at a rate counted from planned moments (open loop), so that a server
// that stalls cannot hide it by slowing the client. Watch opens subscribers of
// the activity log that count what they are sent; Fan measures how fast one
// device's entries reach many of them, CatchUp how fast one reads what it missed,
// Idle opens devices that scan once and then say nothing, Connect devices that stay
// and answer the server's pings, Home devices that come with what they scanned while
// they were away, Strangers sockets that leave without manners.
//
// # Promised
//
// Every intent counted was acknowledged as booked, and every entry counted was
// covered by a frame received. Load goes only to the address given, and ends
// after the duration given and a minute of grace, however the server behaves.
//
// # Not promised
//
// These clients keep nothing: an intent lost with its socket is lost, and an
// entry is counted by its frame's bounds, not read. For handhelds that keep their
// promises see scanner/client.
//
// # Owed by callers
//
// One run at a time under a prefix: a second connection of a device replaces the
// first. The catalogue is made before: ProductCode and PlaceCode name what the
// load moves.
package load
