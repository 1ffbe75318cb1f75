package settle

import (
	"encoding/binary"
	"fmt"

	"bayledger/sync/ledger"
)

// Traced is a fact as it was stored, for those who look into the past: reading it
// needs no books and changes none, so that it can be done while others scan.
type Traced struct {
	Key
	N        uint64 // its entry
	Recorded uint64 // the entry with which it was written so
	Out      bool   // undone: it takes no part
	Removes  bool   // goods go out of the house
	Built    bool   // goods go into an asset, or out of one
	Counts   bool
	Closes   bool   // a count session, complete
	Session  string // of a line of one
	Quantity int64
	From, To ledger.PlaceID
	Lot      string
	Serial   string
	Asset    string
	Legs     []TracedLeg
}

// TracedLeg is a quantity that goes from one cell to another.
type TracedLeg struct {
	From, To         ledger.PlaceID
	FromHeld, ToHeld bool
	Lot, Serial      string
	Quantity         int64
}

// HistoryKey is the key to which the facts of a product are appended.
func HistoryKey(p *ledger.Product) []byte { return historyKey(p) }

// Trace reads the facts of a piece of a product's history in the order in which
// they were written; a fact may be written several times, and is as it was written
// last. Errors: ErrRecord.
func Trace(piece []byte) (facts []Traced, err error) {
	for len(piece) > 0 {
		r, rest, err := nextRecord(piece)
		if err != nil {
			return nil, err
		}
		if piece = rest; !r.isFact() {
			continue
		}
		f := r.traced()
		if r.kind == recordTally {
			r.byte() // how sure its moment is
			f.Session = r.text()
		}
		if r.failed {
			return nil, ErrRecord
		}
		facts = append(facts, f)
	}
	return facts, nil
}

// nextRecord takes a record from the front of a piece.
func nextRecord(piece []byte) (r reader, rest []byte, err error) {
	size, used := binary.Uvarint(piece)
	if used <= 0 || size > uint64(len(piece)-used) {
		return r, nil, fmt.Errorf("%w: a record is cut short", ErrRecord)
	}
	end := used + int(size)
	r = reader{b: piece[used:end]}
	r.kind = r.byte()
	return r, piece[end:], nil
}

// sharing has the texts of a record share the memory of its piece, of which they are
// the end.
func (r *reader) sharing(piece string, rest []byte) { r.all = piece[:len(piece)-len(rest)] }

// isFact says whether the record is of a fact.
func (r *reader) isFact() bool { return r.kind == recordFact || r.kind == recordTally }

func (r *reader) traced() Traced {
	var f Traced
	f.TEff, f.Seq, f.Line = ledger.Time(r.number()), r.number(), int(r.number())
	f.Device, f.Install = r.text(), r.text()
	f.N, f.Recorded = r.number(), r.number()
	r.number() // what its device had seen
	does, marked := act(r.byte()), flags(r.byte())
	f.Out, f.Removes, f.Counts, f.Closes = marked&flagOut != 0, does == actRemove || does == actShip, does == actCount || does == actCountOne, does == actClose
	f.Quantity = r.signed()
	f.From, f.To = ledger.PlaceID(r.number()), ledger.PlaceID(r.number())
	f.Lot, f.Serial = r.text(), r.text()
	count := r.number()
	if count > uint64(len(r.b)) {
		r.failed = true
	}
	for ; count > 0 && !r.failed; count-- {
		f.Legs = append(f.Legs, r.tracedLeg(&f))
	}
	if s := r.said(); s != nil {
		f.Asset, f.Built = s.asset, s.assembly
	}
	return f
}

func (r *reader) tracedLeg(f *Traced) TracedLeg {
	shape, why := r.byte(), cause(r.byte())
	if int(why) >= len(causeTexts) {
		r.failed = true
		return TracedLeg{}
	}
	l := TracedLeg{From: f.From, To: f.To, FromHeld: shape&legFromHeld != 0, ToHeld: shape&legToHeld != 0, Lot: f.Lot, Serial: f.Serial, Quantity: f.Quantity}
	if shape&legFromOwn == 0 {
		l.From = ledger.PlaceID(r.number())
	}
	if shape&legToOwn == 0 {
		l.To = ledger.PlaceID(r.number())
	}
	if shape&legSameLot == 0 {
		l.Lot, l.Serial = r.text(), r.text()
	}
	if shape&legWhole == 0 {
		l.Quantity = r.signed()
	}
	if shape&legStood != 0 {
		r.number() // where packages stood
		r.number()
	}
	return l
}
