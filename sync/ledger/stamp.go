package ledger

import "encoding/binary"

// stampVersion is the first byte of an encoded stamp; the list only grows.
const stampVersion = 2

// Bits of a line's flags.
const (
	lineNoted  = 1 << iota
	lineCosted // what it costs follows its texts
	linePacked // numbers of its packages follow
)

// AppendTo appends the stamp as the journal keeps it: version, t_eff, kind, names,
// then per line flags, product (0: none), quantity, places (by number), status,
// the texts, what it costs, and the packages (by number) where there are any.
func (st *Stamp) AppendTo(b []byte) []byte {
	b = append(b, stampVersion)
	b = append(binary.AppendUvarint(b, uint64(st.TEff)), byte(st.Kind))
	b = binary.AppendUvarint(b, uint64(len(st.Names)))
	for _, name := range st.Names {
		b = appendText(b, name)
	}
	b = binary.AppendUvarint(b, uint64(len(st.Lines)))
	for i := range st.Lines {
		l := &st.Lines[i]
		flags, product := byte(0), uint64(0)
		if l.Noted {
			flags |= lineNoted
		}
		if l.Package != nil {
			flags |= linePacked
		}
		if l.Product != nil {
			product = uint64(l.Product.ID)
		}
		if l.Costed != CostNone || l.Delivery != "" {
			flags |= lineCosted
		}
		b = binary.AppendUvarint(append(b, flags), product)
		b = binary.AppendVarint(b, l.Quantity)
		b = binary.AppendUvarint(b, placeNumber(l.From))
		b = binary.AppendUvarint(b, placeNumber(l.To))
		b = appendText(appendText(appendText(appendText(b, string(l.Status)), l.Lot), l.Serial), l.Expiry)
		if flags&lineCosted != 0 {
			b = binary.AppendVarint(binary.AppendVarint(append(b, byte(l.Costed)), l.UnitCost), l.TotalCost)
			b = appendText(b, l.Delivery)
		}
		if l.Package != nil {
			b = binary.AppendUvarint(binary.AppendUvarint(b, placeNumber(l.Package)), placeNumber(l.Into))
		}
	}
	return b
}

func placeNumber(p *Place) uint64 {
	if p == nil {
		return 0
	}
	return uint64(p.ID)
}

// ReadStamp reads a stamp back. Errors: ErrRow.
func (s *State) ReadStamp(b []byte) (Stamp, error) {
	if len(b) == 0 || b[0] != stampVersion {
		return Stamp{}, ErrRow
	}
	r := stampReader{b: b[1:]}
	st := Stamp{TEff: Time(r.number()), Kind: StampKind(r.number())}
	for count := r.number(); count > 0 && !r.failed; count-- {
		st.Names = append(st.Names, r.text())
	}
	for count := r.number(); count > 0 && !r.failed; count-- {
		flags, product, quantity := r.number(), r.number(), r.signed()
		from, to := r.number(), r.number()
		l := StampLine{Quantity: quantity, Status: Status(r.text()), Lot: r.text(), Serial: r.text(), Expiry: r.text()}
		if flags&lineCosted != 0 {
			l.Costed, l.UnitCost, l.TotalCost, l.Delivery = CostSaid(r.number()), r.signed(), r.signed(), r.text()
		}
		pack, into := uint64(0), uint64(0)
		if flags&linePacked != 0 {
			pack, into = r.number(), r.number()
		}
		if r.failed || product > uint64(len(s.products)) || max(from, to, pack, into) > uint64(len(s.places)) {
			return Stamp{}, ErrRow
		}
		l.From, l.To, l.Noted = s.placeOf(from), s.placeOf(to), flags&lineNoted != 0
		l.Package, l.Into = s.placeOf(pack), s.placeOf(into)
		if product > 0 {
			l.Product = s.products[product-1]
		}
		l.HasAny = l.Lot != "" || l.Serial != "" || l.Status != ""
		st.Lines = append(st.Lines, l)
	}
	if r.failed {
		return Stamp{}, ErrRow
	}
	return st, nil
}

func (s *State) placeOf(number uint64) *Place {
	if number == 0 {
		return nil
	}
	return s.places[number-1]
}

type stampReader struct {
	b      []byte
	failed bool
}

func (r *stampReader) number() uint64 {
	v, used := binary.Uvarint(r.b)
	return v * uint64(r.skip(used))
}

func (r *stampReader) signed() int64 {
	v, used := binary.Varint(r.b)
	return v * int64(r.skip(used))
}

// skip moves on and returns 1, or 0 where there was nothing to read.
func (r *stampReader) skip(used int) int {
	if used <= 0 || r.failed {
		r.failed = true
		return 0
	}
	r.b = r.b[used:]
	return 1
}

func (r *stampReader) text() string {
	s, rest, ok := readText(r.b)
	if !ok || r.failed {
		r.failed = true
		return ""
	}
	r.b = rest
	return s
}
