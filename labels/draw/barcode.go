package draw

import (
	"errors"
	"fmt"
	"math"

	"bayledger/labels/design"
	"bayledger/labels/symbol"
)

// Measures around symbols.
const (
	// nearly keeps a least that is a whole number of dots from being rounded up.
	nearly = 1e-6
	// belowGap is the white between bars and the text below, in mm.
	belowGap = 0.8
	// guards is how far an EAN's guard bars reach down, in modules.
	guards = 5
)

func (j *job) barcode(e *design.Element, box rect) error {
	err := j.oneSymbol(e, box)
	if err == nil || e.Otherwise == "" || !unsuited(err) {
		return err
	}
	other := *e
	other.Symbol = e.Otherwise
	return j.oneSymbol(&other, box)
}

// unsuited says whether another symbol may hold what this one cannot.
func unsuited(err error) bool {
	var f *Fault
	var s *symbol.Fault
	return errors.As(err, &f) && f.Code == CodeRoom || errors.As(err, &s) && (s.Code == symbol.Characters || s.Code == symbol.Length)
}

func (j *job) oneSymbol(e *design.Element, box rect) error {
	s, err := j.symbolOf(e)
	if err != nil || s == nil {
		return err
	}
	below, err := j.below(e, s)
	if err != nil {
		return err
	}
	if s.Kind.Linear() {
		return j.linear(e, s, below, box)
	}
	return j.matrix(e, s, below, box)
}

// symbolOf makes an element's symbol; nil where there is nothing to show, and that
// is fine.
func (j *job) symbolOf(e *design.Element) (*symbol.Symbol, error) {
	if e.Symbol.GS1() {
		codes, err := j.codes(e)
		if err != nil {
			return nil, err
		}
		if len(codes) == 0 {
			if e.Optional {
				return nil, nil
			}
			return nil, missing(e.Compiled.Codes[0].Value)
		}
		return symbol.OfElements(e.Symbol, codes)
	}
	text, err := j.fill(e.Compiled.Text)
	if err != nil {
		return nil, err
	}
	if text == "" {
		if e.Optional {
			return nil, nil
		}
		return nil, missing(e.Compiled.Text)
	}
	return symbol.Of(e.Symbol, text)
}

// below is the text under a symbol: what the layout says, else the symbol's own
// under bars and none under a matrix.
func (j *job) below(e *design.Element, s *symbol.Symbol) (string, error) {
	switch {
	case e.Below == "none":
		return "", nil
	case e.Below != "":
		return j.fill(e.Compiled.Below)
	case s.Kind.Linear():
		return s.Text, nil
	}
	return "", nil
}

// module picks the width of a module: whole dots, from the least that the rules
// allow. Symbols for our own handhelds, and matrices, grow to what has room.
func (j *job) module(e *design.Element, s *symbol.Symbol, r symbol.Rules, room, modules int) (int, error) {
	least := int(math.Ceil(r.Min*j.dpmm - nearly))
	most := max(least, int(r.Max*j.dpmm+nearly))
	target := r.Target
	if e.Module > 0 {
		target = e.Module
	}
	best := max(least, int(math.Ceil(target*j.dpmm-nearly)))
	if e.Module == 0 && (!s.Kind.Linear() || e.Use == symbol.InHouse && s.Kind == symbol.Code128) {
		best = max(best, min(most, room/modules))
	}
	for x := best; x >= least; x-- {
		if modules*x <= room {
			return x, nil
		}
	}
	over := j.mm(modules*least - room)
	return 0, tooMuch(over, "%s of %d modules is %.1f mm too wide with its quiet zones, also with the least module of %.3f mm", s.Kind, s.W, over, j.mm(least))
}

// linear draws bars, and text below them.
func (j *job) linear(e *design.Element, s *symbol.Symbol, below string, box rect) error {
	r := symbol.RulesOf(s.Kind, e.Use)
	x, err := j.module(e, s, r, box.w, s.W+r.Left+r.Right)
	if err != nil {
		return err
	}
	tall := box.h
	text, err := j.belowSet(e, below, box)
	if err != nil {
		return err
	}
	if text != nil {
		tall -= j.dots(belowGap) + text.height()
	}
	least := int(math.Ceil(r.HeightAt(s.Kind, j.mm(x))*j.dpmm - nearly))
	if tall < least {
		return tooMuch(j.mm(least-tall), "the bars must be %.1f mm high, and %.1f mm are missing", j.mm(least), j.mm(least-tall))
	}
	return j.barsAndText(e, s, r, x, tall, text, box)
}

// belowSet sets the text under bars; nil for none.
func (j *job) belowSet(e *design.Element, below string, box rect) (*set, error) {
	if below == "" {
		return nil, nil
	}
	line := *e
	line.Cut, line.Exact, line.Bold = false, true, false
	return j.fitText(&line, below, rect{box.x, box.y, box.w, box.h}, e.Letter, min(e.Least, 1.5), 1)
}

func (j *job) barsAndText(e *design.Element, s *symbol.Symbol, r symbol.Rules, x, tall int, text *set, box rect) error {
	left := box.x + j.aside(e.Align, box.w-(s.W+r.Left+r.Right)*x) + r.Left*x
	j.page.bars(s.Modules, left, box.y, x, tall)
	j.placed(e, s, r, rect{left, box.y, s.W * x, tall}, x)
	if text == nil {
		return nil
	}
	y := box.y + tall + j.dots(belowGap)
	if (s.Kind == symbol.EAN13 || s.Kind == symbol.EAN8) && text.lines[0] == s.Data {
		j.eanText(s, left, box.y+tall, x, y, text)
		return nil
	}
	under := rect{left - r.Left*x, y, (s.W + r.Left + r.Right) * x, 0}
	if wide := int(text.face.measure(text.lines[0]) * float64(text.caps)); wide > under.w {
		under = rect{box.x, y, box.w, 0}
	}
	j.put(text, "center", under, y)
	return nil
}

// eanText draws the guard bars further down, and the digits between them.
func (j *job) eanText(s *symbol.Symbol, left, bottom, x, y int, text *set) {
	half := (s.W - 11) / 2 // modules of one half's digits
	for _, g := range []int{0, 3 + half, s.W - 3} {
		n := 3
		if g == 3+half {
			n = 5
		}
		j.page.bars(s.Modules[g:g+n], left+g*x, bottom, x, min(guards*x, y-bottom+text.caps))
	}
	digits := s.Data
	if s.Kind == symbol.EAN13 { // the first digit stands in the quiet zone
		j.line(text.face, text.caps, digits[:1], "center", rect{left - 9*x, y, 8 * x, 0}, y+text.caps)
		digits = digits[1:]
	}
	n := len(digits) / 2
	j.line(text.face, text.caps, digits[:n], "center", rect{left + 3*x, y, half * x, 0}, y+text.caps)
	j.line(text.face, text.caps, digits[n:], "center", rect{left + (8+half)*x, y, half * x, 0}, y+text.caps)
}

// aside is how far something stands from the left of what is free.
func (j *job) aside(align string, free int) int {
	switch align {
	case "center":
		return free / 2
	case "right":
		return free
	}
	return 0
}

// placed notes where a symbol stands.
func (j *job) placed(e *design.Element, s *symbol.Symbol, r symbol.Rules, at rect, x int) {
	j.page.Symbols = append(j.page.Symbols, Placed{Element: e.ID, Kind: s.Kind, AIM: s.AIM, Data: s.Data, X: at.x, Y: at.y, W: at.w, H: at.h, Module: x,
		Quiet: [4]int{r.Left * x, r.Right * x, r.Top * x, r.Bottom * x}})
	j.drawn = append(j.drawn, s.Modules)
}

// matrix draws a two-dimensional symbol, and text below it.
func (j *job) matrix(e *design.Element, s *symbol.Symbol, below string, box rect) error {
	r := symbol.RulesOf(s.Kind, e.Use)
	text, err := j.belowSet(e, below, box)
	if err != nil {
		return err
	}
	high := box.h
	if text != nil {
		high -= j.dots(belowGap) + text.height()
	}
	x, err := j.module(e, s, r, min(box.w, high), max(s.W+r.Left+r.Right, s.H+r.Top+r.Bottom))
	if err != nil {
		return err
	}
	left := box.x + j.aside(e.Align, box.w-(s.W+r.Left+r.Right)*x) + r.Left*x
	top := box.y + r.Top*x
	for y := range s.H {
		j.page.bars(s.Modules[y*s.W:(y+1)*s.W], left, top+y*x, x, x)
	}
	j.placed(e, s, r, rect{left, top, s.W * x, s.H * x}, x)
	if text != nil {
		y := top + (s.H+r.Bottom)*x + j.dots(belowGap)
		j.put(text, "center", rect{left - r.Left*x, y, (s.W + r.Left + r.Right) * x, 0}, y)
	}
	return nil
}

// String is a symbol as a person names it in a list.
func (p Placed) String() string {
	return fmt.Sprintf("%s %s%q at %d,%d", p.Kind, p.AIM, p.Data, p.X, p.Y)
}
