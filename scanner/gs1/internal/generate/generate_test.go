package main

import (
	"bytes"
	"strings"
	"testing"
)

// A line that the parser does not know wholly stops the generator: nothing is left out in silence.
func TestReadRow(t *testing.T) {
	r, err := readRow(`415  *?  N13,csum,gcppos1 [X..4]  req=8020 req=01+21,31nn ex=02 dlpkey=8020|10,21  # PAY TO`)
	if err != nil || r.first != "415" || !r.fixed || !r.inQuery || len(r.parts) != 2 || !r.parts[1].optional || r.parts[1].min != 1 ||
		len(r.needs) != 2 || len(r.excludes) != 1 || len(r.paths) != 2 || r.title != "PAY TO" {
		t.Errorf("%+v %v", r, err)
	}
	for line, word := range map[string]string{
		"4x5 N13":                     "no AI",
		"415 N13,newcheck":            "newcheck",
		"415 * Q13":                   "Q13",
		"415 N13 must=01":             "must",
		"415 *?":                      "no parts",
		"415 N13,csum,csum,csum,csum": "room",
	} {
		if _, err := readRow(line); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v, want a word of %q", line, err, word)
		}
	}
	if _, _, err := readDictionary("# no release\n"); err == nil {
		t.Error("a file without AIs was taken")
	}
}

func TestWriteTable(t *testing.T) {
	_, rows, err := readDictionary("# Release: 2000-01-01\n8030 ? Z..90 req=00,01+21 ex=31nn # DIGSIG\n")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	writeTable(&b, "2000-01-01", rows)
	want := `{first: 8030, last: 8030, digits: 4, inQuery: true, parts: []part{{setZ, 1, 90, false, [3]lint{}}}, needs: [][][]span{{{{0, 0}}, {{100, 100}, {2100, 2100}}}}, excludes: []span{{3100, 3199}}, title: "DIGSIG"},`
	if !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "GS1 AISBL") {
		t.Errorf("%s\nhas not %s", b.String(), want)
	}
}
