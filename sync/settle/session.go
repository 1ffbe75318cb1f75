package settle

import (
	"slices"
	"sort"
	"strings"

	"bayledger/sync/ledger"
)

// session is a count of many (C3, C5). Its lines stand in the histories of the
// products that they count; here is what all of them share.
type session struct {
	name     string
	opens    []*sessionOpening // in order of K
	closes   []*sessionClosing // likewise
	low      ledger.Time
	high     ledger.Time // all its lines lie from low to high, once there is one
	sections []*section  // by name and device
	counted  []spotCount // by place
	dirty    bool
}

// section is how many lines a device counted in a section that take part.
type section struct {
	Section, Device string
	Lines           int
}

// spotCount is how many products a session has lines of at a place.
type spotCount struct {
	Place    ledger.PlaceID
	Products int
}

// sessionOpening is one session-open: of several the first counts.
type sessionOpening struct {
	session *session
	key     Key
	n       uint64
	out     bool // undone
	place   *ledger.Place
	dirty   bool
}

// sessionClosing is one session-close.
type sessionClosing struct {
	session  *session
	key      Key
	n        uint64
	out      bool // undone
	complete bool
	place    *ledger.Place
	dirty    bool
}

// sessions are all count sessions. Complete closings are also found by their
// moment and by their place.
type sessions struct {
	byName   map[string]*session
	complete []*sessionClosing // in order of K
	at       map[ledger.PlaceID][]*sessionClosing
	counting map[ledger.PlaceID][]*session // that have lines there, by name
	byKey    map[Key]*sessionClosing
	quiet    bool // nobody is told of anything
	// What changed since the rows were written:
	dirty    []*session
	openings []*sessionOpening
	closings []*sessionClosing
	// The work on one entry:
	lines []share
}

// Bounds of sessions: all of them stay in memory, some 300 bytes each.
const (
	maxSessions = 1 << 18 // a thousand a day for most of a year
	maxSections = 1_000   // of one session that are told apart; lines of more count as the last one's
	maxClosed   = 100_000 // products at a place that is closed complete: each has its history read
)

func newSessions() sessions {
	return sessions{byName: map[string]*session{}, at: map[ledger.PlaceID][]*sessionClosing{}, counting: map[ledger.PlaceID][]*session{}, byKey: map[Key]*sessionClosing{}}
}

func (x *sessions) begin() { x.lines = x.lines[:0] }

// session returns a count session by its name, made where it is new; nil where
// there are too many.
func (b *Books) session(name string) *session {
	x := &b.sessions
	if s := x.byName[name]; s != nil {
		return s
	}
	if len(x.byName) >= maxSessions {
		return nil
	}
	s := &session{name: name}
	x.byName[name] = s
	b.back = append(b.back, func() { delete(x.byName, name) })
	return s
}

func tooManySessions() *ledger.Decision {
	d := park(ledger.TooLarge, "The book has as many count sessions as it can hold. The intent is kept and counts nothing; count without a session.")
	return &d
}

// opened is the opening that counts, nil where there is none.
func (s *session) opened() *sessionOpening {
	for _, o := range s.opens {
		if !o.out {
			return o
		}
	}
	return nil
}

// closed is the last closing that takes part, nil where there is none.
func (s *session) closed() *sessionClosing {
	for _, c := range slices.Backward(s.closes) {
		if !c.out {
			return c
		}
	}
	return nil
}

func (b *Books) markSession(s *session) {
	if !s.dirty {
		s.dirty = true
		b.sessions.dirty = append(b.sessions.dirty, s)
	}
}

// decideSession opens a count session or closes it.
func (b *Books) decideSession(in *ledger.Intent, at *ledger.Receipt) ledger.Decision {
	place, parked := b.state.ResolveSession(in, at)
	if parked != nil {
		return *parked
	}
	stamp := ledger.Stamp{TEff: at.TEff, Kind: ledger.StampSessionOpen, Names: []string{in.Session}, Lines: []ledger.StampLine{{From: place}}}
	if in.Action == ledger.ActionSessionClose {
		if stamp.Kind = ledger.StampSessionClose; in.Complete {
			stamp.Names = append(stamp.Names, complete)
		}
	}
	if parked := b.arrives(in.Identity(), &stamp, at); parked != nil {
		return *parked
	}
	if parked := b.bookSession(in, at, &stamp); parked != nil {
		return *parked
	}
	return ledger.Decision{Outcome: ledger.Applied, Stamp: stamp, Message: b.sayClosed(in, at, &stamp)}
}

// complete is the second name in the stamp of a closing that is.
const complete = "complete"

// bookSession books an opening or closing as it was stamped.
func (b *Books) bookSession(in *ledger.Intent, at *ledger.Receipt, stamp *ledger.Stamp) *ledger.Decision {
	s := b.session(stamp.Names[0])
	if s == nil {
		return tooManySessions()
	}
	key, out, place := first(in.Identity(), at.TEff), b.cancelled(in.Identity()), stamp.Lines[0].From
	if stamp.Kind == ledger.StampSessionOpen {
		before := s.opened()
		o := &sessionOpening{session: s, key: key, n: at.N, out: out, place: place}
		b.addOpening(o)
		b.markOpening(o)
		return b.reopened(s, before)
	}
	c := &sessionClosing{session: s, key: key, n: at.N, out: out, complete: len(stamp.Names) > 1, place: place}
	b.addClosing(c)
	b.markClosing(c)
	if !c.complete || out {
		return nil
	}
	b.why = "count session " + s.name
	return b.zeroAll(c)
}

func (b *Books) addOpening(o *sessionOpening) {
	s := o.session
	at, _ := slices.BinarySearchFunc(s.opens, o, func(x, y *sessionOpening) int { return x.key.Compare(&y.key) })
	s.opens = slices.Insert(s.opens, at, o)
	b.back = append(b.back, func() { s.opens = slices.DeleteFunc(s.opens, func(x *sessionOpening) bool { return x == o }) })
}

func (b *Books) addClosing(c *sessionClosing) {
	x, s := &b.sessions, c.session
	s.closes = insertClosing(s.closes, c)
	b.back = append(b.back, func() { s.closes = withoutClosing(s.closes, c) })
	if !c.complete {
		return
	}
	x.complete, x.at[c.place.ID], x.byKey[c.key] = insertClosing(x.complete, c), insertClosing(x.at[c.place.ID], c), c
	b.back = append(b.back, func() {
		delete(x.byKey, c.key)
		x.complete = withoutClosing(x.complete, c)
		if x.at[c.place.ID] = withoutClosing(x.at[c.place.ID], c); len(x.at[c.place.ID]) == 0 {
			delete(x.at, c.place.ID)
		}
	})
}

func insertClosing(list []*sessionClosing, c *sessionClosing) []*sessionClosing {
	at := sort.Search(len(list), func(i int) bool { return list[i].key.Compare(&c.key) > 0 })
	return slices.Insert(list, at, c)
}

func withoutClosing(list []*sessionClosing, c *sessionClosing) []*sessionClosing {
	return slices.DeleteFunc(list, func(x *sessionClosing) bool { return x == c })
}

// turnOpening takes an opening out of the fold, or puts it back.
func (b *Books) turnOpening(id ledger.Identity, stamp *ledger.Stamp, out bool) *ledger.Decision {
	s := b.sessions.byName[stamp.Names[0]]
	key := first(id, stamp.TEff)
	for _, o := range s.opens {
		if o.key == key && o.out != out {
			before := s.opened()
			o.out = out
			b.back = append(b.back, func() { o.out = !out })
			b.markOpening(o)
			return b.reopened(s, before)
		}
	}
	return nil
}

// reopened takes the closings of a session again where another opening counts, or
// none.
func (b *Books) reopened(s *session, before *sessionOpening) *ledger.Decision {
	if s.opened() == before {
		return nil
	}
	for _, c := range s.closes {
		if c.complete && !c.out {
			if parked := b.zeroAll(c); parked != nil {
				return parked
			}
		}
	}
	return nil
}

// turnClosing takes a closing out of the fold, or puts it back.
func (b *Books) turnClosing(id ledger.Identity, stamp *ledger.Stamp, out bool) *ledger.Decision {
	s := b.sessions.byName[stamp.Names[0]]
	key := first(id, stamp.TEff)
	for _, c := range s.closes {
		if c.key == key && c.out != out {
			c.out = out
			b.back = append(b.back, func() { c.out = !out })
			b.markClosing(c)
			if c.complete {
				return b.zeroAll(c)
			}
		}
	}
	return nil
}

func (b *Books) markOpening(o *sessionOpening) {
	if !o.dirty {
		o.dirty = true
		b.sessions.openings = append(b.sessions.openings, o)
	}
}

func (b *Books) markClosing(c *sessionClosing) {
	if !c.dirty {
		c.dirty = true
		b.sessions.closings = append(b.sessions.closings, c)
	}
}

// widen notes that a session has a line at a moment.
func (b *Books) widen(s *session, t ledger.Time) {
	low, high := s.low, s.high
	if low == 0 || t < low {
		s.low = t
	}
	if s.high = max(high, t); s.low != low || s.high != high {
		b.back = append(b.back, func() { s.low, s.high = low, high })
		b.markSession(s)
	}
}

// lines adds to the lines that a device counted in a section.
func (b *Books) lines(s *session, name, device string, by int) {
	at, found := slices.BinarySearchFunc(s.sections, section{Section: name, Device: device}, func(x *section, y section) int { return x.compare(&y) })
	switch {
	case found:
	case len(s.sections) >= maxSections:
		at = len(s.sections) - 1
	default:
		made := &section{Section: name, Device: device}
		s.sections = slices.Insert(s.sections, at, made)
		b.back = append(b.back, func() { s.sections = slices.DeleteFunc(s.sections, func(x *section) bool { return x == made }) })
	}
	x := s.sections[at]
	x.Lines += by
	b.back = append(b.back, func() { x.Lines -= by })
	b.markSession(s)
}

// spots adds to the products that a session has lines of at a place.
func (b *Books) spots(s *session, place *ledger.Place, by int) {
	at, found := slices.BinarySearchFunc(s.counted, place.ID, func(x spotCount, id ledger.PlaceID) int { return int(x.Place) - int(id) })
	if !found {
		s.counted = slices.Insert(s.counted, at, spotCount{Place: place.ID})
	}
	s.counted[at].Products += by
	b.sessions.count(s, place.ID)
	b.back = append(b.back, func() {
		at, _ := slices.BinarySearchFunc(s.counted, place.ID, func(x spotCount, id ledger.PlaceID) int { return int(x.Place) - int(id) })
		if s.counted[at].Products -= by; !found {
			s.counted = slices.Delete(s.counted, at, at+1)
		}
		b.sessions.count(s, place.ID)
	})
	b.markSession(s)
}

// count keeps the list of sessions that have lines at a place.
func (x *sessions) count(s *session, place ledger.PlaceID) {
	list := x.counting[place]
	at, there := slices.BinarySearchFunc(list, s, func(x, y *session) int { return strings.Compare(x.name, y.name) })
	switch has := s.productsAt(place) > 0; {
	case has && !there:
		list = slices.Insert(list, at, s)
	case !has && there:
		list = slices.Delete(list, at, at+1)
	}
	if x.counting[place] = list; len(list) == 0 {
		delete(x.counting, place)
	}
}

// productsAt says of how many products a session has lines at a place.
func (s *session) productsAt(place ledger.PlaceID) int {
	for _, c := range s.counted {
		if c.Place == place {
			return c.Products
		}
	}
	return 0
}
