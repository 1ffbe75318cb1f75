// Package client is the handheld's side of the sync protocol: it keeps every
// scan in a durable outbox, carries it to the server when there is a network, and
// holds a local copy of what the floor needs to see. It is also the reference for
// people who write a client of their own.
//
// # Use
//
//	c, err := client.New(client.Config{Server: "wss://stock.example", Key: key, Outbox: box})
//	go c.Run(ctx)                 // connects, resumes, resends, comes back for ever
//	seq, err := c.Scan(ctx, in)   // durable when it returns; never waits for the network
//	r, err := c.Command(ctx, in)  // asks first: only while connected
//	err = c.Print(wish)           // asks for labels, or chooses the printer
//	c.Close()
//
// A client without an outbox only follows topics.
//
// # Promised
//
//   - When Scan returns nil the scan is stored with its seq, its moment and its
//     clock class, and none of these ever changes. It works without any network,
//     before the first contact too.
//   - A scan that waits for something else first keeps the moment that Moment gave
//     it: it is stored with that, and what comes after a restart is not before it
//     (NotBefore).
//   - Rows leave as they were stored, in order of seq, at most a window of them
//     unanswered. After a cut everything that was not answered leaves again; the
//     server answers what it knows as a repeat.
//   - A row is acknowledged in the outbox only after its own outcome was heard, and
//     an outcome that a person must see (exception, parked, refused) is noted there
//     before that.
//   - A server that knows less than it acknowledged (restored from a backup) gets
//     everything again that is still held; what is not, and rows that were damaged,
//     are named by skip.
//   - The clock anchor of a contact is stored before anything is uploaded.
//   - Run comes back after every end of a connection, with full jitter, unless the
//     close code says that a person must act: then it returns an *Error that says
//     what to do. Waiting scans stay in the outbox.
//   - Every read and write has a deadline. One goroutine reads, one writes; an idle
//     client costs these two and a few KiB.
//
// # Not promised
//
//   - The local copy is as of an entry of the past; scans of this device that wait
//     are not mixed in. It is dropped, and said so, above MaxCopyRows rows.
//   - A Command that is not answered in time may still be decided later; its result
//     then comes as an event.
//
// # Owed by callers
//
//   - One client per outbox at a time, and the outbox outlives it: Close does not
//     close the outbox.
//   - Notify and OnRows run on the client's goroutines, in order: they return soon
//     and do not call Run, Close or Command.
//   - Monotonic must go on while the device sleeps (HostClock does).
package client
