package design

import (
	"image"
	"strconv"

	"bayledger/labels/symbol"
	"bayledger/scanner/gs1"
)

// Bounds of a layout.
const (
	MaxFile     = 256 << 10 // of a layout's file
	MaxElements = 200
	MaxPicture  = 1 << 20 // of a picture's file
	maxPixels   = 4000    // of a picture's side
	MinSide     = 10.0    // mm, of a medium
	MaxSide     = 420.0   // A3
	MinLetter   = 0.8     // mm: smaller letters are dust at 203 dpi
	MaxLetter   = 200.0
)

// What a layout is for: what CODE names in "label product CODE".
const (
	Product  = "product"
	Location = "location"
	Package  = "package"
	Lot      = "lot"
	Operator = "operator"
	Device   = "device"
	Printer  = "printer"
	Sheet    = "sheet"
)

// Subjects lists what layouts can be for.
func Subjects() []string {
	return []string{Product, Location, Package, Lot, Operator, Device, Printer, Sheet}
}

// Kinds of elements.
const (
	Text    = "text"    // words in a box, wrapped and made smaller until they fit
	Field   = "field"   // a data title over a value
	Titles  = "titles"  // the data titles and values of GS1 elements, in columns
	Barcode = "barcode" // one symbol
	Stack   = "stack"   // GS1-128 symbols above each other, the last element lowest
	Line    = "line"
	Box     = "box"
	Arrow   = "arrow"
	Picture = "picture"
	Grid    = "grid" // the codes of a sheet
)

// Layout is a label's look.
type Layout struct {
	Name     string            `toml:"name"`
	Title    string            `toml:"title"`
	About    string            `toml:"about"`
	For      string            `toml:"for"`
	Width    float64           `toml:"width"`  // of the medium
	Height   float64           `toml:"height"` // of the medium
	Elements []Element         `toml:"element"`
	Sample   map[string]string `toml:"sample"` // fields for a picture of it

	File string // its file's name
	Hash string // of the file: the version that a job names
	Own  bool   // a user's, not one that comes with the program
}

// Element is one thing on a label. Measures are in millimetres, from the top
// left corner.
type Element struct {
	ID     string     `toml:"id"`
	Kind   string     `toml:"kind"`
	At     [2]float64 `toml:"at"`
	Size   [2]float64 `toml:"size"`
	When   string     `toml:"when"`   // drawn only where this field is not empty
	Unless string     `toml:"unless"` // drawn only where it is

	Text     string  `toml:"text"`
	Title    string  `toml:"title"`
	Letter   float64 `toml:"letter"` // height of a capital letter
	Least    float64 `toml:"least"`  // the height that it may shrink to; default: letter
	Bold     bool    `toml:"bold"`
	Align    string  `toml:"align"`    // left (default), center, right
	Lines    int     `toml:"lines"`    // at most; default 1
	Cut      bool    `toml:"cut"`      // what does not fit ends in "…"; else it is refused
	Exact    bool    `toml:"exact"`    // letters that the font lacks are refused; else they become boxes
	Optional bool    `toml:"optional"` // nothing to show is no error
	Invert   bool    `toml:"invert"`   // white letters on black

	Symbol    symbol.Kind `toml:"symbol"`
	Otherwise symbol.Kind `toml:"otherwise"` // drawn where the data are not for symbol, or too long
	Use       symbol.Use  `toml:"use"`
	Codes     []string    `toml:"elements"` // "(01){gtin}"; an empty value leaves the element out
	Below     string      `toml:"below"`    // people's text under it: default what the standard says; "none", or a template
	Module    float64     `toml:"module"`   // of a symbol; default the rules' target
	Spill     [2]float64  `toml:"spill"`    // where a stack puts a Data Matrix with what has no room
	SpillSize [2]float64  `toml:"spill_size"`

	Thick   float64 `toml:"thick"`  // of lines
	Points  string  `toml:"points"` // of an arrow: up, down, left, right, or a template of one
	File    string  `toml:"file"`   // of a picture, beside the layout
	Columns int     `toml:"columns"`
	Rows    int     `toml:"rows"`

	Compiled Compiled    `toml:"-"`
	Image    image.Image `toml:"-"`
}

// Compiled are an element's templates, ready for use.
type Compiled struct {
	Text, Title, Below, Points Template
	Codes                      []Code
}

// Code is one GS1 element of a barcode.
type Code struct {
	AI    string
	Value Template
}

// SheetData is what a grid shows: groups of codes, each under its title.
type SheetData struct {
	Groups []SheetGroup
}

// SheetGroup is codes that belong together.
type SheetGroup struct {
	Title string
	Items []SheetItem
}

// SheetItem is one code of a sheet.
type SheetItem struct {
	Symbol   symbol.Kind
	Text     string        // what the symbol holds
	Elements []gs1.Element // or these, of a GS1 symbol
	Caption  string        // in large letters
	Hint     string        // a sentence below; may be empty
}

// Fields lists the names of the fields that the layout uses, each once, in order.
func (l *Layout) Fields() []string {
	var out []string
	seen := map[string]bool{}
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	for i := range l.Elements {
		e := &l.Elements[i]
		for _, t := range []Template{e.Compiled.Text, e.Compiled.Title, e.Compiled.Below, e.Compiled.Points} {
			add(t.Fields()...)
		}
		for _, c := range e.Compiled.Codes {
			add(c.Value.Fields()...)
		}
		add(e.When, e.Unless)
	}
	return out
}

// Fault is something wrong in a layout's file.
type Fault struct {
	File    string
	Element string // its id, or its place; "" where the whole file is meant
	Reason  string
}

func (f *Fault) Error() string {
	if f.Element == "" {
		return f.File + ": " + f.Reason
	}
	return f.File + ": element " + strconv.Quote(f.Element) + ": " + f.Reason
}
