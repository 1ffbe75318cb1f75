package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bayledger/scanner/flow"
	"bayledger/scanner/handheld"
	"bayledger/scanner/wedge"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// scanFlags are what a terminal handheld is told.
type scanFlags struct {
	device, site  string
	places        []string
	badge, plain  bool
	bursts        bool
	reader        wedge.Profile
	layout        string
	readerChanged bool
	linger        time.Duration
	pair          string
}

func (a *app) scanCommand() *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use: "scan", Short: "A handheld in the terminal", Args: exactly(0, "scan takes no words, only flags; scans come in on standard input"),
		Long: "A handheld for a serial or keyboard reader: scans come in as lines on standard input, are saved in an outbox on disk\n" +
			"and sent when there is a network. What begins with / is keyed in: /help says what there is. It works the same\n" +
			"without a network. Its folder is handheld/NAME in the data folder; the server is --server, or the one that runs\n" +
			"or has run on the data folder.",
		RunE: func(c *cobra.Command, _ []string) error {
			f.readerChanged = c.Flags().Changed("prefix") || c.Flags().Changed("suffix") || c.Flags().Changed("separator") || c.Flags().Changed("layout")
			if f.pair != "" {
				if err := a.pairSelf(c.Context(), &f); err != nil {
					return err
				}
			} else if !c.Flags().Changed("device") {
				f.device = a.ownDevice(c.Context(), f.device)
			}
			return a.scan(c, &f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.device, "device", "terminal", "the handheld's name, as it was paired; if not said, the one handheld of the data folder, else whose key it is")
	flags.StringVar(&f.pair, "pair", "", "the address of a pairing code (bayledger pair --qr): get a key of one's own for it, and go on with that")
	flags.StringVar(&f.site, "site", "main", "the site")
	flags.StringArrayVar(&f.places, "place", nil, "MODE=PLACE: where goods go to or come from in a mode where no place was scanned, such as move=incoming; may be said again")
	flags.BoolVar(&f.badge, "badge", false, "ask who scans before anything is booked")
	flags.BoolVar(&f.plain, "plain", false, "write lines, also on a terminal")
	flags.StringVar(&f.reader.Prefix, "prefix", "", "what the reader sends before each scan, or STX")
	flags.StringVar(&f.reader.Suffix, "suffix", "", "what it sends behind each scan: CR LF CRLF TAB ETX, or the signs themselves")
	flags.StringVar(&f.reader.Separator, "separator", "", "what it sends for GS, such as <GS> or ~")
	flags.StringVar(&f.layout, "layout", "", "the host's keyboard layout, where the reader types for a US keyboard: azerty, qwertz")
	flags.BoolVar(&f.bursts, "no-suffix", false, "the reader sends nothing behind a scan: a pause ends it")
	flags.DurationVar(&f.linger, "linger", 10*time.Second, "how long the end of the input waits for the last scans to be sent")
	return c
}

func (a *app) scan(c *cobra.Command, f *scanFlags) (err error) {
	config, err := a.scanConfig(f)
	if err != nil {
		return err
	}
	if config.Draw {
		back, err := keysToUs(a.in)
		if err != nil {
			return err
		}
		defer back()
	}
	h, err := handheld.New(config)
	if err != nil {
		return fmt.Errorf("the handheld could not start: %w", err)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return h.Run(c.Context(), a.in)
}

func (a *app) scanConfig(f *scanFlags) (handheld.Config, error) {
	config := handheld.Config{Device: f.device, Site: f.site, Badge: f.badge, Bursts: f.bursts, Linger: f.linger, Out: a.out, Draw: !f.plain && onTerminal(a.in, a.out),
		Log: slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelError}))}
	if f.device == "" || strings.ContainsAny(f.device, `/\`) || strings.Trim(f.device, ".") == "" {
		return config, misused("--device is a name without a slash")
	}
	f.reader.Layout = wedge.Layout(f.layout)
	if l := f.reader.Layout; l != "" && l != wedge.AZERTY && l != wedge.QWERTZ {
		return config, misused("--layout is one of azerty, qwertz")
	}
	if f.readerChanged {
		config.Reader = &f.reader
	}
	var err error
	if config.Places, err = placesOf(f.places); err != nil {
		return config, err
	}
	config.Dir = filepath.Join(a.data, "handheld", f.device)
	if own, ok := ownKeyOf(config.Dir); ok && a.key == "" {
		config.Server, config.Key = cmp.Or(a.server, own.Server), own.Key
		config.KeepKey = func(key string) error { return keepOwnKey(config.Dir, ownKey{Server: config.Server, Key: key}) }
	} else if config.Server, config.Key, err = a.scanServer(); err != nil {
		return config, err
	}
	if config.TLS, err = a.clientTLS(); err != nil {
		return config, err
	}
	return config, os.MkdirAll(config.Dir, 0o700)
}

// ownDevice finds the handheld's name where nobody said it: the one handheld that lies in the data
// folder, else the device that the key was given to. Without either it is the name given.
func (a *app) ownDevice(ctx context.Context, otherwise string) string {
	if known, err := os.ReadDir(filepath.Join(a.data, "handheld")); err == nil && len(known) == 1 && known[0].IsDir() {
		return known[0].Name()
	}
	if a.server == "" || a.key == "" {
		return otherwise
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	client, err := a.httpClient()
	if err != nil {
		return otherwise // it is said when the handheld connects
	}
	defer client.CloseIdleConnections()
	var own struct{ Device string }
	if (&api{strings.TrimRight(a.server, "/"), a.key, client}).get(ctx, "/v1/key", &own) != nil {
		return otherwise // it is away; the server says so if the name is wrong
	}
	return cmp.Or(own.Device, otherwise)
}

// scanServer finds the server without asking for it: it may be away.
func (a *app) scanServer() (address, key string, err error) {
	if a.server != "" {
		if a.key == "" {
			return "", "", misused("--server needs the handheld's key in BAYLEDGER_KEY; bayledger pair gives one")
		}
		return a.server, a.key, nil
	}
	where, err := os.ReadFile(filepath.Join(a.data, addressFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", misused("scan needs --server ADDRESS, or the data folder of a server that has run")
	}
	admin, keyErr := os.ReadFile(filepath.Join(a.data, adminKeyFile))
	if err = errors.Join(err, keyErr); err != nil {
		return "", "", err
	}
	if key = a.key; key == "" {
		key = strings.TrimSpace(string(admin))
	}
	return strings.TrimSpace(string(where)), key, nil
}

// placesOf reads MODE=PLACE.
func placesOf(words []string) (map[flow.Mode]string, error) {
	places := map[flow.Mode]string{}
	for _, w := range words {
		mode, place, ok := strings.Cut(w, "=")
		switch m := flow.Mode(mode); {
		case !ok || place == "":
			return nil, misused("--place is MODE=PLACE, such as move=incoming")
		case m != flow.Add && m != flow.Remove && m != flow.Move && m != flow.Isolate && m != flow.Count:
			return nil, misused("--place: there is no mode %q; use add, remove, move, isolate or count", mode)
		default:
			places[m] = place
		}
	}
	return places, nil
}

// onTerminal says whether a person sits before it.
func onTerminal(in, out any) bool {
	i, ok := in.(*os.File)
	o, too := out.(*os.File)
	return ok && too && isatty.IsTerminal(i.Fd()) && isatty.IsTerminal(o.Fd())
}

// keysToUs has the terminal pass all keys on: readers send control characters that would end the
// program, and lines longer than a terminal takes.
func keysToUs(in any) (back func(), err error) {
	f, ok := in.(*os.File)
	if !ok {
		return func() {}, nil
	}
	before, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return nil, fmt.Errorf("the terminal could not be taken: %w", err)
	}
	return func() { _ = term.Restore(int(f.Fd()), before) }, nil
}
