package main

import (
	"fmt"

	"bayledger/server/access"

	"github.com/spf13/cobra"
)

func (a *app) pairCommand() *cobra.Command {
	var device, role, site string
	var printKey bool
	c := &cobra.Command{
		Use: "pair --device NAME", Short: "Give a device its key", Args: exactly(0, "pair takes no words; name the device with --device"),
		Long: "Give a device a key of its own. Pairing it again makes a new key; the old one is refused from then on.",
		RunE: func(c *cobra.Command, _ []string) error {
			if device == "" {
				return misused("pair needs --device NAME")
			}
			if !access.Role(role).Known() {
				return misused("--role is one of floor, dock, supervisor and admin")
			}
			server, done, err := a.connect(c.Context())
			if err != nil {
				return err
			}
			defer done()
			var paired struct {
				Device, Key string
			}
			err = server.post(c.Context(), "/v1/devices", map[string]string{"device": device, "role": role, "site": site}, &paired)
			if err != nil {
				return err
			}
			if !printKey {
				fmt.Fprintf(a.out, "%s may connect to %s with this key. It is shown once; keep it on the device only.\n", device, server.base)
			}
			_, err = fmt.Fprintln(a.out, paired.Key)
			return err
		},
	}
	c.Flags().StringVar(&device, "device", "", "the device's name, without a slash")
	c.Flags().StringVar(&role, "role", "floor", "floor, dock, supervisor or admin")
	c.Flags().StringVar(&site, "site", "", "its site; main if not said")
	c.Flags().BoolVar(&printKey, "print-key", false, "print the key alone")
	return c
}
