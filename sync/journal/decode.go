package journal

import (
	"encoding/binary"

	"bayledger/sync/ledger"

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

// rowsDecoder reads the row changes and appends of blocks; its memory is used
// again.
type rowsDecoder struct {
	raw           []byte
	rows, appends []Row
}

// decode returns the row changes and the appends of a whole block; they are valid
// until the next call, and as long as the block is.
func (d *rowsDecoder) decode(h *header, block []byte) (rows, appends []Row, wrong string) {
	if len(block) != h.size() {
		return nil, nil, "its length does not match"
	}
	plain := h.flags&plainRows != 0
	raw, wrong := unpack(d.raw[:cap(d.raw)], rowsSection(h, block), h.rows, plain)
	if wrong != "" {
		return nil, nil, wrong
	}
	if !plain {
		d.raw = raw
	}
	r := reader{b: raw}
	d.rows, d.appends = d.rows[:0], d.appends[:0]
	for count := r.count(); count > 0 && !r.bad; count-- {
		row := Row{Key: r.bytes(r.uvarint())}
		if size := r.uvarint(); size > 0 {
			row.Value = r.bytes(size - 1)
		}
		d.rows = append(d.rows, row)
	}
	if h.version > rowsOnly {
		for count := r.count(); count > 0 && !r.bad; count-- {
			d.appends = append(d.appends, Row{Key: r.bytes(r.uvarint()), Value: r.bytes(r.uvarint())})
		}
	}
	if r.bad || len(r.b) > 0 {
		return nil, nil, "its rows cannot be read"
	}
	return d.rows, d.appends, ""
}

// count reads how many rows there are.
func (r *reader) count() uint64 {
	const most = MaxBatchBytes / 16 // by Batch.Bytes
	n := r.uvarint()
	if n > most {
		r.fail()
		return 0
	}
	return n
}

// decodeBlock reads a whole block's entries; an error is a Damage. What it returns
// shares no memory with the bytes given.
func decodeBlock(h *header, block []byte) (b *Block, err error) {
	broken := func(wrong string) (*Block, error) {
		return nil, damage(h.first, h.last(), "their block cannot be read: %s", wrong)
	}
	if len(block) != h.size() {
		return broken("its length does not match")
	}
	stored := entriesSection(h, block)
	plain := h.flags&plainEntries != 0
	raw, wrong := unpack(nil, stored, h.entries, plain)
	if wrong != "" {
		return broken(wrong)
	}
	if plain {
		raw = append([]byte(nil), raw...)
	}
	b = &Block{First: h.first, Last: h.last(), BookedAt: h.bookedAt, Prev: h.prev, Head: h.head}
	ok := false
	if h.version > withHashes {
		ok, err = b.parseUnhashed(raw, int(h.count))
	} else {
		ok = b.parse(raw, int(h.count))
	}
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return broken("its entries cannot be read")
	}
	return b, nil
}

// parse reads section B as versions 1 and 2 have it: entries with their hashes,
// joined by commas.
func (b *Block) parse(raw []byte, count int) bool {
	r, _, ok := b.parseRecords(raw, count, 0)
	if !ok {
		return false
	}
	for i := range b.ends {
		b.ends[i] += uint32(i) // the commas
	}
	b.joined = r.b
	return count > 0 && uint64(b.ends[count-1]) == uint64(len(b.joined))
}

// parseUnhashed reads section B as it is now, and gives the entries their hashes;
// an error names the first that has another one than it was booked with.
func (b *Block) parseUnhashed(raw []byte, count int) (ok bool, err error) {
	r, hashes, ok := b.parseRecords(raw, count, storedHash)
	if !ok || count == 0 || uint64(b.ends[count-1]) != uint64(len(r.b)) {
		return false, nil
	}
	b.joined = make([]byte, 0, len(r.b)+count*(ledger.HashTail+1))
	c := newChainer(b.Prev)
	start := uint32(0)
	for i, end := range b.ends {
		if i > 0 {
			b.joined = append(b.joined, ',')
		}
		entry := r.b[start:end]
		b.joined = c.append(b.joined, entry)
		if string(c.prev[:storedHash]) != string(hashes[i*storedHash:(i+1)*storedHash]) {
			n := b.First + uint64(i)
			return false, damage(n, n, "%s", notEntry(n, entry))
		}
		b.ends[i] = uint32(len(b.joined))
		start = end
	}
	if c.prev != b.Head {
		return false, damage(b.First, b.Last, "their block's header names another last hash")
	}
	return true, nil
}

// parseRecords reads what stands before the entries' JSON, and leaves that to be
// read; of each hash so many bytes are stored. ends are where each one's JSON ends,
// one after the other.
func (b *Block) parseRecords(raw []byte, count, hash int) (rest reader, hashes []byte, ok bool) {
	const leastRecord = 5 + 16 // five lengths and a payload's hash
	r := reader{b: raw}
	names := r.names(2 * count)
	if r.bad || count*leastRecord > len(r.b) {
		return r, nil, false
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
			return r, nil, false
		}
		id.Device, id.Install = names[device], names[install]
		b.ends[i], stamps[i] = uint32(end), uint32(stamp)
	}
	for i := range b.records {
		copy(b.records[i].Payload[:], r.bytes(16))
	}
	hashes = r.bytes(uint64(hash * count))
	for i := range b.records {
		if stamps[i] > 0 {
			b.records[i].Stamp = r.bytes(uint64(stamps[i]))
		}
	}
	return r, hashes, !r.bad
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

// names reads the table of devices and installs, most of them at most: entries
// that came from no device may have names too.
func (r *reader) names(most int) []string {
	count := r.uvarint()
	if r.bad || count > uint64(len(r.b)) || count > uint64(most) {
		r.fail()
		return nil
	}
	names := make([]string, count)
	for i := range names {
		names[i] = string(r.bytes(r.uvarint()))
	}
	return names
}
