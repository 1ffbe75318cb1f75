package labels

import (
	"context"
	"log/slog"
	"time"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/encode"
	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
)

// Options of a service. Book and Store are needed; the zero value of each other has
// a default.
type Options struct {
	Book  *book.Book
	Store *store.Store
	Dir   string // a folder with layouts of one's own, which need not be there; "": none
	Now   func() time.Time
	Log   *slog.Logger
	Open  func(p printer.Profile) printer.Driver // default printer.Open
	Idle  bool                                   // keep jobs, and print nothing
}

// Service prints labels. Make one with New, end it with Close.
type Service struct {
	*queue.Queue
	book     *book.Book
	store    *store.Store
	library  *design.Library
	renderer *queue.Renderer
	png      *encode.PNG
	log      *slog.Logger
	drawing  chan struct{} // a token for each request that draws
	now      func() time.Time
	open     func(p printer.Profile) printer.Driver
}

// Resolutions that a preview may have.
const (
	defaultDPI = 203
	// sampleDPI is at which a layout of one's own must be able to draw its sample.
	sampleDPI = 203
	// maxDrawing requests draw at once: each takes a core, and up to 12 MiB a page.
	maxDrawing = 4
)

// New opens a service. Errors: those of the queue's rows.
func New(o Options) (*Service, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Open == nil {
		o.Open = func(p printer.Profile) printer.Driver { return printer.Open(p, printer.Times{}) }
	}
	drawer, err := draw.New()
	if err != nil {
		return nil, err
	}
	check := func(l *design.Layout) error {
		if len(l.Sample) == 0 || l.For == design.Sheet {
			return nil
		}
		page, err := drawer.Draw(l, &draw.Data{Fields: l.Sample, Year: o.Now().Year()}, sampleDPI)
		drawer.Release(page)
		return err
	}
	library, err := design.NewLibrary(o.Dir, check)
	if err != nil {
		return nil, err
	}
	s := &Service{book: o.Book, store: o.Store, library: library, png: encode.NewPNG(), log: o.Log, drawing: make(chan struct{}, maxDrawing), now: o.Now, open: o.Open,
		renderer: &queue.Renderer{Library: library, Drawer: drawer, Now: o.Now}}
	s.renderer.Name = s.nameOf
	s.Queue, err = queue.Open(o.Store.Labels(), queue.Options{Document: s.renderer.Document, Open: o.Open, Now: o.Now, Log: o.Log, Idle: o.Idle, Epoch: o.Book.Epoch()})
	return s, err
}

// Layouts lists the layouts, and what is wrong with files of the folder.
func (s *Service) Layouts() ([]*design.Layout, []error) { return s.library.List() }

// Layout gives one.
func (s *Service) Layout(name string) (*design.Layout, bool) { return s.library.Get(name) }

// Status asks a printer how it is.
func (s *Service) Status(ctx context.Context, p printer.Profile) (printer.Status, error) {
	return s.open(p).Status(ctx)
}

// draws waits for leave to draw.
func (s *Service) draws(ctx context.Context) (done func(), err error) {
	select {
	case s.drawing <- struct{}{}:
		return func() { <-s.drawing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Formats of files.
const (
	PNG = "png"
	SVG = "svg"
	PDF = "pdf"
	ZPL = "zpl"
)

// ContentTypes are the formats' media types.
func ContentTypes() map[string]string {
	return map[string]string{PNG: "image/png", SVG: "image/svg+xml", PDF: "application/pdf", ZPL: "application/vnd.zebra-zpl"}
}

// Draw draws a label as a file. Sheets of several pages are a PDF whole; any other
// format has the page asked for, from 1.
func (s *Service) Draw(ctx context.Context, l *design.Layout, labels []queue.Label, format string, dpi, copies, page int) (file []byte, notes []string, err error) {
	done, err := s.draws(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	if dpi == 0 {
		dpi = defaultDPI
	}
	doc := encode.NewPDF()
	for i := range labels {
		if format != PDF && i != max(1, page)-1 {
			continue
		}
		drawn, err := s.renderer.Drawer.Draw(l, s.renderer.Data(&labels[i]), dpi)
		if err != nil {
			return nil, nil, &ledger.Fault{Code: ledger.BadField, Field: "fields", Message: err.Error() + ". Nothing was drawn; mend the data."}
		}
		notes = append(notes, drawn.Notes...)
		switch format {
		case SVG:
			file = encode.AppendSVG(nil, drawn)
		case ZPL:
			file = encode.AppendZPL(nil, drawn, encode.ZPLOptions{Copies: copies})
		case PDF:
			err = doc.Add(drawn, copies)
		default:
			file, err = s.png.Append(nil, drawn)
		}
		s.renderer.Drawer.Release(drawn)
		if err != nil {
			return nil, nil, err
		}
	}
	if format == PDF {
		file = doc.Bytes()
	}
	if file == nil {
		return nil, nil, &ledger.Fault{Code: ledger.BadField, Field: "page", Message: "The sheet has fewer pages. Nothing was drawn."}
	}
	return file, notes, nil
}
