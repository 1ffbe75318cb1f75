package main

import (
	"slices"
	"testing"
)

// Pieces with serial numbers come one a line; numbers that do not fit what is said are
// refused before the server is asked.
func TestSerialsOfAReceipt(t *testing.T) {
	for _, c := range []struct {
		args, serials []string
		want          []string // serial and quantity of each line; nil: refused
	}{
		{[]string{"BOLT", "20", "NUT", "5"}, nil, []string{" 20", " 5"}},
		{[]string{"DRILL", "2"}, []string{"S-1", "S-2"}, []string{"S-1 1", "S-2 1"}},
		{[]string{"DRILL", "3"}, []string{"S-1", "S-2"}, nil},
		{[]string{"DRILL", "1", "SAW", "1"}, []string{"S-1"}, nil},
		{nil, []string{"S-1"}, nil},
		{nil, nil, []string{}},
	} {
		f := receiveFlags{serials: c.serials}
		lines, err := f.lines(c.args)
		if (err != nil) != (c.want == nil) {
			t.Errorf("%v %v: %v", c.args, c.serials, err)
		}
		var got []string
		for _, l := range lines {
			got = append(got, l["serial"]+" "+l["quantity"])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v %v: %q, want %q", c.args, c.serials, got, c.want)
		}
	}
}
