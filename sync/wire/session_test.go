package wire_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bayledger/server/access"
	"bayledger/server/lens"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
	"bayledger/sync/wire/schema"
)

var update = flag.Bool("update", false, "write the worked session and its place in PROTOCOL.md anew")

// The worked session of PROTOCOL.md: what a device says, word for word, and what
// the books answer. Lines of people stand between them.
var script = []string{
	"# A new handheld says hello. The server's clock, the head of its journal and what holds here come back.",
	`{"type":"hello","device":"H-07","install":"k3f9","key":"bld_4hZ…","cursor":null,"now":"2026-03-02T09:15:00.1Z","pending":2,"app":"my-scanner/0.1"}`,
	"# It follows one product's balances, beginning with a snapshot, and the activity from the head on.",
	`[{"type":"subscribe","topic":"balances","since":null,"filter":{"product":"BOLT-M6"}},{"type":"subscribe","topic":"activity","since":{"epoch":"e1","n":HEAD}}]`,
	"# Two scans made before: three bolts taken, and a barcode that nobody knows. The first crosses the minimum of 40; the second is kept for a person to say what it is.",
	`{"type":"push","intents":[{"device":"H-07","install":"k3f9","seq":1,"at":"2026-03-02T09:14:31.5Z","clock":"a","action":"remove","product":"BOLT-M6","quantity":"3","from":"A-01-02","reference":"536365"},{"device":"H-07","install":"k3f9","seq":2,"at":"2026-03-02T09:14:52Z","clock":"a","action":"remove","scan":"4006381333931","from":"A-01-02"}]}`,
	"# The device was not sure that the last scan had arrived, so it sends it once more, with the next one. The repeat gets its first outcome; it is no entry.",
	`{"type":"push","intents":[{"device":"H-07","install":"k3f9","seq":2,"at":"2026-03-02T09:14:52Z","clock":"a","action":"remove","scan":"4006381333931","from":"A-01-02"},{"device":"H-07","install":"k3f9","seq":3,"at":"2026-03-02T09:15:20Z","clock":"a","seen":SEEN,"epoch":"e1","action":"isolate","product":"BOLT-M6","quantity":"1","from":"A-01-02","reason":"bent"}]}`,
	"# Seq 4 is gone from its memory: 5 would be a gap, and nothing of it is taken.",
	`{"type":"push","intents":[{"device":"H-07","install":"k3f9","seq":5,"at":"2026-03-02T09:15:40Z","clock":"a","action":"undo","reference":"1"}]}`,
	"# So it says that 4 is lost, and sends 5 again: an undo, which puts the three bolts back.",
	`[{"type":"skip","seq":4,"reason":"row 4 of the outbox could not be read"},{"type":"push","intents":[{"device":"H-07","install":"k3f9","seq":5,"at":"2026-03-02T09:15:40Z","clock":"a","action":"undo","reference":"1"}]}]`,
	"# An app newer than the server uses a field that it does not know: the scan is kept whole. A quantity that cannot be is refused, and uses up its seq all the same.",
	`{"type":"push","intents":[{"device":"H-07","install":"k3f9","seq":6,"at":"2026-03-02T09:16:00Z","clock":"a","action":"remove","product":"BOLT-M6","colour":"zinc"},{"device":"H-07","install":"k3f9","seq":7,"at":"2026-03-02T09:16:05Z","clock":"a","action":"remove","product":"BOLT-M6","quantity":-1}]}`,
	"# Now and then it says that it is there.",
	`{"type":"ping","now":"2026-03-02T09:16:30.1Z","pending":0,"battery":81}`,
}

// player answers a device as a server does, from real books.
type player struct {
	*testing.T
	book  *book.Book
	now   time.Time
	after uint64 // everything up to here has been sent
	out   strings.Builder
}

func TestWorkedSession(t *testing.T) {
	p := &player{T: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	var err error
	if p.book, err = book.Open(t.Context(), journal.NewMemory("e1"), book.Options{Now: func() time.Time { return p.now }}); err != nil {
		t.Fatal(err)
	}
	defer p.book.Close()
	p.stock()
	p.now = time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)
	first := p.book.Head()
	for _, line := range script {
		if strings.HasPrefix(line, "#") {
			fmt.Fprintf(&p.out, "%s\n", line)
			continue
		}
		line = strings.NewReplacer("HEAD", fmt.Sprint(first), "SEEN", fmt.Sprint(first+1)).Replace(line)
		p.play([]byte(line))
		p.now = p.now.Add(15 * time.Second)
	}
	compare(t, filepath.Join("testdata", "golden", "session.txt"), []byte(p.out.String()))
	comparePage(t, []byte(p.out.String()))
}

// stock lays 40 bolts on a shelf, of which there should be 40 at least.
func (p *player) stock() {
	p.Helper()
	_, bad, err := p.book.Edit(p.Context(), "bo", []ledger.Patch{
		{Entity: ledger.EntityProduct, Code: "BOLT-M6", Fields: map[string]string{"name": "Bolt M6 × 20"}},
		{Entity: ledger.EntityLocation, Site: "main", Code: "A-01-02", Fields: map[string]string{}},
		{Entity: ledger.EntityConstraint, Site: "main", Code: "BOLT-M6", Fields: map[string]string{"min": "40"}},
	}, false)
	if err != nil {
		p.Fatal(bad, err)
	}
	count := wire.DecodeIntent([]byte(`{"device":"S-01","install":"q2x7","seq":1,"action":"count","product":"BOLT-M6","quantity":"40","from":"A-01-02","reason":"opening"}`), wire.Stated)
	if _, err := p.book.Do(p.Context(), book.Source{Transport: book.Stated}, []ledger.Received{count}); err != nil {
		p.Fatal(err)
	}
}

// play says a frame and notes what is answered.
func (p *player) play(frame []byte) {
	p.Helper()
	fmt.Fprintf(&p.out, "→ %s\n", frame)
	if err := schema.Validate(frame, schema.FromDevice); err != nil && !bytes.Contains(frame, []byte("colour")) {
		p.Errorf("%s\n%v", frame, err)
	}
	messages, f := wire.DecodeFrame(frame)
	if f != nil {
		p.Fatal(f)
	}
	var results []ledger.Result
	var answers [][]byte
	through := uint64(0)
	for i := range messages {
		m := &messages[i]
		switch m.Type {
		case "hello":
			answers = append(answers, p.message(&wire.Welcome{Type: "welcome", Now: ledger.TimeOf(p.now), Head: wire.Cursor{Epoch: p.book.Epoch(), N: p.book.Head()},
				Policy: wire.Policy{Site: "main", Role: "floor", Negative: "allow", MaxPush: wire.MaxPush, MaxUnacked: wire.MaxUnacked, MaxFrame: wire.MaxFrame, PingEvery: 25}}))
			p.after = p.book.Head()
		case "subscribe":
			if m.Subscribe.Since == nil {
				answers = append(answers, wire.AppendSnapshot(nil, m.Subscribe.Topic, 1, 1, p.book.Head(), p.rows(nil, true)))
			}
		case "ping":
			answers = append(answers, p.message(&wire.Pong{Type: "pong", Now: ledger.TimeOf(p.now)}))
		case "push", "skip":
			s := &book.Submission{Intents: m.Intents}
			if m.Skip != nil {
				s.Lost = &book.Lost{Seq: m.Skip.Seq, Reason: m.Skip.Reason}
			}
			r := p.submit(s)
			through = r.Through
			if len(r.Results) > 0 && r.Results[0].Code == ledger.Gap {
				answers = append(answers, p.message(&wire.Error{Type: "error", Code: ledger.Gap, Message: r.Results[0].Message, LastSeq: &r.Through}))
				continue
			}
			results = append(results, r.Results...)
		}
	}
	if len(results) > 0 {
		answers = append(answers, wire.AppendAck(nil, through, results))
	}
	answers = append(answers, p.news()...)
	p.answer(answers)
}

func (p *player) message(v any) []byte {
	b, err := wire.AppendMessage(nil, v)
	if err != nil {
		p.Fatal(err)
	}
	return b
}

func (p *player) submit(s *book.Submission) book.Results {
	p.Helper()
	done := make(chan book.Results, 1)
	s.Source = book.Source{Device: "H-07", Install: "k3f9", Transport: book.Socket}
	s.Done = func(r book.Results, err error) {
		if err != nil {
			p.Error(err)
		}
		done <- r
	}
	if err := p.book.Submit(context.Background(), s); err != nil {
		p.Fatal(err)
	}
	return <-done
}

// news returns the events since the last frame.
func (p *player) news() (answers [][]byte) {
	from, to := p.after, p.book.Head()
	if from == to {
		return nil
	}
	glass := lens.Of(access.Principal{Device: "H-07", Role: access.Floor}) // what a handheld is shown
	var entries []byte
	var cells []*ledger.Cell
	for p.after < to {
		chunk, _, ok := p.book.Feed().Next(p.after)
		if !ok {
			p.Fatal("the feed has a gap")
		}
		for n := p.after + 1; n <= chunk.Last; n++ {
			if len(entries) > 0 {
				entries = append(entries, ',')
			}
			entries = append(entries, glass.Entry(chunk.Entry(n))...)
		}
		cells = append(cells, chunk.Cells...)
		p.after = chunk.Last
	}
	return [][]byte{
		wire.AppendEvents(nil, wire.TopicBalances, from, to, p.rows(cells, false)),
		wire.AppendEvents(nil, wire.TopicActivity, from, to, entries),
	}
}

// rows returns the balance rows of the given cells, or of all.
func (p *player) rows(cells []*ledger.Cell, all bool) (joined []byte) {
	err := p.book.View(p.Context(), func(s *ledger.State, _ uint64) {
		if all {
			cells = s.CellsOf(func(*ledger.Cell) bool { return true })
		}
		seen := map[*ledger.Cell]bool{}
		for _, c := range cells {
			if !c.Place.Physical() || seen[c] {
				continue
			}
			seen[c] = true
			row := &wire.BalanceRow{Site: c.Place.Site, Location: c.Place.Code, Product: c.Product.Code, Lot: c.Lot, Serial: c.Serial, Status: string(c.Status()),
				Quantity: ledger.FormatScaled(c.Quantity, c.Product.Decimals), ChangedAt: c.ChangedAt, N: c.N, Gone: c.Quantity == 0}
			if len(joined) > 0 {
				joined = append(joined, ',')
			}
			joined = append(joined, p.message(row)...)
		}
	})
	if err != nil {
		p.Fatal(err)
	}
	return joined
}

// answer notes a frame of the server's: one message, or an array.
func (p *player) answer(answers [][]byte) {
	if len(answers) == 0 {
		return
	}
	frame := answers[0]
	if len(answers) > 1 {
		frame = append(append([]byte{'['}, bytes.Join(answers, []byte{','})...), ']')
	}
	if err := schema.Validate(frame, schema.FromServer); err != nil {
		p.Errorf("%s\n%v", frame, err)
	}
	if _, err := wire.DecodeServerFrame(frame); err != nil {
		p.Error(err)
	}
	fmt.Fprintf(&p.out, "← %s\n", frame)
}

// compare compares with a golden file, or writes it.
func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d:\n got %s\nwant %s\n(go test ./sync/wire -run TestWorkedSession -update writes it anew)", i+1, a[i], b[i])
			}
		}
		t.Fatalf("%d lines, want %d", len(a), len(b))
	}
}

const (
	sessionBegins = "<!-- session -->\n"
	sessionEnds   = "<!-- end of session -->\n"
)

// comparePage compares the session with what PROTOCOL.md shows, or writes it there.
func comparePage(t *testing.T, session []byte) {
	t.Helper()
	page, err := os.ReadFile(pagePath)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(page), sessionBegins)
	_, after, ok2 := strings.Cut(rest, sessionEnds)
	if !ok || !ok2 {
		t.Fatal("PROTOCOL.md has no place for the session")
	}
	compare(t, pagePath, []byte(before+sessionBegins+asPage(string(session))+sessionEnds+after))
}

// asPage sets the session as Markdown: what people read as text, frames as code.
func asPage(session string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(session), "\n") {
		if text, ok := strings.CutPrefix(line, "# "); ok {
			fmt.Fprintf(&b, "\n%s\n\n", text)
			continue
		}
		fmt.Fprintf(&b, "```text\n%s\n```\n", line)
	}
	return b.String() + "\n"
}
