// Package fleet is many handhelds in one process: hundreds to thousands of
// scanner/client over real sockets, with an outbox each, from recorded or
// generated traffic, with cuts and restarts. Loads, demos and proofs use it.
//
// # Use
//
//	report, err := fleet.Run(ctx, fleet.Config{Server: url, Devices: 50, Key: keys,
//		Source: fleet.Recorded(file, 50), CutBytes: 200_000, Seed: 1})
//
// Beside it a Watcher follows the activity over the same kind of network and
// proves that it saw every entry once:
//
//	w, err := fleet.NewWatcher(fleet.WatcherConfig{Server: url, Key: key})
//	go w.Run(ctx)
//	err = w.Wait(ctx, n)
//	seen := w.Report()
//
// # Promised
//
//   - Scans of one device are stored and sent in the order of the source, through
//     its own outbox. Run returns when every scan was answered, or ctx ended, or
//     nothing moved for Patience.
//   - The report has, for every device, what became of each of its scans: the
//     entry and the outcome as the device was told. A scan that is told another
//     entry in the same epoch is a Conflict.
//   - A server that is killed and started anew only costs time.
//   - The same seed cuts after the same numbers of bytes and restarts after the
//     same scans; when that happens in time is up to the machine.
//
// # Not promised
//
//   - Scans of different devices reach the server in any order.
//   - Rate is what the fleet offers; what the server takes may be less.
//
// # Owed by callers
//
//   - A Store outlives the run. Devices that were stopped in the middle of an
//     earlier run send first what waits.
//   - Source and Progress are called on one goroutine each.
package fleet
