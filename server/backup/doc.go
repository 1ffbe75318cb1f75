// Package backup keeps a copy of a data folder in a second one, while the server
// runs, and makes a data folder of it again.
//
// # Use
//
// Open a Writer on the backup's folder and Take from a Source as often as wished:
// each time it brings what is new. NewFollower does so every second. Verify reads a
// backup back and proves the books that come of it; Restore makes a data folder, up
// to any batch of entries. Local is the source inside a server, Send and Remote carry
// it over a connection.
//
// # What a backup is
//
// backup.json says what belongs to it, with the length and SHA-256 of each file and
// of itself. blocks-N are the journal's blocks from entry N on, one behind the other
// as they are stored, some 64 MiB a file. server-N is all that is not the journal: the
// rows of server/store, and the files beside the database (the administrator's key,
// the certificates' authority, layouts), copied whole when they changed. Balances and
// indexes are not in it: they follow from the blocks.
//
// # Promised
//
// A Take that returned nil is on the disk, and one that was cut short leaves the
// backup as it was before: backup.json is replaced last, by a rename, and counts only
// what was synced. The source's writer never waits. A journal that is not the one the
// backup was made of, or that took another way since, is refused (ErrOther), and one that lost
// entries which the backup has is told so (ErrLost). Where another folder comes to the
// path, nothing of the first is written into it: its backup is read, and goes on. Restore writes into
// an empty or missing folder only, which is there whole or not at all; its epoch is
// new, so that devices send again what came after the backup. A byte that changed in
// any file is found by Verify and by Restore, and the file is named.
//
// # Not promised
//
// Entries that were stored in one batch are restored together or not at all. The
// server's rows and files are always those of the newest Take, whatever moment the
// books are restored to: a key that was revoked stays so. They are taken at once where
// entries change rights; where that failed, a right that the entries have ended and the
// rows have not is ended at the restored folder's first start. Nothing is encrypted.
//
// # Owed by callers
//
// One process writes a backup at a time; Open locks it. The folder is not the data
// folder, and better on another disk.
package backup
