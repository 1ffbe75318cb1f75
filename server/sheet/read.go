package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Bounds of reading.
const (
	// maxUnpacked bounds what an XLSX file unpacks to: 100,000 lines of 30 columns take
	// some 100 MB as its XML.
	maxUnpacked = 256 << 20
	maxColumns  = 500 // more than all fields that an item can have, its attributes among them
)

// Read reads a table of CSV or XLSX.
func Read(body []byte) ([]Row, *Fault) {
	if bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return readXLSX(body)
	}
	return readCSV(body)
}

// table collects rows under the columns that the first line names.
type table struct {
	header []string
	rows   []Row
}

func (t *table) line(number int, cells []string) *Fault {
	if t.header == nil {
		return t.name(number, cells)
	}
	for len(cells) > len(t.header) && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > len(t.header) {
		return &Fault{Line: number, Message: fmt.Sprintf("It has %d values, the header names %d.", len(cells), len(t.header))}
	}
	row := Row{Line: number, Fields: make(map[string]string, len(cells))}
	for i, value := range cells {
		if value != "" {
			row.Fields[t.header[i]] = value
		}
	}
	if len(row.Fields) > 0 {
		t.rows = append(t.rows, row)
	}
	return nil
}

func (t *table) name(number int, cells []string) *Fault {
	if len(cells) > maxColumns {
		return &Fault{Line: number, Message: fmt.Sprintf("The header names %d columns, at most %d can be read.", len(cells), maxColumns)}
	}
	seen := map[string]bool{}
	t.header = []string{}
	for _, name := range cells {
		name = strings.TrimSpace(name)
		if name == "" || seen[name] {
			return &Fault{Line: number, Column: name, Message: fmt.Sprintf("The header names %q twice, or has an empty name.", name)}
		}
		seen[name] = true
		t.header = append(t.header, name)
	}
	return nil
}

func readCSV(body []byte) ([]Row, *Fault) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(body, []byte{'\n'})
	if bytes.IndexByte(first, ',') < 0 && bytes.IndexByte(first, ';') >= 0 {
		r.Comma = ';' // as spreadsheets write it where the comma is in numbers
	}
	var t table
	for {
		record, err := r.Read()
		var at *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return t.rows, nil
		case errors.As(err, &at):
			return nil, &Fault{Line: at.Line, Message: "It is no CSV: " + at.Err.Error() + "."}
		case err != nil:
			return nil, &Fault{Message: "It is no CSV."}
		}
		line, _ := r.FieldPos(0)
		if f := t.line(line, record); f != nil {
			return nil, f
		}
	}
}

// readXLSX reads the first sheet. The library is given bounds, and its panics on files
// that are no XLSX inside become faults: what people upload must not stop a server.
func readXLSX(body []byte) (rows []Row, f *Fault) {
	defer func() {
		if p := recover(); p != nil {
			rows, f = nil, &Fault{Message: "The file looks like XLSX and cannot be read."}
		}
	}()
	bad := func(err error) *Fault {
		return &Fault{Message: "The file looks like XLSX and cannot be read: " + strings.TrimSuffix(err.Error(), ".") + "."}
	}
	book, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true})
	if err != nil {
		return nil, bad(err)
	}
	defer book.Close()
	lines, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return nil, bad(err)
	}
	defer lines.Close()
	var t table
	for number := 1; lines.Next(); number++ {
		cells, err := lines.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, bad(err)
		}
		if len(cells) == 0 {
			continue
		}
		if f := t.line(number, cells); f != nil {
			return nil, f
		}
	}
	if err := lines.Error(); err != nil {
		return nil, bad(err)
	}
	return t.rows, nil
}
