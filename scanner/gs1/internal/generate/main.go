// Command generate writes scanner/gs1's tables: table.go from a release of the GS1 Barcode
// Syntax Dictionary and codes.go from the lists of codes that its checks accept.
//
//	generate gs1-syntax-dictionary.txt codelists.json scanner/gs1
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "generate takes the dictionary, the code lists and the folder to write to")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(dictionary, lists, folder string) error {
	text, err := os.ReadFile(dictionary)
	if err != nil {
		return err
	}
	release, rows, err := readDictionary(string(text))
	if err != nil {
		return err
	}
	codes, err := os.ReadFile(lists)
	if err != nil {
		return err
	}
	var table, values bytes.Buffer
	writeTable(&table, release, rows)
	if err := writeCodes(&values, codes); err != nil {
		return err
	}
	for name, source := range map[string][]byte{"table.go": table.Bytes(), "codes.go": values.Bytes()} {
		formatted, err := format.Source(source)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), formatted, 0o644); err != nil {
			return err
		}
	}
	return nil
}
