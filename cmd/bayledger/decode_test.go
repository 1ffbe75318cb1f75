package main

import (
	"os"
	"strings"
	"testing"
)

// Each line has its answer, in its words and shape; other programs read them.
func TestDecodeAnswers(t *testing.T) {
	tests := []struct{ line, answer string }{
		{`"]d2010950600013435210A\u001d17261200"`,
			`{"scan":"]d2010950600013435210A\u001d17261200","symbology":"]d2","kind":"gs1","valid":true,"elements":[["01","09506000134352"],["10","A"],["17","261200"]],"gtin":"09506000134352","lot":"A","expiry":"2026-12-31"}`},
		{`(00)395201938183501646(02)09506000134352(37)0144`,
			`{"scan":"(00)395201938183501646(02)09506000134352(37)0144","symbology":"","kind":"gs1","valid":true,"elements":[["00","395201938183501646"],["02","09506000134352"],["37","0144"]],"gtin":"09506000134352","quantity":"144","sscc":"395201938183501646"}`},
		{`]C10109506000134353`,
			`{"scan":"]C10109506000134353","symbology":"]C1","kind":"gs1","valid":false,"elements":[],"error":{"code":"check_digit","ai":"01","at":18,"message":"AI (01) at byte 18: the check digit is wrong"}}`},
		{"4006381333931\r", `{"scan":"4006381333931","symbology":"","kind":"ean13","valid":true,"elements":[["01","04006381333931"]],"gtin":"04006381333931"}`},
		{`]Q1https://x.example/01/09506000134352/21/S%2F1?17=261231`,
			`{"scan":"]Q1https://x.example/01/09506000134352/21/S%2F1?17=261231","symbology":"]Q1","kind":"digital-link","valid":true,"elements":[["01","09506000134352"],["21","S/1"],["17","261231"]],"gtin":"09506000134352","serial":"S/1","expiry":"2026-12-31"}`},
		{`BLCMD-X12`, `{"scan":"BLCMD-X12","symbology":"","kind":"command","valid":true,"elements":[]}`},
		{``, `{"scan":"","symbology":"","kind":"plain","valid":true,"elements":[]}`},
		{`"\q"`, `{"scan":"\"\\q\"","symbology":"","kind":"plain","valid":false,"elements":[],"error":{"code":"not_json","ai":"","at":0,"message":"a line in double quotes must be a JSON string: invalid character 'q' in string escape code"}}`},
		{`A-12 <b>`, `{"scan":"A-12 <b>","symbology":"","kind":"plain","valid":true,"elements":[]}`},
	}
	var in, want strings.Builder
	for _, c := range tests {
		in.WriteString(c.line + "\n")
		want.WriteString(c.answer + "\n")
	}
	var got strings.Builder
	if err := decodeLines(strings.NewReader(strings.TrimSuffix(in.String(), "\n")), &got, 2026); err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got.String(), "\n"), strings.Split(want.String(), "\n")
	if len(g) != len(w) {
		t.Fatalf("%d answers, want %d", len(g)-1, len(w)-1)
	}
	for i := range w {
		if g[i] != w[i] {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
}

func TestDecodeExits(t *testing.T) {
	s := newShell(t)
	if out, _ := s.do(0, "decode", s.file("scans", "]C101\n")); !strings.Contains(out, `"valid":false`) {
		t.Errorf("a bad scan is an answer, not a failure: %s", out)
	}
	if _, errs := s.do(1, "decode", s.dir+"/nothing"); !strings.Contains(errs, "nothing") {
		t.Errorf("a missing file is named: %s", errs)
	}
	s.do(2, "decode", "a", "b")
	out, errs := s.do(1, "decode", s.file("long", "A-1\n"+strings.Repeat("9", maxDecodeLine+1)))
	if !strings.Contains(errs, "line 2") || !strings.Contains(out, `"A-1"`) {
		t.Errorf("a line without end is named, and those before it are answered: %s %s", out, errs)
	}
}

// The page shows what decode really answers.
func TestDecodePage(t *testing.T) {
	page, err := os.ReadFile(sessionPage)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "$ bayledger decode <<'EOF'\n")
	in, rest, ok := strings.Cut(rest, "EOF\n")
	want, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed || in == "" {
		t.Fatal("the page shows no decode")
	}
	var out strings.Builder
	if err := decodeLines(strings.NewReader(in), &out, 2026); err != nil || out.String() != want {
		t.Errorf("decode answers\n%s\nthe page shows\n%s\n%v", out.String(), want, err)
	}
}
