package oracle

import "strings"

// askedName begins the name of what an ask puts before supervisors.
const askedName = "asked/"

// asks says what became of each ask. It comes after strike: what was undone, an ask or
// a decision on one, was never said.
func (f *fold) asks() map[string]Ask {
	said := map[string][]*fact{} // decisions on each, in order of K
	for _, ft := range f.facts {
		if id, ok := strings.CutPrefix(ft.Exception, askedName); ok && ft.Action == "decide" && !ft.out && ft.supervises() {
			said[id] = append(said[id], ft)
		}
	}
	out := map[string]Ask{}
	for _, ft := range f.facts {
		if ft.Action == "ask" && (ft.supervises() || strings.HasPrefix(ft.target(), ft.Device+"/"+ft.Install+"/")) {
			out[askedName+ft.id] = ft.became(said[ft.id])
		}
	}
	return out
}

// became says how an ask stands after what was decided on it.
func (f *fact) became(said []*fact) Ask {
	a := Ask{About: f.target(), State: "open"}
	if f.out {
		return Ask{About: a.About, State: "cleared"}
	}
	for _, d := range said {
		a.Choice, a.By = "", ""
		switch {
		case d.Choice == "take":
			a.TakenBy = or(d.Operator, d.Device)
		case d.Choice == "leave":
			a.TakenBy = ""
		case d.Evidence == f.Says:
			a.Choice, a.By = d.Choice, or(d.Operator, d.Device)
		}
	}
	switch {
	case a.Choice != "":
		a.State = "decided"
	case a.TakenBy != "":
		a.State = "taken"
	}
	return a
}
