package settle

import (
	"slices"
	"strconv"
	"strings"

	"bayledger/sync/ledger"
)

// SessionState is a count session as the books have it.
type SessionState struct {
	Name     string
	Opened   *SessionMark // nil: nobody opened it
	Closed   *SessionMark // nil: it is not closed
	Complete bool
	Place    *ledger.Place // that was asked for, else at which it was opened; nil where neither is
	Sections []SessionSection
	Counted  int              // products of which it has lines at the place
	Unseen   []UnseenCell     // what a complete closing of the place would set to zero now
	Packages []SessionPackage // that stand at the place
	Message  string
}

// SessionPackage is a package that stands where a session counts.
type SessionPackage struct {
	Code   string
	Parent string // the package that it is inside of
	State  string // PackageOpened, PackageAssumed, PackageUnseen
	Device string // that scanned it last in the session
	At     ledger.Time
}

// What a session knows of a package: its goods were counted; it was seen, and its
// content is taken to be what the books have; nobody scanned it.
const (
	PackageOpened  = "opened"
	PackageAssumed = "assumed"
	PackageUnseen  = "unseen"
)

// SessionMark is an opening or a closing.
type SessionMark struct {
	Device string
	At     ledger.Time
	N      uint64 // its entry
}

// SessionSection is what one device counted in a section: lines that take part.
type SessionSection struct {
	Section, Device string
	Lines           int
}

// UnseenCell is what lies somewhere and was not seen.
type UnseenCell struct {
	Product     *ledger.Product
	Lot, Serial string
	Status      ledger.Status
	Quantity    int64
}

// SessionState tells of a count session, and what closing it complete for a place
// (nil: that of its opening) would set to zero; ok is false where nobody knows of
// it. Errors: those of reading histories.
func (b *Books) SessionState(name string, at *ledger.Place) (state SessionState, ok bool, err error) {
	s := b.sessions.byName[name]
	if s == nil || len(s.opens)+len(s.closes)+len(s.sections) == 0 {
		return SessionState{}, false, nil
	}
	state = SessionState{Name: name, Place: at}
	if o := s.opened(); o != nil {
		state.Opened = &SessionMark{o.key.Device, o.key.TEff, o.n}
		if at == nil {
			state.Place = o.place
		}
	}
	if c := s.closed(); c != nil {
		state.Closed, state.Complete = &SessionMark{c.key.Device, c.key.TEff, c.n}, c.complete
	}
	for _, x := range s.sections {
		if x.Lines > 0 {
			state.Sections = append(state.Sections, SessionSection(*x))
		}
	}
	if state.Place == nil {
		state.Message = "Nobody opened it, so closing it sets nothing to zero."
		return state, true, nil
	}
	state.Counted = s.productsAt(state.Place.ID)
	state.Packages = b.sessionPackages(s, state.Place, "")
	state.Unseen, err = b.allUnseen(s, state.Place)
	state.Message = state.sentence()
	return state, true, err
}

// sessionPackages says of the packages at a place, and of those inside them, whether
// a session opened them or only saw them (P3).
func (b *Books) sessionPackages(s *session, at *ledger.Place, parent string) (out []SessionPackage) {
	inside := slices.Clone(at.Inside())
	if !at.IsPackage() {
		for p := range b.parcels {
			if p.Parent == at {
				inside = append(inside, p)
			}
		}
	}
	slices.SortFunc(inside, func(x, y *ledger.Place) int { return strings.Compare(x.Code, y.Code) })
	for _, p := range inside {
		view := SessionPackage{Code: p.Code, Parent: parent, State: PackageUnseen}
		if x := b.parcels[p]; x != nil {
			for _, step := range x.steps {
				if step.out || step.session != s.name || step.session == "" {
					continue
				}
				view.Device, view.At = step.key.Device, step.key.TEff
				if step.kind == stepNamed {
					view.State = PackageOpened
				} else if view.State == PackageUnseen {
					view.State = PackageAssumed
				}
			}
		}
		out = append(append(out, view), b.sessionPackages(s, p, p.Code)...)
	}
	return out
}

func (b *Books) allUnseen(s *session, at *ledger.Place) (out []UnseenCell, err error) {
	var products []*ledger.Product
	b.state.EachProductAt(func(p *ledger.Place) bool { return p == at }, func(p *ledger.Product) { products = append(products, p) })
	for _, p := range products {
		lies := false
		b.state.EachCell(p, at, "", "", func(c *ledger.Cell) { lies = lies || c.Quantity != 0 })
		if !lies {
			continue
		}
		h := b.history(p)
		if err := b.reach(h, s.since(), nil); err != nil {
			return nil, err
		}
		for _, c := range b.unseen(h, s, at, &endOfTime) {
			out = append(out, UnseenCell{p, c.Lot, c.Serial, c.Status(), c.Quantity})
		}
	}
	return out, nil
}

func (s *SessionState) sentence() string {
	if s.Opened == nil {
		return "Nobody opened it, so closing it sets nothing to zero."
	}
	var products []*ledger.Product
	for i := range s.Unseen {
		if !slices.Contains(products[max(0, len(products)-1):], s.Unseen[i].Product) {
			products = append(products, s.Unseen[i].Product)
		}
	}
	switch count := len(products); count {
	case 0:
		return "All that lies at " + s.Place.Ref() + " was seen."
	case 1:
		return "1 product was not seen at " + s.Place.Ref() + ": confirm that there is none."
	default:
		return strconv.Itoa(count) + " products were not seen at " + s.Place.Ref() + ": confirm that there are none."
	}
}

// sayClosed says what an opening or closing came to.
func (b *Books) sayClosed(in *ledger.Intent, at *ledger.Receipt, stamp *ledger.Stamp) string {
	s, place := b.sessions.byName[in.Session], stamp.Lines[0].From
	key := first(in.Identity(), at.TEff)
	if b.cancelled(in.Identity()) {
		return "It was undone before it arrived; it is kept and takes no part."
	}
	if stamp.Kind == ledger.StampSessionOpen {
		if s.opened().key != key {
			return "The session " + ledger.Quote(s.name) + " was opened before; it is one and the same."
		}
		return ""
	}
	said := "Of " + plural(s.productsAt(place.ID), "product") + " at " + place.Ref() + " something was counted"
	open := s.opened()
	switch {
	case !in.Complete:
		return said + "; what was not scanned stays as it is."
	case open == nil || open.key.Compare(&key) >= 0:
		return said + "; nobody opened the session before, so what was not scanned stays as it is."
	}
	return said + "; " + plural(b.zeroedBy(&key), "cell") + " that nobody saw went to loss."
}

// zeroedBy counts the cells that a closing takes as empty.
func (b *Books) zeroedBy(k *Key) (cells int) {
	for i := range b.did {
		d := &b.did[i]
		if at, found := d.h.position(k); d.added && d.key == *k && found {
			cells += len(d.h.facts[at].legs)
		}
	}
	return cells
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// sayJoined says of the lines of a session what they count for with the others.
func (b *Books) sayJoined(in *ledger.Intent, d *ledger.Decision) {
	lines := b.sessions.lines
	if in.Session == "" || len(lines) == 0 {
		return
	}
	if slices.ContainsFunc(lines, func(j share) bool { return !j.replaced }) {
		return
	}
	d.Outcome = ledger.Absorbed
	d.Message = "A later line of the same section of session " + ledger.Quote(in.Session) + " counts instead; no balance changed."
}
