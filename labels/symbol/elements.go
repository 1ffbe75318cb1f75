package symbol

import (
	"strings"

	"bayledger/scanner/gs1"
)

// gs is what a reader sends for FNC1 between elements.
const gs = "\x1d"

// CheckElements holds the elements of a whole label against the rules for scans,
// and against those that only a label can break: numbers that are good inside a
// company only are no GTINs, and indicator 9 means a measure.
func CheckElements(k Kind, elements []gs1.Element) *Fault {
	if err := gs1.Check(elements); err != nil {
		return gs1Fault(k, err)
	}
	measured := false
	for _, e := range elements {
		info, _ := gs1.Lookup(e.AI)
		measured = measured || info.Unit != "" || e.AI == "30" || e.AI == "8001"
	}
	for _, e := range elements {
		if e.AI != "01" && e.AI != "02" {
			continue
		}
		if gs1.Restricted(e.Value) {
			return &Fault{Kind: k, Code: RestrictedNum, AI: e.AI, Reason: "AI (" + e.AI + "): " + e.Value + " is a number for use inside a company, and no GTIN"}
		}
		if e.Value[0] == '9' && !measured {
			return &Fault{Kind: k, Code: Indicator, AI: e.AI, Reason: "AI (" + e.AI + "): indicator 9 is for goods of variable measure, and the label states no measure"}
		}
	}
	return nil
}

// ElementString is elements as a symbol holds them behind the first FNC1: those
// of predefined length first, a separator only where one is needed. The elements
// may be a part of a label that was checked as a whole.
func ElementString(elements []gs1.Element) string {
	var out strings.Builder
	open := false // the element before has no predefined length
	for _, fixed := range []bool{true, false} {
		for _, e := range elements {
			if info, _ := gs1.Lookup(e.AI); info.Fixed != fixed {
				continue
			}
			if open {
				out.WriteString(gs)
			}
			out.WriteString(e.AI)
			out.WriteString(e.Value)
			open = !fixed
		}
	}
	return out.String()
}

// Brackets is elements as people read them, in the order of the symbol.
func Brackets(elements []gs1.Element) string {
	var out strings.Builder
	for _, fixed := range []bool{true, false} {
		for _, e := range elements {
			if info, _ := gs1.Lookup(e.AI); info.Fixed == fixed {
				out.WriteString("(" + e.AI + ")" + e.Value)
			}
		}
	}
	return out.String()
}
