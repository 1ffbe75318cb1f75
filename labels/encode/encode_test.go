package encode_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/encode"
	"bayledger/labels/internal/sample"
	"bayledger/labels/symbol"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func newDrawer(t testing.TB) *draw.Drawer {
	t.Helper()
	d, err := draw.New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func builtin(t testing.TB) []*design.Layout {
	t.Helper()
	list, err := design.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// dots is a picture taken out of an output.
type dots struct {
	w, h, stride int
	bits         []byte
}

func (d *dots) at(x, y int) bool { return d.bits[y*d.stride+x/8]&(0x80>>(x%8)) != 0 }

func fromBits(w, h, stride int, bits []byte) *dots { return &dots{w, h, stride, bits} }

// output is one way to write a page, and a reader of it that knows the format and
// not our code.
type output struct {
	name  string
	write func(*draw.Page) ([]byte, error)
	read  func(b []byte) (*dots, error)
}

func outputs() []output {
	p := encode.NewPNG()
	return []output{
		{"png", func(page *draw.Page) ([]byte, error) { return p.Append(nil, page) }, readPNG},
		{"svg", func(page *draw.Page) ([]byte, error) { return encode.AppendSVG(nil, page), nil }, readSVG},
		{"pdf", func(page *draw.Page) ([]byte, error) {
			doc := encode.NewPDF()
			if err := doc.Add(page, 1); err != nil {
				return nil, err
			}
			return doc.Bytes(), nil
		}, readPDF},
		{"zpl", func(page *draw.Page) ([]byte, error) {
			return encode.AppendZPL(nil, page, encode.ZPLOptions{Copies: 3, Darkness: 12, Speed: 4}), nil
		}, readZPL},
		{"pwg", func(page *draw.Page) ([]byte, error) { return encode.AppendPWG(encode.PWG(), page, 1), nil }, readPWG},
	}
}

func readPNG(b []byte) (*dots, error) {
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	g, ok := m.(*image.Gray) // one bit a dot, as image/png gives it
	if !ok {
		return nil, fmt.Errorf("%T is no grey picture", m)
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	stride := (w + 7) / 8
	bits := make([]byte, stride*h)
	for y := range h {
		for x, v := range g.Pix[y*g.Stride : y*g.Stride+w] {
			if v == 0 {
				bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return fromBits(w, h, stride, bits), nil
}

func readSVG(b []byte) (*dots, error) {
	var doc struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(b, &doc); err != nil {
		return nil, err
	}
	var w, h int
	if _, err := fmt.Sscanf(doc.ViewBox, "0 0 %d %d", &w, &h); err != nil {
		return nil, err
	}
	stride := (w + 7) / 8
	bits := make([]byte, stride*h)
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z`).FindAllStringSubmatch(doc.Paths[1].D, -1) {
		var n [5]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		for y := n[1]; y < n[1]+n[3]; y++ {
			for x := n[0]; x < n[0]+n[2]; x++ {
				bits[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return fromBits(w, h, stride, bits), nil
}

var pdfImage = regexp.MustCompile(`/Width (\d+) /Height (\d+) /BitsPerComponent 1 /ColorSpace /DeviceGray /Decode \[1 0\] /Filter /FlateDecode /Length (\d+) >>\nstream\n`)

func readPDF(b []byte) (*dots, error) {
	m := pdfImage.FindSubmatchIndex(b)
	if m == nil {
		return nil, fmt.Errorf("there is no picture")
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(b[m[2+2*i]:m[3+2*i]]))
	}
	z, err := zlib.NewReader(bytes.NewReader(b[m[1] : m[1]+n[2]]))
	if err != nil {
		return nil, err
	}
	bits, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	return fromBits(n[0], n[1], (n[0]+7)/8, bits), nil
}

var zplField = regexp.MustCompile(`\^PW(\d+)\^LL(\d+)\^FO0,0\^GFA,(\d+),(\d+),(\d+),([^^]*)\^FS`)

// readZPL follows the description of ^GF in the ZPL II manual.
func readZPL(b []byte) (*dots, error) {
	m := zplField.FindSubmatch(b)
	if m == nil {
		return nil, fmt.Errorf("there is no ^GFA")
	}
	var n [5]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1]))
	}
	stride := n[4]
	var all, row []byte // half bytes
	repeat := 0
	flush := func() { all, row = append(all, row...), row[:0] }
	for _, c := range m[6] {
		switch {
		case c == ',' || c == '!':
			v := byte(0)
			if c == '!' {
				v = 15
			}
			for len(row) < 2*stride {
				row = append(row, v)
			}
			flush()
		case c == ':':
			all = append(all, all[len(all)-2*stride:]...)
		case c >= 'G' && c <= 'Y':
			repeat += int(c-'G') + 1
		case c >= 'g' && c <= 'z':
			repeat += (int(c-'g') + 1) * 20
		default:
			v := strings.IndexByte("0123456789ABCDEF", c)
			if v < 0 {
				return nil, fmt.Errorf("%q in the picture", c)
			}
			for range max(1, repeat) {
				row = append(row, byte(v))
			}
			repeat = 0
			if len(row) == 2*stride {
				flush()
			}
		}
	}
	bits := make([]byte, len(all)/2)
	for i := range bits {
		bits[i] = all[2*i]<<4 | all[2*i+1]
	}
	if len(bits) != n[2] || n[2] != n[3] || len(bits) != stride*n[1] {
		return nil, fmt.Errorf("%d bytes of picture, said are %v", len(bits), n)
	}
	return fromBits(n[0], n[1], stride, bits), nil
}

func readPWG(b []byte) (*dots, error) {
	if string(b[:4]) != "RaS2" {
		return nil, fmt.Errorf("no PWG raster")
	}
	head, rest := b[4:4+1796], b[4+1796:]
	get := func(at int) int { return int(binary.BigEndian.Uint32(head[at:])) }
	w, h, stride := get(372), get(376), get(392)
	if get(384) != 1 || get(388) != 1 || get(400) != 3 || stride != (w+7)/8 {
		return nil, fmt.Errorf("not one black bit a dot")
	}
	var bits []byte
	for len(bits) < stride*h {
		times, row := int(rest[0])+1, []byte{}
		rest = rest[1:]
		for len(row) < stride {
			n := int(rest[0])
			if n < 128 {
				row = append(row, bytes.Repeat(rest[1:2], n+1)...)
				rest = rest[2:]
			} else {
				row = append(row, rest[1:1+257-n]...)
				rest = rest[1+257-n:]
			}
		}
		for range times {
			bits = append(bits, row...)
		}
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("%d bytes too many", len(rest))
	}
	return fromBits(w, h, stride, bits), nil
}

// crop is a symbol with its quiet zones, as a picture for a reader.
func crop(d *dots, s draw.Placed) image.Image {
	x0, y0, x1, y1 := s.X-s.Quiet[0], s.Y-s.Quiet[2], s.X+s.W+s.Quiet[1], s.Y+s.H+s.Quiet[3]
	g := image.NewGray(image.Rect(0, 0, x1-x0, y1-y0))
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			v := byte(255)
			if d.at(x0+x, y0+y) {
				v = 0
			}
			g.Pix[y*g.Stride+x] = v
		}
	}
	return g
}

// scan is what gozxing reads.
func scan(img image.Image, k symbol.Kind) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	readers := map[symbol.Kind]gozxing.Reader{
		symbol.GS1128: oned.NewCode128Reader(), symbol.Code128: oned.NewCode128Reader(), symbol.EAN13: oned.NewEAN13Reader(), symbol.EAN8: oned.NewEAN8Reader(), symbol.ITF14: oned.NewITFReader(),
		symbol.GS1DataMatrix: datamatrix.NewDataMatrixReader(), symbol.DataMatrix: datamatrix.NewDataMatrixReader(), symbol.QR: qrcode.NewQRCodeReader(), symbol.GS1QR: qrcode.NewQRCodeReader()}
	hints := map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_ASSUME_GS1: true}
	if !k.Linear() {
		hints = map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_PURE_BARCODE: true}
	}
	got, err := readers[k].Decode(bitmap, hints)
	if err != nil {
		return "", err
	}
	aim, _ := got.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string)
	data := got.GetText()
	switch k {
	case symbol.ITF14:
		if aim == "]I0" { // this reader verifies no check digit, so it cannot say ]I1
			aim = "]I1"
		}
	case symbol.GS1128:
		data = strings.TrimSuffix(strings.TrimPrefix(data, "]C1"), "\x1d")
	case symbol.GS1DataMatrix:
		data = strings.TrimPrefix(data, "\x1d")
	}
	return aim + data, nil
}

// Every built-in layout at every resolution, in every output, shows the dots that
// were drawn, and a reader reads from it what was meant.
func TestEveryOutputIsReadBack(t *testing.T) {
	d := newDrawer(t)
	read := 0
	for _, l := range builtin(t) {
		for _, dpi := range []int{203, 300, 600} {
			page, err := d.Draw(l, sample.Of(l), dpi)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range outputs() {
				name := fmt.Sprintf("%s, %d dpi, %s", l.Name, dpi, o.name)
				b, err := o.write(page)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				got, err := o.read(b)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					continue
				}
				same(t, name, page, got)
				for _, s := range page.Symbols {
					text, err := scan(crop(got, s), s.Kind)
					if err != nil || text != s.AIM+s.Data {
						t.Errorf("%s: %s is read as %q, %v", name, s, text, err)
					}
					read++
				}
			}
			d.Release(page)
		}
	}
	t.Logf("%d symbols read back", read)
}

func same(t *testing.T, name string, page *draw.Page, got *dots) {
	t.Helper()
	if got.w != page.W || got.h != page.H {
		t.Fatalf("%s: %d × %d dots, drawn were %d × %d", name, got.w, got.h, page.W, page.H)
	}
	if !bytes.Equal(got.bits, page.Bits) {
		t.Fatalf("%s: the dots differ", name)
	}
}

// hostile are values that mean something to a printer, a browser or a PDF reader.
var hostile = []string{"^XZ~JA", "^FS^XZ^XA^JUS", "~HS", "</path><script>alert(1)</script>", "endstream endobj", "\x02\x03", "${jndi}", "%PDF", "BT (x) Tj ET"}

// Nothing of what a user wrote stands in an output, whatever it is.
func TestNoTextInOutputs(t *testing.T) {
	d := newDrawer(t)
	for _, l := range builtin(t) {
		if l.Name != "product" && l.Name != "location" && l.Name != "operator" {
			continue
		}
		for _, text := range hostile {
			page, err := d.Draw(l, &draw.Data{Fields: map[string]string{"code": "P-1", "name": text, "company": text}}, 203)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range outputs() {
				b, err := o.write(page)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(b, []byte(text)) && text != "%PDF" {
					t.Errorf("%s, %s: %q stands in the output", l.Name, o.name, text)
				}
				if o.name == "zpl" {
					commands(t, b)
				}
			}
			d.Release(page)
		}
	}
}

var zplWhole = regexp.MustCompile(`^(~SD\d\d)?\^XA\^LH0,0\^LT0\^LS0\^MUD(\^PR\d+)?\^PW\d+\^LL\d+\^FO0,0\^GFA,\d+,\d+,\d+,[0-9A-Zg-z,!:]*\^FS(\^PQ\d+)?\^XZ\n$`)

// commands says whether a ZPL format holds our commands and no other.
func commands(t *testing.T, b []byte) {
	t.Helper()
	if !zplWhole.Match(b) {
		t.Errorf("not our commands only: %.300q", b)
	}
}

func FuzzZPLHasOurCommandsOnly(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	d := newDrawer(f)
	var l *design.Layout
	for _, x := range builtin(f) {
		if x.Name == "product" {
			l = x
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		page, err := d.Draw(l, &draw.Data{Fields: map[string]string{"code": "P-1", "name": text, "lot": text, "unit": text}}, 203)
		if err != nil {
			return
		}
		commands(t, encode.AppendZPL(nil, page, encode.ZPLOptions{Copies: 2, Darkness: 30, Speed: 14}))
		d.Release(page)
	})
}

// Copies are pages of one picture in a PDF, and ^PQ in ZPL; both say the true size.
func TestComplaint18LabelsOfTheWrongSize(t *testing.T) {
	d := newDrawer(t)
	for _, l := range builtin(t) {
		page, err := d.Draw(l, sample.Of(l), 300)
		if err != nil {
			t.Fatal(err)
		}
		doc := encode.NewPDF()
		if err := doc.Add(page, 3); err != nil {
			t.Fatal(err)
		}
		b := doc.Bytes()
		if n := bytes.Count(b, []byte("/Type /Page ")); n != 3 || bytes.Count(b, []byte("/Subtype /Image")) != 1 {
			t.Errorf("%s: %d pages", l.Name, n)
		}
		var w, h float64
		at := bytes.Index(b, []byte("/MediaBox [0 0 "))
		if _, err := fmt.Sscanf(string(b[at+15:at+40]), "%f %f", &w, &h); err != nil || math.Abs(w/72*25.4-l.Width) > 0.001 || math.Abs(h/72*25.4-l.Height) > 0.001 {
			t.Errorf("%s: the page is %.3f × %.3f mm, the medium %g × %g", l.Name, w/72*25.4, h/72*25.4, l.Width, l.Height)
		}
		if z := encode.AppendZPL(nil, page, encode.ZPLOptions{Copies: 3}); !bytes.Contains(z, []byte("^PQ3^XZ")) || bytes.Contains(encode.AppendZPL(nil, page, encode.ZPLOptions{Copies: 1}), []byte("^PQ")) {
			t.Errorf("%s: copies", l.Name)
		}
		d.Release(page)
	}
}
