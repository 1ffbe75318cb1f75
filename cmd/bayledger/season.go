package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/simulation/season"

	"github.com/spf13/cobra"
)

type seasonFlags struct {
	products, receipts string
	scans              []string
	keep               bool
	child              []string // how this program is started for a server; nil: as it is
}

func (a *app) seasonCommand() *cobra.Command {
	var f seasonFlags
	c := &cobra.Command{
		Use: "season", Short: "Play a shop's recorded years, and hold every report against a computation of its own", Args: exactly(0, "season takes no words, only flags"),
		Long: "Start a server of its own on an empty folder, import a catalogue, lay in the opening stock by an adjustment, book recorded scans month by month and\n" +
			"deliveries late behind them, some with lots and serials, part of them sent back to the vendor and on to a second site, and ask for every report. What they must say is added up from the files, and costs are folded by a naive fold of the scans.",
		RunE: func(c *cobra.Command, _ []string) error {
			if f.products == "" || f.receipts == "" || len(f.scans) == 0 {
				return misused("season needs --products FILE, --receipts FILE and --scans FILE")
			}
			return a.season(c.Context(), &f)
		},
	}
	c.Flags().StringVar(&f.products, "products", "", "the catalogue: CSV with code, name, median_unit_price, units_removed")
	c.Flags().StringVar(&f.receipts, "receipts", "", "goods that came in: CSV with po_so, asn_dn, vendor, item, packs, line_value_usd, delivered")
	c.Flags().StringSliceVar(&f.scans, "scans", nil, "scan logs: CSV with occurred_at, action, code, quantity, reference, kind; by comma")
	c.Flags().BoolVar(&f.keep, "keep", false, "keep the data folder")
	return c
}

// playing is a season under way.
type playing struct {
	app  *app
	api  *api
	plan *season.Plan
	seq  uint64
	out  *facts
}

// season plays and judges.
func (a *app) season(ctx context.Context, f *seasonFlags) error {
	plan, err := a.readSeason(f)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bayledger-season-")
	if err != nil {
		return err
	}
	server := &ownServer{dir: filepath.Join(dir, "data"), log: a.err, child: f.child}
	defer server.kill()
	if err := server.start(ctx); err != nil {
		return err
	}
	p := &playing{app: a, plan: plan, out: new(facts)}
	if p.api, err = server.api(); err != nil {
		return err
	}
	err = p.play(ctx)
	if err == nil {
		err = p.judge(ctx)
	}
	err = errors.Join(err, server.stop())
	if err == nil {
		var said bytes.Buffer
		verifier := &app{in: a.in, out: &said, err: a.err, data: server.dir}
		fault := verifier.verify(ctx)
		p.out.check("verify", fault == nil, "%s", strings.TrimSpace(said.String()+errorText(fault)))
	}
	p.out.print(a.out)
	if err == nil && len(p.out.wrong) > 0 {
		err = fmt.Errorf("the season failed: %s (the folder is kept: %s)", strings.Join(p.out.wrong, "; "), dir)
	}
	if err == nil && !f.keep {
		return os.RemoveAll(dir)
	}
	return err
}

// readSeason reads the files.
func (a *app) readSeason(f *seasonFlags) (*season.Plan, error) {
	var open []io.Reader
	for _, path := range append([]string{f.products, f.receipts}, f.scans...) {
		file, err := a.openFile(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		open = append(open, file)
	}
	return season.Read(open[0], open[1], open[2:]...)
}

// play books everything: the catalogue, what was there, and month by month the scans
// and, behind them, the deliveries of the month, whose papers come late.
func (p *playing) play(ctx context.Context) error {
	if err := p.catalogue(ctx); err != nil {
		return err
	}
	if err := p.opening(ctx); err != nil {
		return err
	}
	bar := p.app.progress("booking", int64(len(p.plan.Scans)))
	defer bar.done()
	scans, deliveries, trades := p.plan.Scans, p.plan.Deliveries, p.plan.Trades
	for len(scans)+len(deliveries)+len(trades) > 0 {
		until := p.plan.Last().Add(time.Second)
		if len(scans) > 0 {
			first := scans[0].At
			until = time.Date(first.Year(), first.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		}
		n := 0
		for n < len(scans) && scans[n].At.Before(until) {
			n++
		}
		d := 0
		for d < len(deliveries) && (deliveries[d].At.Before(until) || len(scans) == n) {
			d++
		}
		if err := p.book(ctx, intentsOf(scans[:n], p.scan)); err != nil {
			return err
		}
		if err := p.book(ctx, intentsOf(deliveries[:d], p.delivery)); err != nil {
			return err
		}
		t := 0
		for t < len(trades) && (trades[t].At.Before(until) || len(deliveries) == d) {
			t++
		}
		if err := p.book(ctx, intentsOf(trades[:t], p.trade)); err != nil {
			return err
		}
		scans, deliveries, trades = scans[n:], deliveries[d:], trades[t:]
		bar.set(int64(len(p.plan.Scans) - len(scans)))
	}
	return nil
}

// catalogue imports products, the partners and what must lie there at least.
func (p *playing) catalogue(ctx context.Context) error {
	var products, limits, partners [][]string
	for _, one := range p.plan.Products {
		costing := "average"
		if one.FIFO {
			costing = "fifo"
		}
		tracking := "none"
		if one.Serial {
			tracking = "serial"
		}
		products = append(products, []string{one.Code, one.Name, costing, "0", tracking})
		if least := least(one.Opening); least.Sign() > 0 {
			limits = append(limits, []string{one.Code, "main", least.RatString()})
		}
	}
	for _, code := range p.plan.Partners() {
		partners = append(partners, []string{code, "supplier"})
	}
	return errors.Join(importRows(ctx, p.api, "sites", []string{"code"}, [][]string{{season.Branch}}),
		importRows(ctx, p.api, "products", []string{"code", "name", "costing", "decimals", "tracking"}, products),
		importRows(ctx, p.api, "constraints", []string{"product", "site", "min"}, limits),
		importRows(ctx, p.api, "partners", []string{"code", "kind"}, partners))
}

// importRows imports a table.
func importRows(ctx context.Context, server *api, kind string, header []string, rows [][]string) error {
	return server.call(ctx, http.MethodPost, "/v1/import/"+kind, "text/csv", csvOf(header, rows), nil)
}

// csvOf writes a table.
func csvOf(header []string, rows [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.WriteAll(append([][]string{header}, rows...)) // into memory
	return out.Bytes()
}

// opening lays in the opening stock by an adjustment: dated a day before the first
// scan, at half of what the shop asks for each.
func (p *playing) opening(ctx context.Context) error {
	var rows [][]string
	for _, one := range p.plan.Products {
		if one.Opening.Sign() == 0 {
			continue
		}
		price, ok := new(big.Rat).SetString(one.Price)
		if !ok {
			price = new(big.Rat)
		}
		rows = append(rows, []string{one.Code, "opening", one.Opening.RatString(), price.Mul(price, big.NewRat(1, 2)).FloatString(3)})
	}
	var draft struct {
		ID      string
		Version uint64
	}
	if err := p.api.post(ctx, "/v1/adjustments", map[string]string{"name": "Opening stock", "date": p.plan.Opened().Format(time.RFC3339), "reference": "OPENING"}, &draft); err != nil {
		return err
	}
	path := "/v1/adjustments/" + draft.ID
	var saved struct {
		Adjustment struct{ Version uint64 }
		Changed    int
	}
	if err := p.api.call(ctx, http.MethodPost, path+"/import", "text/csv", csvOf([]string{"product", "kind", "change", "unit_cost"}, rows), &saved); err != nil {
		return err
	}
	var booked struct{ Adjustment struct{ State string } }
	if err := p.api.post(ctx, path+"/book", map[string]uint64{"version": saved.Adjustment.Version}, &booked); err != nil {
		return err
	}
	p.out.check("opening stock", saved.Changed == len(rows) && booked.Adjustment.State == "booked", "%d products by one adjustment, %s", saved.Changed, booked.Adjustment.State)
	return nil
}

// intentsOf makes intents of rows.
func intentsOf[T any](rows []T, make func(*T) ledger.Intent) []ledger.Intent {
	out := []ledger.Intent{}
	for i := range rows {
		out = append(out, make(&rows[i]))
	}
	return out
}

// scan is a recorded scan as an intent.
func (p *playing) scan(s *season.Scan) ledger.Intent {
	in := p.intent(s.At)
	in.Action, in.Product, in.Reference = s.Action, s.Code, s.Number
	in.Quantity, _ = ledger.ParseDecimal(s.Quantity) // what is none is parked, and told
	switch s.Kind {
	case "cancel":
		in.From = "customer"
	case "writeoff":
		in.To = "loss"
	case "found":
		in.From = "loss"
	}
	return in
}

// delivery is what came in under one number, as one intent.
func (p *playing) delivery(d *season.Delivery) ledger.Intent {
	in := p.intent(d.At)
	in.Action, in.Reference, in.Delivery, in.Partner, in.To = ledger.ActionAdd, d.Order, d.Number, d.Partner, "stock"
	for _, l := range d.Lines {
		line := ledger.Line{Product: l.Product, Lot: l.Lot, Serial: l.Serial}
		line.Quantity, _ = ledger.ParseDecimal(l.Quantity)
		line.TotalCost, _ = ledger.ParseDecimal(l.TotalCost)
		in.Lines = append(in.Lines, line)
	}
	return in
}

// trade is what happens to goods of a delivery behind it.
func (p *playing) trade(t *season.Trade) ledger.Intent {
	in := p.intent(t.At)
	in.Device = tradesDevice // apart from the recorded scans, which are counted
	in.Action, in.Product, in.From, in.To, in.Lot, in.Serial = t.Action, t.Product, t.From, t.To, t.Lot, t.Serial
	in.Delivery, in.Reference, in.Partner = t.Number, t.Order, t.Vendor
	in.Quantity, _ = ledger.ParseDecimal(t.Quantity)
	return in
}

// tradesDevice is under whose name trades are booked.
const tradesDevice = "season-trades"

func (p *playing) intent(at time.Time) ledger.Intent {
	p.seq++
	return ledger.Intent{Device: "season", Install: "-", Seq: p.seq, At: ledger.TimeOf(at)}
}

// book sends intents; each must be applied.
func (p *playing) book(ctx context.Context, intents []ledger.Intent) error {
	r := &replay{app: &app{out: io.Discard, err: p.app.err}, server: p.api, tally: map[ledger.Outcome]int{}, path: "season"}
	for i := range intents {
		line, _ := ledger.AppendIntent(nil, &intents[i])
		r.lines, r.at, r.bytes = append(r.lines, line), append(r.at, i+1), r.bytes+len(line)
		if len(r.lines) < replayLines && r.bytes < replayBytes && i < len(intents)-1 {
			continue
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	if r.tally[ledger.Refused]+r.tally[ledger.Parked] > 0 {
		return fmt.Errorf("%d of %d were not booked", r.tally[ledger.Refused]+r.tally[ledger.Parked], len(intents))
	}
	return nil
}

// entries hands every entry to take, as it is told.
func (p *playing) entries(ctx context.Context, take func(json.RawMessage) error) error {
	for since := uint64(0); ; {
		var page struct {
			Entries []json.RawMessage
			Head    uint64
		}
		if err := p.api.get(ctx, fmt.Sprintf("/v1/activity?limit=10000&since=%d", since), &page); err != nil {
			return err
		}
		for _, e := range page.Entries {
			if err := take(e); err != nil {
				return err
			}
		}
		since += uint64(len(page.Entries))
		if len(page.Entries) == 0 || since >= page.Head {
			return nil
		}
	}
}
