package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

var importKinds = []string{"products", "locations", "barcodes", "constraints", "partners", "operators"}

func (a *app) importCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "import products|locations|barcodes|constraints|partners|operators FILE", Short: "Take master data from CSV or XLSX",
		Long: "Take master data from a CSV or XLSX file whose headers are field names. All lines are taken or none; an error names the line.\n" +
			"Lines that change nothing do no harm, so a file can be imported again.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 || !slices.Contains(importKinds, args[0]) {
				return misused("import takes one of %s and a file", strings.Join(importKinds, ", "))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			table, err := a.tableAsCSV(args[1])
			if err != nil {
				return err
			}
			server, done, err := a.connect(c.Context())
			if err != nil {
				return err
			}
			defer done()
			var answer importAnswer
			path := "/v1/import/" + args[0]
			if dryRun {
				path += "?dry_run=true"
			}
			if err := server.call(c.Context(), http.MethodPost, path, "text/csv", table, &answer); err != nil {
				return err
			}
			said := "%d lines read, %d changes made.\n"
			if dryRun {
				said = "%d lines read, %d changes would be made. Nothing was changed.\n"
			}
			_, err = fmt.Fprintf(a.out, said, answer.Rows, answer.Changed)
			return err
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change")
	return c
}

type importAnswer struct{ Rows, Changed int }
