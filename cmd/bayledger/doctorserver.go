package main

import (
	"cmp"
	"context"
	"net"
	"net/url"
)

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
