package ledger

import "strings"

func (s *State) editSite(e *Edit, p *Patch) *Fault {
	if strings.Contains(p.Code, "/") {
		return fault(BadField, "code", "A site's code has no slash. Nothing was changed.")
	}
	site, known := s.sites[p.Code]
	if !known {
		if p.Code == Everywhere {
			return fault(BadField, "code", "No site is called *, which stands for all sites where roles are given. Nothing was changed; choose another code.")
		}
		site = &Site{Code: p.Code}
	}
	f := e.fields(p, func(name string) (string, bool) { return getSite(site, name) },
		func(name, value string) string { return s.setSite(site, name, value) })
	s.approves = s.approves || site.Approval.IsSet()
	s.asksReasons = s.asksReasons || site.Reasons != ""
	if f != nil || known {
		return f
	}
	e.create("code", p.Code)
	s.sites[p.Code] = site
	for _, kind := range PhysicalKinds {
		s.addPlace(&Place{Site: p.Code, Code: string(kind), Kind: kind})
	}
	return nil
}

func getSite(site *Site, name string) (string, bool) {
	switch name {
	case "name":
		return site.Name, true
	case "negative":
		return string(site.Negative), true
	case "counts":
		return countsText(site.Blind), true
	case "restricted":
		return site.Restricted, true
	case reasonsField:
		return site.Reasons, true
	case "zone":
		return site.Zone, true
	case "day":
		return site.Day, true
	case "expiry_days":
		return site.ExpiryDays, true
	}
	return site.Approval.get(name)
}

func (s *State) setSite(site *Site, name, value string) string {
	switch name {
	case "name":
		site.Name = value
	case "restricted":
		if value != "" && s.reader != nil {
			if wrong := s.reader.CheckRules(value); wrong != "" {
				return wrong
			}
		}
		site.Restricted = value
	case "negative":
		return setPolicy(&site.Negative, value)
	case reasonsField:
		return setActions(&site.Reasons, value)
	case "zone":
		if !isZone(value) {
			return "zone is the name of a time zone such as Europe/Vienna."
		}
		site.Zone = value
	case "day":
		if value != site.Day {
			return "day is set at midnight, and by nobody."
		}
	case "expiry_days":
		return setDays(&site.ExpiryDays, value)
	case "counts":
		counts := ""
		why := setOneOf(&counts, value, CountsShown, CountsBlind)
		if why == "" {
			site.Blind = counts == CountsBlind
		}
		return why
	default:
		return site.Approval.set(name, value)
	}
	return ""
}

// Whether who counts is shown what the books expect.
const (
	CountsShown = "shown"
	CountsBlind = "blind"
)

func countsText(blind bool) string {
	if blind {
		return CountsBlind
	}
	return CountsShown
}

func setPolicy(to *Policy, value string) string {
	switch Policy(value) {
	case "", PolicyAllow, PolicyAutoAdd, PolicyRefuse:
		*to = Policy(value)
		return ""
	}
	return "negative is one of allow, auto-add, refuse."
}
