package draw

// Raster is black and white dots: row by row from the top, the leftmost dot of a
// byte its highest bit, 1 is black. Dots of the last byte beyond the width are 0.
type Raster struct {
	W, H, Stride int
	Bits         []byte
}

// reset makes an empty raster, in the same memory where it is large enough.
func (r *Raster) reset(w, h int) {
	r.W, r.H, r.Stride = w, h, (w+7)/8
	n := r.Stride * h
	if cap(r.Bits) < n {
		r.Bits = make([]byte, n)
		return
	}
	r.Bits = r.Bits[:n]
	clear(r.Bits)
}

// Row is one line of dots.
func (r *Raster) Row(y int) []byte { return r.Bits[y*r.Stride : (y+1)*r.Stride] }

// At says whether a dot is black.
func (r *Raster) At(x, y int) bool { return r.Bits[y*r.Stride+x/8]&(0x80>>(x%8)) != 0 }

// span blackens a run of dots of one row.
func span(row []byte, x, w int) {
	first, last := x/8, (x+w-1)/8
	head, tail := byte(0xff)>>(x%8), byte(0xff)<<(7-(x+w-1)%8)
	if first == last {
		row[first] |= head & tail
		return
	}
	row[first] |= head
	for i := first + 1; i < last; i++ {
		row[i] = 0xff
	}
	row[last] |= tail
}

// Fill blackens a rectangle; what lies outside of the raster is left out.
func (r *Raster) Fill(x, y, w, h int) {
	if x < 0 {
		x, w = 0, w+x
	}
	if y < 0 {
		y, h = 0, h+y
	}
	w, h = min(w, r.W-x), min(h, r.H-y)
	if w <= 0 {
		return
	}
	for i := range h {
		span(r.Row(y+i), x, w)
	}
}

// invert turns a rectangle's black and white.
func (r *Raster) invert(x, y, w, h int) {
	for j := max(0, y); j < min(r.H, y+h); j++ {
		row := r.Row(j)
		for i := max(0, x); i < min(r.W, x+w); i++ {
			row[i/8] ^= 0x80 >> (i % 8)
		}
	}
}

// glyph is the shape of a letter at one size.
type glyph struct {
	x, y, w, h int // of its box, from the pen on the base line
	stride     int
	bits       []byte
}

// blit lays a letter's dots over what is there.
func (r *Raster) blit(g *glyph, x, y int) {
	x, y = x+g.x, y+g.y
	if x < 0 || x+g.w > r.W { // the fitting keeps text inside; a letter that leans out is left out
		return
	}
	shift := uint(x % 8)
	for j := range g.h {
		if y+j < 0 || y+j >= r.H {
			continue
		}
		row := r.Row(y + j)[x/8:]
		for i, b := range g.bits[j*g.stride : (j+1)*g.stride] {
			row[i] |= b >> shift
			if low := b << (8 - shift); low != 0 {
				row[i+1] |= low
			}
		}
	}
}

// bars lays one row of modules over h rows.
func (r *Raster) bars(modules []byte, x, y, module, h int) {
	if h <= 0 {
		return
	}
	first := x / 8
	line := make([]byte, (x+len(modules)*module+7)/8-first)
	dotsOf(line, modules, x-first*8, module)
	for j := range h {
		row := r.Row(y + j)[first:]
		for i, b := range line {
			row[i] |= b
		}
	}
}

// dotsOf blackens a row of modules from a dot on.
func dotsOf(line, modules []byte, x, module int) {
	for i := 0; i < len(modules); {
		if modules[i] == 0 {
			i++
			continue
		}
		n := 1
		for i+n < len(modules) && modules[i+n] != 0 {
			n++
		}
		span(line, x+i*module, n*module)
		i += n
	}
}
