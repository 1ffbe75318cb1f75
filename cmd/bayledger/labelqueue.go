package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// withServer runs a command against the server that it works with.
func (a *app) withServer(ctx context.Context, fn func(*api) error) error {
	server, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return fn(server)
}

func (a *app) labelLayoutsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "layouts", Short: "List layouts, and faults of files of one's own", Args: exactly(0, "label layouts takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withServer(c.Context(), func(server *api) error {
				var list struct {
					Rows []struct {
						Name, Title, For, Version string
						Own                       bool
					}
					Faults []string
				}
				if err := server.get(c.Context(), "/v1/labels", &list); err != nil {
					return err
				}
				for _, r := range list.Rows {
					own := ""
					if r.Own {
						own = "  (own, " + r.Version + ")"
					}
					fmt.Fprintf(a.out, "%-16s %-10s %s%s\n", r.Name, r.For, r.Title, own)
				}
				if len(list.Faults) > 0 {
					return fmt.Errorf("%s", strings.Join(list.Faults, "\n"))
				}
				return nil
			})
		},
	}
}

// printerAnswer is a printer as the server shows it.
type printerAnswer struct {
	Name, Title, Address, Reason string
	DPI, Waiting                 int
	Width, Height                float64
	Ready                        bool
}

func (a *app) labelPrintersCommand() *cobra.Command {
	return &cobra.Command{
		Use: "printers", Short: "List printers and ask them how they are", Args: exactly(0, "label printers takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withServer(c.Context(), func(server *api) error {
				var list struct{ Rows []printerAnswer }
				if err := server.get(c.Context(), "/v1/printers", &list); err != nil {
					return err
				}
				for _, p := range list.Rows {
					if err := server.get(c.Context(), "/v1/printers/"+url.PathEscape(p.Name), &p); err != nil {
						return err
					}
					a.sayPrinter(&p)
				}
				return nil
			})
		},
	}
}

func (a *app) sayPrinter(p *printerAnswer) {
	state := p.Reason
	if p.Ready {
		state = "ready"
	}
	fmt.Fprintf(a.out, "%-16s %-40s %d dpi  %g × %g mm  %d jobs wait  %s\n", p.Name, p.Address, p.DPI, p.Width, p.Height, p.Waiting, state)
}

func (a *app) labelPrinterCommand() *cobra.Command {
	var address, media, format, site, title string
	var dpi, darkness, speed int
	c := &cobra.Command{
		Use: "add-printer NAME --address raw://HOST:9100|ipp://HOST:631/ipp/print", Short: "Make or change a printer", Args: exactly(1, "label add-printer takes the printer's name"),
		RunE: func(c *cobra.Command, args []string) error {
			body := map[string]any{"address": address, "dpi": dpi, "darkness": darkness, "speed": speed, "format": format, "site": site, "title": title}
			if media != "" {
				w, h, ok := strings.Cut(media, "x")
				width, err1 := strconv.ParseFloat(w, 64)
				height, err2 := strconv.ParseFloat(h, 64)
				if !ok || err1 != nil || err2 != nil {
					return misused("--media is WIDTHxHEIGHT in millimetres, such as 105x148")
				}
				body["width"], body["height"] = width, height
			}
			return a.withServer(c.Context(), func(server *api) error {
				var p printerAnswer
				if err := server.put(c.Context(), "/v1/printers/"+url.PathEscape(args[0]), body, &p); err != nil {
					return err
				}
				if err := server.get(c.Context(), "/v1/printers/"+url.PathEscape(p.Name), &p); err != nil {
					return err
				}
				a.sayPrinter(&p)
				return nil
			})
		},
	}
	f := c.Flags()
	f.StringVar(&address, "address", "", "raw://HOST:9100 or ipp://HOST:631/ipp/print")
	f.StringVar(&media, "media", "", "size of its labels in mm, such as 105x148")
	f.StringVar(&format, "format", "", "zpl, pwg or pdf; default the best that it takes")
	f.StringVar(&site, "site", "", "where it stands")
	f.StringVar(&title, "title", "", "what people call it")
	f.IntVar(&dpi, "dpi", 203, "dots an inch")
	f.IntVar(&darkness, "darkness", 0, "0 to 30, of ZPL")
	f.IntVar(&speed, "speed", 0, "inches a second, of ZPL")
	return c
}

func (a *app) labelRangeCommand() *cobra.Command {
	var kind, prefix string
	var digits int
	var from, to uint64
	c := &cobra.Command{
		Use: "add-range NAME --prefix PREFIX", Short: "Make or widen a range of numbers: SSCCs, lots, serials", Args: exactly(1, "label add-range takes the range's name"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withServer(c.Context(), func(server *api) error {
				var r struct {
					Name, Kind, Prefix string
					From, To, Next     uint64
				}
				err := server.put(c.Context(), "/v1/number-ranges/"+url.PathEscape(args[0]), map[string]any{"kind": kind, "prefix": prefix, "digits": digits, "from": from, "to": to}, &r)
				if err == nil {
					_, err = fmt.Fprintf(a.out, "%s: %s %s, %d to %d, next %d\n", r.Name, r.Kind, r.Prefix, r.From, r.To, r.Next)
				}
				return err
			})
		},
	}
	f := c.Flags()
	f.StringVar(&kind, "kind", "sscc", "sscc, lot or serial")
	f.StringVar(&prefix, "prefix", "", "GS1 company prefix of SSCCs, or the text before a lot's or serial's number")
	f.IntVar(&digits, "digits", 0, "of the number behind a lot's or serial's prefix")
	f.Uint64Var(&from, "from", 0, "first number")
	f.Uint64Var(&to, "to", 0, "last number; 0: all that there are")
	return c
}

func (a *app) labelJobsCommand() *cobra.Command {
	var state, printer string
	var limit int
	c := &cobra.Command{
		Use: "jobs", Short: "List print jobs, the newest first", Args: exactly(0, "label jobs takes no words"),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withServer(c.Context(), func(server *api) error {
				var list struct{ Rows []jobAnswer }
				q := url.Values{"limit": {strconv.Itoa(limit)}}
				for name, v := range map[string]string{"state": state, "printer": printer} {
					if v != "" {
						q.Set(name, v)
					}
				}
				if err := server.get(c.Context(), "/v1/print-jobs?"+q.Encode(), &list); err != nil {
					return err
				}
				for i := range list.Rows {
					a.sayJob(&list.Rows[i])
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&state, "state", "", "queued, sending, printed, failed, held, stopped")
	c.Flags().StringVar(&printer, "printer", "", "of this printer only")
	c.Flags().IntVar(&limit, "limit", 20, "how many")
	return c
}

func (a *app) sayJob(j *jobAnswer) {
	line := fmt.Sprintf("%6d  %-8s %4d of %-4d %-14s %-12s %s", j.ID, j.State, j.Done, j.Labels, j.Template, j.Printer, j.Created)
	if j.Delivery != "" {
		line += "  " + j.Delivery
	}
	if j.Reason != "" {
		line += "  " + j.Reason
	}
	fmt.Fprintln(a.out, line)
}

// jobCommand is a command that does something to one job.
func (a *app) jobCommand(use, short, path string, body func() any) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: exactly(1, "this takes the number of a job; label jobs lists them"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := strconv.ParseUint(args[0], 10, 64); err != nil {
				return misused("%q is no number of a job", args[0])
			}
			return a.withServer(c.Context(), func(server *api) error {
				var j jobAnswer
				if err := server.post(c.Context(), "/v1/print-jobs/"+args[0]+"/"+path, body(), &j); err != nil {
					return err
				}
				a.sayJob(&j)
				return nil
			})
		},
	}
}

func (a *app) labelResumeCommand() *cobra.Command {
	var came int
	const flag = "came-out"
	var c *cobra.Command
	c = a.jobCommand("resume JOB", "Let a print job go on; of one that asks, say how many labels in doubt came out", "resume", func() any {
		if !c.Flags().Changed(flag) { // not said is not none
			return map[string]int{}
		}
		return map[string]int{"came_out": came}
	})
	c.Flags().IntVar(&came, flag, 0, "how many of the labels in doubt came out")
	return c
}

func (a *app) labelStopCommand() *cobra.Command {
	var reason string
	c := a.jobCommand("stop JOB", "Stop a print job", "stop", func() any { return map[string]string{"reason": reason} })
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (a *app) labelReprintCommand() *cobra.Command {
	return a.someLabelsCommand("reprint", "Print labels of a job again: with their numbers, and marked")
}

func (a *app) labelVoidCommand() *cobra.Command {
	return a.someLabelsCommand("void", "Say that labels of a job are not to be used: nothing prints them again")
}

// someLabelsCommand is a command that does something to labels of a job, and says why.
func (a *app) someLabelsCommand(name, short string) *cobra.Command {
	var reason string
	var labels []int
	c := a.jobCommand(name+" JOB --reason WHY", short, name, func() any { return map[string]any{"reason": reason, "labels": labels} })
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().IntSliceVar(&labels, "labels", nil, "which, from 1; default all")
	return c
}

// put sends a body and decodes the answer.
func (c *api) put(ctx context.Context, path string, body, out any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPut, path, "application/json", b, out)
}
