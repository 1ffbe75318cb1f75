package ledger

import (
	"math/big"
	"strings"
)

// most is how much a place takes, with all below it; what is missing has no end.
type most struct {
	Quantity Decimal `json:",omitzero"` // of each product's own unit, all together
	Weight   Decimal `json:",omitzero"` // in kg
	Volume   Decimal `json:",omitzero"` // in litres
}

// room is how much a place takes, and what lies there. It says nothing of what may be
// booked: goods that are there are there.
type room struct {
	most
	holds  [3]big.Int // quantity, weight, volume, in 10^-roomDecimals
	posted uint64     // the posting that touched it last
	full   [3]bool    // before that posting
}

// roomDecimals is how finely rooms are summed up: quantities have up to 6 decimals,
// and what is multiplied with them up to 6.
const roomDecimals = 2 * MaxDecimals

// roomFields are the fields of how much a place takes, in the order of holds.
var roomFields = [...]string{"max_quantity", "max_weight", "max_volume"}

func (m *most) list() [3]*Decimal { return [3]*Decimal{&m.Quantity, &m.Weight, &m.Volume} }

func (r *room) get(name string) (string, bool) {
	for i, field := range roomFields {
		if field != name {
			continue
		}
		if r == nil {
			return "", true
		}
		return r.list()[i].String(), true
	}
	return "", false
}

func (s *State) setRoom(p *Place, name, value string) string {
	d, err := ParseDecimal(value)
	if err != nil || d.IsSet() && d.Sign() <= 0 {
		return name + " is a decimal number above 0, or nothing."
	}
	if _, ok := d.Scaled(MaxDecimals); !ok {
		return name + " has at most 6 decimals."
	}
	if d.IsSet() && !p.Physical() {
		return "a virtual place takes everything."
	}
	var m most
	if p.room != nil {
		m = p.room.most
	}
	for i, field := range roomFields {
		if field == name {
			*m.list()[i] = d
		}
	}
	s.takes(p, m)
	if p.ID != 0 {
		s.posting.recount = true
	}
	return ""
}

// takes sets how much a place takes.
func (s *State) takes(p *Place, m most) {
	switch {
	case m == most{} && p.room != nil:
		p.room = nil
		s.rooms--
	case m != most{} && p.room == nil:
		p.room = &room{most: m}
		s.rooms++
	case p.room != nil:
		p.room.most = m
	}
}

// recountRooms sums up anew what lies where somebody said how much there is room for.
func (s *State) recountRooms() {
	if s.rooms == 0 {
		return
	}
	for _, p := range s.places {
		if p.room != nil {
			p.room.holds = [3]big.Int{}
		}
	}
	for _, sh := range s.shelves {
		for _, c := range sh.cells {
			s.fill(sh.place.Stand(), c.Product, c.Quantity)
		}
	}
	s.posting.rooms = s.posting.rooms[:0]
}

// fill adds goods to what lies at a place and at all that it is part of.
func (s *State) fill(at *Place, product *Product, quantity int64) {
	for p := at; p != nil; p = p.Parent {
		if p.room == nil || quantity == 0 {
			continue
		}
		if r := p.room; r.posted != s.posting.id {
			r.posted, r.full = s.posting.id, r.over()
			s.posting.rooms = append(s.posting.rooms, p)
		}
		for i, of := range [3]Decimal{NewDecimal(1, 0), product.Weight, product.Volume} {
			if one, ok := of.Scaled(MaxDecimals); ok && one != 0 {
				var sum big.Int
				sum.Mul(big.NewInt(quantity), big.NewInt(one))
				sum.Mul(&sum, big.NewInt(pow10[MaxDecimals-product.Decimals]))
				p.room.holds[i].Add(&p.room.holds[i], &sum)
			}
		}
	}
}

// over says of what there is more than a place takes.
func (r *room) over() (full [3]bool) {
	for i, d := range r.list() {
		if scaled, ok := d.Scaled(MaxDecimals); ok && d.IsSet() {
			var end big.Int
			end.Mul(big.NewInt(scaled), big.NewInt(pow10[roomDecimals-MaxDecimals]))
			full[i] = r.holds[i].Cmp(&end) > 0
		}
	}
	return full
}

// Overfull is a place that took more than there is room for by what was just posted.
type Overfull struct {
	Place   *Place
	Message string
}

// Overfull returns the places at which the last Post put more than they take, where
// that was not so before.
func (s *State) Overfull() (out []Overfull) {
	for _, p := range s.posting.rooms {
		if p.room == nil {
			continue
		}
		for i, now := range p.room.over() {
			if now && !p.room.full[i] {
				unit := [3]string{"", " kg", " litres"}[i]
				out = append(out, Overfull{p, p.ref + " takes " + p.room.list()[i].String() + unit + " and holds " + roomText(&p.room.holds[i]) + unit + " now; look whether it lies there, and move some of it."})
			}
		}
	}
	s.posting.rooms = s.posting.rooms[:0]
	return out
}

func roomText(n *big.Int) string {
	digits := n.String()
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= roomDecimals {
		digits = strings.Repeat("0", roomDecimals-len(digits)+1) + digits
	}
	at := len(digits) - roomDecimals
	return sign + strings.TrimSuffix(strings.TrimRight(digits[:at]+"."+digits[at:], "0"), ".")
}
