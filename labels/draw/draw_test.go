package draw_test

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/internal/sample"
	"bayledger/labels/symbol"
	"bayledger/scanner/gs1"
)

var resolutions = []int{203, 300, 600}

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

func layout(t testing.TB, name string) *design.Layout {
	t.Helper()
	for _, l := range builtin(t) {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("there is no layout %s", name)
	return nil
}

func element(l *design.Layout, id string) *design.Element {
	for i := range l.Elements {
		if e := &l.Elements[i]; e.ID == id || e.Kind == design.Grid {
			return e
		}
	}
	return nil
}

// Every symbol of every layout keeps the sizes of its use at every resolution,
// and its quiet zones are white.
func TestSizes(t *testing.T) {
	d := newDrawer(t)
	for _, l := range builtin(t) {
		for _, dpi := range resolutions {
			page, err := d.Draw(l, sample.Of(l), dpi)
			if err != nil {
				t.Errorf("%d dpi: %v", dpi, err)
				continue
			}
			if len(page.Symbols) == 0 {
				t.Errorf("%s has no symbol", l.Name)
			}
			for _, s := range page.Symbols {
				use := element(l, s.Element).Use
				if use == "" {
					use = symbol.InHouse
				}
				sizes(t, page, s, symbol.RulesOf(s.Kind, use), l.Name)
			}
			d.Release(page)
		}
	}
}

func sizes(t *testing.T, page *draw.Page, s draw.Placed, r symbol.Rules, name string) {
	t.Helper()
	dpmm := draw.DotsPerMM(page.DPI)
	const half = 0.5 / 25.4 // a thousandth of a dot would do; whole dots cannot be off by less
	if x := float64(s.Module) / dpmm; x < r.Min-half*0.01 || x > r.Max+half*0.01 {
		t.Errorf("%s at %d dpi: a module of %.3f mm is not between %.3f and %.3f: %v", name, page.DPI, x, r.Min, r.Max, s)
	}
	if h := float64(s.H) / dpmm; s.Kind.Linear() && h < r.HeightAt(s.Kind, float64(s.Module)/dpmm)-0.001 {
		t.Errorf("%s at %d dpi: bars of %.2f mm: %v", name, page.DPI, h, s)
	}
	if s.W%s.Module != 0 || !s.Kind.Linear() && s.H%s.Module != 0 {
		t.Errorf("%s at %d dpi: not whole modules: %v", name, page.DPI, s)
	}
	white := func(x, y, w, h int) {
		for j := y; j < y+h; j++ {
			for i := x; i < x+w; i++ {
				if i < 0 || j < 0 || i >= page.W || j >= page.H {
					t.Errorf("%s at %d dpi: the quiet zone leaves the label: %v", name, page.DPI, s)
					return
				}
				if page.At(i, j) {
					t.Errorf("%s at %d dpi: the quiet zone is not white at %d,%d: %v", name, page.DPI, i, j, s)
					return
				}
			}
		}
	}
	white(s.X-s.Quiet[0], s.Y, s.Quiet[0], s.H)
	white(s.X+s.W, s.Y, s.Quiet[1], s.H)
	white(s.X, s.Y-s.Quiet[2], s.W, s.Quiet[2])
	white(s.X, s.Y+s.H, s.W, s.Quiet[3])
}

// The logistic label: the SSCC lowest, at most 48 characters a symbol, all
// elements somewhere.
func TestLogisticLabel(t *testing.T) {
	d := newDrawer(t)
	for _, name := range []string{"package", "package-4x6"} {
		l := layout(t, name)
		for _, c := range []struct {
			name   string
			fields map[string]string
			want   []string // symbols from the top
		}{
			{"an SSCC alone", map[string]string{"sscc": "195060001000000019"}, []string{"]C100195060001000000019"}},
			{"what has room", map[string]string{"sscc": "195060001000000019", "content": "9506000134352", "count": "48"},
				[]string{"]C102095060001343523748", "]C100195060001000000019"}},
			{"too much for two symbols", map[string]string{"sscc": "195060001000000019", "content": "9506000134352", "count": "48", "lot": "L7", "expiry": "2027-01-31"},
				[]string{"]d200195060001000000019020950600013435217270131" + "3748\x1d10L7", "]C102095060001343523748", "]C100195060001000000019"}},
			{"a lot too long for a symbol", map[string]string{"sscc": "195060001000000019", "content": "9506000134352", "count": "4", "lot": "ABCDEFGHIJKLMNOPQRST"},
				[]string{"]d200195060001000000019020950600013435237" + "4\x1d10ABCDEFGHIJKLMNOPQRST", "]C10209506000134352374", "]C100195060001000000019"}},
		} {
			for _, dpi := range resolutions {
				page, err := d.Draw(l, &draw.Data{Fields: c.fields, Year: 2026}, dpi)
				if err != nil {
					t.Errorf("%s, %s: %v", name, c.name, err)
					continue
				}
				slices.SortFunc(page.Symbols, func(a, b draw.Placed) int { return a.Y - b.Y })
				var got []string
				for _, s := range page.Symbols {
					got = append(got, s.AIM+s.Data)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("%s, %s, %d dpi: %q, want %q", name, c.name, dpi, got, c.want)
				}
				d.Release(page)
			}
		}
	}
}

// A wrong label is refused, and nothing of it is drawn.
func TestRefusals(t *testing.T) {
	d := newDrawer(t)
	long := strings.Repeat("W", 500)
	for _, c := range []struct {
		layout string
		fields map[string]string
		code   gs1.Code
		ai     string
		words  string
	}{
		{"package", map[string]string{"sscc": "195060001000000011"}, gs1.CheckDigit, "00", "AI (00)"},
		{"package", map[string]string{"sscc": "195060001000000019", "content": "9506000134352"}, gs1.MissingAI, "02", "(37)"},
		{"package", map[string]string{"content": "9506000134352", "count": "4"}, gs1.MissingAI, "37", "(00)"},
		{"product", map[string]string{"code": "P", "gtin": "2000000000015"}, symbol.RestrictedNum, "01", "inside a company"},
		{"product", map[string]string{"code": "P", "gtin": "9506000134352", "expiry": "31.1.2027"}, draw.CodeField, "17", "is no date such as 2027-01-31"},
		{"product", map[string]string{"code": "P", "gtin": "9506000134352", "lot": "Лот"}, gs1.NotSet82, "10", "AI (10)"},
		{"product", map[string]string{"name": "Bolt"}, draw.CodeField, "", `the field "code" is empty`},
		{"product", map[string]string{"code": long}, draw.CodeRoom, "", "mm too long for its box"},
		{"product", map[string]string{"code": "工具"}, draw.CodeText, "", "the font has no letter '工'"},
		{"location", map[string]string{"code": "A-1", "points": "north"}, draw.CodeField, "", `"north" is none of`},
		{"lot", map[string]string{"code": "P", "lot": strings.Repeat("x", 4097)}, draw.CodeField, "", "longer than 4,096 bytes"},
		{"commands", map[string]string{"title": "T"}, draw.CodeField, "", "the sheet has no codes"},
	} {
		page, err := d.Draw(layout(t, c.layout), &draw.Data{Fields: c.fields, Year: 2026}, 203)
		var f *draw.Fault
		if page != nil || !errors.As(err, &f) || f.Code != c.code || f.AI != c.ai || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s %.80v: %v, want %s of (%s): %s", c.layout, c.fields, err, c.code, c.ai, c.words)
		}
		if f != nil && f.Code == draw.CodeRoom && f.Over <= 0 {
			t.Errorf("%s: the fault does not say how much is missing", c.layout)
		}
	}
}

// Text of any kind: what only describes is drawn as far as it can be, and says so.
func TestText(t *testing.T) {
	d := newDrawer(t)
	l := layout(t, "product")
	for _, c := range []struct{ name, text, note string }{
		{"Latin", "Käse, façon d’Île-de-France, smørrebrød, Łódź, İstanbul", ""},
		{"Greek", "Τυρί φέτα, ημίσκληρο", ""},
		{"Cyrillic", "Гвоздь строительный Їжак", ""},
		{"composed from parts", "Ka\u0308se", ""},
		{"control characters", "a\x00b\tc\nd\u0085e", ""},
		{"marks of direction", "\u202eabc\u202c\u200f", ""},
		{"emoji", "Box 📦📦", "name: 2 letters that the font does not have are shown as □"},
		{"right to left", "مرحبا", "name: 5 letters that the font does not have are shown as □"},
		{"a printer's commands", "^XZ~JA^XA", ""},
		{"500 characters", strings.Repeat("Bolt ", 100), "name: cut to "},
		{"500 characters in one", strings.Repeat("B", 500), "name: cut to "},
		{"no UTF-8", "a\xff", "name: 1 letters that"},
	} {
		page, err := d.Draw(l, &draw.Data{Fields: map[string]string{"code": "P-1", "name": c.text}, Year: 2026}, 203)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		notes := strings.Join(page.Notes, "; ")
		if (c.note == "") != (notes == "") || !strings.Contains(notes, c.note) {
			t.Errorf("%s: notes %q, want %q", c.name, notes, c.note)
		}
		d.Release(page)
	}
}

// Text in one form and the other draws the same letters.
func TestComposedText(t *testing.T) {
	d := newDrawer(t)
	l := layout(t, "product")
	a, err := d.Draw(l, &draw.Data{Fields: map[string]string{"code": "P-1", "name": "Käse"}}, 203)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Draw(l, &draw.Data{Fields: map[string]string{"code": "P-1", "name": "Ka\u0308se"}}, 203)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Bits, b.Bits) {
		t.Error("ä and a with two dots differ")
	}
}

// A sheet of more codes than one page holds becomes several, with every code once.
func TestSheetsHavePages(t *testing.T) {
	d := newDrawer(t)
	l := layout(t, "commands")
	whole := sample.Of(l).Sheet
	big := &design.SheetData{Groups: slices.Clone(whole.Groups)}
	for i := range 40 {
		big.Groups[0].Items = append(big.Groups[0].Items, design.SheetItem{Symbol: symbol.Code128, Text: "EXTRA-" + string(rune('A'+i%26)), Caption: "extra"})
	}
	want := 0
	for _, g := range big.Groups {
		want += len(g.Items)
	}
	got := 0
	pages := draw.Pages(l, big)
	for _, p := range pages {
		page, err := d.Draw(l, &draw.Data{Fields: map[string]string{"title": "T"}, Sheet: p}, 203)
		if err != nil {
			t.Fatal(err)
		}
		got += len(page.Symbols)
		d.Release(page)
	}
	if got != want || len(pages) < 3 {
		t.Errorf("%d codes on %d pages, want %d", got, len(pages), want)
	}
	if _, err := d.Draw(l, &draw.Data{Fields: map[string]string{"title": "T"}, Sheet: big}, 203); err == nil {
		t.Error("a sheet that does not fit was drawn")
	}
}

// A drawer serves many at once, and each gets its own label.
func TestManyAtOnce(t *testing.T) {
	d := newDrawer(t)
	l := layout(t, "location")
	want := map[string]string{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for k := range 20 {
				code := string(rune('A'+k)) + "-01"
				page, err := d.Draw(l, &draw.Data{Fields: map[string]string{"code": code}}, 203+97*(i%2))
				if err != nil {
					t.Error(err)
					return
				}
				key := code + string(rune('0'+i%2))
				mu.Lock()
				if old, ok := want[key]; ok && old != string(page.Bits) {
					t.Errorf("%s differs from what another drew", key)
				}
				want[key] = string(page.Bits)
				mu.Unlock()
				d.Release(page)
			}
		})
	}
	group.Wait()
}

// Nothing that anybody writes makes a drawing fail in another way than in words.
func FuzzDraw(f *testing.F) {
	for _, text := range []string{"^XZ~JA", "📦", "مرحبا بالعالم", strings.Repeat("x", 500), "\xff\x00", "195060001000000019", "2027-01-31"} {
		f.Add(text, text)
	}
	d := newDrawer(f)
	layouts := builtin(f)
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, l := range layouts {
			if l.For == design.Sheet {
				continue
			}
			fields := map[string]string{}
			for i, name := range l.Fields() {
				if i%2 == 0 {
					fields[name] = a
				} else {
					fields[name] = b
				}
			}
			page, err := d.Draw(l, &draw.Data{Fields: fields, Year: 2026}, 203)
			var fault *draw.Fault
			if err != nil {
				if !errors.As(err, &fault) || !utf8.ValidString(err.Error()) && utf8.ValidString(a) && utf8.ValidString(b) {
					t.Fatalf("%v is no fault", err)
				}
				continue
			}
			d.Release(page)
		}
	})
}

// The pictures of labels/README.md are what is drawn today. After a change that is
// meant, make label-pictures draws them anew, and the change is seen beside it.
func TestGolden(t *testing.T) {
	d := newDrawer(t)
	for _, l := range builtin(t) {
		page, err := d.Draw(l, sample.Of(l), 203)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, page, filepath.Join("..", "pictures", l.Name+".png"))
		d.Release(page)
	}
}

func golden(t *testing.T, page *draw.Page, file string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Errorf("%v: make label-pictures draws it", err)
		return
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds().Dx() != page.W || want.Bounds().Dy() != page.H {
		t.Errorf("%s has %v, drawn are %d × %d", file, want.Bounds().Size(), page.W, page.H)
		return
	}
	differ := 0
	both := image.NewRGBA(want.Bounds())
	for y := range page.H {
		for x := range page.W {
			was, is := color.GrayModel.Convert(want.At(x, y)).(color.Gray).Y == 0, page.At(x, y)
			both.Set(x, y, shade(was, is))
			if was != is {
				differ++
			}
		}
	}
	if differ == 0 {
		return
	}
	name := filepath.Join(os.TempDir(), "label-differs-"+filepath.Base(file))
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := png.Encode(out, both); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s: %d dots differ; %s shows them: red was black, blue is. make label-pictures takes them over", file, differ, name)
}

func shade(was, is bool) color.Color {
	switch {
	case was && is:
		return color.Gray{Y: 120}
	case was:
		return color.RGBA{R: 220, A: 255}
	case is:
		return color.RGBA{B: 220, A: 255}
	}
	return color.White
}

// A layout that draws over a symbol, or into its quiet zone, is refused.
func TestNothingTouchesASymbol(t *testing.T) {
	d := newDrawer(t)
	for _, c := range []struct {
		at, size string
		refused  bool
	}{
		{"[2, 20]", "[50, 0.3]", false}, // below
		{"[2, 10]", "[50, 0.3]", true},  // across the bars
		{"[20, 5]", "[2, 8]", true},     // over bars and the white between them
		{"[3, 5]", "[0.3, 8]", true},    // in the white before them
	} {
		body := `name = "bin"
title = "Bin"
for = "product"
width = 60
height = 30

[[element]]
id = "bars"
kind = "barcode"
at = [2, 3]
size = [50, 12]
symbol = "code128"
below = "none"
text = "{code}"

[[element]]
kind = "line"
at = ` + c.at + `
size = ` + c.size + `

[[element]]
kind = "text"
at = [2, 25]
size = [50, 4]
text = "{mark}"
letter = 2
optional = true
`
		l, err := design.Parse("bin.toml", []byte(body), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Draw(l, &draw.Data{Fields: map[string]string{"code": "BIN-7-0001"}}, 203)
		var f *draw.Fault
		if refused := errors.As(err, &f) && f.Element == "bars" && f.Code == draw.CodeRoom; refused != c.refused || err != nil && !refused {
			t.Errorf("a line at %s: %v", c.at, err)
		}
	}
}
