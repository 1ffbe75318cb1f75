package symbol

import (
	"strings"
	"unicode/utf8"

	"bayledger/scanner/gs1"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
	"github.com/boombuler/barcode/twooffive"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/encoder"
)

// Bounds of symbols.
const (
	// maxElementString is the longest GS1-128: AIs and separators counted, the first FNC1 not.
	maxElementString = 48
	// maxCode128 is the longest Code 128 that the encoder makes.
	maxCode128 = 80
	// maxDataMatrix: the largest symbol, 144 × 144, is read by few readers.
	maxDataMatrix = 132
	// maxText bounds what an encoder is asked to look at.
	maxText = 2048
	// fnc1 in Data Matrix is this byte, and nothing in UTF-8.
	dataMatrixFNC1 = "\xe8"
)

// OfElements makes a GS1 symbol of elements that CheckElements has found good.
func OfElements(k Kind, elements []gs1.Element) (*Symbol, error) {
	data := ElementString(elements)
	if data == "" {
		return nil, fault(k, gs1.NoData, "there is nothing to encode")
	}
	s := &Symbol{Kind: k, Data: data, Text: Brackets(elements)}
	switch k {
	case GS1128:
		if len(data) > maxElementString {
			return nil, fault(k, Length, "%d characters are more than the 48 that one symbol may hold", len(data))
		}
		s.AIM = "]C1"
		return s.take(code128.EncodeWithColor(string(code128.FNC1)+strings.ReplaceAll(data, gs, string(code128.FNC1)), barcode.ColorScheme8))
	case GS1DataMatrix:
		s.AIM = "]d2"
		return s.matrix(dataMatrixFNC1 + strings.ReplaceAll(data, gs, dataMatrixFNC1))
	case GS1QR:
		s.AIM = "]Q3"
		return s.gs1QR(data)
	}
	return nil, fault(k, Characters, "it holds no GS1 elements")
}

// Of makes a symbol of a text or number.
func Of(k Kind, text string) (*Symbol, error) {
	if text == "" {
		return nil, fault(k, gs1.NoData, "there is nothing to encode")
	}
	if len(text) > maxText {
		return nil, fault(k, Length, "%d bytes are more than a symbol holds", len(text))
	}
	s := &Symbol{Kind: k, Data: text, Text: text}
	switch k {
	case Auto:
		return Of(suits(text), text)
	case Code128:
		s.AIM = "]C0"
		if err := printable(k, text); err != nil {
			return nil, err
		}
		if len(text) > maxCode128 {
			return nil, fault(k, Length, "%d characters are more than the 80 that one symbol holds", len(text))
		}
		return s.take(code128.EncodeWithColor(text, barcode.ColorScheme8))
	case DataMatrix:
		s.AIM = "]d1"
		if err := printable(k, text); err != nil {
			return nil, err
		}
		return s.matrix(text)
	case QR:
		s.AIM = "]Q1"
		if !utf8.ValidString(text) {
			return nil, fault(k, Characters, "the text is not UTF-8")
		}
		b, err := qr.EncodeWithColor(text, qr.M, qr.Auto, barcode.ColorScheme8)
		if err != nil { // its words hold the whole text
			return nil, fault(k, Length, "%d bytes are more than a QR code holds", len(text))
		}
		return s.take(b, nil)
	case EAN13, EAN8, ITF14:
		return s.number()
	}
	return nil, fault(k, Characters, "there is no such kind of symbol for a text")
}

// suits picks the symbology of a barcode that a product bears.
func suits(text string) Kind {
	switch {
	case len(text) == 13 && right(text), len(text) == 12 && right(text):
		return EAN13
	case len(text) == 8 && right(text):
		return EAN8
	case len(text) == 14 && right(text):
		return ITF14
	}
	return Code128
}

// right says whether a number's check digit is right: digits from the right
// weigh 1 and 3 in turns, and the sum is a multiple of ten.
func right(number string) bool {
	sum := 0
	for i := 0; i < len(number); i++ {
		c := number[len(number)-1-i]
		if c < '0' || c > '9' {
			return false
		}
		sum += int(c-'0') * (1 + i%2*2)
	}
	return sum%10 == 0
}

// number makes an EAN or ITF symbol. The encoder is always given the number with
// its check digit, never one digit less, which it would fill up in silence.
func (s *Symbol) number() (*Symbol, error) {
	want := map[Kind]int{EAN13: 13, EAN8: 8, ITF14: 14}[s.Kind]
	if s.Kind == EAN13 && len(s.Data) == 12 { // UPC-A is an EAN-13 with a zero before it
		s.Data = "0" + s.Data
	}
	if len(s.Data) != want {
		return nil, fault(s.Kind, Length, "%d characters where %d digits belong", len(s.Data), want)
	}
	for i := 0; i < want; i++ {
		if s.Data[i] < '0' || s.Data[i] > '9' {
			return nil, fault(s.Kind, Characters, "character %d is no digit", i+1)
		}
	}
	if !right(s.Data) {
		return nil, fault(s.Kind, gs1.CheckDigit, "the check digit of %s is wrong", s.Data)
	}
	if s.Kind == ITF14 {
		s.AIM = "]I1"
		return s.take(twooffive.EncodeWithColor(s.Data, true, barcode.ColorScheme8))
	}
	s.AIM = "]E0"
	if s.Kind == EAN8 {
		s.AIM = "]E4"
	}
	return s.take(ean.EncodeWithColor(s.Data, barcode.ColorScheme8))
}

// printable lets through only what linear and Data Matrix symbols have as it is:
// other letters become function characters in the encoder, or other letters.
func printable(k Kind, text string) error {
	for i, r := range text {
		if r < ' ' || r > '~' {
			return fault(k, Characters, "byte %d (%q) is not among the characters that the symbol has; use a QR code", i, r)
		}
	}
	return nil
}

// take reads an encoder's picture module by module.
func (s *Symbol) take(b barcode.Barcode, err error) (*Symbol, error) {
	if err != nil {
		return nil, fault(s.Kind, Length, "the data cannot be encoded")
	}
	size := b.Bounds()
	s.W, s.H = size.Dx(), size.Dy()
	if s.Kind.Linear() {
		s.H = 1
	}
	s.Modules = make([]byte, s.W*s.H)
	for y := range s.H {
		for x := range s.W {
			if c, _, _, _ := b.At(size.Min.X+x, size.Min.Y+y).RGBA(); c == 0 {
				s.Modules[y*s.W+x] = 1
			}
		}
	}
	return s, nil
}

func (s *Symbol) matrix(content string) (*Symbol, error) {
	b, err := datamatrix.EncodeWithColor(content, barcode.ColorScheme8)
	if err != nil || b.Bounds().Dx() > maxDataMatrix {
		return nil, fault(s.Kind, Length, "%d characters are more than the largest Data Matrix that readers read holds", len(s.Data))
	}
	return s.take(b, nil)
}

// gs1QR makes a QR code in FNC1 mode. In its alphanumeric mode "%" stands for the
// separator, and "%%" for itself.
func (s *Symbol) gs1QR(data string) (*Symbol, error) {
	if strings.Contains(data, "%") && alphanumeric(data) {
		data = strings.ReplaceAll(data, "%", "%%")
	}
	code, err := encoder.Encoder_encode(data, decoder.ErrorCorrectionLevel_M, map[gozxing.EncodeHintType]interface{}{gozxing.EncodeHintType_GS1_FORMAT: true})
	if err != nil {
		return nil, fault(s.Kind, Length, "%d characters are more than a QR code holds", len(s.Data))
	}
	m := code.GetMatrix()
	s.W, s.H = m.GetWidth(), m.GetHeight()
	s.Modules = make([]byte, s.W*s.H)
	for y := range s.H {
		for x := range s.W {
			s.Modules[y*s.W+x] = byte(m.Get(x, y))
		}
	}
	return s, nil
}

// alphanumeric says whether a QR encoder would take its alphanumeric mode.
func alphanumeric(data string) bool {
	for i := 0; i < len(data); i++ {
		c := data[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && !strings.ContainsRune(" $%*+-./:", rune(c)) {
			return false
		}
	}
	return true
}
