package oracle

import (
	"errors"
	"maps"
	"math/big"
	"slices"
)

// spot is a product at a holder, over lots, serials and statuses.
type spot struct {
	at      holder
	product string
}

func (c cell) spot() spot { return spot{c.at, c.product} }

// opening is what lay where when a session was opened.
type opening struct {
	order int
	spots map[spot]bool
}

// sessionCell is a cell as a session counts it.
type sessionCell struct {
	session string
	cell
}

// readSession understands the opening or the closing of a session.
func (f *fold) readSession(ft *fact) (err error) {
	if ft.Session == "" {
		return errors.New("it names no session")
	}
	ft.from, err = f.find(ft.Site, or(ft.goods.From, defaults[ft.Action][0]))
	return err
}

// gather joins the counts of each session: of each section the last line on a
// cell stands, the sections add up, and the cell's last line counts for all.
func (f *fold) gather() {
	found := map[sessionCell][]*tally{}
	for _, ft := range f.facts {
		if ft.out || ft.Action != "count" || ft.Session == "" {
			continue
		}
		for _, t := range ft.tally {
			if t.product == nil {
				continue
			}
			at := sessionCell{ft.Session, t.cell()}
			for _, earlier := range found[at] {
				earlier.passed = true
				earlier.replaced = earlier.replaced || earlier.section() == t.section()
			}
			found[at] = append(found[at], t)
			f.counted[sessionSpot{ft.Session, t.cell().spot()}] = true
		}
	}
	for _, all := range found {
		last := all[len(all)-1]
		for _, t := range all[:len(all)-1] {
			if !t.replaced {
				last.add(t.line)
			}
		}
	}
}

// section is the part of a session that a line belongs to.
func (l *line) section() string { return or(l.Section, l.Device) }

// sessionSpot is a spot that a session has counted.
type sessionSpot struct {
	session string
	spot
}

// open remembers what is on the books when a session begins; a second opening of
// it is somebody else joining.
func (f *fold) open(ft *fact) {
	if f.opened[ft.Session] != nil {
		return
	}
	o := &opening{ft.order, map[spot]bool{}}
	for at := range f.balances {
		for _, c := range f.cells(at) {
			o.spots[c.spot()] = true
		}
	}
	f.opened[ft.Session] = o
}

// close ends a session. If it was complete, what lay at its place when it began,
// was not counted in it and had no fact since, is counted zero.
func (f *fold) close(ft *fact) {
	o := f.opened[ft.Session]
	here := holder{place: ft.from}
	if !ft.Complete || o == nil || !f.physical(here) {
		return
	}
	for _, code := range slices.Sorted(maps.Keys(f.goods.products)) {
		s := spot{here, code}
		if o.spots[s] && !f.counted[sessionSpot{ft.Session, s}] && f.touched[s] <= o.order {
			f.assert(&tally{line: &line{fact: ft, product: f.goods.products[code], quantity: new(big.Int), from: ft.from}})
		}
	}
}

// touch notes that a fact is about a product at a holder.
func (f *fold) touch(product string, holders ...holder) {
	for _, at := range holders {
		f.touched[spot{at, product}] = f.now.order
	}
}
