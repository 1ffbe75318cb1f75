package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bayledger/server/tables"

	"github.com/spf13/cobra"
)

// catalogueCommand edits master data in numbers.
func (a *app) catalogueCommand() *cobra.Command {
	c := &cobra.Command{Use: "catalogue", Short: "Variants, fields of many products, facilities, and who changed what",
		Args: exactly(1, "catalogue takes one of variants, set, facilities, history"), RunE: func(*cobra.Command, []string) error {
			return misused("catalogue takes one of variants, set, facilities, history")
		}}
	c.AddCommand(a.variantsCommand(), a.setCommand(), a.facilitiesCommand(), a.historyCommand())
	return c
}

func (a *app) variantsCommand() *cobra.Command {
	var axes, fields []string
	var pattern string
	var keep, dryRun bool
	c := &cobra.Command{
		Use: "variants PRODUCT", Short: "Make the variants of a product that are missing", Args: exactly(1, "variants takes the code of a product"),
		Example: "  bayledger catalogue variants SHIRT --axis size=S,M,L --axis colour=red,blue --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			body := map[string]any{"pattern": pattern, "keep_parent": keep}
			var list []map[string]any
			for _, text := range axes {
				name, values, ok := strings.Cut(text, "=")
				if !ok {
					return misused("--axis is of the form size=S,M,L")
				}
				list = append(list, map[string]any{"name": name, "values": strings.Split(values, ",")})
			}
			if list != nil {
				body["axes"] = list
			}
			given, err := pairs("--field", fields)
			if err != nil {
				return err
			}
			body["fields"] = given
			var answer struct {
				Variants []struct {
					Code   string
					Exists bool
				}
				Made int
			}
			return a.withServer(c.Context(), func(server *api) error {
				if err := server.post(c.Context(), "/v1/products/"+url.PathEscape(args[0])+"/variants"+dry(dryRun), body, &answer); err != nil {
					return err
				}
				var b strings.Builder
				for _, v := range answer.Variants {
					state := "new"
					if v.Exists {
						state = "there"
					}
					fmt.Fprintf(&b, "%-6s%s\n", state, tables.Printable(v.Code))
				}
				fmt.Fprintf(&b, "%d variants, %d %s.\n", len(answer.Variants), answer.Made, would(dryRun, "made"))
				return a.tell(b.String())
			})
		},
	}
	c.Flags().StringArrayVar(&axes, "axis", nil, "a way in which they differ, with its values: size=S,M,L")
	c.Flags().StringArrayVar(&fields, "field", nil, "a field of each that is made: price=12.50")
	c.Flags().StringVar(&pattern, "pattern", "", "how their codes are made: {code}-{size}")
	c.Flags().BoolVar(&keep, "keep-parent", false, "the product itself stays stocked beside its variants")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only show them")
	return c
}

// pairs reads fields written as name=value.
func pairs(flag string, texts []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, misused("%s is of the form name=value", flag)
		}
		out[name] = value
	}
	return out, nil
}

func dry(yes bool) string {
	if yes {
		return "?dry_run=true"
	}
	return ""
}

func would(dryRun bool, done string) string {
	if dryRun {
		return "would be " + done + "; nothing was changed"
	}
	return done
}

func (a *app) tell(text string) error {
	_, err := io.WriteString(a.out, text)
	return err
}

func (a *app) setCommand() *cobra.Command {
	var filter struct {
		category, prefix, parent string
		attributes               []string
		all                      bool
	}
	var dryRun bool
	c := &cobra.Command{
		Use: "set FIELD=VALUE…", Short: "Set fields of many products at once",
		Long:    "Set category, costing, currency, loss, negative, production or stocked of all products that the filters name, all or none.",
		Example: "  bayledger catalogue set stocked=false --category services --dry-run",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			set, err := pairs("what is set", args)
			if err != nil {
				return err
			}
			attributes, err := pairs("--attribute", filter.attributes)
			if err != nil {
				return err
			}
			body := map[string]any{"set": set, "filter": map[string]any{"category": filter.category, "prefix": filter.prefix, "parent": filter.parent, "attributes": attributes, "all": filter.all}}
			var answer struct {
				Rows []struct {
					Product, Name string
					OnHand        string `json:"on_hand"`
				}
				Changed, Holding int
			}
			return a.withServer(c.Context(), func(server *api) error {
				if err := server.post(c.Context(), "/v1/bulk/products"+dry(dryRun), body, &answer); err != nil {
					return err
				}
				var b strings.Builder
				for _, r := range answer.Rows {
					fmt.Fprintf(&b, "%-24s %12s on hand  %s\n", tables.Printable(r.Product), r.OnHand, tables.Printable(r.Name))
				}
				fmt.Fprintf(&b, "%d products, %d of them on hand: %s.\n", answer.Changed, answer.Holding, would(dryRun, "changed"))
				return a.tell(b.String())
			})
		},
	}
	c.Flags().StringVar(&filter.category, "category", "", "only this category, with those that are part of it")
	c.Flags().StringVar(&filter.prefix, "prefix", "", "only codes that begin so")
	c.Flags().StringVar(&filter.parent, "parent", "", "only variants of this product")
	c.Flags().StringArrayVar(&filter.attributes, "attribute", nil, "only with this attribute: colour=red")
	c.Flags().BoolVar(&filter.all, "all", false, "all products are meant")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only show what would change")
	return c
}

func (a *app) facilitiesCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "facilities", Short: "Make a location for every facility that has none", Args: exactly(0, "facilities takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			var answer struct {
				Placed []struct {
					Facility, Site, Location string
					Exists                   bool
				}
			}
			return a.withServer(c.Context(), func(server *api) error {
				if err := server.call(c.Context(), http.MethodPost, "/v1/facilities/locations"+dry(dryRun), "", nil, &answer); err != nil {
					return err
				}
				var b strings.Builder
				for _, p := range answer.Placed {
					what := "new"
					if p.Exists {
						what = "was there"
					}
					fmt.Fprintf(&b, "%s: %s/%s (%s)\n", tables.Printable(p.Facility), tables.Printable(p.Site), tables.Printable(p.Location), what)
				}
				fmt.Fprintf(&b, "%d facilities %s.\n", len(answer.Placed), would(dryRun, "given a location"))
				return a.tell(b.String())
			})
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only show them")
	return c
}

func (a *app) historyCommand() *cobra.Command {
	var site, location string
	var limit int
	c := &cobra.Command{
		Use: "history KIND CODE", Short: "Who changed an item of master data, and what", Args: exactly(2, "history takes a kind such as products, and a code"),
		RunE: func(c *cobra.Command, args []string) error {
			query := url.Values{}
			for name, value := range map[string]string{"site": site, "location": location} {
				if value != "" {
					query.Set(name, value)
				}
			}
			return a.withServer(c.Context(), func(server *api) error {
				return a.history(c.Context(), server, "/v1/"+url.PathEscape(args[0])+"/"+url.PathEscape(args[1])+"/history", query, limit)
			})
		},
	}
	c.Flags().StringVar(&site, "site", "", "of a location or constraint: its site")
	c.Flags().StringVar(&location, "location", "", "of a constraint: where it holds")
	c.Flags().IntVar(&limit, "limit", 50, "at most so many edits")
	return c
}

func (a *app) history(ctx context.Context, server *api, path string, query url.Values, limit int) error {
	for shown := 0; shown < limit; {
		query.Set("limit", strconv.Itoa(min(limit-shown, 200)))
		var page struct {
			Rows []struct {
				N       uint64
				At      string
				Actor   string
				Created bool
				Changes []changed
			}
			Next uint64
		}
		if err := server.get(ctx, path+"?"+query.Encode(), &page); err != nil {
			return err
		}
		var b strings.Builder
		for _, r := range page.Rows {
			what := "changed"
			if r.Created {
				what = "made, with"
			}
			fmt.Fprintf(&b, "%d  %s  %s  %s %s\n", r.N, r.At, tables.Printable(r.Actor), what, tables.Printable(changesText(r.Changes)))
		}
		if err := a.tell(b.String()); err != nil {
			return err
		}
		if shown += len(page.Rows); page.Next == 0 {
			return nil
		}
		query.Set("before", strconv.FormatUint(page.Next, 10))
	}
	return nil
}

// negativeCommand previews policies and corrects what lies below zero.
func (a *app) negativeCommand() *cobra.Command {
	c := &cobra.Command{Use: "negative", Short: "What another policy would change, and corrections in one step",
		Args: exactly(1, "negative takes preview or correct"), RunE: func(*cobra.Command, []string) error { return misused("negative takes preview or correct") }}
	c.AddCommand(a.negativePreview(), a.negativeCorrect())
	return c
}

func (a *app) negativePreview() *cobra.Command {
	var site, product string
	c := &cobra.Command{
		Use: "preview allow|auto-add|refuse|site", Short: "Show what another policy would change", Args: exactly(1, "preview takes allow, auto-add, refuse or site"),
		RunE: func(c *cobra.Command, args []string) error {
			query := url.Values{"policy": {args[0]}}
			for name, value := range map[string]string{"site": site, "product": product} {
				if value != "" {
					query.Set(name, value)
				}
			}
			var answer struct {
				Rows  []struct{ Site, Location, Product, Quantity, Value, Now, Then string }
				Count int
				Value string
				Text  string
			}
			return a.withServer(c.Context(), func(server *api) error {
				if err := server.get(c.Context(), "/v1/negative/preview?"+query.Encode(), &answer); err != nil {
					return err
				}
				var b strings.Builder
				for _, r := range answer.Rows {
					fmt.Fprintf(&b, "%s/%s  %s  %s  %s  %s → %s\n", tables.Printable(r.Site), tables.Printable(r.Location), tables.Printable(r.Product), r.Quantity, r.Value, r.Now, r.Then)
				}
				fmt.Fprintf(&b, "Places below zero that are concerned: %d", answer.Count)
				if answer.Value != "" {
					fmt.Fprintf(&b, ", worth %s", answer.Value)
				}
				fmt.Fprintf(&b, ". %s\n", answer.Text)
				return a.tell(b.String())
			})
		},
	}
	c.Flags().StringVar(&site, "site", "", "the site whose setting is to change")
	c.Flags().StringVar(&product, "product", "", "or the product whose own setting is to change")
	return c
}

func (a *app) negativeCorrect() *cobra.Command {
	body := struct {
		Site     string `json:"site"`
		Location string `json:"location"`
		Product  string `json:"product"`
		Package  string `json:"package,omitempty"`
		Kind     string `json:"kind"`
		Evidence string `json:"evidence"`
		Quantity string `json:"quantity,omitempty"`
		Reason   string `json:"reason,omitempty"`
	}{}
	c := &cobra.Command{
		Use: "correct count|receive|found PRODUCT", Short: "Correct what lies below zero", Args: exactly(2, "correct takes count, receive or found, and a product"),
		RunE: func(c *cobra.Command, args []string) error {
			body.Kind, body.Product = args[0], args[1]
			var answer struct {
				Outcomes []struct {
					Outcome, Message string
					Entry            uint64
				}
			}
			return a.withServer(c.Context(), func(server *api) error {
				if err := server.post(c.Context(), "/v1/negative/correct", body, &answer); err != nil {
					return err
				}
				for _, o := range answer.Outcomes {
					if err := a.tell(fmt.Sprintf("%s, entry %d. %s\n", o.Outcome, o.Entry, tables.Printable(o.Message))); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	f := c.Flags()
	f.StringVar(&body.Site, "site", "main", "the site")
	f.StringVar(&body.Location, "location", "stock", "where it lies")
	f.StringVar(&body.Package, "package", "", "the package in which it lies")
	f.StringVar(&body.Evidence, "evidence", "", "as report negative --format json shows it")
	f.StringVar(&body.Quantity, "quantity", "", "of a count: what lies there")
	f.StringVar(&body.Reason, "reason", "", "why")
	return c
}
