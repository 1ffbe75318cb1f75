package settle

import (
	"encoding/binary"
	"fmt"

	"bayledger/sync/ledger"
)

// Kinds of records in a history. The list only grows.
const (
	recordFact  = 0
	recordPoint = 1 // of one pool
	recordPools = 2 // of several
	recordTally = 3 // a fact, and what a count session has of it
)

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendKey(b []byte, k *Key) []byte {
	b = binary.AppendUvarint(b, uint64(k.TEff))
	b = binary.AppendUvarint(b, k.Seq)
	b = binary.AppendUvarint(b, uint64(k.Line))
	return appendText(appendText(b, k.Device), k.Install)
}

func (r *reader) key() Key {
	k := Key{TEff: ledger.Time(r.number()), Seq: r.number(), Line: int(r.number())}
	k.Device, k.Install = r.name(), r.name()
	return k
}

// Bits of how a leg is written.
const (
	legFromHeld = 1 << iota
	legToHeld
	legFromOwn // its place is the fact's from
	legToOwn   // its place is the fact's to
	legSameLot // lot and serial are the fact's
	legWhole   // the fact's quantity
	legBegins
	legStood // where the packages of its cells stood follows
)

// appendFact writes a fact as its product's history keeps it: a length, then the
// fields. Version 1; a later one gets another row prefix.
func appendFact(out []byte, f *fact) []byte {
	var room [256]byte
	kind := byte(recordFact)
	if f.marks != 0 || f.tally != nil {
		kind = recordTally
	}
	b := appendKey(append(room[:0], kind), &f.Key)
	b = binary.AppendUvarint(b, f.n)
	b = binary.AppendUvarint(b, f.recorded)
	b = binary.AppendUvarint(b, f.seen)
	b = append(b, byte(f.act), byte(f.flags))
	b = binary.AppendVarint(b, f.quantity)
	b = binary.AppendUvarint(b, placeNumber(f.from))
	b = binary.AppendUvarint(b, placeNumber(f.to))
	b = appendText(appendText(b, f.lot), f.serial)
	b = binary.AppendUvarint(b, uint64(len(f.legs)))
	for i := range f.legs {
		b = appendLeg(b, f, &f.legs[i])
	}
	b = appendSaid(b, f.said)
	if kind == recordTally {
		b = appendTally(b, f)
	}
	return append(binary.AppendUvarint(out, uint64(len(b))), b...)
}

func placeNumber(p *ledger.Place) uint64 {
	if p == nil {
		return 0
	}
	return uint64(p.ID)
}

func appendLeg(b []byte, f *fact, l *leg) []byte {
	shape := byte(0)
	set := func(bit byte, on bool) {
		if on {
			shape |= bit
		}
	}
	set(legFromHeld, l.from.Held)
	set(legToHeld, l.to.Held)
	set(legFromOwn, l.from.Place == f.from)
	set(legToOwn, l.to.Place == f.to)
	set(legSameLot, l.from.Lot == f.lot && l.from.Serial == f.serial)
	set(legWhole, l.quantity == f.quantity)
	set(legBegins, l.begins)
	set(legStood, l.fromAt != 0 || l.toAt != 0)
	b = append(b, shape, byte(l.cause))
	if shape&legFromOwn == 0 {
		b = binary.AppendUvarint(b, uint64(l.from.Place.ID))
	}
	if shape&legToOwn == 0 {
		b = binary.AppendUvarint(b, uint64(l.to.Place.ID))
	}
	if shape&legSameLot == 0 {
		b = appendText(appendText(b, l.from.Lot), l.from.Serial)
	}
	if shape&legWhole == 0 {
		b = binary.AppendVarint(b, l.quantity)
	}
	if shape&legStood != 0 {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(l.fromAt)), uint64(l.toAt))
	}
	return b
}

// readRecords reads the records of a piece in the order in which they were written.
func (b *Books) readRecords(data []byte, p *ledger.Product, fn func(fact), at func(storedPoint)) error {
	for len(data) > 0 {
		size, used := binary.Uvarint(data)
		if used <= 0 || size > uint64(len(data)-used) {
			return fmt.Errorf("%w: a record of %s is cut short", ErrRecord, p.Code)
		}
		r := reader{b: data[used : used+int(size)], books: b}
		switch kind := r.byte(); kind {
		case recordFact, recordTally:
			f := r.fact(p)
			if kind == recordTally {
				r.tally(&f)
			}
			if !r.failed {
				fn(f)
			}
		case recordPoint:
			if s := r.point(); !r.failed {
				at(s)
			}
		case recordPools:
			if s := r.pools(); !r.failed {
				at(s)
			}
		default:
			r.failed = true
		}
		if r.failed || len(r.b) > 0 {
			return fmt.Errorf("%w: a record of %s", ErrRecord, p.Code)
		}
		data = data[used+int(size):]
	}
	return nil
}

// reader takes a record apart; once failed it gives zeros.
type reader struct {
	b      []byte
	all    string // what b is the end of, where texts may share its memory
	books  *Books
	kind   byte // of the record, where nextRecord took it
	failed bool
}

func (r *reader) fact(p *ledger.Product) fact {
	var f fact
	f.Key = r.key()
	f.n, f.recorded, f.seen = r.number(), r.number(), r.number()
	f.act, f.flags = act(r.byte()), flags(r.byte())
	f.quantity = r.signed()
	f.from, f.to = r.place(), r.place()
	f.lot, f.serial = r.text(), r.text()
	count := r.number()
	if count > uint64(len(r.b)) {
		r.failed = true
	}
	legs := r.books.reading[:0]
	for ; count > 0 && !r.failed; count-- {
		if l, ok := r.leg(p, &f); ok {
			legs = append(legs, l)
		}
	}
	r.books.reading, f.legs = legs, r.books.keep(legs)
	f.said = r.said()
	return f
}

func (r *reader) leg(p *ledger.Product, f *fact) (leg, bool) {
	shape, why := r.byte(), cause(r.byte())
	from, to, lot, serial, quantity := f.from, f.to, f.lot, f.serial, f.quantity
	if shape&legFromOwn == 0 {
		from = r.place()
	}
	if shape&legToOwn == 0 {
		to = r.place()
	}
	if shape&legSameLot == 0 {
		lot, serial = r.text(), r.text()
	}
	if shape&legWhole == 0 {
		quantity = r.signed()
	}
	var fromAt, toAt *ledger.Place
	if shape&legStood != 0 {
		fromAt, toAt = r.place(), r.place()
	}
	if r.failed || from == nil || to == nil || int(why) >= len(causeTexts) {
		r.failed = true
		return leg{}, false
	}
	s := r.books.state
	return leg{from: s.CellOf(p, from, lot, serial, shape&legFromHeld != 0), to: s.CellOf(p, to, lot, serial, shape&legToHeld != 0),
		quantity: quantity, fromAt: ledger.PlaceID(placeNumber(fromAt)), toAt: ledger.PlaceID(placeNumber(toAt)), cause: why, begins: shape&legBegins != 0}, true
}

func (r *reader) skip(used int) bool {
	if used <= 0 || r.failed {
		r.failed = true
		return false
	}
	r.b = r.b[used:]
	return true
}

func (r *reader) number() uint64 {
	v, used := binary.Uvarint(r.b)
	if !r.skip(used) {
		return 0
	}
	return v
}

func (r *reader) signed() int64 {
	v, used := binary.Varint(r.b)
	if !r.skip(used) {
		return 0
	}
	return v
}

func (r *reader) byte() byte {
	if len(r.b) == 0 || r.failed {
		r.failed = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) text() string {
	size := r.number()
	if size > uint64(len(r.b)) {
		r.failed = true
		return ""
	}
	if r.all != "" {
		at := len(r.all) - len(r.b)
		r.b = r.b[size:]
		return r.all[at : at+int(size)]
	}
	s := string(r.b[:size])
	r.b = r.b[size:]
	return s
}

// name is a device's or an install's.
func (r *reader) name() string {
	size := r.number()
	if size > uint64(len(r.b)) {
		r.failed = true
		return ""
	}
	text := r.b[:size]
	r.b = r.b[size:]
	if known, ok := r.books.names[string(text)]; ok {
		return known
	}
	return r.books.name(string(text))
}

func (r *reader) place() *ledger.Place {
	number := r.number()
	if number == 0 || r.failed {
		return nil
	}
	p, ok := r.books.state.PlaceByID(ledger.PlaceID(number))
	if !ok {
		r.failed = true
		return nil
	}
	return p
}

// name gives each device's and install's name once: many facts share few.
func (b *Books) name(s string) string {
	if known, ok := b.names[s]; ok {
		return known
	}
	if b.names == nil {
		b.names = map[string]string{}
	}
	b.names[s] = s
	return s
}
