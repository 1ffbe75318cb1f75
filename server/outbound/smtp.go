package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Ways of SMTP over TLS.
const (
	SMTPStartTLS = "starttls" // it must be there
	SMTPImplicit = "implicit" // from the first byte on, as at port 465
	SMTPPlain    = "none"     // for a server on this machine alone
)

// Bounds of a conversation with a mail server, whoever it is.
const (
	smtpTimeout = 2 * time.Minute // for a letter: the largest at 1 Mbit/s
	smtpTalk    = 1 << 20         // bytes that it may say
	smtpSaid    = 300             // of them, what is kept of an error
)

// SMTP sends mail by a server.
type SMTP struct {
	Address, Security, User, Password string // Address: host:port
	From                              string
	TLS                               *tls.Config // nil: the machine's roots
}

var _ Mailer = (*SMTP)(nil)

// Check says what is wrong with the settings, nil where nothing is.
func (m *SMTP) Check() error {
	host, port, err := net.SplitHostPort(m.Address)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 1 || n > 65_535 {
		return fmt.Errorf("the mail server is host:port, such as mail.example.com:587, not %q", m.Address)
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		return fmt.Errorf("the sender of mail is an address such as stock@example.com, not %q", m.From)
	}
	switch ip := net.ParseIP(host); m.Security {
	case SMTPStartTLS, SMTPImplicit:
	case SMTPPlain:
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return fmt.Errorf("mail without TLS is for a server on this machine alone, not %q", host)
		}
	default:
		return fmt.Errorf("the security of mail is one of starttls, implicit, none, not %q", m.Security)
	}
	return nil
}

// client makes one for a letter. hangUp ends its conversation, which the library leaves
// open where the server did not behave.
func (m *SMTP) client() (c *gomail.Client, hangUp func(), err error) {
	var line net.Conn
	host, port, _ := net.SplitHostPort(m.Address) // checked
	n, _ := strconv.Atoi(port)
	secure := m.TLS.Clone()
	if secure == nil {
		secure = &tls.Config{}
	}
	secure.ServerName, secure.MinVersion = host, tls.VersionTLS12
	o := []gomail.Option{gomail.WithPort(n), gomail.WithTimeout(smtpTimeout), gomail.WithTLSConfig(secure), gomail.WithDialContextFunc(m.dial(secure, &line))}
	switch m.Security {
	case SMTPImplicit:
		o = append(o, gomail.WithSSL())
	case SMTPPlain:
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.User != "" {
		o = append(o, m.signIn(), gomail.WithUsername(m.User), gomail.WithPassword(m.Password))
	}
	c, err = gomail.NewClient(host, o...)
	return c, func() {
		if line != nil {
			_ = line.Close() // mostly it is closed already
		}
	}, err
}

// signIn says how the password is told. The library takes a connection that it has not
// encrypted itself for a plain one, over which it tells none: where TLS is spoken from
// the first byte, by dial, the ways are named, the strongest first.
func (m *SMTP) signIn() gomail.Option {
	if m.Security != SMTPImplicit {
		return gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover)
	}
	return gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
}

// dial connects to a server that may say so much and no more, and is cut off when the
// context ends.
func (m *SMTP) dial(secure *tls.Config, line *net.Conn) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		*line = c
		c = &bridled{Conn: c, left: smtpTalk, until: time.Now().Add(smtpTimeout)}
		if m.Security != SMTPImplicit {
			return c, nil
		}
		over := tls.Client(c, secure)
		if err := over.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		return over, nil
	}
}

// bridled is a connection that reads so much and lives so long.
type bridled struct {
	net.Conn
	left  int
	until time.Time
}

func (b *bridled) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("it says more than a mail server has to say")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// SetDeadline sets one, but none behind the end.
func (b *bridled) SetDeadline(t time.Time) error {
	if t.IsZero() || t.After(b.until) {
		t = b.until
	}
	return b.Conn.SetDeadline(t)
}

// Try connects, speaks TLS and signs in, and sends nothing.
func (m *SMTP) Try(ctx context.Context) error {
	c, hangUp, err := m.client()
	if err != nil {
		return err
	}
	defer hangUp()
	if err := c.DialWithContext(ctx); err != nil {
		return m.told(err)
	}
	return c.Close()
}

// told leaves the password out of what a server says.
func (m *SMTP) told(err error) error {
	text := strings.ToValidUTF8(err.Error(), "?")
	if m.Password != "" {
		text = strings.ReplaceAll(text, m.Password, "…")
	}
	return fmt.Errorf("the mail server %s: %s", m.Address, headline(text, smtpSaid))
}

// Send implements Mailer.
func (m *SMTP) Send(ctx context.Context, e Envelope) error {
	msg := gomail.NewMsg()
	if err := msg.From(m.From); err != nil {
		return fmt.Errorf("the sender is no address: %w", err)
	}
	if err := msg.To(e.To); err != nil {
		return fmt.Errorf("the receiver is no address: %w", err)
	}
	msg.Subject(e.Subject)
	msg.SetMessageIDWithValue(e.ID)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's absence answers
	msg.SetBodyString(gomail.TypeTextPlain, e.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, asHTML(e.Text))
	if e.Name != "" {
		if err := msg.AttachReader(e.Name, strings.NewReader(string(e.Data))); err != nil {
			return fmt.Errorf("the report could not be attached: %w", err)
		}
	}
	c, hangUp, err := m.client()
	if err != nil {
		return err
	}
	defer hangUp()
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		return m.told(err)
	}
	return nil
}

// asHTML says a plain text in HTML: a paragraph a line.
func asHTML(text string) string {
	var b strings.Builder
	b.WriteString("<!doctype html><html><body style=\"font-family:sans-serif\">")
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			b.WriteString("<p>" + html.EscapeString(line) + "</p>")
		}
	}
	b.WriteString("</body></html>")
	return b.String()
}
