package encode

import (
	"bytes"
	"strconv"

	"bayledger/labels/draw"
)

// AppendSVG adds a page as SVG of the label's true size: every run of black dots
// as a rectangle of one path, runs that repeat below each other as one, so that
// bars are bars. It has no text, no script, and names no other file.
func AppendSVG(out []byte, page *draw.Page) []byte {
	millimetres := func(v float64) []byte { return strconv.AppendFloat(nil, v, 'f', -1, 64) }
	out = append(out, `<svg xmlns="http://www.w3.org/2000/svg" width="`...)
	out = append(append(out, millimetres(page.Width)...), `mm" height="`...)
	out = append(append(out, millimetres(page.Height)...), `mm" viewBox="0 0 `...)
	out = append(number(append(number(out, page.W), ' '), page.H), `" preserveAspectRatio="none" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h`...)
	out = append(number(append(number(out, page.W), 'v'), page.H), 'H', '0', 'z')
	out = append(out, `"/><path d="`...)
	for y := 0; y < page.H; {
		row := page.Row(y)
		n := 1
		for y+n < page.H && bytes.Equal(page.Row(y+n), row) {
			n++
		}
		out = rectangles(out, page, y, n)
		y += n
	}
	return append(out, `"/></svg>`+"\n"...)
}

// rectangles adds the runs of a row, n dots high.
func rectangles(out []byte, page *draw.Page, y, n int) []byte {
	for x := 0; x < page.W; {
		if page.Bits[y*page.Stride+x/8] == 0 && x%8 == 0 {
			x += 8
			continue
		}
		if !page.At(x, y) {
			x++
			continue
		}
		run := 1
		for x+run < page.W && page.At(x+run, y) {
			run++
		}
		out = append(number(append(number(append(out, 'M'), x), ' '), y), 'h')
		out = number(append(number(append(number(out, run), 'v'), n), 'h'), -run)
		out = append(out, 'z')
		x += run
	}
	return out
}
