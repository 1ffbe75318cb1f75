package journal

import (
	"encoding/binary"
	"hash/crc32"

	"bayledger/sync/ledger"
)

// Block formats 1 to 3, all numbers big endian; what is written is format 3. Section
// A holds more since 2, section B less since 3:
//
//	 0  4  magic "BLbk"
//	 4  1  version, 1 to 3
//	 5  1  parts: into how many values the block is cut, at least 1
//	 6  2  flags: bit 0 section A is not compressed, bit 1 section B is not
//	 8  8  first entry
//	16  4  count of entries
//	20  8  booked_at, microseconds since 1970
//	28 32  hash of the entry before the first
//	60 32  hash of the last entry
//	92 12  section A: length as stored, length unpacked, CRC32C as stored
//	104 12 section B: likewise
//	116 4  CRC32C of bytes 0 to 115
//	120    section A (rows and, since version 2, appends), section B (entries)
//
// The sections' content is told at appendRows, appendAppends and appendEntries.
const (
	blockMagic   = "BLbk"
	blockVersion = 3 // that is written
	rowsOnly     = 1 // the version whose section A holds rows alone
	withHashes   = 2 // the last version that stores the hash of each entry
	headerSize   = 120

	plainRows    = 1 << 0
	plainEntries = 1 << 1
)

// maxSection bounds an unpacked section: a batch's bytes, and as much again for
// lengths of many tiny rows.
const maxSection = 2 * MaxBatchBytes

// A packed section unpacks to at most maxRatio times its size and maxSlack more;
// the encoder stores plainly what packs better, so that whoever decodes never
// makes more room than the bytes at hand justify.
const (
	maxRatio = 256
	maxSlack = 64 << 10
)

// partBytes is the most of a block that goes into one value: far below the
// store's threshold for values (1 MiB), so that a part and the index of the
// largest batch fit into one transaction.
const partBytes = 256 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sum32(crc uint32, b []byte) uint32 { return crc32.Update(crc, castagnoli, b) }

type section struct{ stored, unpacked, crc uint32 }

type header struct {
	version  byte
	parts    int
	flags    uint16
	first    uint64
	count    uint32
	bookedAt ledger.Time
	prev     [32]byte
	head     [32]byte
	rows     section
	entries  section
}

func (h *header) last() uint64 { return h.first + uint64(h.count) - 1 }

// size is that of the whole block.
func (h *header) size() int { return headerSize + int(h.rows.stored) + int(h.entries.stored) }

func partsOf(size int) int { return (size + partBytes - 1) / partBytes }

func (h *header) put(b []byte) {
	copy(b, blockMagic)
	b[4], b[5] = h.version, byte(h.parts)
	be := binary.BigEndian
	be.PutUint16(b[6:], h.flags)
	be.PutUint64(b[8:], h.first)
	be.PutUint32(b[16:], h.count)
	be.PutUint64(b[20:], uint64(h.bookedAt))
	copy(b[28:], h.prev[:])
	copy(b[60:], h.head[:])
	for i, s := range [...]section{h.rows, h.entries} {
		be.PutUint32(b[92+12*i:], s.stored)
		be.PutUint32(b[96+12*i:], s.unpacked)
		be.PutUint32(b[100+12*i:], s.crc)
	}
	be.PutUint32(b[116:], sum32(0, b[:116]))
}

// parseHeader reads and checks a block's header; wrong says in words why it is
// none.
func parseHeader(b []byte) (h header, wrong string) {
	be := binary.BigEndian
	switch {
	case len(b) < headerSize:
		return h, "its header is cut short"
	case string(b[:4]) != blockMagic:
		return h, "it does not begin as a block does"
	case be.Uint32(b[116:]) != sum32(0, b[:116]):
		return h, "the checksum of its header does not match"
	case b[4] < rowsOnly || b[4] > blockVersion:
		return h, "it is of a version that this program does not know"
	}
	h.version, h.parts = b[4], int(b[5])
	h.flags = be.Uint16(b[6:])
	h.first = be.Uint64(b[8:])
	h.count = be.Uint32(b[16:])
	h.bookedAt = ledger.Time(be.Uint64(b[20:]))
	copy(h.prev[:], b[28:])
	copy(h.head[:], b[60:])
	for i, s := range [...]*section{&h.rows, &h.entries} {
		*s = section{be.Uint32(b[92+12*i:]), be.Uint32(b[96+12*i:]), be.Uint32(b[100+12*i:])}
		if s.stored > maxSection || s.unpacked > maxSection || int(s.unpacked) > maxRatio*int(s.stored)+maxSlack {
			return h, "its header tells of sections larger than there can be"
		}
	}
	if h.first == 0 || h.count == 0 || h.count > MaxBatchEntries || h.first+uint64(h.count) < h.first ||
		h.parts != partsOf(h.size()) || h.flags&^(plainRows|plainEntries) != 0 {
		return h, "its header tells of numbers that cannot be"
	}
	return h, ""
}
