package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"bayledger/sync/ledger"
)

// readBody reads a request's body of at most most bytes. release gives its room
// back once the body is no longer used. The body of a client that is too slow,
// or says too much, is not read to its end.
func (a *API) readBody(ctx context.Context, most int64) (body []byte, release func(), err error) {
	r := callOf(ctx).gin.Request
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, nil, problem(ledger.Unsupported, "The body is encoded as "+quoted(coding)+". Nothing was taken; send it plain.")
	}
	tooLarge := problem(ledger.TooLarge, "The body is larger than "+mib(most)+". Nothing was taken; send it in pieces.")
	if r.ContentLength > most {
		return nil, nil, tooLarge
	}
	room := most
	if r.ContentLength >= 0 {
		room = r.ContentLength + 1
	}
	wait, cancel := context.WithTimeout(ctx, bodyWait)
	defer cancel()
	if a.bodies.Acquire(wait, room) != nil {
		return nil, nil, problem(ledger.TooFast, "Too many large requests are under way. Nothing was taken; send it again in a moment.")
	}
	release = func() { a.bodies.Release(room) }
	body, err = a.receive(ctx, r, most)
	if err == nil {
		return body, release, nil
	}
	release()
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case errors.As(err, &large):
		err = tooLarge
	case errors.As(err, &slow) && slow.Timeout():
		err = problem(codeTimeout, "The body did not arrive within a minute. Nothing was taken; send it again.")
	default:
		err = problem(ledger.BadJSON, "The body ended too early. Nothing was taken; send it again.")
	}
	return nil, nil, err
}

func (a *API) receive(ctx context.Context, r *http.Request, most int64) ([]byte, error) {
	w := callOf(ctx).gin.Writer
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
	// A deadline left behind would end the request while it is being answered.
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	from := http.MaxBytesReader(w, r.Body, most)
	if r.ContentLength > 0 {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(from, body)
		return body, err
	}
	return io.ReadAll(from)
}

func mib(n int64) string {
	if n%(1<<20) == 0 {
		return itoa(n>>20) + " MiB"
	}
	return itoa(n>>10) + " KiB"
}
