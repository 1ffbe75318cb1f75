package journal

import "encoding/binary"

// The journal's rooms of the key space (the first byte of a key) and its
// metadata keys; DESIGN.md has the whole layout.
const (
	roomBlocks  = 'b'
	roomDevices = 'i'
	roomRows    = 'c'
)

var (
	formatKey = []byte("jformat") // {"format":1}, written by the first migration
	epochKey  = []byte("jepoch")  // text
	markKey   = []byte("jmark")   // BE uint64, CRC32C of it
)

const blockKeySize = 1 + 8

// blockKey appends the key of the block that begins with entry first.
func blockKey(b []byte, first uint64) []byte {
	return binary.BigEndian.AppendUint64(append(b, roomBlocks), first)
}

// partKey appends the key of part k of a block; part 0 is the block's own key,
// so that parts follow it and come before the next block.
func partKey(b []byte, first uint64, k int) []byte {
	b = blockKey(b, first)
	if k > 0 {
		b = append(b, byte(k))
	}
	return b
}

// parseBlockKey reads a block's or a part's key.
func parseBlockKey(key []byte) (first uint64, part int, ok bool) {
	switch {
	case len(key) < blockKeySize || key[0] != roomBlocks:
		return 0, 0, false
	case len(key) == blockKeySize:
		return binary.BigEndian.Uint64(key[1:]), 0, true
	case len(key) == blockKeySize+1 && key[blockKeySize] > 0:
		return binary.BigEndian.Uint64(key[1:]), int(key[blockKeySize]), true
	}
	return 0, 0, false
}

// deviceKey appends the start of a device's index keys; the last seq follows.
func deviceKey(b []byte, device, install string) []byte {
	b = binary.AppendUvarint(append(b, roomDevices), uint64(len(device)))
	b = append(b, device...)
	b = binary.AppendUvarint(b, uint64(len(install)))
	return append(b, install...)
}

// An index value is the block, and how far below the key's seq the lowest seq of
// the device in that block lies.
func appendIndexValue(b []byte, block, high, low uint64) []byte {
	return binary.AppendUvarint(binary.BigEndian.AppendUint64(b, block), high-low)
}

func parseIndex(key, value []byte) (block, high, low uint64, ok bool) {
	if len(key) < 8 || len(value) < 9 {
		return 0, 0, 0, false
	}
	block = binary.BigEndian.Uint64(value)
	high = binary.BigEndian.Uint64(key[len(key)-8:])
	span, n := binary.Uvarint(value[8:])
	if n != len(value)-8 || span > high {
		return 0, 0, 0, false
	}
	return block, high, high - span, true
}

// Values of rows carry a checksum of key and value at their end: Badger is asked
// for none, since it would end an iteration at a bad one without a word.
func rowSum(key, value []byte) uint32 { return sum32(sum32(0, key), value) }

func parseRow(key, stored []byte) (value []byte, ok bool) {
	n := len(stored) - 4
	if n < 0 || binary.BigEndian.Uint32(stored[n:]) != rowSum(key, stored[:n]) {
		return nil, false
	}
	return stored[:n:n], true
}

func appendMark(b []byte, mark uint64) []byte {
	b = binary.BigEndian.AppendUint64(b, mark)
	return binary.BigEndian.AppendUint32(b, sum32(0, b[len(b)-8:]))
}

func parseMark(value []byte) (mark uint64, ok bool) {
	if len(value) != 12 || binary.BigEndian.Uint32(value[8:]) != sum32(0, value[:8]) {
		return 0, false
	}
	return binary.BigEndian.Uint64(value), true
}

func be64(b []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(b, v) }
func be32(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }
