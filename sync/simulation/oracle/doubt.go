package oracle

import "strings"

// weigh takes counts out of the fold whose devices do not know when they counted,
// and which no supervisor accepted. It comes after strike: an undone acceptance is
// none.
func weigh(facts []*fact) {
	accepted := map[string]bool{}
	for _, f := range facts {
		if f.Action != "decide" || f.out || f.Choice != "accept" || !f.supervises() {
			continue
		}
		if id, ok := strings.CutPrefix(f.Exception, "doubtful_count/"); ok {
			accepted[id] = true
		}
	}
	for _, f := range facts {
		if f.Action == "count" && f.Clock == "c" && f.Mode != "command" && !accepted[f.id] {
			f.out = true
		}
	}
}
