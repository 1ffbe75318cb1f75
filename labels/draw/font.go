package draw

import (
	"fmt"
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Bounds of what is kept of letters.
const (
	// maxGlyphs shapes of some 300 bytes each; labels of one day have a few hundred.
	maxGlyphs = 20_000
	// unit is the size at which widths are measured once for all sizes.
	unit = 1000
	// inked is the share of a dot that must be covered for it to be black.
	inked = 0x80
)

// typeface is one font, and what is known of its letters.
type typeface struct {
	font   *opentype.Font
	capsAt float64 // height of a capital letter, of the font's size

	mu     sync.RWMutex // guards what follows
	widths map[rune]float64
	glyphs map[glyphKey]*glyph
	faces  map[int]font.Face // by height of a capital letter, in dots
	units  font.Face
	buffer sfnt.Buffer
}

type glyphKey struct {
	r    rune
	caps int
}

func newTypeface(ttf []byte) (*typeface, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, err
	}
	t := &typeface{font: f, widths: map[rune]float64{}, glyphs: map[glyphKey]*glyph{}, faces: map[int]font.Face{}}
	if t.units, err = opentype.NewFace(f, &opentype.FaceOptions{Size: unit, DPI: 72}); err != nil {
		return nil, err
	}
	t.capsAt = float64(t.units.Metrics().CapHeight) / 64 / unit
	if t.capsAt <= 0 {
		return nil, fmt.Errorf("the font has no height of capital letters")
	}
	return t, nil
}

func typefaces() (regular, bold *typeface, err error) {
	if regular, err = newTypeface(goregular.TTF); err != nil {
		return nil, nil, err
	}
	bold, err = newTypeface(gobold.TTF)
	return regular, bold, err
}

// has says whether the font has a shape for a letter.
func (t *typeface) has(r rune) bool { return t.width(r) >= 0 }

// width is how wide a letter is at a height of capitals of 1; below 0 where the
// font does not have it.
func (t *typeface) width(r rune) float64 {
	t.mu.RLock()
	w, ok := t.widths[r]
	t.mu.RUnlock()
	if ok {
		return w
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	w = -1
	if i, err := t.font.GlyphIndex(&t.buffer, r); err == nil && i != 0 {
		advance, _ := t.units.GlyphAdvance(r)
		w = float64(advance) / 64 / unit / t.capsAt
	}
	if len(t.widths) >= maxGlyphs {
		clear(t.widths)
	}
	t.widths[r] = w
	return w
}

// measure is how wide a text is at a height of capitals of 1.
func (t *typeface) measure(text string) (w float64) {
	for _, r := range text {
		w += t.width(r)
	}
	return w
}

// glyph gives a letter's shape at a height of capitals in dots.
func (t *typeface) glyph(r rune, caps int) *glyph {
	key := glyphKey{r, caps}
	t.mu.RLock()
	g := t.glyphs[key]
	t.mu.RUnlock()
	if g != nil {
		return g
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.glyphs) >= maxGlyphs {
		clear(t.glyphs)
		clear(t.faces)
	}
	face := t.faces[caps]
	if face == nil {
		var err error
		if face, err = opentype.NewFace(t.font, &opentype.FaceOptions{Size: float64(caps) / t.capsAt, DPI: 72}); err != nil {
			return &glyph{}
		}
		t.faces[caps] = face
	}
	g = shape(face, r)
	t.glyphs[key] = g
	return g
}

// shape draws a letter once.
func shape(face font.Face, r rune) *glyph {
	box, mask, at, _, ok := face.Glyph(fixed.Point26_6{}, r)
	if !ok || box.Empty() {
		return &glyph{}
	}
	g := &glyph{x: box.Min.X, y: box.Min.Y, w: box.Dx(), h: box.Dy(), stride: (box.Dx() + 7) / 8}
	g.bits = make([]byte, g.stride*g.h)
	alpha, ok := mask.(*image.Alpha)
	if !ok {
		return &glyph{}
	}
	for y := range g.h {
		for x := range g.w {
			if alpha.AlphaAt(at.X+x, at.Y+y).A >= inked {
				g.bits[y*g.stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return g
}
