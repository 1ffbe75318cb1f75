package gs1_test

import (
	"slices"
	"testing"

	"bayledger/scanner/gs1"
)

// No scan stops the parser, and what it takes can be built and read again.
func FuzzDecode(f *testing.F) {
	for _, v := range verdicts(f) {
		f.Add(v.Scan)
	}
	for _, scan := range everyday {
		f.Add(scan)
	}
	f.Add("]E04006381333931|]e010LOT")
	f.Add("(01)09506000134352(10)A\\(1)|(99)X")
	f.Fuzz(func(t *testing.T, scan string) {
		m, err := gs1.Decode(scan)
		if err != nil {
			if len(m.Elements) > 0 || err.At < 0 || err.At > len(scan) || err.Error() == "" {
				t.Fatalf("%q: %v with %q", scan, err, m.Elements)
			}
			return
		}
		if len(m.Elements) == 0 {
			return
		}
		data, err := gs1.BuildElementString(m.Elements)
		if err != nil {
			t.Fatalf("%q was read and cannot be built: %v", scan, err)
		}
		again, err := gs1.Decode("]d2" + data)
		if err != nil || !slices.Equal(set(again.Elements), set(m.Elements)) {
			t.Fatalf("%q became %q: %v", scan, data, err)
		}
	})
}

// Building takes any elements and gives an error or what can be read again.
func FuzzBuild(f *testing.F) {
	f.Add("01", "09506000134352", "10", "A")
	f.Add("00", "395201938183501646", "403", "R(1")
	f.Fuzz(func(t *testing.T, a, av, b, bv string) {
		elements := []gs1.Element{{AI: a, Value: av}, {AI: b, Value: bv}}
		text, err := gs1.BuildBrackets(elements)
		if err != nil {
			return
		}
		m, err := gs1.Decode(text)
		if err != nil || !slices.Equal(set(m.Elements), set(elements)) {
			t.Fatalf("%q became %q: %v %q", elements, text, err, m.Elements)
		}
	})
}
