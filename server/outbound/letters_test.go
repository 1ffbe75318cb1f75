package outbound

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// reports is a Reporter that says by whose rights a report was asked for.
type reports struct{ size int }

func (reports) Check(report string, _ url.Values, _ string) (bool, error) {
	if report != "balance" && report != "transactions" {
		return false, errors.New("there is no such report")
	}
	return report == "transactions", nil
}

func (r reports) Report(_ context.Context, who access.Principal, report string, filters url.Values, _ string, to io.Writer) error {
	if who.Role == access.Floor {
		return Refusal("A floor key may not do this.")
	}
	if _, err := to.Write(make([]byte, r.size)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to, "%s as %s (%s) from %s to %s", report, who.Name, who.Role, filters.Get("from"), filters.Get("to"))
	return err
}

// A scheduled report comes when it is due, by the rights of that moment: with less once
// they are less, and not at all once they are gone. What was missed comes once.
func TestScheduledReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.book.Close()
		w.people.set("ann", "supervisor")
		post := &box{}
		with := func(o *Options) { o.Mail, o.From, o.Reporter = post, "stock@example.com", reports{} }
		s, stop := w.open(with)
		defer func() { stop() }()
		x, err := s.AddSchedule(Schedule{Owner: "ann", Report: "transactions", Days: 7, Format: "csv", To: "ann@example.com", Every: Daily, At: "07:30"})
		if err != nil {
			t.Fatal(err)
		}
		due := x.Next.Std()
		time.Sleep(time.Until(due) - time.Second)
		synctest.Wait()
		if len(post.all()) != 0 {
			t.Fatal("it came early")
		}
		time.Sleep(time.Minute)
		want := "transactions as ann (supervisor) from " + ledger.TimeOf(due.AddDate(0, 0, -7)).String() + " to " + ledger.TimeOf(due).String()
		if len(post.all()) != 1 || string(post.all()[0].Data) != want || post.all()[0].Name != "transactions.csv" {
			t.Fatalf("%+v, want %s", post.all(), want)
		}
		w.people.set("ann", "floor")
		time.Sleep(24 * time.Hour)
		if len(post.all()) != 2 || post.all()[1].Data != nil || !strings.Contains(post.all()[1].Text, "A floor key may not do this.") {
			t.Fatalf("%+v", post.all())
		}
		w.people.set("ann", "")
		time.Sleep(24 * time.Hour)
		if len(post.all()) != 2 {
			t.Fatalf("somebody without rights is sent %+v", post.all()[2])
		}
		w.people.set("ann", "admin")
		stop() // away for three days
		time.Sleep(72 * time.Hour)
		s, stop = w.open(with)
		time.Sleep(time.Minute)
		if len(post.all()) != 3 {
			t.Errorf("%d letters of three that were missed", len(post.all())-2)
		}
		if err := s.RemoveSchedule(x.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(72 * time.Hour)
		if len(post.all()) != 3 {
			t.Error("a schedule that was removed goes on")
		}
	})
}

// A report that no mailbox would take is not attached, and the letter says so.
func TestReportThatIsTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.book.Close()
		post := &box{}
		s, stop := w.open(func(o *Options) { o.Mail, o.From, o.Reporter = post, "stock@example.com", reports{maxReport} })
		defer stop()
		x, err := s.AddSchedule(Schedule{Owner: "boss", Report: "balance", Format: "csv", To: "b@example.com", Every: Daily, At: "07:30"})
		if err == nil {
			err = s.SendNow(x.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if len(post.all()) != 1 || post.all()[0].Data != nil || !strings.Contains(post.all()[0].Text, "larger than 7 MiB") {
			t.Errorf("%d letters: %.200q", len(post.all()), post.all()[0].Text)
		}
	})
}

// A kill between sending and marking sends the letter again under its Message-ID, and
// alerts that were put into it are told once.
func TestKillBetweenSendingAndMarking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.book.Close()
		w.people.set("ann", "main=supervisor")
		post, killed := &box{}, atomic.Bool{}
		w.disk.Fail = func() error {
			if killed.Load() {
				return errors.New("killed")
			}
			return nil
		}
		post.sent = func() { killed.Store(true) } // sent, and never marked
		with := func(o *Options) { o.Mail, o.From = post, "stock@example.com" }
		s, stop := w.open(with)
		if err := s.PutContact(Contact{Whose: "ann", Mail: "ann@example.com"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Subscribe(Subscription{For: "ann"}); err != nil {
			t.Fatal(err)
		}
		w.edit(ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5"}})
		time.Sleep(20 * time.Second)
		stop()
		killed.Store(false)
		post.sent = nil
		_, stop = w.open(with)
		defer func() { stop() }()
		time.Sleep(time.Hour)
		if len(post.all()) != 2 || post.all()[0].ID != post.all()[1].ID || post.all()[0].Text != post.all()[1].Text {
			t.Errorf("%+v", post.all())
		}
	})
}

// A letter that waited says what its reader may see when it leaves; who may see nothing
// any more gets none.
func TestLettersByTheRightsOfNow(t *testing.T) {
	for _, c := range []struct{ then, want string }{{"north=supervisor", "north"}, {"main=floor/north=floor", "main north"}, {"", ""}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			defer w.book.Close()
			w.people.set("ann", "supervisor")
			post := &box{fail: errors.New("away")}
			s, stop := w.open(func(o *Options) { o.Mail, o.From = post, "stock@example.com" })
			defer stop()
			if err := s.PutContact(Contact{Whose: "ann", Mail: "ann@example.com"}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Subscribe(Subscription{Role: "supervisor"}); err != nil {
				t.Fatal(err)
			}
			for _, site := range []string{"main", "north"} {
				w.edit(ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: site, Fields: map[string]string{"min": "5"}})
			}
			time.Sleep(time.Minute)
			w.people.set("ann", c.then)
			before := len(post.all())
			post.failing(nil)
			time.Sleep(time.Hour)
			var told []string
			for _, e := range post.all()[before:] {
				for _, site := range []string{"main", "north"} {
					if strings.Contains(e.Text, site) {
						told = append(told, site)
					}
				}
			}
			if got := strings.Join(told, " "); got != c.want || s.Status().Letters != 0 {
				t.Errorf("now %q: told of %q, want %q: %+v", c.then, got, c.want, post.all())
			}
		})
	}
}

// A webhook that is disabled is told to admins by mail, and to nobody else.
func TestDisabledWebhookIsTold(t *testing.T) {
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusGone) })
	w := newWorld(t)
	defer w.book.Close()
	w.people.set("ann", "supervisor")
	post := &box{came: make(chan Envelope, 10)}
	s, stop := w.open(r.trust, func(o *Options) { o.Mail, o.From = post, "stock@example.com" })
	defer stop()
	for _, name := range []string{"boss", "ann"} {
		if err := s.PutContact(Contact{Whose: name, Mail: name + "@example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.AddEndpoint(t.Context(), "ann", nil, EndpointWish{URL: r.URL, Events: []string{EventEntries}}); err != nil {
		t.Fatal(err)
	}
	w.scan("add BOLT 1 main")
	select {
	case e := <-post.came:
		if e.To != "boss@example.com" || !strings.Contains(e.Text, "gone (410)") {
			t.Errorf("%+v", e)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nobody was told")
	}
}

// A hostile mail server ends nothing: what it says is bounded, shown as one line, and
// the letter waits.
func TestHostileMailServers(t *testing.T) {
	for name, talk := range map[string]func(c net.Conn, in *bufio.Reader){
		"says nothing and goes": func(net.Conn, *bufio.Reader) {},
		"never ends its greeting": func(c net.Conn, _ *bufio.Reader) {
			for line := []byte("220-" + strings.Repeat("x", 1000) + "\r\n"); ; {
				if _, err := c.Write(line); err != nil {
					return
				}
			}
		},
		"speaks HTTP": func(c net.Conn, _ *bufio.Reader) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") },
		"offers no TLS": func(c net.Conn, in *bufio.Reader) {
			_, _ = io.WriteString(c, "220 hi\r\n")
			_, _ = in.ReadString('\n')
			_, _ = io.WriteString(c, "250 hi\r\n")
			_, _ = in.ReadString('\n')
		},
		"says odd bytes": func(c net.Conn, _ *bufio.Reader) {
			_, _ = io.WriteString(c, "554 \x1b[2J\xff\xfe"+strings.Repeat("n", 5_000)+"\r\n")
		},
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			talk(c, bufio.NewReader(c))
		}()
		m := &SMTP{Address: l.Addr().String(), Security: SMTPStartTLS, User: "stock", Password: "SECRET-word", From: "stock@example.com"}
		err = m.Send(t.Context(), Envelope{ID: "a@b.c", To: "ann@example.com", Subject: "x", Text: "x"})
		if err == nil || len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\x1b\r\n") || !utf8.ValidString(err.Error()) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", name, err)
		}
		l.Close()
		<-ended
	}
}
