package draw

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"sync"

	"bayledger/labels/design"
	"bayledger/labels/symbol"
	"bayledger/scanner/gs1"
)

// Bounds of what is drawn.
const (
	MinDPI, MaxDPI = 100, 1200
	// maxDots is A3 at 600 dpi: 12 MiB.
	maxDots = 100 << 20
	// maxField bounds one value: what does not fit is found without looking at all of it.
	maxField = 4096
)

// Data is what a label says.
type Data struct {
	Fields map[string]string
	Sheet  *design.SheetData // for a layout with a grid
	Year   int               // of today: it decides the century of dates that are shown; 0 shows them as they are encoded
}

// Placed is a symbol on a page.
type Placed struct {
	Element    string
	Kind       symbol.Kind
	AIM, Data  string // what a reader reads
	X, Y, W, H int    // of its modules, in dots
	Module     int    // dots
	Quiet      [4]int // white around it, in dots: left, right, top, bottom
}

// Page is a label drawn.
type Page struct {
	Raster
	Width, Height float64 // mm
	DPI           int
	Symbols       []Placed
	Notes         []string // what was made smaller than whole: letters that became boxes, text that was cut
}

// Fault says why a label is not drawn.
type Fault struct {
	Layout, Element string
	Code            gs1.Code // of a symbol's fault, else "text", "field" or "room"
	AI              string
	Over            float64 // mm that are missing, where it does not fit
	Reason          string  // a sentence without its end
}

func (f *Fault) Error() string {
	if f.Element == "" {
		return "The label " + f.Layout + " cannot be drawn: " + f.Reason
	}
	return "The label " + f.Layout + " cannot be drawn: " + f.Element + ": " + f.Reason
}

// Codes of faults that are not a symbol's.
const (
	CodeText  gs1.Code = "text"  // letters that the font lacks in a text that identifies
	CodeField gs1.Code = "field" // a field that is missing, too long, or of no use
	CodeRoom  gs1.Code = "room"  // it does not fit
)

// Drawer draws. Make one with New.
type Drawer struct {
	regular, bold *typeface
	pages         sync.Pool
}

// New reads the fonts. Errors: none while the program is whole.
func New() (*Drawer, error) {
	regular, bold, err := typefaces()
	if err != nil {
		return nil, fmt.Errorf("the fonts cannot be read: %w", err)
	}
	return &Drawer{regular: regular, bold: bold, pages: sync.Pool{New: func() any { return new(Page) }}}, nil
}

// Release gives a page's memory back; the page is not to be used any more.
func (d *Drawer) Release(p *Page) {
	if p != nil {
		d.pages.Put(p)
	}
}

// DotsPerMM is a printer's true resolution: one that is called 203 dpi has 8 dots
// a millimetre.
func DotsPerMM(dpi int) float64 {
	if dpi == 203 {
		return 8
	}
	return float64(dpi) / 25.4
}

// job is one page under way.
type job struct {
	d        *Drawer
	l        *design.Layout
	data     *Data
	page     *Page
	dpmm     float64
	elements []gs1.Element // of the whole label, in the order in which they are found
	drawn    [][]byte      // modules of the page's symbols
}

// Draw draws a label at a printer's resolution. Errors: a *Fault.
func (d *Drawer) Draw(l *design.Layout, data *Data, dpi int) (*Page, error) {
	j := &job{d: d, l: l, data: data, dpmm: DotsPerMM(dpi)}
	if dpi < MinDPI || dpi > MaxDPI || l.Width*l.Height*j.dpmm*j.dpmm > maxDots {
		return nil, &Fault{Layout: l.Name, Code: CodeRoom, Reason: fmt.Sprintf("%d dpi are too few or too many for its %g × %g mm", dpi, l.Width, l.Height)}
	}
	for name, v := range data.Fields {
		if len(v) > maxField {
			return nil, &Fault{Layout: l.Name, Code: CodeField, Reason: "the field " + name + " is longer than 4,096 bytes"}
		}
	}
	if err := j.collect(); err != nil {
		return nil, err
	}
	j.page = d.pages.Get().(*Page)
	j.page.reset(j.dots(l.Width), j.dots(l.Height))
	j.page.Width, j.page.Height, j.page.DPI = l.Width, l.Height, dpi
	j.page.Symbols, j.page.Notes = j.page.Symbols[:0], nil
	for i := range l.Elements {
		e := &l.Elements[i]
		if !j.wanted(e) {
			continue
		}
		if err := j.element(e); err != nil {
			d.Release(j.page)
			return nil, j.fault(e, err)
		}
	}
	if err := j.untouched(); err != nil {
		d.Release(j.page)
		return nil, err
	}
	return j.page, nil
}

// fault names the element at fault.
func (j *job) fault(e *design.Element, err error) error {
	var f *Fault
	var s *symbol.Fault
	switch {
	case errors.As(err, &f):
		f.Layout, f.Element = j.l.Name, e.ID
		return f
	case errors.As(err, &s):
		return &Fault{Layout: j.l.Name, Element: e.ID, Code: s.Code, AI: s.AI, Reason: s.Error()}
	}
	return &Fault{Layout: j.l.Name, Element: e.ID, Code: CodeField, Reason: err.Error()}
}

func (j *job) dots(mm float64) int { return int(math.Round(mm * j.dpmm)) }

func (j *job) mm(dots int) float64 { return float64(dots) / j.dpmm }

func (j *job) note(e *design.Element, format string, a ...any) {
	j.page.Notes = append(j.page.Notes, e.ID+": "+fmt.Sprintf(format, a...))
}

// wanted judges an element's conditions.
func (j *job) wanted(e *design.Element) bool {
	return (e.When == "" || j.data.Fields[e.When] != "") && (e.Unless == "" || j.data.Fields[e.Unless] == "")
}

// fill puts an element's values into a template.
func (j *job) fill(t design.Template) (string, error) { return t.Fill(j.data.Fields) }

// rect is a box in dots.
type rect struct{ x, y, w, h int }

func (j *job) rect(at, size [2]float64) rect {
	x, y := j.dots(at[0]), j.dots(at[1])
	return rect{x, y, min(j.dots(at[0]+size[0]), j.dots(j.l.Width)) - x, min(j.dots(at[1]+size[1]), j.dots(j.l.Height)) - y}
}

func (j *job) element(e *design.Element) error {
	box := j.rect(e.At, e.Size)
	switch e.Kind {
	case design.Text:
		return j.text(e, box)
	case design.Field:
		return j.field(e, box)
	case design.Titles:
		return j.titles(e, box)
	case design.Barcode:
		return j.barcode(e, box)
	case design.Stack:
		return j.stack(e, box)
	case design.Line:
		t := max(1, j.dots(e.Thick))
		j.page.Fill(box.x, box.y, max(box.w, t), max(box.h, t))
	case design.Box:
		j.frame(box, max(1, j.dots(e.Thick)))
	case design.Arrow:
		return j.arrow(e, box)
	case design.Picture:
		j.picture(e, box)
	case design.Grid:
		return j.grid(e, box)
	}
	return nil
}

func (j *job) frame(b rect, t int) {
	j.page.Fill(b.x, b.y, b.w, t)
	j.page.Fill(b.x, b.y+b.h-t, b.w, t)
	j.page.Fill(b.x, b.y, t, b.h)
	j.page.Fill(b.x+b.w-t, b.y, t, b.h)
}

// collect reads the GS1 elements of the whole label and checks them as one
// message, before anything is drawn.
func (j *job) collect() error {
	kind := symbol.Kind("")
	for i := range j.l.Elements {
		e := &j.l.Elements[i]
		if !e.Symbol.GS1() || !j.wanted(e) {
			continue
		}
		codes, err := j.codes(e)
		if err != nil {
			return j.fault(e, err)
		}
		if len(codes) > 0 {
			kind = e.Symbol
		}
		j.elements = append(j.elements, codes...)
	}
	if len(j.elements) == 0 {
		return nil
	}
	if f := symbol.CheckElements(kind, j.elements); f != nil {
		return &Fault{Layout: j.l.Name, Code: f.Code, AI: f.AI, Reason: f.Reason}
	}
	return nil
}

// codes fills an element's GS1 elements; those without a value are left out.
func (j *job) codes(e *design.Element) ([]gs1.Element, error) {
	out := make([]gs1.Element, 0, len(e.Compiled.Codes))
	for i := range e.Compiled.Codes {
		c := &e.Compiled.Codes[i]
		v, err := j.fill(c.Value)
		if err != nil {
			return nil, &Fault{Code: CodeField, AI: c.AI, Reason: "AI (" + c.AI + "): " + err.Error()}
		}
		if v != "" {
			out = append(out, gs1.Element{AI: c.AI, Value: v})
		}
	}
	return out, nil
}

// missing says that an element has nothing to show.
func missing(t design.Template) error {
	names := t.Fields()
	if len(names) == 0 {
		return &Fault{Code: CodeField, Reason: "there is nothing to show"}
	}
	return &Fault{Code: CodeField, Reason: "the field " + strconv.Quote(names[0]) + " is empty"}
}

func tooMuch(over float64, format string, a ...any) error {
	return &Fault{Code: CodeRoom, Over: over, Reason: fmt.Sprintf(format, a...)}
}
