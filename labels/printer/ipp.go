package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// tagPrinter is the group of a printer's attributes.
const tagPrinter = 0x04

// States of jobs.
const (
	jobCanceled  = 7
	jobAborted   = 8
	jobCompleted = 9
)

// printerStopped is the state of a printer that prints nothing.
const printerStopped = 5

// historyKept is how long a printer may be trusted to list a job that has ended:
// some forget after a minute.
const historyKept = 45 * time.Second

// user is who our jobs are of.
const user = "bayledger"

// ipp is a printer of the Internet Printing Protocol. What it says of its jobs can
// be asked for later too, so that a crash leaves no doubt as long as it keeps them.
type ipp struct {
	profile Profile
	url     string // of HTTP
	uri     string // of the printer
	client  *http.Client
	times   Times
	ids     atomic.Int32
}

func newIPP(p Profile, u *url.URL, t Times) *ipp {
	where := *u
	where.Scheme = "http"
	if u.Scheme == "ipps" {
		where.Scheme = "https"
	}
	if where.Path == "" {
		where.Path = "/ipp/print"
	}
	uri := where
	uri.Scheme = u.Scheme
	dialer := net.Dialer{Timeout: t.Dial}
	return &ipp{profile: p, url: where.String(), uri: uri.String(), times: t, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a printer that points elsewhere is not this printer
		// How long an answer may take is do's: to a document some printers answer only when they have drawn it.
		Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, Proxy: nil}}}
}

// do sends a request, and a document behind it.
func (p *ipp) do(ctx context.Context, r *request, document []byte, within time.Duration) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	head := r.end()
	h, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, io.MultiReader(bytes.NewReader(head), bytes.NewReader(document)))
	if err != nil {
		return nil, err
	}
	h.ContentLength = int64(len(head) + len(document))
	h.Header.Set("Content-Type", "application/ipp")
	res, err := p.client.Do(h)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers with HTTP status %d", res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxIPPAnswer))
	if err != nil {
		return nil, err
	}
	return parseAnswer(body)
}

func (p *ipp) request(op int) *request { return newRequest(op, int(p.ids.Add(1)), p.uri) }

// asked is what a printer is asked about itself.
var asked = []string{"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "document-format-supported", "printer-up-time", "printer-resolution-default"}

func (p *ipp) attributes(ctx context.Context) (*group, error) {
	r := p.request(opGetPrinter)
	r.text(tagName, "requesting-user-name", user)
	r.text(tagKeyword, "requested-attributes", asked...)
	a, err := p.do(ctx, r, nil, p.times.Answer)
	if err != nil {
		return nil, errors.New(p.unreached(err))
	}
	groups := a.of(tagPrinter)
	if !a.ok() || len(groups) == 0 {
		return nil, fmt.Errorf("it answers with IPP status 0x%04x", a.status)
	}
	return groups[0], nil
}

func (p *ipp) unreached(err error) string {
	if errors.Is(err, errAnswer) || strings.HasPrefix(err.Error(), "it answers") {
		return err.Error() + " at " + p.uri
	}
	return unreached(p.uri, err)
}

func (p *ipp) Status(ctx context.Context) (Status, error) {
	g, err := p.attributes(ctx)
	if err != nil {
		return Status{}, err
	}
	return statusOf(g), nil
}

func (p *ipp) Send(ctx context.Context, piece *Piece) Outcome {
	g, err := p.attributes(ctx)
	if err != nil {
		return Outcome{Fate: NotSent, Reason: err.Error()}
	}
	if s := statusOf(g); !s.Ready {
		return Outcome{Fate: NotSent, Reason: s.Reason, Condition: true}
	}
	name, mime := p.format(g)
	if name == "" {
		return Outcome{Fate: Refused, Reason: "it takes neither ZPL nor PWG raster nor PDF, only " + printable(strings.Join(g.texts("document-format-supported"), ", "))}
	}
	body, err := piece.Document(name)
	if err != nil {
		return Outcome{Fate: Refused, Reason: err.Error()}
	}
	if ctx.Err() != nil {
		return Outcome{Fate: NotSent, Reason: "stopped"}
	}
	sent := p.times.Now()
	a, err := p.do(ctx, p.printJob(piece.Name, mime), body, p.times.Write)
	if err != nil { // it may have it all the same
		return p.cutOff(ctx, piece, sent, err)
	}
	if !a.ok() {
		return p.refused(a, mime)
	}
	jobs := a.of(tagJob)
	if len(jobs) == 0 {
		return Outcome{Fate: Unknown, Reason: "it took the labels and names no job for them"}
	}
	id, _ := jobs[0].number("job-id")
	return p.await(ctx, id, piece)
}

// cutOff judges a piece whose sending ended without an answer.
func (p *ipp) cutOff(ctx context.Context, piece *Piece, sent time.Time, err error) Outcome {
	if ctx.Err() != nil {
		if !errors.Is(context.Cause(ctx), ErrStop) {
			return Outcome{Fate: Unknown, Condition: true, Reason: closing}
		}
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(context.WithoutCancel(ctx), cancelWithin)
		defer stop()
		if id, err := p.find(ctx, piece.Name); err == nil && id != 0 {
			return p.cancel(ctx, id, piece)
		}
	}
	out := p.Recall(ctx, piece, sent)
	if out.Fate == NotSent && !out.Condition {
		out.Reason = p.unreached(err)
	}
	return out
}

// closing is why nobody knows when the server goes first.
const closing = "the server stopped while labels were on their way"

func (p *ipp) printJob(name, mime string) *request {
	r := p.request(opPrintJob)
	r.text(tagName, "requesting-user-name", user)
	r.text(tagName, "job-name", name)
	r.text(tagMime, "document-format", mime)
	r.group(tagJob)
	if p.profile.Width > 0 {
		r.media(p.profile.Width, p.profile.Height)
	}
	return r
}

// refused judges an answer that is no success.
func (p *ipp) refused(a *answer, mime string) Outcome {
	said := fmt.Sprintf("IPP status 0x%04x", a.status)
	for _, g := range a.of(tagOperation) {
		if t := g.texts("status-message"); len(t) > 0 {
			said += ": " + printable(t[0])
		}
	}
	switch {
	case a.status == statusBusy || a.status == statusNotAccepting:
		return Outcome{Fate: NotSent, Reason: "it is busy", Condition: true}
	case a.status == statusFormat || a.status == statusFormatOther:
		return Outcome{Fate: Refused, Reason: "it does not take " + mime + " (" + said + ")"}
	case a.status >= statusClientFirst && a.status <= statusClientLast:
		return Outcome{Fate: Refused, Reason: "it refuses the job (" + said + ")"}
	}
	return Outcome{Fate: NotSent, Reason: "it failed at the job (" + said + ")"}
}

// printable keeps a printer's words from being more than words.
func printable(s string) string {
	const most = 120
	out := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(out) > most {
		out = strings.ToValidUTF8(out[:most], "") + "…"
	}
	return out
}

// jobAsked is what a job is asked.
var jobAsked = []string{"job-id", "job-name", "job-state", "job-state-reasons", "job-impressions-completed"}

func (p *ipp) job(ctx context.Context, id int) (*group, error) {
	r := p.request(opGetJob)
	r.integer("job-id", id)
	r.text(tagName, "requesting-user-name", user)
	r.text(tagKeyword, "requested-attributes", jobAsked...)
	a, err := p.do(ctx, r, nil, p.times.Answer)
	if err != nil {
		return nil, err
	}
	if groups := a.of(tagJob); a.ok() && len(groups) > 0 {
		return groups[0], nil
	}
	return nil, fmt.Errorf("it answers with IPP status 0x%04x", a.status)
}

// lostAfter is how many questions about a job in a row may fail before nobody can
// say what became of it.
const lostAfter = 8

// await asks for a job until it has ended. Where it waits, the printer says why.
func (p *ipp) await(ctx context.Context, id int, piece *Piece) Outcome {
	last, failed := "", 0
	for wait := p.times.Poll; ; wait = min(2*wait, longestPoll) {
		g, err := p.job(ctx, id)
		if err == nil {
			failed = 0
			state, _ := g.number("job-state")
			if state >= jobCanceled {
				piece.waits(&last, "")
				return p.ended(ctx, g, state, piece)
			}
			if about, err := p.attributes(ctx); err == nil {
				piece.waits(&last, statusOf(about).Reason)
			}
		} else if failed++; failed >= lostAfter { // Recall may hear more later
			return Outcome{Fate: Unknown, Condition: true, Reason: p.unreached(err) + ", after it took the labels"}
		}
		if !pause(ctx, wait) {
			if errors.Is(context.Cause(ctx), ErrStop) {
				return p.cancel(context.WithoutCancel(ctx), id, piece)
			}
			return Outcome{Fate: Unknown, Condition: true, Reason: closing}
		}
	}
}

// ended judges a job that is over.
func (p *ipp) ended(ctx context.Context, g *group, state int, piece *Piece) Outcome {
	reasons := g.texts("job-state-reasons")
	if state == jobCompleted && !slices.Contains(reasons, "job-completed-with-errors") {
		return Outcome{Fate: Printed}
	}
	said := " (" + printable(strings.Join(reasons, ", ")) + ")"
	out := Outcome{Fate: Broken, Reason: "it broke the job off" + said}
	switch state {
	case jobCanceled:
		out.Fate, out.Reason = Refused, "the job was cancelled at the printer"
	case jobCompleted:
		out.Reason = "it ended the job with errors" + said
	}
	copies := max(1, piece.Copies)
	switch done, counted := g.number("job-impressions-completed"); {
	case !counted:
		out.Fate = Unknown
		out.Reason += ", and does not say how many of its labels came out"
	case done < 0 || done > piece.Labels*copies || done%copies != 0 || state == jobCompleted:
		out.Fate = Unknown
		out.Reason += fmt.Sprintf(", and counts %d of %d labels", done, piece.Labels*copies)
	default:
		out.Labels = done / copies
	}
	if about, err := p.attributes(ctx); err == nil {
		if s := statusOf(about); !s.Ready && out.Fate == Broken {
			out.Fate, out.Reason, out.Condition = NotSent, s.Reason, true
		}
	}
	return out
}
