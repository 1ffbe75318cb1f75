package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// practicePrefix is how the code of a site begins that may be set back: a real one
// never is by mistake.
const practicePrefix = "practice"

// practiceChunk is how many counts are sent at once.
const practiceChunk = 1_000

func (a *app) practiceCommand() *cobra.Command {
	c := &cobra.Command{Use: "practice", Short: "Set a practice site back to how it was", Args: exactly(0, "practice takes reset"),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var site, to string
	reset := &cobra.Command{
		Use: "reset --to TIME", Short: "Count everything at a practice site back to what lay there at a moment", Args: exactly(0, "practice reset takes no words, only flags"),
		Long: "Nothing is taken out of the journal: what has changed since the moment is counted back, as a supervisor could do by hand, so that handhelds and screens\n" +
			"follow without being paired anew. Only sites whose code begins with \"practice\" can be set back. Run it each night.",
		RunE: func(c *cobra.Command, _ []string) error {
			moment, err := time.Parse(time.RFC3339, to)
			if err != nil {
				return misused("--to is a moment such as 2026-03-02T08:00:00Z")
			}
			if !strings.HasPrefix(site, practicePrefix) {
				return misused("the site %q is no practice site: its code has to begin with %q", site, practicePrefix)
			}
			server, done, err := a.connect(c.Context())
			if err != nil {
				return err
			}
			defer done()
			return a.practiceReset(c.Context(), server, site, moment)
		},
	}
	reset.Flags().StringVar(&site, "site", practicePrefix, "the site")
	reset.Flags().StringVar(&to, "to", "", "the moment to go back to")
	c.AddCommand(reset)
	return c
}

// practiceCell is what lies somewhere: its place in the books, and how much.
type practiceCell struct {
	Location, Product, Lot, Serial, Package, Status string
	Quantity                                        string
}

func (c practiceCell) name() practiceCell {
	c.Quantity = ""
	return c
}

// practiceReset counts back what differs, and looks whether it is so then.
func (a *app) practiceReset(ctx context.Context, server *api, site string, to time.Time) error {
	was, err := practiceStock(ctx, server, site, to.UTC().Format(time.RFC3339Nano))
	if err != nil {
		return err
	}
	counts, err := practiceCounts(ctx, server, site, was)
	if err != nil {
		return err
	}
	for list := range slices.Chunk(counts, practiceChunk) {
		body, err := json.Marshal(list)
		if err != nil {
			return err
		}
		if err := server.call(ctx, http.MethodPost, "/v1/intents", "application/json", body, nil); err != nil {
			return err
		}
	}
	left, err := practiceCounts(ctx, server, site, was)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		one := left[0]
		return fmt.Errorf("%d of %d cells of %s could not be counted back, the first is %v at %v; release what is held, and unpack what is packed, then run it again", len(left), len(counts), site, one["product"], one["from"])
	}
	_, err = fmt.Fprintf(a.out, "%s is as it was at %s: %d cells were counted back.\n", site, to.UTC().Format(time.RFC3339), len(counts))
	return err
}

// practiceCounts are the counts that make a site what it was.
func practiceCounts(ctx context.Context, server *api, site string, was map[practiceCell]string) ([]map[string]any, error) {
	is, err := practiceStock(ctx, server, site, "")
	if err != nil {
		return nil, err
	}
	var cells []practiceCell
	for cell, quantity := range was {
		if is[cell] != quantity {
			cells = append(cells, cell)
		}
	}
	for cell := range is {
		if _, there := was[cell]; !there {
			cells = append(cells, cell)
		}
	}
	slices.SortFunc(cells, func(x, y practiceCell) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
	now := time.Now()
	counts := make([]map[string]any, 0, len(cells))
	for i, c := range cells {
		quantity := was[c]
		if quantity == "" {
			quantity = "0"
		}
		counts = append(counts, map[string]any{"device": "practice", "install": now.UTC().Format("20060102T150405.000"), "seq": i + 1, "at": now.UTC().Format(time.RFC3339Nano), "site": site,
			"action": "count", "reason": "practice begins anew", "from": c.Location, "product": c.Product, "lot": c.Lot, "serial": c.Serial, "package": c.Package, "status": c.Status, "quantity": quantity})
	}
	return counts, nil
}

// practiceStock is what lies at a site, at a moment or now.
func practiceStock(ctx context.Context, server *api, site, at string) (map[practiceCell]string, error) {
	query := url.Values{"site": {site}}
	if at != "" {
		query.Set("at", at)
	}
	answer, err := server.do(ctx, http.MethodGet, "/v1/balances?"+query.Encode(), "", nil)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	var page struct{ Rows []practiceCell }
	b, err := io.ReadAll(answer)
	if err == nil {
		err = json.Unmarshal(b, &page)
	}
	if err != nil {
		return nil, fmt.Errorf("the balances could not be read: %w", err)
	}
	out := map[practiceCell]string{}
	for _, c := range page.Rows {
		if c.Quantity != "0" { // what holds nothing may be left out, or not
			out[c.name()] = c.Quantity
		}
	}
	return out, nil
}
