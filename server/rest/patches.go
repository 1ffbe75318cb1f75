package rest

import (
	"maps"

	"bayledger/sync/ledger"
)

// later is the field of products that names another, which may come further down: it
// is set once all lines are there.
const later = "superseded_by"

// patches turns rows into edits, with the line of each. A row's own columns name
// the item; all others are its fields.
func (f *family) patches(rows []row) (patches []ledger.Patch, lines []int, p *Problem) {
	switch f.entity {
	case ledger.EntityLocation, ledger.EntityCategory:
		rows = parentsFirst(rows)
	case ledger.EntityPartnerItem:
		rows = withPartners(rows)
	}
	var behind []ledger.Patch
	var behindLines []int
	for _, r := range rows {
		last := map[string]string{}
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
			case name == "successor" && f.entity == ledger.EntityProduct:
			case name == later && f.entity == ledger.EntityProduct:
				last[name] = value
			case name == "barcode" && f.entity == ledger.EntityProduct:
				barcode = value
				patch.Fields[name] = value
			default:
				patch.Fields[name] = f.flag(name, value)
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
		if len(last) > 0 {
			behind = append(behind, ledger.Patch{Entity: f.entity, Code: patch.Code, Fields: last})
			behindLines = append(behindLines, r.line)
		}
	}
	return append(patches, behind...), append(lines, behindLines...), nil
}

// withPartners makes the code of a partner's item of the two columns partner and code.
func withPartners(rows []row) []row {
	out := make([]row, len(rows))
	for i, r := range rows {
		if out[i] = r; r.fields["partner"] != "" {
			fields := maps.Clone(r.fields)
			fields["code"] = r.fields["partner"] + "/" + r.fields["code"]
			delete(fields, "partner")
			out[i].fields = fields
		}
	}
	return out
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
