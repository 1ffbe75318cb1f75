package journal

import (
	"encoding/binary"

	"bayledger/sync/ledger"
)

// The journal's rooms of the key space (the first byte of a key) and its
// metadata keys; DESIGN.md has the whole layout.
const (
	roomBlocks   = 'b'
	roomDevices  = 'i'
	roomRows     = 'c' // of folders of format 1: a key for each row
	roomRuns     = 'r'
	roomSegments = 's'
)

var (
	formatKey = []byte("jformat") // {"format":2}, written by the migrations
	runsKey   = []byte("jruns")   // the list of runs of rows
	epochKey  = []byte("jepoch")  // text
	markKey   = []byte("jmark")   // BE uint64, CRC32C of it
	spanKey   = []byte("jspan")   // BE uint64 mark of the segments, BE uint64 span, CRC32C of both
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

// deviceKey appends the start of a device's index keys; the highest seq follows
// that is in the blocks the value leads to.
func deviceKey(b []byte, device, install string) []byte {
	b = binary.AppendUvarint(append(b, roomDevices), uint64(len(device)))
	b = append(b, device...)
	b = binary.AppendUvarint(b, uint64(len(install)))
	return append(b, install...)
}

// Values carry a checksum of key and value at their end: Badger is asked
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

// segmentPrefix appends the start of the keys of what was appended to a key; the
// first entry of the segment follows.
func segmentPrefix(b []byte, key []byte) []byte {
	b = binary.AppendUvarint(append(b, roomSegments), uint64(len(key)))
	return append(b, key...)
}

// parseSegmentKey reads a segment's key.
func parseSegmentKey(stored []byte) (key []byte, first uint64, ok bool) {
	if len(stored) == 0 || stored[0] != roomSegments {
		return nil, 0, false
	}
	size, n := binary.Uvarint(stored[1:])
	rest := stored[1+max(n, 0):]
	if n <= 0 || size > MaxRowKey || uint64(len(rest)) != size+8 {
		return nil, 0, false
	}
	return rest[:size:size], binary.BigEndian.Uint64(rest[size:]), true
}

// segmentHead is what stands before the bytes of a segment: its last entry, and
// when that entry's batch was booked. A checksum of key and value ends it.
const segmentHead = 8 + 8

// parseSegment reads a segment's key and value.
func parseSegment(stored, value []byte) (key []byte, p Piece, ok bool) {
	key, first, ok := parseSegmentKey(stored)
	if !ok {
		return nil, Piece{}, false
	}
	body, ok := parseRow(stored, value)
	if !ok || len(body) <= segmentHead {
		return nil, Piece{}, false
	}
	p = pieceOf(first, body)
	return key, p, p.First > 0 && p.First <= p.Last
}

// pieceOf reads a segment's value without its checksum.
func pieceOf(first uint64, body []byte) Piece {
	be := binary.BigEndian
	return Piece{
		First: first, Last: be.Uint64(body), BookedAt: ledger.Time(be.Uint64(body[8:])),
		Bytes: body[segmentHead:len(body):len(body)],
	}
}

// putSegmentHead sets the start of a segment's value anew.
func putSegmentHead(body []byte, last uint64, bookedAt ledger.Time) {
	binary.BigEndian.PutUint64(body, last)
	binary.BigEndian.PutUint64(body[8:], uint64(bookedAt))
}

func appendSpan(b []byte, mark, span uint64) []byte {
	b = be64(be64(b, mark), span)
	return be32(b, sum32(0, b[len(b)-16:]))
}

func parseSpan(value []byte) (mark, span uint64, ok bool) {
	be := binary.BigEndian
	if len(value) != 20 || be.Uint32(value[16:]) != sum32(0, value[:16]) {
		return 0, 0, false
	}
	mark, span = be.Uint64(value), be.Uint64(value[8:])
	return mark, span, mark > 0 && span > 0
}

func be64(b []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(b, v) }
func be32(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }

// isAddition says whether a block may append so: to a key, or to a device's index.
func isAddition(r *Row) bool {
	if len(r.Key) < 2 || len(r.Value) == 0 {
		return false
	}
	switch d := (reader{b: r.Key[1:]}); r.Key[0] {
	case roomSegments:
		return len(d.bytes(d.uvarint())) > 0 && !d.bad && len(d.b) == 0
	case roomDevices:
		_, _ = d.bytes(d.uvarint()), d.bytes(d.uvarint())
		return !d.bad && len(d.b) == 0
	}
	return false
}
