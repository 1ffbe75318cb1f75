// Package powercut is a disk that loses power, for tests: a file system in memory
// that processes use through FUSE, and that remembers what of it had reached the
// disk.
//
// # Use
//
// NewDisk makes an empty one, Mount shows it to processes under a folder. Cut takes
// the power away: from then on every call fails, and what comes back is the disk as
// it is found afterwards, to be mounted again or written to an ordinary folder
// (WriteTo). Kill the processes that had it open before it is unmounted.
//
// # Promised
//
// What a file holds is on the disk once an fsync or msync of it has succeeded, and
// not before; that goes for writes through shared memory maps too, which the kernel
// brings as writes when it is told to sync, or when it likes. What was not synced is
// lost at a cut, whole, in part, out of order, or torn into sectors, by the dice that
// Cut is given. Making, renaming and removing of names is on the disk once the folder
// is synced, and may be lost until then, in any order; an fsync of a new file brings
// the name that it was made under, as ext4, XFS and btrfs have it (POSIX promises less,
// and Badger needs it). FailSyncs and Room make syncs fail as broken and as
// full disks do: after a failed one, what it should have written is never written.
//
// # Not promised
//
// Speed; links, owners, times, locks beyond those that the kernel keeps by itself.
//
// # Owed by callers
//
// The process that mounts a disk must not map files of it: the garbage collector
// would wait for a page that only this process can bring.
package powercut
