// Package sample gives every built-in layout something to show: for pictures and
// tests.
package sample

import (
	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/sheets"
	"bayledger/scanner/sheet"
)

// Year is the one in which samples are drawn.
const Year = 2026

// Of gives a layout's sample: its own, and the first page of its sheet.
func Of(l *design.Layout) *draw.Data {
	d := &draw.Data{Fields: map[string]string{}, Year: Year}
	for name, value := range l.Sample {
		d.Fields[name] = value
	}
	if l.For == design.Sheet {
		for _, s := range sheet.All([]string{"DOCK-1", "DOCK-2"}) {
			if s.Name == l.Name {
				d.Fields["title"], d.Fields["intro"] = s.Title, s.Intro
				d.Sheet = draw.Pages(l, sheets.Data(s))[0]
			}
		}
	}
	return d
}
