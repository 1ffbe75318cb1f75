package main

import (
	"io"
	"net"
	"net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"bayledger/server/outbound"
	"bayledger/sync/simulation/powercut"

	"github.com/emersion/go-smtp"
)

// slowOffice is a mail server that has each letter wait, once it has all of it, for
// somebody to say whether it was taken.
type slowOffice struct {
	came chan string // its Message-ID
	take chan bool
}

func (o *slowOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &slowCounter{o}, nil }

// slowCounter is one conversation with it.
type slowCounter struct{ office *slowOffice }

func (*slowCounter) Mail(string, *smtp.MailOptions) error { return nil }
func (*slowCounter) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*slowCounter) Reset()                               {}
func (*slowCounter) Logout() error                        { return nil }
func (c *slowCounter) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, m.Body); err != nil { // all of it is here
		return err
	}
	c.office.came <- m.Header.Get("Message-ID")
	if <-c.office.take {
		return nil
	}
	return &smtp.SMTPError{Code: 421, Message: "closing"}
}

// lettersKilled is how many letters are cut off.
const lettersKilled = 3

// A server is killed while the mail server has a letter and has not said so. After the
// start the letter comes again, under the same Message-ID, by which whoever reads mail
// can tell that it is the same; what was taken comes no more.
func TestMailKilledAgainAndAgain(t *testing.T) {
	t.Parallel() // most of it is waiting
	office := &slowOffice{came: make(chan string), take: make(chan bool)}
	post := smtp.NewServer(office)
	post.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = post.Serve(l) }()
	t.Cleanup(func() { post.Close(); <-ended })
	s := &ownServer{dir: t.TempDir(), log: os.Stderr, child: ownChild(t),
		args: []string{"--smtp", l.Addr().String(), "--smtp-tls", outbound.SMTPPlain, "--smtp-from", "stock@example.com"}}
	t.Cleanup(s.kill)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	came := func() string {
		t.Helper()
		select {
		case id := <-office.came:
			return id
		case <-time.After(2 * time.Minute):
			t.Fatal("no letter came")
		}
		return ""
	}
	start := func() *api {
		t.Helper()
		must(s.start(t.Context()))
		server, err := s.api()
		must(err)
		return server
	}
	server := start()
	must(importRows(t.Context(), server, "products", []string{"code"}, [][]string{{"BOLT"}}))
	var made outbound.Schedule
	must(server.post(t.Context(), "/v1/schedules", map[string]any{"report": "balance", "format": "csv", "to": "boss@example.com", "every": "daily", "at": "07:30"}, &made))
	seen := map[string]bool{}
	for n := range lettersKilled {
		must(server.post(t.Context(), "/v1/schedules/"+made.ID+"/send", nil, nil))
		id := came()
		if !strings.HasPrefix(id, "<") || seen[id] {
			t.Errorf("letter %d is %q, and came before: %t", n, id, seen[id])
		}
		seen[id] = true
		s.kill()
		office.take <- false // to nobody
		server = start()
		if again := came(); again != id {
			t.Errorf("letter %d was %s, and came again as %s", n, id, again)
		}
		office.take <- true
	}
	must(s.stop())
	must((&app{in: nil, out: os.Stderr, err: os.Stderr, data: s.dir}).verify(t.Context()))
	if err := powercut.Note("kill -9 of a server while a mail server has its letter", lettersKilled, "each came again, under the same Message-ID; verify clean"); err != nil {
		t.Error(err)
	}
}
