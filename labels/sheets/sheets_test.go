package sheets_test

import (
	"slices"
	"testing"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/sheets"
	"bayledger/scanner/sheet"
)

// Every code of every sheet is drawn on one of its pages, and says there what a
// reader that does all right sends.
func TestEveryCodeIsDrawn(t *testing.T) {
	list, err := design.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	d, err := draw.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sheet.All([]string{"DOCK-1", "DOCK-2"}) {
		at := slices.IndexFunc(list, func(l *design.Layout) bool { return l.Name == s.Name })
		if at < 0 {
			t.Errorf("the sheet %s has no layout", s.Name)
			continue
		}
		var got, want []string
		for _, page := range draw.Pages(list[at], sheets.Data(s)) {
			drawn, err := d.Draw(list[at], &draw.Data{Fields: map[string]string{"title": s.Title, "intro": s.Intro}, Sheet: page}, 203)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range drawn.Symbols {
				got = append(got, p.AIM+p.Data)
			}
			d.Release(drawn)
		}
		for _, g := range s.Groups {
			for _, it := range g.Items {
				want = append(want, it.Scan)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is drawn as %q, want %q", s.Name, got, want)
		}
	}
}
