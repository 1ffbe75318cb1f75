package rest

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"bayledger/server/access"
	"bayledger/server/reports"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// ViewParams says as of when a report is told.
type ViewParams struct {
	At    string `query:"at" doc:"RFC 3339: as it was at this moment, told by what is known now"`
	Entry uint64 `query:"entry" doc:"as it was booked at this entry"`
}

// GoodsParams says of which goods a report is.
type GoodsParams struct {
	Site      string `query:"site"`
	Product   string `query:"product"`
	Category  string `query:"category" doc:"only products of this category"`
	Attribute string `query:"attribute" doc:"only products with this attribute, as name:value; name alone: that have it"`
}

// view reads a ViewParams.
func (a *API) view(q *ViewParams) (settle.View, *Problem) {
	at, p := parseMoment("at", q.At)
	if p != nil {
		return settle.View{}, p
	}
	if q.Entry > a.book.Head() {
		p := problem(ledger.NotFound, "There is no entry "+itoa(q.Entry)+" yet. Nothing was read.")
		p.Field = "entry"
		return settle.View{}, p
	}
	return settle.View{At: at, Entry: q.Entry}, nil
}

// goods reads a GoodsParams; location, where not empty, is looked up too.
func (a *API) goods(ctx context.Context, q *GoodsParams, location string) (out reports.Query, eyes reports.Eyes, err error) {
	eyes = reports.Eyes{Sites: a.where(ctx, access.ReadReports), Money: a.where(ctx, access.SeeMoney)}
	var p *Problem
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		var sc scope
		if sc, p = scopeOf(s, eyes.Sites, q.Site, q.Product, location); p == nil && sc.place != nil {
			out.Top = sc.place.ID
		}
	})
	if p != nil {
		return out, eyes, p
	}
	out.Site, out.Want = q.Site, q.wants()
	return out, eyes, err
}

// wants says which products are asked for, nil for all.
func (q *GoodsParams) wants() func(*ledger.Product) bool {
	if q.Product == "" && q.Category == "" && q.Attribute == "" {
		return nil
	}
	name, text, valued := strings.Cut(q.Attribute, ":")
	return func(p *ledger.Product) bool {
		has, there := p.Attributes[name]
		return (q.Product == "" || p.Code == q.Product) && (q.Category == "" || p.Category == q.Category) &&
			(q.Attribute == "" || there && (!valued || has == text))
	}
}

// everywhere refuses who may not look at the whole company, where a report is of it.
func everywhere(eyes *reports.Eyes) *Problem {
	if eyes.Sites.All() {
		return nil
	}
	return notThere("")
}

// rowsOf describes an answer that is an array of rows.
func (a *API) rowsOf(about string, row any) map[string]*huma.Response {
	return a.jsonResponse(about, reflect.SliceOf(reflect.TypeOf(row)))
}

// streamRows answers with an array of rows as they are made. While nothing is found yet
// a space goes out for each hundredth of the products that were looked at, so that
// nobody takes the connection for dead, and who counts them knows how far it is.
func (a *API) streamRows(ctx context.Context, make func(ctx context.Context, done func(n, of int), row func(any) error) error) (*huma.StreamResponse, error) {
	leave, err := a.reading(ctx)
	if err != nil {
		return nil, err
	}
	leave = sync.OnceFunc(leave)
	stop := context.AfterFunc(ctx, leave) // should the answer never begin
	return a.streamed("application/json", func(ctx context.Context, s *stream) error {
		defer leave()
		defer stop()
		ctx, cancel := context.WithTimeout(ctx, reportTimeout)
		defer cancel()
		w := rowWriter{s: s}
		if err := make(ctx, w.done, w.row); err != nil {
			return err
		}
		return w.end()
	}), nil
}

// rowWriter writes rows; the first and every so many go out at once.
type rowWriter struct {
	s       *stream
	count   int
	hundred int
}

// rowsAtOnce is how many rows are gathered before they go out.
const rowsAtOnce = 512

func (w *rowWriter) done(n, of int) {
	if of == 0 || n*100/of <= w.hundred {
		return
	}
	w.hundred = n * 100 / of
	_ = w.s.WriteByte(' ')
	_ = w.s.send() // whoever does not read is met by the next row
}

func (w *rowWriter) row(row any) error {
	before := byte(',')
	if w.count == 0 {
		before = '['
	}
	if err := w.s.WriteByte(before); err != nil {
		return err
	}
	b, err := json.Marshal(row)
	if err != nil {
		return err
	}
	if _, err := w.s.Write(b); err != nil {
		return err
	}
	if w.count++; w.count == 1 || w.count%rowsAtOnce == 0 {
		return w.s.send()
	}
	return nil
}

func (w *rowWriter) end() error {
	text := "]\n"
	if w.count == 0 {
		text = "[]\n"
	}
	_, err := w.s.WriteString(text)
	return err
}
