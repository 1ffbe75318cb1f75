package ledger

import (
	"encoding/json"
	"strings"
)

// Meaning is what a supervisor said that an unknown code is: a product, with the
// quantity that the code stands for, a place, or an operator.
type Meaning struct {
	Product  *Product
	Quantity Decimal // in the product's own unit; missing: nothing was said
	Place    *Place
	Operator *Operator
}

// Unknown names what a parked intent waits for: a code of goods, of a place at a
// site, or of an operator. The zero value is nothing.
type Unknown struct {
	Raw  string
	Site string // of a place
	At   bool   // it is a place
	// Doubt is of a count whose moment is doubtful: Raw names it, and a supervisor
	// has to accept it.
	Doubt bool `json:",omitempty"`
	// Piece is of a serial that was scanned by itself: what is said of a code of
	// goods holds for it too.
	Piece bool `json:",omitempty"`
	Who   bool `json:",omitempty"` // it is an operator
}

// Key names it in rows.
func (u Unknown) Key() string {
	switch {
	case u.At:
		return "l" + u.Site + "/" + u.Raw
	case u.Who:
		return "o" + u.Raw
	}
	return "g" + u.Raw
}

// UnknownSerial names a serial of which no product, or more than one, is known.
func UnknownSerial(serial string) Unknown { return Unknown{Raw: serial, Piece: true} }

// UnknownPerson names somebody who is not on the list.
func UnknownPerson(code string) Unknown { return Unknown{Raw: code, Who: true} }

// Mean notes what an unknown code is; false where it means something already.
func (s *State) Mean(u Unknown, m Meaning) bool {
	if s.Known(u) {
		return false
	}
	key := u.Key()
	s.meanings[key] = m
	s.changed.Rows = append(s.changed.Rows, meaningRow(key, m))
	return true
}

// Forget takes a meaning back that the work on this entry noted.
func (s *State) Forget(u Unknown) {
	delete(s.meanings, u.Key())
	s.changed.Rows = s.changed.Rows[:len(s.changed.Rows)-1]
}

// Means says whether a code means just this.
func (s *State) Means(u Unknown, m Meaning) bool {
	if known, ok := s.meanings[u.Key()]; ok {
		return known == m
	}
	switch {
	case u.At:
		place, _ := s.Place(u.Site, u.Raw)
		return place == m.Place
	case u.Who:
		return s.operators[u.Raw] == m.Operator
	}
	p, _ := s.lookupBarcode(u.Raw, "", asNow)
	return p == m.Product
}

// Known says whether a code means something.
func (s *State) Known(u Unknown) bool {
	if _, known := s.meanings[u.Key()]; known {
		return true
	}
	switch {
	case u.At:
		_, known := s.Place(u.Site, u.Raw)
		return known
	case u.Who:
		return s.operators[u.Raw] != nil
	}
	p, _ := s.lookupBarcode(u.Raw, "", asNow)
	return p != nil
}

type meaningOf struct {
	Product    string  `json:",omitempty"`
	Quantity   Decimal `json:",omitzero"`
	Site, Code string  `json:",omitempty"`
	Operator   string  `json:",omitempty"`
}

func meaningRow(key string, m Meaning) Row {
	var row meaningOf
	switch {
	case m.Product != nil:
		row.Product, row.Quantity = m.Product.Code, m.Quantity
	case m.Operator != nil:
		row.Operator = m.Operator.Code
	default:
		row.Site, row.Code = m.Place.Site, m.Place.Code
	}
	return Row{append([]byte{rowMeaning}, key...), mustJSON(row)}
}

func (l *Loader) meaning(key string, value []byte) error {
	var row meaningOf
	if err := json.Unmarshal(value, &row); err != nil {
		return err
	}
	m := Meaning{Quantity: row.Quantity}
	ok := false
	switch {
	case row.Product != "":
		m.Product, ok = l.state.productByCode[row.Product]
	case row.Operator != "":
		m.Operator, ok = l.state.operators[row.Operator]
	default:
		m.Place, ok = l.state.placeByRef[placeKey{row.Site, row.Code}]
	}
	if !ok {
		return ErrRow
	}
	if raw, goods := strings.CutPrefix(key, "g"); goods {
		key = UnknownGoods(raw).Key() // earlier releases kept numbers as they were scanned
	}
	l.state.meanings[key] = m
	return nil
}
