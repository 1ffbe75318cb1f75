// Package tables is the reports as tables: which there are, their columns and filters,
// and the rows of any of them as a table, JSON, CSV or XLSX. The command line, the API and
// letters all use it, so that they show the same.
//
// # Use
//
// Named finds a report, Answering what answers some filters, Each asks a server for its
// rows, and New writes rows in a format. Filters are named as the server's parameters.
//
// # Promised
//
// Rows are handed on as they come; only XLSX is written at the end. Cells of XLSX are
// texts, so that codes keep their leading zeros, but for columns of numbers. In CSV a text
// that a spreadsheet would take for a formula begins with an apostrophe. On a screen
// control characters are shown and not obeyed. JSON has every field as the server gave it.
//
// # Not promised
//
// XLSX of more than 1,048,575 rows: ErrTooLong.
//
// # Owed by callers
//
// Whose rights count is the matter of Get.
package tables
