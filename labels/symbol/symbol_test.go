package symbol_test

import (
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"bayledger/labels/symbol"
	"bayledger/scanner/gs1"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// scale draws a symbol with white around it, as a reader sees it.
func scale(s *symbol.Symbol, x, high int) image.Image {
	const quiet = 12
	h := s.H * x
	if s.Kind.Linear() {
		h = high
	}
	g := image.NewGray(image.Rect(0, 0, (s.W+2*quiet)*x, h+2*quiet*x))
	for py := range g.Rect.Dy() {
		for px := range g.Rect.Dx() {
			g.SetGray(px, py, color.Gray{Y: 255})
			mx, my := px/x-quiet, (py-quiet*x)/x
			if s.Kind.Linear() {
				my = 0
			}
			if py >= quiet*x && py < quiet*x+h && mx >= 0 && mx < s.W && my < s.H && s.At(mx, my) {
				g.SetGray(px, py, color.Gray{Y: 0})
			}
		}
	}
	return g
}

// read is what a reader that shares nothing with the encoders says of a symbol.
func read(t *testing.T, s *symbol.Symbol) (aim, data string) {
	t.Helper()
	var reader gozxing.Reader
	switch s.Kind {
	case symbol.GS1128, symbol.Code128:
		reader = oned.NewCode128Reader()
	case symbol.EAN13:
		reader = oned.NewEAN13Reader()
	case symbol.EAN8:
		reader = oned.NewEAN8Reader()
	case symbol.ITF14:
		reader = oned.NewITFReader()
	case symbol.GS1DataMatrix, symbol.DataMatrix:
		reader = datamatrix.NewDataMatrixReader()
	default:
		reader = qrcode.NewQRCodeReader()
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(scale(s, 3, 60))
	if err != nil {
		t.Fatal(err)
	}
	hints := map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_ASSUME_GS1: true, gozxing.DecodeHintType_TRY_HARDER: true}
	if !s.Kind.Linear() {
		hints = map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_PURE_BARCODE: true}
	}
	got, err := reader.Decode(bitmap, hints)
	if err != nil {
		t.Fatalf("%s %q is not read: %v", s.Kind, s.Data, err)
	}
	aim, _ = got.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string)
	data = got.GetText()
	switch s.Kind { // this reader shows the first FNC1, too
	case symbol.GS1128:
		// And a check character whose value is that of FNC1, at the end.
		data = strings.TrimSuffix(strings.TrimPrefix(data, "]C1"), "\x1d")
	case symbol.GS1DataMatrix:
		data = strings.TrimPrefix(data, "\x1d")
	}
	return aim, data
}

func elements(pairs ...string) (out []gs1.Element) {
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, gs1.Element{AI: pairs[i], Value: pairs[i+1]})
	}
	return out
}

// Each symbology holds what it was given, and nothing else.
func TestSymbolsAreReadBack(t *testing.T) {
	for _, c := range []struct {
		kind symbol.Kind
		text string
		aim  string
		data string // "": as given
	}{
		{symbol.EAN13, "9506000134352", "]E0", ""},
		{symbol.EAN13, "036000291452", "]E0", "0036000291452"}, // UPC-A: never taken for 12 digits of an EAN-13
		{symbol.EAN8, "95212340", "]E4", ""},
		{symbol.ITF14, "19521234543210", "]I1", ""},
		{symbol.Code128, "A-01-02", "]C0", ""},
		{symbol.Code128, "~^XZ{}_|", "]C0", ""},
		{symbol.DataMatrix, "^XZ~JA", "]d1", ""},
		{symbol.QR, "https://id.gs1.org/01/09506000134352", "]Q1", ""},
		{symbol.QR, "Lager Süd, полка 3, ράφι 7", "]Q1", ""},
		{symbol.Auto, "9506000134352", "]E0", ""},
		{symbol.Auto, "036000291452", "]E0", "0036000291452"},
		{symbol.Auto, "95212340", "]E4", ""},
		{symbol.Auto, "19521234543210", "]I1", ""},
		{symbol.Auto, "9506000134353", "]C0", ""}, // no right check digit: a code of one's own
		{symbol.Auto, "BOLT-M6", "]C0", ""},
	} {
		s, err := symbol.Of(c.kind, c.text)
		if err != nil {
			t.Errorf("%s %q: %v", c.kind, c.text, err)
			continue
		}
		if c.data == "" {
			c.data = c.text
		}
		aim, data := read(t, s)
		if s.Kind == symbol.ITF14 {
			aim = "]I1" // this reader says ]I0: it verifies no check digit
		}
		if s.AIM != c.aim || s.Data != c.data || aim != c.aim || data != c.data {
			t.Errorf("%s %q says %s%q, is read as %s%q; want %s%q", c.kind, c.text, s.AIM, s.Data, aim, data, c.aim, c.data)
		}
	}
}

func TestGS1SymbolsAreReadBack(t *testing.T) {
	for _, c := range []struct {
		elements []gs1.Element
		data     string
	}{
		{elements("00", "195060001000000019"), "00195060001000000019"},
		{elements("01", "09521234543213", "10", "LOT-7b", "17", "270131"), "01095212345432131727013110LOT-7b"},
		{elements("01", "09521234543213", "10", "A%B", "21", "C&D"), "010952123454321310A%B\x1d21C&D"},
		{elements("01", "09521234543213", "10", "A%B"), "010952123454321310A%B"}, // all alphanumeric: "%" is FNC1 in a QR code, unless it is doubled
	} {
		for _, k := range []symbol.Kind{symbol.GS1128, symbol.GS1DataMatrix, symbol.GS1QR} {
			s, err := symbol.OfElements(k, c.elements)
			if err != nil {
				t.Fatal(err)
			}
			if aim, data := read(t, s); aim != s.AIM || data != c.data || s.Data != c.data {
				t.Errorf("%s of %v is read as %s%q, says %s%q; want %q", k, c.elements, aim, data, s.AIM, s.Data, c.data)
			}
			want := map[symbol.Kind]string{symbol.GS1128: "]C1", symbol.GS1DataMatrix: "]d2", symbol.GS1QR: "]Q3"}[k]
			if s.AIM != want {
				t.Errorf("%s says %s", k, s.AIM)
			}
		}
	}
}

// What the encoders would take and spoil is refused before they see it.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		kind symbol.Kind
		text string
		code gs1.Code
	}{
		{"letters that would become FNC1 to FNC4", symbol.Code128, "Señor", symbol.Characters},
		{"all of them", symbol.Code128, "òóô", symbol.Characters},
		{"FNC1 of GS1 Data Matrix", symbol.DataMatrix, "è", symbol.Characters},
		{"a separator in plain data", symbol.Code128, "A\x1dB", symbol.Characters},
		{"an EAN without its check digit", symbol.EAN13, "95060001343", symbol.Length},
		{"seven digits", symbol.EAN8, "9521234", symbol.Length},
		{"thirteen digits of an ITF-14", symbol.ITF14, "1952123454321", symbol.Length},
		{"a wrong check digit", symbol.EAN13, "9506000134353", gs1.CheckDigit},
		{"letters in an EAN", symbol.EAN13, "95060001343A2", symbol.Characters},
		{"digits of another alphabet", symbol.EAN8, "٩٥٢١", symbol.Characters},
		{"81 characters", symbol.Code128, strings.Repeat("A", 81), symbol.Length},
		{"more than a QR code", symbol.QR, strings.Repeat("ä", 1025), symbol.Length},
		{"more than a Data Matrix of 132", symbol.DataMatrix, strings.Repeat("a", 1400), symbol.Length},
		{"no UTF-8", symbol.QR, "a\xff", symbol.Characters},
		{"nothing", symbol.QR, "", gs1.NoData},
		{"no symbol", "bars", "x", symbol.Characters},
	} {
		_, err := symbol.Of(c.kind, c.text)
		var f *symbol.Fault
		if !errors.As(err, &f) || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
			continue
		}
		if len(f.Error()) > 200 {
			t.Errorf("%s: the message is %d bytes long", c.name, len(f.Error()))
		}
	}
}

// GS1 rules that hold for a label as a whole.
func TestCheckElements(t *testing.T) {
	for _, c := range []struct {
		name     string
		elements []gs1.Element
		ai       string
		code     gs1.Code
	}{
		{"good", elements("00", "195060001000000019", "02", "09521234543213", "37", "48"), "", ""},
		{"a check digit", elements("00", "195060001000000018"), "00", gs1.CheckDigit},
		{"content without count", elements("00", "195060001000000019", "02", "09521234543213"), "02", gs1.MissingAI},
		{"a number of a shop as GTIN", elements("01", "02000000000015"), "01", symbol.RestrictedNum},
		{"indicator 9 without measure", elements("01", "99521234543216"), "01", symbol.Indicator},
		{"indicator 9 with one", elements("01", "99521234543216", "3102", "000975"), "", ""},
		{"two lots", elements("01", "09521234543213", "10", "A", "10", "B"), "10", gs1.Different},
		{"both contents", elements("01", "09521234543213", "02", "09521234543213", "37", "1"), "01", gs1.ExcludedAI},
		{"a date", elements("01", "09521234543213", "17", "271331"), "17", gs1.Month},
		{"a lot in Cyrillic", elements("01", "09521234543213", "10", "Л7"), "10", gs1.NotSet82},
		{"49 characters are a matter of one symbol", elements("01", "09521234543213", "10", strings.Repeat("L", 20), "21", strings.Repeat("S", 20)), "", ""},
	} {
		f := symbol.CheckElements(symbol.GS1128, c.elements)
		switch {
		case c.code == "" && f != nil:
			t.Errorf("%s: %v", c.name, f)
		case c.code != "" && (f == nil || f.Code != c.code || f.AI != c.ai || !strings.Contains(f.Reason, c.ai)):
			t.Errorf("%s: %+v, want %s of (%s)", c.name, f, c.code, c.ai)
		}
	}
	long := elements("01", "09521234543213", "10", strings.Repeat("L", 20), "21", strings.Repeat("S", 20))
	if _, err := symbol.OfElements(symbol.GS1128, long); err == nil {
		t.Error("a GS1-128 of more than 48 characters was made")
	}
}

// Random lots and serials of all 82 characters come back as they were.
func TestRandomElements(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	const set82 = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
	text := func(n int) string {
		b := make([]byte, 1+rng.IntN(n))
		for i := range b {
			b[i] = set82[rng.IntN(len(set82))]
		}
		return string(b)
	}
	for range 100 {
		list := elements("01", "09521234543213", "10", text(12), "21", text(10))
		want := "0109521234543213" + "10" + list[1].Value + "\x1d21" + list[2].Value
		for _, k := range []symbol.Kind{symbol.GS1128, symbol.GS1DataMatrix, symbol.GS1QR} {
			s, err := symbol.OfElements(k, list)
			if err != nil {
				t.Fatal(err)
			}
			if _, data := read(t, s); data != want {
				t.Errorf("%s: %q is read as %q", k, want, data)
			}
		}
	}
}

// No data makes an encoder fail in another way than in words.
func FuzzOf(f *testing.F) {
	for _, text := range []string{"", "^XZ~JA", "Señor", "9506000134352", "\xff\xfe", strings.Repeat("9", 400), "📦 مرحبا"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range symbol.Kinds() {
			s, err := symbol.Of(k, text)
			var fault *symbol.Fault
			if err != nil && !errors.As(err, &fault) {
				t.Fatalf("%s: %v is no fault", k, err)
			}
			if err == nil && (s.W*s.H != len(s.Modules) || s.W == 0 || s.AIM == "") {
				t.Fatalf("%s: a symbol of %d × %d with %d modules", k, s.W, s.H, len(s.Modules))
			}
		}
	})
}
