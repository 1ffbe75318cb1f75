package draw

import (
	"bayledger/labels/design"
	"bayledger/scanner/gs1"
)

// titles draws the data titles and values of GS1 elements in columns: titles as
// the dictionary has them, without the brackets of their AIs.
func (j *job) titles(e *design.Element, box rect) error {
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
	high := j.dots(titleCaps(e)*(1+titleGap) + e.Letter*(1+descent))
	step := high + j.dots(e.Letter*0.55)
	gap := j.dots(2)
	wide := (box.w - gap*(e.Columns-1)) / e.Columns
	for i, c := range codes {
		row, column := i/e.Columns, i%e.Columns
		cell := rect{box.x + column*(wide+gap), box.y + row*step, wide, high}
		if column == e.Columns-1 || i == len(codes)-1 && column == 0 { // the last may have the whole width
			cell.w = box.x + box.w - cell.x
		}
		if over := cell.y + cell.h - box.y - box.h; over > 0 {
			return tooMuch(j.mm(over), "%d data titles need %.1f mm more height", len(codes), j.mm(over))
		}
		info, _ := gs1.Lookup(c.AI)
		if err := j.titled(e, info.Title, j.shown(c), cell); err != nil {
			return err
		}
	}
	return nil
}

// shown is a value as people read it.
func (j *job) shown(c gs1.Element) string {
	if j.data.Year > 0 {
		if d, err := c.Date(j.data.Year); err == nil {
			if d.Open {
				return d.String()[:len("2006-01")]
			}
			return d.String()
		}
	}
	if n, unit, err := c.Measure(); err == nil {
		return n.String() + " " + unit
	}
	return c.Value
}
