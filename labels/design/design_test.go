package design_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bayledger/labels/design"
)

const whole = `
name = "mine"
title = "Mine"
for = "product"
width = 50
height = 30

[[element]]
id = "code"
kind = "text"
at = [2, 2]
size = [46, 5]
text = "{name|code}"
letter = 3

[[element]]
id = "mark"
kind = "text"
at = [2, 24]
size = [46, 5]
text = "{mark}"
letter = 2
optional = true
`

func TestBuiltinLayouts(t *testing.T) {
	list, err := design.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]int{}
	for _, l := range list {
		subjects[l.For]++
		if l.About == "" || l.Hash == "" || l.File != l.Name+".toml" {
			t.Errorf("%s: about %q, version %q, file %s", l.Name, l.About, l.Hash, l.File)
		}
	}
	for _, s := range design.Subjects() {
		if subjects[s] == 0 {
			t.Errorf("there is no layout for %s", s)
		}
	}
	if subjects[design.Product] != 2 || subjects[design.Package] != 3 || subjects[design.Sheet] != 3 {
		t.Errorf("layouts: %v", subjects)
	}
}

// A wrong file is refused with its name, the element and the reason.
func TestFaults(t *testing.T) {
	if _, err := design.Parse("mine.toml", []byte(whole), nil); err != nil {
		t.Fatal(err)
	}
	code := "element \"code\": "
	for _, c := range []struct{ name, old, new, want string }{
		{"no TOML", `width = 50`, `width = `, "line 5:"},
		{"an unknown setting", `title = "Mine"`, "title = \"Mine\"\ncolour = \"red\"", `there is no setting "colour"`},
		{"an unknown setting of an element", `letter = 3`, "letter = 3\nfont = 1", `there is no setting "element.font"`},
		{"no name", `name = "mine"`, ``, `name "" is not`},
		{"a name that is a path", `"mine"`, `"../mine"`, `name "../mine" is not`},
		{"no title", `title = "Mine"`, ``, "it has no title"},
		{"no subject", `for = "product"`, `for = "car"`, `for = "car" is none of`},
		{"a medium of 3 m", `width = 50`, `width = 3000`, "the medium is 3000 × 30 mm"},
		{"a medium that is no number", `width = 50`, `width = nan`, "the medium is NaN"},
		{"sticking out", `size = [46, 5]`, `size = [49.5, 5]`, code + "it sticks out of the medium by 1.5 mm"},
		{"no size", `size = [46, 5]`, ``, code + "size has two numbers above 0"},
		{"outside", `at = [2, 2]`, `at = [-1, 2]`, code + "at lies outside"},
		{"no kind", `kind = "text"`, `kind = "words"`, code + `kind "words" is none of text`},
		{"two of an id", `id = "mark"`, `id = "code"`, code + "there are two of this id"},
		{"no text", `text = "{name|code}"`, ``, code + "it has no text"},
		{"an open brace", `{name|code}`, `{name`, code + `"{name" has a brace that is not closed`},
		{"a field's name", `{name|code}`, `{Name}`, code + `"Name" is no name of a field`},
		{"a filter", `{name|code}`, `{name:shout}`, code + `there is no filter "shout"`},
		{"letters too small", `letter = 3`, `letter = 0.2`, code + "letter = 0.2: a capital letter is 0.8 to 200 mm high"},
		{"least above letter", `letter = 3`, "letter = 3\nleast = 4", code + "least = 4 is not between"},
		{"align", `letter = 3`, "letter = 3\nalign = \"middle\"", code + `align "middle" is none of`},
		{"no place for the mark", `{mark}`, `{other}`, "no element shows {mark}"},
		{"an unknown symbol", `kind = "text"`, "kind = \"barcode\"\nsymbol = \"maxicode\"", code + `there is no symbol "maxicode"`},
		{"GS1 without elements", `kind = "text"`, "kind = \"barcode\"\nsymbol = \"gs1-128\"", code + "a GS1 symbol has elements"},
		{"an unknown AI", `kind = "text"`, "kind = \"barcode\"\nsymbol = \"gs1-128\"\nelements = [\"(05){code}\"]", code + "there is no AI (05)"},
		{"an element without brackets", `kind = "text"`, "kind = \"barcode\"\nsymbol = \"gs1-128\"\nelements = [\"01{code}\"]", code + `the element "01{code}" is not written as (AI){field}`},
		{"a module below the least", `kind = "text"`, "kind = \"barcode\"\nsymbol = \"code128\"\nmodule = 0.1", code + "module = 0.1 mm is not between 0.25 and 1.016"},
		{"an arrow", `kind = "text"`, "kind = \"arrow\"\npoints = \"north\"", code + `points "north" is none of`},
		{"a picture elsewhere", `kind = "text"`, "kind = \"picture\"\nfile = \"../x.png\"", code + `file "../x.png" is not the name of a PNG`},
		{"a picture that is not there", `kind = "text"`, "kind = \"picture\"\nfile = \"x.png\"", code + "there is no folder with pictures"},
		{"a condition", `letter = 3`, "letter = 3\nwhen = \"A B\"", code + `"A B" is no name of a field`},
	} {
		_, err := design.Parse("mine.toml", []byte(strings.Replace(whole, c.old, c.new, 1)), nil)
		var f *design.Fault
		if !errors.As(err, &f) || f.File != "mine.toml" || !strings.HasPrefix(err.Error(), "mine.toml: "+c.want) {
			t.Errorf("%s: %v, want mine.toml: %s…", c.name, err, c.want)
		}
	}
}

func TestPictures(t *testing.T) {
	var good bytes.Buffer
	if err := png.Encode(&good, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{"logo.png": {Data: good.Bytes()}, "cut.png": {Data: good.Bytes()[:good.Len()-20]}, "text.png": {Data: []byte("no picture")}}
	for file, want := range map[string]string{"logo.png": "", "cut.png": "is damaged", "text.png": "is no PNG", "none.png": "cannot be read"} {
		body := strings.Replace(whole, `kind = "text"`, "kind = \"picture\"\nfile = \""+file+"\"", 1)
		l, err := design.Parse("mine.toml", []byte(body), folder)
		switch {
		case want == "" && (err != nil || l.Elements[0].Image == nil):
			t.Errorf("%s: %v", file, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want …%s", file, err, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	values := map[string]string{"code": "A-01", "expiry": "2027-01-31", "gtin": "95212340", "sscc": "195060001000000019", "kg": "12.5", "bad": "soon"}
	for _, c := range []struct{ text, want, fault string }{
		{"{code}", "A-01", ""},
		{"{name|code}", "A-01", ""},
		{"Lot {lot}", "", ""}, // of nothing, nothing
		{"Lot {lot}, {code}", "Lot , A-01", ""},
		{"{{code}", "{code}", ""},
		{"{expiry:yymmdd}", "270131", ""},
		{"{gtin:gtin14}", "00000095212340", ""},
		{"{sscc:groups}", "1 9506000 100000001 9", ""},
		{"{kg:measure}", "012500", ""},
		{"{code:upper}", "A-01", ""},
		{"{bad:yymmdd}", "", "the field bad is no date such as 2027-01-31"},
		{"{bad:gtin14}", "", "the field bad is no GTIN"},
		{"{bad:measure}", "", "the field bad is no measure"},
	} {
		l, err := design.Parse("t.toml", []byte(strings.Replace(whole, "{name|code}", c.text, 1)), nil)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		got, err := l.Elements[0].Compiled.Text.Fill(values)
		if c.fault != "" {
			if err == nil || !strings.HasPrefix(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %s", c.text, err, c.fault)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s gives %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}

// Whoever stands before the wrong shelf reads other digits.
func TestCheckCharacters(t *testing.T) {
	codes := []string{"A-01-02", "A-01-03", "A-02-01", "A-10-02", "B-01-02", "A-01-20"}
	seen := map[string]string{}
	for _, c := range codes {
		check := design.CheckCharacters(c)
		if len(check) != 2 || seen[check] != "" {
			t.Errorf("%s and %s both have %s", c, seen[check], check)
		}
		seen[check] = c
	}
	// ISO/IEC 7064 MOD 97-10: 794 has the check digits 44.
	if got := design.CheckCharacters("794"); got != "44" {
		t.Errorf("794 has %s", got)
	}
}

// Files are added, changed and mended while the program runs.
func TestLibraryFollowsItsFolder(t *testing.T) {
	dir := t.TempDir()
	refuse := ""
	lib, err := design.NewLibrary(dir, func(l *design.Layout) error {
		if l.Name == refuse {
			return errors.New("no room")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	put := func(file, body string) {
		t.Helper()
		at = at.Add(time.Second) // a clock with coarse ticks must not hide a change
		if err := os.WriteFile(filepath.Join(dir, file), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(filepath.Join(dir, file), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := lib.Get("mine"); ok {
		t.Fatal("there is a layout of nobody")
	}
	put("mine.toml", whole)
	mine, ok := lib.Get("mine")
	if !ok || !mine.Own {
		t.Fatal("the new file is not seen")
	}
	put("product.toml", strings.Replace(whole, `"mine"`, `"product"`, 1))
	if p, _ := lib.Get("product"); !p.Own || p.Width != 50 {
		t.Error("a file named like a built-in does not take its place")
	}
	put("product.toml", "nonsense")
	if p, _ := lib.Get("product"); p == nil || p.Own {
		t.Error("a wrong file hides the built-in of its name")
	}
	if _, faults := lib.List(); len(faults) != 1 || !strings.HasPrefix(faults[0].Error(), "product.toml: line 1") {
		t.Errorf("faults: %v", faults)
	}
	put("twin.toml", whole)
	if _, faults := lib.List(); len(faults) != 2 || !strings.Contains(faults[1].Error(), "the name mine is taken by mine.toml") {
		t.Errorf("faults: %v", faults)
	}
	refuse = "mine"
	put("mine.toml", whole+"\n")
	if _, ok := lib.Get("mine"); ok {
		t.Error("a layout whose sample cannot be drawn is given out")
	}
}

// No file does more than be refused.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	entries, err := os.ReadDir("builtin")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join("builtin", e.Name()))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		l, err := design.Parse("f.toml", body, nil)
		var fault *design.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%v is no fault", err)
		}
		if err == nil {
			l.Fields()
		}
	})
}
