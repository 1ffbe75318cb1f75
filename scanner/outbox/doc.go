// Package outbox is the durable outbox of a handheld: every scan is stored here
// before the device beeps, and stays until the server has acknowledged it.
//
// # Use
//
//	store, err := outbox.Open(dir, outbox.Options{Now: time.Now})
//	install, err := store.Install("H-07", newID)
//	box, err := store.Box("H-07", install)
//	seq, err := box.Append(ctx, func(seq uint64) ([]byte, error) { … })
//	rows, err := box.Unacked(0, 1000, 1<<20) // push these
//	err = box.Ack(through)                   // the server has 1…through
//
// A [Store] is one folder and holds one or many boxes; a [Box] is the outbox of
// one (device, install). [Memory] is a folder that lives in memory and behaves
// the same. Rows are opaque: one JSON value each, without a raw line feed, of at
// most [MaxRowBytes].
//
// # Promised
//
//   - Seqs of a box are gapless from 1. A seq is used exactly when its row is
//     stored: a failing build, a full box or a full disk uses none.
//   - When Append returns nil the row survives kill -9 and loss of power (one
//     synced transaction; all appends that wait share it, over all boxes).
//   - Appends of one box that happen one after the other get ascending seqs.
//     Appends that run at the same time get theirs in any order.
//   - A row that is damaged (each has a checksum) or missing is never passed over:
//     Unacked and Row answer it with Lost and a reason, and the caller sends
//     `skip {seq, reason}` for it. This holds also when the end of the newest file
//     was damaged: the seqs that were given out are kept a second time.
//   - Nothing that waits is ever overwritten or dropped. At [MaxWaiting] rows
//     Append fails with outbox_full, below the reserve of free disk with disk_full;
//     both leave what is stored readable and end when there is room again.
//
// # Not promised
//
//   - Ack is kept in memory and written with a later commit or Close. Losing it
//     only means that up to some hundred rows are sent again, and the server
//     answers them as repeats.
//   - When a commit fails although there was room (a broken disk), the Store
//     refuses further writes with disk_failed until it is opened again. The rows of
//     that commit are not given out by the running process; after reopening they
//     may turn out to be stored, under the seqs they had. Nothing else gets those
//     seqs.
//   - Acknowledged rows are kept for Resend for [RingAge] or [RingRows], whichever
//     is less; a clock that jumps ahead shortens the age.
//   - When another program takes the last bytes of the disk between the check and
//     the write, the operating system may end the process. Nothing acknowledged is
//     lost by that.
//
// # What callers owe
//
//   - One process per folder, one live Box per (device, install) on one server.
//   - build is short, and calls nothing of this package (it runs in the writer).
//   - Note outcomes that need a person before the Ack that covers them.
//   - After each welcome: when the server's last_seq is below Stats().Acked, Resend
//     from last_seq+1; when it is at or above Stats().Next, [Box.Raise] to it (this
//     folder is an older copy). Rows that wait are sent again even when last_seq
//     covers them: a repeat is harmless, and a copied device shows itself so. A Lost
//     row at or below last_seq needs no skip.
//   - A new install id for a device whose folder is gone or refused as damaged.
package outbox
