package rest

import (
	"context"
	"net/http"

	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/server/labels"
	"bayledger/sync/ledger"
)

// Printer is a printer, and what waits for it.
type Printer struct {
	printer.Profile
	Waiting int    `json:"waiting" doc:"jobs that are not finished"`
	Command string `json:"command" doc:"what its label says: a handheld that scans it prints here"`
}

// PrinterStatus is a printer, asked how it is.
type PrinterStatus struct {
	Printer
	Ready  bool   `json:"ready"`
	Reason string `json:"reason,omitempty" doc:"why not: out of labels"`
	Detail string `json:"detail,omitempty" doc:"the printer's own words"`
}

// Printers are all printers.
type Printers struct {
	Rows []Printer `json:"rows"`
}

// NumberRanges are all ranges of numbers.
type NumberRanges struct {
	Rows []queue.Range `json:"rows"`
}

// NumberBearer is the label that a number was given to.
type NumberBearer struct {
	Job   uint64 `json:"job"`
	Label int    `json:"label" doc:"of the job, from 1"`
}

type (
	printersAnswer struct{ Body Printers }
	printerQuery   struct {
		Name string `path:"name" maxLength:"100"`
	}
	statusAnswer    struct{ Body PrinterStatus }
	putPrinterQuery struct {
		Name string `path:"name" maxLength:"100"`
		Body struct {
			Title    string  `json:"title,omitempty" maxLength:"100"`
			Address  string  `json:"address" maxLength:"300" doc:"raw://HOST:9100 or ipp://HOST:631/ipp/print"`
			DPI      int     `json:"dpi,omitempty" default:"203" minimum:"100" maximum:"1200"`
			Width    float64 `json:"width,omitempty" doc:"of its labels, mm"`
			Height   float64 `json:"height,omitempty" doc:"of its labels, mm"`
			Darkness int     `json:"darkness,omitempty" minimum:"0" maximum:"30"`
			Speed    int     `json:"speed,omitempty" minimum:"0" maximum:"14"`
			Format   string  `json:"format,omitempty" doc:"zpl, pwg or pdf; empty: the best that it takes"`
			Site     string  `json:"site,omitempty" maxLength:"200"`
		}
	}
	printerAnswer struct{ Body Printer }
	rangesAnswer  struct{ Body NumberRanges }
	rangeQuery    struct {
		Name string `path:"name" maxLength:"40"`
		Body struct {
			Kind   string `json:"kind" enum:"sscc,lot,serial"`
			Prefix string `json:"prefix" maxLength:"20" doc:"of an SSCC the GS1 company prefix"`
			Digits int    `json:"digits,omitempty" minimum:"0" maximum:"15"`
			From   uint64 `json:"from,omitempty"`
			To     uint64 `json:"to,omitempty"`
		}
	}
	rangeAnswer struct{ Body queue.Range }
	bearerQuery struct {
		Kind   string `path:"kind" enum:"sscc,lot,serial"`
		Number string `path:"number" maxLength:"100"`
	}
	bearerAnswer struct{ Body NumberBearer }
)

func (a *API) routePrinters() {
	register(a, route{method: http.MethodGet, path: "/v1/printers", id: "listPrinters", tag: "Labels", action: access.ReadLabels, summary: "List printers"}, a.listPrinters)
	register(a, route{method: http.MethodGet, path: "/v1/printers/{name}", id: "getPrinter", tag: "Labels", action: access.ReadLabels, summary: "Ask a printer how it is"}, a.getPrinter)
	register(a, route{method: http.MethodPut, path: "/v1/printers/{name}", id: "putPrinter", tag: "Labels", action: access.EditPrinters, summary: "Make or change a printer",
		about: "What waits for it is tried again at once."}, a.putPrinter)
	register(a, route{method: http.MethodDelete, path: "/v1/printers/{name}", id: "deletePrinter", tag: "Labels", action: access.EditPrinters, status: http.StatusNoContent, summary: "Forget a printer"}, a.deletePrinter)
	register(a, route{method: http.MethodGet, path: "/v1/number-ranges", id: "listNumberRanges", tag: "Labels", action: access.ReadLabels, summary: "List ranges of numbers"}, a.listRanges)
	register(a, route{method: http.MethodPut, path: "/v1/number-ranges/{name}", id: "putNumberRange", tag: "Labels", action: access.EditPrinters, summary: "Make or widen a range of numbers",
		about: "Its counter never goes back. Systems that share a company prefix have ranges apart (from, to)."}, a.putRange)
	register(a, route{method: http.MethodGet, path: "/v1/numbers/{kind}/{number}", id: "getNumber", tag: "Labels", action: access.ReadLabels, summary: "Find the label that a number was given to"}, a.getNumber)
}

func (a *API) printerOf(p printer.Profile) Printer {
	return Printer{Profile: p, Waiting: a.opts.Labels.Count(p.Name), Command: printer.Command(p.Name)}
}

func (a *API) listPrinters(context.Context, *none) (*printersAnswer, error) {
	out := &printersAnswer{Printers{Rows: []Printer{}}}
	for _, p := range a.opts.Labels.Printers() {
		out.Body.Rows = append(out.Body.Rows, a.printerOf(p))
	}
	return out, nil
}

func (a *API) getPrinter(ctx context.Context, q *printerQuery) (*statusAnswer, error) {
	p, ok := a.opts.Labels.Printer(q.Name)
	if !ok {
		return nil, missing("printer", q.Name)
	}
	out := &statusAnswer{PrinterStatus{Printer: a.printerOf(p)}}
	s, err := a.opts.Labels.Status(ctx, p)
	if err != nil { // the answer is that it does not answer
		out.Body.Reason = err.Error()
		return out, nil
	}
	out.Body.Ready, out.Body.Reason, out.Body.Detail = s.Ready, s.Reason, s.Detail
	return out, nil
}

func (a *API) putPrinter(ctx context.Context, q *putPrinterQuery) (*printerAnswer, error) {
	b := &q.Body
	if b.Site != "" {
		known := false
		if err := a.book.View(ctx, func(s *ledger.State, _ uint64) { _, known = s.Site(b.Site) }); err != nil {
			return nil, err
		}
		if !known {
			return nil, missing("site", b.Site)
		}
	}
	p := printer.Profile{Name: q.Name, Title: b.Title, Address: b.Address, DPI: b.DPI, Width: b.Width, Height: b.Height, Darkness: b.Darkness, Speed: b.Speed, Format: b.Format, Site: b.Site}
	if err := a.opts.Labels.PutPrinter(p); err != nil {
		return nil, labels.AsFault(err)
	}
	return &printerAnswer{a.printerOf(p)}, nil
}

func (a *API) deletePrinter(_ context.Context, q *printerQuery) (*none, error) {
	return &none{}, labels.AsFault(a.opts.Labels.RemovePrinter(q.Name))
}

func (a *API) listRanges(context.Context, *none) (*rangesAnswer, error) {
	list, err := a.opts.Labels.Ranges()
	return &rangesAnswer{NumberRanges{Rows: append([]queue.Range{}, list...)}}, err
}

func (a *API) putRange(_ context.Context, q *rangeQuery) (*rangeAnswer, error) {
	b := &q.Body
	r, err := a.opts.Labels.PutRange(queue.Range{Name: q.Name, Kind: b.Kind, Prefix: b.Prefix, Digits: b.Digits, From: b.From, To: b.To})
	return &rangeAnswer{r}, labels.AsFault(err)
}

func (a *API) getNumber(_ context.Context, q *bearerQuery) (*bearerAnswer, error) {
	job, label, err := a.opts.Labels.Bearer(q.Kind, q.Number)
	return &bearerAnswer{NumberBearer{job, label + 1}}, labels.AsFault(err)
}
