package sheet

import "bayledger/scanner/gs1"

// Symbology is how an item is to be drawn.
type Symbology string

// The symbologies that sheets use.
const (
	Code128       Symbology = "code128"
	QR            Symbology = "qr"
	EAN13         Symbology = "ean13"
	EAN8          Symbology = "ean8"
	UPCA          Symbology = "upca"  // 12 digits
	ITF14         Symbology = "itf14" // 14 digits
	GS1128        Symbology = "gs1-128"
	GS1DataMatrix Symbology = "gs1-datamatrix"
	GS1QR         Symbology = "gs1-qr"
)

// GS1 says whether the symbology holds elements, with FNC1 in front.
func (s Symbology) GS1() bool { return s == GS1128 || s == GS1DataMatrix || s == GS1QR }

// identifiers are what readers send in front of each symbology's data.
var identifiers = map[Symbology]string{Code128: "]C0", QR: "]Q1", EAN13: "]E0", EAN8: "]E4", UPCA: "]E00", ITF14: "]I1",
	GS1128: "]C1", GS1DataMatrix: "]d2", GS1QR: "]Q3"}

// Sheet is one sheet, on as many pages as it takes.
type Sheet struct {
	Name   string  `json:"name"` // for file names and addresses: commands, calibration, test
	Title  string  `json:"title"`
	Intro  string  `json:"intro"` // what to do with it
	Groups []Group `json:"groups"`
}

// Group is items that belong together, under a title.
type Group struct {
	Title string `json:"title"`
	Items []Item `json:"items"`
}

// Item is one code.
type Item struct {
	Caption   string        `json:"caption"` // in large letters, beside the code
	Help      string        `json:"help"`    // a sentence in small ones; may be empty
	Symbology Symbology     `json:"symbology"`
	Text      string        `json:"text,omitempty"`     // what the code holds
	Elements  []gs1.Element `json:"elements,omitempty"` // or these, in this order
	Scan      string        `json:"scan"`               // what a reader that does all right sends
}

// text is an item of a symbology without elements.
func text(s Symbology, data, caption, help string) Item {
	return Item{Caption: caption, Help: help, Symbology: s, Text: data, Scan: identifiers[s] + data}
}

// elements is an item of a GS1 symbology. Its elements come in the order in which they are to be
// drawn. Data that break a rule give an empty Scan, which no test of this package lets pass.
func elements(s Symbology, caption, help string, pairs ...string) Item {
	it := Item{Caption: caption, Help: help, Symbology: s}
	for i := 0; i+1 < len(pairs); i += 2 {
		it.Elements = append(it.Elements, gs1.Element{AI: pairs[i], Value: pairs[i+1]})
	}
	if data, err := gs1.BuildElementString(it.Elements); err == nil {
		it.Scan = identifiers[s] + data
	}
	return it
}

// All gives the three sheets, in the order in which a new site needs them.
func All(printers []string) []Sheet { return []Sheet{Calibration(), Commands(printers), Test()} }
