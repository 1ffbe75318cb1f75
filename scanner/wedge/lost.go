package wedge

import (
	"strings"

	"bayledger/scanner/gs1"
)

// Lost is what a scan without its separators could have been.
type Lost struct {
	AI      string   // the element that has swallowed the next one
	Repairs []string // the scans that it could have been, each with one GS more; MaxRepairs at most
}

// MaxRepairs bounds the repairs that are named: where there are more, nothing is certain.
const MaxRepairs = 8

// maxLost is the longest data that are looked at: each place in them is tried, and no symbol of a label
// holds as many without a GS.
const maxLost = 512

// Advice is what to tell the people at the reader.
const Advice = "The reader drops the separator between GS1 elements (FNC1). Set it to send GS (byte 29, Ctrl-]), or a text like <GS> and name it in the profile."

// LostSeparator says whether a reader has dropped a separator: an element of open length is longer
// than it may be, or its value ends in a whole element that a check digit or a date tells from
// chance. It never repairs by itself: a lot may look so.
func LostSeparator(scan string) (Lost, bool) {
	_, data, ok := identifier(scan)
	if !ok || len(data) > maxLost || strings.Contains(data, GS) { // a reader that sends one GS sends them all
		return Lost{}, false
	}
	head := scan[:len(scan)-len(data)]
	before, fault := gs1.Decode(scan)
	var lost Lost
	for i := 3; i < len(data) && len(lost.Repairs) < MaxRepairs; i++ { // an AI and a character come first
		repaired := head + data[:i] + GS + data[i:]
		m, f := gs1.Decode(repaired)
		if f != nil {
			continue
		}
		if ai, good := swallowed(m, data[:i], fault == nil); good && !same(before, m) {
			lost.AI = ai
			lost.Repairs = append(lost.Repairs, repaired)
		}
	}
	return lost, len(lost.Repairs) > 0
}

// swallowed finds the element that ends where the GS was put, and says whether what comes behind it
// is told from chance. Where the scan is bad as it is, anything that mends it is.
func swallowed(m gs1.Message, upTo string, strict bool) (ai string, good bool) {
	length := 0
	for i, e := range m.Elements {
		length += len(e.AI) + len(e.Value)
		if length != len(upTo) || i+1 == len(m.Elements) {
			continue
		}
		info, _ := gs1.Lookup(e.AI)
		if info.Fixed {
			return "", false
		}
		if !strict {
			return e.AI, true
		}
		next := m.Elements[i+1]
		return e.AI, strong(next)
	}
	return "", false
}

// strong elements carry a check digit, or are a date.
func strong(e gs1.Element) bool {
	switch e.AI {
	case "00", "01", "02", "410", "414", "8006", "8003", "11", "13", "15", "17":
		return true
	}
	return false
}

// same says whether two messages have as many elements: then the GS has parted nothing.
func same(a, b gs1.Message) bool { return len(a.Elements) == len(b.Elements) }
