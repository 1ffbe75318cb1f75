package main

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/outbound"
	"bayledger/server/store"
	"bayledger/server/tables"
	"bayledger/sync/ledger"

	"github.com/emersion/go-smtp"
)

// postOffice is an SMTP server of the test's process.
type postOffice struct{ got chan string }

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &counter{office: p}, nil }

// counter is one conversation with it.
type counter struct{ office *postOffice }

func (c *counter) Mail(string, *smtp.MailOptions) error { return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, Message: "no such user"}
	}
	return nil
}
func (c *counter) Reset()        {}
func (c *counter) Logout() error { return nil }
func (c *counter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	c.office.got <- string(b)
	return err
}

func newPostOffice(t *testing.T) (*postOffice, string) {
	t.Helper()
	office := &postOffice{got: make(chan string, 100)}
	server := smtp.NewServer(office)
	server.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close(); <-ended })
	return office, l.Addr().String()
}

// letter waits for a letter and reads its parts: the plain text, and what is attached.
func (p *postOffice) letter(t *testing.T) (subject, to, text, name, attached string) {
	t.Helper()
	var raw string
	select {
	case raw = <-p.got:
	case <-time.After(time.Minute):
		t.Fatal("no letter came")
	}
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(kind, encoding, file string, r io.Reader)
	walk = func(kind, encoding, file string, r io.Reader) {
		media, params, _ := mime.ParseMediaType(kind)
		if strings.HasPrefix(media, "multipart/") {
			parts := multipart.NewReader(r, params["boundary"])
			for {
				part, err := parts.NextPart()
				if err != nil {
					return
				}
				walk(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part.FileName(), part)
			}
		}
		switch encoding {
		case "quoted-printable":
			r = quotedprintable.NewReader(r)
		case "base64":
			r = base64.NewDecoder(base64.StdEncoding, r)
		}
		b, _ := io.ReadAll(r)
		switch {
		case file != "":
			name, attached = file, string(b)
		case media == "text/plain":
			text = string(b)
		}
	}
	walk(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), "", m.Body)
	return m.Header.Get("Subject"), m.Header.Get("To"), text, name, attached
}

// mailing is a server that sends mail, with keys, on a folder.
func mailing(t *testing.T, dir, address string) (n *node, close func()) {
	t.Helper()
	n, err := openNode(t.Context(), dir, nodeOptions{serves: true, log: slog.New(slog.DiscardHandler),
		smtp: &outbound.SMTP{Address: address, Security: outbound.SMTPPlain, From: "stock@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	return n, func() { n.close(context.Background()) }
}

// asks speaks REST to a server by its own handler, with a key.
func asks(n *node, key string) *api {
	return &api{"http://127.0.0.1", key, &http.Client{Transport: n.asked(n.server.Handler())}}
}

// Who subscribed by REST is told by a real mail server once an alert is raised; a
// scheduled report is made by its owner's rights at the time: a supervisor's has values,
// after the role was taken down it has none, and says why.
func TestMailEndToEnd(t *testing.T) {
	office, address := newPostOffice(t)
	n, end := mailing(t, filepath.Join(t.TempDir(), "data"), address)
	defer end()
	admin := asks(n, n.adminKey)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key := func(role string) *api {
		t.Helper()
		made, err := n.store.Pair(store.Request{Device: "K-" + role, Role: access.Role(role), By: "test"})
		must(err)
		return asks(n, made)
	}
	edit := func(patch ledger.Patch) {
		t.Helper()
		_, _, err := n.book.Edit(t.Context(), "test", []ledger.Patch{patch}, false)
		must(err)
	}
	edit(ledger.Patch{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{}})
	boss, floor := key("supervisor"), key("floor")
	must(floor.put(t.Context(), "/v1/own-contact", map[string]string{"mail": "floor@example.com"}, nil))
	must(floor.post(t.Context(), "/v1/subscriptions", map[string]any{"kinds": []string{"low"}, "site": "main"}, nil))
	book := func(text string) {
		t.Helper()
		var done struct {
			Results []struct{ Outcome, Message string }
		}
		must(admin.call(t.Context(), http.MethodPost, "/v1/intents", "application/json", []byte(text), &done))
	}
	book(`{"device":"X","seq":1,"action":"add","product":"BOLT","quantity":"9","unit_cost":"2.5"}`)
	edit(ledger.Patch{Entity: ledger.EntityConstraint, Code: "BOLT", Site: "main", Fields: map[string]string{"min": "5"}})
	book(`{"device":"X","seq":2,"action":"remove","product":"BOLT","quantity":"6"}`)
	subject, to, text, _, _ := office.letter(t)
	if !strings.Contains(to, "floor@example.com") || !strings.Contains(text, "BOLT") || strings.Contains(text, "2.5") {
		t.Errorf("%q to %q: %q", subject, to, text)
	}
	for _, c := range []struct{ report, format, want string }{{"balance", "csv", "7.5"}, {"transactions", "table", "BOLT"}, {"balance", "xlsx", "PK"}} {
		var made outbound.Schedule
		must(boss.post(t.Context(), "/v1/schedules", map[string]any{"report": c.report, "format": c.format, "to": "boss@example.com", "every": "daily", "at": "07:30", "filters": map[string]string{"site": "main"}}, &made))
		must(boss.post(t.Context(), "/v1/schedules/"+made.ID+"/send", nil, nil))
		_, _, text, name, attached := office.letter(t)
		if !strings.Contains(attached, c.want) || !strings.HasPrefix(name, c.report+".") {
			t.Errorf("%+v: %q %q %q", c, text, name, attached)
		}
	}
	var list struct{ Rows []outbound.Schedule }
	must(boss.get(t.Context(), "/v1/schedules", &list))
	if len(list.Rows) != 3 {
		t.Errorf("%+v", list)
	}
	if err := floor.post(t.Context(), "/v1/schedules", map[string]any{"report": "balance", "every": "daily", "at": "07:30", "to": "x@example.com"}, nil); err == nil {
		t.Error("a floor key may schedule reports")
	}
	if err := floor.call(t.Context(), http.MethodDelete, "/v1/schedules/"+list.Rows[0].ID, "", nil, nil); err == nil {
		t.Error("a stranger removes a schedule")
	}
	for _, bad := range []map[string]any{{"report": "nothing"}, {"report": "balance", "filters": map[string]string{"colour": "red"}}, {"report": "balance", "days": 7}, {"report": "balance", "to": "a@b.c\r\nBcc: x@y.z"}, {"report": "balance", "zone": "Mars"}, {"report": "balance", "at": "25:00"}} {
		body := map[string]any{"to": "x@example.com", "every": "daily", "at": "07:30"}
		for k, v := range bad {
			body[k] = v
		}
		if err := boss.post(t.Context(), "/v1/schedules", body, nil); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// Reports are made as somebody may see them: without money for who may not, of their
// sites alone, and refused in words where they may not at all.
func TestReportsByRights(t *testing.T) {
	_, address := newPostOffice(t)
	n, end := mailing(t, filepath.Join(t.TempDir(), "data"), address)
	defer end()
	admin := asks(n, n.adminKey)
	if _, _, err := n.book.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{}}}, false); err != nil {
		t.Fatal(err)
	}
	if err := admin.call(t.Context(), http.MethodPost, "/v1/intents", "application/json", []byte(`{"device":"X","seq":1,"action":"add","product":"BOLT","quantity":"9","unit_cost":"2.5"}`), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		roles, report, want, not string
	}{
		{"supervisor", "balance", "22.5", "\x00"},
		{"floor", "balance", "BOLT", "22.5"},
		{"north=supervisor", "balance", "site", "BOLT"},
		{"floor", "valuation", "refused", "BOLT"},
	} {
		grants, _ := ledger.ParseGrants(c.roles)
		who := access.Principal{Kind: access.Person, Name: "ann", Role: access.HighestRole(grants), Grants: grants}
		var out strings.Builder
		err := reporter{n}.Report(t.Context(), who, c.report, nil, "csv", &out)
		if refused := outbound.Refusal(""); errors.As(err, &refused) {
			out.WriteString("refused: " + string(refused))
		} else if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) || strings.Contains(out.String(), c.not) {
			t.Errorf("%+v: %s", c, out.String())
		}
	}
}

// Each report there is can be put on a schedule and goes out in each format; those that
// are of a span are of the days before.
func TestEveryReportGoesOut(t *testing.T) {
	_, address := newPostOffice(t)
	n, end := mailing(t, filepath.Join(t.TempDir(), "data"), address)
	defer end()
	admin := asks(n, n.adminKey)
	if _, _, err := n.book.Edit(t.Context(), "test", []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT", Fields: map[string]string{}}}, false); err != nil {
		t.Fatal(err)
	}
	if err := admin.call(t.Context(), http.MethodPost, "/v1/intents", "application/json", []byte(`{"device":"X","seq":1,"action":"add","product":"BOLT","quantity":"9","lot":"L1","unit_cost":"2.5"}`), nil); err != nil {
		t.Fatal(err)
	}
	grants, _ := ledger.ParseGrants("admin")
	who := access.Principal{Kind: access.Person, Name: "ann", Role: access.HighestRole(grants), Grants: grants}
	needs := map[string]url.Values{"asset": {"asset": {"PRESS-7"}}, "trace": {"lot": {"L1"}}, "tainted": {"product": {"BOLT"}, "lot": {"L1"}}}
	for _, k := range tables.Kinds() {
		span, err := reporter{n}.Check(k.Name, needs[k.Name], "csv")
		if err != nil || span != slices.Contains(k.Filters, "from") {
			t.Errorf("%s cannot be put on a schedule, or is of another span: %v, %v", k.Name, span, err)
		}
		for _, format := range tables.Formats() {
			var out strings.Builder
			if err := (reporter{n}).Report(t.Context(), who, k.Name, cloneValues(needs[k.Name]), format, &out); err != nil || out.Len() == 0 {
				t.Errorf("%s as %s: %v, %d bytes", k.Name, format, err, out.Len())
			}
		}
	}
}

// doctor signs in at the mail server, and says what to look at where it is not there.
func TestDoctorLooksAtMail(t *testing.T) {
	_, address := newPostOffice(t)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	for at, level := range map[string]string{address: "ok", dead.Addr().String(): "fail"} {
		d := &doctor{o: &serveFlags{mail: mailFlags{outbound.SMTP{Address: at, Security: outbound.SMTPPlain, From: "a@example.com"}}}, now: time.Now}
		d.mail(t.Context())
		if len(d.all) != 1 || d.all[0].level != level || d.all[0].what != "mail" {
			t.Errorf("%s: %+v", at, d.all)
		}
	}
}
