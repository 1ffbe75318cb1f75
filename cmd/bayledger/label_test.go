package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bayledger/labels/printer/fakeprinter"
)

func TestLabelFiles(t *testing.T) {
	s := newShell(t)
	s.do(0, "import", "products", s.file("p.csv", "code,name,barcode\nBOLT-M6,Hex bolt M6,9506000134352\n"))
	path := filepath.Join(s.dir, "bolt.png")
	s.do(0, "label", "product", "BOLT-M6", "--dpi", "300", "-o", path)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := png.Decode(bytes.NewReader(file)); err != nil || m.Bounds().Dx() != 673 {
		t.Errorf("%v, %v", m.Bounds(), err)
	}
	for format, begins := range map[string]string{"svg": "<svg", "pdf": "%PDF", "zpl": "^XA"} {
		if out, _ := s.do(0, "label", "product", "9506000134352", "--format", format); !strings.HasPrefix(out, begins) {
			t.Errorf("%s begins with %.20q", format, out)
		}
	}
	if _, said := s.do(1, "label", "product", "GHOST"); !strings.Contains(said, `There is no product "GHOST"`) {
		t.Errorf("said %q", said)
	}
	if _, said := s.do(1, "label", "lot", "BOLT-M6", "--set", "lot="+strings.Repeat("x", 21)); !strings.Contains(said, "AI (10)") {
		t.Errorf("said %q", said)
	}
	for _, args := range [][]string{{"label"}, {"label", "car", "x"}, {"label", "product"}, {"label", "product", "a", "b"}, {"label", "product", "BOLT-M6", "--format", "gif"},
		{"label", "product", "BOLT-M6", "--set", "x"}, {"label", "stop", "x"}, {"label", "add-printer"}} {
		s.do(2, args...)
	}
	good := s.file("bin.toml", "name=\"bin\"\ntitle=\"Bin\"\nfor=\"product\"\nwidth=40\nheight=20\n[[element]]\nkind=\"text\"\nat=[1,1]\nsize=[38,5]\ntext=\"{code} {mark}\"\nletter=3\n")
	if out, _ := s.do(0, "label", "check", good); !strings.Contains(out, "bin, for a product, 40 × 20 mm: it is well") {
		t.Errorf("said %q", out)
	}
	if _, said := s.do(1, "label", "check", s.file("bad.toml", "name = 3")); !strings.Contains(said, "bad.toml: ") {
		t.Errorf("said %q", said)
	}
}

// A folder without a server prints too: the command waits for the printer.
func TestLabelPrinting(t *testing.T) {
	s := newShell(t)
	p := fakeprinter.NewRaw(t)
	if out, _ := s.do(0, "label", "add-printer", "DOCK-1", "--address", p.Address(), "--media", "105x148"); !strings.Contains(out, "ready") {
		t.Errorf("said %q", out)
	}
	s.do(0, "label", "add-range", "pallets", "--prefix", "9506000")
	if out, _ := s.do(0, "label", "package", "--range", "pallets", "--printer", "BLCMD-PRINTER-DOCK-1", "--copies", "2"); out != "Job 1: 1 of 1 labels printed on DOCK-1.\n" {
		t.Errorf("said %q", out)
	}
	got, _ := p.Labels()
	if len(got) != 1 || !bytes.Contains(got[0], []byte("^PQ2")) {
		t.Errorf("%d labels came", len(got))
	}
	p.Behave(fakeprinter.HeadOpen)
	if _, said := s.do(1, "label", "printer", "DOCK-1", "--printer", "DOCK-1"); !strings.Contains(said, "held after 0 of 1 labels on DOCK-1: the print head is open") {
		t.Errorf("said %q", said)
	}
	p.Behave(fakeprinter.OK)
	if out, _ := s.do(0, "report", "balance"); out == "" { // a command that only looks prints nothing
		t.Error("no report")
	}
	if got, _ = p.Labels(); len(got) != 1 {
		t.Errorf("a report printed: %d labels", len(got))
	}
	if out, _ := s.do(0, "label", "stop", "2", "--reason", "enough"); !strings.Contains(out, "stopped by admin: enough") {
		t.Errorf("said %q", out)
	}
	if out, _ := s.do(0, "label", "jobs"); !strings.Contains(out, "printed") || !strings.Contains(out, "stopped") {
		t.Errorf("said %q", out)
	}
}
