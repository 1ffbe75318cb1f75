package rest

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"bayledger/labels/design"
	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/server/labels"

	"github.com/danielgtaylor/huma/v2"
)

// maxLabelsBody is what the values of one delivery's labels take.
const maxLabelsBody = 4 << 20

// LabelLayout is a look that labels can have.
type LabelLayout struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	About   string   `json:"about,omitempty"`
	For     string   `json:"for" doc:"what its labels are for"`
	Width   float64  `json:"width" doc:"mm"`
	Height  float64  `json:"height" doc:"mm"`
	Fields  []string `json:"fields" doc:"that it uses"`
	Version string   `json:"version" doc:"of its file; a job names it"`
	Own     bool     `json:"own" doc:"from the folder of the server, and not built in"`
}

// LabelLayouts are all layouts.
type LabelLayouts struct {
	Rows   []LabelLayout `json:"rows"`
	Faults []string      `json:"faults" doc:"what is wrong with files of the folder: file, element, reason"`
}

// LabelAsk is one label of several.
type LabelAsk struct {
	Code   string            `json:"code,omitempty" maxLength:"200" doc:"of what it is for"`
	Site   string            `json:"site,omitempty" maxLength:"200"`
	Fields map[string]string `json:"fields,omitempty" doc:"laid over what the books say"`
	Range  string            `json:"range,omitempty" maxLength:"40" doc:"of which it is given the next number"`
}

type (
	layoutsAnswer struct{ Body LabelLayouts }
	labelQuery    struct {
		Label    string `path:"label" maxLength:"40" doc:"what it is for: product, location, package, lot, operator, device, printer, sheet"`
		Code     string `path:"code" maxLength:"600"`
		Site     string `query:"site"`
		Template string `query:"template" doc:"a layout; without it the one of the subject"`
		Format   string `query:"format" default:"png" enum:"png,svg,pdf,zpl"`
		DPI      int    `query:"dpi" default:"203" minimum:"100" maximum:"1200"`
		Copies   int    `query:"copies" default:"1" minimum:"1" maximum:"100" doc:"of pdf and zpl"`
		Page     int    `query:"page" default:"1" minimum:"1" maximum:"100" doc:"of a sheet; a pdf has all"`
	}
	drawQuery struct {
		Body struct {
			LabelAsk
			Label    string `json:"label" maxLength:"40"`
			Template string `json:"template,omitempty" maxLength:"40"`
			Format   string `json:"format,omitempty" default:"png" enum:"png,svg,pdf,zpl"`
			DPI      int    `json:"dpi,omitempty" default:"203" minimum:"100" maximum:"1200"`
			Copies   int    `json:"copies,omitempty" default:"1" minimum:"1" maximum:"100"`
			Page     int    `json:"page,omitempty" default:"1" minimum:"1" maximum:"100"`
		}
	}
)

// notesHeader tells what of a picture is not whole, as a quoted text.
const notesHeader = "Label-Notes"

func (a *API) routeLabels() {
	if a.opts.Labels == nil {
		return
	}
	register(a, route{method: http.MethodGet, path: "/v1/labels", id: "listLabels", tag: "Labels", action: access.ReadLabels,
		summary: "List layouts of labels", about: "Those built in, and those of the folder labels in the server's data folder."}, a.listLayouts)
	files := map[string]*huma.Response{"200": {Description: "The label", Headers: map[string]*huma.Param{notesHeader: {Description: "what is not whole: text that was cut, letters that the font lacks", Schema: &huma.Schema{Type: huma.TypeString}}},
		Content: map[string]*huma.MediaType{}}}
	for _, t := range labels.ContentTypes() {
		files["200"].Content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	register(a, route{method: http.MethodGet, path: "/v1/labels/{label}/{code}", id: "getLabel", tag: "Labels", action: access.ReadLabels, summary: "Draw a label",
		about: "As a file: the same dots that a printer prints. A browser prints the PDF.", responses: files}, a.getLabel)
	register(a, route{method: http.MethodPost, path: "/v1/labels", id: "drawLabel", tag: "Labels", action: access.ReadLabels, summary: "Draw a label with values of one's own",
		about: "As GET /v1/labels/{label}/{code}, with fields laid over what the books say. Nothing is kept and no number is given.", responses: files}, a.drawLabel)
	a.routePrinters()
	a.routePrintJobs()
}

func (a *API) listLayouts(context.Context, *none) (*layoutsAnswer, error) {
	list, faults := a.opts.Labels.Layouts()
	out := &layoutsAnswer{LabelLayouts{Rows: []LabelLayout{}, Faults: []string{}}}
	for _, l := range list {
		out.Body.Rows = append(out.Body.Rows, LabelLayout{Name: l.Name, Title: l.Title, About: l.About, For: l.For, Width: l.Width, Height: l.Height, Fields: append([]string{}, l.Fields()...), Version: l.Hash, Own: l.Own})
	}
	for _, f := range faults {
		out.Body.Faults = append(out.Body.Faults, f.Error())
	}
	return out, nil
}

func (a *API) getLabel(ctx context.Context, q *labelQuery) (*huma.StreamResponse, error) {
	l, list, err := a.prepare(ctx, labels.Ask{Subject: q.Label, Code: q.Code, Site: q.Site}, q.Template)
	if err != nil {
		return nil, err
	}
	return a.labelFile(ctx, l, list, q.Format, q.DPI, q.Copies, q.Page)
}

func (a *API) drawLabel(ctx context.Context, q *drawQuery) (*huma.StreamResponse, error) {
	b := &q.Body
	l, list, err := a.prepare(ctx, labels.Ask{Subject: b.Label, Code: b.Code, Site: b.Site, Fields: b.Fields}, b.Template)
	if err != nil {
		return nil, err
	}
	return a.labelFile(ctx, l, list, b.Format, b.DPI, b.Copies, b.Page)
}

// prepare composes a label for whoever asks, where they may see what it is for.
func (a *API) prepare(ctx context.Context, ask labels.Ask, template string) (*design.Layout, []queue.Label, error) {
	who := callOf(ctx).who
	if err := a.opts.Labels.May(ctx, &who, access.ReadLabels, &ask); err != nil {
		return nil, nil, err
	}
	ask.Named = labels.MayName(&who)
	return a.opts.Labels.Prepare(ctx, []labels.Ask{ask}, template, nil)
}

func (a *API) labelFile(ctx context.Context, l *design.Layout, list []queue.Label, format string, dpi, copies, page int) (*huma.StreamResponse, error) {
	file, notes, err := a.opts.Labels.Draw(ctx, l, list, format, dpi, copies, page)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := callOf(ctx.Context()).gin
		if len(notes) > 0 {
			c.Header(notesHeader, strconv.QuoteToASCII(strings.Join(notes, "; ")))
		}
		c.Data(http.StatusOK, labels.ContentTypes()[format], file)
	}}, nil
}
