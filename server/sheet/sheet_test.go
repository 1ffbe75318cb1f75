package sheet

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var columns = []string{"code", "name", "barcode"}

// What was written is read again as it was, zeros and all.
func TestRoundTrip(t *testing.T) {
	rows := []map[string]string{
		{"code": "007", "name": "Bolt, \"long\"", "barcode": "012345678905"},
		{"code": "=1+1", "name": "two\nlines"},
		{"code": "1e5", "name": " spaces ", "barcode": "4006381333931"},
		{"code": "TRUE", "name": "1.50"},
		{"code": "ü✓", "barcode": "00000000000017"},
	}
	for _, format := range []string{CSV, XLSX} {
		var b bytes.Buffer
		if err := Write(&b, format, columns, rows); err != nil {
			t.Fatal(err)
		}
		got, f := Read(b.Bytes())
		if f != nil || len(got) != len(rows) {
			t.Fatalf("%s: %d rows, %v", format, len(got), f)
		}
		for i := range rows {
			if !maps.Equal(got[i].Fields, rows[i]) {
				t.Errorf("%s: %v was read as %v", format, rows[i], got[i].Fields)
			}
		}
	}
	if Write(&bytes.Buffer{}, "ods", columns, nil) == nil {
		t.Error("an unknown format was written")
	}
}

// Numbers that somebody typed into a sheet are read digit by digit, and lines are those
// of the sheet.
func TestSheetsOfPeople(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for at, v := range map[string]any{"A1": "code", "B1": "quantity", "C1": "stocked", "A2": 4006381333931, "B2": 1.25, "C2": true, "A5": "X"} {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows, fault := Read(b.Bytes())
	if fault != nil || len(rows) != 2 || rows[1].Line != 5 || rows[0].Fields["code"] != "4006381333931" || rows[0].Fields["quantity"] != "1.25" || !slices.Contains([]string{"1", "TRUE"}, rows[0].Fields["stocked"]) {
		t.Errorf("%+v %v", rows, fault)
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	for _, row := range []struct {
		name, body, want string
		line             int
	}{
		{"a column twice", "code,code\nA,A\n", "twice", 1},
		{"a nameless column", "code,\nA,A\n", "empty name", 1},
		{"too many values", "code,name\nA,x,y\n", "3 values", 2},
		{"a broken quote", "code,name\nA,\"x\nB,y\n", "no CSV", 3},
		{"no sheet inside", "PK\x03\x04 and then nothing", "looks like XLSX", 0},
		{"columns without end", strings.Repeat("a,", 600) + "a\n", "at most 500", 1},
	} {
		_, f := Read([]byte(row.body))
		if f == nil || f.Line != row.line || !strings.Contains(f.Message, row.want) {
			t.Errorf("%s: %+v", row.name, f)
		}
	}
}

// Codes as spreadsheets leave them: what lost its zero gets it back, and that is said.
func TestComplaint17SpreadsheetsEatLeadingZeros(t *testing.T) {
	for _, row := range []struct {
		value, want, said string
		broken            bool
	}{
		{"36000291452", "036000291452", "lost its leading zero", false},
		{"12345678905", "012345678905", "lost its leading zero", false},
		{"36000291453", "36000291453", "does not fit", false},
		{"036000291452", "036000291452", "", false},
		{"400638133393", "400638133393", "not their check digit", false},
		{"4006381333931", "4006381333931", "", false},
		{"4.00638E+12", "4.00638E+12", "cut its digits", true},
		{"4E+12", "4E+12", "cut its digits", true},
		{"BOLT-E+1", "BOLT-E+1", "", false},
		{"", "", "", false},
		{"123", "123", "", false},
	} {
		code, said, broken := Repair(row.value)
		if code != row.want || broken != row.broken || !strings.Contains(said, row.said) || (row.said == "") != (said == "") {
			t.Errorf("%q: %q, %q, %t", row.value, code, said, broken)
		}
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := Write(&b, XLSX, columns, []map[string]string{{"code": "1"}}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("code;name\r\n1;\"a;b\"\r\n"))
	f.Add([]byte("code\n\"\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, fault := Read(body)
		if fault != nil && (len(rows) > 0 || fault.Message == "") {
			t.Fatalf("%d rows and %+v", len(rows), fault)
		}
		last := 0
		for _, r := range rows {
			if r.Line <= last || len(r.Fields) == 0 {
				t.Fatalf("line %d after %d: %v", r.Line, last, r.Fields)
			}
			last = r.Line
			for column, value := range r.Fields {
				if code, _, broken := Repair(value); column == "" || code == "" || broken && code != value {
					t.Fatalf("%q in %q became %q", value, column, code)
				}
			}
		}
	})
}
