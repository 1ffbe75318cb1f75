package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// shell runs command lines against one data folder.
type shell struct {
	*testing.T
	dir  string
	data string
}

// TestMain keeps what the person who runs the tests has set for servers of their own out of them.
func TestMain(m *testing.M) {
	for _, name := range []string{"BAYLEDGER_SERVER", "BAYLEDGER_KEY"} {
		if err := os.Unsetenv(name); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func newShell(t *testing.T) *shell {
	dir := t.TempDir()
	return &shell{t, dir, filepath.Join(dir, "data")}
}

// file writes a file and returns its path.
func (s *shell) file(name, text string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// do runs one command line and wants its exit code.
func (s *shell) do(code int, args ...string) (out, errs string) {
	s.Helper()
	var o, e bytes.Buffer
	if got := run(context.Background(), append(args, "--data", s.data), strings.NewReader(""), &o, &e); got != code {
		s.Fatalf("bayledger %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got, code, o.String(), e.String())
	}
	return o.String(), e.String()
}

// balances returns the balance report as "location product quantity" lines.
func (s *shell) balances(args ...string) string {
	s.Helper()
	out, _ := s.do(0, append([]string{"report", "balance", "--format", "json"}, args...)...)
	var rows []map[string]any
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		s.Fatalf("%v: %s", err, out)
	}
	var lines []string
	for _, r := range rows {
		for _, name := range []string{"site", "location", "product", "lot", "serial", "package", "status", "quantity", "value", "average_cost", "changed_at"} {
			if _, there := r[name]; !there {
				s.Errorf("a row has no %s: %v", name, r)
			}
		}
		lines = append(lines, strings.TrimPrefix(r["site"].(string)+"/", "/")+r["location"].(string)+" "+r["product"].(string)+" "+r["quantity"].(string))
	}
	return strings.Join(lines, "; ")
}

func TestReplayAndReports(t *testing.T) {
	s := newShell(t)
	lines := s.file("day.jsonl", `{"action":"add","product":"NUT","quantity":"2.5","to":"Z-1","at":"2026-03-02T09:00:00Z"}
{"action":"remove","product":"NUT","quantity":1,"from":"Z-1","at":"2026-03-02T10:00:00Z","reference":"SO-1"}
{"action":"add","product":"NUT","quantity":"-1"}

this is no JSON
{"action":"add","product":"NUT","wave":7}
{"action":"move","product":"NUT","quantity":"0.25","from":"Z-1","to":"main/Z-2","at":"2026-03-02T11:00:00Z"}
`)
	out, errs := s.do(1, "replay", "--create", lines)
	if !strings.Contains(out, "6 intents: 3 applied") || !strings.Contains(out, "3 refused") || !strings.Contains(errs, "line 3") || !strings.Contains(errs, "line 6") {
		t.Errorf("%s%s", out, errs)
	}
	const want = "main/Z-1 NUT 1.25; main/Z-2 NUT 0.25"
	if got := s.balances(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if out, _ := s.do(1, "replay", "--create", lines); !strings.Contains(out, "(3 were booked before)") {
		t.Errorf("again: %s", out)
	}
	if got := s.balances("--all"); got != "customer NUT 1; supplier NUT -2.5; "+want {
		t.Errorf("with virtual places: %q", got)
	}
	if got := s.balances("--at", "2026-03-02T09:30:00Z"); got != "main/Z-1 NUT 2.5" {
		t.Errorf("as it was at 09:30: %q", got)
	}
	if out, _ := s.do(0, "report", "transactions", "--reference", "SO-1", "--format", "csv"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "SO-1") {
		t.Errorf("%s", out)
	}
	if out, _ := s.do(0, "report", "activity"); !strings.Contains(out, "OUTCOME") || !strings.Contains(out, "NUT") {
		t.Errorf("%s", out)
	}
	if out, _ := s.do(0, "verify"); !strings.Contains(out, "every balance are right") {
		t.Errorf("%s", out)
	}
	if out, _ := s.do(0, "rebuild"); !strings.Contains(out, "made anew") {
		t.Errorf("%s", out)
	}
	if got := s.balances(); got != want {
		t.Errorf("rebuilt: %q, want %q", got, want)
	}
	if out, _ := s.do(0, "verify"); !strings.Contains(out, "every balance are right") {
		t.Errorf("rebuilt: %s", out)
	}
	if out, _ := s.do(0, "migrate", "--status"); !strings.Contains(out, "the newest") {
		t.Errorf("%s", out)
	}
}

// A line that has only a scan is understood: product by its 14 digits, lot, count, and the package.
func TestReplayReadsScans(t *testing.T) {
	s := newShell(t)
	s.do(0, "import", "products", s.file("p.csv", "code,name,barcode\nTEA,Green tea,9521234543213\n"))
	s.do(0, "import", "barcodes", s.file("b.csv", "barcode,product,quantity\n19521234543210,TEA,24\n"))
	lines := s.file("day.jsonl", `{"action":"add","scan":"]C1010952123454321317270131\u001d10LOT-7\u001d3012"}
{"action":"add","scan":"]C10039521234500000001902195212345432103712","to":"incoming"}
{"action":"move","scan":"]C100395212345000000019","to":"stock"}
{"action":"remove","scan":"(01)09521234543213(10)LOT-7","quantity":"2"}
`)
	if out, errs := s.do(0, "replay", lines); !strings.Contains(out, "4 intents: 4 applied") {
		t.Errorf("%s%s", out, errs)
	}
	if got := s.balances(); got != "main/stock TEA 288; main/stock TEA 10" && got != "main/stock TEA 10; main/stock TEA 288" {
		t.Errorf("%q", got)
	}
	s.do(0, "verify")
}

// The file of a handheld's scans, as its page gives it: what is booked there is booked, and what waits there behind a
// PIN or a stop is named, and books nothing, makes no product, and takes no number of what comes.
func TestReplayOfAHandheldsFile(t *testing.T) {
	s := newShell(t)
	file := s.file("bayledger-scans.jsonl", strings.Join([]string{
		`{"device":"H-07","install":"i","seq":1,"at":"2026-03-02T09:00:00Z","clock":"a","action":"add","product":"TEA","quantity":"10","to":"A-01"}`,
		`{"not_booked":{"why":"It is asked how many there are.","at":"2026-03-02T09:00:01Z","clock":"a","scan":"]E09521234543213","product":"BOLT","quantity":"1000","doing":"add","place":"A-01","device":"H-07"}}`,
		`{"not_booked":{"why":"It waits behind a PIN.","at":"2026-03-02T09:00:02Z","clock":"a","scan":"BLOP-ann","device":"H-07"}}`}, "\n"))
	for range 2 {
		_, errs := s.do(1, "replay", "--create", file)
		for _, want := range []string{"line 2: refused unknown_field: This was scanned on a handheld and not booked there", "line 3: refused unknown_field"} {
			if !strings.Contains(errs, want) {
				t.Errorf("nobody is told %q: %s", want, errs)
			}
		}
	}
	if got := s.balances(); got != "main/A-01 TEA 10" {
		t.Errorf("%q", got)
	}
	if out, _ := s.do(0, "report", "activity", "--format", "csv"); strings.Contains(out, "BOLT") {
		t.Errorf("something was made of what was not booked: %s", out)
	}
}

func TestReplayCSV(t *testing.T) {
	s := newShell(t)
	table := s.file("scans.csv", "seq,action,product,quantity,from,note\n1,remove,85123A,6,,\n2,remove,85123a,2,,\n3,count,71053,10,stock,\n4,add,71053,1,,unexpected\n")
	_, errs := s.do(1, "replay", "--create", table)
	if !strings.Contains(errs, "line 5: refused unknown_field") {
		t.Errorf("%s", errs)
	}
	if got := s.balances(); got != "main/stock 71053 10; main/stock 85123A -6; main/stock 85123a -2" {
		t.Errorf("%q", got)
	}
	out, _ := s.do(0, "report", "negative", "--format", "json")
	var below []struct{ Product string }
	if err := json.Unmarshal([]byte(out), &below); err != nil || len(below) != 2 {
		t.Errorf("%v: %s", err, out)
	}
}

// Late and unreadable scans: what is below zero says why, what nobody could read
// is listed until a supervisor names it.
func TestReportsOfLateScans(t *testing.T) {
	s := newShell(t)
	scans := s.file("late.jsonl", strings.Join([]string{
		`{"device":"H-1","seq":1,"at":"2026-03-02T09:00:00Z","action":"add","product":"BOLT","quantity":2,"to":"A-01"}`,
		`{"device":"H-2","seq":1,"at":"2026-03-02T10:14:00Z","action":"remove","product":"BOLT","quantity":5,"from":"A-01"}`,
		`{"device":"H-2","seq":2,"at":"2026-03-02T12:00:00Z","action":"count","product":"NUT","quantity":3,"from":"A-01"}`,
		`{"device":"H-1","seq":2,"at":"2026-03-02T11:00:00Z","action":"remove","product":"NUT","quantity":2,"from":"A-01"}`}, "\n"))
	s.do(0, "replay", "--create", scans)
	s.do(0, "replay", s.file("strange.jsonl", `{"device":"H-3","seq":1,"at":"2026-03-02T11:30:00Z","action":"remove","scan":"12345670","quantity":1,"from":"A-01"}`))
	if out, _ := s.do(0, "report", "negative"); !strings.Contains(out, "went below zero at 2026-03-02T10:14:00Z because H-2 took 5 where 2 were on the books") {
		t.Errorf("%s", out)
	}
	if out, _ := s.do(0, "report", "unknown", "--format", "csv"); !strings.Contains(out, "product,12345670,,1,") {
		t.Errorf("%s", out)
	}
	s.do(0, "replay", s.file("map.jsonl", `{"device":"S-1","seq":1,"action":"map","raw":"12345670","product":"NUT"}`))
	if got := s.balances(); got != "main/A-01 BOLT -3; main/A-01 NUT 3" {
		t.Errorf("%q", got)
	}
	if out, _ := s.do(0, "report", "unknown", "--format", "json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("%s", out)
	}
}

// One bad row, and one missing file, stop nothing else.
func TestReplayGoesOn(t *testing.T) {
	s := newShell(t)
	table := s.file("rows.csv", "action,product,quantity\nadd,A\nadd,A,1,too many\nadd,\"A,1\nadd,A,1\n")
	rest := s.file("rest.jsonl", `{"action":"add","product":"A"}`+"\n"+`{"broken`+"\n")
	out, errs := s.do(1, "replay", "--create", filepath.Join(s.dir, "missing.jsonl"), table, rest)
	if !strings.Contains(out, "applied") || !strings.Contains(errs, "missing.jsonl") || !strings.Contains(errs, "rows.csv line 3") || !strings.Contains(errs, "rest.jsonl line 2") {
		t.Errorf("%s%s", out, errs)
	}
	if got := s.balances(); !strings.HasPrefix(got, "main/stock A ") {
		t.Errorf("%q", got)
	}
}

func TestImport(t *testing.T) {
	s := newShell(t)
	products := s.file("products.csv", "code,name,unit,decimals,barcode\nBOLT,Hex bolt,piece,0,4006381333931\nOIL,\"Oil, 5W30\",litre,3,\n")
	s.do(0, "import", "products", products)
	s.do(0, "import", "locations", s.file("places.csv", "code,kind,parent,site,name\nA-01,stock,A,main,\nA,stock,,main,Aisle A\n"))
	s.do(0, "import", "constraints", s.file("limits.csv", "product,site,location,min,max\nBOLT,main,A,5,20\n"))
	s.do(0, "import", "partners", s.file("partners.csv", "code,name,kind\nACME,Acme,supplier\n"))
	s.do(0, "import", "barcodes", s.file("barcodes.csv", "barcode,product,quantity\n2000000000015,BOLT,12\n"))
	if out, _ := s.do(0, "import", "products", products); !strings.Contains(out, "0 changes") {
		t.Errorf("again: %s", out)
	}
	_, errs := s.do(1, "import", "products", s.file("bad.csv", "code,decimals\nGOOD,1\nWORSE,99\n"))
	if !strings.Contains(errs, "ine 3") {
		t.Errorf("%s", errs)
	}
	if out, _ := s.do(0, "import", "products", "--dry-run", s.file("more.csv", "code\nNEW-1\n")); !strings.Contains(out, "Nothing was changed") {
		t.Errorf("%s", out)
	}
	s.do(0, "replay", s.file("in.jsonl", `{"action":"add","scan":"2000000000015","to":"A-01"}`))
	if got := s.balances("--location", "A"); got != "main/A-01 BOLT 12" {
		t.Errorf("%q", got)
	}
	if out, _ := s.do(0, "report", "constraints", "--format", "json"); !strings.Contains(out, `"available":"12"`) {
		t.Errorf("%s", out)
	}
}

func TestImportSheet(t *testing.T) {
	s := newShell(t)
	f := excelize.NewFile()
	for cell, value := range map[string]string{"A1": "code", "B1": "name", "A2": "BOLT", "B2": "Hex bolt", "A3": "007"} {
		if err := f.SetCellStr("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(s.dir, "products.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	s.do(0, "import", "products", path)
	s.do(0, "replay", s.file("in.jsonl", `{"action":"add","product":"007"}`))
	sheet := filepath.Join(s.dir, "balance.xlsx")
	s.do(0, "report", "balance", "--format", "xlsx", "-o", sheet)
	g, err := excelize.OpenFile(sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	rows, err := g.GetRows("Sheet1")
	if err != nil || len(rows) != 2 || rows[1][2] != "007" || rows[1][7] != "1" {
		t.Errorf("%v, %v", rows, err)
	}
}

// sheet makes an XLSX file of rows, numbers as numbers.
func (s *shell) sheet(name string, rows ...[]any) string {
	s.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &rows[i]); err != nil {
			s.Fatal(err)
		}
	}
	path := filepath.Join(s.dir, name)
	if err := f.SaveAs(path); err != nil {
		s.Fatal(err)
	}
	return path
}

// Adjustments and deliveries from sheets: what a sheet keeps as a number is read digit by
// digit, lines are those of the sheet, and codes that it cut are refused.
func TestDocumentsFromSheets(t *testing.T) {
	s := newShell(t)
	s.do(0, "import", "products", s.file("products.csv", "code,decimals,barcode\nBOLT,3,4006381333931\nNUT,0,36000291452\n"))
	id, _ := s.do(0, "adjust", "new", "opening", s.sheet("opening.xlsx", []any{"barcode", "kind", "change"}, []any{4006381333931, "opening", 1234.125}, []any{}, []any{"036000291452", "opening", 3}))
	s.do(0, "adjust", "book", strings.TrimSpace(id))
	if out, _ := s.do(0, "report", "balance", "--format", "csv"); !strings.Contains(out, "1234.125") {
		t.Errorf("%s", out)
	}
	if _, errs := s.do(1, "adjust", "import", strings.TrimSpace(id), s.sheet("bad.xlsx", []any{"barcode", "kind", "change"}, []any{}, []any{"4.00638E+12", "found", 1})); !strings.Contains(errs, "Line 3") || !strings.Contains(errs, "cut its digits") {
		t.Errorf("%s", errs)
	}
	out, errs := s.do(0, "receive", "import", s.sheet("deliveries.xlsx", []any{"number", "barcode", "quantity"}, []any{"D-1", 4006381333931, 2.5}, []any{"D-1", 36000291452, 7}))
	if !strings.Contains(out, "1 deliveries with 2 lines") || !strings.Contains(errs, "lost its leading zero") {
		t.Errorf("%s%s", out, errs)
	}
	if out, _ := s.do(0, "receive", "show", "D-1"); !strings.Contains(out, "2.5") || !strings.Contains(out, "NUT") {
		t.Errorf("%s", out)
	}
	if _, errs := s.do(1, "receive", "import", s.file("d.csv", "number,barcode,quantity\nD-2,4.00638E+12,1\n")); !strings.Contains(errs, "Line 2") || !strings.Contains(errs, "cut its digits") {
		t.Errorf("%s", errs)
	}
}

func TestPair(t *testing.T) {
	s := newShell(t)
	out, _ := s.do(0, "pair", "--device", "H-1", "--print-key")
	if key := strings.TrimSpace(out); !strings.HasPrefix(key, "bl_") || strings.Contains(key, "\n") {
		t.Errorf("%q", out)
	}
	if out, _ := s.do(0, "pair", "--device", "H-1", "--role", "dock"); !strings.Contains(out, "shown once") {
		t.Errorf("%q", out)
	}
	s.do(1, "pair", "--device", "H/1", "--print-key")
}

// What a person gets wrong: one sentence, and the exit code that says whose
// fault it is.
func TestMisuse(t *testing.T) {
	s := newShell(t)
	for _, row := range []struct {
		code int
		args string
		says string
	}{
		{2, "dance", "no command"},
		{2, "report", "report takes"},
		{2, "report balance --format pdf", "--format"},
		{2, "report balance extra", "no words"},
		{2, "report fifo --by site", "unknown flag"},
		{2, "import animals x.csv", "import takes"},
		{1, "import products missing.csv", "missing.csv"},
		{2, "report balance --at nonsense", "--at is a moment"},
		{2, "report activity --since yesterday", "--since is a whole number"},
		{2, "pair", "--device"},
		{2, "pair --device H-1 --role king", "--role"},
		{2, "serve --listen 0.0.0.0:0", "--plain-network"},
		{2, "serve --listen nonsense", "host:port"},
		{2, "serve --tls-cert c.pem", "belong together"},
		{2, "serve --tls --tls-cert c.pem --tls-key k.pem", "one of the two"},
		{1, "serve --tls-cert c.pem --tls-key k.pem --listen 127.0.0.1:0", "cannot be used"},
		{2, "serve --log loud", "--log"},
		{2, "--frobnicate", "unknown flag"},
		{1, "verify", "no data folder"},
		{1, "rebuild", "no data folder"},
		{2, "rebuild --server http://127.0.0.1:1", "where it lies"},
		{1, "migrate", "no data folder"},
		{1, "replay missing.jsonl", "missing.jsonl"},
		{2, "report balance --server http://127.0.0.1:1", "BAYLEDGER_KEY"},
		{2, "scan", "scan needs --server"},
		{2, "scan extra", "no words"},
		{2, "scan --device a/b", "--device"},
		{2, "scan --layout dvorak", "--layout"},
		{2, "scan --place dance=A-01", "no mode"},
		{2, "scan --place incoming", "MODE=PLACE"},
		{2, "scan --server http://127.0.0.1:1", "BAYLEDGER_KEY"},
	} {
		_, errs := s.do(row.code, strings.Fields(row.args)...)
		if !strings.Contains(errs, row.says) || strings.Count(strings.TrimSpace(errs), "\n") != 0 {
			t.Errorf("%s: %q", row.args, errs)
		}
	}
	if out, _ := s.do(0, "version"); !strings.HasPrefix(out, "bayledger ") {
		t.Errorf("%q", out)
	}
}

// What the books find is listed in sentences, the worst first, until a supervisor
// decides it; the rest has every field of a row.
func TestReportOfExceptions(t *testing.T) {
	s := newShell(t)
	s.do(0, "replay", "--create", s.file("held.jsonl", strings.Join([]string{
		`{"device":"H-1","seq":1,"at":"2026-03-02T09:00:00Z","action":"add","product":"BOLT","quantity":5,"lot":"L","to":"A-01"}`,
		`{"device":"H-3","seq":1,"at":"2026-03-02T10:00:00Z","action":"isolate","product":"BOLT","lot":"L"}`,
		`{"device":"H-7","seq":1,"at":"2026-03-02T10:14:00Z","action":"remove","product":"BOLT","quantity":3,"lot":"L","from":"A-01"}`}, "\n")))
	out, _ := s.do(0, "report", "exceptions")
	held, reason := strings.Index(out, "3 of BOLT at main/A-01 were held and taken by H-7 at 10:14"), strings.Index(out, "without a reason; ask H-3")
	if held < 0 || reason < held {
		t.Errorf("%s", out)
	}
	var rows []map[string]any
	out, _ = s.do(0, "report", "exceptions", "--format", "json", "--kind", "held_taken")
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 || rows[0]["device"] != "H-7" || rows[0]["state"] != "open" {
		t.Fatalf("%v: %s", err, out)
	}
	s.do(0, "replay", s.file("decide.jsonl", `{"device":"S-1","seq":1,"operator":"eva","action":"decide","choice":"returned","exception":"`+rows[0]["id"].(string)+`","evidence":"`+rows[0]["evidence"].(string)+`"}`))
	if out, _ = s.do(0, "report", "exceptions"); strings.Contains(out, "H-7") || !strings.Contains(out, "ask H-3") {
		t.Errorf("%s", out)
	}
	if out, _ = s.do(0, "report", "exceptions", "--state", "all", "--format", "csv"); !strings.Contains(out, "decided") || !strings.Contains(out, "returned,eva") || !strings.Contains(out, "raised_at") {
		t.Errorf("%s", out)
	}
}
