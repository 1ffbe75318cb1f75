package ledger

import "slices"

// Operator is somebody who scans, by the code under which the journal knows them.
// Their name is no part of the books: a journal is kept for ever, and a name may
// have to go.
type Operator struct {
	Code     string
	Site     string `json:",omitempty"` // where they work; "" is anywhere
	Inactive bool   `json:",omitempty"`
	// ActiveWas says "true" or "false" of earlier, the oldest first.
	ActiveWas []PastSetting `json:",omitempty"`
}

// maxOperators bounds the list, which is all in memory at some 150 bytes each: more
// than any company has on its floors.
const maxOperators = 1 << 20

// ActiveAt says whether somebody was to work at a moment.
func (o *Operator) ActiveAt(t Time) bool { return settingAt(activeText(o), o.ActiveWas, t) != "false" }

func activeText(o *Operator) string {
	if o.Inactive {
		return "false"
	}
	return "true"
}

// Operator finds who an intent names: by the code of the list, or by another one
// that somebody said is theirs. Where the book keeps no list nobody is looked for:
// kept is false then, and everybody is known.
func (s *State) Operator(code string) (o *Operator, kept bool) {
	if len(s.operators) == 0 {
		return nil, false
	}
	if o = s.operators[code]; o == nil {
		o = s.meanings[UnknownPerson(code).Key()].Operator
	}
	return o, true
}

func (s *State) editOperator(e *Edit, p *Patch) *Fault {
	o, known := s.operators[p.Code]
	if !known {
		if len(s.operators) >= maxOperators {
			return fault(TooLarge, "code", "The book lists 1,048,576 operators, the most it can. "+quote(p.Code)+" was not added.")
		}
		o = &Operator{Code: p.Code}
	}
	f := e.fields(p, o.get, func(name, value string) string { return s.setOperator(o, name, value) })
	if f == nil && !known {
		e.create("code", p.Code)
		s.operators[p.Code] = o
	}
	return f
}

func (o *Operator) get(name string) (string, bool) {
	switch name {
	case "active":
		return activeText(o), true
	case "site":
		return o.Site, true
	}
	return "", false
}

func (s *State) setOperator(o *Operator, name, value string) string {
	switch name {
	case "site":
		if _, ok := s.sites[value]; !ok && value != "" {
			return "there is no site " + quote(value) + "."
		}
		o.Site = value
	case "active":
		if !slices.Contains([]string{"", "true", "false"}, value) {
			return "active is true or false."
		}
		o.Inactive = value == "false"
	}
	return ""
}
