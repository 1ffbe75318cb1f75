package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func isNegative(row map[string]any) bool {
	quantity, ok := row["quantity"].(string)
	return ok && strings.HasPrefix(quantity, "-")
}

func (a *app) reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "report", Short: "Print reports",
		Args: func(*cobra.Command, []string) error {
			var names []string
			for i := range reportKinds {
				names = append(names, reportKinds[i].name)
			}
			return misused("report takes one of %s", strings.Join(names, ", "))
		},
		RunE: func(*cobra.Command, []string) error { return nil },
	}
	for i := range reportKinds {
		c.AddCommand(a.oneReport(&reportKinds[i]))
	}
	return c
}

func (a *app) oneReport(k *reportKind) *cobra.Command {
	values := map[string]*string{}
	var format, output string
	switches := map[string]*bool{}
	c := &cobra.Command{
		Use: k.name, Short: "Print " + k.about, Args: exactly(0, "this report takes no words, only filters"),
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.Contains(formats, format) {
				return misused("--format is one of %s", strings.Join(formats, ", "))
			}
			query := url.Values{}
			for name, v := range values {
				if *v == "" {
					continue
				}
				if why := filterFault(name, *v); why != "" {
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
	for _, name := range k.filters {
		if help := switchHelp(k, name); help != "" {
			switches[name] = c.Flags().Bool(name, false, help)
			continue
		}
		values[name] = c.Flags().String(name, "", filterHelp[name])
	}
	c.Flags().StringVar(&format, "format", "table", strings.Join(formats, ", "))
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return c
}

func (a *app) printReport(ctx context.Context, k *reportKind, query url.Values, format, output string) error {
	if _, err := os.Stat(a.data); err != nil && a.server == "" {
		return fmt.Errorf("there is no data folder %s", a.data)
	}
	k, err := k.answering(query)
	if err != nil {
		return err
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
	columns := k.columns
	if format != "table" {
		columns = slices.Concat(columns, k.more)
	}
	w, err := newTable(format, out, columns)
	if err != nil {
		return err
	}
	shown := a.progress(k.name, 100)
	defer shown.done()
	row := w.row
	if output == "" { // the rows themselves show how far it is
		row = func(r map[string]any) error { shown.done(); return w.row(r) }
	}
	if err := eachRow(ctx, server, k, query, shown.set, row); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return err
	}
	return finish()
}

// eachRow asks for all pages of a report and hands its rows on.
func eachRow(ctx context.Context, server *api, k *reportKind, query url.Values, hundredths func(int64), row func(map[string]any) error) error {
	keep := func(r map[string]any) error {
		if k.exact {
			for name := range r {
				if !slices.Contains(k.columns, name) {
					delete(r, name)
				}
			}
		}
		if k.keep != nil && !k.keep(r) {
			return nil
		}
		return row(r)
	}
	if k.stream {
		answer, err := server.do(ctx, http.MethodGet, k.path+"?"+query.Encode(), "", nil)
		if err != nil {
			return err
		}
		defer answer.Close()
		return eachStreamed(&spaces{from: answer, seen: hundredths}, keep)
	}
	if k.name == "activity" {
		return eachEntry(ctx, server, k.path, query, keep)
	}
	for {
		var page struct {
			Rows []map[string]any
			Next string
		}
		if err := server.get(ctx, k.path+"?"+query.Encode(), &page); err != nil {
			return err
		}
		for _, r := range page.Rows {
			if err := keep(r); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		query.Set("after", page.Next)
	}
}

func eachStreamed(answer io.Reader, row func(map[string]any) error) error {
	d := json.NewDecoder(answer)
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("the answer of the server could not be read: %w", err)
	}
	for d.More() {
		var r map[string]any
		if err := d.Decode(&r); err != nil {
			return fmt.Errorf("the answer of the server broke off: %w", err)
		}
		if err := row(r); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// activityPage is how many entries are asked for at once.
const activityPage = 5_000

// eachEntry walks the journal page by page up to what was its end at the start.
func eachEntry(ctx context.Context, server *api, path string, query url.Values, row func(map[string]any) error) error {
	left := -1
	if limit := query.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 {
			return misused("--limit is a number above 0")
		}
		left = n
	}
	var end uint64
	for {
		size := activityPage
		if left >= 0 {
			size = min(size, left)
		}
		query.Set("limit", strconv.Itoa(size))
		var page struct {
			Entries    []map[string]any
			Head, Next uint64
		}
		if err := server.get(ctx, path+"?"+query.Encode(), &page); err != nil {
			return err
		}
		if end == 0 {
			end = page.Head
		}
		for _, e := range page.Entries {
			if err := row(flatEntry(e)); err != nil {
				return err
			}
		}
		if left >= 0 {
			left -= len(page.Entries)
		}
		if page.Next >= end || left == 0 {
			return nil
		}
		query.Set("since", strconv.FormatUint(page.Next, 10))
	}
}

// flatEntry brings the intent's fields up beside the entry's own, which stay.
func flatEntry(e map[string]any) map[string]any {
	intent, _ := e["intent"].(map[string]any)
	for name, v := range intent {
		if _, taken := e[name]; !taken {
			e[name] = v
		}
	}
	if moves, ok := e["moves"].([]any); ok && len(moves) > 0 { // a scan says by its barcode what was moved
		if move, ok := moves[0].(map[string]any); ok {
			for _, name := range []string{"product", "quantity", "from", "to"} {
				if e[name] == nil {
					e[name] = move[name]
				}
			}
		}
	}
	if edit, ok := e["edit"].(map[string]any); ok {
		e["action"], e["product"] = "edit "+fmt.Sprint(edit["entity"]), edit["code"]
		e["operator"] = e["actor"]
	}
	return e
}
