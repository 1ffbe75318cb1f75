package symbol

import (
	"fmt"

	"bayledger/scanner/gs1"
)

// Kind is a symbology, and whether GS1's rules hold for its data.
type Kind string

// The kinds.
const (
	GS1128        Kind = "gs1-128"
	GS1DataMatrix Kind = "gs1-datamatrix"
	GS1QR         Kind = "gs1-qr"
	Code128       Kind = "code128"
	DataMatrix    Kind = "datamatrix"
	QR            Kind = "qr"
	EAN13         Kind = "ean13"
	EAN8          Kind = "ean8"
	ITF14         Kind = "itf14"
	Auto          Kind = "auto" // what suits a barcode: EAN, ITF-14 or Code 128
)

// Kinds lists every kind that a layout may name.
func Kinds() []Kind {
	return []Kind{GS1128, GS1DataMatrix, GS1QR, Code128, DataMatrix, QR, EAN13, EAN8, ITF14, Auto}
}

// Linear says whether a symbol is a row of bars.
func (k Kind) Linear() bool {
	switch k {
	case GS1128, Code128, EAN13, EAN8, ITF14, Auto:
		return true
	}
	return false
}

// GS1 says whether a symbol holds an element string.
func (k Kind) GS1() bool { return k == GS1128 || k == GS1DataMatrix || k == GS1QR }

// Symbol is a barcode as modules.
type Symbol struct {
	Kind    Kind
	AIM     string // the identifier that a reader sends before the data
	Data    string // what a reader sends behind it
	Text    string // for people, under the bars
	W, H    int    // modules; a linear symbol has one row
	Modules []byte // row by row, 1 is black
}

// At says whether a module is black.
func (s *Symbol) At(x, y int) bool { return s.Modules[y*s.W+x] != 0 }

// Fault says why data cannot be a symbol: for machines a code, for GS1 data the AI.
type Fault struct {
	Kind   Kind
	Code   gs1.Code
	AI     string
	Reason string // a sentence without its end
}

func (f *Fault) Error() string { return string(f.Kind) + ": " + f.Reason }

// Codes of faults that are not those of package gs1.
const (
	Characters    gs1.Code = "characters"      // a character that the symbol does not have
	Length        gs1.Code = "symbol_length"   // more, or fewer, than the symbol holds
	RestrictedNum gs1.Code = "restricted_gtin" // a number for use inside a company, as a GTIN
	Indicator     gs1.Code = "indicator"       // indicator 9 without a measure, or the other way round
)

func fault(k Kind, code gs1.Code, format string, a ...any) *Fault {
	return &Fault{Kind: k, Code: code, Reason: fmt.Sprintf(format, a...)}
}

func gs1Fault(k Kind, err *gs1.Error) *Fault {
	return &Fault{Kind: k, Code: err.Code, AI: err.AI, Reason: err.Error()}
}
