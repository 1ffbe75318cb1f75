package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"bayledger/server/tables"

	"github.com/spf13/cobra"
)

func (a *app) reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "report", Short: "Print reports",
		Args: func(*cobra.Command, []string) error {
			var names []string
			for i := range tables.Kinds() {
				names = append(names, tables.Kinds()[i].Name)
			}
			return misused("report takes one of %s", strings.Join(names, ", "))
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for i := range tables.Kinds() {
		c.AddCommand(a.oneReport(&tables.Kinds()[i]))
	}
	return c
}

func (a *app) oneReport(k *tables.Kind) *cobra.Command {
	values := map[string]*string{}
	var format, output string
	switches := map[string]*bool{}
	c := &cobra.Command{
		Use: k.Name, Short: "Print " + k.About, Args: exactly(0, "this report takes no words, only filters"),
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains(tables.Formats(), format) {
				return misused("--format is one of %s", strings.Join(tables.Formats(), ", "))
			}
			query := url.Values{}
			for name, v := range values {
				if *v == "" {
					continue
				}
				if why := tables.FilterFault(name, *v); why != "" {
					return misused("--%s %s", name, why)
				}
				query.Set(name, *v)
			}
			for name, on := range switches {
				if *on {
					query.Set(name, "true")
				}
			}
			return a.printReport(c.Context(), k, query, format, output)
		},
	}
	for _, name := range k.Filters {
		if help := tables.SwitchHelp(k, name); help != "" {
			switches[name] = c.Flags().Bool(name, false, help)
			continue
		}
		values[name] = c.Flags().String(name, "", tables.Help(name))
	}
	c.Flags().StringVar(&format, "format", "table", strings.Join(tables.Formats(), ", "))
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return c
}

func (a *app) printReport(ctx context.Context, k *tables.Kind, query url.Values, format, output string) error {
	if _, err := os.Stat(a.data); err != nil && a.server == "" {
		return fmt.Errorf("there is no data folder %s", a.data)
	}
	k, err := k.Answering(query)
	if err != nil {
		return misuse{err}
	}
	server, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	out, finish, err := a.create(output)
	if err != nil {
		return err
	}
	columns := k.Columns
	if format != "table" {
		columns = k.All()
	}
	w, err := tables.New(format, out, columns)
	if err != nil {
		return err
	}
	shown := a.progress(k.Name, 100)
	defer shown.done()
	row := w.Row
	if output == "" { // the rows themselves show how far it is
		row = func(r map[string]any) error { shown.done(); return w.Row(r) }
	}
	if err := tables.Each(ctx, server.report, k, query, shown.set, row); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return finish()
}

// report asks for a path of a report.
func (c *api) report(ctx context.Context, path string) (io.ReadCloser, error) {
	return c.do(ctx, http.MethodGet, path, "", nil)
}

// create opens what a report is written to.
func (a *app) create(path string) (io.Writer, func() error, error) {
	if path == "" {
		b := bufio.NewWriterSize(a.out, 1<<16)
		return b, b.Flush, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}
