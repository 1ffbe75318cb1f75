package rest

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// stream writes an answer piece by piece, each within a deadline, so that a slow
// reader holds nothing for long.
type stream struct {
	*bufio.Writer
	control *http.ResponseController
	gin     *gin.Context
	timeout time.Duration
}

// stream begins an answer.
func (a *API) stream(ctx huma.Context, contentType string) *stream {
	return newStream(callOf(ctx.Context()).gin, contentType, a.opts.WriteTimeout)
}

func newStream(c *gin.Context, contentType string, timeout time.Duration) *stream {
	s := &stream{control: http.NewResponseController(c.Writer), gin: c, timeout: timeout}
	c.Writer.Header().Set("Content-Type", contentType)
	c.Status(http.StatusOK)
	s.Writer = bufio.NewWriterSize(timed{s}, streamBuffer)
	return s
}

// timed sets the deadline of each write that leaves the buffer.
type timed struct{ s *stream }

func (t timed) Write(b []byte) (int, error) {
	_ = t.s.control.SetWriteDeadline(time.Now().Add(t.s.timeout))
	return t.s.gin.Writer.Write(b)
}

// send puts everything written so far on its way.
func (s *stream) send() error {
	if err := s.Flush(); err != nil {
		return err
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(s.timeout))
	return s.control.Flush()
}

// streamed makes an answer of a function that writes it. Once the answer has
// begun, an error can only break it off, so that nobody takes a part for all.
func (a *API) streamed(contentType string, write func(ctx context.Context, s *stream) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		s := a.stream(ctx, contentType)
		err := write(ctx.Context(), s)
		if err == nil {
			err = s.Flush()
		}
		if err == nil {
			return
		}
		if broken(ctx.Context(), err) {
			a.line(ctx.Context()).Warn("an answer was broken off", "error", err)
		}
		panic(http.ErrAbortHandler)
	}}
}

// broken says whether a stream's end is worth a line in the log: any but that
// its reader went away. A write that was too slow ends the context too.
func broken(ctx context.Context, err error) bool {
	return ctx.Err() == nil || errors.Is(err, os.ErrDeadlineExceeded)
}

// plain makes an answer of bytes that are all there.
func (a *API) plain(contentType string, body []byte) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		c := callOf(ctx.Context()).gin
		c.Data(http.StatusOK, contentType, body)
	}}
}

// fetch returns the blocks that follow entry after: from the feed's ring, or,
// where that no longer has them, some of the stored ones. No blocks means that
// there are none yet.
func (a *API) fetch(ctx context.Context, after uint64) (blocks []*journal.Block, err error) {
	feed := a.book.Feed()
	chunk, head, ok := feed.Next(after)
	if ok {
		return []*journal.Block{chunk.Block}, nil
	}
	if after >= head {
		return nil, nil
	}
	bytes := 0
	err = feed.Stored(ctx, after, func(b *journal.Block) (bool, error) {
		blocks = append(blocks, b)
		bytes += len(b.Span(b.First, b.Last))
		return bytes < fetchBytes, nil
	})
	return blocks, err
}

// source reads the journal from an entry on, up to what is the head when it
// begins. Blocks are handed on while nothing of the journal is held open, so
// that fn may write to a slow reader.
func (a *API) source(ctx context.Context, after uint64, fn func(*journal.Block) (bool, error)) error {
	head := a.book.Feed().Head()
	for after < head {
		blocks, err := a.fetch(ctx, after)
		if err != nil || len(blocks) == 0 {
			return err
		}
		for _, b := range blocks {
			if b.First > head {
				return nil
			}
			if more, err := fn(b); err != nil || !more {
				return err
			}
			after = b.Last
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// bookedBefore finds an entry up to which all were booked before a moment, and so, since
// nothing happens after its booking, happened before it: half of the journal at a time.
func (a *API) bookedBefore(ctx context.Context, t ledger.Time) (after uint64, err error) {
	low, high := uint64(0), a.book.Head()
	for low < high {
		middle := low + (high-low)/2
		var found *journal.Block
		if err := a.book.Feed().Stored(ctx, middle, func(b *journal.Block) (bool, error) { found = b; return false, nil }); err != nil {
			return 0, err
		}
		if found == nil || found.BookedAt+1 >= t {
			high = middle
			continue
		}
		low = found.Last
	}
	return low, nil
}

// reading waits for leave to read the whole journal.
func (a *API) reading(ctx context.Context) (done func(), err error) { return a.reports.enter(ctx) }
