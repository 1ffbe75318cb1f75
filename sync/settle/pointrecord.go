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

// appendPoint writes the costs as they stand after the last fact: one pool, or,
// where sites have their own, all of them.
func appendPoint(out []byte, last *Key, v *valuation, n uint64) []byte {
	kind := byte(recordPoint)
	if len(v.sites) > 0 {
		kind = recordPools
	}
	b := binary.AppendUvarint(appendKey([]byte{kind}, last), n)
	b = appendPool(b, &v.pool, kind)
	if kind == recordPools {
		b = binary.AppendUvarint(b, uint64(len(v.sites)))
		for i := range v.sites {
			b = appendPool(binary.AppendUvarint(b, uint64(v.sites[i].home)), &v.sites[i].pool, kind)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(v.accounts)))
	for _, a := range v.accounts {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(a.Place)), a.Value)
	}
	return append(binary.AppendUvarint(out, uint64(len(b))), b...)
}

func appendPool(b []byte, p *pool, kind byte) []byte {
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
		if kind == recordPools {
			b = binary.AppendUvarint(b, uint64(d.Home))
		}
		b = binary.AppendUvarint(b, uint64(d.Taken.Place))
		b = appendText(appendText(b, d.Taken.Reference), d.Taken.Asset)
		b = append(b, bit(d.Taken.Assembly))
	}
	return b
}

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func (r *reader) point() storedPoint {
	s := storedPoint{point: point{key: r.key()}, n: r.number()}
	s.pool = r.pool(recordPoint)
	s.accounts = r.accounts()
	return s
}

func (r *reader) pools() storedPoint {
	s := storedPoint{point: point{key: r.key()}, n: r.number()}
	s.pool = r.pool(recordPools)
	for range r.count() {
		home := ledger.PlaceID(r.number())
		*s.of(home) = r.pool(recordPools)
	}
	s.accounts = r.accounts()
	return s
}

func (r *reader) pool(kind byte) (p pool) {
	p.last = r.signed()
	for range r.count() {
		p.layers = append(p.layers, layer{Quantity: r.signed(), Value: r.signed(), Unit: r.signed(), Delivery: r.text()})
	}
	for range r.count() {
		d := debt{Quantity: r.signed(), Value: r.signed(), Place: ledger.PlaceID(r.number())}
		if kind == recordPools {
			d.Home = ledger.PlaceID(r.number())
		}
		d.Taken = takenKey{Place: ledger.PlaceID(r.number()), Reference: r.text(), Asset: r.text(), Assembly: r.byte() == 1}
		p.owed = append(p.owed, d)
	}
	return p
}

func (r *reader) accounts() (a accounts) {
	for range r.count() {
		place := ledger.PlaceID(r.number())
		a.add(place, r.signed())
	}
	return a
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
	s := new(said)
	if !r.saidOf(s) {
		return nil
	}
	return s
}

// saidOf reads into s what a fact says of costs; false where it says nothing.
func (r *reader) saidOf(s *said) bool {
	shape := r.byte()
	if shape == 0 {
		return false
	}
	*s = said{costed: ledger.CostSaid(r.byte()), unit: r.signed(), total: r.signed(), delivery: r.text(), reference: r.text(), asset: r.text(),
		assembly: shape&saidAssembly != 0, out: shape&saidOut != 0}
	return true
}
