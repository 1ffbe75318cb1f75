package sheet

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Write writes rows under columns as CSV or XLSX; what a row has not stays empty.
func Write(out io.Writer, format string, columns []string, rows []map[string]string) error {
	switch format {
	case CSV:
		return writeCSV(out, columns, rows)
	case XLSX:
		return writeXLSX(out, columns, rows)
	}
	return fmt.Errorf("the format %q is neither csv nor xlsx", format)
}

func writeCSV(out io.Writer, columns []string, rows []map[string]string) error {
	w := csv.NewWriter(out)
	if err := w.Write(columns); err != nil {
		return err
	}
	record := make([]string, len(columns))
	for _, row := range rows {
		for i, c := range columns {
			record[i] = row[c]
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// writeXLSX writes every cell as text: a spreadsheet would take codes for numbers.
func writeXLSX(out io.Writer, columns []string, rows []map[string]string) error {
	f := excelize.NewFile()
	defer f.Close()
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // "@": what is typed over stays text too
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	line := 1
	put := func(value func(column string) string) error {
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		line++
		cells := make([]any, len(columns))
		for i, c := range columns {
			cells[i] = excelize.Cell{StyleID: text, Value: value(c)}
		}
		return w.SetRow(at, cells)
	}
	if err := put(func(c string) string { return c }); err != nil {
		return err
	}
	for _, row := range rows {
		if err := put(func(c string) string { return row[c] }); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Write(out)
}
