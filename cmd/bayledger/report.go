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

	"bayledger/sync/ledger"

	"github.com/spf13/cobra"
)

// reportKind is one report: where its rows come from and what they hold.
type reportKind struct {
	name, path, about string
	columns           []string
	more              []string // columns that a table on a screen has no room for
	filters           []string // flags that it takes, named as the server's parameters
	stream            bool     // the answer is an array of rows, of any length
	keep              func(row map[string]any) bool
	exact             bool        // rows hold the columns and nothing else
	then              *reportKind // what answers where a moment or a lot is asked about
}

// negativeThen is what was below zero, without how it came.
var negativeThen = reportKind{name: "negative", path: "/v1/balances", columns: balanceColumns, keep: isNegative}

var balanceColumns = []string{"site", "location", "product", "lot", "serial", "package", "status", "quantity", "value", "average_cost", "changed_at"}

var reportKinds = []reportKind{
	{name: "balance", path: "/v1/balances", about: "what lies where", columns: balanceColumns, exact: true,
		filters: []string{"site", "product", "location", "lot", "all", "at", "entry"}},
	{name: "negative", path: "/v1/negative", about: "what is below zero, and why", stream: true, then: &negativeThen,
		columns: []string{"site", "location", "product", "quantity", "since", "device", "entry", "message"},
		filters: []string{"site", "product", "location", "lot", "at", "entry"}},
	{name: "unknown", path: "/v1/unknown", about: "codes that nobody could read, and whose scans wait", stream: true,
		columns: []string{"kind", "raw", "site", "scans", "first", "last", "devices"}},
	{name: "holds", path: "/v1/holds", about: "holds that are open", stream: true,
		columns: []string{"hold", "at", "device", "product", "lot", "serial", "package", "site", "location", "open", "entry"}, filters: []string{"all"}},
	{name: "tainted", path: "/v1/tainted", about: "what goods of a hold, a lot or a serial went into", stream: true,
		columns: []string{"asset", "at", "product", "lot", "serial", "quantity", "taken_out", "first", "last", "device", "entry", "held", "via"},
		filters: []string{"hold", "product", "lot", "serial"}},
	{name: "missing", path: "/v1/missing", about: "serials that counts did not find", stream: true,
		columns: []string{"product", "serial", "lot", "from", "at", "device", "session", "entry"}, filters: []string{"site", "product", "session"}},
	{name: "transactions", path: "/v1/transactions", about: "every move over a span", stream: true,
		columns: []string{"n", "t_eff", "device", "operator", "action", "product", "lot", "serial", "from", "to", "quantity", "reference", "reason", "outcome", "cause", "booked_at"},
		filters: []string{"site", "product", "location", "from", "to", "person", "device", "reference"}},
	{name: "activity", path: "/v1/activity", about: "the entries of the journal", columns: []string{"n", "booked_at", "t_eff", "kind", "device", "operator", "action", "product", "quantity", "from", "to", "outcome", "code", "message"},
		filters: []string{"site", "product", "location", "since", "limit", "kind", "operator"}},
	{name: "constraints", path: "/v1/constraints", about: "least and most, and where they stand",
		columns: []string{"product", "site", "location", "min", "max", "on_hand", "available"}, filters: []string{"site", "product"}},
	{name: "exceptions", path: "/v1/exceptions", about: "what a supervisor should look at", columns: []string{"severity", "state", "at", "message", "taken_by", "choice", "decided_by", "id", "evidence"},
		more:    []string{"kind", "site", "location", "product", "device", "operator", "raised_at", "entry", "decided_at", "n"},
		filters: []string{"state", "kind", "severity", "site", "product", "location"}},
	{name: "alerts", path: "/v1/alerts", about: "alerts that are open", columns: []string{"since", "kind", "product", "site", "location", "quantity", "limit", "message", "n"},
		filters: []string{"site", "product", "location", "kind"}},
}

// notYet names reports of the contract that need what this version does not
// settle.
var notYet = []string{"fifo", "valuation"}

func isNegative(row map[string]any) bool {
	quantity, ok := row["quantity"].(string)
	return ok && strings.HasPrefix(quantity, "-")
}

// filterHelp says what each filter takes.
var filterHelp = map[string]string{
	"site": "only this site", "product": "only this product", "location": "only this location and all below it", "lot": "only this lot",
	"hold": "of this hold (device/install/seq)", "serial": "only this serial", "session": "only this count session",
	"at": "as it was at this moment (RFC 3339), told by what is known now", "from": "from this moment on", "to": "up to this moment",
	"person": "only this operator", "operator": "only this operator", "device": "only this device", "reference": "only this reference",
	"state": "open (all that nobody has closed), taken, decided, cleared or all", "severity": "only critical, warning or info",
	"kind": "only this kind", "since": "entries after this one", "limit": "at most so many rows", "entry": "as it was booked at this entry",
}

// filterFault says what is wrong with a filter's value as it was typed.
func filterFault(name, value string) string {
	switch name {
	case "at", "from", "to":
		if _, err := ledger.ParseTime(value); err != nil {
			return "is a moment such as 2026-03-02T09:15:04Z"
		}
	case "entry", "since", "limit":
		if _, err := strconv.ParseUint(value, 10, 64); err != nil {
			return "is a whole number"
		}
	}
	return ""
}

func (a *app) reportCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "report", Short: "Print reports",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 && slices.Contains(notYet, args[0]) {
				return fmt.Errorf("the report %s needs what this version does not settle yet; nothing was printed", args[0])
			}
			return misused("report takes one of balance, negative, unknown, holds, tainted, missing, transactions, activity, constraints, exceptions, alerts")
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
	var all bool
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
			if all {
				query.Set("all", "true")
			}
			return a.printReport(c.Context(), k, query, format, output)
		},
	}
	for _, name := range k.filters {
		if name == "all" {
			c.Flags().BoolVar(&all, name, false, allHelp(k))
			continue
		}
		values[name] = c.Flags().String(name, "", filterHelp[name])
	}
	c.Flags().StringVar(&format, "format", "table", strings.Join(formats, ", "))
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return c
}

// allHelp says what else a report lists when all of it is asked for.
func allHelp(k *reportKind) string {
	if k.name == "holds" {
		return "those that were ended or undone too"
	}
	return "virtual locations too"
}

func (a *app) printReport(ctx context.Context, k *reportKind, query url.Values, format, output string) error {
	if _, err := os.Stat(a.data); err != nil && a.server == "" {
		return fmt.Errorf("there is no data folder %s", a.data)
	}
	if k.then != nil && (query.Has("at") || query.Has("entry") || query.Has("lot")) {
		k = k.then
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
	if err := eachRow(ctx, server, k, query, w.row); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return err
	}
	return finish()
}

// eachRow asks for all pages of a report and hands its rows on.
func eachRow(ctx context.Context, server *api, k *reportKind, query url.Values, row func(map[string]any) error) error {
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
		return eachStreamed(answer, keep)
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
