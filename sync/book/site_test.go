package book_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Which site an entry is of where nothing moved: the one that the scan names, else its
// handheld's. The entry keeps the latter, whatever became of the scan, unless it goes
// without saying; and what is said to supervisors of the scan is said at that site.
func TestAnEntryKeepsWhoseSiteItIs(t *testing.T) {
	b := open(t)
	b.edit(ledger.Patch{Entity: ledger.EntitySite, Code: "north"}, ledger.Patch{Entity: ledger.EntitySite, Code: "south"})
	at := func(device, site string) book.Source {
		return book.Source{Device: device, Install: "i", Transport: book.Socket, Role: "floor", Site: site}
	}
	north := at("H-N", "north")
	var want []string
	entered := func(name string, r ledger.Result, kept, site string) {
		t.Helper()
		e := b.entry(r.Entry)
		if e.Site != kept || e.SiteOf() != site {
			t.Errorf("%s (%s): it keeps %q and is of %q, want %q and %q", name, r.Outcome, e.Site, e.SiteOf(), kept, site)
		}
		want = append(want, b.text(r.Entry))
	}
	for i, c := range []struct{ name, fields, kept, site string }{
		{"goods that moved", `"action":"add","product":"BOLT","quantity":1`, "north", "north"},
		{"a code nobody knows", `"action":"add","scan":"555"`, "north", "north"},
		{"what is no intent", `"action":"add","product":"BOLT","quantity":-1`, "north", "north"},
		{"a field of a later release", `"action":"add","product":"BOLT","colour":"zinc"`, "north", "north"},
		{"a command that may not be", `"action":"decide","mode":"command","exception":"short/H-9/i/1","choice":"take"`, "north", "north"},
		{"an ask", `"action":"ask","reference":"2"`, "north", "north"},
		{"a count session's opening", `"action":"session-open","session":"c","from":"stock"`, "north", "north"},
		{"one that names its own", `"action":"add","scan":"556","site":"north"`, "", "north"},
		{"one that names another", `"action":"add","scan":"557","site":"south"`, "", "south"},
		{"one that names main", `"action":"add","scan":"558","site":"main"`, "", "main"},
	} {
		entered(c.name, b.push(north, fmt.Sprintf(`{"seq":%d,%s}`, i+1, c.fields))[0], c.kept, c.site)
	}
	entered("another scan under a used number", b.push(north, `{"seq":2,"action":"add","scan":"777"}`)[0], "north", "north")
	lost := make(chan book.Results, 1)
	if err := b.book.Submit(t.Context(), &book.Submission{Source: north, Lost: &book.Lost{Seq: 11, Reason: "a bad block"},
		Done: func(r book.Results, _ error) { lost <- r }}); err != nil {
		t.Fatal(err)
	}
	entered("a scan that was lost", (<-lost).Results[0], "north", "north")
	for site, device := range map[string]string{"": "H-1", "main": "H-2"} {
		entered("of a handheld at main", b.push(at(device, site), `{"seq":1,"action":"add","scan":"559"}`)[0], "", "main")
	}
	stated := book.Source{Site: "north", Role: "supervisor", Transport: book.Stated}
	entered("a file that somebody of north brings", b.push(stated, `{"device":"H-3","install":"-","seq":1,"action":"add","scan":"560"}`)[0], "north", "north")

	about := map[string]string{}
	if err := b.book.Exceptions(t.Context(), func(s *settle.Books, _ uint64) {
		for _, x := range s.Exceptions(func(*ledger.ExceptionView) bool { return true }) {
			about[x.ID] = x.Site
		}
		for site, want := range map[string]string{"main": "558 559", "north": "555 556 560", "south": "557"} {
			var codes []string
			for _, c := range s.UnknownAt(func(at string) bool { return at == site }) {
				codes = append(codes, c.Raw)
			}
			if slices.Sort(codes); strings.Join(codes, " ") != want {
				t.Errorf("at %s %s wait to be named, want %s", site, codes, want)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"asked/H-N/i/6", "identity_conflict/H-N/i/2", "lost_scan/H-N/i/11"} {
		if about[id] != "north" {
			t.Errorf("%s is of %q: %v", id, about[id], about)
		}
	}
	b.restart()
	all := b.all()
	for i, text := range want { // they are as they were
		if !strings.Contains(all, text) {
			t.Errorf("entry %d of the test is another after a restart: %s", i+1, text)
		}
	}
}

// text is an entry as it is stored.
func (b *bench) text(n uint64) (text string) {
	b.Helper()
	if err := b.journal.Read(context.Background(), n, func(blk *journal.Block) (bool, error) {
		text = string(blk.Entry(n))
		return false, nil
	}); err != nil {
		b.Fatal(err)
	}
	return text
}

// all are all entries as they are stored.
func (b *bench) all() string {
	b.Helper()
	var text strings.Builder
	if err := b.journal.Read(context.Background(), 1, func(blk *journal.Block) (bool, error) {
		for n := blk.First; n <= blk.Last; n++ {
			text.Write(blk.Entry(n))
		}
		return true, nil
	}); err != nil {
		b.Fatal(err)
	}
	return text.String()
}
