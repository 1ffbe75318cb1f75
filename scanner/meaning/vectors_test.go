package meaning_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"bayledger/scanner/meaning"
)

var update = flag.Bool("update", false, "write what this package says into testdata/meanings.json")

// vector is one case of testdata/meanings.json: a scan, and what it is about. The catalogue is that
// of the tests here, as rows of the topic catalog; scan, site and expect are the input.
type vector struct {
	Scan     string         `json:"scan"`
	Site     string         `json:"site,omitempty"`
	Expect   meaning.Expect `json:"expect,omitempty"`
	Kind     meaning.Kind   `json:"kind"`
	Code     string         `json:"code,omitempty"`
	Product  string         `json:"product,omitempty"`
	Quantity string         `json:"quantity,omitempty"`
	Lot      string         `json:"lot,omitempty"`
	Serial   string         `json:"serial,omitempty"`
	Expiry   string         `json:"expiry,omitempty"`
	Package  string         `json:"package,omitempty"`
	Count    string         `json:"count,omitempty"`
	Fault    string         `json:"fault,omitempty"` // in words
}

type vectorRow struct {
	Entity string            `json:"entity"`
	Code   string            `json:"code"`
	Site   string            `json:"site,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}

// scansOf are the scans of the tests of this package.
func scansOf(t *testing.T) (all []string) {
	t.Helper()
	for _, c := range bookedScans {
		var in struct{ Scan string }
		if json.Unmarshal([]byte("{"+c.intent+"}"), &in) == nil && in.Scan != "" {
			all = append(all, in.Scan)
		}
	}
	all = append(all, "]E09521234543213", "]C0TEA", "A-01", "BLLOC-TEA", "]C0PLT-7", "]C100395212345000000019", "00395212345000000019", "]C1800309521234543213CRATE-9", "BLOP-bob", "ann", "bob",
		"]C18018952123400000000000", "BLDEV-H-07", "]C0BLCMD-X12", "BLCMD-UNDO", "12345670", "20260302", "]C110L-7", "]E496385074", "9521234543213", "SN 1", "]C102195212345432103712",
		"]E05901234123457", "]E09521234543214", "BLCMD-DANCE", "]E02112345012506", "]E02312345000125", "]E02012345678903", "2012345678903", "]C101095212345432133103001250", "]C11721022810L",
		"]C1010952123454321321SN-1", "]C101195212345432103712", "]C1019952123454321631030012501726123110LOT", "Zürich", "]A0ÄÖ", "", strings.Repeat("9", 201))
	slices.Sort(all)
	return slices.Compact(all)
}

func TestMeanings(t *testing.T) {
	const path = "testdata/meanings.json"
	var b bytes.Buffer
	line := func(v any) {
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("{\n\"places\": [\"stock\", \"A-01\"], \"packages\": [\"PLT-7\"], \"operators\": [\"ann\", \"952123400000000000\"], \"rules\": \"" + rules + "\", \"year\": 2026,\n\"catalogue\": [")
	for i, p := range master() {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n ")
		line(vectorRow{p.Entity, p.Code, p.Site, p.Fields})
	}
	b.WriteString("],\n\"meanings\": [")
	n := 0
	for _, site := range []string{"", "north"} {
		for _, expect := range []meaning.Expect{meaning.Goods, meaning.ExpectPlace, meaning.ExpectLot, meaning.ExpectSerial, meaning.ExpectOperator} {
			for _, scan := range scansOf(t) {
				if n++; n > 1 {
					b.WriteString(",")
				}
				b.WriteString("\n ")
				line(meant(vector{Scan: scan, Site: site, Expect: expect}))
			}
		}
	}
	b.WriteString("]\n}\n")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, b.Bytes()) {
		t.Errorf("%s is not what this package says (%v); run this test with -update and look at the change", path, err)
	}
	if n < 300 {
		t.Errorf("only %d cases", n)
	}
}

func meant(v vector) vector {
	c := meaning.Context{Catalogue: device(), Site: "main", Rules: rules, Year: 2026, Expect: v.Expect}
	if v.Site != "" {
		c.Site, c.Rules = v.Site, ""
	}
	m := meaning.Read(v.Scan, c)
	v.Kind, v.Code, v.Product, v.Quantity = m.Kind, m.Code, m.Item.Code, m.Quantity.String()
	v.Lot, v.Serial, v.Expiry, v.Package, v.Count = m.Says.Lot, m.Says.Serial, m.Says.Expiry, m.Says.Package, m.Says.Count.String()
	if m.Fault != nil {
		v.Fault = m.Fault.Error()
	}
	return v
}
