package journal

import (
	"encoding/binary"

	"github.com/klauspost/compress/s2"
)

// What follows never panics and never makes more room than the bytes at hand
// justify, whatever they are. wrong says in words why bytes are no block.

// unpack returns a section's content; dst is used where it is large enough.
func unpack(dst, stored []byte, s section, plain bool) (raw []byte, wrong string) {
	if sum32(0, stored) != s.crc {
		return nil, "a checksum does not match"
	}
	if plain {
		if s.stored != s.unpacked {
			return nil, "the length of a section does not match"
		}
		return stored, ""
	}
	n, err := s2.DecodedLen(stored)
	if err != nil || n != int(s.unpacked) {
		return nil, "the length of a section does not match"
	}
	if raw, err = s2.Decode(dst, stored); err != nil {
		return nil, "a section cannot be unpacked"
	}
	return raw, ""
}

// rowsSection and entriesSection return the parts of a whole block.
func rowsSection(h *header, block []byte) []byte {
	return block[headerSize : headerSize+int(h.rows.stored)]
}

func entriesSection(h *header, block []byte) []byte {
	return block[headerSize+int(h.rows.stored):]
}

// decodeRows calls fn for each row change of a block; key and value are valid
// until it returns. scratch is used again, and returned for the next call.
func decodeRows(h *header, block, scratch []byte, fn func(key, value []byte, deleted bool)) (_ []byte, wrong string) {
	if len(block) != h.size() {
		return scratch, "its length does not match"
	}
	plain := h.flags&plainRows != 0
	raw, wrong := unpack(scratch[:cap(scratch)], rowsSection(h, block), h.rows, plain)
	if wrong != "" {
		return scratch, wrong
	}
	if !plain {
		scratch = raw
	}
	r := reader{b: raw}
	for count := r.uvarint(); count > 0 && !r.bad; count-- {
		key := r.bytes(r.uvarint())
		size := r.uvarint()
		value := r.bytes(max(size, 1) - 1)
		if !r.bad {
			fn(key, value, size == 0)
		}
	}
	if r.bad || len(r.b) > 0 {
		return scratch, "its rows cannot be read"
	}
	return scratch, ""
}

// decodeBlock reads a whole block's entries. What it returns shares no memory
// with the bytes given.
func decodeBlock(h *header, block []byte) (b *Block, wrong string) {
	if len(block) != h.size() {
		return nil, "its length does not match"
	}
	stored := entriesSection(h, block)
	plain := h.flags&plainEntries != 0
	raw, wrong := unpack(nil, stored, h.entries, plain)
	if wrong != "" {
		return nil, wrong
	}
	if plain {
		raw = append([]byte(nil), raw...)
	}
	b = &Block{First: h.first, Last: h.last(), BookedAt: h.bookedAt, Prev: h.prev, Head: h.head}
	if !b.parse(raw, int(h.count)) {
		return nil, "its entries cannot be read"
	}
	return b, ""
}

func (b *Block) parse(raw []byte, count int) bool {
	const leastRecord = 5 + 16 // five lengths and a hash
	r := reader{b: raw}
	names := r.names()
	if r.bad || count*leastRecord > len(r.b) {
		return false
	}
	b.records = make([]Record, count)
	b.ends = make([]uint32, count)
	stamps := make([]uint32, count)
	end := uint64(0)
	for i := range b.records {
		end += r.uvarint()
		device, install := r.uvarint(), r.uvarint()
		id := &b.records[i].ID
		id.Seq = r.uvarint()
		stamp := r.uvarint()
		if r.bad || device >= uint64(len(names)) || install >= uint64(len(names)) || end > uint64(len(raw)) || stamp > uint64(len(raw)) {
			return false
		}
		id.Device, id.Install = names[device], names[install]
		b.ends[i], stamps[i] = uint32(end), uint32(stamp)
		end++ // the comma
	}
	for i := range b.records {
		copy(b.records[i].Payload[:], r.bytes(16))
	}
	for i := range b.records {
		if stamps[i] > 0 {
			b.records[i].Stamp = r.bytes(uint64(stamps[i]))
		}
	}
	b.joined = r.b
	return !r.bad && end-1 == uint64(len(b.joined))
}

// reader takes a section apart; once bad it stays so and gives nothing.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) fail() { r.b, r.bad = nil, true }

// names reads the table of devices and installs.
func (r *reader) names() []string {
	count := r.uvarint()
	if r.bad || count > uint64(len(r.b)) || count > 2*MaxBatchEntries {
		r.fail()
		return nil
	}
	names := make([]string, count)
	for i := range names {
		names[i] = string(r.bytes(r.uvarint()))
	}
	return names
}
