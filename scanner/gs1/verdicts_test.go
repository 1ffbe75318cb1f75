package gs1_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"bayledger/scanner/gs1"
)

// verdict is one line of testdata/verdicts.jsonl: what the GS1 Barcode Syntax Engine 1.4.1 says of
// a scan, made up from the dictionary by chance. Numbers of retail symbols are our mapping.
type verdict struct {
	Scan     string
	Kind     gs1.Kind
	Code     gs1.Code // empty where the scan is valid
	Elements [][2]string
	Link     string // the canonical link of the elements, where they make one
}

func verdicts(t testing.TB) (all []verdict) {
	t.Helper()
	f, err := os.Open("testdata/verdicts.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) < 500 {
		t.Fatalf("only %d verdicts: is the file whole?", len(all))
	}
	return all
}

func TestVerdicts(t *testing.T) {
	codes := map[gs1.Code]bool{}
	for _, v := range verdicts(t) {
		codes[v.Code] = true
		m, err := gs1.Decode(v.Scan)
		var code gs1.Code
		if err != nil {
			code = err.Code
			if err.At < 0 || err.At > len(v.Scan) {
				t.Errorf("%q: the error is at byte %d of %d", v.Scan, err.At, len(v.Scan))
			}
			if err.Error() == "" || len(m.Elements) != 0 {
				t.Errorf("%q: an error without words, or with elements", v.Scan)
			}
		}
		if code != v.Code || m.Kind != v.Kind {
			t.Errorf("%q: %s %q (%v), want %s %q", v.Scan, m.Kind, code, err, v.Kind, v.Code)
			continue
		}
		if !slices.Equal(pairs(m.Elements), v.Elements) {
			t.Errorf("%q: %q, want %q", v.Scan, m.Elements, v.Elements)
		}
		if v.Link != "" {
			if link, err := gs1.BuildLink(m.Elements); err != nil || link != v.Link {
				t.Errorf("%q: the link is %s (%v), want %s", v.Scan, link, err, v.Link)
			}
		}
	}
	if len(codes) < 50 {
		t.Errorf("the verdicts show %d codes; more are known", len(codes))
	}
}

func pairs(elements []gs1.Element) (out [][2]string) {
	for _, e := range elements {
		out = append(out, [2]string{e.AI, e.Value})
	}
	return out
}

// What is built says what it was built from.
func TestBuildAndReadAgain(t *testing.T) {
	for _, v := range verdicts(t) {
		m, err := gs1.Decode(v.Scan)
		if err != nil || len(m.Elements) == 0 || m.Kind != gs1.GS1 {
			continue
		}
		want := set(m.Elements)
		data, err := gs1.BuildElementString(m.Elements)
		if err != nil {
			t.Errorf("%q cannot be built: %v", v.Scan, err)
			continue
		}
		if again, err := gs1.Decode("]d2" + data); err != nil || !slices.Equal(set(again.Elements), want) {
			t.Errorf("%q became %q: %v", v.Scan, data, err)
		}
		text, err := gs1.BuildBrackets(m.Elements)
		if err != nil {
			t.Errorf("%q cannot be written: %v", v.Scan, err)
		} else if again, err := gs1.Decode(text); err != nil || !slices.Equal(set(again.Elements), want) {
			t.Errorf("%q became %q: %v", v.Scan, text, err)
		}
		if link, err := gs1.BuildLink(m.Elements); err == nil {
			if again, err := gs1.Decode("]Q1" + link); err != nil || !slices.Equal(set(again.Elements), want) {
				t.Errorf("%q became %s: %v", v.Scan, link, err)
			}
		}
	}
}

// set is the elements in order of their AIs, each once.
func set(elements []gs1.Element) []string {
	var out []string
	for _, e := range elements {
		out = append(out, "("+e.AI+")"+e.Value)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
