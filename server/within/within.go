// Package within asks a handler of the same process, as an HTTP client would, without a
// network. An answer is read while it is written: however long it is, some kilobytes of
// it are held.
//
// Whoever asks reads the body to its end or closes it; until then the handler is held up
// at its next write, and after a Close its writes fail. A handler that panics breaks the
// answer off: the body ends with io.ErrUnexpectedEOF and not as if all of it had come.
// With http.ErrAbortHandler that is all; of any other panic Failed is told.
package within

import (
	"bufio"
	"io"
	"net/http"
	"sync"
)

const buffer = 32 << 10 // of what is written and not flushed: a page of a report or so

// Transport implements http.RoundTripper.
type Transport struct {
	Handler http.Handler
	// Failed is told what a handler panicked with, in the handler's goroutine. It is
	// required: an answer that is cut short is seen by whoever asked, and its reason by
	// nobody else.
	Failed func(panicked any)
}

// RoundTrip implements http.RoundTripper. It returns with the answer's head, or with the
// request's end.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, to := io.Pipe()
	w := &answer{header: http.Header{}, to: bufio.NewWriterSize(to, buffer), begun: make(chan struct{})}
	go func() { to.CloseWithError(t.serve(w, r)) }()
	select {
	case <-w.begun:
		return &http.Response{StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header, Body: body, ContentLength: -1, Request: r}, nil
	case <-r.Context().Done():
		body.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
}

// serve runs the handler and says how its answer ended: nil where it is whole.
func (t Transport) serve(w *answer, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = io.ErrUnexpectedEOF
			if p != http.ErrAbortHandler {
				t.Failed(p)
			}
		}
		if flushed := w.FlushError(); err == nil {
			err = flushed
		}
	}()
	t.Handler.ServeHTTP(w, r)
	return nil
}

// answer is an answer that is read while it is written.
type answer struct {
	header http.Header
	to     *bufio.Writer
	status int
	once   sync.Once
	begun  chan struct{}
}

// Header implements http.ResponseWriter.
func (w *answer) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *answer) WriteHeader(status int) {
	w.once.Do(func() { w.status = status; close(w.begun) })
}

// Write implements http.ResponseWriter.
func (w *answer) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.to.Write(b)
}

// FlushError is what http.ResponseController flushes by.
func (w *answer) FlushError() error {
	w.WriteHeader(http.StatusOK)
	return w.to.Flush()
}

// Flush implements http.Flusher; whoever stopped reading is met by the next write.
func (w *answer) Flush() { _ = w.FlushError() }
