package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// delivery is one as the server tells of it.
type delivery struct {
	Delivery struct {
		Number, Partner, Order, Site, Due, Told string
		Version                                 uint64
	}
	Progress struct {
		State string
		Lines []struct {
			Product, Barcode, Name, Ordered, Accepted, Quarantined, Returned, Refused, Difference, Standing, Outcome string
		}
		Unknown   []struct{ Product, Name, Accepted, Quarantined, Returned, Refused string }
		OrderOnly []struct{ Product, Name, Accepted, Quarantined, Returned, Refused string } `json:"order_only"`
		Waiting   int
	}
	Repeat bool
}

func deliveryPath(number string) string { return "/v1/deliveries/" + url.PathEscape(number) }

func (c *api) delivery(ctx context.Context, number string) (d delivery, err error) {
	return d, c.get(ctx, deliveryPath(number), &d)
}

func (a *app) receiveCommand() *cobra.Command {
	return words("receive", "Expect deliveries, receive them, put them away",
		a.receiveListCommand(), a.receiveImportCommand(), a.receiveBookCommand(),
		&cobra.Command{Use: "show NUMBER", Short: "Show a delivery, and what came of it", Args: exactly(1, "receive show takes the delivery's number"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				d, err := s.delivery(ctx, args[0])
				if err != nil {
					return err
				}
				return a.showDelivery(&d)
			})},
		a.receiveStateCommand("reopen", "Open a delivery that was closed or cancelled"),
		a.receiveStateCommand("cancel", "Expect a delivery no more"),
		a.putAwayCommand())
}

func (a *app) receiveStateCommand(name, short string) *cobra.Command {
	return &cobra.Command{Use: name + " NUMBER", Short: short, Args: exactly(1, "receive "+name+" takes the delivery's number"),
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			d, err := s.delivery(ctx, args[0])
			if err != nil {
				return err
			}
			return s.post(ctx, deliveryPath(args[0])+"/"+name, map[string]any{"version": d.Delivery.Version}, nil)
		})}
}

func (a *app) receiveListCommand() *cobra.Command {
	q := map[string]*string{}
	c := &cobra.Command{Use: "list", Short: "List deliveries, and how far they have come", Args: exactly(0, "receive list takes no words"),
		RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			values := url.Values{"limit": {"1000"}}
			for name, value := range q {
				if *value != "" {
					values.Set(name, *value)
				}
			}
			rows := [][]string{{"NUMBER", "STATE", "SITE", "PARTNER", "ORDER", "DUE", "LINES", "COMPLETE", "SHORT", "OVER", "UNKNOWN"}}
			for {
				var page struct {
					Rows []struct {
						Number, State, Site, Partner, Order, Due string
						Lines, Complete, Short, Over, Unknown    int
					}
					Next string
				}
				if err := s.get(ctx, "/v1/deliveries?"+values.Encode(), &page); err != nil {
					return err
				}
				for _, d := range page.Rows {
					rows = append(rows, []string{d.Number, d.State, d.Site, d.Partner, d.Order, d.Due, strconv.Itoa(d.Lines), strconv.Itoa(d.Complete), strconv.Itoa(d.Short), strconv.Itoa(d.Over), strconv.Itoa(d.Unknown)})
				}
				if page.Next == "" {
					return a.table(rows)
				}
				values.Set("after", page.Next)
			}
		})}
	for name, about := range map[string]string{"state": "open (default), done, cancelled or all", "code": "as scanned: a number, an ASN or an order", "partner": "only of this partner", "site": "only of this site"} {
		q[name] = c.Flags().String(name, "", about)
	}
	return c
}

func (a *app) receiveImportCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{Use: "import FILE", Short: "Take expected deliveries from CSV or XLSX", Args: exactly(1, "receive import takes a file"),
		Long: "Take expected deliveries from a file whose headers are number, asn, partner, order, site, to, due, note, product (or barcode, or item:\n" +
			"what the partner calls it), quantity, unit, price, lot, expiry.\n" +
			"Lines of one number are one delivery. All lines are taken or none; an error names the line.",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			file, err := a.readTable(args[0])
			if err != nil {
				return err
			}
			var out struct {
				Deliveries, Rows, Unknown int
				Notes                     []importNote
			}
			if err := s.call(ctx, http.MethodPost, fmt.Sprintf("/v1/delivery-import?dry_run=%t", dryRun), "application/octet-stream", file, &out); err != nil {
				return err
			}
			if err := a.tellNotes(out.Notes); err != nil {
				return err
			}
			said := "%d deliveries with %d lines are expected; %d lines have a barcode alone.\n"
			if dryRun {
				said = "%d deliveries with %d lines would be expected; %d lines have a barcode alone. Nothing was changed.\n"
			}
			return a.said(said, out.Deliveries, out.Rows, out.Unknown)
		})}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change")
	return c
}

// receiveFlags are what a receipt is told.
type receiveFlags struct {
	all, closes                             bool
	total, operator, to, lot, expiry, unit  string
	reject, rejectTo, rejectFrom, rejectWhy string
	serials                                 []string
}

func (a *app) receiveBookCommand() *cobra.Command {
	var f receiveFlags
	c := &cobra.Command{Use: "book NUMBER [PRODUCT QUANTITY]…", Short: "Receive what has come, turn away what is no good, close",
		Long: "Receive products of a delivery, in one commit. --all receives all that was ordered and has not come; --close says that nothing more comes.\n" +
			"Of goods that are tracked, the lot (--lot) or the serial numbers (--serial) are asked for.",
		Example: "  bayledger receive book PK-881 BOLT 20 NUT 5\n  bayledger receive book PK-881 DRILL 2 --serial S-1,S-2\n  bayledger receive book PK-881 --all --close\n" +
			"  bayledger receive book PK-881 --reject BOLT=2 --reason dented --reject-to quarantine",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args)%2 != 1 {
				return misused("receive book takes the delivery's number, and products each with a quantity")
			}
			return nil
		},
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error { return a.receive(ctx, s, args, &f) })}
	flags := c.Flags()
	flags.BoolVar(&f.all, "all", false, "all that was ordered and has not come")
	flags.BoolVar(&f.closes, "close", false, "nothing more comes; what is short stays short")
	flags.StringVar(&f.total, "total-cost", "", "price of the whole parcel")
	flags.StringVar(&f.operator, "operator", "", "the badge of whoever receives")
	flags.StringVar(&f.to, "to", "", "where it is put; default where the delivery comes in")
	flags.StringVar(&f.lot, "lot", "", "of what is named, also of what is turned away")
	flags.StringSliceVar(&f.serials, "serial", nil, "of what is named: one product, and of each piece its number")
	flags.StringVar(&f.expiry, "expiry", "", "of what is named: 2027-01-31")
	flags.StringVar(&f.unit, "unit", "", "of the quantities")
	flags.StringVar(&f.reject, "reject", "", "PRODUCT=QUANTITY that is turned away")
	flags.StringVar(&f.rejectTo, "reject-to", "", "supplier (default) or quarantine")
	flags.StringVar(&f.rejectFrom, "reject-from", "", "where it lies already; default at the door")
	flags.StringVar(&f.rejectWhy, "reason", "", "why it is turned away")
	return c
}

// lines are those of products each with a quantity; of pieces with serial numbers each is
// a line.
func (f *receiveFlags) lines(args []string) ([]map[string]string, error) {
	out := []map[string]string{}
	for i := 0; i < len(args); i += 2 {
		line := map[string]string{"product": args[i], "quantity": args[i+1], "to": f.to, "lot": f.lot, "expiry": f.expiry, "unit": f.unit}
		if len(f.serials) == 0 {
			out = append(out, line)
			continue
		}
		if n, err := strconv.Atoi(args[i+1]); len(args) != 2 || err != nil || n != len(f.serials) {
			return nil, misused("--serial names each piece of one product: %s %s has %d", args[i], args[i+1], len(f.serials))
		}
		for _, serial := range f.serials {
			piece := maps.Clone(line)
			piece["serial"], piece["quantity"] = serial, "1"
			out = append(out, piece)
		}
	}
	if len(f.serials) > 0 && len(args) == 0 {
		return nil, misused("--serial names the pieces of a product; name it with its quantity")
	}
	return out, nil
}

func (a *app) receive(ctx context.Context, s *api, args []string, f *receiveFlags) error {
	d, err := s.delivery(ctx, args[0])
	if err != nil {
		return err
	}
	body := map[string]any{"version": d.Delivery.Version, "all": f.all, "close": f.closes, "total_cost": f.total, "operator": f.operator}
	if body["lines"], err = f.lines(args[1:]); err != nil {
		return err
	}
	if f.reject != "" {
		at := strings.LastIndexByte(f.reject, '=') // codes may have it too
		if at < 0 {
			return misused("--reject is PRODUCT=QUANTITY, not %q", f.reject)
		}
		body["reject"] = []map[string]string{{"product": f.reject[:at], "quantity": f.reject[at+1:], "to": f.rejectTo, "from": f.rejectFrom, "reason": f.rejectWhy, "unit": f.unit, "lot": f.lot}}
	}
	if err := s.post(ctx, deliveryPath(args[0])+"/receive", body, &d); err != nil {
		return err
	}
	return a.showDelivery(&d)
}

func (a *app) showDelivery(d *delivery) error {
	if err := a.said("%s: %s (%s, order %s, due %s)\n%s", d.Delivery.Number, d.Progress.State, d.Delivery.Partner, d.Delivery.Order, d.Delivery.Due, sentence(d.Delivery.Told)); err != nil {
		return err
	}
	rows := [][]string{{"PRODUCT", "NAME", "ORDERED", "ACCEPTED", "DIFFERENCE", "QUARANTINED", "RETURNED", "REFUSED", "NOT PUT AWAY", ""}}
	for _, outcome := range []string{"over", "short", "unknown", "none", "exact"} { // what needs a look comes first
		for _, l := range d.Progress.Lines {
			if l.Outcome == outcome {
				rows = append(rows, []string{l.Product + unknownBarcode(l.Product, l.Barcode), l.Name, l.Ordered, l.Accepted, l.Difference, l.Quarantined, l.Returned, l.Refused, l.Standing, l.Outcome})
			}
		}
	}
	for _, u := range d.Progress.Unknown {
		rows = append(rows, []string{u.Product, u.Name, "", u.Accepted, "", u.Quarantined, u.Returned, u.Refused, "", "not ordered"})
	}
	for _, u := range d.Progress.OrderOnly {
		rows = append(rows, []string{u.Product, u.Name, "", u.Accepted, "", u.Quarantined, u.Returned, u.Refused, "", "of the order; of which delivery?"})
	}
	if err := a.table(rows); err != nil || d.Progress.Waiting == 0 {
		return err
	}
	return a.said("%d scans that name it could not be read: see report unknown.\n", d.Progress.Waiting)
}

func unknownBarcode(product, barcode string) string {
	if product != "" {
		return ""
	}
	return "barcode " + barcode
}

func (a *app) putAwayCommand() *cobra.Command {
	var site, number string
	c := &cobra.Command{Use: "put-away", Short: "List what stands where goods come in, and where it could go", Args: exactly(0, "receive put-away takes no words"),
		RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			var out struct {
				Rows []struct {
					Location, Product, Name, Lot, Serial, Quantity string
					To                                             []struct{ Location, Why string }
				}
			}
			if err := s.get(ctx, "/v1/put-away?"+url.Values{"site": {site}, "delivery": {number}}.Encode(), &out); err != nil {
				return err
			}
			rows := [][]string{{"LOCATION", "PRODUCT", "NAME", "LOT", "SERIAL", "QUANTITY", "TO"}}
			for _, r := range out.Rows {
				to := ""
				for _, p := range r.To {
					to += p.Location + " (" + p.Why + ") "
				}
				rows = append(rows, []string{r.Location, r.Product, r.Name, r.Lot, r.Serial, r.Quantity, to})
			}
			return a.table(rows)
		})}
	c.Flags().StringVar(&site, "site", "", "default main")
	c.Flags().StringVar(&number, "delivery", "", "only what is of it: what was moved on without a number is off the oldest receipt of all open deliveries")
	return c
}
