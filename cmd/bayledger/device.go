package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"

	"bayledger/server/store"

	"github.com/spf13/cobra"
)

// words is a command with subcommands, which says nothing by itself.
func words(use, short string, sub ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return misused("there is no command %q; see bayledger %s --help", args[0], use)
		}
		return nil
	}, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(sub...)
	return c
}

// asked runs what is asked of a server.
func (a *app) asked(what func(ctx context.Context, server *api, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		return a.withServer(c.Context(), func(server *api) error { return what(c.Context(), server, args) })
	}
}

// table writes rows in columns.
func (a *app) table(rows [][]string) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, cell)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

func (c *api) send(ctx context.Context, method, path string) error {
	return c.call(ctx, method, path, "", nil, nil)
}

func (a *app) deviceCommand() *cobra.Command {
	var stolen bool
	revoke := &cobra.Command{Use: "revoke NAME", Short: "Take a device's key back", Args: exactly(1, "device revoke takes the device's name"),
		Long: "It opens nothing from now on. What a handheld scanned before is still taken from it for 30 days; what it scans later is kept and books nothing.",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			path := "/v1/devices/" + url.PathEscape(args[0])
			if stolen {
				path += "?stolen=true"
			}
			return s.send(ctx, http.MethodDelete, path)
		})}
	revoke.Flags().BoolVar(&stolen, "stolen", false, "take nothing from it any more, not even what it scanned before")
	return words("device", "List devices, take keys back, send messages, read logs",
		a.deviceLog(),
		&cobra.Command{Use: "list", Short: "List devices and their keys", Args: exactly(0, "device list takes no words"), RunE: a.asked(a.listDevices)},
		revoke,
		&cobra.Command{Use: "renew NAME", Short: "Have a device fetch a new key when it comes", Args: exactly(1, "device renew takes the device's name"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				return s.send(ctx, http.MethodPost, "/v1/devices/"+url.PathEscape(args[0])+"/renew")
			})},
		&cobra.Command{Use: "message NAME TEXT", Short: "Have a device show a message", Args: exactly(2, "device message takes the device's name and a text"),
			RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
				return s.post(ctx, "/v1/devices/"+url.PathEscape(args[0])+"/message", map[string]string{"text": args[1]}, nil)
			})})
}

// deviceLog reads the log that a device handed in last, or asks for one.
func (a *app) deviceLog() *cobra.Command {
	var ask bool
	c := &cobra.Command{Use: "log NAME", Short: "Read a device's log, or ask for it", Args: exactly(1, "device log takes the device's name"),
		Long: "Without a flag it writes the log that the device handed in last. With --ask the device is asked for one: it hands it in at once where it is connected, else when it comes.",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			path := "/v1/devices/" + url.PathEscape(args[0])
			if ask {
				return s.send(ctx, http.MethodPost, path+"/log")
			}
			text, err := s.do(ctx, http.MethodGet, path+"/logs/newest", "", nil)
			if err != nil {
				return err
			}
			defer text.Close()
			_, err = io.Copy(a.out, io.LimitReader(text, store.MaxLog)) // the server has taken out what steers a terminal
			return err
		})}
	c.Flags().BoolVar(&ask, "ask", false, "ask the device for a new one")
	return c
}

func (a *app) listDevices(ctx context.Context, s *api, _ []string) error {
	var list struct {
		Rows []struct {
			Device, Roles, Site, Name string
			Created                   string `json:"created_at"`
			Revoked                   string `json:"revoked_at"`
		}
	}
	if err := s.get(ctx, "/v1/devices", &list); err != nil {
		return err
	}
	rows := [][]string{{"DEVICE", "ROLES", "SITE", "NAME", "PAIRED", "REVOKED"}}
	for _, r := range list.Rows {
		rows = append(rows, []string{r.Device, r.Roles, r.Site, r.Name, r.Created, r.Revoked})
	}
	return a.table(rows)
}
