package outbound

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bayledger/sync/ledger"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// postOffice is an SMTP server that keeps what it got.
type postOffice struct {
	mu   sync.Mutex
	got  []string
	fail error
}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &postSession{office: p}, nil
}

type postSession struct {
	office *postOffice
	known  bool
}

func (s *postSession) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *postSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.known = user == "stock" && password == "SECRET-word"; !s.known {
			return errors.New("wrong password SECRET-word")
		}
		return nil
	}), nil
}
func (s *postSession) Mail(string, *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	return s.office.fail
}
func (s *postSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *postSession) Reset()                               {}
func (s *postSession) Logout() error                        { return nil }
func (s *postSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.got = append(s.office.got, string(b))
	return err
}

// open has it listen, from the first byte over TLS or not, until the test ends.
func (p *postOffice) open(t *testing.T, with *tls.Config, implicit bool) (address string) {
	t.Helper()
	server := smtp.NewServer(p)
	server.Domain = "127.0.0.1"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, with)
	} else {
		server.TLSConfig = with
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-ended })
	return address
}

// With TLS from the first byte on (port 465) mail goes out likewise; a server that does
// not speak it so, and one with a stranger's certificate, are told and get nothing.
func TestSMTPImplicitTLS(t *testing.T) {
	r := newReceiver(t, nil) // for its certificate
	office, other := &postOffice{}, &postOffice{}
	m := &SMTP{Address: office.open(t, r.TLS.Clone(), true), Security: SMTPImplicit, User: "stock", Password: "SECRET-word", From: "stock@example.com", TLS: trustOf(r, false)}
	if err := errors.Join(m.Check(), m.Try(t.Context())); err != nil {
		t.Fatal(err)
	}
	letter := Envelope{ID: "abc@example.com", To: "ann@example.com", Subject: "BOLT is low", Text: "BOLT: 3\n"}
	if err := m.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	if len(office.got) != 1 || !strings.Contains(office.got[0], "Message-ID: <abc@example.com>") || !strings.Contains(office.got[0], "BOLT: 3") {
		t.Errorf("there came %q", office.got)
	}
	m.User = "other"
	if err := m.Try(t.Context()); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a wrong password: %v", err)
	}
	m.User, m.TLS = "stock", trustOf(r, true)
	if err := m.Send(t.Context(), letter); err == nil || len(office.got) != 1 {
		t.Errorf("a stranger's certificate was taken: %v", err)
	}
	// One that does not speak TLS at first waits for nobody: it greets, and that is no TLS.
	m.Address, m.TLS = other.open(t, r.TLS.Clone(), false), trustOf(r, false)
	if err := m.Send(t.Context(), letter); err == nil || len(other.got) != 0 {
		t.Errorf("a server without TLS was spoken to: %v", err)
	}
}

// Mail goes out by STARTTLS with a password, as text and HTML, with its Message-ID; a
// wrong password is told without saying it; without TLS nothing is said at all.
func TestSMTP(t *testing.T) {
	r := newReceiver(t, nil) // for its certificate
	office := &postOffice{}
	address := office.open(t, r.TLS.Clone(), false)
	m := &SMTP{Address: address, Security: SMTPStartTLS, User: "stock", Password: "SECRET-word", From: "stock@example.com", TLS: trustOf(r, false)}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	if err := m.Try(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Send(t.Context(), Envelope{ID: "abc@example.com", To: "ann@example.com", Subject: "BOLT is low", Text: "BOLT <b>: 3\n", Name: "r.csv", Data: []byte("a,b\n")}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Message-ID: <abc@example.com>", "Subject: BOLT is low", "BOLT <b>: 3", "Auto-Submitted: auto-generated", `filename="r.csv"`} {
		if !strings.Contains(office.got[0], want) {
			t.Errorf("%q is missing: %s", want, office.got[0])
		}
	}
	m.User = "other"
	if err := m.Try(t.Context()); err == nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a wrong password: %v", err)
	}
	m.User, m.TLS = "stock", trustOf(r, true)
	if err := m.Try(t.Context()); err == nil {
		t.Error("a stranger's certificate was taken")
	}
	for _, bad := range []SMTP{{Address: "mail", Security: SMTPStartTLS, From: "a@b.c"}, {Address: "m:25", Security: SMTPPlain, From: "a@b.c"}, {Address: "m:25", Security: "ssl", From: "a@b.c"}, {Address: "m:25", Security: SMTPStartTLS, From: "nobody"}} {
		if bad.Check() == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

// box is a mailer that keeps letters, or fails.
type box struct {
	mu   sync.Mutex
	got  []Envelope
	fail error
	sent func()        // called once a letter was taken
	came chan Envelope // each is put here too
}

func (b *box) Send(_ context.Context, e Envelope) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, e)
	if b.sent != nil {
		b.sent()
	}
	if b.came != nil {
		b.came <- e
	}
	return b.fail
}

// all are the letters that it got.
func (b *box) all() []Envelope {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

// failing lets it fail from now on, or take letters again.
func (b *box) failing(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = err
}

// A flood is summed up, nobody is told twice after a kill, nights are quiet but for what
// cannot wait, and who has no rights there is not told.
func TestAlertsByMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.book.Close()
		w.people.set("ann", "main=supervisor")
		w.people.set("bob", "north=supervisor")
		post := &box{}
		with := func(o *Options) { o.Mail, o.From = post, "stock@example.com" }
		s, stop := w.open(with)
		defer func() { stop() }()
		for _, c := range []Contact{{Whose: "ann", Mail: "ann@example.com", QuietFrom: "22:00", QuietTo: "06:00"}, {Whose: "bob", Mail: "bob@example.com"}} {
			if err := s.PutContact(c); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range []Subscription{{Role: "supervisor"}, {For: "bob"}} {
			if _, err := s.Subscribe(x); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(12*time.Hour - time.Until(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))) // noon
		w.edit(ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5"}},
			ledger.Patch{Entity: ledger.EntityConstraint, Code: "NUT", Site: "main", Fields: map[string]string{"min": "5"}})
		time.Sleep(time.Minute)
		if len(post.all()) != 1 || post.all()[0].To != "ann@example.com" || post.all()[0].Subject != "4 stock alerts" {
			t.Fatalf("%+v", post.all())
		}
		for range 30 { // a flood: six letters an hour, and the rest in the next ones
			w.scan("add BOLT 9 main")
			w.scan("remove BOLT 9 main")
			time.Sleep(time.Minute)
		}
		if len(post.all()) != maxAnHour {
			t.Errorf("%d letters in half an hour", len(post.all()))
		}
		stop()
		s, stop = w.open(with)
		time.Sleep(2 * time.Hour)
		lines := 0
		for _, e := range post.all()[1:] {
			lines += strings.Count(e.Text, "low")
		}
		if lines != 30 {
			t.Errorf("%d of 30 crossings were told", lines)
		}
		before := len(post.all())
		time.Sleep(time.Until(time.Date(2000, 1, 1, 23, 0, 0, 0, time.UTC)))
		w.scan("add BOLT 9 main")
		w.scan("remove BOLT 9 main")
		time.Sleep(6 * time.Hour)
		if len(post.all()) != before {
			t.Error("the night is not quiet")
		}
		time.Sleep(2 * time.Hour)
		if len(post.all()) != before+1 {
			t.Error("nothing was told in the morning")
		}
		// A mail server that is away: the same letter, until it is taken.
		post.failing(errors.New("away"))
		w.scan("add BOLT 9 main")
		w.scan("remove BOLT 9 main")
		time.Sleep(time.Hour)
		post.failing(nil)
		time.Sleep(2 * time.Hour)
		tries := post.all()[before+1:]
		if len(tries) < 4 || tries[0].ID != tries[len(tries)-1].ID || s.Status().Mailed == 0 || s.Status().Letters != 0 {
			t.Errorf("%d tries, %+v", len(tries), s.Status())
		}
	})
}
