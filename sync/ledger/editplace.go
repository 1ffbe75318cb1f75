package ledger

import (
	"slices"
	"strconv"
	"strings"
)

func (s *State) editPlace(e *Edit, p *Patch) *Fault {
	place, known := s.placeByRef[placeKey{p.Site, p.Code}]
	if !known {
		place = &Place{Site: p.Site, Code: p.Code, Kind: PlaceStock}
		if p.Site == "" {
			place.Kind = ""
			if strings.Contains(p.Code, "/") {
				return fault(BadField, "code", "The code of a virtual place has no slash. The place "+quote(p.Code)+" was not made.")
			}
		} else if _, ok := s.sites[p.Site]; !ok {
			return fault(UnknownLocation, "site", "There is no site "+quote(p.Site)+". The location "+quote(p.Code)+" was not made; make the site first.")
		}
		if n, fresh := s.placeByRef[placeKey{"", p.Code}]; fresh && p.Site != "" {
			return fault(BadField, "code", "The code "+quote(p.Code)+" belongs to the virtual place "+n.Ref()+". The location was not made; choose another code.")
		}
	}
	f := e.fields(p, func(name string) (string, bool) { return getPlace(place, name) },
		func(name, value string) string { return s.setPlace(place, name, value) })
	if f != nil || known {
		return f
	}
	if place.Kind == "" {
		return fault(BadField, "kind", "The place "+quote(p.Code)+" has no site and no virtual kind. It was not made.")
	}
	e.create("code", p.Code)
	s.addPlace(place)
	return nil
}

func (s *State) addPlace(p *Place) {
	p.ID = PlaceID(len(s.places) + 1)
	p.ref = placeRef(p.Site, p.Code)
	s.places = append(s.places, p)
	s.placeByRef[placeKey{p.Site, p.Code}] = p
}

func getPlace(p *Place, name string) (string, bool) {
	switch name {
	case "name":
		return p.Name, true
	case "kind":
		return string(p.Kind), true
	case "parent":
		if p.Parent == nil {
			return "", true
		}
		return p.Parent.Code, true
	case "deleted":
		return flagText(p.Deleted), true
	case "order":
		return numberText(p.Order), true
	}
	return p.room.get(name)
}

func flagText(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func (s *State) setPlace(p *Place, name, value string) string {
	switch name {
	case "name":
		p.Name = value
	case "kind":
		kinds := PhysicalKinds
		if !p.Physical() {
			kinds = VirtualKinds
		}
		if value == "" && p.Physical() {
			value = string(PlaceStock)
		}
		if !slices.Contains(kinds, PlaceKind(value)) {
			return "its kind is one of " + joinKinds(kinds) + "."
		}
		if p.ID != 0 && PlaceKind(value) != p.Kind && (p.Quarantine() || PlaceKind(value) == PlaceQuarantine) && s.anythingAt(p) {
			return "goods lie there; empty it before it becomes, or stops being, a quarantine place."
		}
		s.moved(p, p.Kind != PlaceKind(value))
		p.Kind = PlaceKind(value)
	case "parent":
		return s.setParent(p, value)
	case "deleted":
		return setDeleted(&p.Deleted, &p.Closing, value)
	case "order":
		return setNumber(&p.Order, name, value, maxOrder)
	default:
		return s.setRoom(p, name, value)
	}
	return ""
}

// maxOrder bounds the order in which places are picked from: three aisles' numbers in
// one, and more places than a book holds.
const maxOrder = 1_000_000_000

// numberText writes a whole number; 0 is nothing said.
func numberText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// setNumber reads a whole number from 1 on, or nothing.
func setNumber(to *int64, name, value string, most int64) string {
	if value == "" {
		*to = 0
		return ""
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1 || n > most {
		return name + " is a whole number from 1 to " + strconv.FormatInt(most, 10) + ", or nothing."
	}
	*to = n
	return ""
}

// setDeleted deletes, or brings back; what was closing is not any more.
func setDeleted(deleted, closing *bool, value string) string {
	if value != "" && value != "true" && value != "false" {
		return "deleted is true or false."
	}
	if now := value == "true"; now != *deleted {
		*deleted, *closing = now, false
	}
	return ""
}

// moved notes that a place counts for other constraints than before.
func (s *State) moved(p *Place, changed bool) {
	if changed && p.ID != 0 {
		s.posting.recount = true
	}
}

func joinKinds(kinds []PlaceKind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

func (s *State) anythingAt(p *Place) bool {
	for key, sh := range s.shelves {
		if (PlaceID(key) == p.ID || sh.place.pack && sh.place.Stand() == p) && slices.ContainsFunc(sh.cells, func(c *Cell) bool { return c.Quantity != 0 }) {
			return true
		}
	}
	return false
}

func (s *State) setParent(p *Place, value string) string {
	if value == "" {
		s.moved(p, p.Parent != nil)
		p.Parent = nil
		return ""
	}
	parent, ok := s.placeByRef[placeKey{p.Site, value}]
	if !ok {
		return "its parent " + quote(value) + " is not a location of the site."
	}
	if parent.Within(p) {
		return "its parent " + quote(value) + " lies inside it."
	}
	s.moved(p, p.Parent != parent)
	p.Parent = parent
	return ""
}
