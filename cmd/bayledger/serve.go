package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) serveCommand() *cobra.Command {
	var addr, logLevel string
	var demo, open bool
	c := &cobra.Command{
		Use: "serve", Short: "Run the server", Args: exactly(0, "serve takes no words"),
		Long: "Run the server on a data folder. Handhelds connect to /v1/sync, people open the address in a browser.\n" +
			"With --demo a small warehouse comes to life: simulated handhelds scan against this server until it stops.",
		RunE: func(c *cobra.Command, _ []string) error {
			level := new(slog.LevelVar)
			if err := level.UnmarshalText([]byte(logLevel)); err != nil {
				return misused("--log is debug, info, warn or error")
			}
			if err := checkListen(addr, open); err != nil {
				return err
			}
			return a.serve(c.Context(), addr, demo, slog.New(slog.NewJSONHandler(a.err, &slog.HandlerOptions{Level: level})))
		},
	}
	c.Flags().StringVar(&addr, "listen", "127.0.0.1:8080", "host and port to listen on")
	c.Flags().BoolVar(&demo, "demo", false, "bring a small warehouse to life")
	c.Flags().BoolVar(&open, "plain-network", false, "listen beyond this machine without TLS: keys and scans can be read on the way")
	c.Flags().StringVar(&logLevel, "log", "info", "debug, info, warn or error")
	return c
}

// checkListen refuses to speak plainly to a network unless told so in words.
func checkListen(addr string, open bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return misused("--listen is host:port, such as 127.0.0.1:8080")
	}
	if open || isLoopback(host) {
		return nil
	}
	return misused("--listen %s is reachable from the network, and this server has no TLS yet: put a proxy with TLS before it, or say --plain-network", addr)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func (a *app) serve(ctx context.Context, addr string, alive bool, log *slog.Logger) error {
	l, err := listen(addr)
	if err != nil {
		return err
	}
	defer l.Close()
	n, err := openNode(ctx, a.data, nodeOptions{log: log, prints: true})
	if err != nil {
		return err
	}
	closed := false
	stopNode := func() {
		if !closed {
			closed = true
			n.close(ctx)
		}
	}
	defer stopNode()
	url := "http://" + shownAddress(l.Addr())
	if err := os.WriteFile(filepath.Join(n.dir, addressFile), []byte(url+"\n"), 0o600); err != nil {
		return fmt.Errorf("the address file cannot be written: %w", err)
	}
	defer os.Remove(filepath.Join(n.dir, addressFile))

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go tuneHeap(ctx)
	served := make(chan error, 1)
	go func() { served <- n.server.Serve(ctx, l) }()
	fmt.Fprintf(a.out, "open %s\n", url)
	if alive && isLoopback(hostOf(l.Addr())) {
		fmt.Fprintf(a.out, "key: %s\n", n.adminKey)
	}
	var d *demo
	if alive {
		if d, err = startDemo(ctx, n, url, log); err != nil {
			return err
		}
		defer d.stop()
	}
	select {
	case <-ctx.Done():
		if d != nil {
			d.stop()
		}
		stopNode()
		select {
		case err := <-n.fatal: // what was waiting could not be stored any more
			return err
		default:
			return nil
		}
	case err := <-n.fatal:
		// What was acknowledged is safe; what was decided since is not on disk and
		// must not be served. Reopening is the only honest recovery.
		log.Error("the journal failed; the server ends", "error", err)
		fmt.Fprintf(a.err, "bayledger: %v\n", err)
		os.Exit(exitFailed)
	case err := <-served:
		if err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
	}
	return nil
}

func hostOf(addr net.Addr) string {
	host, _, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	return host
}

// shownAddress is an address that can be opened: a wildcard is this machine.
func shownAddress(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(strings.TrimSpace(host), port)
}
