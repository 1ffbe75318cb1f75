package rest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"bayledger/server/access"
	"bayledger/server/sheet"
	"bayledger/sync/book"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Imported tells what an import did, or would do.
type Imported struct {
	Kind      string         `json:"kind"`
	Rows      int            `json:"rows"`
	Changed   int            `json:"changed" doc:"items that were made or changed"`
	Created   int            `json:"created" doc:"those of them that were made"`
	Unchanged int            `json:"unchanged"`
	DryRun    bool           `json:"dry_run"`
	Lines     []ImportedLine `json:"lines" doc:"what became of the lines that change something, in their order; a thousand at most"`
	Notes     []ImportNote   `json:"notes" doc:"codes that a spreadsheet damaged: what was mended, and what could not be; a thousand at most"`
	Head      uint64         `json:"head"`
	Epoch     string         `json:"epoch"`
}

// ImportedLine is one edit that a line led to.
type ImportedLine struct {
	Line    int                  `json:"line"`
	Entity  string               `json:"entity"`
	Code    string               `json:"code"`
	Created bool                 `json:"created"`
	Changes []ledger.FieldChange `json:"changes"`
}

// ImportNote says what was done to a value before it was taken.
type ImportNote struct {
	Line    int    `json:"line"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

// maxReported bounds the lines that a report of an import shows: a person reads the
// first of them, and the counts say how many there are.
const maxReported = 1_000

type importQuery struct {
	Kind   string `path:"kind" enum:"products,locations,barcodes,constraints,partners,partner-items,categories,reasons,facilities,operators,sites"`
	DryRun bool   `query:"dry_run" doc:"judge everything, change nothing"`
}

type importAnswer struct{ Body Imported }

func (a *API) routeImport() {
	rows := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject,
		Description:          "field names and values; line, if given, is what errors name",
		AdditionalProperties: Scalar("").Schema(nil)}}
	register(a, route{method: http.MethodPost, path: "/v1/import/{kind}", id: "import", tag: "Catalogue", action: access.Import,
		summary: "Import many at once",
		about: "Takes rows as JSON objects, CSV or XLSX (the first sheet) whose first line names the fields; all rows or none. An empty value is a missing one. All lines at fault are told at once, in `faults`. " +
			"A product's barcode column adds a barcode for one of it, the one that labels bear; rows of locations may come in any order. Partners' items have the columns partner, code, product, quantity. " +
			"A barcode of 11 digits that lost its leading zero in a spreadsheet is mended where its check digit says so; one that was cut (4.00638E+12) is refused.",
		request: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json":         {Schema: rows},
			"text/csv":                 {Schema: &huma.Schema{Type: huma.TypeString}},
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "CSV or XLSX, told apart by content"}},
		}}}, a.postImport)
}

// fileRows reads the rows of a file that is imported. release gives the room of its body
// back, which the rows take until they are no longer used.
func (a *API) fileRows(ctx context.Context) (rows []row, release func(), err error) {
	body, release, err := a.readBody(ctx, maxImportBody)
	if err != nil {
		return nil, nil, err
	}
	rows, p := readRows(body)
	if p != nil {
		release()
		return nil, nil, p
	}
	return rows, release, nil
}

func (a *API) postImport(ctx context.Context, q *importQuery) (*importAnswer, error) {
	rows, release, err := a.fileRows(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	var p *Problem
	f := families[slices.IndexFunc(families, func(f family) bool { return f.path == q.Kind })]
	out := &importAnswer{Body: Imported{Kind: q.Kind, Rows: len(rows), DryRun: q.DryRun, Lines: []ImportedLine{}, Notes: []ImportNote{}, Epoch: a.book.Epoch()}}
	if out.Body.Notes, p = f.repair(rows); p != nil {
		return nil, p
	}
	patches, lines, p := f.patches(rows)
	if p != nil {
		return nil, p
	}
	if len(patches) > book.MaxEdits {
		return nil, problem(ledger.TooLarge, fmt.Sprintf("The import makes %d changes, at most %d can be taken or none together. Nothing was changed; send it in pieces.", len(patches), book.MaxEdits))
	}
	names, p := f.takeNames(patches)
	if p != nil {
		return nil, p
	}
	done, err := a.book.EditAll(ctx, callOf(ctx).who.Name, patches, q.DryRun)
	if err == nil && !q.DryRun {
		err = a.keepNames(&f, names)
	}
	if err != nil {
		return nil, a.linesAtFault(ctx, err, done.Faults, lines)
	}
	out.Body.report(&done, lines)
	out.Body.Unchanged = max(0, len(patches)-len(done.Edits))
	out.Body.Head = a.book.Head()
	return out, nil
}

// report tells what became of the lines.
func (i *Imported) report(done *book.Edits, lines []int) {
	type item struct{ entity, code, site, place string }
	seen := map[item]bool{}
	for n := range done.Edits {
		e := &done.Edits[n]
		key := item{entity: e.Entity, code: e.Code, site: e.Site}
		if e.Entity == ledger.EntityConstraint {
			key.place = fmt.Sprint(done.Index[n]) // a product has several
		}
		if !seen[key] {
			seen[key] = true
			i.Changed++
		}
		made := created(e)
		if made {
			i.Created++
		}
		if len(i.Lines) < maxReported {
			i.Lines = append(i.Lines, ImportedLine{Line: lines[done.Index[n]], Entity: e.Entity, Code: e.Code, Created: made, Changes: e.Changes})
		}
	}
	slices.SortStableFunc(i.Lines, func(a, b ImportedLine) int { return a.Line - b.Line })
}

// linesAtFault names the lines of what an import cannot take.
func (a *API) linesAtFault(ctx context.Context, err error, faults []ledger.EditFault, lines []int) *Problem {
	p := *a.asProblem(ctx, err)
	for _, f := range faults {
		p.Faults = append(p.Faults, LineFault{Line: lines[f.Index], Field: f.Fault.Field, Code: f.Fault.Code, Message: f.Fault.Message})
	}
	if len(p.Faults) == 0 {
		return &p
	}
	p.Line = p.Faults[0].Line
	more := ""
	if n := len(p.Faults) - 1; n > 0 {
		more = fmt.Sprintf(" So are %d further lines.", n)
		if n == 1 {
			more = " So is one further line."
		}
	}
	p.Message = fmt.Sprintf("Line %d: %s%s No line of the import was taken.", p.Line, p.Message, more)
	p.Detail = p.Message
	return &p
}

// repair mends codes that a spreadsheet damaged, in place.
func (f *family) repair(rows []row) (notes []ImportNote, p *Problem) {
	switch f.entity {
	case ledger.EntityProduct:
		return repairCodes(rows, "barcode")
	case ledger.EntityBarcode:
		return repairCodes(rows, "barcode", "code")
	}
	return []ImportNote{}, nil
}

// repairCodes mends the barcodes in some columns.
func repairCodes(rows []row, columns ...string) (notes []ImportNote, p *Problem) {
	notes = []ImportNote{}
	for i := range rows {
		for _, name := range columns {
			value := rows[i].fields[name]
			if value == "" || rows[i].exact {
				continue
			}
			code, said, broken := sheet.Repair(value)
			if broken {
				p := lineProblem(rows[i].line, ledger.BadField, "Its "+name+" cannot be read: "+said)
				p.Field = name
				return nil, p
			}
			if said != "" && len(notes) < maxReported {
				notes = append(notes, ImportNote{rows[i].line, name, "The " + name + " " + value + " " + said})
			}
			rows[i].fields[name] = code
		}
	}
	return notes, nil
}

// row is one row of an import.
type row struct {
	line   int
	fields map[string]string
	exact  bool // it comes from a program, and no spreadsheet had it
}

func lineProblem(line int, code ledger.Code, message string) *Problem {
	p := problem(code, fmt.Sprintf("Line %d: %s No line of the import was taken.", line, message))
	p.Line = line
	return p
}

// readRows reads rows by content: JSON, XLSX, or else CSV.
func readRows(body []byte) ([]row, *Problem) {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(text) == 0:
		return nil, problem(ledger.BadJSON, "The import is empty. Nothing was changed; send rows as JSON, CSV or XLSX.")
	case text[0] == '[':
		return readJSONRows(text)
	}
	read, fault := sheet.Read(body)
	switch {
	case fault != nil && fault.Line == 0:
		return nil, problem(ledger.BadField, fault.Message+" Nothing was changed.")
	case fault != nil:
		p := lineProblem(fault.Line, ledger.BadField, fault.Message)
		p.Field = fault.Column
		return nil, p
	}
	rows := make([]row, len(read))
	for i := range read {
		rows[i] = row{line: read[i].Line, fields: read[i].Fields}
	}
	return rows, nil
}

func readJSONRows(body []byte) ([]row, *Problem) {
	var list []map[string]jsontext.Value
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, problem(ledger.BadJSON, "The import is no JSON array of objects with each field once ("+short(err.Error())+"). Nothing was changed.")
	}
	rows := make([]row, len(list))
	for i, object := range list {
		r := row{line: i + 1, fields: make(map[string]string, len(object)), exact: true}
		if raw, ok := object["line"]; ok {
			if json.Unmarshal(raw, &r.line) != nil {
				return nil, lineProblem(i+1, ledger.BadField, "line is no number.")
			}
			delete(object, "line")
		}
		for name, raw := range object {
			value, ok := scalarText(raw)
			if !ok {
				return nil, lineProblem(r.line, ledger.BadField, "The field "+quoted(name)+" holds neither text, number nor boolean.")
			}
			if value != "" {
				r.fields[name] = value
			}
		}
		rows[i] = r
	}
	return rows, nil
}

// scalarText returns a JSON value as the text of a field; null is the empty one.
func scalarText(raw []byte) (string, bool) {
	v := jsontext.Value(bytes.TrimSpace(raw))
	switch v.Kind() {
	case '"':
		var s string
		err := json.Unmarshal(v, &s)
		return s, err == nil
	case '0', 't', 'f':
		return string(v), true
	case 'n':
		return "", true
	}
	return "", false
}
