package main

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// within answers requests by a handler of this process, as they are written: no network
// and no key.
type within struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper. The handler ends when its answer is closed.
func (t within) RoundTrip(r *http.Request) (*http.Response, error) {
	body, to := io.Pipe()
	w := &answering{header: http.Header{}, to: to, begun: make(chan struct{})}
	go func() {
		failed := errors.New("the answer broke off")
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				panic(p)
			}
			w.WriteHeader(http.StatusOK)
			to.CloseWithError(failed)
		}()
		t.handler.ServeHTTP(w, r)
		failed = nil
	}()
	select {
	case <-w.begun:
		return &http.Response{StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header, Body: body, ContentLength: -1, Request: r}, nil
	case <-r.Context().Done():
		body.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
}

// answering is an answer that is read while it is written.
type answering struct {
	header http.Header
	to     *io.PipeWriter
	status int
	once   sync.Once
	begun  chan struct{}
}

func (w *answering) Header() http.Header { return w.header }

func (w *answering) WriteHeader(status int) {
	w.once.Do(func() { w.status = status; close(w.begun) })
}

func (w *answering) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.to.Write(b)
}

// Flush implements http.Flusher: what was written has been read.
func (w *answering) Flush() { w.WriteHeader(http.StatusOK) }
