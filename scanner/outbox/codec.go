package outbox

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"
)

// Keys: a kind byte, the box's id (4 bytes, big endian), then what the kind says.
// Big endian keeps rows in seq order. Formats are never changed, only added to:
// a device from a drawer must still deliver.
const (
	keySchema  = 'M' // → schema version
	keyName    = 'B' // device length (1 byte), device, install → box id
	keyInstall = 'I' // device → install
	keyRecord  = 'b' // box → record
	keyRow     = 'r' // box, seq → row
	keyNote    = 'n' // box, seq → note
	keyState   = 's' // box, state name → value
)

// schemaVersion is written into every folder; a higher one is refused.
const schemaVersion = 1

const (
	envelope      = 5  // version byte, crc32c
	rowHead       = 16 // stored at (µs), bytes stored in this box so far
	recordHead    = 28 // acked, peak, low, two counts
	pairBytes     = 16 // a mark or a hole
	envelopeFirst = 1  // the one envelope version so far
)

var (
	castagnoli  = crc32.MakeTable(crc32.Castagnoli)
	errChecksum = errors.New("checksum does not match")
	errFormat   = errors.New("stored in a form that is not known")
)

func boxKey(kind byte, id uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{kind}, id)
}

func seqKey(kind byte, id uint32, seq uint64) []byte {
	k := make([]byte, 0, 13)
	k = append(k, kind)
	k = binary.BigEndian.AppendUint32(k, id)
	return binary.BigEndian.AppendUint64(k, seq)
}

// seqOf returns the seq at the end of a key made by seqKey.
func seqOf(key []byte) (uint64, bool) {
	if len(key) != 13 {
		return 0, false
	}
	return binary.BigEndian.Uint64(key[5:]), true
}

func nameKey(n Name) []byte {
	k := []byte{keyName, byte(len(n.Device))}
	k = append(k, n.Device...)
	return append(k, n.Install...)
}

func nameOf(key []byte) (Name, bool) {
	if len(key) < 2 || len(key) < 2+int(key[1]) {
		return Name{}, false
	}
	d := int(key[1])
	return Name{Device: string(key[2 : 2+d]), Install: string(key[2+d:])}, true
}

// seal wraps body for storing under key: version, checksum over version, key and
// body, body. The key is part of it so that a value under a wrong key shows.
func seal(key []byte, parts ...[]byte) []byte {
	n := envelope
	for _, p := range parts {
		n += len(p)
	}
	v := make([]byte, envelope, n)
	v[0] = envelopeFirst
	for _, p := range parts {
		v = append(v, p...)
	}
	binary.BigEndian.PutUint32(v[1:], checksum(key, v))
	return v
}

func checksum(key, sealed []byte) uint32 {
	sum := crc32.Update(0, castagnoli, sealed[:1])
	sum = crc32.Update(sum, castagnoli, key)
	return crc32.Update(sum, castagnoli, sealed[envelope:])
}

// unseal returns the body, a part of value.
func unseal(key, value []byte) ([]byte, error) {
	if len(value) < envelope {
		return nil, errChecksum
	}
	if binary.BigEndian.Uint32(value[1:]) != checksum(key, value) {
		return nil, errChecksum
	}
	if value[0] != envelopeFirst {
		return nil, errFormat
	}
	return value[envelope:], nil
}

func sealRow(key []byte, at time.Time, total uint64, data []byte) []byte {
	var h [rowHead]byte
	binary.BigEndian.PutUint64(h[:], uint64(at.UnixMicro()))
	binary.BigEndian.PutUint64(h[8:], total)
	return seal(key, h[:], data)
}

// unsealRow returns data as a part of value.
func unsealRow(key, value []byte) (at time.Time, total uint64, data []byte, err error) {
	body, err := unseal(key, value)
	if err != nil {
		return time.Time{}, 0, nil, err
	}
	if len(body) < rowHead {
		return time.Time{}, 0, nil, errFormat
	}
	at = time.UnixMicro(int64(binary.BigEndian.Uint64(body))).UTC()
	return at, binary.BigEndian.Uint64(body[8:]), body[rowHead:], nil
}

// mark says that all seqs up to through were acknowledged no later than at.
type mark struct {
	at      int64 // µs
	through uint64
}

// record is what a box keeps about its rows.
type record struct {
	acked uint64  // all up to here are acknowledged
	peak  uint64  // the highest acked ever was: above acked after Resend
	low   uint64  // rows below have left the ring
	marks []mark  // ascending in both fields
	holes []Range // ascending, passed over by Raise
}

func sealRecord(key []byte, r *record) []byte {
	b := make([]byte, 0, recordHead+pairBytes*(len(r.marks)+len(r.holes)))
	b = binary.BigEndian.AppendUint64(b, r.acked)
	b = binary.BigEndian.AppendUint64(b, r.peak)
	b = binary.BigEndian.AppendUint64(b, r.low)
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.marks)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(r.holes)))
	for _, m := range r.marks {
		b = binary.BigEndian.AppendUint64(b, uint64(m.at))
		b = binary.BigEndian.AppendUint64(b, m.through)
	}
	for _, h := range r.holes {
		b = binary.BigEndian.AppendUint64(b, h.From)
		b = binary.BigEndian.AppendUint64(b, h.Through)
	}
	return seal(key, b)
}

func unsealRecord(key, value []byte) (*record, error) {
	b, err := unseal(key, value)
	if err != nil {
		return nil, err
	}
	if len(b) < recordHead {
		return nil, errFormat
	}
	u := binary.BigEndian.Uint64
	r := &record{acked: u(b), peak: u(b[8:]), low: u(b[16:])}
	marks, holes := int(binary.BigEndian.Uint16(b[24:])), int(binary.BigEndian.Uint16(b[26:]))
	b = b[recordHead:]
	if len(b) != pairBytes*(marks+holes) || r.low == 0 || r.acked > MaxSeq || r.peak < r.acked || r.peak > MaxSeq || r.low > r.peak+1 {
		return nil, errFormat
	}
	for ; marks > 0; marks-- {
		r.marks = append(r.marks, mark{at: int64(u(b)), through: u(b[8:])})
		b = b[pairBytes:]
	}
	for ; holes > 0; holes-- {
		h := Range{From: u(b), Through: u(b[8:])}
		if h.From == 0 || h.From > h.Through || h.Through > MaxSeq {
			return nil, errFormat
		}
		r.holes = append(r.holes, h)
		b = b[pairBytes:]
	}
	return r, nil
}

func sealNote(key []byte, at time.Time, outcome []byte) []byte {
	var h [8]byte
	binary.BigEndian.PutUint64(h[:], uint64(at.UnixMicro()))
	return seal(key, h[:], outcome)
}

func unsealNote(key, value []byte) (time.Time, []byte, error) {
	b, err := unseal(key, value)
	if err != nil {
		return time.Time{}, nil, err
	}
	if len(b) < 8 {
		return time.Time{}, nil, errFormat
	}
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC(), b[8:], nil
}
