package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// What the doctor takes for well, for odd and for wrong.
const (
	slowSync     = 20 * time.Millisecond // an ack takes two of them; a disk of flash takes less than one
	badSync      = 200 * time.Millisecond
	syncs        = 50
	syncSize     = 4 << 10
	someDisk     = 4 << 30 // free: weeks of a busy site
	fewFiles     = 4_096   // a socket and a device each, and the tables of a large journal
	soonEnds     = 14 * 24 * time.Hour
	oldBackup    = 26 * time.Hour  // a daily one that was missed
	backupBehind = 5 * time.Minute // as the alerts have it
	backupStands = 15 * time.Minute
	printerWaits = 3 * time.Second
	mailWaits    = 15 * time.Second // a mail server that looks strangers up takes ten
	lateMail     = time.Hour
)

// finding is one line of the doctor's.
type finding struct {
	level string // ok, warn, fail
	what  string
	found string
	todo  string
}

// doctor gathers what it finds.
type doctor struct {
	app     *app
	o       *serveFlags
	running *api // the server on the data folder; nil: none runs
	now     func() time.Time
	all     []finding
	// measures are the running server's; nil: none runs, or it does not tell.
	measures map[string]float64
}

func (d *doctor) ok(what, format string, args ...any) {
	d.all = append(d.all, finding{"ok", what, fmt.Sprintf(format, args...), ""})
}

func (d *doctor) warn(what, todo, format string, args ...any) {
	d.all = append(d.all, finding{"warn", what, fmt.Sprintf(format, args...), todo})
}

func (d *doctor) fail(what, todo, format string, args ...any) {
	d.all = append(d.all, finding{"fail", what, fmt.Sprintf(format, args...), todo})
}

func (a *app) doctorCommand() *cobra.Command {
	var o serveFlags
	c := &cobra.Command{
		Use: "doctor", Short: "Look at everything that a server needs, and say what to do", Args: exactly(0, "doctor takes serve's flags"),
		Long: "Look at the settings, the data folder and its disk, the clock, limits, certificates, ports, printers and backup of a server, running or not.\n" +
			"It takes the settings of serve, so give it the same flags or the same --config. Exit code 1: something is wrong.",
		RunE: func(c *cobra.Command, _ []string) error {
			d := &doctor{app: a, o: &o, now: time.Now}
			if _, err := a.settle(c, o.config); err != nil {
				d.fail("settings", "mend them; see bayledger config check", "%v", err)
			} else {
				d.look(c.Context())
			}
			return d.report()
		},
	}
	o.flags(c.Flags())
	return c
}

// look goes through everything.
func (d *doctor) look(ctx context.Context) {
	if client, err := d.client(); err == nil {
		defer client.CloseIdleConnections()
		d.running = d.app.running(ctx, client)
	}
	if d.running != nil {
		var err error
		if d.measures, err = d.running.measures(ctx); err != nil {
			d.warn("measures", "ask again; where it stays, look into the server's log", "the server does not tell: %v", err)
		}
	}
	d.settings()
	if d.folder() {
		d.schema(ctx)
		d.disk()
		d.syncs()
	}
	d.clock(ctx)
	d.limits()
	d.certificates()
	d.port()
	d.server(ctx)
	d.printers(ctx)
	d.mail(ctx)
	d.backup()
}

// report prints what was found, with what to do under it.
func (d *doctor) report() error {
	w := tabwriter.NewWriter(d.app.out, 0, 8, 2, ' ', 0)
	failed, warned := 0, 0
	for _, f := range d.all {
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.level, f.what, f.found)
		if f.todo != "" {
			fmt.Fprintf(w, "\t\t→ %s\n", f.todo)
		}
		switch f.level {
		case "fail":
			failed++
		case "warn":
			warned++
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d things are wrong, %d are odd", failed, len(d.all), warned)
	}
	return nil
}
