// Package handheld is a whole handheld in a terminal: what a serial or keyboard reader types goes
// through scanner/wedge and scanner/flow into the durable outbox of scanner/client, and the screen is
// written as plain lines or drawn. It works the same without a network. It is also the reference for
// people who write a handheld of their own: Handheld.step is all that one does with a scan.
//
// # Use
//
//	h, err := handheld.New(handheld.Config{Dir: dir, Device: "H-07", Server: url, Key: key, Out: os.Stdout})
//	err = h.Run(ctx, os.Stdin) // until the input ends or someone says /quit
//	err = h.Close()
//
// # Input
//
// A line is a scan. Lines end with CR, LF, TAB or ETX, or with the suffix of the reader's profile; those of
// a reader without any by a pause (Config.Bursts).
// What begins with "/" is keyed in by a person: /undo, /12, /help says which. "//" begins a scan that
// begins with "/"; what the catalogue has as it is, is a scan.
//
// # Promised
//
//   - A scan is shown as saved only once it is durable in the outbox, and so is what is collected
//     and not booked yet. After a kill -9 at any moment the handheld goes on where it was.
//   - The network is never waited for. Lines are read while earlier ones are stored, MaxLines of them.
//   - Everything that was scanned is in the outbox, on the screen as a stop, or waiting behind one.
//   - Control characters of scans are never written to the screen.
//
// # Not promised
//
// The catalogue may be as old as the last connection. A folder serves one handheld at a time.
package handheld
