package rest

import (
	"bayledger/sync/ledger"
)

// patches turns rows into edits, with the line of each. A row's own columns name
// the item; all others are its fields.
func (f *family) patches(rows []row) (patches []ledger.Patch, lines []int, p *Problem) {
	if f.entity == ledger.EntityLocation {
		rows = parentsFirst(rows)
	}
	for _, r := range rows {
		patch := ledger.Patch{Entity: f.entity, Fields: map[string]string{}}
		barcode := ""
		for name, value := range r.fields {
			switch {
			case name == f.code || name == "code":
				if patch.Code != "" && patch.Code != value {
					return nil, nil, lineProblem(r.line, ledger.BadField, "It names "+quoted(patch.Code)+" and "+quoted(value)+".")
				}
				patch.Code = value
			case name == "site" && f.sited:
				patch.Site = value
			case name == "location" && f.entity == ledger.EntityConstraint:
				patch.Location = value
			case name == "barcode" && f.entity == ledger.EntityProduct:
				barcode = value
			default:
				patch.Fields[name] = value
			}
		}
		if f.sited && patch.Site == "" && !(f.entity == ledger.EntityLocation && virtualKind(patch.Fields["kind"])) {
			patch.Site = mainSite
		}
		if patch.Code == "" {
			return nil, nil, lineProblem(r.line, ledger.BadField, "It has no "+f.code+".")
		}
		patches, lines = append(patches, patch), append(lines, r.line)
		if barcode != "" {
			patches = append(patches, ledger.Patch{Entity: ledger.EntityBarcode, Code: barcode, Fields: map[string]string{"product": patch.Code}})
			lines = append(lines, r.line)
		}
	}
	return patches, lines, nil
}

// parentsFirst puts rows of locations behind those of their parents; those in a
// circle stay where they are, for the ledger to refuse.
func parentsFirst(rows []row) []row {
	type place struct{ site, code string }
	placed := func(r row) place {
		site := r.fields["site"]
		if site == "" {
			site = mainSite
		}
		return place{site, r.fields["code"]}
	}
	index := make(map[place]int, len(rows))
	for i, r := range rows {
		if _, twice := index[placed(r)]; !twice {
			index[placed(r)] = i
		}
	}
	out := make([]row, 0, len(rows))
	done := make([]bool, len(rows))
	for i := range rows {
		var chain []int // from row i up to the first parent that has its place already
		for at := i; !done[at]; {
			done[at] = true
			chain = append(chain, at)
			parent, ok := index[place{placed(rows[at]).site, rows[at].fields["parent"]}]
			if !ok {
				break
			}
			at = parent
		}
		for j := len(chain) - 1; j >= 0; j-- {
			out = append(out, rows[chain[j]])
		}
	}
	return out
}
