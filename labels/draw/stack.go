package draw

import (
	"errors"
	"math"
	"slices"

	"bayledger/labels/design"
	"bayledger/labels/symbol"
	"bayledger/scanner/gs1"
)

// stackGap is the white between the text of one symbol and the bars of the next.
const stackGap = 1.5 // mm

// stack draws GS1-128 symbols above each other. The SSCC has the lowest symbol to
// itself; the others share as few as hold them, in their order. What has no room
// goes to a Data Matrix with all elements of the label, where the layout has a
// place for one.
func (j *job) stack(e *design.Element, box rect) error {
	codes, err := j.codes(e)
	if err != nil {
		return err
	}
	if len(codes) == 0 {
		if e.Optional {
			return nil
		}
		return missing(e.Compiled.Codes[0].Value)
	}
	r := symbol.RulesOf(symbol.GS1128, e.Use)
	tall := int(math.Ceil(r.Height*j.dpmm - nearly))
	step := tall + j.dots(belowGap) + j.textHeight(e) + j.dots(stackGap)
	room := (box.h + j.dots(stackGap)) / step
	symbols, rest, err := j.plan(e, r, codes, box.w, room)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		if err := j.spill(e, codes, rest, step*(len(symbols)+1)-j.dots(stackGap)-box.h); err != nil {
			return err
		}
	}
	y := box.y + box.h - len(symbols)*step + j.dots(stackGap)
	for _, s := range symbols {
		x, err := j.module(e, s, r, box.w, s.W+r.Left+r.Right)
		if err != nil {
			return err
		}
		text, err := j.belowSet(e, s.Text, box)
		if err != nil {
			return err
		}
		if err := j.barsAndText(e, s, r, x, tall, text, rect{box.x, y, box.w, step}); err != nil {
			return err
		}
		y += step
	}
	return nil
}

// textHeight is the room for the text under bars.
func (j *job) textHeight(e *design.Element) int {
	s := set{lines: []string{""}, caps: max(1, j.dots(e.Letter))}
	return s.height()
}

// plan shares elements out to symbols, the lowest last; rest is what has no symbol.
func (j *job) plan(e *design.Element, r symbol.Rules, codes []gs1.Element, wide, room int) (symbols []*symbol.Symbol, rest []gs1.Element, err error) {
	var lowest *symbol.Symbol
	others := codes
	if i := slices.IndexFunc(codes, func(c gs1.Element) bool { return c.AI == "00" }); i >= 0 {
		others = slices.Delete(slices.Clone(codes), i, i+1)
		if lowest, err = j.bars(e, r, codes[i:i+1], wide); err != nil {
			return nil, nil, err
		}
		if room--; room < 0 {
			return nil, nil, tooMuch(r.Height, "there is no room for the SSCC")
		}
	}
	for len(others) > 0 {
		if len(symbols) == room {
			rest = others
			break
		}
		var s *symbol.Symbol
		n := len(others)
		for ; n > 0; n-- {
			if s, err = j.bars(e, r, others[:n], wide); err == nil {
				break
			}
		}
		if n == 0 {
			var f *Fault
			if e.SpillSize[0] == 0 || !errors.As(err, &f) && !tooLong(err) {
				return nil, nil, err
			}
			rest = others // one element is too long by itself: the matrix has it
			break
		}
		symbols, others = append(symbols, s), others[n:]
	}
	if lowest != nil {
		symbols = append(symbols, lowest)
	}
	return symbols, rest, nil
}

func tooLong(err error) bool {
	var f *symbol.Fault
	return errors.As(err, &f) && f.Code == symbol.Length
}

// bars makes a symbol of elements, if it is not too wide.
func (j *job) bars(e *design.Element, r symbol.Rules, codes []gs1.Element, wide int) (*symbol.Symbol, error) {
	s, err := symbol.OfElements(symbol.GS1128, codes)
	if err != nil {
		return nil, err
	}
	if _, err = j.module(e, s, r, wide, s.W+r.Left+r.Right); err != nil {
		return nil, err
	}
	_, err = j.belowSet(e, s.Text, rect{0, 0, wide, math.MaxInt32})
	return s, err
}

// spill draws all elements of the stack as a Data Matrix.
func (j *job) spill(e *design.Element, codes, rest []gs1.Element, over int) error {
	if e.SpillSize[0] == 0 {
		return tooMuch(j.mm(over), "AI (%s) needs one more symbol, and %.1f mm of height are missing", rest[0].AI, j.mm(over))
	}
	s, err := symbol.OfElements(symbol.GS1DataMatrix, codes)
	if err != nil {
		return err
	}
	beside := *e
	beside.Align = "right"
	return j.matrix(&beside, s, "", j.rect(e.Spill, e.SpillSize))
}
