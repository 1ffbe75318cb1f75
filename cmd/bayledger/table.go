package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/xuri/excelize/v2"
)

var formats = []string{"table", "json", "csv", "xlsx"}

// table writes rows in one of the formats, as they come.
type table struct {
	row   func(map[string]any) error
	close func() error
}

// create opens what a report is written to.
func (a *app) create(path string) (io.Writer, func() error, error) {
	if path == "" {
		b := bufio.NewWriterSize(a.out, 1<<16)
		return b, b.Flush, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}

func newTable(format string, out io.Writer, columns []string) (*table, error) {
	switch format {
	case "json":
		return jsonTable(out), nil
	case "csv":
		return csvTable(out, columns)
	case "xlsx":
		return xlsxTable(out, columns)
	}
	return textTable(out, columns)
}

// jsonTable writes one array with every field of every row.
func jsonTable(out io.Writer) *table {
	count := 0
	return &table{
		row: func(r map[string]any) error {
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
		close: func() error {
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

func csvTable(out io.Writer, columns []string) (*table, error) {
	w := csv.NewWriter(out)
	record := make([]string, len(columns))
	return &table{
		row: func(r map[string]any) error {
			for i, c := range columns {
				record[i] = cellText(r[c])
			}
			return w.Write(record)
		},
		close: func() error { w.Flush(); return w.Error() },
	}, w.Write(columns)
}

// textTable lines columns up in blocks, so that a long report appears at once.
func textTable(out io.Writer, columns []string) (*table, error) {
	const block = 200 // rows lined up together
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, err := fmt.Fprintln(w, strings.ToUpper(strings.Join(columns, "\t")))
	count := 0
	return &table{
		row: func(r map[string]any) error {
			for i, c := range columns {
				if i > 0 {
					if _, err := io.WriteString(w, "\t"); err != nil {
						return err
					}
				}
				if _, err := io.WriteString(w, printable(cellText(r[c]))); err != nil {
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
		close: w.Flush,
	}, err
}

// printable shows control characters as escapes: codes come from scanners, and a
// terminal must not obey them.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strings.Trim(strconv.Quote(s), `"`)
}

func xlsxTable(out io.Writer, columns []string) (*table, error) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	line := 1
	put := func(cells []any) error {
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
	return &table{
		row: func(r map[string]any) error {
			for i, c := range columns {
				cells[i] = sheetCell(c, r[c])
			}
			return put(cells)
		},
		close: func() error {
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
