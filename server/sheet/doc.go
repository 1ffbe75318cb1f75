// Package sheet reads and writes tables as people keep them: CSV and XLSX.
//
// # Use
//
// Read takes a whole file and tells by its content what it is; the first line names
// the columns. Write writes rows under columns.
//
// # Promised
//
// Values are texts, exactly: in XLSX every cell is written as text, so that codes keep
// their leading zeros and no number is rounded. What Write wrote Read reads again, but
// for line ends inside a value, which CSV has in one form. Any input gives rows or a
// fault with its line, never a panic. Memory is bounded by maxUnpacked, however well
// a file was packed.
//
// # Not promised
//
// Styles, formulas, further sheets: the first sheet is read, as its cells' stored
// values.
//
// # Owed by callers
//
// The bound on the file itself.
package sheet

// Row is one line of a table: the values that are not empty, by column.
type Row struct {
	Line   int // in the file, from 1
	Fields map[string]string
}

// Fault says what is wrong with a file.
type Fault struct {
	Line    int // 0: of the file as a whole
	Column  string
	Message string
}

func (f *Fault) Error() string { return f.Message }

// Formats of Write.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)
