package queue

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/encode"
	"bayledger/labels/printer"
)

// Renderer draws labels of jobs. Its Document is what Options want.
type Renderer struct {
	Library *design.Library
	Drawer  *draw.Drawer
	Now     func() time.Time
	// Name gives somebody's name by their code. Jobs are kept for long, and a name may
	// have to go, so that it is no part of them.
	Name func(code string) string
}

// Data is a label's, as it is drawn.
func (r *Renderer) Data(l *Label) *draw.Data {
	d := &draw.Data{Fields: l.Fields, Sheet: l.Sheet, Year: r.Now().Year()}
	if l.Named && r.Name != nil {
		d.Fields = maps.Clone(l.Fields)
		d.Fields["name"] = r.Name(l.Code)
	}
	return d
}

// Layout finds a layout.
func (r *Renderer) Layout(name string) (*design.Layout, error) {
	l, ok := r.Library.Get(name)
	if !ok {
		return nil, fault(NotFound, "template", "There is no layout %q. Nothing was printed; look at the list of layouts.", short(name))
	}
	return l, nil
}

// Try draws labels as a printer would get them, and says what is wrong with the
// first that cannot be printed.
func (r *Renderer) Try(layout string, p *printer.Profile, labels []Label) error {
	l, err := r.Layout(layout)
	if err != nil {
		return err
	}
	if why := tooLarge(l, p); why != "" {
		return fault(BadField, "printer", "%s. Nothing was printed; choose another printer or layout.", why)
	}
	for i := range labels {
		page, err := r.Drawer.Draw(l, r.Data(&labels[i]), p.DPI)
		if err != nil {
			if len(labels) == 1 {
				return fault(BadField, "fields", "%v. Nothing was printed; mend the data.", err)
			}
			return fault(BadField, "fields", "Label %d of %d, %s: %v. Nothing was printed; mend the data.", i+1, len(labels), labels[i].Code, err)
		}
		r.Drawer.Release(page)
	}
	return nil
}

// tooLarge says why a label does not fit a printer's; "" if it does.
func tooLarge(l *design.Layout, p *printer.Profile) string {
	over := p.Fits(l.Width, l.Height)
	if over == 0 {
		return ""
	}
	return fmt.Sprintf("The label %s is %g × %g mm, %.1f mm larger than the labels in %s (%g × %g mm)", l.Name, l.Width, l.Height, over, p.Name, p.Width, p.Height)
}

// Document makes what a printer is sent.
func (r *Renderer) Document(j *Job, labels []Label, p *printer.Profile, format string) ([]byte, error) {
	l, err := r.Layout(j.Layout)
	if err != nil {
		return nil, fmt.Errorf("the layout %s is there no more", j.Layout)
	}
	if why := tooLarge(l, p); why != "" { // the printer or the layout may have changed since
		return nil, errors.New(why)
	}
	var out []byte
	doc := encode.NewPDF()
	if format == printer.PWG {
		out = encode.PWG()
	}
	for i := range labels {
		page, err := r.Drawer.Draw(l, r.Data(&labels[i]), p.DPI)
		if err != nil {
			return nil, err
		}
		switch format {
		case printer.ZPL:
			out = encode.AppendZPL(out, page, encode.ZPLOptions{Copies: j.Copies, Darkness: p.Darkness, Speed: p.Speed})
		case printer.PWG:
			for range j.Copies {
				out = encode.AppendPWG(out, page, len(labels)*j.Copies)
			}
		default:
			err = doc.Add(page, j.Copies)
		}
		r.Drawer.Release(page)
		if err != nil {
			return nil, err
		}
	}
	if format == printer.PDF {
		out = doc.Bytes()
	}
	return out, nil
}
