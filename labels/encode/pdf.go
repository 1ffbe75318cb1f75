package encode

import (
	"bytes"
	"fmt"
	"strconv"

	"bayledger/labels/draw"

	"github.com/klauspost/compress/zlib"
)

// PDF gathers pages into a document: each is one picture of one bit a dot, on a
// page of the label's true size. A library would bring fonts and streams of text,
// none of which is wanted here: the dots are the printer's, and 90 lines write
// them. Make one with NewPDF, add pages, take Bytes; a PDF is used once.
type PDF struct {
	out     bytes.Buffer
	offsets []int // of objects, from number 3 on
	pages   []int // numbers of the page objects
	z       *zlib.Writer
	packed  bytes.Buffer
}

// The first two objects are written last: the catalogue, and the list of pages.
const (
	objCatalog = 1
	objPages   = 2
)

// pointsPerMM is a PDF's measure.
const pointsPerMM = 72 / 25.4

// NewPDF begins a document.
func NewPDF() *PDF {
	p := &PDF{}
	p.out.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	return p
}

// object begins an object and returns its number.
func (p *PDF) object() int {
	p.offsets = append(p.offsets, p.out.Len())
	n := len(p.offsets) + objPages
	fmt.Fprintf(&p.out, "%d 0 obj\n", n)
	return n
}

// Add adds a page, copies times; each copy shows the same picture.
func (p *PDF) Add(page *draw.Page, copies int) error {
	if err := p.pack(&page.Raster); err != nil {
		return err
	}
	image := p.object()
	fmt.Fprintf(&p.out, "<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray /Decode [1 0] /Filter /FlateDecode /Length %d >>\nstream\n",
		page.W, page.H, p.packed.Len())
	p.out.Write(p.packed.Bytes())
	p.out.WriteString("\nendstream\nendobj\n")
	// The picture has whole dots; what it is longer or shorter than the medium is
	// less than one of them.
	perDot := pointsPerMM / draw.DotsPerMM(page.DPI)
	content := fmt.Sprintf("q %s 0 0 %s 0 %s cm /L Do Q", points(float64(page.W)*perDot), points(float64(page.H)*perDot),
		points(page.Height*pointsPerMM-float64(page.H)*perDot))
	drawing := p.object()
	fmt.Fprintf(&p.out, "<< /Length %d >>\nstream\n%s\nendstream\nendobj\n", len(content), content)
	for range max(1, copies) {
		n := p.object()
		fmt.Fprintf(&p.out, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources << /XObject << /L %d 0 R >> >> /Contents %d 0 R >>\nendobj\n",
			objPages, points(page.Width*pointsPerMM), points(page.Height*pointsPerMM), image, drawing)
		p.pages = append(p.pages, n)
	}
	return nil
}

func points(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

func (p *PDF) pack(r *draw.Raster) (err error) {
	p.packed.Reset()
	if p.z == nil {
		p.z, err = zlib.NewWriterLevel(&p.packed, zlib.BestSpeed)
	} else {
		p.z.Reset(&p.packed)
	}
	if err != nil {
		return err
	}
	if _, err := p.z.Write(r.Bits); err != nil {
		return err
	}
	return p.z.Close()
}

// Bytes ends the document and returns it.
func (p *PDF) Bytes() []byte {
	catalog := p.out.Len()
	fmt.Fprintf(&p.out, "%d 0 obj\n<< /Type /Catalog /Pages %d 0 R /ViewerPreferences << /PrintScaling /None >> >>\nendobj\n", objCatalog, objPages)
	list := p.out.Len()
	fmt.Fprintf(&p.out, "%d 0 obj\n<< /Type /Pages /Count %d /Kids [", objPages, len(p.pages))
	for _, n := range p.pages {
		fmt.Fprintf(&p.out, " %d 0 R", n)
	}
	p.out.WriteString(" ] >>\nendobj\n")
	table := p.out.Len()
	fmt.Fprintf(&p.out, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+objPages+1)
	for _, at := range append([]int{catalog, list}, p.offsets...) {
		fmt.Fprintf(&p.out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&p.out, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets)+objPages+1, objCatalog, table)
	return p.out.Bytes()
}
