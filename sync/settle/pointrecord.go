package settle

import (
	"encoding/binary"

	"bayledger/sync/ledger"
)

// storedPoint is a point as a history keeps it: the costs as they stood after its last
// fact, with the entry that they were stored with.
type storedPoint struct {
	point
	n  uint64
	at int // how many facts of its piece were written before it
}

// appendPoint writes the costs as they stand after the last fact.
func appendPoint(out []byte, last *Key, p *pool, n uint64) []byte {
	b := binary.AppendUvarint(appendKey([]byte{recordPoint}, last), n)
	b = binary.AppendVarint(b, p.last)
	b = binary.AppendUvarint(b, uint64(len(p.layers)))
	for i := range p.layers {
		l := &p.layers[i]
		b = binary.AppendVarint(binary.AppendVarint(binary.AppendVarint(b, l.Quantity), l.Value), l.Unit)
		b = appendText(b, l.Delivery)
	}
	b = binary.AppendUvarint(b, uint64(len(p.owed)))
	for i := range p.owed {
		d := &p.owed[i]
		b = binary.AppendVarint(binary.AppendVarint(b, d.Quantity), d.Value)
		b = binary.AppendUvarint(b, uint64(d.Place))
		b = binary.AppendUvarint(b, uint64(d.Taken.Place))
		b = appendText(appendText(b, d.Taken.Reference), d.Taken.Asset)
		b = append(b, bit(d.Taken.Assembly))
	}
	b = binary.AppendUvarint(b, uint64(len(p.accounts)))
	for _, a := range p.accounts {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(a.Place)), a.Value)
	}
	return append(binary.AppendUvarint(out, uint64(len(b))), b...)
}

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func (r *reader) point() storedPoint {
	s := storedPoint{point: point{key: r.key()}, n: r.number()}
	s.pool.last = r.signed()
	for range r.count() {
		s.pool.layers = append(s.pool.layers, layer{Quantity: r.signed(), Value: r.signed(), Unit: r.signed(), Delivery: r.text()})
	}
	for range r.count() {
		d := debt{Quantity: r.signed(), Value: r.signed(), Place: ledger.PlaceID(r.number())}
		d.Taken = takenKey{Place: ledger.PlaceID(r.number()), Reference: r.text(), Asset: r.text(), Assembly: r.byte() == 1}
		s.pool.owed = append(s.pool.owed, d)
	}
	for range r.count() {
		s.pool.accounts = append(s.pool.accounts, account{ledger.PlaceID(r.number()), r.signed()})
	}
	return s
}

// count reads how many of something follow: never more than there are bytes.
func (r *reader) count() int {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.failed = true
		return 0
	}
	return int(n)
}

// Bits of what a fact says of costs.
const (
	saidAnything = 1 << iota
	saidAssembly
	saidOut
)

func appendSaid(b []byte, s *said) []byte {
	if s == nil {
		return append(b, 0)
	}
	shape := byte(saidAnything)
	if s.assembly {
		shape |= saidAssembly
	}
	if s.out {
		shape |= saidOut
	}
	b = append(b, shape, byte(s.costed))
	b = binary.AppendVarint(binary.AppendVarint(b, s.unit), s.total)
	return appendText(appendText(appendText(b, s.delivery), s.reference), s.asset)
}

func (r *reader) said() *said {
	shape := r.byte()
	if shape == 0 {
		return nil
	}
	return &said{costed: ledger.CostSaid(r.byte()), unit: r.signed(), total: r.signed(), delivery: r.text(), reference: r.text(), asset: r.text(),
		assembly: shape&saidAssembly != 0, out: shape&saidOut != 0}
}
