package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bayledger/server/tables"
	"bayledger/server/within"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// Reports are JSON, and any other format by ?format= or Accept: then all pages of a
// report are one table, with the columns that the command line shows. They are made of
// the JSON that whoever asks would get, so that neither rights nor money can differ.

// formatParam is the parameter of reports that names a format.
const formatParam = "format"

// inFormats lets a report be asked for in other formats, and says so in the document.
func (a *API) inFormats(op *huma.Operation, k *tables.Kind) {
	op.Parameters = append(op.Parameters, &huma.Param{Name: formatParam, In: "query", Description: "other than json: all pages as one table; Accept says the same",
		Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{tables.JSON, tables.CSV, tables.XLSX, tables.Text}}})
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		r := callOf(ctx.Context()).gin.Request
		format, p := formatOf(r)
		switch {
		case p != nil:
			a.writeProblem(ctx, p)
		case format == tables.JSON:
			next(ctx)
		default:
			a.writeTable(ctx.Context(), k, r.URL, format)
		}
	})
}

// formatOf says which format is asked for, and takes the parameter out of the request.
func formatOf(r *http.Request) (string, *Problem) {
	q := r.URL.Query()
	format := q.Get(formatParam)
	if q.Has(formatParam) {
		q.Del(formatParam)
		r.URL.RawQuery = q.Encode()
	}
	switch {
	case format != "" && !slices.Contains(tables.Formats(), format):
		return "", badField(formatParam, "The format "+quoted(format)+" is none of "+strings.Join(tables.Formats(), ", ")+". Nothing was read.")
	case format != "":
		return format, nil
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		for _, f := range [...]string{tables.JSON, tables.CSV, tables.XLSX, tables.Text} { // the first that is named counts
			if base, _, _ := strings.Cut(tables.Type(f), ";"); base == kind {
				return f, nil
			}
		}
	}
	return tables.JSON, nil
}

// writeTable answers with a report in another format. Once the answer has begun, an error
// can only break it off.
func (a *API) writeTable(ctx context.Context, k *tables.Kind, u *url.URL, format string) {
	c := callOf(ctx)
	asked := *k
	asked.Path = u.EscapedPath()
	s := a.lateStream(ctx, tables.Type(format))
	w, err := tables.New(format, s, asked.All())
	if err == nil {
		err = tables.Each(ctx, a.fromWithin, &asked, u.Query(), func(int64) {}, func(row map[string]any) error {
			s.found = true
			return w.Row(row)
		})
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = s.end()
	}
	var p *Problem
	switch {
	case err == nil:
	case s.begun:
		if broken(ctx, err) {
			a.line(ctx).Warn("an answer was broken off", "error", err)
		}
		panic(http.ErrAbortHandler)
	case errors.Is(err, tables.ErrFilters):
		a.answer(c.gin, c, problem(ledger.BadField, "The parameters do not fit this report. Nothing was read."))
	case errors.Is(err, tables.ErrTooLong):
		a.answer(c.gin, c, problem(ledger.TooLarge, "The report has more rows than a sheet of XLSX can have (1,048,576). Nothing was sent; ask for CSV, or for less."))
	case errors.As(err, &p):
		a.answer(c.gin, c, p)
	default:
		a.answer(c.gin, c, a.asProblem(ctx, err))
	}
}

// lateStream is a stream that begins with its first rows, so that what is refused is
// answered as a problem.
type lateStream struct {
	api   *API
	call  *call
	kind  string
	out   *stream
	held  []byte
	found bool // a row is there
	begun bool
}

func (a *API) lateStream(ctx context.Context, kind string) *lateStream {
	return &lateStream{api: a, call: callOf(ctx), kind: kind}
}

func (s *lateStream) Write(b []byte) (int, error) {
	if !s.found {
		s.held = append(s.held, b...) // the header
		return len(b), nil
	}
	if err := s.begin(); err != nil {
		return 0, err
	}
	return s.out.Write(b)
}

func (s *lateStream) begin() error {
	if s.begun {
		return nil
	}
	s.begun = true
	s.out = newStream(s.call.gin, s.kind, s.api.opts.WriteTimeout)
	_, err := s.out.Write(s.held)
	return err
}

func (s *lateStream) end() error {
	if err := s.begin(); err != nil {
		return err
	}
	return s.out.Flush()
}

// fromWithin asks this API for a path, as whoever asks now.
func (a *API) fromWithin(ctx context.Context, path string) (io.ReadCloser, error) {
	r, err := http.NewRequestWithContext(context.WithValue(ctx, asKey{}, callOf(ctx).who), http.MethodGet, "http://bayledger.invalid"+path, nil)
	if err != nil {
		return nil, err
	}
	t := within.Transport{Handler: a.engine, Failed: func(p any) { a.log.Error("a report failed", "panic", p) }}
	answer, err := t.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	return nil, problemOf(answer.Body, answer.StatusCode)
}

// problemOf reads what an answer from within was refused with.
func problemOf(body io.Reader, status int) error {
	p := &Problem{}
	if b, err := io.ReadAll(io.LimitReader(body, maxSmallBody)); err != nil || json.Unmarshal(b, p) != nil {
		return fmt.Errorf("a report was answered %d", status)
	}
	return p
}
