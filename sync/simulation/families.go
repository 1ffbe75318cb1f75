package simulation

import (
	"fmt"
	"strings"
)

// Families are the kinds of things that happen in a world, as a set of bits.
type Families uint32

// The families, in the order in which they build on each other.
const (
	Quantities Families = 1 << iota // add, remove, move, scrap
	Lots                            // lots named, and left out
	Lines                           // several lines in one scan
	Units                           // further units, barcodes that stand for packs, decimals
	Counts                          // counts by product, lot, status, at opening
	Isolation                       // isolate and release by quantity, quarantine places
	Undos                           // own and others', before their target, of undos
	Policies                        // negative stock by site and product, changed on the way
	Commands                        // intents that ask first
	Oddities                        // unknown codes, faulty payloads, places that do not differ
	Holds                           // on lots, locations; on serials and packages with those
	Serials                         // single pieces, assembled and taken out again
	Packages                        // packed, unpacked, nested, moved whole
	Costs                           // prices, average and fifo
	Sessions                        // counts of many
	Decisions                       // supervisors who map what was parked, decide exceptions, close the books
	Asks                            // for a supervisor to look at a scan, answered, taken back
)

// All is every family.
const All = Asks<<1 - 1

var familyNames = []string{"quantities", "lots", "lines", "units", "counts", "isolation", "undos", "policies", "commands", "oddities",
	"holds", "serials", "packages", "costs", "sessions", "decisions", "asks"}

// Has says whether all of other are in the set.
func (f Families) Has(other Families) bool { return f&other == other }

func (f Families) String() string {
	var names []string
	for i, name := range familyNames {
		if f.Has(1 << i) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// ParseFamilies reads a list such as "quantities,counts"; "all" stands
// for every one, and a name with a minus before it is taken out.
func ParseFamilies(text string) (f Families, err error) {
	for name := range strings.SplitSeq(text, ",") {
		name, out := strings.CutPrefix(strings.TrimSpace(name), "-")
		one := Families(0)
		switch name {
		case "all":
			one = All
		default:
			for i, known := range familyNames {
				if known == name {
					one = 1 << i
				}
			}
		}
		if one == 0 {
			return 0, fmt.Errorf("there is no family %q; the families are %s, and all", name, strings.Join(familyNames, ", "))
		}
		if f |= one; out {
			f &^= one
		}
	}
	return f, nil
}
