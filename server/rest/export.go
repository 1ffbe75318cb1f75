package rest

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"

	"bayledger/server/access"
	"bayledger/server/sheet"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// exportChunk is how many items are read from the books at once: the writer waits for
// no longer than that takes.
const exportChunk = 500

type exportQuery struct {
	Kind   string `path:"kind" enum:"products,locations,barcodes,constraints,partners,partner-items,categories,reasons,facilities,operators,sites"`
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
	Prefix string `query:"prefix" doc:"only codes that begin so"`
}

func (a *API) routeExport() {
	file := func(contentType, about string) *huma.MediaType {
		return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary", Description: about}}
	}
	register(a, route{method: http.MethodGet, path: "/v1/export/{kind}", id: "export", tag: "Catalogue", action: access.ReadCatalog,
		summary: "Export all of a kind",
		about: "A table as /v1/import takes it: importing it again changes nothing. In XLSX every cell is a text, so that codes keep their zeros. " +
			"Values that spreadsheets would take for formulas are not changed; do not open CSV of strangers' codes in one. What is kept beside the journal (names, contacts) is there for those who may see it. " +
			"The books are read piece by piece: what is edited meanwhile is there as it was before or after.",
		responses: map[string]*huma.Response{"200": {Description: "The table", Content: map[string]*huma.MediaType{"text/csv": file("text/csv", "CSV"), xlsxType: file(xlsxType, "XLSX")}}}}, a.getExport)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (a *API) getExport(ctx context.Context, q *exportQuery) (*huma.StreamResponse, error) {
	done, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	f := families[slices.IndexFunc(families, func(f family) bool { return f.path == q.Kind })]
	items, err := a.allItems(ctx, &f, q.Prefix)
	if err != nil {
		return nil, err
	}
	rows := make([]map[string]string, len(items))
	for i := range items {
		rows[i] = f.exported(items[i])
	}
	var b bytes.Buffer
	if err := sheet.Write(&b, q.Format, f.columns(rows), rows); err != nil {
		return nil, err
	}
	if q.Format == sheet.XLSX {
		return a.plain(xlsxType, b.Bytes()), nil
	}
	return a.plain("text/csv; charset=utf-8", b.Bytes()), nil
}

// allItems reads all items of a family, some at a time.
func (a *API) allItems(ctx context.Context, f *family, prefix string) (out []Item, err error) {
	sites := a.where(ctx, access.ReadCatalog)
	var names []ledger.Item
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { names = s.Items(f.entity) }); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(names, exportChunk) {
		from := len(out)
		if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
			for _, it := range part {
				v, ok := s.Item(it)
				if item := itemOf(v); ok && f.seen(item, sites) && strings.HasPrefix(v.Code, prefix) {
					out = append(out, item)
				}
			}
		}); err != nil {
			return nil, err
		}
		if err := a.showNames(ctx, f, out[from:]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// exported is an item as a row of an import.
func (f *family) exported(item Item) map[string]string {
	row := map[string]string(item)
	delete(row, "version")
	switch f.entity {
	case ledger.EntityPartnerItem:
		row["partner"], row["code"], _ = strings.Cut(row["code"], "/")
	case ledger.EntityBarcode:
		row["barcode"] = row["code"]
		delete(row, "code")
	}
	return row
}

// first are columns in the order in which people look for them; all others follow,
// sorted.
var first = []string{"partner", "code", "barcode", "product", "site", "location", "name", "category", "kind", "parent"}

// columns names all that rows have. What names an item comes first, whatever is there.
func (f *family) columns(rows []map[string]string) []string {
	have := map[string]bool{f.code: true}
	for _, row := range rows {
		for name := range row {
			have[name] = true
		}
	}
	var out, rest []string
	for name := range have {
		if !slices.Contains(first, name) {
			rest = append(rest, name)
		}
	}
	if have["code"] && f.entity == ledger.EntityProduct { // its own barcode is one of its fields
		out = append(out, "code")
		delete(have, "code")
	}
	for _, name := range first {
		if have[name] {
			out = append(out, name)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}
