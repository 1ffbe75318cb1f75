package encode

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"sync"

	"bayledger/labels/draw"

	"github.com/klauspost/compress/zlib"
)

// PNG writes labels as PNGs of one bit a dot. Make one with NewPNG; it keeps
// compressors, and may be used by any number of goroutines.
type PNG struct{ pool sync.Pool }

type deflater struct {
	z    *zlib.Writer
	out  bytes.Buffer
	rows []byte // with their filters
}

// NewPNG returns an encoder.
func NewPNG() *PNG { return &PNG{sync.Pool{New: func() any { return &deflater{} }}} }

var pngHead = [8]byte{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}

// Filters of a row.
const (
	filterNone = 0
	filterUp   = 2
)

// Append adds a page as a PNG. Most rows of a label are like the one above them,
// bars and white, and become zeros that compress to next to nothing.
func (p *PNG) Append(out []byte, page *draw.Page) ([]byte, error) {
	d := p.pool.Get().(*deflater)
	defer p.pool.Put(d)
	if err := d.compress(&page.Raster); err != nil {
		return out, err
	}
	out = append(out, pngHead[:]...)
	var head [13]byte
	binary.BigEndian.PutUint32(head[0:], uint32(page.W))
	binary.BigEndian.PutUint32(head[4:], uint32(page.H))
	head[8] = 1 // bit a dot; grey: 0 is black
	out = chunk(out, "IHDR", head[:])
	var size [9]byte
	perMetre := uint32(math.Round(draw.DotsPerMM(page.DPI) * 1000))
	binary.BigEndian.PutUint32(size[0:], perMetre)
	binary.BigEndian.PutUint32(size[4:], perMetre)
	size[8] = 1 // the metre
	out = chunk(out, "pHYs", size[:])
	out = chunk(out, "IDAT", d.out.Bytes())
	return chunk(out, "IEND", nil), nil
}

// compress writes rows with their filters; black and white change places, since
// a PNG's 1 is white.
func (d *deflater) compress(r *draw.Raster) (err error) {
	d.out.Reset()
	if d.z == nil {
		d.z, err = zlib.NewWriterLevel(&d.out, zlib.BestSpeed)
	} else {
		d.z.Reset(&d.out)
	}
	if err != nil {
		return err
	}
	d.rows = d.rows[:0]
	var above []byte
	for y := range r.H {
		row := r.Row(y)
		start := len(d.rows)
		d.rows = append(append(d.rows, filterUp), row...)
		switch line := d.rows[start+1:]; {
		case above != nil && bytes.Equal(row, above):
			clear(line)
		default:
			d.rows[start] = filterNone
			for i := range line {
				line[i] = ^line[i]
			}
		}
		above = row
	}
	if _, err := d.z.Write(d.rows); err != nil {
		return err
	}
	return d.z.Close()
}

func chunk(out []byte, kind string, body []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	start := len(out)
	out = append(append(out, kind...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
