package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"bayledger/labels/design"
	"bayledger/labels/draw"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// labelAsk is what a label command wants.
type labelAsk struct {
	site, format, template, printer, out, rangeName string
	copies, dpi                                     int
	set                                             []string
}

func (a *app) labelCommand() *cobra.Command {
	var q labelAsk
	c := &cobra.Command{
		Use: "label product|location|package|lot|operator|device|printer|sheet CODE…", Short: "Draw or print labels",
		Long: "Draw a label into a file (PNG, SVG, PDF, ZPL), or print labels with --printer. What a code names is looked up in the books;\n" +
			"--set NAME=VALUE lays a field over it. Several codes are one print job.",
		Example: "  bayledger label product BOLT-M6 -o bolt.png\n  bayledger label location A-01-02 --set points=up --printer DOCK-1\n" +
			"  bayledger label package --range pallets --set content=09506000134352 --set count=48 --printer DOCK-1\n  bayledger label sheet commands --format pdf -o commands.pdf",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || !slices.Contains(design.Subjects(), args[0]) {
				return misused("label takes one of %s, and a code", strings.Join(design.Subjects(), ", "))
			}
			if len(args) < 2 && q.rangeName == "" {
				return misused("label %s needs a code, or --range for the next number of a range", args[0])
			}
			if len(args) > 2 && q.printer == "" {
				return misused("several labels are printed with --printer; a file holds one")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.label(c.Context(), args[0], args[1:], &q) },
	}
	f := c.Flags()
	f.StringVar(&q.format, "format", "", "png, svg, pdf or zpl; default what FILE ends in, else png")
	f.StringVar(&q.template, "template", "", "layout; default the one of what is labelled")
	f.StringVar(&q.printer, "printer", "", "print on this printer and wait")
	f.StringVarP(&q.out, "output", "o", "", "file to draw into; - is stdout")
	f.StringVar(&q.site, "site", "", "of a location; default main")
	f.StringVar(&q.rangeName, "range", "", "number range from which each label is given the next number")
	f.IntVar(&q.copies, "copies", 1, "of each label")
	f.IntVar(&q.dpi, "dpi", 203, "dots an inch of a file")
	f.StringArrayVar(&q.set, "set", nil, "NAME=VALUE of a field")
	c.AddCommand(a.labelCheckCommand(), a.labelLayoutsCommand(), a.labelPrintersCommand(), a.labelPrinterCommand(), a.labelRangeCommand(), a.labelJobsCommand(),
		a.labelResumeCommand(), a.labelStopCommand(), a.labelReprintCommand(), a.labelVoidCommand())
	return c
}

func (q *labelAsk) fields() (map[string]string, error) {
	out := map[string]string{}
	for _, s := range q.set {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, misused("--set is NAME=VALUE, not %q", s)
		}
		out[name] = value
	}
	return out, nil
}

func (a *app) label(ctx context.Context, subject string, codes []string, q *labelAsk) error {
	fields, err := q.fields()
	if err != nil {
		return err
	}
	a.prints = q.printer != ""
	server, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if q.printer != "" {
		return a.printLabels(ctx, server, subject, codes, fields, q)
	}
	return a.drawLabel(ctx, server, subject, codes, fields, q)
}

// drawLabel writes one label into a file.
func (a *app) drawLabel(ctx context.Context, server *api, subject string, codes []string, fields map[string]string, q *labelAsk) error {
	if len(codes) == 0 {
		return misused("a file shows a label that has its number; name it, or print with --printer")
	}
	format := q.format
	if _, ending, ok := strings.Cut(lastPart(q.out), "."); format == "" && ok {
		format = ending[strings.LastIndexByte(ending, '.')+1:]
	}
	if format == "" {
		format = "png"
	}
	if !slices.Contains([]string{"png", "svg", "pdf", "zpl"}, format) {
		return misused("--format is png, svg, pdf or zpl, not %q", format)
	}
	body, err := json.Marshal(map[string]any{"label": subject, "code": codes[0], "site": q.site, "fields": fields, "template": q.template, "format": format, "dpi": q.dpi, "copies": q.copies})
	if err != nil {
		return err
	}
	answer, err := server.do(ctx, http.MethodPost, "/v1/labels", "application/json", body)
	if err != nil {
		return err
	}
	defer answer.Close()
	file, err := io.ReadAll(answer)
	if err != nil {
		return err
	}
	out := q.out
	if f, ok := a.out.(*os.File); out == "" && ok && isatty.IsTerminal(f.Fd()) {
		out = subject + "-" + safeName(codes[0]) + "." + format // a terminal is no place for a picture
	}
	if out == "" || out == "-" {
		_, err = a.out.Write(file)
		return err
	}
	if err := os.WriteFile(out, file, 0o644); err != nil {
		return fmt.Errorf("the label could not be written: %w", err)
	}
	_, err = fmt.Fprintf(a.err, "%s: %d bytes\n", out, len(file))
	return err
}

func lastPart(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// safeName makes a file's name of a code.
func safeName(code string) string {
	return strings.Map(func(r rune) rune {
		if r < '-' || r > 'z' || strings.ContainsRune(`/\:;<>?[]^`+"`@", r) {
			return '_'
		}
		return r
	}, code)
}

// jobAnswer is a print job as the server shows it.
type jobAnswer struct {
	ID       uint64 `json:"id"`
	State    string `json:"state"`
	Reason   string `json:"reason"`
	Ask      bool   `json:"ask"`
	InDoubt  int    `json:"in_doubt"`
	Printer  string `json:"printer"`
	Template string `json:"template"`
	Delivery string `json:"delivery"`
	Labels   int    `json:"labels"`
	Done     int    `json:"done"`
	By       string `json:"by"`
	Created  string `json:"created_at"`
	Rows     []struct {
		Code   string `json:"code"`
		Number string `json:"number"`
	} `json:"rows"`
}

func (a *app) printLabels(ctx context.Context, server *api, subject string, codes []string, fields map[string]string, q *labelAsk) error {
	type one struct {
		Code   string            `json:"code,omitempty"`
		Site   string            `json:"site,omitempty"`
		Fields map[string]string `json:"fields,omitempty"`
		Range  string            `json:"range,omitempty"`
	}
	var list []one
	for _, code := range codes {
		list = append(list, one{code, q.site, fields, q.rangeName})
	}
	if len(list) == 0 {
		list = []one{{"", q.site, fields, q.rangeName}}
	}
	var j jobAnswer
	err := server.post(ctx, "/v1/print-jobs", map[string]any{"key": strings.ToLower(rand.Text()), "printer": q.printer, "label": subject, "template": q.template, "copies": q.copies, "labels": list}, &j)
	if err != nil {
		return err
	}
	return a.awaitJob(ctx, server, j)
}

const (
	// lookEvery is how often a job that is waited for is looked at.
	lookEvery = 100 * time.Millisecond
	// turnWithin is how long a job may wait for its turn before its printer is asked.
	turnWithin = 10 * time.Second
)

// awaitJob waits until a job is over, or needs somebody.
func (a *app) awaitJob(ctx context.Context, server *api, j jobAnswer) error {
	bar := a.progress("labels", int64(j.Labels))
	defer bar.done()
	for began := time.Now(); ; {
		bar.set(int64(j.Done))
		if j.State == "queued" && j.Done == 0 && time.Since(began) > turnWithin {
			if err := a.itsTurn(ctx, server, &j); err != nil {
				return err
			}
			began = time.Now()
		}
		switch {
		case j.State == "printed":
			bar.done()
			_, err := fmt.Fprintf(a.out, "Job %d: %d of %d labels printed on %s.\n", j.ID, j.Done, j.Labels, j.Printer)
			return err
		case j.State == "failed", j.State == "stopped", j.State == "held", j.State == "queued" && j.Reason != "":
			return fmt.Errorf("job %d is %s after %d of %d labels on %s: %s", j.ID, j.State, j.Done, j.Labels, j.Printer, j.Reason)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookEvery):
		}
		if err := server.get(ctx, fmt.Sprintf("/v1/print-jobs/%d", j.ID), &j); err != nil {
			return err
		}
	}
}

// itsTurn asks the printer of a job that waits for its turn what it waits for.
func (a *app) itsTurn(ctx context.Context, server *api, j *jobAnswer) error {
	var p printerAnswer
	if err := server.get(ctx, "/v1/printers/"+url.PathEscape(j.Printer), &p); err != nil {
		return err
	}
	if p.Ready {
		return nil
	}
	return fmt.Errorf("job %d waits for its turn on %s: %s", j.ID, j.Printer, p.Reason)
}

// labelCheckCommand looks at a layout of one's own, without a server.
func (a *app) labelCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE…", Short: "Check layouts of one's own, and draw their samples", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := draw.New()
			if err != nil {
				return err
			}
			for _, path := range args {
				if err := a.checkLayout(d, path); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (a *app) checkLayout(d *draw.Drawer, path string) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	folder := "."
	if i := len(path) - len(lastPart(path)); i > 0 {
		folder = path[:i]
	}
	l, err := design.Parse(lastPart(path), body, os.DirFS(folder))
	if err != nil {
		return err
	}
	said := "it is well; it has no sample to draw"
	if len(l.Sample) > 0 && l.For != design.Sheet {
		page, err := d.Draw(l, &draw.Data{Fields: l.Sample, Year: time.Now().Year()}, 203)
		if err != nil {
			return err
		}
		said = fmt.Sprintf("it is well; its sample has %d symbols", len(page.Symbols))
		for _, n := range page.Notes {
			said += "; " + n
		}
		d.Release(page)
	}
	_, err = fmt.Fprintf(a.out, "%s: %s, for a %s, %g × %g mm: %s.\n", lastPart(path), l.Name, l.For, l.Width, l.Height, said)
	return err
}
