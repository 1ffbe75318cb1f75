package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

// adjustment is one as the server tells of it.
type adjustment struct {
	ID, Name, Site, Date, State, Reference, Told string
	Version                                      uint64
	Lines                                        int
	ChangedBy                                    string `json:"changed_by"`
	ChangedAt                                    string `json:"changed_at"`
	Booking                                      *struct {
		First, Last uint64
		Intents     int
		Outcomes    []struct{ Kind, Outcome, Message string }
	}
}

func (a *app) adjustCommand() *cobra.Command {
	return words("adjust", "Draft, review and book adjustments of the stock",
		a.adjustNewCommand(), a.adjustSetCommand(), a.adjustImportCommand(), a.adjustListCommand(), a.adjustShowCommand(), a.adjustBookCommand(),
		&cobra.Command{Use: "review ID", Short: "Say what moved since the lines were made", Args: exactly(1, "adjust review takes the adjustment's id"), RunE: a.asked(a.reviewAdjustment)},
		&cobra.Command{Use: "drop ID", Short: "End an adjustment without booking it", Args: exactly(1, "adjust drop takes the adjustment's id"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				d, err := s.adjustment(ctx, args[0])
				if err != nil {
					return err
				}
				return s.post(ctx, adjustmentPath(d.ID)+"/drop", map[string]any{"version": d.Version}, nil)
			})},
		&cobra.Command{Use: "copy ID", Short: "Begin an adjustment with the lines of another", Args: exactly(1, "adjust copy takes the adjustment's id"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				var d adjustment
				if err := s.post(ctx, adjustmentPath(args[0])+"/copy", nil, &d); err != nil {
					return err
				}
				return a.said("%s\n", d.ID)
			})})
}

func adjustmentPath(id string) string { return "/v1/adjustments/" + url.PathEscape(id) }

func (a *app) said(format string, args ...any) error {
	_, err := fmt.Fprintf(a.out, format, args...)
	return err
}

func (c *api) adjustment(ctx context.Context, id string) (d adjustment, err error) {
	return d, c.get(ctx, adjustmentPath(id), &d)
}

func (a *app) adjustNewCommand() *cobra.Command {
	body := map[string]*string{}
	c := &cobra.Command{Use: "new NAME [FILE]", Short: "Begin an adjustment, with lines from a file if there is one",
		Long: "Begin an adjustment and print its id. FILE is CSV or XLSX whose headers are location, product (or barcode), lot, serial, kind, change (or counted),\n" +
			"unit, expiry, other, unit_cost, total_cost, note; all of its lines are taken, or none. Kinds: opening, received, returned, found, correction, stolen, broken, expired.",
		Example: "  bayledger adjust new \"Opening stock\" opening.csv --date 2026-01-01\n  bayledger adjust book ADJ-000001",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return misused("adjust new takes a name, and a file if there is one")
			}
			return nil
		},
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error { return a.beginAdjustment(ctx, s, args, body) })}
	for name, about := range map[string]string{"site": "whose stock it is; default main", "location": "of lines that name none; default stock", "date": "a day or a moment that is over; default when it is booked",
		"note": "why", "reference": "what its intents bear; default its id"} {
		body[name] = c.Flags().String(name, "", about)
	}
	return c
}

func (a *app) beginAdjustment(ctx context.Context, s *api, args []string, flags map[string]*string) error {
	var file []byte
	if len(args) == 2 { // before anything is made
		var err error
		if file, err = a.readTable(args[1]); err != nil {
			return err
		}
	}
	body := map[string]string{"name": args[0]}
	for name, value := range flags {
		body[name] = *value
	}
	var d adjustment
	if err := s.post(ctx, "/v1/adjustments", body, &d); err != nil {
		return err
	}
	if file != nil {
		saved, err := s.importLines(ctx, d.ID, file, "?version="+strconv.FormatUint(d.Version, 10))
		if err != nil {
			return fmt.Errorf("%w The adjustment %s was begun and has no lines: mend the file, and say adjust import %s FILE", err, d.ID, d.ID)
		}
		if err := a.tellNotes(saved.Notes); err != nil {
			return err
		}
	}
	return a.said("%s\n", d.ID)
}

type adjustmentSaved struct {
	Adjustment adjustment
	Changed    int
	Notes      []importNote
}

func (c *api) importLines(ctx context.Context, id string, file []byte, query string) (out adjustmentSaved, err error) {
	return out, c.call(ctx, http.MethodPost, adjustmentPath(id)+"/import"+query, "application/octet-stream", file, &out)
}

func (a *app) adjustImportCommand() *cobra.Command {
	var replace, dryRun bool
	c := &cobra.Command{Use: "import ID FILE", Short: "Take lines from CSV or XLSX", Args: exactly(2, "adjust import takes the adjustment's id and a file"),
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			file, err := a.readTable(args[1])
			if err != nil {
				return err
			}
			out, err := s.importLines(ctx, args[0], file, fmt.Sprintf("?replace=%t&dry_run=%t", replace, dryRun))
			if err != nil {
				return err
			}
			if err := a.tellNotes(out.Notes); err != nil {
				return err
			}
			said := "%d lines changed; the adjustment has %d.\n"
			if dryRun {
				said = "%d lines would be changed; the adjustment would have %d. Nothing was changed.\n"
			}
			return a.said(said, out.Changed, out.Adjustment.Lines)
		})}
	c.Flags().BoolVar(&replace, "replace", false, "take out lines that the file does not have")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change")
	return c
}

func (a *app) adjustSetCommand() *cobra.Command {
	line := map[string]*string{}
	c := &cobra.Command{Use: "set ID PRODUCT CHANGE", Short: "Make, change or take out one line", Args: exactly(3, "adjust set takes the adjustment's id, a product and a change"),
		Long:    "CHANGE is how much more lies there, or less with a minus before it (write -- first); 0 takes the line out; =12 says that 12 were counted.",
		Example: "  bayledger adjust set ADJ-000001 BOLT --kind broken -- -3\n  bayledger adjust set ADJ-000001 BOLT =12 --location A-01",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			d, err := s.adjustment(ctx, args[0])
			if err != nil {
				return err
			}
			said := map[string]string{"product": args[1], "change": args[2]}
			if args[2] != "" && args[2][0] == '=' {
				delete(said, "change")
				said["counted"] = args[2][1:]
			}
			for name, value := range line {
				if *value != "" {
					said[name] = *value
				}
			}
			body := map[string]any{"version": d.Version, "lines": []any{said}}
			return s.put(ctx, adjustmentPath(d.ID)+"/lines", body, nil)
		})}
	for name, about := range map[string]string{"kind": "why; default correction", "location": "default the adjustment's", "lot": "", "serial": "", "unit": "that the change is counted in",
		"expiry": "2027-01-31", "other": "place that goods come from or go to", "unit_cost": "of one", "total_cost": "of all of it", "note": ""} {
		line[name] = c.Flags().String(name, "", about)
	}
	return c
}

func (a *app) adjustListCommand() *cobra.Command {
	var state, site, reference string
	c := &cobra.Command{Use: "list", Short: "List adjustments, the newest first", Args: exactly(0, "adjust list takes no words"),
		RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			rows := [][]string{{"ID", "STATE", "SITE", "DATE", "LINES", "REFERENCE", "CHANGED", "BY", "NAME"}}
			q := url.Values{"state": {state}, "site": {site}, "reference": {reference}, "limit": {"1000"}}
			if state == "" {
				q.Del("state")
			}
			for {
				var page struct {
					Rows []adjustment
					Next string
				}
				if err := s.get(ctx, "/v1/adjustments?"+q.Encode(), &page); err != nil {
					return err
				}
				for _, d := range page.Rows {
					rows = append(rows, []string{d.ID, d.State, d.Site, d.Date, strconv.Itoa(d.Lines), d.Reference, d.ChangedAt, d.ChangedBy, d.Name})
				}
				if page.Next == "" {
					return a.table(rows)
				}
				q.Set("after", page.Next)
			}
		})}
	c.Flags().StringVar(&state, "state", "", "draft, booked or dropped")
	c.Flags().StringVar(&site, "site", "", "only of this site")
	c.Flags().StringVar(&reference, "reference", "", "only with this reference")
	return c
}

func (a *app) adjustShowCommand() *cobra.Command {
	var catalogue bool
	q := map[string]*string{}
	c := &cobra.Command{Use: "show ID", Short: "Show an adjustment and its lines", Args: exactly(1, "adjust show takes the adjustment's id"),
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			d, err := s.adjustment(ctx, args[0])
			if err != nil {
				return err
			}
			if err := a.said("%s: %s (%s, version %d, %d lines, %s)\n%s", d.ID, d.Name, d.State, d.Version, d.Lines, d.Reference, sentence(d.Told)); err != nil {
				return err
			}
			if catalogue {
				return a.showRows(ctx, s, d.ID, q)
			}
			return a.showLines(ctx, s, d.ID)
		})}
	c.Flags().BoolVar(&catalogue, "rows", false, "show all that can be adjusted, not only the lines")
	for name, about := range map[string]string{"show": "all, changed, plus, minus, stocked or zero", "location": "with all below it", "product": "its code begins so", "category": "", "attribute": "NAME=VALUE"} {
		q[name] = c.Flags().String(name, "", about)
	}
	return c
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}

func (a *app) showLines(ctx context.Context, s *api, id string) error {
	rows := [][]string{{"LOCATION", "PRODUCT", "LOT", "SERIAL", "KIND", "CHANGE", "SEEN", "BY", "NOTE"}}
	for after := ""; ; {
		var page struct {
			Lines []struct{ Location, Product, Lot, Serial, Kind, Change, Seen, By, Note string }
			Next  string
		}
		if err := s.get(ctx, adjustmentPath(id)+"/lines?limit=10000&after="+after, &page); err != nil {
			return err
		}
		for _, l := range page.Lines {
			rows = append(rows, []string{l.Location, l.Product, l.Lot, l.Serial, l.Kind, l.Change, l.Seen, l.By, l.Note})
		}
		if after = page.Next; after == "" {
			return a.table(rows)
		}
	}
}

func (a *app) showRows(ctx context.Context, s *api, id string, flags map[string]*string) error {
	rows, q := [][]string{{"PRODUCT", "NAME", "LOCATION", "LOT", "SERIAL", "QUANTITY", "CHANGE"}}, url.Values{"limit": {"10000"}}
	for name, value := range flags {
		if *value != "" {
			q.Set(name, *value)
		}
	}
	for {
		var page struct {
			Rows []struct{ Product, Name, Location, Lot, Serial, Quantity, Change string }
			Next string
		}
		if err := s.get(ctx, adjustmentPath(id)+"/rows?"+q.Encode(), &page); err != nil {
			return err
		}
		for _, r := range page.Rows {
			rows = append(rows, []string{r.Product, r.Name, r.Location, r.Lot, r.Serial, r.Quantity, r.Change})
		}
		if page.Next == "" {
			return a.table(rows)
		}
		q.Set("after", page.Next)
	}
}

func (a *app) reviewAdjustment(ctx context.Context, s *api, args []string) error {
	var r struct {
		Lines                 int `json:"line_count"`
		All                   int `json:"moved_all"`
		Evidence              string
		Moved, Negative, Gone []struct{ Location, Product, Lot, Kind, Change, Seen, Now, After string }
	}
	if err := s.get(ctx, adjustmentPath(args[0])+"/review", &r); err != nil {
		return err
	}
	rows := [][]string{{"WHAT", "LOCATION", "PRODUCT", "LOT", "KIND", "CHANGE", "SEEN", "NOW", "AFTER"}}
	for what, list := range map[string][]struct{ Location, Product, Lot, Kind, Change, Seen, Now, After string }{"moved": r.Moved, "below zero": r.Negative, "gone": r.Gone} {
		for _, m := range list {
			rows = append(rows, []string{what, m.Location, m.Product, m.Lot, m.Kind, m.Change, m.Seen, m.Now, m.After})
		}
	}
	if err := a.said("%d lines, %d of which stand where something moved since.\nevidence %s\n", r.Lines, r.All, r.Evidence); err != nil || len(rows) == 1 {
		return err
	}
	return a.table(rows)
}

func (a *app) adjustBookCommand() *cobra.Command {
	var unmoved bool
	var evidence, operator string
	var version uint64
	c := &cobra.Command{Use: "book ID", Short: "Book an adjustment: all of it, or nothing", Args: exactly(1, "adjust book takes the adjustment's id"),
		Long: "Book an adjustment in one commit. Said again after an answer that was lost it tells the same again.",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			d, err := s.adjustment(ctx, args[0])
			if err != nil {
				return err
			}
			if version == 0 {
				version = d.Version
			}
			var out struct {
				Adjustment adjustment
				Repeat     bool
			}
			if err := s.post(ctx, adjustmentPath(d.ID)+"/book", map[string]any{"version": version, "unmoved": unmoved, "evidence": evidence, "operator": operator}, &out); err != nil {
				return err
			}
			b := out.Adjustment.Booking
			if err := a.said("%s is booked: %d lines in %d intents, entries %d to %d.\n", d.ID, out.Adjustment.Lines, b.Intents, b.First, b.Last); err != nil {
				return err
			}
			for _, o := range b.Outcomes {
				if err := a.said("%s: %s: %s\n", o.Kind, o.Outcome, o.Message); err != nil {
					return err
				}
			}
			return nil
		})}
	c.Flags().BoolVar(&unmoved, "unmoved", false, "only if nothing moved since the lines were made")
	c.Flags().StringVar(&evidence, "evidence", "", "only if the books are as the review with this evidence had them")
	c.Flags().StringVar(&operator, "operator", "", "the badge of whoever books")
	c.Flags().Uint64Var(&version, "version", 0, "only this version; default what it is now")
	return c
}
