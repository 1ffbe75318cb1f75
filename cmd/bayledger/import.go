package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bayledger/server/tables"

	"github.com/spf13/cobra"
)

// tableKinds are the kinds of master data that are imported and exported.
var tableKinds = []string{"products", "locations", "barcodes", "constraints", "partners", "partner-items", "categories", "reasons", "facilities", "operators", "sites"}

func (a *app) importCommand() *cobra.Command {
	var dryRun, report bool
	c := &cobra.Command{
		Use: "import " + strings.Join(tableKinds, "|") + " FILE", Short: "Take master data from CSV or XLSX",
		Long: "Take master data from a CSV or XLSX file whose headers are field names. All lines are taken or none; all lines at fault are named.\n" +
			"Lines that change nothing do no harm, so a file can be imported again.",
		Args: tableArgs("import", "and a file"),
		RunE: func(c *cobra.Command, args []string) error {
			table, err := a.readTable(args[1])
			if err != nil {
				return err
			}
			return a.withServer(c.Context(), func(server *api) error {
				var answer importAnswer
				path := "/v1/import/" + args[0]
				if dryRun {
					path += "?dry_run=true"
				}
				if err := server.call(c.Context(), http.MethodPost, path, "application/octet-stream", table, &answer); err != nil {
					return faultsOf(err)
				}
				return a.tellImport(&answer, dryRun, report || dryRun)
			})
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change, line by line")
	c.Flags().BoolVar(&report, "report", false, "say what changed, line by line")
	return c
}

func tableArgs(command, more string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		want := 1
		if more != "" {
			want = 2
		}
		if len(args) != want || !slices.Contains(tableKinds, args[0]) {
			return misused("%s takes one of %s %s", command, strings.Join(tableKinds, ", "), more)
		}
		return nil
	}
}

type importAnswer struct {
	Rows, Changed int
	Lines         []struct {
		Line         int
		Entity, Code string
		Created      bool
		Changes      []changed
	}
	Notes []importNote
}

// importNote says what was done to a value before it was taken.
type importNote struct {
	Line    int
	Message string
}

// tellNotes writes notes to people, a line each, beside what is printed.
func (a *app) tellNotes(notes []importNote) error {
	var b strings.Builder
	writeNotes(&b, notes)
	_, err := io.WriteString(a.err, b.String())
	return err
}

func writeNotes(b *strings.Builder, notes []importNote) {
	for _, n := range notes {
		fmt.Fprintf(b, "Line %d: %s\n", n.Line, tables.Printable(n.Message))
	}
}

// changed is one field of an edit.
type changed struct{ Field, From, To string }

func (a *app) tellImport(answer *importAnswer, dryRun, lines bool) error {
	var b strings.Builder
	writeNotes(&b, answer.Notes)
	for _, l := range answer.Lines {
		if !lines {
			break
		}
		what := "changes"
		if l.Created {
			what = "makes"
		}
		fmt.Fprintf(&b, "Line %d %s the %s %s: %s\n", l.Line, what, l.Entity, tables.Printable(l.Code), changesText(l.Changes))
	}
	said := "%d lines read, %d changes made.\n"
	if dryRun {
		said = "%d lines read, %d changes would be made. Nothing was changed.\n"
	}
	fmt.Fprintf(&b, said, answer.Rows, answer.Changed)
	_, err := io.WriteString(a.out, b.String())
	return err
}

// changesText writes from what to what fields changed.
func changesText(changes []changed) string {
	parts := make([]string, 0, len(changes))
	for _, c := range changes {
		switch {
		case c.From == "":
			parts = append(parts, fmt.Sprintf("%s %q", c.Field, c.To))
		default:
			parts = append(parts, fmt.Sprintf("%s from %q to %q", c.Field, c.From, c.To))
		}
	}
	return strings.Join(parts, ", ")
}

// faultsOf names all lines at fault where a server told them.
func faultsOf(err error) error {
	var p *problem
	if !errors.As(err, &p) || len(p.Faults) < 2 {
		return err
	}
	var b strings.Builder
	b.WriteString(p.Message)
	for _, f := range p.Faults {
		fmt.Fprintf(&b, "\n  line %d: %s", f.Line, tables.Printable(f.Message))
	}
	return errors.New(b.String())
}

// readTable reads a file that is to be imported.
func (a *app) readTable(path string) ([]byte, error) {
	f, err := a.openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxImport+1))
	if err != nil {
		return nil, fmt.Errorf("%s could not be read: %w", path, err)
	}
	if len(b) > maxImport {
		return nil, fmt.Errorf("%s is larger than 16 MiB; import it as several", path)
	}
	return b, nil
}

// maxImport is what a server takes at once.
const maxImport = 16 << 20

func (a *app) exportCommand() *cobra.Command {
	var format, output, prefix string
	c := &cobra.Command{
		Use: "export " + strings.Join(tableKinds, "|"), Short: "Write master data as CSV or XLSX",
		Long: "Write all master data of a kind as a table that import takes: importing it again changes nothing. In XLSX all cells are texts, so that codes keep their zeros.",
		Args: tableArgs("export", ""),
		RunE: func(c *cobra.Command, args []string) error {
			if format != "csv" && format != "xlsx" {
				return misused("--format is csv or xlsx")
			}
			return a.withServer(c.Context(), func(server *api) error {
				query := url.Values{"format": {format}}
				if prefix != "" {
					query.Set("prefix", prefix)
				}
				return a.export(c.Context(), server, "/v1/export/"+args[0]+"?"+query.Encode(), output)
			})
		},
	}
	c.Flags().StringVar(&format, "format", "csv", "csv or xlsx")
	c.Flags().StringVarP(&output, "output", "o", "", "the file to write; default: standard output")
	c.Flags().StringVar(&prefix, "prefix", "", "only codes that begin so")
	return c
}

func (a *app) export(ctx context.Context, server *api, path, output string) (err error) {
	body, err := server.do(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	defer body.Close()
	out, closed, err := a.create(output)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, body)
	return errors.Join(err, closed())
}
