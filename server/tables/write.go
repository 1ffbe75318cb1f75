package tables

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// Formats that rows are written in.
const (
	Text = "table"
	JSON = "json"
	CSV  = "csv"
	XLSX = "xlsx"
)

// Formats are all of them.
func Formats() []string { return []string{Text, JSON, CSV, XLSX} }

// Types are the media types of the formats.
var types = map[string]string{Text: "text/plain; charset=utf-8", JSON: "application/json", CSV: "text/csv; charset=utf-8",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// Type is the media type of a format.
func Type(format string) string { return types[format] }

// Writer writes rows in one of the formats, as they come; XLSX goes out at the end.
type Writer struct {
	Row   func(map[string]any) error
	Close func() error
}

// New begins to write rows under columns.
func New(format string, out io.Writer, columns []string) (*Writer, error) {
	switch format {
	case JSON:
		return jsonTable(out), nil
	case CSV:
		return csvTable(out, columns)
	case XLSX:
		return xlsxTable(out, columns)
	}
	return textTable(out, columns)
}

// jsonTable writes one array with every field of every row.
func jsonTable(out io.Writer) *Writer {
	count := 0
	return &Writer{
		Row: func(r map[string]any) error {
			b, err := json.Marshal(r)
			if err != nil {
				return err
			}
			before := ",\n"
			if count == 0 {
				before = "[\n"
			}
			count++
			_, err = fmt.Fprintf(out, "%s%s", before, b)
			return err
		},
		Close: func() error {
			end := "\n]\n"
			if count == 0 {
				end = "[]\n"
			}
			_, err := io.WriteString(out, end)
			return err
		},
	}
}

// cellText is a value as people read it.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func csvTable(out io.Writer, columns []string) (*Writer, error) {
	w := csv.NewWriter(out)
	record := make([]string, len(columns))
	return &Writer{
		Row: func(r map[string]any) error {
			for i, c := range columns {
				record[i] = harmless(cellText(r[c]))
			}
			return w.Write(record)
		},
		Close: func() error { w.Flush(); return w.Error() },
	}, w.Write(columns)
}

// harmless puts an apostrophe before what a spreadsheet would take for a formula: codes
// and reasons are texts of strangers. Numbers below zero stay numbers. Programs that want
// the text itself ask for JSON.
func harmless(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil && text[0] == '-' {
		return text
	}
	return "'" + text
}

// textTable lines columns up in blocks, so that a long report appears at once.
func textTable(out io.Writer, columns []string) (*Writer, error) {
	const block = 200 // rows lined up together
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, err := fmt.Fprintln(w, strings.ToUpper(strings.Join(columns, "\t")))
	count := 0
	return &Writer{
		Row: func(r map[string]any) error {
			for i, c := range columns {
				if i > 0 {
					if _, err := io.WriteString(w, "\t"); err != nil {
						return err
					}
				}
				if _, err := io.WriteString(w, Printable(cellText(r[c]))); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
			if count++; count%block == 0 {
				return w.Flush()
			}
			return nil
		},
		Close: w.Flush,
	}, err
}

// Printable shows control characters as escapes: codes come from scanners, and a
// terminal must not obey them.
func Printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strings.Trim(strconv.Quote(s), `"`)
}

// ErrTooLong tells that a report has more rows than a sheet can have.
var ErrTooLong = errors.New("the report has more rows than a sheet of XLSX can have (1,048,576); ask for CSV, or for less")

func xlsxTable(out io.Writer, columns []string) (*Writer, error) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	line := 1
	put := func(cells []any) error {
		if line > excelize.TotalRows {
			return ErrTooLong
		}
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		line++
		return w.SetRow(at, cells)
	}
	header := make([]any, len(columns))
	for i, c := range columns {
		header[i] = c
	}
	cells := make([]any, len(columns))
	return &Writer{
		Row: func(r map[string]any) error {
			for i, c := range columns {
				cells[i] = sheetCell(c, r[c])
			}
			return put(cells)
		},
		Close: func() error {
			if err := w.Flush(); err != nil {
				return err
			}
			if err := f.Write(out); err != nil {
				return err
			}
			return f.Close()
		},
	}, put(header)
}

// numberColumns are shown as numbers in a sheet; codes stay text, or they would
// lose their leading zeros.
var numberColumns = map[string]bool{"n": true, "quantity": true, "value": true, "average_cost": true, "min": true, "max": true, "on_hand": true, "available": true, "limit": true}

func sheetCell(column string, v any) any {
	text := cellText(v)
	if numberColumns[column] {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return f
		}
	}
	return text
}
