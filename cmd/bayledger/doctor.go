package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"bayledger/migrations"
	"bayledger/server/certificate"
	"bayledger/sync/journal"

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
	oldBackup    = 26 * time.Hour // a daily one that was missed
	printerWaits = 3 * time.Second
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
	if client, err := d.app.httpClient(); err == nil {
		defer client.CloseIdleConnections()
		d.running = d.app.running(ctx, client)
	}
	d.settings()
	if d.folder() {
		d.schema()
		d.disk()
		d.syncs()
	}
	d.clock(ctx)
	d.limits()
	d.certificates()
	d.port()
	d.server(ctx)
	d.printers(ctx)
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

func (d *doctor) settings() {
	if _, err := d.o.check(d.app.err); err != nil {
		d.fail("settings", "see bayledger config check", "%v", err)
		return
	}
	d.ok("settings", "listen on %s, data in %s", d.o.addr, d.app.data)
}

// folder looks at the data folder; false where there is none to look further into.
func (d *doctor) folder() bool {
	dir := d.app.data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent, err := os.Stat(filepath.Dir(filepath.Clean(dir)))
		if err != nil || !parent.IsDir() {
			d.fail("data folder", "make the folder above it", "%s is not there, nor is what it would lie in", dir)
		} else {
			d.ok("data folder", "%s is not there yet; serve makes it", dir)
		}
		return false
	case err != nil:
		d.fail("data folder", "let the server's user read it", "%s: %v", dir, err)
		return false
	case !info.IsDir():
		d.fail("data folder", "name another with --data", "%s is no folder", dir)
		return false
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		d.warn("data folder", "chmod 700 "+dir, "%s can be read by others (%o)", dir, mode)
		return true
	}
	d.ok("data folder", "%s", dir)
	return true
}

// schema looks at the version of the folder and whether it can be opened; a running
// server has done so.
func (d *doctor) schema() {
	if d.running != nil {
		d.ok("schema", "a server runs on the folder, which has brought it up to date")
		return
	}
	if _, err := os.Stat(filepath.Join(d.app.data, "MANIFEST")); errors.Is(err, fs.ErrNotExist) {
		d.ok("schema", "nothing is stored yet")
		return
	}
	db, err := journal.OpenDB(d.app.data, journal.Options{Broken: endAt(d.app.err)})
	if err != nil {
		d.fail("schema", "stop the other one; where none runs, see README, \"A damaged file\"", "%v", openError(d.app.data, err))
		return
	}
	defer db.Close()
	state, err := migrations.Status(db)
	switch {
	case err != nil:
		d.fail("schema", "use the program that has written it, or a backup", "%v", err)
	case len(state.Pending) > 0:
		d.warn("schema", "take a backup; serve brings it up to date", "%d steps behind: %s", len(state.Pending), state)
	default:
		d.ok("schema", "%s", state)
	}
}

// disk compares what is free with the reserve.
func (d *doctor) disk() {
	const reserve = journal.DefaultReserve + 2*journal.MaxBatchBytes
	free, err := journal.FreeBytes(d.app.data)
	mib := free >> 20
	switch {
	case err != nil:
		d.warn("free disk", "", "not known: %v", err)
	case free < reserve:
		d.fail("free disk", "free some: handhelds keep their scans meanwhile", "%d MiB; below %d MiB no scans are taken", mib, reserve>>20)
	case free < someDisk:
		d.warn("free disk", "have more before a busy week", "%d MiB; below %d MiB no scans are taken", mib, reserve>>20)
	default:
		d.ok("free disk", "%d MiB", mib)
	}
}

// syncs measures how long the disk takes to keep 4 KiB.
func (d *doctor) syncs() {
	f, err := os.CreateTemp(d.app.data, ".doctor-*")
	if err != nil {
		d.fail("disk speed", "let the server's user write there", "%v", err)
		return
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, syncSize)
	took := make([]time.Duration, syncs)
	for i := range took {
		began := d.now()
		if _, err = f.Write(block); err == nil {
			err = f.Sync()
		}
		if err != nil {
			d.fail("disk speed", "mend the disk", "a write failed: %v", err)
			return
		}
		took[i] = d.now().Sub(began)
	}
	slices.Sort(took)
	p50, p99 := took[syncs/2], took[syncs-1]
	text := fmt.Sprintf("%d writes of 4 KiB: p50 %s, longest %s", syncs, p50.Round(10*time.Microsecond), p99.Round(10*time.Microsecond))
	switch {
	case p50 > badSync:
		d.fail("disk speed", "use a disk of flash, and none over a network", "%s: acks will be slow", text)
	case p50 > slowSync:
		d.warn("disk speed", "a disk of flash takes a tenth of it", "%s", text)
	default:
		d.ok("disk speed", "%s", text)
	}
}

// clock looks whether this machine's time can be right.
func (d *doctor) clock(ctx context.Context) {
	now := d.now()
	if newest := d.newest(ctx); now.Before(newest.Add(-time.Minute)) {
		d.fail("clock", "set it, and have it kept (chrony, systemd-timesyncd)", "it says %s, the newest entry was booked at %s", now.UTC().Format(time.RFC3339), newest.UTC().Format(time.RFC3339))
		return
	}
	if kept, known := clockKept(); known && !kept {
		d.warn("clock", "have it kept (chrony, systemd-timesyncd): devices take their time from it", "%s, and nothing keeps it right", now.Format(time.RFC3339))
		return
	}
	zone, _ := now.Zone()
	d.ok("clock", "%s (%s); entries are in UTC", now.Format(time.RFC3339), zone)
}

// newest is when the newest entry was booked, where a server runs; else zero.
func (d *doctor) newest(ctx context.Context) time.Time {
	if d.running == nil {
		return time.Time{}
	}
	var page struct {
		Entries []struct {
			BookedAt time.Time `json:"booked_at"`
		}
		Head uint64
	}
	if d.running.get(ctx, "/v1/activity?limit=1", &page) != nil || page.Head == 0 {
		return time.Time{}
	}
	if d.running.get(ctx, fmt.Sprintf("/v1/activity?since=%d&limit=1", page.Head-1), &page) != nil || len(page.Entries) == 0 {
		return time.Time{}
	}
	return page.Entries[len(page.Entries)-1].BookedAt
}

// limits looks at how many files the process may open.
func (d *doctor) limits() {
	most, known := openFiles()
	switch {
	case !known:
		d.ok("open files", "not known on this system")
	case most < fewFiles:
		d.warn("open files", "LimitNOFILE=65536 in the unit, or ulimit -n", "%d: each connected device takes one", most)
	default:
		d.ok("open files", "%d", most)
	}
}

// certificates looks at what the server speaks TLS with.
func (d *doctor) certificates() {
	check := func(what string, ends time.Time) {
		left := ends.Sub(d.now())
		switch {
		case left <= 0:
			d.fail(what, "renew it", "ended on %s", ends.Format(time.DateOnly))
		case left < soonEnds:
			d.warn(what, "renew it", "ends on %s", ends.Format(time.DateOnly))
		default:
			d.ok(what, "until %s", ends.Format(time.DateOnly))
		}
	}
	switch {
	case d.o.certificate != "":
		files, err := certificate.OpenFiles(d.o.certificate, d.o.key, d.now, func(error) {})
		if err != nil {
			d.fail("certificate", "mend --tls-cert and --tls-key", "%v", err)
			return
		}
		if c, err := files.GetCertificate(nil); err == nil && c.Leaf != nil {
			check("certificate", c.Leaf.NotAfter)
		}
	case d.o.tls:
		root, err := os.ReadFile(filepath.Join(d.app.data, authorityFolder, "root.crt"))
		if err != nil {
			d.ok("certificate", "serve makes an authority of its own at its first start")
			return
		}
		if ends, ok := certificateEnd(root); ok {
			check("authority", ends)
		} else {
			d.fail("authority", "put "+authorityFolder+" back from a backup", "its root cannot be read")
		}
	default:
		d.ok("certificate", "none: it speaks plainly")
	}
}

// port looks whether the address can be listened on.
func (d *doctor) port() {
	l, err := net.Listen("tcp", d.o.addr)
	switch {
	case err == nil:
		_ = l.Close() // it was only tried
		d.ok("port", "%s is free", d.o.addr)
	case d.running != nil:
		if u, parsed := url.Parse(d.running.base); parsed == nil {
			d.ok("port", "the server listens on %s", u.Host)
		}
	default:
		d.fail("port", "stop what listens there, or choose another with --listen", "%v", err)
	}
}

// server asks the one that runs how it is.
func (d *doctor) server(ctx context.Context) {
	if d.running == nil {
		d.ok("server", "none runs on this folder")
		return
	}
	var v struct{ Version string }
	if err := d.running.get(ctx, "/version", &v); err != nil {
		d.fail("server", "look into its log", "%v", err)
		return
	}
	if v.Version != version() {
		d.warn("server", "start it again", "it runs %s, this program is %s", v.Version, version())
		return
	}
	if err := d.running.get(ctx, "/readyz", nil); err != nil {
		d.fail("server", "do what it says", "it takes no scans: %v", err)
		return
	}
	d.ok("server", "%s runs and takes scans", cmp.Or(v.Version, "it"))
}

// printers asks each printer of a running server how it is.
func (d *doctor) printers(ctx context.Context) {
	if d.running == nil {
		return
	}
	var list struct{ Rows []struct{ Name string } }
	if err := d.running.get(ctx, "/v1/printers", &list); err != nil {
		d.warn("printers", "", "not known: %v", err)
		return
	}
	for _, p := range list.Rows {
		var status struct {
			Ready          bool
			Reason, Detail string
		}
		within, cancel := context.WithTimeout(ctx, printerWaits)
		err := d.running.get(within, "/v1/printers/"+url.PathEscape(p.Name), &status)
		cancel()
		switch {
		case err != nil:
			d.fail("printer "+p.Name, "look whether it is on, and its address right", "%v", err)
		case !status.Ready:
			d.warn("printer "+p.Name, "do what it asks for", "%s", cmp.Or(status.Reason, status.Detail, "not ready"))
		default:
			d.ok("printer "+p.Name, "ready")
		}
	}
	if len(list.Rows) == 0 {
		d.ok("printers", "none is known")
	}
}

// backup looks how old the backup is.
func (d *doctor) backup() {
	if d.o.backupTo == "" {
		d.warn("backup", "serve --backup-to DIR keeps one, better on another disk", "the settings name none")
		return
	}
	info, err := os.Stat(filepath.Join(d.o.backupTo, "backup.json"))
	if err != nil {
		d.fail("backup", "start the server, or look whether its disk is there", "there is none in %s", d.o.backupTo)
		return
	}
	age := d.now().Sub(info.ModTime()).Round(time.Second)
	if d.running == nil && age > oldBackup {
		d.warn("backup", "start the server, or take one with bayledger backup", "the newest in %s is %s old", d.o.backupTo, age)
		return
	}
	d.ok("backup", "in %s, of %s ago", d.o.backupTo, age)
}
