package within_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"bayledger/server/within"
)

// ask gives what a handler answers, and how the reading of it ended.
func ask(t *testing.T, h http.HandlerFunc) (status int, body string, told []any, err error) {
	t.Helper()
	failed := make(chan any, 1)
	client := &http.Client{Transport: within.Transport{Handler: h, Failed: func(p any) { failed <- p }}}
	r, err := client.Get("http://bayledger.invalid/x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	select {
	case p := <-failed:
		told = append(told, p)
	default:
	}
	return r.StatusCode, string(b), told, err
}

func TestAnswers(t *testing.T) {
	long := strings.Repeat("0123456789", 20_000) // beyond every buffer
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		status  int
		body    string
		broken  bool
		told    int
	}{
		{"nothing at all", func(http.ResponseWriter, *http.Request) {}, 200, "", false, 0},
		{"a refusal", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403); io.WriteString(w, "no") }, 403, "no", false, 0},
		{"the first status counts", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "yes"); w.WriteHeader(500) }, 200, "yes", false, 0},
		{"a long one", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, long) }, 200, long, false, 0},
		{"flushed in between", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "a")
			if err := http.NewResponseController(w).Flush(); err != nil {
				panic(err)
			}
			io.WriteString(w, "b")
		}, 200, "ab", false, 0},
		{"broken off on purpose", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "a"); panic(http.ErrAbortHandler) }, 200, "a", true, 0},
		{"a panic", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "a"); panic("oh") }, 200, "a", true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body, told, err := ask(t, c.handler)
			if status != c.status || body != c.body || len(told) != c.told || c.broken != errors.Is(err, io.ErrUnexpectedEOF) || !c.broken && err != nil {
				t.Errorf("answered %d with %d bytes, told %v, ended with %v", status, len(body), told, err)
			}
		})
	}
}

// TestReadWhileWritten: the first of an answer is there before the last is made.
func TestReadWhileWritten(t *testing.T) {
	read := make(chan struct{})
	client := &http.Client{Transport: within.Transport{Failed: func(p any) { t.Error(p) }, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		<-read
		io.WriteString(w, "last")
	})}}
	r, err := client.Get("http://bayledger.invalid/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	first := make([]byte, 5)
	if _, err := io.ReadFull(r.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("%q: %v", first, err)
	}
	close(read)
	if rest, err := io.ReadAll(r.Body); err != nil || string(rest) != "last" {
		t.Errorf("%q: %v", rest, err)
	}
}

// TestClosedAnswer: whoever has read enough closes, and the handler ends at its next write.
func TestClosedAnswer(t *testing.T) {
	ended := make(chan error)
	client := &http.Client{Transport: within.Transport{Failed: func(p any) { t.Error(p) }, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for err == nil {
			_, err = io.WriteString(w, strings.Repeat("x", 1000))
		}
		ended <- err
	})}}
	r, err := client.Get("http://bayledger.invalid/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if err := <-ended; !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

// TestGivenUp: a request that ends before anything is answered.
func TestGivenUp(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	client := &http.Client{Transport: within.Transport{Failed: func(p any) { t.Error(p) }, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://bayledger.invalid/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := client.Do(r); !errors.Is(err, context.Canceled) {
		if err == nil {
			answer.Body.Close()
		}
		t.Error(err)
	}
}
