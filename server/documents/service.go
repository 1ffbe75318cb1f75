package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"bayledger/server/documents/rows"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// Options of a service. Book and Disk are needed; the zero value of each other has a
// default.
type Options struct {
	Book *book.Book
	Disk rows.Disk
	Now  func() time.Time // default time.Now
	Log  *slog.Logger
}

// Service keeps documents. Make one with New.
type Service struct {
	book *book.Book
	disk rows.Disk
	time func() time.Time
	log  *slog.Logger

	// mu is held while documents are changed and booked: one at a time, so that what was
	// looked at is what is changed.
	mu sync.Mutex

	settled atomic.Bool // all documents were held against these books

	catching     sync.Mutex // guards what follows, and is held while receipts are read
	cursor       cursor
	cursorRead   bool
	cursorStored uint64 // up to where the disk knows
	cursorSeen   uint64
}

// Actor is who does something, as the books are told.
type Actor struct {
	Name   string
	Source book.Source
}

// New makes a service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{book: o.Book, disk: o.Disk, time: o.Now, log: o.Log}
}

func (s *Service) now() ledger.Time { return ledger.TimeOf(s.time()) }

// LineFault is a fault of one of several lines.
type LineFault struct {
	Line int // from 0, in the order in which they were given
	*ledger.Fault
}

func (f *LineFault) Unwrap() error { return f.Fault }

// encoded makes a row of a plain struct, which cannot fail.
func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// read fills v from a row; ok is false where there is none.
func (s *Service) read(key string, v any) (ok bool, err error) {
	b, err := s.disk.Get(key)
	if err != nil || b == nil {
		return false, err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return false, fmt.Errorf("the document %q cannot be read: restore a backup: %w", key, err)
	}
	return true, nil
}

func fault(code ledger.Code, field, format string, args ...any) *ledger.Fault {
	return &ledger.Fault{Code: code, Field: field, Message: fmt.Sprintf(format, args...)}
}

// view looks at the books.
func (s *Service) view(ctx context.Context, fn func(*ledger.State) error) error {
	var inner error
	if err := s.book.View(ctx, func(st *ledger.State, _ uint64) { inner = fn(st) }); err != nil {
		return err
	}
	return inner
}

// opened is how many documents of a sort are open.
func (s *Service) opened(prefix string, most int) (n int, err error) {
	err = s.disk.Scan(prefix, "", false, func(string, []byte) (bool, error) {
		n++
		return n < most, nil
	})
	return n, err
}
