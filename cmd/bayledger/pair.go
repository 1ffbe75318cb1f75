package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"strings"

	"bayledger/labels/symbol"
	"bayledger/server/access"

	"github.com/spf13/cobra"
)

// pairFlags say for whom a key is wanted, and in which form.
type pairFlags struct {
	device, role, site, name string
	printKey, qr             bool
	png                      string
	minutes                  int
}

func (a *app) pairCommand() *cobra.Command {
	var f pairFlags
	c := &cobra.Command{
		Use: "pair --device NAME", Short: "Give a device its key", Args: exactly(0, "pair takes no words; name the device with --device"),
		Long: "Give a device a key of its own. Pairing it again makes a new key; with the old one a handheld\nonly hands in what it scanned before, for 30 days, unless it was reported as stolen.\n" +
			"With --qr it is not the key that is shown but a code that works once: the handheld scans it and gets its key itself.",
		RunE: func(c *cobra.Command, _ []string) error { return a.pair(c, &f) },
	}
	c.Flags().StringVar(&f.device, "device", "", "the device's name, without a slash")
	c.Flags().StringVar(&f.role, "role", "floor", "floor, dock, supervisor or admin")
	c.Flags().StringVar(&f.site, "site", "", "its site, where alone its role holds; if not said it works at main, and its role holds everywhere")
	c.Flags().StringVar(&f.name, "name", "", "what people call it")
	c.Flags().BoolVar(&f.printKey, "print-key", false, "print the key alone")
	c.Flags().BoolVar(&f.qr, "qr", false, "show a QR code that works once, for the handheld to scan (bayledger scan --pair URL)")
	c.Flags().StringVar(&f.png, "png", "", "write the QR code to this file instead of the terminal")
	c.Flags().IntVar(&f.minutes, "minutes", 10, "how long the code of --qr lives, 1 to 60")
	return c
}

func (a *app) pair(c *cobra.Command, f *pairFlags) error {
	switch {
	case f.device == "":
		return misused("pair needs --device NAME")
	case !access.Role(f.role).Known():
		return misused("--role is one of floor, dock, supervisor and admin")
	case f.printKey && (f.qr || f.png != ""):
		return misused("--qr shows a code and --print-key the key: say one of the two")
	case f.minutes < 1 || f.minutes > 60:
		return misused("--minutes is 1 to 60")
	}
	server, done, err := a.connect(c.Context())
	if err != nil {
		return err
	}
	defer done()
	if f.qr || f.png != "" {
		return a.pairByCode(c, server, f)
	}
	var paired struct {
		Device, Key string
	}
	err = server.post(c.Context(), "/v1/devices", map[string]string{"device": f.device, "role": f.role, "site": f.site, "name": f.name}, &paired)
	if err != nil {
		return err
	}
	if !f.printKey {
		fmt.Fprintf(a.out, "%s may connect to %s with this key. It is shown once; keep it on the device only.\n", f.device, server.base)
	}
	_, err = fmt.Fprintln(a.out, paired.Key)
	return err
}

// pairByCode shows the code with which a handheld gets its key.
func (a *app) pairByCode(c *cobra.Command, server *api, f *pairFlags) error {
	if a.server == "" && a.running(c.Context(), server.client) == nil {
		return fmt.Errorf("no server runs on the data folder, and a handheld could not reach this command; start bayledger serve first")
	}
	var offer struct {
		URL, QR, Code string
		Expires       string `json:"expires_at"`
	}
	if err := server.post(c.Context(), "/v1/pairings", map[string]any{"device": f.device, "role": f.role, "site": f.site, "name": f.name, "minutes": f.minutes}, &offer); err != nil {
		return err
	}
	if f.png != "" {
		picture, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(offer.QR, "data:image/png;base64,"))
		if err != nil {
			return fmt.Errorf("the picture of the code could not be read: %w", err)
		}
		if err := os.WriteFile(f.png, picture, 0o600); err != nil {
			return err
		}
	} else if err := drawCode(a.out, offer.URL); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.out, "%s scans this, once, until %s:\n%s\n", f.device, offer.Expires, offer.URL)
	return err
}

// drawCode draws a QR code in half blocks: two rows of modules a line, black on white
// whatever the terminal's colours are.
func drawCode(out io.Writer, text string) error {
	s, err := symbol.Of(symbol.QR, text)
	if err != nil {
		return err
	}
	const quiet = 2 // terminals are mostly dark, and readers forgive half of the four
	black := func(x, y int) bool { return x >= 0 && y >= 0 && x < s.W && y < s.H && s.At(x, y) }
	var b bytes.Buffer
	for y := -quiet; y < s.H+quiet; y += 2 {
		b.WriteString("\x1b[30;47m")
		for x := -quiet; x < s.W+quiet; x++ {
			switch top, bottom := black(x, y), black(x, y+1); {
			case top && bottom:
				b.WriteRune('█')
			case top:
				b.WriteRune('▀')
			case bottom:
				b.WriteRune('▄')
			default:
				b.WriteRune(' ')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	_, err = out.Write(b.Bytes())
	return err
}
