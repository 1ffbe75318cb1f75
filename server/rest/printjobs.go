package rest

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"strings"

	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/server/labels"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
)

// PrintJob is labels that are printed together.
type PrintJob struct {
	ID        uint64      `json:"id"`
	Key       string      `json:"key,omitempty" doc:"of whoever asked; the same again is the same job"`
	State     string      `json:"state" enum:"queued,sending,printed,failed,held,stopped"`
	Reason    string      `json:"reason,omitempty" doc:"the printer's own, or what a person has to do"`
	Ask       bool        `json:"ask" doc:"a person has to look how many labels came out, and resume it with came_out"`
	InDoubt   int         `json:"in_doubt,omitempty" doc:"labels that may have come out"`
	Printer   string      `json:"printer"`
	Template  string      `json:"template"`
	Version   string      `json:"version" doc:"of the layout"`
	Label     string      `json:"label" doc:"what its labels are for"`
	Delivery  string      `json:"delivery,omitempty"`
	By        string      `json:"by,omitempty"`
	Device    string      `json:"device,omitempty"`
	Why       string      `json:"why,omitempty"`
	Copies    int         `json:"copies" doc:"of each label"`
	Labels    int         `json:"labels"`
	Done      int         `json:"done" doc:"labels that are out"`
	ReprintOf uint64      `json:"reprint_of,omitempty"`
	CreatedAt ledger.Time `json:"created_at"`
	ChangedAt ledger.Time `json:"changed_at"`
	NextAt    ledger.Time `json:"next_at,omitzero" doc:"when the printer is tried again"`
	Repeat    bool        `json:"repeat,omitempty" doc:"it was asked for before, and nothing is printed again"`
}

// PrintedLabel is one label of a job.
type PrintedLabel struct {
	Label    int               `json:"label" doc:"from 1"`
	Code     string            `json:"code,omitempty"`
	Number   string            `json:"number,omitempty" doc:"that it was given"`
	Fields   map[string]string `json:"fields"`
	Reprints int               `json:"reprints,omitempty"`
	Void     *VoidNote         `json:"void,omitempty"`
}

// VoidNote is who made a label void, when and why.
type VoidNote struct {
	By  string      `json:"by,omitempty"`
	At  ledger.Time `json:"at"`
	Why string      `json:"why"`
}

// PrintJobs is a page of jobs, the newest first.
type PrintJobs struct {
	Rows []PrintJob `json:"rows"`
	Next uint64     `json:"next,omitempty" doc:"below of the next page; missing on the last"`
}

// PrintJobDetail is a job with its labels.
type PrintJobDetail struct {
	PrintJob
	Rows []PrintedLabel `json:"rows"`
}

func jobOf(j *queue.Job) PrintJob {
	out := PrintJob{ID: j.ID, State: string(j.State), Reason: j.Reason, Ask: j.Ask, Printer: j.Printer, Template: j.Layout, Version: j.Version, Label: j.Subject,
		Delivery: j.Delivery, By: j.By, Device: j.Device, Why: j.Why, Copies: j.Copies, Labels: j.Labels, Done: j.Done, ReprintOf: j.Reprint,
		CreatedAt: ledger.TimeOf(j.Created), ChangedAt: ledger.TimeOf(j.Changed)}
	_, out.Key, _ = strings.Cut(j.Key, "/")
	if !j.NextAt.IsZero() && !j.State.Final() {
		out.NextAt = ledger.TimeOf(j.NextAt)
	}
	if j.Ask && j.Under != nil {
		out.InDoubt = j.Under.To - j.Under.From
	}
	return out
}

type (
	printJobsQuery struct {
		State    string `query:"state" enum:"queued,sending,printed,failed,held,stopped"`
		Printer  string `query:"printer"`
		Delivery string `query:"delivery"`
		Device   string `query:"device"`
		Below    uint64 `query:"below" doc:"next of the page before"`
		Limit    int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
		Accept   string `header:"Accept" doc:"text/event-stream follows the jobs"`
	}
	printQuery struct {
		Body struct {
			Key      string     `json:"key,omitempty" maxLength:"200" doc:"the asker's own id of the job; a repeat prints once"`
			Printer  string     `json:"printer,omitempty" maxLength:"100" doc:"its name, or what its label says; empty: the one that the device chose"`
			Label    string     `json:"label" maxLength:"40" doc:"what the labels are for"`
			Template string     `json:"template,omitempty" maxLength:"40"`
			Copies   int        `json:"copies,omitempty" default:"1" minimum:"1" maximum:"100"`
			Delivery string     `json:"delivery,omitempty" maxLength:"200" doc:"the job is all labels of one delivery"`
			Reason   string     `json:"reason,omitempty" maxLength:"1000"`
			DryRun   bool       `json:"dry_run,omitempty" doc:"check all and print nothing"`
			Labels   []LabelAsk `json:"labels" minItems:"1" maxItems:"2000"`
		}
	}
	printJobAnswer struct {
		Status int
		Body   PrintJob
	}
	jobQuery struct {
		ID uint64 `path:"id"`
	}
	jobAnswer struct{ Body PrintJobDetail }
	stopQuery struct {
		ID   uint64 `path:"id"`
		Body struct {
			Reason string `json:"reason,omitempty" maxLength:"200"`
		}
	}
	resumeQuery struct {
		ID   uint64 `path:"id"`
		Body struct {
			CameOut *int `json:"came_out,omitempty" minimum:"0" doc:"how many of the labels in doubt came out; needed where the job asks"`
		}
	}
	reprintQuery struct {
		ID   uint64 `path:"id"`
		Body struct {
			Key     string `json:"key,omitempty" maxLength:"200"`
			Labels  []int  `json:"labels,omitempty" maxItems:"2000" doc:"from 1; none: all that are not void"`
			Printer string `json:"printer,omitempty" maxLength:"100"`
			Copies  int    `json:"copies,omitempty" minimum:"0" maximum:"100"`
			Reason  string `json:"reason" minLength:"1" maxLength:"1000"`
		}
	}
	voidQuery struct {
		ID   uint64 `path:"id"`
		Body struct {
			Labels []int  `json:"labels,omitempty" maxItems:"2000" doc:"from 1; none: all"`
			Reason string `json:"reason" minLength:"1" maxLength:"1000"`
		}
	}
)

func (a *API) routePrintJobs() {
	responses := a.jsonResponse("Jobs, the newest first", reflect.TypeFor[PrintJobs]())
	responses["200"].Content["text/event-stream"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString,
		Description: "event: job with a job as data, first those that are not finished, then each that changes; event: drain before the server goes away"}}
	register(a, route{method: http.MethodGet, path: "/v1/print-jobs", id: "listPrintJobs", tag: "Labels", action: access.ReadLabels, summary: "List or follow print jobs", responses: responses}, a.listPrintJobs)
	register(a, route{method: http.MethodPost, path: "/v1/print-jobs", id: "print", tag: "Labels", action: access.PrintLabels, status: http.StatusCreated, body: maxLabelsBody, summary: "Print labels",
		about: "All labels are checked before the job is taken, and a job that is taken is on disk with its numbers. 200 where it was asked for before, or is a dry run."}, a.print)
	register(a, route{method: http.MethodGet, path: "/v1/print-jobs/{id}", id: "getPrintJob", tag: "Labels", action: access.ReadLabels, summary: "Show a print job and its labels"}, a.getPrintJob)
	register(a, route{method: http.MethodPost, path: "/v1/print-jobs/{id}/stop", id: "stopPrintJob", tag: "Labels", action: access.CorrectLabels, summary: "Stop a print job"}, a.stopPrintJob)
	register(a, route{method: http.MethodPost, path: "/v1/print-jobs/{id}/resume", id: "resumePrintJob", tag: "Labels", action: access.CorrectLabels, summary: "Let a print job go on",
		about: "One that failed, was stopped, or waits; of one that asks, came_out says how many of the labels in doubt came out."}, a.resumePrintJob)
	register(a, route{method: http.MethodPost, path: "/v1/print-jobs/{id}/reprint", id: "reprint", tag: "Labels", action: access.CorrectLabels, status: http.StatusCreated, summary: "Print labels of a job again",
		about: "With the numbers that they have, and marked as a reprint."}, a.reprint)
	register(a, route{method: http.MethodPost, path: "/v1/print-jobs/{id}/void", id: "voidLabels", tag: "Labels", action: access.CorrectLabels, summary: "Say that labels are not to be used",
		about: "Their numbers stay given, and they are not printed again."}, a.voidLabels)
}

func (a *API) print(ctx context.Context, q *printQuery) (*printJobAnswer, error) {
	b, who := &q.Body, callOf(ctx).who
	r := labels.Request{Key: labels.DeviceKey(who.Name, b.Key), Printer: b.Printer, Template: b.Template, Copies: b.Copies, Delivery: b.Delivery, Why: b.Reason, Who: who,
		Device: who.Device, DryRun: b.DryRun}
	for _, l := range b.Labels {
		r.Asks = append(r.Asks, labels.Ask{Subject: b.Label, Code: l.Code, Site: l.Site, Fields: l.Fields, Range: l.Range})
	}
	j, repeat, err := a.opts.Labels.Print(ctx, r)
	if err != nil {
		return nil, err
	}
	out := &printJobAnswer{http.StatusCreated, jobOf(&j)}
	if out.Body.Repeat = repeat; repeat || b.DryRun {
		out.Status = http.StatusOK
	}
	return out, nil
}

func (a *API) getPrintJob(ctx context.Context, q *jobQuery) (*jobAnswer, error) {
	if p := a.mayTouchJob(ctx, access.ReadLabels, q.ID); p != nil {
		return nil, p
	}
	return a.jobDetail(q.ID)
}

// mayTouchJob judges an action on a job: at the site that it was asked for. A job
// that is not there is told where it is looked for.
func (a *API) mayTouchJob(ctx context.Context, action access.Action, id uint64) *Problem {
	if a.where(ctx, action).All() {
		return nil
	}
	j, _, err := a.opts.Labels.Job(id)
	if err != nil {
		return a.asProblem(ctx, labels.AsFault(err))
	}
	return a.mayAt(ctx, action, siteOfJob(&j))
}

func siteOfJob(j *queue.Job) string { return cmp.Or(j.Site, mainSite) }

func (a *API) jobDetail(id uint64) (*jobAnswer, error) {
	j, list, err := a.opts.Labels.Job(id)
	if err != nil {
		return nil, labels.AsFault(err)
	}
	out := &jobAnswer{PrintJobDetail{PrintJob: jobOf(&j), Rows: []PrintedLabel{}}}
	for i, l := range list {
		row := PrintedLabel{Label: i + 1, Code: l.Code, Number: l.Number, Fields: l.Fields, Reprints: l.Reprint}
		if l.Void != nil {
			row.Void = &VoidNote{By: l.Void.By, At: ledger.TimeOf(l.Void.At), Why: l.Void.Why}
		}
		out.Body.Rows = append(out.Body.Rows, row)
	}
	return out, nil
}

func (a *API) stopPrintJob(ctx context.Context, q *stopQuery) (*printJobAnswer, error) {
	if p := a.mayTouchJob(ctx, access.CorrectLabels, q.ID); p != nil {
		return nil, p
	}
	j, err := a.opts.Labels.Stop(q.ID, callOf(ctx).who.Name, q.Body.Reason)
	return &printJobAnswer{Status: http.StatusOK, Body: jobOf(&j)}, labels.AsFault(err)
}

func (a *API) resumePrintJob(ctx context.Context, q *resumeQuery) (*printJobAnswer, error) {
	if p := a.mayTouchJob(ctx, access.CorrectLabels, q.ID); p != nil {
		return nil, p
	}
	out := -1 // not said
	if q.Body.CameOut != nil {
		out = *q.Body.CameOut
	}
	j, err := a.opts.Labels.Resume(q.ID, out)
	return &printJobAnswer{Status: http.StatusOK, Body: jobOf(&j)}, labels.AsFault(err)
}

// places turns labels counted from 1 into those of the queue.
func places(list []int) []int {
	out := make([]int, len(list))
	for i, n := range list {
		out[i] = n - 1
	}
	return out
}

func (a *API) reprint(ctx context.Context, q *reprintQuery) (*printJobAnswer, error) {
	if p := a.mayTouchJob(ctx, access.CorrectLabels, q.ID); p != nil {
		return nil, p
	}
	b, who := &q.Body, callOf(ctx).who
	j, repeat, err := a.opts.Labels.Reprint(ctx, &who, q.ID, places(b.Labels), queue.Request{Key: labels.DeviceKey(who.Name, b.Key), Printer: b.Printer, Copies: b.Copies, By: who.Name, Device: who.Device,
		Site: who.Site, Why: b.Reason})
	if err != nil {
		return nil, err
	}
	out := &printJobAnswer{http.StatusCreated, jobOf(&j)}
	if out.Body.Repeat = repeat; repeat {
		out.Status = http.StatusOK
	}
	return out, nil
}

func (a *API) voidLabels(ctx context.Context, q *voidQuery) (*jobAnswer, error) {
	if p := a.mayTouchJob(ctx, access.CorrectLabels, q.ID); p != nil {
		return nil, p
	}
	if err := a.opts.Labels.Void(q.ID, places(q.Body.Labels), callOf(ctx).who.Name, q.Body.Reason); err != nil {
		return nil, labels.AsFault(err)
	}
	return a.jobDetail(q.ID)
}

func (a *API) listPrintJobs(ctx context.Context, q *printJobsQuery) (*huma.StreamResponse, error) {
	filter := queue.Filter{State: queue.State(q.State), Printer: q.Printer, Delivery: q.Delivery, Device: q.Device}
	if strings.Contains(q.Accept, "text/event-stream") {
		return a.followJobs(filter, a.where(ctx, access.ReadLabels))
	}
	list, next, err := a.opts.Labels.List(filter, q.Below, q.Limit)
	if err != nil {
		return nil, err
	}
	out := PrintJobs{Rows: []PrintJob{}, Next: next}
	for i := range list {
		if a.where(ctx, access.ReadLabels).Has(siteOfJob(&list[i])) {
			out.Rows = append(out.Rows, jobOf(&list[i]))
		}
	}
	body, err := json.Marshal(&out)
	if err != nil {
		return nil, err
	}
	return a.plain("application/json", append(body, '\n')), nil
}
