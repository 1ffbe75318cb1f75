// Command pictures draws every built-in layout's sample: as PNGs for
// labels/README.md, or, for readers that are not ours, in every output and at every
// resolution, with a list of what they must read.
//
//	go run ./labels/internal/pictures FOLDER
//	go run ./labels/internal/pictures -all FOLDER
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/encode"
	"bayledger/labels/internal/sample"
)

func main() {
	all := flag.Bool("all", false, "every output at 203, 300 and 600 dpi, and expect.jsonl")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: pictures [-all] FOLDER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *all); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// expected is what a reader must read of one picture.
type expected struct {
	Name    string   `json:"name"` // of the files, without ending
	DPI     int      `json:"dpi"`
	Width   float64  `json:"width"` // mm
	Height  float64  `json:"height"`
	Symbols []string `json:"symbols"` // AIM identifier and data
}

func run(folder string, all bool) error {
	layouts, err := design.Builtin()
	if err != nil {
		return err
	}
	d, err := draw.New()
	if err != nil {
		return err
	}
	resolutions := []int{203}
	if all {
		resolutions = []int{203, 300, 600}
	}
	var list []byte
	for _, l := range layouts {
		for _, dpi := range resolutions {
			name := l.Name
			if all {
				name = fmt.Sprintf("%s-%d", l.Name, dpi)
			}
			page, err := d.Draw(l, sample.Of(l), dpi)
			if err != nil {
				return err
			}
			if err := write(filepath.Join(folder, name), page, all); err != nil {
				return err
			}
			e := expected{Name: name, DPI: dpi, Width: l.Width, Height: l.Height}
			for _, s := range page.Symbols {
				e.Symbols = append(e.Symbols, s.AIM+s.Data)
			}
			d.Release(page)
			line, err := json.Marshal(e)
			if err != nil {
				return err
			}
			list = append(append(list, line...), '\n')
		}
	}
	if !all {
		return nil
	}
	return os.WriteFile(filepath.Join(folder, "expect.jsonl"), list, 0o644)
}

// write writes a page's files.
func write(path string, page *draw.Page, all bool) error {
	file, err := encode.NewPNG().Append(nil, page)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".png", file, 0o644); err != nil || !all {
		return err
	}
	doc := encode.NewPDF()
	if err := doc.Add(page, 1); err != nil {
		return err
	}
	for ending, file := range map[string][]byte{".pdf": doc.Bytes(), ".svg": encode.AppendSVG(nil, page), ".zpl": encode.AppendZPL(nil, page, encode.ZPLOptions{}), ".pwg": encode.AppendPWG(encode.PWG(), page, 1)} {
		if err := os.WriteFile(path+ending, file, 0o644); err != nil {
			return err
		}
	}
	return nil
}
