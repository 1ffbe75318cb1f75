package ledger

// Facility is a part of the organisation that goods belong to: a shop, a ward, a van.
// Its goods lie at one location of a site.
type Facility struct {
	Code     string
	Name     string `json:",omitempty"`
	Site     string // where its location is
	Location string `json:",omitempty"` // "": it has none yet
}

// Facility returns a facility by its code.
func (s *State) Facility(code string) (*Facility, bool) {
	f, ok := s.facilities[code]
	return f, ok
}

func (s *State) editFacility(e *Edit, p *Patch) *Fault {
	at, known := s.facilities[p.Code]
	if !known {
		at = &Facility{Code: p.Code, Site: "main"}
	}
	was := *at
	f := e.fields(p, at.get, at.set)
	if f == nil {
		f = s.fits(at)
	}
	if f != nil {
		*at = was
		e.Changes = nil
		return f
	}
	if !known {
		e.create("code", p.Code)
		s.facilities[p.Code] = at
	}
	return nil
}

// fits judges site and location of a facility together: the one is of the other.
func (s *State) fits(at *Facility) *Fault {
	if s.sites[at.Site] == nil {
		return fault(BadField, "site", "There is no site "+quote(at.Site)+". The facility "+quote(at.Code)+" was not changed.")
	}
	if at.Location == "" {
		return nil
	}
	if s.placeByRef[placeKey{at.Site, at.Location}] == nil {
		return fault(BadField, "location", "The site "+quote(at.Site)+" has no location "+quote(at.Location)+". The facility "+quote(at.Code)+" was not changed.")
	}
	for _, other := range s.facilities {
		if other != at && other.Code != at.Code && other.Site == at.Site && other.Location == at.Location {
			return fault(BadField, "location", "The location "+quote(at.Location)+" is another facility's. The facility "+quote(at.Code)+" was not changed.")
		}
	}
	return nil
}

func (f *Facility) get(name string) (string, bool) {
	switch name {
	case "name":
		return f.Name, true
	case "site":
		return f.Site, true
	case "location":
		return f.Location, true
	}
	return "", false
}

func (f *Facility) set(name, value string) string {
	switch name {
	case "name":
		f.Name = value
	case "site":
		f.Site = pick(value, "main")
	case "location":
		f.Location = value
	}
	return ""
}
