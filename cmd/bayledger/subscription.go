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
	"bayledger/sync/ledger"

	"github.com/spf13/cobra"
)

func (a *app) subscriptionCommand() *cobra.Command {
	var body rest.SubscriptionBody
	add := &cobra.Command{Use: "add [--role ROLE] [--kind KIND]", Short: "Be told of alerts by mail, or have all of a role told", Args: exactly(0, "subscription add takes no words"),
		Long: "Be told of alerts by mail, at the address that `subscription contact` says. Whoever may not see a site is not told of it.",
		RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			var made outbound.Subscription
			if err := s.post(ctx, "/v1/subscriptions", body, &made); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.out, "%s is set up.\n", made.ID)
			return err
		})}
	f := add.Flags()
	f.StringVar(&body.Role, "role", "", "all who have this role at the alert's site, and not oneself")
	f.StringSliceVar(&body.Kinds, "kind", nil, "only these: "+strings.Join(ledger.AlertKinds(), ", "))
	f.StringVar(&body.Site, "site", "", tables.Help("site"))
	f.StringVar(&body.Location, "location", "", tables.Help("location"))
	f.StringVar(&body.Category, "category", "", tables.Help("category"))
	f.Uint64Var(&body.Level, "level", 0, "only what was escalated so often")
	return words("subscription", "Who is told of alerts by mail",
		&cobra.Command{Use: "list", Short: "List subscriptions", Args: exactly(0, "subscription list takes no words"), RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			return a.printRows(ctx, s, "/v1/subscriptions", []string{"id", "by", "for", "role", "kinds", "site", "location", "category", "level"})
		})},
		add, a.contactCommand(), a.removeCommand("subscription", "Be told no more"))
}

// contactCommand shows or says where one is reached.
func (a *app) contactCommand() *cobra.Command {
	var body rest.OwnContact
	var none bool
	c := &cobra.Command{Use: "contact [--mail ADDRESS | --none]", Short: "Say where and when one is reached, or show it", Args: exactly(0, "subscription contact takes no words")}
	c.RunE = a.asked(func(ctx context.Context, s *api, _ []string) error {
		var now rest.OwnContact
		switch {
		case none && body.Mail != "":
			return misused("--mail and --none: say one of the two")
		case !none && body.Mail == "" && (body.Zone != "" || body.QuietFrom != "" || body.QuietTo != ""):
			return misused("--zone, --quiet-from and --quiet-to need --mail")
		case !none && body.Mail == "":
			if err := s.get(ctx, "/v1/own-contact", &now); err != nil {
				return err
			}
			return a.sayContact(&now)
		}
		if err := s.put(ctx, "/v1/own-contact", body, &now); err != nil {
			return err
		}
		return a.sayContact(&now)
	})
	f := c.Flags()
	f.StringVar(&body.Mail, "mail", "", "the address")
	f.BoolVar(&none, "none", false, "be reached no more")
	f.StringVar(&body.Zone, "zone", "", "the time zone of the quiet hours, such as Europe/Vienna")
	f.StringVar(&body.QuietFrom, "quiet-from", "", "letters wait from here, such as 22:00, but for what cannot wait")
	f.StringVar(&body.QuietTo, "quiet-to", "", "to here")
	return c
}

func (a *app) sayContact(c *rest.OwnContact) error {
	text := "Nobody is reached by mail with this key."
	if c.Mail != "" {
		text = "Letters go to " + c.Mail + "."
	}
	if c.QuietFrom != "" {
		text += " They wait from " + c.QuietFrom + " to " + c.QuietTo + "."
	}
	_, err := fmt.Fprintln(a.out, text)
	return err
}

// removeCommand ends a subscription or a schedule.
func (a *app) removeCommand(what, short string) *cobra.Command {
	return &cobra.Command{Use: "remove ID", Short: short, Args: exactly(1, what+" remove takes an id"), RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
		return s.call(ctx, http.MethodDelete, "/v1/"+what+"s/"+url.PathEscape(args[0]), "", nil, nil)
	})}
}

func (a *app) scheduleCommand() *cobra.Command {
	var body rest.ScheduleBody
	var filters []string
	add := &cobra.Command{Use: "add REPORT --every daily|weekly|monthly --at TIME", Short: "Send a report by mail, again and again", Args: exactly(1, "schedule add takes the name of a report"),
		Long: "Send a report by mail, again and again. It is made when it is sent, and shows what you may see then.",
		RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			body.Report, body.Filters = args[0], map[string]string{}
			for _, text := range filters {
				name, value, ok := strings.Cut(text, "=")
				if !ok {
					return misused("--filter is NAME=VALUE, such as site=main")
				}
				body.Filters[name] = value
			}
			var made outbound.Schedule
			if err := s.post(ctx, "/v1/schedules", body, &made); err != nil {
				return err
			}
			_, err := fmt.Fprintf(a.out, "%s goes to %s, for the first time at %s.\n", made.ID, made.To, made.Next)
			return err
		})}
	f := add.Flags()
	f.StringArrayVar(&filters, "filter", nil, "NAME=VALUE, as the report's own flags; may be said again")
	f.IntVar(&body.Days, "days", 0, "a report of a span is of so many days up to when it is sent")
	f.StringVar(&body.Format, "format", "xlsx", strings.Join(tables.Formats(), ", "))
	f.StringVar(&body.To, "to", "", "whom it goes to; else oneself, as subscription contact says")
	f.StringVar(&body.Every, "every", outbound.Daily, "daily, weekly or monthly")
	f.StringVar(&body.At, "at", "07:00", "the time of the day")
	f.StringVar(&body.Zone, "zone", "", "of that time, such as Europe/Vienna; else UTC")
	f.IntVar(&body.Weekday, "weekday", 1, "of a weekly one: 0 is Sunday, 6 is Saturday")
	f.IntVar(&body.Day, "day", 1, "of a monthly one: 1 to 31; in shorter months the last")
	return words("schedule", "Reports that go out by mail",
		&cobra.Command{Use: "list", Short: "List them", Args: exactly(0, "schedule list takes no words"), RunE: a.asked(func(ctx context.Context, s *api, _ []string) error {
			return a.printRows(ctx, s, "/v1/schedules", []string{"id", "report", "filters", "days", "format", "to", "every", "at", "zone", "owner", "next", "last"})
		})},
		add,
		&cobra.Command{Use: "send ID", Short: "Send one now", Args: exactly(1, "schedule send takes an id"), RunE: a.asked(func(ctx context.Context, s *api, args []string) error {
			return s.post(ctx, "/v1/schedules/"+url.PathEscape(args[0])+"/send", nil, nil)
		})},
		a.removeCommand("schedule", "Send it no more"))
}
