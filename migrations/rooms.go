package migrations

import "strings"

// The rooms of the key space: the first byte of every key. See the package
// comment for what each holds.
const (
	RoomMigrations byte = 'm'
	RoomBlocks     byte = 'b'
	RoomDevices    byte = 'i'
	RoomCheckpoint byte = 'c'
	RoomRuns       byte = 'r'
	RoomSegments   byte = 's'
	RoomJournal    byte = 'j'
	RoomStore      byte = 'k'
	RoomOutbox     byte = 'o'
)

// FormatKey holds {"format": n}, the layout that migration 0001 marks.
const FormatKey = "jformat"

// Room is one part of the key space.
type Room struct {
	First byte   // first byte of its keys
	Owner string // the package that reads and writes it
	Holds string // what it keeps, in a few words
}

// Rooms lists the whole key space. The caller owns the slice.
func Rooms() []Room {
	return []Room{
		{RoomMigrations, "migrations", "schema version, lock, cursor"},
		{RoomBlocks, "sync/journal", "blocks of entries"},
		{RoomDevices, "sync/journal", "device index"},
		{RoomCheckpoint, "sync/journal", "checkpointed cells and summaries, of folders of schema 1"},
		{RoomRuns, "sync/journal", "checkpointed cells and summaries, in runs of many"},
		{RoomSegments, "sync/journal", "segments of what is appended to keys"},
		{RoomJournal, "sync/journal", "format, epoch, marks"},
		{RoomStore, "server/store", "users, device keys, settings, print jobs and printers, number ranges"},
		{RoomOutbox, "scanner/outbox", "rows of a handheld's outbox"},
	}
}

// dataRooms are the rooms that migrations may work on: all but their own.
const dataRooms = string(RoomBlocks) + string(RoomDevices) + string(RoomCheckpoint) + string(RoomRuns) + string(RoomSegments) +
	string(RoomJournal) + string(RoomStore) + string(RoomOutbox)

// maxKeyBytes bounds a key that a file or a transform names. Badger takes
// 65,000; the longest key of ours is a few names long.
const maxKeyBytes = 4096

// checkKey says in words what is wrong with a key that a step names, or "".
func checkKey(key []byte) string {
	switch {
	case len(key) == 0:
		return "the key is empty"
	case len(key) > maxKeyBytes:
		return "the key is longer than 4096 bytes"
	case key[0] == RoomMigrations:
		return "the key lies in room 'm', which belongs to the migrations themselves"
	case strings.IndexByte(dataRooms, key[0]) < 0:
		return "the key lies in no room of the key space (its first byte must be one of " + dataRooms + ")"
	}
	return ""
}
