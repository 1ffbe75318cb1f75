package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// Codes that only this side knows; the others are the ledger's.
const (
	codeInternal    ledger.Code = "internal"
	codeUnavailable ledger.Code = "unavailable"
	codeMethod      ledger.Code = "method_not_allowed"
	codeTimeout     ledger.Code = "timeout"
)

// statuses is the one table from codes to HTTP.
var statuses = map[ledger.Code]int{
	ledger.BadJSON:          http.StatusBadRequest,
	ledger.UnknownField:     http.StatusUnprocessableEntity,
	ledger.BadField:         http.StatusUnprocessableEntity,
	ledger.UnknownAction:    http.StatusUnprocessableEntity,
	ledger.BadQuantity:      http.StatusUnprocessableEntity,
	ledger.BadTime:          http.StatusUnprocessableEntity,
	ledger.UnknownOperator:  http.StatusUnprocessableEntity,
	ledger.UnknownProduct:   http.StatusUnprocessableEntity,
	ledger.UnknownLocation:  http.StatusUnprocessableEntity,
	ledger.NotAllowed:       http.StatusForbidden,
	ledger.BadKey:           http.StatusUnauthorized,
	ledger.IdentityConflict: http.StatusConflict,
	ledger.Gap:              http.StatusConflict,
	ledger.Expired:          http.StatusConflict,
	ledger.Short:            http.StatusConflict,
	ledger.Held:             http.StatusConflict,
	ledger.Closing:          http.StatusConflict,
	ledger.StaleCursor:      http.StatusGone,
	ledger.TooLarge:         http.StatusRequestEntityTooLarge,
	ledger.TooFast:          http.StatusTooManyRequests,
	ledger.DiskFull:         http.StatusServiceUnavailable,
	ledger.Unsupported:      http.StatusUnsupportedMediaType,
	ledger.NotFound:         http.StatusNotFound,
	codeInternal:            http.StatusInternalServerError,
	codeUnavailable:         http.StatusServiceUnavailable,
	codeMethod:              http.StatusMethodNotAllowed,
	codeTimeout:             http.StatusRequestTimeout,
}

// Problem is an error as clients see it (RFC 9457), with our code and message.
type Problem struct {
	Title   string      `json:"title" doc:"the HTTP status in words"`
	Status  int         `json:"status"`
	Detail  string      `json:"detail" doc:"the same as message"`
	Code    ledger.Code `json:"code" doc:"what went wrong, for machines; codes are never taken away or given another meaning"`
	Message string      `json:"message" doc:"what happened, what was kept, what to do"`
	Field   string      `json:"field,omitempty" doc:"the field or parameter at fault"`
	Line    int         `json:"line,omitempty" doc:"the line of an import at fault"`
	Faults  []LineFault `json:"faults,omitempty" doc:"of an import: all lines at fault, up to a hundred"`
	Retry   int         `json:"retry_after,omitempty" doc:"seconds after which to try again"`
	Request string      `json:"request_id,omitempty" doc:"what to look for in the server's log"`
}

// LineFault is a line of an import that cannot be taken.
type LineFault struct {
	Line    int         `json:"line"`
	Field   string      `json:"field,omitempty"`
	Code    ledger.Code `json:"code"`
	Message string      `json:"message"`
}

var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
	_ huma.HeadersError      = (*Problem)(nil)
)

// problem makes one; its status follows from the code.
func problem(code ledger.Code, message string) *Problem {
	status, ok := statuses[code]
	if !ok {
		status = http.StatusInternalServerError
	}
	p := &Problem{Title: http.StatusText(status), Status: status, Detail: message, Code: code, Message: message}
	switch code {
	case ledger.DiskFull:
		p.Retry = retryFull
	case ledger.TooFast, codeUnavailable:
		p.Retry = retrySoon
	}
	return p
}

func badField(name, message string) *Problem {
	p := problem(ledger.BadField, message)
	p.Field = name
	return p
}

func (p *Problem) Error() string { return p.Message }

// GetStatus makes a Problem a huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes the answer application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders tells when to come back, and with what.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.Retry))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="bayledger"`)
	}
	return h
}

// errGone stands for a client that went away: nobody reads the answer.
var errGone = problem(codeTimeout, "The request was broken off.")

// asProblem turns any error into one for the client. What is not meant for
// clients is only named, and goes to the log.
func (a *API) asProblem(ctx context.Context, err error) *Problem {
	var p *Problem
	var f *ledger.Fault
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &f):
		p = problem(f.Code, f.Message)
		p.Field = f.Field
		return p
	case errors.Is(err, book.ErrClosed):
		return problem(codeUnavailable, "The server is closing: nothing was taken; send it again in a few seconds.")
	case errors.Is(err, book.ErrFailed):
		return problem(codeUnavailable, err.Error())
	case errors.Is(err, journal.ErrFull):
		return problem(ledger.DiskFull, err.Error())
	case ctx.Err() != nil:
		return errGone
	}
	a.line(ctx).Error("a request failed", "error", err)
	return problem(codeInternal, "The server failed at this. Nothing was promised; try again, and if it stays so, look for the request id in the server's log.")
}

// translate gives huma's own errors, about parameters and bodies, our shape.
func translate(ctx huma.Context, _ string, v any) (any, error) {
	switch e := v.(type) {
	case *huma.ErrorModel:
		p := fromModel(e)
		p.Request = requestID(ctx.Context())
		return p, nil
	case *Problem:
		if e.Request == "" {
			shown := *e
			shown.Request = requestID(ctx.Context())
			return &shown, nil
		}
	}
	return v, nil
}

func fromModel(e *huma.ErrorModel) *Problem {
	code := codeInternal
	switch e.Status {
	case http.StatusBadRequest:
		code = ledger.BadJSON
	case http.StatusUnprocessableEntity:
		code = ledger.BadField
	case http.StatusRequestEntityTooLarge:
		code = ledger.TooLarge
	case http.StatusRequestTimeout:
		code = codeTimeout
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		code = ledger.Unsupported
	}
	message, at := e.Detail, place{}
	if len(e.Errors) > 0 && e.Errors[0] != nil {
		first := e.Errors[0]
		if strings.HasPrefix(first.Message, "unknown query parameter") || strings.HasPrefix(first.Message, "unexpected property") {
			code = ledger.UnknownField
		}
		message, at = inWords(first)
	}
	p := problem(code, strings.TrimSuffix(message, ".")+". Nothing was changed; mend it and send it again.")
	p.Status, p.Title, p.Field, p.Line = e.Status, http.StatusText(e.Status), at.field, at.line
	return p
}
