// Package lens shows entries of the journal as somebody may see them: of their
// sites, without money, without what is for supervisors.
//
// # Use
//
// Of makes a lens for a principal; Entry puts an entry through it. Whoever shares
// what came out among many shares it among those whose lenses have one Key.
//
// # Promised
//
// What goes through a lens is the entry as it is stored, less what the principal may
// not see: a lens that hides nothing hands on the very bytes. What one hides
// something of has no hash, which would be another entry's. Costs and values are
// left out wherever they stand. An entry that cannot be read is not shown.
//
// # Owed by callers
//
// Rows of other topics and reports are theirs to limit, by access.Where.
package lens

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Lens is what somebody sees of entries. Make one with Of.
type Lens struct {
	sites, money, exceptions access.Sites
	rights                   bool
	device                   string // whose own scans are shown, wherever they were made
	key                      string
}

// Of makes the lens of a principal.
func Of(p access.Principal) Lens {
	l := Lens{sites: access.Where(p, access.ReadActivity), money: access.Where(p, access.SeeMoney), exceptions: access.Where(p, access.ReadExceptions),
		rights: access.May(p, access.ReadRights)}
	if !l.sites.All() {
		l.device = cmp.Or(p.Device, p.Name)
	}
	l.key = strings.Join([]string{text(l.sites), text(l.money), text(l.exceptions), strconv.FormatBool(l.rights), l.device}, "\x00")
	return l
}

func text(s access.Sites) string {
	if s.All() {
		return "*"
	}
	list := slices.Clone(s.List())
	slices.Sort(list)
	return strings.Join(list, "/")
}

// Whole says whether the lens hides nothing.
func (l *Lens) Whole() bool {
	return l.sites.All() && l.money.All() && l.exceptions.All() && l.rights
}

// Key names what the lens shows: lenses of one key show the same.
func (l *Lens) Key() string { return l.key }

// Sites are those of which something is shown.
func (l *Lens) Sites() access.Sites { return l.sites }

// Money are the sites of which costs and values are shown.
func (l *Lens) Money() access.Sites { return l.money }

// Exceptions are the sites of which exceptions are shown.
func (l *Lens) Exceptions() access.Sites { return l.exceptions }

// rightMark stands in every entry about a right, and may stand in others.
var rightMark = []byte(`"entity":"right"`)

// Entry returns what is shown of an entry, nil where nothing is.
func (l *Lens) Entry(entry []byte) []byte {
	switch {
	case l.Whole():
		return entry
	case !l.rights && bytes.Contains(entry, rightMark) && aboutRight(entry):
		return nil
	case !l.sites.All():
		return l.ofSites(entry)
	}
	s := stripper{src: entry, money: !l.money.All(), exceptions: !l.exceptions.All()}
	return s.entry()
}

// Entries joins what is shown of several, by commas.
func (l *Lens) Entries(each func(yield func([]byte) bool)) []byte {
	var out []byte
	for entry := range each {
		shown := l.Entry(entry)
		if shown == nil {
			continue
		}
		if len(out) > 0 {
			out = append(out, ',')
		}
		out = append(out, shown...)
	}
	return out
}

func aboutRight(entry []byte) bool {
	var e struct {
		Edit struct {
			Entity string `json:"entity"`
		} `json:"edit"`
	}
	return json.Unmarshal(entry, &e, jsontext.AllowDuplicateNames(true)) != nil || e.Edit.Entity == ledger.EntityRight
}

// parts are what decides of which sites an entry is.
type parts struct {
	Site   string `json:"site"`
	Intent *struct {
		Device string `json:"device"`
		Site   string `json:"site"`
	} `json:"intent"`
	Edit *struct {
		Entity string `json:"entity"`
		Code   string `json:"code"`
		Site   string `json:"site"`
	} `json:"edit"`
	Moves  []ledger.Move  `json:"moves"`
	Alerts []ledger.Alert `json:"alerts"`
}

// siteOf is the site that an intent's entry counts for.
func (e *parts) siteOf() string { return ledger.SiteOfEntry(e.Site, e.Intent.Site) }

// ofSites shows what an entry says of somebody's sites.
func (l *Lens) ofSites(entry []byte) []byte {
	var e parts
	var whole map[string]jsontext.Value
	lenient := json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if json.Unmarshal(entry, &e, lenient) != nil || json.Unmarshal(entry, &whole, lenient) != nil {
		return nil
	}
	own := e.Intent != nil && e.Intent.Device == l.device
	all, told := len(e.Moves), idOf(e.Alerts)
	e.Moves = slices.DeleteFunc(e.Moves, func(m ledger.Move) bool { return !own && !l.sites.SeesPlace(m.From) && !l.sites.SeesPlace(m.To) })
	e.Alerts = slices.DeleteFunc(e.Alerts, func(a ledger.Alert) bool { return !l.sites.Has(a.Site) })
	switch {
	case own:
	case e.Edit != nil:
		if e.Edit.Entity == ledger.EntityRight || e.Edit.Entity == ledger.EntitySite && !l.sites.Has(e.Edit.Code) || e.Edit.Site != "" && !l.sites.Has(e.Edit.Site) {
			return nil
		}
	case all > 0:
		if len(e.Moves) == 0 {
			return nil
		}
	case e.Intent == nil: // what people or time did to alerts
		if len(e.Alerts) == 0 {
			return nil
		}
		if idOf(e.Alerts) != told { // the entry's words are those of the first of them
			whole["message"] = ledger.AppendString(nil, e.Alerts[0].Told())
		}
	case !l.sites.Has(e.siteOf()):
		return nil
	}
	money := len(e.Moves) == all && l.seesCosts(&e) // what an intent says of costs is of all that it moved
	for i := range e.Moves {
		if !l.money.SeesValue(&e.Moves[i]) {
			e.Moves[i].Value, money = "", false
		}
	}
	exceptions := e.Intent != nil && l.exceptions.Has(e.siteOf())
	return l.joined(whole, &e, money, exceptions)
}

// seesCosts says whether the costs that an entry states may be shown, as far as no move
// says where: those of a parked scan are its site's.
func (l *Lens) seesCosts(e *parts) bool {
	if e.Intent == nil || len(e.Moves) > 0 {
		return !l.money.None()
	}
	return l.money.Has(e.siteOf())
}

func idOf(list []ledger.Alert) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].ID
}

// joined puts an entry together again, its members in the order that all have.
func (l *Lens) joined(whole map[string]jsontext.Value, e *parts, money, exceptions bool) []byte {
	out := []byte{'{'}
	put := func(name string, value any) bool {
		b, err := json.Marshal(value)
		if err != nil {
			return false
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), name...), '"', ':')
		out = append(out, b...)
		return true
	}
	for _, name := range [...]string{"n", "kind", "booked_at", "t_eff", "intent", "site", "actor", "edit", "outcome", "code", "message", "moves", "alerts", "exceptions"} {
		value, there := whole[name]
		ok := true
		switch {
		case name == "moves":
			ok = put(name, movesOf(e.Moves))
		case name == "alerts":
			ok = put(name, alertsOf(e.Alerts))
		case name == "exceptions" && !exceptions:
			ok = put(name, []string{})
		case !there:
		case name == "exceptions" && !money, name == "message" && !money:
			s := stripper{src: value, money: true}
			ok = put(name, jsontext.Value(s.entry()))
		case name == "intent" && !money:
			s := stripper{src: value, money: true}
			ok = put(name, jsontext.Value(s.entry()))
		default:
			ok = put(name, value)
		}
		if !ok {
			return nil
		}
	}
	return append(out, '}')
}

func movesOf(m []ledger.Move) []ledger.Move {
	if m == nil {
		return []ledger.Move{}
	}
	return m
}

func alertsOf(a []ledger.Alert) []ledger.Alert {
	if a == nil {
		return []ledger.Alert{}
	}
	return a
}
