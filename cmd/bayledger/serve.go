package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bayledger/server/hours"
	"bayledger/server/trace"
	"bayledger/sync/ledger"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func (a *app) serveCommand() *cobra.Command {
	var o serveFlags
	c := &cobra.Command{
		Use: "serve", Short: "Run the server", Args: exactly(0, "serve takes no words"),
		Long: "Run the server on a data folder. Handhelds connect to /v1/sync, people open the address in a browser.\n" +
			"With --demo a small warehouse comes to life: simulated handhelds scan against this server until it stops.\n" +
			"Each flag can be set in a file (--config) or by the environment (BAYLEDGER_LISTEN for --listen) too: see bayledger config.",
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := a.settle(c, o.config); err != nil {
				return err
			}
			handler, err := o.check(a.err)
			if err != nil {
				return err
			}
			return a.serve(c.Context(), &o, slog.New(handler))
		},
	}
	o.flags(c.Flags())
	return c
}

// flags are what serve can be told, and config shows.
func (o *serveFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&o.config, "config", os.Getenv(envOf("config")), "a file with settings (TOML): the names are those of these flags")
	f.StringVar(&o.addr, "listen", "127.0.0.1:8080", "host and port to listen on")
	f.BoolVar(&o.demo, "demo", false, "bring a small warehouse to life")
	f.BoolVar(&o.tls, "tls", false, "speak TLS with certificates of this server's own authority, which handhelds trust by the page /trust")
	f.StringVar(&o.certificate, "tls-cert", "", "speak TLS with the certificate in this file, and its issuers behind it (PEM)")
	f.StringVar(&o.key, "tls-key", "", "the key of --tls-cert (PEM)")
	f.StringSliceVar(&o.names, "name", nil, "a further name or address under which the server is reached: for the certificate of --tls, and to be answered to")
	o.mail.flags(f)
	f.StringSliceVar(&o.webhooks, "webhook-allow", nil, "an address or network (10.0.0.0/8) of this machine or a private network that webhooks may go to, by plain http too")
	f.DurationVar(&o.escalate.After, "escalate-after", 0, "escalate alerts that nobody acknowledges for so long, such as 30m; 0: none")
	f.IntVar(&o.escalate.Levels, "escalate-levels", 1, "how often an alert is escalated at most, 1 to 5")
	f.StringSliceVar(&o.proxies, "trusted-proxy", nil, "an address or network (10.0.0.0/8) of proxies before the server: what they say of who asked, and whether by TLS, is believed")
	f.BoolVar(&o.plain, "plain-network", false, "listen beyond this machine without TLS: keys and scans can be read on the way")
	f.Uint64Var(&o.lag, "checkpoint-lag", 0, "after how many entries a changed row is written; for tests, which are short")
	_ = f.MarkHidden("checkpoint-lag") // it is there
	f.StringVar(&o.backupTo, "backup-to", "", "keep a backup in this folder, seconds behind; better on another disk")
	o.openID.flags(f)
	f.StringVar(&o.log, "log", "info", "debug, info, warn or error")
	f.StringVar(&o.logFormat, "log-format", "json", "json, or text for people's eyes")
}

// logHandler writes lines of a level, for programs or for people.
func logHandler(out io.Writer, format string, level slog.Leveler) (slog.Handler, error) {
	o := &slog.HandlerOptions{Level: level}
	switch format {
	case "json":
		return slog.NewJSONHandler(out, o), nil
	case "text":
		return slog.NewTextHandler(out, o), nil
	}
	return nil, misused("--log-format is json or text")
}

// serveFlags are what serve is told.
type serveFlags struct {
	addr             string
	demo, tls, plain bool
	certificate, key string
	backupTo         string
	lag              uint64
	names            []string
	proxies          []string
	webhooks         []string
	mail             mailFlags
	escalate         hours.Policy
	openID           openIDFlags
	config           string
	log, logFormat   string
}

// check says what is wrong with what serve was told, and returns where its log goes.
func (o *serveFlags) check(errOut io.Writer) (slog.Handler, error) {
	level := new(slog.LevelVar)
	if err := level.UnmarshalText([]byte(o.log)); err != nil {
		return nil, misused("--log is debug, info, warn or error")
	}
	if err := o.checkListening(); err != nil {
		return nil, err
	}
	if _, err := prefixesOf("--webhook-allow", o.webhooks); err != nil {
		return nil, err
	}
	if err := o.mail.check(); err != nil {
		return nil, err
	}
	if o.escalate.After < 0 || o.escalate.Levels < 1 || o.escalate.Levels > ledger.MaxAlertLevel {
		return nil, misused("--escalate-after is a time such as 30m, --escalate-levels a number from 1 to 5")
	}
	if _, err := prefixes(o.proxies); err != nil {
		return nil, err
	}
	return logHandler(errOut, o.logFormat, level)
}

// checkListening refuses to speak plainly to a network unless told so in words.
func (o *serveFlags) checkListening() error {
	host, _, err := net.SplitHostPort(o.addr)
	switch {
	case err != nil:
		return misused("--listen is host:port, such as 127.0.0.1:8080")
	case (o.certificate == "") != (o.key == ""):
		return misused("--tls-cert and --tls-key belong together")
	case o.tls && o.certificate != "":
		return misused("--tls makes certificates of its own and --tls-cert brings one: say one of the two")
	case o.speaksTLS() || o.plain || isLoopback(host):
		return nil
	}
	return misused("--listen %s is reachable from the network: say --tls, or bring a certificate with --tls-cert and --tls-key, or say --plain-network where a proxy with TLS stands before it", o.addr)
}

func (o *serveFlags) speaksTLS() bool { return o.tls || o.certificate != "" }

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func (a *app) serve(ctx context.Context, o *serveFlags, log *slog.Logger) error {
	if o.backupTo != "" {
		if err := apart(a.data, o.backupTo); err != nil {
			return err
		}
	}
	l, err := listen(o.addr)
	if err != nil {
		return err
	}
	defer l.Close()
	secure, err := a.openTLS(o, l.Addr(), log)
	if err != nil {
		return err
	}
	provider, err := o.openID.provider(a.secret)
	if err != nil {
		return err
	}
	tracer, err := trace.FromEnvironment(ctx, version(), os.Getenv)
	if err != nil {
		return fmt.Errorf("traces cannot be exported as OTEL_EXPORTER_OTLP_ENDPOINT asks: %w", err)
	}
	defer func() { _ = tracer.Close(context.WithoutCancel(ctx)) }() // spans that are lost are no news at the end
	proxies, err := prefixes(o.proxies)
	if err != nil {
		return err
	}
	allow, err := prefixesOf("--webhook-allow", o.webhooks)
	if err != nil {
		return err
	}
	n, err := openNode(ctx, a.data, nodeOptions{known: demoLeft(o.demo, time.Now()), webhookAllow: allow, smtp: o.mail.mailer(), escalate: o.escalate, hosts: o.hosts(l.Addr(), log), proxies: proxies, tracer: tracer, log: log, serves: true, prints: true, backupTo: o.backupTo, lag: o.lag, trust: secure.trust, openID: provider, certificate: secure.ends(), renewals: secure.renewals()})
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
	url := secure.scheme + "://" + shownAddress(l.Addr())
	if err := os.WriteFile(filepath.Join(n.dir, addressFile), []byte(url+"\n"), 0o600); err != nil {
		return fmt.Errorf("the address file cannot be written: %w", err)
	}
	defer os.Remove(filepath.Join(n.dir, addressFile))

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go tuneHeap(ctx)
	served := make(chan error, 1)
	go func() { served <- n.server.Serve(ctx, secure.over(l)) }()
	fmt.Fprintf(a.out, "open %s\n", url)
	if o.demo && isLoopback(hostOf(l.Addr())) {
		fmt.Fprintf(a.out, "key: %s\n", n.adminKey)
	}
	secure.tell(a.out, url)
	if err := n.offerSetUp(a.out, url, o.demo && isLoopback(hostOf(l.Addr()))); err != nil {
		return err
	}
	var d *demo
	if o.demo {
		if d, err = startDemo(ctx, n, url, secure.client(), log); err != nil {
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
