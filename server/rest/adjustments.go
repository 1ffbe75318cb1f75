package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/adjust"
	"bayledger/server/documents"
	"bayledger/sync/book"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// Adjustments is a page of adjustments, the newest first.
type Adjustments struct {
	Rows  []adjust.Draft `json:"rows"`
	Next  string         `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Head  uint64         `json:"head"`
	Epoch string         `json:"epoch"`
}

// AdjustmentRows is a page of what can be adjusted, with the lines that do.
type AdjustmentRows struct {
	Adjustment adjust.Draft   `json:"adjustment"`
	Rows       []adjust.Row   `json:"rows"`
	Groups     []adjust.Group `json:"groups,omitempty" doc:"with by: the rows added up by the values of an attribute"`
	Next       string         `json:"next,omitempty"`
	Head       uint64         `json:"head"`
	Epoch      string         `json:"epoch"`
}

// AdjustmentLines is a page of an adjustment's lines.
type AdjustmentLines struct {
	Adjustment adjust.Draft  `json:"adjustment"`
	Lines      []adjust.Line `json:"lines"`
	Next       string        `json:"next,omitempty"`
	Head       uint64        `json:"head"`
	Epoch      string        `json:"epoch"`
}

// AdjustmentSaved tells what saving lines did.
type AdjustmentSaved struct {
	Adjustment adjust.Draft  `json:"adjustment"`
	Lines      []adjust.Line `json:"lines" doc:"as they are now, in the order in which they were sent; not told of imports"`
	Changed    int           `json:"changed"`
	DryRun     bool          `json:"dry_run,omitempty"`
	Notes      []ImportNote  `json:"notes,omitempty" doc:"of an import: codes that a spreadsheet damaged: what was mended, and what could not be; a thousand at most"`
}

// AdjustmentReview is an adjustment held against the books.
type AdjustmentReview struct {
	Adjustment adjust.Draft `json:"adjustment"`
	adjust.Review
	Head  uint64 `json:"head"`
	Epoch string `json:"epoch"`
}

// AdjustmentBooked tells of a booking.
type AdjustmentBooked struct {
	Adjustment adjust.Draft `json:"adjustment"`
	Repeat     bool         `json:"repeat,omitempty" doc:"it was booked before, and this is what was said then"`
	Head       uint64       `json:"head"`
	Epoch      string       `json:"epoch"`
}

// NewAdjustment is what an adjustment begins with.
type NewAdjustment struct {
	Name      string `json:"name"`
	Note      string `json:"note,omitempty"`
	Site      string `json:"site,omitempty" doc:"missing: main"`
	Location  string `json:"location,omitempty" doc:"of lines that name none; missing: stock"`
	Date      string `json:"date,omitempty" doc:"a day or a moment that is over; missing: when it is booked"`
	Reference string `json:"reference,omitempty" doc:"missing: its id"`
}

type (
	// AdjustmentQuery names one adjustment.
	AdjustmentQuery struct {
		ID string `path:"id" maxLength:"200"`
	}
	adjustmentsQuery struct {
		State     string `query:"state" enum:"draft,booking,booked,dropped"`
		Site      string `query:"site"`
		Reference string `query:"reference"`
		Name      string `query:"name" doc:"a part of it"`
		After     string `query:"after" doc:"next of the page before"`
		Limit     int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	}
	adjustmentRowsQuery struct {
		AdjustmentQuery
		Show      string `query:"show" default:"all" enum:"all,changed,plus,minus,stocked,zero" doc:"all: every stock-kept product, those with nothing too"`
		Location  string `query:"location" doc:"with all below it"`
		Product   string `query:"product" doc:"its code begins so"`
		Category  string `query:"category"`
		Attribute string `query:"attribute" doc:"NAME=VALUE, or NAME for all that have it"`
		By        string `query:"by" doc:"add up by the values of this attribute, or by category"`
		After     string `query:"after" doc:"next of the page before"`
		Limit     int    `query:"limit" default:"100" minimum:"1" maximum:"10000"`
	}
	adjustmentLinesQuery struct {
		AdjustmentQuery
		After string `query:"after" doc:"next of the page before"`
		Limit int    `query:"limit" default:"1000" minimum:"1" maximum:"10000"`
	}
	newAdjustmentQuery    struct{ Body NewAdjustment }
	changeAdjustmentQuery struct {
		AdjustmentQuery
		Body struct {
			Version   uint64  `json:"version" doc:"that was seen"`
			Name      *string `json:"name,omitempty"`
			Note      *string `json:"note,omitempty"`
			Location  *string `json:"location,omitempty"`
			Date      *string `json:"date,omitempty"`
			Reference *string `json:"reference,omitempty"`
		}
	}
	saveLinesQuery struct {
		AdjustmentQuery
		Body struct {
			Version uint64        `json:"version" doc:"that was seen: a line that somebody else changed since is not overwritten"`
			Lines   []adjust.Said `json:"lines" maxItems:"10000"`
		}
	}
	importLinesQuery struct {
		AdjustmentQuery
		Version uint64 `query:"version" doc:"that was seen; missing: whatever it is"`
		Replace bool   `query:"replace" doc:"lines that the file does not have are taken out"`
		DryRun  bool   `query:"dry_run" doc:"judge everything, change nothing"`
	}
	bookAdjustmentQuery struct {
		AdjustmentQuery
		Body struct {
			Version  uint64 `json:"version" doc:"that was seen: that and no other is booked"`
			Operator string `json:"operator,omitempty" doc:"the badge of whoever books"`
			adjust.Demand
		}
	}
	dropAdjustmentQuery struct {
		AdjustmentQuery
		Body struct {
			Version uint64 `json:"version"`
		}
	}
	kindsAnswer            struct{ Body []adjust.Rule }
	adjustmentAnswer       struct{ Body adjust.Draft }
	adjustmentsAnswer      struct{ Body Adjustments }
	adjustmentRowsAnswer   struct{ Body AdjustmentRows }
	adjustmentLinesAnswer  struct{ Body AdjustmentLines }
	adjustmentSavedAnswer  struct{ Body AdjustmentSaved }
	adjustmentReviewAnswer struct{ Body AdjustmentReview }
	adjustmentBookedAnswer struct{ Body AdjustmentBooked }
)

func (a *API) routeAdjustments() {
	if a.opts.Documents == nil {
		return
	}
	const tag, base, one = "Adjustments", "/v1/adjustments", "/v1/adjustments/{id}"
	register(a, route{method: http.MethodGet, path: "/v1/adjustment-kinds", id: "listAdjustmentKinds", tag: tag, action: access.ReadAdjustments, summary: "The kinds of lines, and where their goods come from or go to"},
		func(context.Context, *none) (*kindsAnswer, error) { return &kindsAnswer{adjust.Rules()}, nil })
	register(a, route{method: http.MethodGet, path: base, id: "listAdjustments", tag: tag, action: access.ReadAdjustments, summary: "Adjustments, the newest first"}, a.listAdjustments)
	register(a, route{method: http.MethodPost, path: base, id: "beginAdjustment", tag: tag, action: access.Adjust, status: http.StatusCreated, summary: "Begin an adjustment",
		about: "A draft that saves every change. Anyone with the right goes on with it; nothing touches the stock before it is booked."}, a.beginAdjustment)
	register(a, route{method: http.MethodGet, path: one, id: "getAdjustment", tag: tag, action: access.ReadAdjustments, summary: "One adjustment, without its lines"}, a.getAdjustment)
	register(a, route{method: http.MethodPatch, path: one, id: "changeAdjustment", tag: tag, action: access.Adjust, summary: "Change its name, date, place, note or reference"}, a.changeAdjustment)
	register(a, route{method: http.MethodGet, path: one + "/rows", id: "getAdjustmentRows", tag: tag, action: access.ReadAdjustments, summary: "What can be adjusted: the catalogue, with what lies where and the lines that change it",
		about: "All stock-kept products of the adjustment's site, those with nothing too, in the order of product, location, lot, serial."}, a.getAdjustmentRows)
	register(a, route{method: http.MethodGet, path: one + "/lines", id: "getAdjustmentLines", tag: tag, action: access.ReadAdjustments, summary: "Its lines"}, a.getAdjustmentLines)
	register(a, route{method: http.MethodPut, path: one + "/lines", id: "saveAdjustmentLines", tag: tag, action: access.Adjust, body: maxImportBody, summary: "Save lines: all that are sent, or none",
		about: "A line is named by its location, product, lot, serial and kind; others stay as they are. A change of 0 takes one out."}, a.saveLines)
	register(a, route{method: http.MethodPost, path: one + "/import", id: "importAdjustmentLines", tag: tag, action: access.Adjust, summary: "Take lines from a file: all or none",
		about:   "Rows as JSON objects, or CSV or XLSX whose first line names the fields: " + fmt.Sprint(adjust.Columns()) + ".",
		request: rowsBody()}, a.importLines)
	register(a, route{method: http.MethodGet, path: one + "/review", id: "reviewAdjustment", tag: tag, action: access.ReadAdjustments, summary: "What moved since its lines were made, and what will lie where"}, a.reviewAdjustment)
	register(a, route{method: http.MethodPost, path: one + "/book", id: "bookAdjustment", tag: tag, action: access.Adjust, summary: "Book it: in one commit, all or nothing",
		about: "Its intents have its reference, its id as install and its kind as reason. Sent again after a lost answer it tells the same again."}, a.bookAdjustment)
	register(a, route{method: http.MethodPost, path: one + "/drop", id: "dropAdjustment", tag: tag, action: access.Adjust, summary: "End it without booking"}, a.dropAdjustment)
	register(a, route{method: http.MethodPost, path: one + "/copy", id: "copyAdjustment", tag: tag, action: access.Adjust, status: http.StatusCreated, summary: "Begin another with its lines"}, a.copyAdjustment)
}

// rowsBody is the body of an import: rows as JSON, CSV or XLSX.
func rowsBody() *huma.RequestBody {
	rows := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject, Description: "field names and values; line, if given, is what errors name", AdditionalProperties: Scalar("").Schema(nil)}}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: rows}, "text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "CSV or XLSX, told apart by content"}}}}
}

// actor is who does something, as the books are told: for what documents book they
// vouch, as a supervisor does with a file.
func (a *API) actor(ctx context.Context, site string) documents.Actor {
	who := callOf(ctx).who
	as := access.Bringing(who)
	return documents.Actor{Name: who.Name, Source: book.Source{Self: who.Name, Site: site, Role: string(as.Role), Transport: book.Stated, Actor: as.Right, Grants: as.Grants}}
}

// seenAdjustment reads an adjustment that somebody may see.
func (a *API) seenAdjustment(ctx context.Context, id string) (adjust.Draft, error) {
	d, err := a.opts.Documents.Draft(ctx, id)
	if err == nil && !a.where(ctx, access.ReadAdjustments).Has(d.Site) {
		err = missing("adjustment", id)
	}
	return d, err
}

// seenLines reads an adjustment that somebody may see, and its lines as they may see
// them.
func (a *API) seenLines(ctx context.Context, id string) (d adjust.Draft, lines []adjust.Line, err error) {
	if d, err = a.seenAdjustment(ctx, id); err != nil {
		return d, nil, err
	}
	if lines, err = a.opts.Documents.Lines(id); err != nil {
		return d, nil, err
	}
	a.costless(ctx, d.Site, lines)
	return d, lines, nil
}

// mayAdjust judges whether somebody may change one.
func (a *API) mayAdjust(ctx context.Context, id string) error {
	d, err := a.opts.Documents.Draft(ctx, id)
	if err != nil {
		return err
	}
	if p := a.mayAt(ctx, access.Adjust, d.Site); p != nil {
		return p
	}
	return nil
}

// costless takes prices out for whoever may not see them.
func (a *API) costless(ctx context.Context, site string, lines []adjust.Line) {
	if a.where(ctx, access.SeeMoney).Has(site) {
		return
	}
	for i := range lines {
		lines[i].UnitCost, lines[i].TotalCost = ledger.Decimal{}, ledger.Decimal{}
	}
}

func (a *API) listAdjustments(ctx context.Context, q *adjustmentsQuery) (*adjustmentsAnswer, error) {
	sites := a.where(ctx, access.ReadAdjustments)
	rows, more, err := a.opts.Documents.Drafts(ctx, documents.DraftQuery{State: adjust.State(q.State), Reference: q.Reference, Name: q.Name, After: q.After, Limit: q.Limit,
		Sites: func(site string) bool { return sites.Has(site) && (q.Site == "" || q.Site == site) }})
	if err != nil {
		return nil, err
	}
	out := &adjustmentsAnswer{Adjustments{Rows: append([]adjust.Draft{}, rows...), Head: a.book.Head(), Epoch: a.book.Epoch()}}
	if more {
		out.Body.Next = rows[len(rows)-1].ID
	}
	return out, nil
}

func (a *API) beginAdjustment(ctx context.Context, q *newAdjustmentQuery) (*adjustmentAnswer, error) {
	b := &q.Body
	if b.Site == "" {
		b.Site = mainSite
	}
	if p := a.mayAt(ctx, access.Adjust, b.Site); p != nil {
		return nil, p
	}
	d, err := a.opts.Documents.Begin(ctx, documents.NewDraft{Name: b.Name, Note: b.Note, Site: b.Site, Location: b.Location, Date: b.Date, Reference: b.Reference}, callOf(ctx).who.Name)
	return &adjustmentAnswer{d}, err
}

func (a *API) getAdjustment(ctx context.Context, q *AdjustmentQuery) (*adjustmentAnswer, error) {
	d, err := a.seenAdjustment(ctx, q.ID)
	return &adjustmentAnswer{d}, err
}

func (a *API) changeAdjustment(ctx context.Context, q *changeAdjustmentQuery) (*adjustmentAnswer, error) {
	if err := a.mayAdjust(ctx, q.ID); err != nil {
		return nil, err
	}
	b := &q.Body
	d, err := a.opts.Documents.Change(ctx, q.ID, b.Version, documents.Head{Name: b.Name, Note: b.Note, Location: b.Location, Date: b.Date, Reference: b.Reference}, callOf(ctx).who.Name)
	return &adjustmentAnswer{d}, err
}

func (a *API) getAdjustmentRows(ctx context.Context, q *adjustmentRowsQuery) (*adjustmentRowsAnswer, error) {
	after, err := cursorOf(q.After)
	if err != nil {
		return nil, err
	}
	d, lines, err := a.seenLines(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	out := &adjustmentRowsAnswer{AdjustmentRows{Adjustment: d, Rows: []adjust.Row{}, Epoch: a.book.Epoch()}}
	want := adjust.Query{Location: q.Location, Product: q.Product, Category: q.Category, Attribute: q.Attribute, Show: adjust.Show(q.Show), After: after, Limit: q.Limit}
	var f *ledger.Fault
	err = a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		if q.By != "" {
			out.Body.Groups, f = d.Groups(s, lines, want, q.By)
			return
		}
		var rows []adjust.Row
		var more bool
		if rows, more, f = d.Rows(s, lines, want); more {
			out.Body.Next = cursorAfter(rows[len(rows)-1].Key())
		}
		out.Body.Rows = append(out.Body.Rows, rows...)
	})
	if f != nil {
		return nil, f
	}
	return out, err
}

func (a *API) getAdjustmentLines(ctx context.Context, q *adjustmentLinesQuery) (*adjustmentLinesAnswer, error) {
	after, err := cursorOf(q.After)
	if err != nil {
		return nil, err
	}
	d, lines, err := a.seenLines(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	out := &adjustmentLinesAnswer{AdjustmentLines{Adjustment: d, Lines: []adjust.Line{}, Head: a.book.Head(), Epoch: a.book.Epoch()}}
	for i := range lines {
		if lines[i].Key() <= after && after != "" {
			continue
		}
		if n := len(out.Body.Lines); n == q.Limit {
			out.Body.Next = cursorAfter(out.Body.Lines[n-1].Key())
			break
		}
		out.Body.Lines = append(out.Body.Lines, lines[i])
	}
	return out, nil
}

func (a *API) saveLines(ctx context.Context, q *saveLinesQuery) (*adjustmentSavedAnswer, error) {
	if err := a.mayAdjust(ctx, q.ID); err != nil {
		return nil, err
	}
	saved, err := a.opts.Documents.SaveLines(ctx, q.ID, q.Body.Lines, documents.Saving{Saw: q.Body.Version}, callOf(ctx).who.Name)
	if err != nil {
		return nil, a.lineProblem(ctx, err, nil, "Nothing was changed.")
	}
	a.costless(ctx, saved.Draft.Site, saved.Lines)
	return &adjustmentSavedAnswer{AdjustmentSaved{Adjustment: saved.Draft, Lines: append([]adjust.Line{}, saved.Lines...), Changed: saved.Changed}}, nil
}

// lineProblem names the line that is at fault; numbers are those of a file.
func (a *API) lineProblem(ctx context.Context, err error, numbers []int, kept string) error {
	var at *documents.LineFault
	if !errors.As(err, &at) {
		return err
	}
	p := *a.asProblem(ctx, err)
	p.Line = at.Line + 1
	if at.Line < len(numbers) {
		p.Line = numbers[at.Line]
	}
	p.Message = fmt.Sprintf("Line %d: %s %s", p.Line, at.Message, kept)
	p.Detail = p.Message
	return &p
}

func (a *API) importLines(ctx context.Context, q *importLinesQuery) (*adjustmentSavedAnswer, error) {
	if err := a.mayAdjust(ctx, q.ID); err != nil {
		return nil, err
	}
	rows, release, err := a.fileRows(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	notes, broken := repairCodes(rows, "barcode", "scan")
	if broken != nil {
		return nil, broken
	}
	said, numbers := make([]adjust.Said, len(rows)), make([]int, len(rows))
	for i := range rows {
		var f *ledger.Fault
		if said[i], f = adjust.ReadSaid(rows[i].fields); f != nil {
			p := lineProblem(rows[i].line, f.Code, f.Message)
			p.Field = f.Field
			return nil, p
		}
		numbers[i] = rows[i].line
	}
	if q.Version == 0 {
		d, err := a.opts.Documents.Draft(ctx, q.ID)
		if err != nil {
			return nil, err
		}
		q.Version = d.Version
	}
	saved, err := a.opts.Documents.SaveLines(ctx, q.ID, said, documents.Saving{Saw: q.Version, Replace: q.Replace, Try: q.DryRun}, callOf(ctx).who.Name)
	if err != nil {
		return nil, a.lineProblem(ctx, err, numbers, "No line of the import was taken.")
	}
	return &adjustmentSavedAnswer{AdjustmentSaved{Adjustment: saved.Draft, Lines: []adjust.Line{}, Changed: saved.Changed, DryRun: q.DryRun, Notes: notes}}, nil
}

func (a *API) reviewAdjustment(ctx context.Context, q *AdjustmentQuery) (*adjustmentReviewAnswer, error) {
	if _, err := a.seenAdjustment(ctx, q.ID); err != nil {
		return nil, err
	}
	d, r, err := a.opts.Documents.Review(ctx, q.ID)
	return &adjustmentReviewAnswer{AdjustmentReview{Adjustment: d, Review: r, Head: a.book.Head(), Epoch: a.book.Epoch()}}, err
}

func (a *API) bookAdjustment(ctx context.Context, q *bookAdjustmentQuery) (*adjustmentBookedAnswer, error) {
	d, err := a.opts.Documents.Draft(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	if p := a.mayAt(ctx, access.Adjust, d.Site); p != nil {
		return nil, p
	}
	d, repeat, err := a.opts.Documents.Book(ctx, q.ID, documents.Ask{Saw: q.Body.Version, Operator: q.Body.Operator, Demand: q.Body.Demand}, a.actor(ctx, d.Site))
	return &adjustmentBookedAnswer{AdjustmentBooked{Adjustment: d, Repeat: repeat, Head: a.book.Head(), Epoch: a.book.Epoch()}}, err
}

func (a *API) dropAdjustment(ctx context.Context, q *dropAdjustmentQuery) (*adjustmentAnswer, error) {
	if err := a.mayAdjust(ctx, q.ID); err != nil {
		return nil, err
	}
	d, err := a.opts.Documents.Drop(ctx, q.ID, q.Body.Version, callOf(ctx).who.Name)
	return &adjustmentAnswer{d}, err
}

func (a *API) copyAdjustment(ctx context.Context, q *AdjustmentQuery) (*adjustmentAnswer, error) {
	if err := a.mayAdjust(ctx, q.ID); err != nil {
		return nil, err
	}
	d, err := a.opts.Documents.Copy(ctx, q.ID, callOf(ctx).who.Name)
	return &adjustmentAnswer{d}, err
}
