package encode

import (
	"bytes"
	"encoding/binary"
	"math"

	"bayledger/labels/draw"
)

// PWG raster (PWG 5102.4): what every printer of IPP Everywhere takes.
const (
	pwgSync   = "RaS2"
	pwgHeader = 1796
	pwgSame   = 256 // rows that one repeat counts, the row itself with them
	pwgRun    = 128 // bytes of one run
)

// Places in a page's header.
const (
	pwgResolution = 276
	pwgPageSize   = 352
	pwgWidth      = 372
	pwgHeight     = 376
	pwgBits       = 384
	pwgPixelBits  = 388
	pwgLineBytes  = 392
	pwgColor      = 400
	pwgColors     = 420
	pwgTotalPages = 452
	pwgCopies     = 340
)

const pwgBlack = 3 // the colour space in which 1 is black

// PWG begins a document of PWG raster.
func PWG() []byte { return []byte(pwgSync) }

// AppendPWG adds a page. pages is how many the whole document has.
func AppendPWG(out []byte, page *draw.Page, pages int) []byte {
	var head [pwgHeader]byte
	copy(head[:], "PwgRaster")
	put := func(at, v int) { binary.BigEndian.PutUint32(head[at:], uint32(v)) }
	put(pwgResolution, page.DPI)
	put(pwgResolution+4, page.DPI)
	put(pwgPageSize, int(math.Round(page.Width*pointsPerMM)))
	put(pwgPageSize+4, int(math.Round(page.Height*pointsPerMM)))
	put(pwgWidth, page.W)
	put(pwgHeight, page.H)
	put(pwgBits, 1)
	put(pwgPixelBits, 1)
	put(pwgLineBytes, page.Stride)
	put(pwgColor, pwgBlack)
	put(pwgColors, 1)
	put(pwgTotalPages, pages)
	put(pwgCopies, 1)
	out = append(out, head[:]...)
	for y := 0; y < page.H; {
		row, n := page.Row(y), 1
		for y+n < page.H && n < pwgSame && bytes.Equal(page.Row(y+n), row) {
			n++
		}
		out = packBits(append(out, byte(n-1)), row)
		y += n
	}
	return out
}

// packBits writes a row: a count and a byte that many times, or, counted down from
// 257, bytes as they are.
func packBits(out, row []byte) []byte {
	for i := 0; i < len(row); {
		n := 1
		for i+n < len(row) && n < pwgRun && row[i+n] == row[i] {
			n++
		}
		if n > 1 || i == len(row)-1 {
			out = append(out, byte(n-1), row[i])
			i += n
			continue
		}
		for n = 1; i+n < len(row) && n < pwgRun && (i+n+1 == len(row) || row[i+n] != row[i+n+1]); n++ {
		}
		if n == 1 {
			out = append(out, 0, row[i])
		} else {
			out = append(append(out, byte(257-n)), row[i:i+n]...)
		}
		i += n
	}
	return out
}
