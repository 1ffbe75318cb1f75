// Package sheets puts the scanner's sheets of codes (commands, calibration, test)
// into the words of layouts.
package sheets

import (
	"bayledger/labels/design"
	"bayledger/labels/symbol"
	"bayledger/scanner/sheet"
)

// Data is a sheet as a layout's grid shows it: every code of it, in its order.
func Data(s sheet.Sheet) *design.SheetData {
	out := &design.SheetData{}
	for _, g := range s.Groups {
		group := design.SheetGroup{Title: g.Title}
		for _, it := range g.Items {
			kind := symbol.Kind(it.Symbology)
			if it.Symbology == sheet.UPCA {
				kind = symbol.EAN13 // which it is, with a zero before it
			}
			group.Items = append(group.Items, design.SheetItem{Symbol: kind, Text: it.Text, Elements: it.Elements, Caption: it.Caption, Hint: it.Help})
		}
		out.Groups = append(out.Groups, group)
	}
	return out
}
