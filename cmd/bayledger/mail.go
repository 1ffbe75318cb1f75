package main

import (
	"context"
	"os"

	"bayledger/server/outbound"

	"github.com/spf13/pflag"
)

// mailFlags say by which server mail goes out.
type mailFlags struct{ outbound.SMTP }

func (o *mailFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&o.Address, "smtp", "", "send alerts and reports by this mail server (host:port); its password is in BAYLEDGER_SMTP_PASSWORD")
	f.StringVar(&o.Security, "smtp-tls", outbound.SMTPStartTLS, "starttls, implicit (port 465), or none for a server on this machine")
	f.StringVar(&o.User, "smtp-user", "", "as whom to sign in there; empty: as nobody")
	f.StringVar(&o.From, "smtp-from", "", "whose mail it is, such as stock@example.com")
}

// check says what is wrong with them.
func (o *mailFlags) check() error {
	if o.Address == "" {
		if o.User != "" || o.From != "" {
			return misused("--smtp-user and --smtp-from need --smtp")
		}
		return nil
	}
	if err := o.Check(); err != nil {
		return misused("--smtp: %v", err)
	}
	return nil
}

// mailer is the mail server that serve was told, nil where it was told none.
func (o *mailFlags) mailer() *outbound.SMTP {
	if o.Address == "" {
		return nil
	}
	m := o.SMTP
	m.Password = os.Getenv(envOf("smtp-password"))
	return &m
}

// mail signs in at the mail server, and looks at what waits for it.
func (d *doctor) mail(ctx context.Context) {
	m := d.o.mail.mailer()
	if m == nil {
		d.ok("mail", "none is sent")
		return
	}
	if d.o.mail.check() != nil {
		return // the settings say so
	}
	within, cancel := context.WithTimeout(ctx, mailWaits)
	defer cancel()
	if err := m.Try(within); err != nil {
		d.fail("mail", "look at --smtp, --smtp-tls, --smtp-user and BAYLEDGER_SMTP_PASSWORD, and whether it is reachable from here", "%v", err)
	} else {
		d.ok("mail", "%s takes us", m.Address)
	}
	if waiting := d.measures["bayledger_mail_waiting"]; waiting > 0 {
		if since := d.measures["bayledger_mail_waiting_since_seconds"]; d.now().Unix()-int64(since) > int64(lateMail.Seconds()) {
			d.warn("letters", "see BayledgerMailFails in server/OPERATIONS.md", "%.0f wait, the oldest since long", waiting)
		}
	}
}
