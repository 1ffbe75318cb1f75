package draw

import (
	"fmt"
	"slices"

	"bayledger/labels/design"
)

// arrow draws an arrow that fills its box: a head of half its length, a shaft of
// a third of its width.
func (j *job) arrow(e *design.Element, box rect) error {
	points, err := j.fill(e.Compiled.Points)
	if err != nil {
		return err
	}
	if points == "" {
		if e.Optional {
			return nil
		}
		return missing(e.Compiled.Points)
	}
	if !slices.Contains(design.Directions(), points) {
		return &Fault{Code: CodeField, Reason: fmt.Sprintf("%q is none of up, down, left, right", points)}
	}
	upright := points == "up" || points == "down"
	long, wide := box.w, box.h
	if upright {
		long, wide = box.h, box.w
	}
	head := max(1, long/2)
	for i := range long { // from the tip
		half := wide / 6
		if i < head {
			half = max(1, wide*(i+1)/(2*head))
		}
		at := i
		if points == "down" || points == "right" {
			at = long - 1 - i
		}
		if upright {
			j.page.Fill(box.x+wide/2-half, box.y+at, 2*half, 1)
		} else {
			j.page.Fill(box.x+at, box.y+wide/2-half, 1, 2*half)
		}
	}
	return nil
}

// picture draws a picture as large as its box allows: a dot is black where the
// picture is darker than half.
func (j *job) picture(e *design.Element, box rect) {
	b := e.Image.Bounds()
	w, h := box.w, box.w*b.Dy()/max(1, b.Dx())
	if h > box.h {
		w, h = box.h*b.Dx()/max(1, b.Dy()), box.h
	}
	left := box.x + j.aside(e.Align, box.w-w)
	for y := range h {
		for x := range w {
			r, g, bl, a := e.Image.At(b.Min.X+x*b.Dx()/w, b.Min.Y+y*b.Dy()/h).RGBA()
			if bright := (299*r + 587*g + 114*bl) / 1000; bright+0xffff-a < 0x8000 {
				j.page.Fill(left+x, box.y+y, 1, 1)
			}
		}
	}
}
