package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"bayledger/server/outbound"
	"bayledger/server/rest"
	"bayledger/server/tables"

	"github.com/spf13/cobra"
)

func (a *app) webhookCommand() *cobra.Command {
	var body rest.WebhookBody
	var from uint64
	add := &cobra.Command{Use: "add URL --event EVENT", Short: "Send messages to an address; prints the secret that they are signed with", Args: exactly(1, "webhook add takes an address"),
		Long: "Send messages to an address, signed as Standard Webhooks. Events: " + strings.Join(outbound.Events(), ", ") + ".\n" +
			"The secret is the last line on stdout, and is shown once.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.asked(func(ctx context.Context, s *api, args []string) error {
				body.URL = args[0]
				if c.Flags().Changed("from") {
					body.From = &from
				}
				var made rest.NewWebhook
				if err := s.post(ctx, "/v1/webhooks", body, &made); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.out, "%s is set up, and begins behind entry %d.\n%s\n", made.Webhook.ID, made.Webhook.Cursor, made.Secret)
				return err
			})(c, args)
		}}
	f := add.Flags()
	f.StringSliceVar(&body.Events, "event", nil, strings.Join(outbound.Events(), ", "))
	f.StringVar(&body.Label, "label", "", "what people call it")
	f.StringVar(&body.Limit, "limit", "", "of availability: from this amount down a product is low in stock, and levels alone are told")
	f.Uint64Var(&from, "from", 0, "begin behind this entry, and not now")
	for name, to := range map[string]*string{"site": &body.Site, "product": &body.Product, "location": &body.Location, "kind": &body.Kind, "operator": &body.Operator} {
		f.StringVar(to, name, "", tables.Help(name))
	}
	var after, delivery uint64
	replay := &cobra.Command{Use: "replay ID --after ENTRY | --delivery NUMBER", Short: "Send again from an entry on, or one delivery", Args: exactly(1, "webhook replay takes an id"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.asked(func(ctx context.Context, s *api, args []string) error {
				ask := map[string]any{}
				if c.Flags().Changed("after") {
					ask["after"] = after
				}
				if delivery > 0 {
					ask["delivery"] = delivery
				}
				var w rest.Webhook
				if err := s.post(ctx, "/v1/webhooks/"+url.PathEscape(args[0])+"/replay", ask, &w); err != nil {
					return err
				}
				_, err := fmt.Fprintf(a.out, "%s goes on behind entry %d.\n", w.ID, w.Cursor)
				return err
			})(c, args)
		}}
	replay.Flags().Uint64Var(&after, "after", 0, "everything behind this entry")
	replay.Flags().Uint64Var(&delivery, "delivery", 0, "this one alone, by its number in the log")
	one := func(use, short string, fn func(context.Context, *api, string) error) *cobra.Command {
		name, _, _ := strings.Cut(use, " ")
		return &cobra.Command{Use: use, Short: short, Args: exactly(1, "webhook "+name+" takes an id"), RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			return fn(ctx, s, "/v1/webhooks/"+url.PathEscape(args[0]))
		})}
	}
	return words("webhook", "Messages to other programs",
		&cobra.Command{Use: "list", Short: "List webhooks and how they do", Args: exactly(0, "webhook list takes no words"), RunE: a.asked(a.listWebhooks)},
		add, replay,
		one("remove ID", "Send nothing there any more", func(ctx context.Context, s *api, path string) error {
			return s.call(ctx, http.MethodDelete, path, "", nil, nil)
		}),
		one("enable ID", "Send again to one that was disabled", a.enableWebhook),
		one("rotate ID", "Give it a new secret; the old one signs beside it for a day", func(ctx context.Context, s *api, path string) error {
			var made rest.WebhookSecret
			if err := s.post(ctx, path+"/secret", nil, &made); err != nil {
				return err
			}
			_, err := fmt.Fprintln(a.out, made.Secret)
			return err
		}),
		one("test ID", "Send a message to try it", func(ctx context.Context, s *api, path string) error {
			var d outbound.Delivery
			if err := s.post(ctx, path+"/test", nil, &d); err != nil {
				return err
			}
			if d.Error != "" {
				return fmt.Errorf("the message was not taken: %s %s", d.Error, d.Answer)
			}
			_, err := fmt.Fprintf(a.out, "It answered %d in %d ms.\n", d.Status, d.Took)
			return err
		}),
		one("log ID", "Print the last tries to deliver", func(ctx context.Context, s *api, path string) error {
			return a.printRows(ctx, s, path+"/deliveries", []string{"number", "at", "event", "from", "to", "try", "status", "took_ms", "bytes", "error"})
		}))
}

func (a *app) listWebhooks(ctx context.Context, s *api, _ []string) error {
	return a.printRows(ctx, s, "/v1/webhooks", []string{"id", "url", "label", "owner", "events", "state", "since", "why", "cursor", "behind"})
}

// printRows prints a list as a table.
func (a *app) printRows(ctx context.Context, s *api, path string, columns []string) error {
	var list struct{ Rows []map[string]any }
	if err := s.get(ctx, path, &list); err != nil {
		return err
	}
	w, err := tables.New("table", a.out, columns)
	if err != nil {
		return err
	}
	for _, row := range list.Rows {
		if events, ok := row["events"].([]any); ok {
			row["events"] = strings.Trim(fmt.Sprint(events...), "[]")
		}
		if err := w.Row(row); err != nil {
			return err
		}
	}
	return w.Close()
}

// enableWebhook says again what the webhook is, with enable.
func (a *app) enableWebhook(ctx context.Context, s *api, path string) error {
	var list rest.Webhooks
	if err := s.get(ctx, "/v1/webhooks", &list); err != nil {
		return err
	}
	for _, w := range list.Rows {
		if "/v1/webhooks/"+url.PathEscape(w.ID) != path {
			continue
		}
		body := rest.WebhookBody{URL: w.URL, Label: w.Label, Events: w.Events, Site: w.Site, Product: w.Product, Location: w.Location, Kind: w.Kind, Operator: w.Operator, Limit: w.Limit, Enable: true}
		return s.put(ctx, path, body, nil)
	}
	return fmt.Errorf("there is no such webhook of this key; nothing was changed")
}

func (a *app) alertCommand() *cobra.Command {
	answer := func(use, short, verb string, body func() any) *cobra.Command {
		name, _, _ := strings.Cut(use, " ")
		return &cobra.Command{Use: use, Short: short, Args: exactly(1, "alert "+name+" takes an alert's id"), RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			var done rest.Answered
			if err := s.post(ctx, "/v1/alerts/"+url.PathEscape(args[0])+"/"+verb, body(), &done); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.out, "%s is %s.\n", done.Alert.ID, done.Alert.State)
			return err
		})}
	}
	var until string
	snooze := answer("snooze ID --until TIME", "Be told of it again later", "snooze", func() any { return map[string]string{"until": until} })
	snooze.Flags().StringVar(&until, "until", "", "the moment (RFC 3339)")
	none := func() any { return nil }
	return words("alert", "Open alerts, and what people do to them",
		&cobra.Command{Use: "list", Short: "List open alerts", Args: exactly(0, "alert list takes no words"), RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			return a.printRows(ctx, s, "/v1/alerts", []string{"id", "state", "by", "until", "level", "since", "message"})
		})},
		answer("acknowledge ID", "Say that one looks after it", "acknowledge", none),
		snooze,
		answer("wake ID", "Give it back", "wake", none))
}
