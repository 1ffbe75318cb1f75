package settle

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"bayledger/sync/ledger"
)

// Kinds of rows of sessions: the byte after their prefix. The list only grows.
const (
	sessionItself = 's' // name → sessionRow
	sessionOpen   = 'o' // name of the intent → sessionOpeningRow
	sessionClose  = 'c' // name of the intent → sessionClosingRow
)

type (
	sessionRow struct {
		Low, High ledger.Time
		Sections  []*section  `json:",omitempty"`
		Counted   []spotCount `json:",omitempty"`
	}
	sessionOpeningRow struct {
		Key
		N       uint64
		Session string
		Place   ledger.PlaceID
		Out     bool `json:",omitempty"`
	}
	sessionClosingRow struct {
		sessionOpeningRow
		Complete bool `json:",omitempty"`
	}
)

func (x *section) compare(y *section) int {
	return cmp.Or(cmp.Compare(x.Section, y.Section), cmp.Compare(x.Device, y.Device))
}

// sessionRows writes what changed of sessions; what was taken back has no value.
func (b *Books) sessionRows(rows []ledger.Row) []ledger.Row {
	x := &b.sessions
	add := func(kind byte, name string, value any, there bool) {
		row := ledger.Row{Key: append([]byte{rowSession, kind}, name...)}
		if there {
			row.Value = mustJSON(value)
		}
		rows = append(rows, row)
	}
	for _, s := range x.dirty {
		s.dirty = false
		add(sessionItself, s.name, sessionRow{s.low, s.high, s.sections, s.counted}, x.byName[s.name] == s)
	}
	for _, o := range x.openings {
		o.dirty = false
		there := x.byName[o.session.name] == o.session && hasPointer(o.session.opens, o)
		add(sessionOpen, nameOf(o.key.identity()), sessionOpeningRow{o.key, o.n, o.session.name, o.place.ID, o.out}, there)
	}
	for _, c := range x.closings {
		c.dirty = false
		there := x.byName[c.session.name] == c.session && hasPointer(c.session.closes, c)
		add(sessionClose, nameOf(c.key.identity()), sessionClosingRow{sessionOpeningRow{c.key, c.n, c.session.name, c.place.ID, c.out}, c.complete}, there)
	}
	x.dirty, x.openings, x.closings = x.dirty[:0], x.openings[:0], x.closings[:0]
	return rows
}

func hasPointer[T any](list []*T, one *T) bool {
	for _, x := range list {
		if x == one {
			return true
		}
	}
	return false
}

func (b *Books) loadSession(key, value []byte) error {
	if len(key) < 2 {
		return ErrRecord
	}
	switch key[1] {
	case sessionItself:
		var row sessionRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		s := b.session(string(key[2:]))
		if s == nil {
			return errors.New("there are too many sessions")
		}
		s.low, s.high, s.sections, s.counted = row.Low, row.High, row.Sections, row.Counted
		for _, c := range s.counted {
			b.sessions.count(s, c.Place)
		}
	case sessionOpen, sessionClose:
		var row sessionClosingRow
		if err := json.Unmarshal(value, &row); err != nil {
			return err
		}
		s := b.session(row.Session)
		place, ok := b.state.PlaceByID(row.Place)
		if s == nil || !ok || place == nil {
			return errors.New("its session or place is missing")
		}
		row.Device, row.Install = b.name(row.Device), b.name(row.Install)
		if key[1] == sessionOpen {
			b.addOpening(&sessionOpening{session: s, key: row.Key, n: row.N, out: row.Out, place: place})
		} else {
			b.addClosing(&sessionClosing{session: s, key: row.Key, n: row.N, out: row.Out, place: place, complete: row.Complete})
		}
	default:
		return fmt.Errorf("its kind %q is not known", key[1])
	}
	return nil
}
