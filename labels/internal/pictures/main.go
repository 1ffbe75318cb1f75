// Command pictures draws every built-in layout's sample, for labels/README.md.
//
//	go run ./labels/internal/pictures FOLDER [DPI]
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"bayledger/labels/design"
	"bayledger/labels/draw"
	"bayledger/labels/encode"
	"bayledger/labels/internal/sample"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("usage: pictures FOLDER [DPI]")
	}
	dpi := 203
	if len(args) == 2 {
		var err error
		if dpi, err = strconv.Atoi(args[1]); err != nil {
			return err
		}
	}
	layouts, err := design.Builtin()
	if err != nil {
		return err
	}
	d, err := draw.New()
	if err != nil {
		return err
	}
	out := encode.NewPNG()
	for _, l := range layouts {
		page, err := d.Draw(l, sample.Of(l), dpi)
		if err != nil {
			return err
		}
		b, err := out.Append(nil, page)
		if err != nil {
			return err
		}
		for _, n := range page.Notes {
			fmt.Println(l.Name+":", n)
		}
		d.Release(page)
		if err := os.WriteFile(filepath.Join(args[0], l.Name+".png"), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}
