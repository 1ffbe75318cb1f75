package journal

import (
	"encoding/binary"

	"bayledger/sync/ledger"

	"github.com/klauspost/compress/s2"
)

// encoder turns batches into blocks. Its memory is used again for the next one.
type encoder struct {
	raw   []byte
	out   []byte
	names map[string]uint32
	list  []string
	spans map[uint64]int // device and install, by their numbers, to their place in touched
	touch []touched
	ids   []uint32 // device and install of each record, by their numbers
}

// spareBytes is how much memory is kept from one batch for the next: enough for
// the batches of every day, not for those of an import.
const spareBytes = 4 << 20

// touched is one device of a batch.
type touched struct {
	device, install string
	low, high       uint64 // seqs
}

// encode returns the block of a batch that checkBatch has passed; it is valid
// until the next call.
//
// added is what the batch appends, to the index too, as additions has it; number
// has been called.
func (e *encoder) encode(b *Batch, prev [32]byte, added []Row) []byte {
	if cap(e.raw)+cap(e.out) > spareBytes {
		e.raw, e.out = nil, nil
	}
	h := header{version: blockVersion, first: b.First, count: uint32(len(b.Records)), bookedAt: b.BookedAt, prev: prev, head: b.Head}
	e.out = append(e.out[:0], make([]byte, headerSize)...)
	var plain bool
	e.raw = appendAppends(appendRows(e.raw[:0], b.Rows), added)
	if h.rows, plain = e.pack(); plain {
		h.flags |= plainRows
	}
	e.raw = e.appendEntries(e.raw[:0], b.Records)
	if h.entries, plain = e.pack(); plain {
		h.flags |= plainEntries
	}
	h.parts = partsOf(len(e.out))
	h.put(e.out)
	return e.out
}

// pack appends e.raw to e.out, compressed where that pays.
func (e *encoder) pack() (s section, plain bool) {
	start := len(e.out)
	most := s2.MaxEncodedLen(len(e.raw))
	if cap(e.out)-start < most {
		e.out = append(make([]byte, 0, 2*(start+most)), e.out...)
	}
	packed := s2.Encode(e.out[start:start+most], e.raw)
	plain = len(packed) >= len(e.raw) || len(e.raw) > maxRatio*len(packed)+maxSlack
	if plain {
		e.out = append(e.out, e.raw...)
	} else {
		e.out = e.out[:start+len(packed)]
	}
	stored := e.out[start:]
	return section{uint32(len(stored)), uint32(len(e.raw)), sum32(0, stored)}, plain
}

// appendRows appends section A's rows: how many, then for each the length of its
// key, the key, 0 for a deleted row or the length of its value and one, and the
// value. Numbers are uvarints.
func appendRows(b []byte, rows []Row) []byte {
	b = binary.AppendUvarint(b, uint64(len(rows)))
	for i := range rows {
		r := &rows[i]
		b = binary.AppendUvarint(b, uint64(len(r.Key)))
		b = append(b, r.Key...)
		if r.Value == nil {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(r.Value))+1)
		b = append(b, r.Value...)
	}
	return b
}

// appendAppends appends the rest of section A: how many appends, then for each
// the length of its key, the key, the length of its bytes, the bytes.
func appendAppends(b []byte, appends []Row) []byte {
	b = binary.AppendUvarint(b, uint64(len(appends)))
	for i := range appends {
		r := &appends[i]
		b = binary.AppendUvarint(b, uint64(len(r.Key)))
		b = append(b, r.Key...)
		b = binary.AppendUvarint(b, uint64(len(r.Value)))
		b = append(b, r.Value...)
	}
	return b
}

// number gives the batch's devices and installs numbers, and finds the lowest
// and highest seq of each pair.
func (e *encoder) number(records []Record) {
	if e.names == nil {
		e.names, e.spans = make(map[string]uint32), make(map[uint64]int)
	}
	clear(e.names)
	clear(e.spans)
	clear(e.list)
	clear(e.touch)
	e.list, e.touch, e.ids = e.list[:0], e.touch[:0], e.ids[:0]
	for i := range records {
		id := &records[i].ID
		device, install := e.name(id.Device), e.name(id.Install)
		e.ids = append(e.ids, device, install)
		if id.Seq == 0 {
			continue
		}
		pair := uint64(device)<<32 | uint64(install)
		at, known := e.spans[pair]
		if !known {
			e.spans[pair] = len(e.touch)
			e.touch = append(e.touch, touched{id.Device, id.Install, id.Seq, id.Seq})
			continue
		}
		t := &e.touch[at]
		t.low, t.high = min(t.low, id.Seq), max(t.high, id.Seq)
	}
}

func (e *encoder) name(s string) uint32 {
	n, known := e.names[s]
	if !known {
		n = uint32(len(e.list))
		e.names[s] = n
		e.list = append(e.list, s)
	}
	return n
}

// appendEntries appends section B: how many names and each with its length; for
// each record the length of its JSON without the hash that ends it, the numbers of
// its device and install, its seq, the length of its stamp; then all payload hashes
// of 16 bytes, the first 4 bytes of all hashes, all stamps, and all entries' JSON
// without their hashes. Numbers are uvarints. The hashes follow from the header's
// and the entries: they cannot be compressed, and were a third of a block. Their
// beginnings tell which entry of a block was changed.
func (e *encoder) appendEntries(b []byte, records []Record) []byte {
	b = binary.AppendUvarint(b, uint64(len(e.list)))
	for _, s := range e.list {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for i := range records {
		r := &records[i]
		b = binary.AppendUvarint(b, uint64(len(ledger.HashedPart(r.JSON))))
		b = binary.AppendUvarint(b, uint64(e.ids[2*i]))
		b = binary.AppendUvarint(b, uint64(e.ids[2*i+1]))
		b = binary.AppendUvarint(b, r.ID.Seq)
		b = binary.AppendUvarint(b, uint64(len(r.Stamp)))
	}
	for i := range records {
		b = append(b, records[i].Payload[:]...)
	}
	for i := range records {
		b = appendHashStart(b, records[i].JSON)
	}
	for i := range records {
		b = append(b, records[i].Stamp...)
	}
	for i := range records {
		b = append(b, ledger.HashedPart(records[i].JSON)...)
	}
	return b
}
