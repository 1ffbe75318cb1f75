package settle

import (
	"cmp"
	"errors"
	"fmt"

	"bayledger/sync/ledger"
)

// stepRow names places and packages by their numbers.
type stepRow struct {
	Key
	N       uint64
	Seen    uint64 `json:",omitempty"`
	Package ledger.PlaceID
	Kind    stepKind           `json:",omitempty"`
	Act     act                `json:",omitempty"`
	Main    bool               `json:",omitempty"`
	Out     bool               `json:",omitempty"`
	Empty   bool               `json:",omitempty"`
	Named   ledger.PlaceID     `json:",omitempty"`
	At      ledger.PlaceID     `json:",omitempty"`
	Into    ledger.PlaceID     `json:",omitempty"`
	To      ledger.PlaceID     `json:",omitempty"`
	Held    []ledger.ProductID `json:",omitempty"`
	Said    *stepSaid          `json:",omitempty"`
	Session string             `json:",omitempty"`
}

// stepSaid is what a step that empties its package says of costs.
type stepSaid struct {
	Delivery, Reference, Asset string `json:",omitempty"`
	Assembly                   bool   `json:",omitempty"`
}

func (s *step) rowKey() []byte {
	key := rowKey(rowStep, s.key.identity())
	return append(key, "/"+itoa(uint64(s.key.Line))+"/"+itoa(uint64(s.parcel.place.ID))...)
}

func (s *step) row() stepRow {
	id := func(p *ledger.Place) ledger.PlaceID { return ledger.PlaceID(placeNumber(p)) }
	row := stepRow{Key: s.key, N: s.n, Seen: s.seen, Package: s.parcel.place.ID, Kind: s.kind, Act: s.act, Main: s.main, Out: s.out,
		Empty: s.empty, Named: id(s.named), At: id(s.at), To: id(s.to), Held: s.heldOf, Session: s.session}
	if s.into != nil {
		row.Into = s.into.place.ID
	}
	if c := s.said; c != nil {
		row.Said = &stepSaid{c.delivery, c.reference, c.asset, c.assembly}
	}
	return row
}

// loadStep puts a step back; it is judged once all of them are there.
func (b *Books) loadStep(row *stepRow) error {
	var missing error
	place := func(id ledger.PlaceID) *ledger.Place {
		p, ok := b.state.PlaceByID(id)
		if id != 0 && (!ok || p == nil) {
			missing = fmt.Errorf("its place number %d is missing", id)
		}
		return p
	}
	at, into := place(row.Package), place(row.Into)
	if at == nil || !at.IsPackage() || into != nil && !into.IsPackage() {
		return errors.New("its package is missing")
	}
	s := &step{key: row.Key, n: row.N, seen: row.Seen, parcel: b.parcel(at), kind: row.Kind, act: row.Act, out: row.Out, main: row.Main,
		named: place(row.Named), at: place(row.At), empty: row.Empty, to: place(row.To), heldOf: row.Held, session: b.name(row.Session)}
	bad := s.named == nil || s.kind > stepApart || s.empty && s.to == nil ||
		(s.kind == stepSighted || s.kind == stepApart) && s.at == nil || s.kind == stepNested && into == nil
	if missing != nil || bad {
		return cmp.Or(missing, errors.New("what it says of its package is missing"))
	}
	if c := row.Said; c != nil {
		s.said = &said{delivery: c.Delivery, reference: c.Reference, asset: c.Asset, assembly: c.Assembly, out: c.Assembly}
	}
	if into != nil {
		s.into = b.parcel(into)
		b.nest(s.parcel, s.into)
	}
	s.key.Device, s.key.Install = b.name(s.key.Device), b.name(s.key.Install)
	s.parcel.steps = append(s.parcel.steps, s)
	b.steps = append(b.steps, s)
	if s.main {
		b.main[s.key] = s
	}
	b.stale = true
	return nil
}
