package sheet_test

import (
	"encoding/json"
	"strings"
	"testing"

	"bayledger/scanner/gs1"
	"bayledger/scanner/sheet"
)

// Every code of every sheet can be drawn, and is read as its sheet says.
func TestItemsAreWhole(t *testing.T) {
	for _, s := range sheet.All([]string{"dock1", "Etikett 2"}) {
		if s.Name == "" || s.Title == "" || s.Intro == "" {
			t.Errorf("%q lacks its name, title or intro", s.Name)
		}
		seen := map[string]bool{}
		for _, g := range s.Groups {
			for _, it := range g.Items {
				if it.Caption == "" || g.Title == "" || it.Scan == "" || seen[it.Scan] {
					t.Errorf("%s: %+v is not whole, or is there twice", s.Name, it)
				}
				seen[it.Scan] = true
				if (it.Text == "") == (len(it.Elements) == 0) || it.Symbology.GS1() != (len(it.Elements) > 0) {
					t.Errorf("%s, %s: %s with text %q and elements %q", s.Name, it.Caption, it.Symbology, it.Text, it.Elements)
				}
				if m, err := gs1.Decode(it.Scan); err != nil || it.Symbology.GS1() && m.Kind != gs1.GS1 {
					t.Errorf("%s, %s: %q is read as %+v, %v", s.Name, it.Caption, it.Scan, m, err)
				}
			}
		}
	}
}

// Digits make symbols of fixed length.
func TestLengths(t *testing.T) {
	digits := map[sheet.Symbology]int{sheet.EAN13: 13, sheet.EAN8: 8, sheet.UPCA: 12, sheet.ITF14: 14}
	for _, s := range sheet.All(nil) {
		for _, g := range s.Groups {
			for _, it := range g.Items {
				if n := digits[it.Symbology]; n > 0 && len(it.Text) != n {
					t.Errorf("%s is %s with %d digits", it.Caption, it.Symbology, len(it.Text))
				}
			}
		}
	}
}

// Each command is one of the handheld's, and one that it does not know is never printed.
func TestCommands(t *testing.T) {
	s := sheet.Commands([]string{"dock1", "Büro", strings.Repeat("x", 40), "dock 2"})
	last := s.Groups[len(s.Groups)-1]
	if last.Title != "Print on" || len(last.Items) != 1 || last.Items[0].Caption != "dock1" {
		t.Errorf("printers: %+v", last)
	}
	for _, g := range s.Groups {
		for _, it := range g.Items {
			if m, err := gs1.Decode(it.Text); err != nil || m.Kind != gs1.Command {
				t.Errorf("%s is no command: %v", it.Text, err)
			}
		}
	}
	if n := len(sheet.Commands(nil).Groups); n != 3 {
		t.Errorf("without printers there are %d groups", n)
	}
}

// The sheets travel as JSON, too.
func TestJSON(t *testing.T) {
	for _, s := range sheet.All(nil) {
		data, err := json.Marshal(s)
		var back sheet.Sheet
		if err == nil {
			err = json.Unmarshal(data, &back)
		}
		if err != nil || len(back.Groups) != len(s.Groups) {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}
