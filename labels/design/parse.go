package design

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"slices"
	"strings"

	"bayledger/labels/symbol"
	"bayledger/scanner/gs1"

	"github.com/BurntSushi/toml"
)

// Parse reads a layout's file. Pictures are read from the folder beside it; nil
// where there are none. Errors: a *Fault.
func Parse(file string, body []byte, folder fs.FS) (*Layout, error) {
	wrong := func(format string, a ...any) error { return &Fault{File: file, Reason: fmt.Sprintf(format, a...)} }
	if len(body) > MaxFile {
		return nil, wrong("it is larger than 256 KiB")
	}
	l := &Layout{File: file}
	meta, err := toml.NewDecoder(bytes.NewReader(body)).Decode(l)
	if err != nil {
		var at toml.ParseError
		if errors.As(err, &at) {
			return nil, wrong("line %d: %s", at.Position.Line, strings.TrimSuffix(at.Message, "."))
		}
		return nil, wrong("%s", strings.TrimPrefix(err.Error(), "toml: "))
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, wrong("there is no setting %q", unknown[0].String())
	}
	sum := sha256.Sum256(body)
	l.Hash = hex.EncodeToString(sum[:6])
	if err := l.check(wrong); err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for i := range l.Elements {
		e := &l.Elements[i]
		if e.ID == "" {
			e.ID = fmt.Sprint("number ", i+1)
		}
		if ids[e.ID] {
			return nil, &Fault{file, e.ID, "there are two of this id"}
		}
		ids[e.ID] = true
		if err := l.element(e, folder); err != nil {
			return nil, &Fault{file, e.ID, err.Error()}
		}
	}
	if l.For != Sheet && !slices.Contains(l.Fields(), "mark") {
		return nil, wrong("no element shows {mark}: a reprint must be seen to be one")
	}
	return l, nil
}

// check looks at the layout apart from its elements.
func (l *Layout) check(wrong func(string, ...any) error) error {
	switch {
	case !layoutName(l.Name):
		return wrong("name %q is not 1 to 40 small letters, digits, - and x", l.Name)
	case l.Title == "":
		return wrong("it has no title")
	case !slices.Contains(Subjects(), l.For):
		return wrong("for = %q is none of %s", l.For, strings.Join(Subjects(), ", "))
	case !side(l.Width) || !side(l.Height):
		return wrong("the medium is %g × %g mm; each side has 10 to 420 mm", l.Width, l.Height)
	case len(l.Elements) == 0:
		return wrong("it has no elements")
	case len(l.Elements) > MaxElements:
		return wrong("it has more than %d elements", MaxElements)
	}
	for name := range l.Sample {
		if !fieldName(name) {
			return wrong("%q in sample is no name of a field", name)
		}
	}
	return nil
}

func side(v float64) bool { return v >= MinSide && v <= MaxSide }

func layoutName(n string) bool {
	for i := 0; i < len(n); i++ {
		if c := n[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return n != "" && len(n) <= 40
}

// element checks one element and compiles its templates; an error is a reason.
func (l *Layout) element(e *Element, folder fs.FS) error {
	if err := e.box(l); err != nil {
		return err
	}
	if err := e.compile(); err != nil {
		return err
	}
	for _, n := range []string{e.When, e.Unless} {
		if n != "" && !fieldName(n) {
			return fmt.Errorf("%q is no name of a field", n)
		}
	}
	switch e.Kind {
	case Text, Field:
		return e.words()
	case Titles:
		if len(e.Codes) == 0 {
			return errors.New("it has no elements")
		}
		e.Columns = max(1, e.Columns)
		return e.letters()
	case Barcode, Stack:
		return e.barcode(l)
	case Line, Box:
		if e.Thick <= 0 {
			e.Thick = 0.3
		}
		return nil
	case Arrow:
		return e.arrow()
	case Picture:
		return e.picture(folder)
	case Grid:
		if e.Columns < 1 || e.Rows < 1 || e.Columns > 12 || e.Rows > 30 {
			return errors.New("a grid has 1 to 12 columns and 1 to 30 rows")
		}
		return e.letters()
	}
	return fmt.Errorf("kind %q is none of text, field, titles, barcode, stack, line, box, arrow, picture, grid", e.Kind)
}

// box says by how much an element sticks out of the medium.
func (e *Element) box(l *Layout) error {
	if e.Kind == Line { // a line may have no height, or no width
		if e.Size[0] < 0 || e.Size[1] < 0 || e.Size[0] == 0 && e.Size[1] == 0 {
			return errors.New("a line has a size of more than 0")
		}
	} else if !(e.Size[0] > 0) || !(e.Size[1] > 0) {
		return errors.New("size has two numbers above 0")
	}
	if e.At[0] < 0 || e.At[1] < 0 {
		return errors.New("at lies outside of the medium")
	}
	if over := max(e.At[0]+e.Size[0]-l.Width, e.At[1]+e.Size[1]-l.Height); over > 1e-9 {
		return fmt.Errorf("it sticks out of the medium by %.1f mm", over)
	}
	return nil
}

// compile reads an element's templates.
func (e *Element) compile() (err error) {
	for _, t := range []struct {
		text string
		into *Template
	}{{e.Text, &e.Compiled.Text}, {e.Title, &e.Compiled.Title}, {e.Below, &e.Compiled.Below}, {e.Points, &e.Compiled.Points}} {
		if *t.into, err = parseTemplate(t.text); err != nil {
			return err
		}
	}
	for _, code := range e.Codes {
		ai, value, ok := strings.Cut(strings.TrimPrefix(code, "("), ")")
		if !ok || code[0] != '(' {
			return fmt.Errorf("the element %q is not written as (AI){field}", code)
		}
		if _, known := gs1.Lookup(ai); !known {
			return fmt.Errorf("there is no AI (%s)", ai)
		}
		t, err := parseTemplate(value)
		if err != nil {
			return err
		}
		if t.Empty() {
			return fmt.Errorf("the element (%s) has no value", ai)
		}
		e.Compiled.Codes = append(e.Compiled.Codes, Code{ai, t})
	}
	return nil
}

func (e *Element) words() error {
	if e.Compiled.Text.Empty() {
		return errors.New("it has no text")
	}
	e.Lines = max(1, e.Lines)
	return e.letters()
}

func (e *Element) letters() error {
	if e.Letter < MinLetter || e.Letter > MaxLetter {
		return fmt.Errorf("letter = %g: a capital letter is %g to %g mm high", e.Letter, MinLetter, MaxLetter)
	}
	if e.Least == 0 {
		e.Least = e.Letter
	}
	if e.Least < MinLetter || e.Least > e.Letter {
		return fmt.Errorf("least = %g is not between %g and letter", e.Least, MinLetter)
	}
	switch e.Align {
	case "":
		e.Align = "left"
	case "left", "center", "right":
	default:
		return fmt.Errorf("align %q is none of left, center, right", e.Align)
	}
	return nil
}

func (e *Element) barcode(l *Layout) error {
	if e.Kind == Stack {
		if e.Symbol != "" && e.Symbol != symbol.GS1128 {
			return errors.New("a stack is of gs1-128 symbols")
		}
		e.Symbol = symbol.GS1128
	}
	if !slices.Contains(symbol.Kinds(), e.Symbol) {
		return fmt.Errorf("there is no symbol %q", e.Symbol)
	}
	if e.Otherwise != "" && (!slices.Contains(symbol.Kinds(), e.Otherwise) || e.Otherwise.GS1() || e.Symbol.GS1()) {
		return fmt.Errorf("otherwise = %q is no symbol for a text, or this one holds GS1 elements", e.Otherwise)
	}
	if e.Use == "" {
		e.Use = symbol.InHouse
		if e.Kind == Stack {
			e.Use = symbol.Logistic
		}
	}
	if !slices.Contains(symbol.Uses(), e.Use) {
		return fmt.Errorf("use %q is none of logistic, retail, in-house", e.Use)
	}
	if e.Symbol.GS1() != (len(e.Codes) > 0) {
		return errors.New("a GS1 symbol has elements, any other has text")
	}
	if !e.Symbol.GS1() && e.Compiled.Text.Empty() {
		return errors.New("it has no text")
	}
	rules := symbol.RulesOf(e.Symbol, e.Use)
	if e.Module != 0 && (e.Module < rules.Min || e.Module > rules.Max) {
		return fmt.Errorf("module = %g mm is not between %g and %g", e.Module, rules.Min, rules.Max)
	}
	if e.SpillSize[0] > 0 {
		if err := (&Element{Kind: Box, At: e.Spill, Size: e.SpillSize}).box(l); err != nil {
			return fmt.Errorf("spill: %w", err)
		}
	}
	if e.Letter == 0 {
		e.Letter = 2.2
	}
	return e.letters()
}

func (e *Element) arrow() error {
	if e.Compiled.Points.Empty() {
		return errors.New("it points nowhere: points is up, down, left or right")
	}
	if e.Compiled.Points.Fields() == nil && !slices.Contains(Directions(), e.Points) {
		return fmt.Errorf("points %q is none of up, down, left, right", e.Points)
	}
	return nil
}

// Directions lists where an arrow can point.
func Directions() []string { return []string{"up", "down", "left", "right"} }

// picture reads a PNG beside the layout. A name with a slash could lead elsewhere.
func (e *Element) picture(folder fs.FS) error {
	if e.File == "" || strings.ContainsAny(e.File, `/\`) || !strings.HasSuffix(e.File, ".png") {
		return fmt.Errorf("file %q is not the name of a PNG beside the layout", e.File)
	}
	if folder == nil {
		return errors.New("there is no folder with pictures")
	}
	body, err := fs.ReadFile(folder, e.File)
	if err != nil {
		return fmt.Errorf("the picture %s cannot be read", e.File)
	}
	if len(body) > MaxPicture {
		return fmt.Errorf("the picture %s is larger than 1 MiB", e.File)
	}
	size, err := png.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the picture %s is no PNG", e.File)
	}
	if size.Width > maxPixels || size.Height > maxPixels {
		return fmt.Errorf("the picture %s has more than %d pixels on a side", e.File, maxPixels)
	}
	if e.Image, _, err = image.Decode(bytes.NewReader(body)); err != nil {
		return fmt.Errorf("the picture %s is damaged", e.File)
	}
	return nil
}
