package ledger

import (
	"slices"
	"strings"
)

// Reason is one of those that people choose from when an action asks why.
type Reason struct {
	Code    string
	Name    string `json:",omitempty"`
	Actions string `json:",omitempty"` // for which it is offered, by commas; "": for all
	Deleted bool   `json:",omitempty"`
}

// reasonsField is a site's field of the actions that need a reason there.
const reasonsField = "reasons_required"

// reasoned are the actions that somebody may have to say why.
var reasoned = []string{ActionAdd, ActionRemove, ActionMove, ActionIsolate, ActionRelease, ActionAssemble, ActionDisassemble, ActionPack, ActionUnpack,
	ActionCount, ActionScrap, ActionUndo}

// setActions sets actions by commas, in the order of the list of actions.
func setActions(to *string, value string) string {
	var list string
	if why := setList(&list, "actions", value); why != "" {
		return why
	}
	names := splitList(list)
	for _, name := range names {
		if !slices.Contains(reasoned, name) {
			return quote(name) + " is none of the actions " + strings.Join(reasoned, ", ") + "."
		}
	}
	slices.SortFunc(names, func(a, b string) int { return slices.Index(reasoned, a) - slices.Index(reasoned, b) })
	*to = strings.Join(names, ",")
	return ""
}

// WantsReason says whether a site wanted a reason for an action at a moment. Setting
// goods aside and releasing them wants one anywhere.
func (s *State) WantsReason(site, action string, t Time) bool {
	if action == ActionIsolate || action == ActionRelease {
		return true
	}
	if !s.asksReasons {
		return false
	}
	at := s.sites[site]
	return at != nil && inList(settingAt(at.Reasons, at.ReasonsWas, t), action)
}

// inList says whether a name is one of those that a text has by commas.
func inList(text, name string) bool {
	for text != "" {
		var one string
		if one, text, _ = strings.Cut(text, ","); one == name {
			return true
		}
	}
	return false
}

// ReasonsRequired lists the actions that need a reason at a site now.
func (s *State) ReasonsRequired(site string) []string {
	list := []string{ActionIsolate, ActionRelease}
	if at := s.sites[site]; at != nil {
		list = append(list, splitList(at.Reasons)...)
	}
	slices.SortFunc(list, func(a, b string) int { return slices.Index(reasoned, a) - slices.Index(reasoned, b) })
	return slices.Compact(list)
}

func (s *State) editReason(e *Edit, p *Patch) *Fault {
	r, known := s.reasons[p.Code]
	if !known {
		r = &Reason{Code: p.Code}
	}
	f := e.fields(p, r.get, r.set)
	if f == nil && !known {
		e.create("code", p.Code)
		s.reasons[p.Code] = r
	}
	return f
}

func (r *Reason) get(name string) (string, bool) {
	switch name {
	case "name":
		return r.Name, true
	case "actions":
		return r.Actions, true
	case "deleted":
		return flagText(r.Deleted), true
	}
	return "", false
}

func (r *Reason) set(name, value string) string {
	switch name {
	case "name":
		r.Name = value
	case "actions":
		return setActions(&r.Actions, value)
	case "deleted":
		if value != "" && value != "true" && value != "false" {
			return "deleted is true or false."
		}
		r.Deleted = value == "true"
	}
	return ""
}
