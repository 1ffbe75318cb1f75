package oracle_test

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"bayledger/sync/simulation/oracle"
)

// TestOnlyTheStandardLibrary keeps the oracle independent: it may judge the
// engine only as long as it shares nothing with it.
func TestOnlyTheStandardLibrary(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(path, "/")
			if err != nil || strings.Contains(first, ".") || first == "bayledger" {
				t.Errorf("%s imports %s, which is not of the standard library", name, spec.Path.Value)
			}
		}
	}
}

func TestFactsThatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ name, intent, says string }{
		{"no JSON", `{"device":"ann","seq":1`, "(the 2. given)"},
		{"not an object", `[]`, "(the 2. given)"},
		{"something behind it", `{"device":"ann","seq":1} {}`, "something follows"},
		{"no identity", `{"action":"add"}`, "no device or no seq"},
		{"unknown field", `{"device":"ann","seq":1,"action":"add","product":"BOLT","colour":"red"}`, "colour"},
		{"unknown action", `{"device":"ann","install":"i","seq":1,"action":"lend","product":"BOLT"}`, `fact ann/i/1: "lend" is no action`},
		{"unknown product", `{"device":"ann","install":"i","seq":1,"action":"add","product":"GEAR"}`, `fact ann/i/1: product "GEAR" is unknown`},
		{"unknown barcode", `{"device":"ann","seq":1,"action":"add","scan":"123"}`, `barcode "123" is unknown`},
		{"unknown place", `{"device":"ann","seq":1,"action":"add","product":"BOLT","to":"Z"}`, `location "Z" is unknown at site "main"`},
		{"unknown unit", `{"device":"ann","seq":1,"action":"add","product":"BOLT","unit":"crate"}`, `no unit "crate"`},
		{"unknown status", `{"device":"ann","seq":1,"action":"add","product":"BOLT","status":"lost"}`, `"lost" is no status`},
		{"nothing named", `{"device":"ann","seq":1,"action":"add"}`, "names no product"},
		{"nothing held", `{"device":"ann","seq":1,"action":"isolate"}`, "names nothing to hold"},
		{"no number", `{"device":"ann","seq":1,"action":"add","product":"BOLT","quantity":"0x10"}`, "not a decimal number"},
		{"a monstrous number", `{"device":"ann","seq":1,"action":"add","product":"BOLT","quantity":1e999999999}`, "not a decimal number"},
		{"nothing added", `{"device":"ann","seq":1,"action":"add","product":"BOLT","quantity":0}`, "not above 0"},
		{"half a piece", `{"device":"ann","seq":1,"action":"add","product":"BOLT","quantity":0.5}`, "more than the 0 decimals"},
		{"a count of nothing said", `{"device":"ann","seq":1,"action":"count","product":"BOLT"}`, "says no quantity"},
		{"a move to nowhere", `{"device":"ann","seq":1,"action":"move","product":"BOLT","from":"A"}`, "does not say from where to where"},
		{"two costs", `{"device":"ann","seq":1,"action":"add","product":"BOLT","unit_cost":1,"total_cost":1}`, "both"},
		{"a cost below zero", `{"device":"ann","seq":1,"action":"add","product":"BOLT","unit_cost":"-1"}`, "below 0"},
		{"too many lines", `{"device":"ann","seq":1,"action":"add","product":"BOLT","lines":[{}` + strings.Repeat(`,{}`, 1000) + `]}`, "1000 are the most"},
		{"twice the same", `{"device":"zoe","seq":7,"action":"add","product":"NUT"}`, "given twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := oracle.Fact{Intent: json.RawMessage(`{"device":"zoe","seq":7,"action":"add","product":"BOLT"}`)}
			_, err := oracle.Fold(shop, []oracle.Fact{good, {Intent: json.RawMessage(c.intent)}})
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "fact ") {
				t.Fatalf("says %v, not %q", err, c.says)
			}
		})
	}
}

func TestMasterDataThatCannotBeRead(t *testing.T) {
	for _, s := range []oracle.Setup{
		{Locations: []oracle.Location{{Site: "main", Kind: "stock"}}},
		{Locations: []oracle.Location{{Site: "main", Code: "A", Kind: "shelf"}}},
		{Locations: []oracle.Location{{Code: "A", Kind: "stock"}}},
		{Products: []oracle.Product{{}}},
		{Products: []oracle.Product{{Code: "BOLT", Decimals: 99}}},
		{Products: []oracle.Product{{Code: "BOLT", Units: map[string]string{"box": "many"}}}},
		{Barcodes: []oracle.Barcode{{Code: "1", Product: "BOLT"}}},
	} {
		if _, err := oracle.Fold(s, nil); err == nil {
			t.Errorf("%+v was read", s)
		}
	}
}

func TestSpellings(t *testing.T) {
	for _, intent := range []string{
		`{"device":"ann","install":"i","seq":1,"action":"add","product":"BOLT","quantity":"2","lot":"","lines":[]}`,
		`{"device":"ann","install":"i","seq":1,"action":"add","product":"BOLT","quantity":2.0,"lot":null,"lines":null,"holds":null,"unit_cost":""}`,
		`{"device":"ann","install":"i","seq":1,"action":"add","product":"BOLT","quantity":"0.2E1","complete":null,"seen":null}`,
	} {
		b := folded(t, shop, []oracle.Fact{{Intent: json.RawMessage(intent)}})
		equal(t, intent, shown(b), listed("supplier BOLT -2, stock BOLT 2"))
	}
}

// FuzzFold gives the oracle intents of any bytes, between facts that it can
// read: an error names a fact, and books balance.
func FuzzFold(f *testing.F) {
	for _, seed := range []string{
		`{"device":"eve","install":"i","seq":1,"action":"remove","product":"BOLT","quantity":"3","from":"A"}`,
		`{"device":"eve","install":"i","seq":1,"action":"move","package":"P1","to":"north/N"}`,
		`{"device":"eve","install":"i","seq":1,"action":"count","from":"A","session":"s","lines":[{"product":"BOLT","quantity":1},{"serial":"S1"}]}`,
		`{"device":"eve","install":"i","seq":1,"action":"isolate","package":"P1","to":"cage"}`,
		`{"device":"eve","install":"i","seq":1,"action":"pack","package":"P1","to":"P2"}`,
		`{"device":"eve","install":"i","seq":1,"action":"undo","reference":"ann/i/1"}`,
		`{"device":"eve","install":"i","seq":1,"action":"add","lines":[{"product":"BOLT","quantity":"1"},{"product":"NUT","quantity":"2","unit_cost":"0.333333"}],"total_cost":"1.01"}`,
		`{"device":"eve","install":"i","seq":1,"action":"session-close","session":"s","complete":true}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		facts := tell(t, fuzzed)
		facts = append(facts, oracle.Fact{TEff: moment(t, "09:30"), Intent: raw})
		b, err := oracle.Fold(shop, facts)
		if err == nil {
			conserved(t, b)
		} else if !strings.HasPrefix(err.Error(), "fact ") {
			t.Errorf("the error names no fact: %v", err)
		}
	})
}

// fuzzed is the day into which a fuzzed fact falls.
const fuzzed = `
	09:00 ann add BOLT 10 to=A unit_cost=1.25
	09:01 ann add BOLT 5 to=A lot=L1
	09:02 ann isolate BOLT - lot=L1
	10:00 ann move BOLT 7 from=A to=cage
	10:01 ann remove BOLT 2 from=A lot=L1
	10:02 ann count BOLT 3 from=A
	10:03 ann undo reference=4`
