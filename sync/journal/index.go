package journal

import (
	"encoding/binary"
)

// The device index leads from an identity to the block that holds it. A batch
// appends to the index of each device that it touches, as it appends to keys, so
// that a window of batches takes one write for each device. The index is keyed by
// the highest seq of a piece, since it is asked for seqs.

// touch says that seqs of a device from low to high, or some of them, are in a
// block.
type touch struct{ block, high, low uint64 }

func appendTouch(b []byte, t touch) []byte {
	b = binary.AppendUvarint(b, t.block)
	b = binary.AppendUvarint(b, t.high)
	return binary.AppendUvarint(b, t.high-t.low)
}

// anySeq asks for all touches; it is no seq of an identity.
const anySeq = 0

// holds says whether a seq may be in the block.
func (t *touch) holds(seq uint64) bool { return seq == anySeq || t.low <= seq && seq <= t.high }

// appendTouches reads the touches of a piece that may hold a seq.
func appendTouches(out []touch, b []byte, seq uint64) (_ []touch, ok bool) {
	for r := (reader{b: b}); len(r.b) > 0; {
		t := touch{block: r.uvarint(), high: r.uvarint()}
		span := r.uvarint()
		if r.bad || span > t.high {
			return out, false
		}
		if t.low = t.high - span; t.holds(seq) {
			out = append(out, t)
		}
	}
	return out, true
}

// oldIndexValue is the longest index value of the time when each block had a key
// for each device: BE uint64 block, uvarint of how far below the key's seq the
// lowest one lies.
const oldIndexValue = 8 + binary.MaxVarintLen64

// parseIndex reads those touches of an index key and value that may hold a seq.
func parseIndex(out []touch, key, value []byte, seq uint64) (_ []touch, ok bool) {
	if len(key) < 1+1+1+8 {
		return out, false
	}
	if len(value) <= oldIndexValue {
		return parseOldIndex(out, key, value, seq)
	}
	body, ok := parseRow(key, value)
	if !ok || len(body) <= segmentHead {
		return out, false
	}
	return appendTouches(out, body[segmentHead:], seq)
}

func parseOldIndex(out []touch, key, value []byte, seq uint64) (_ []touch, ok bool) {
	if len(value) < 8+1 {
		return out, false
	}
	t := touch{block: binary.BigEndian.Uint64(value), high: binary.BigEndian.Uint64(key[len(key)-8:])}
	span, n := binary.Uvarint(value[8:])
	if n != len(value)-8 || span > t.high {
		return out, false
	}
	if t.low = t.high - span; t.holds(seq) {
		out = append(out, t)
	}
	return out, true
}

// numberOf returns what ends the store's key of a piece.
func numberOf(prefix []byte, first uint64, body []byte) (number uint64) {
	if prefix[0] == roomSegments {
		return first
	}
	for r := (reader{b: body[segmentHead:]}); len(r.b) > 0; {
		_ = r.uvarint() // the block
		number = max(number, r.uvarint())
		_ = r.uvarint()
	}
	return number
}

// additions is what a batch appends, to the index and to keys, under the starts
// of the store's keys. Its memory is used again.
type additions struct {
	rows  []Row
	arena []byte
	ends  []int
}

func (a *additions) gather(first uint64, touched []touched, appends []Row) []Row {
	if cap(a.arena) > spareBytes {
		a.arena = nil
	}
	clear(a.rows)
	a.rows, a.arena, a.ends = a.rows[:0], a.arena[:0], a.ends[:0]
	for i := range touched {
		t := &touched[i]
		a.arena = deviceKey(a.arena, t.device, t.install)
		a.ends = append(a.ends, len(a.arena))
		a.arena = appendTouch(a.arena, touch{first, t.high, t.low})
		a.ends = append(a.ends, len(a.arena))
	}
	for i := range appends {
		a.arena = segmentPrefix(a.arena, appends[i].Key)
		a.ends = append(a.ends, len(a.arena))
	}
	start := 0
	cut := func() []byte {
		piece := a.arena[start:a.ends[0]:a.ends[0]]
		start, a.ends = a.ends[0], a.ends[1:]
		return piece
	}
	all := a.ends
	for range touched {
		a.rows = append(a.rows, Row{Key: cut(), Value: cut()})
	}
	for i := range appends {
		a.rows = append(a.rows, Row{Key: cut(), Value: appends[i].Value})
	}
	a.ends = all
	return a.rows
}
