package main

import (
	"context"
	"strings"
	"time"

	"bayledger/server/access"
	"bayledger/server/tables"

	"github.com/spf13/cobra"
)

// completeWithin is how long a shell waits for the server's names.
const completeWithin = time.Second

// completions adds what a shell can offer beyond commands and flags: values that a
// flag knows, and the names of devices where a server is there to ask.
func (a *app) completions(root *cobra.Command) {
	values := map[string][]string{"log": {"debug", "info", "warn", "error"}, "log-format": {"json", "text"}, "format": tables.Formats()}
	for _, r := range access.Roles() {
		values["role"] = append(values["role"], string(r))
	}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		for name, list := range values {
			if c.LocalNonPersistentFlags().Lookup(name) != nil && !(name == "format" && c.Parent() != nil && c.Parent().Name() != "report") {
				_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)) // it is there
			}
		}
		switch c.CommandPath() {
		case "bayledger device revoke", "bayledger device renew", "bayledger device message", "bayledger device log":
			c.ValidArgsFunction = a.completeDevice
		case "bayledger pair":
			_ = c.RegisterFlagCompletionFunc("device", a.completeDevice) // it is there
		}
		for _, below := range c.Commands() {
			visit(below)
		}
	}
	visit(root)
}

// completeDevice offers the names of devices, where a server runs: a data folder is
// not opened for it.
func (a *app) completeDevice(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 && c.Name() != "pair" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(context.Background(), completeWithin)
	defer cancel()
	client, err := a.httpClient()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer client.CloseIdleConnections()
	server := a.running(ctx, client)
	if a.server != "" {
		server = &api{strings.TrimRight(a.server, "/"), a.key, client}
	}
	if server == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var list struct{ Rows []struct{ Device string } }
	if server.get(ctx, "/v1/devices", &list) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, d := range list.Rows {
		if d.Device != "" && strings.HasPrefix(d.Device, begun) {
			names = append(names, d.Device)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
