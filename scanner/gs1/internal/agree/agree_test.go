package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A sample that agrees is silent; each way to differ is named.
func TestHold(t *testing.T) {
	lines := []struct{ sample, fault string }{
		{`{"scan":"]d20109506000134352","valid":true,"kind":"gs1","elements":[["01","09506000134352"]]}`, ""},
		{`{"scan":"]C10109506000134353","valid":false,"kind":"gs1","why":"AI (01): The numeric check digit is incorrect."}`, ""},
		{`{"raw":"96385074\r","profile":{"suffix":"CR"},"scan":"]E496385074","valid":true,"elements":[["01","00000096385074"]]}`, ""},
		{`{"id":"a","scan":"]d20109506000134352","valid":false,"kind":"gs1","why":"Too many AIs"}`, "a "},
		{`{"id":"b","scan":"]d20109506000134352","valid":true,"kind":"ean13","elements":[["01","09506000134352"]]}`, "the kind is"},
		{`{"id":"c","scan":"]C10109506000134353","valid":false,"kind":"gs1","why":"AI (01) data is empty"}`, "the error is"},
		{`{"id":"d","scan":"]d20109506000134352","valid":true,"kind":"gs1","elements":[]}`, "the elements are"},
		{`{"id":"e","raw":"96385074","scan":"]E0","valid":true}`, "read from"},
	}
	var file strings.Builder
	for _, l := range lines {
		file.WriteString(l.sample + "\n")
	}
	name := filepath.Join(t.TempDir(), "samples.jsonl")
	if err := os.WriteFile(name, []byte(file.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	total, missed, err := hold(name, &out)
	if err != nil || total != len(lines) || missed != 5 {
		t.Errorf("%d of %d missed (%v), want 5 of %d", missed, total, err, len(lines))
	}
	for _, l := range lines {
		if !strings.Contains(out.String(), l.fault) {
			t.Errorf("%s is not named: want %q in\n%s", l.sample, l.fault, out.String())
		}
	}
}
