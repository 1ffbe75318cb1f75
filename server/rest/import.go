package rest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/book"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Imported tells what an import did, or would do.
type Imported struct {
	Kind      string `json:"kind"`
	Rows      int    `json:"rows"`
	Changed   int    `json:"changed" doc:"items that were made or changed"`
	Created   int    `json:"created" doc:"those of them that were made"`
	Unchanged int    `json:"unchanged"`
	DryRun    bool   `json:"dry_run"`
	Head      uint64 `json:"head"`
	Epoch     string `json:"epoch"`
}

type importQuery struct {
	Kind   string `path:"kind" enum:"products,locations,barcodes,constraints,partners,operators,sites"`
	DryRun bool   `query:"dry_run" doc:"judge everything, change nothing"`
}

type importAnswer struct{ Body Imported }

func (a *API) routeImport() {
	rows := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject,
		Description:          "field names and values; line, if given, is what errors name",
		AdditionalProperties: Scalar("").Schema(nil)}}
	register(a, route{method: http.MethodPost, path: "/v1/import/{kind}", id: "import", tag: "Catalogue", action: access.Import,
		summary: "Import many at once",
		about: "Takes rows as JSON objects, or CSV whose first line names the fields; all rows or none. An empty value is a missing one. " +
			"A product's barcode column adds a barcode for one of it; rows of locations may come in any order.",
		request: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: rows},
			"text/csv":         {Schema: &huma.Schema{Type: huma.TypeString}},
		}}}, a.postImport)
}

func (a *API) postImport(ctx context.Context, q *importQuery) (*importAnswer, error) {
	body, release, err := a.readBody(ctx, maxImportBody)
	if err != nil {
		return nil, err
	}
	defer release()
	rows, p := readRows(body)
	if p != nil {
		return nil, p
	}
	var f family
	for _, known := range families {
		if known.path == q.Kind {
			f = known
		}
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
	edits, bad, err := a.book.Edit(ctx, callOf(ctx).who.Name, patches, q.DryRun)
	if err == nil && !q.DryRun {
		err = a.keepNames(names)
	}
	if err != nil {
		p := *a.asProblem(ctx, err)
		if bad >= 0 && bad < len(lines) {
			p.Line = lines[bad]
			p.Message = fmt.Sprintf("Line %d: %s No line of the import was taken.", p.Line, p.Message)
			p.Detail = p.Message
		}
		return nil, &p
	}
	out := &importAnswer{Body: Imported{Kind: q.Kind, Rows: len(rows), DryRun: q.DryRun, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	out.Body.Changed = len(edits)
	for i := range edits {
		if created(&edits[i]) {
			out.Body.Created++
		}
	}
	out.Body.Unchanged = max(0, len(patches)-len(edits))
	return out, nil
}

// row is one row of an import.
type row struct {
	line   int
	fields map[string]string
}

func lineProblem(line int, code ledger.Code, message string) *Problem {
	p := problem(code, fmt.Sprintf("Line %d: %s No line of the import was taken.", line, message))
	p.Line = line
	return p
}

// readRows reads rows by content: JSON, or else CSV.
func readRows(body []byte) ([]row, *Problem) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return nil, problem(ledger.BadJSON, "The import is empty. Nothing was changed; send rows as JSON or CSV.")
	case text[0] == '[':
		return readJSONRows(text)
	}
	return readCSVRows(body)
}

func readJSONRows(body []byte) ([]row, *Problem) {
	var list []map[string]jsontext.Value
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, problem(ledger.BadJSON, "The import is no JSON array of objects with each field once ("+short(err.Error())+"). Nothing was changed.")
	}
	rows := make([]row, len(list))
	for i, object := range list {
		r := row{line: i + 1, fields: make(map[string]string, len(object))}
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

func readCSVRows(body []byte) ([]row, *Problem) {
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	first, _, _ := bytes.Cut(body, []byte{'\n'})
	if bytes.IndexByte(first, ',') < 0 && bytes.IndexByte(first, ';') >= 0 {
		r.Comma = ';' // as spreadsheets write it where the comma is in numbers
	}
	header, err := r.Read()
	if err != nil {
		return nil, csvProblem(err)
	}
	seen := map[string]bool{}
	for i, name := range header {
		header[i] = strings.TrimSpace(name)
		if header[i] == "" || seen[header[i]] {
			return nil, lineProblem(1, ledger.BadField, "The header names "+quoted(header[i])+" twice, or has an empty name.")
		}
		seen[header[i]] = true
	}
	var rows []row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, csvProblem(err)
		}
		line, _ := r.FieldPos(0)
		if len(record) > len(header) {
			return nil, lineProblem(line, ledger.BadField, fmt.Sprintf("It has %d values, the header names %d.", len(record), len(header)))
		}
		out := row{line: line, fields: make(map[string]string, len(record))}
		for i, value := range record {
			if value != "" {
				out.fields[header[i]] = value
			}
		}
		rows = append(rows, out)
	}
}

func csvProblem(err error) *Problem {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return lineProblem(at.Line, ledger.BadField, "It is no CSV: "+at.Err.Error()+".")
	}
	return problem(ledger.BadField, "The import is no CSV. Nothing was changed.")
}
