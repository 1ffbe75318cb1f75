package socket_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// The topic begins with what is open or taken; then rows come as they change, and
// go when they are decided or have healed. Filters narrow both.
func TestExceptionsAreFollowed(t *testing.T) {
	d := open(t)
	if _, _, err := d.book.Edit(context.Background(), "test", []ledger.Patch{{Entity: ledger.EntitySite, Code: "main", Fields: map[string]string{"negative": "refuse"}}}, false); err != nil {
		t.Fatal(err)
	}
	seqs := map[string]uint64{}
	scan := func(device, role string, in ledger.Intent) {
		t.Helper()
		seqs[device]++
		in.Device, in.Install, in.Seq = device, "i", seqs[device]
		r, err := d.book.Do(context.Background(), book.Source{Transport: book.Stated, Role: role}, []ledger.Received{wire.Receive(in)})
		if err != nil || r.Results[0].Outcome == ledger.Parked || r.Results[0].Outcome == ledger.Refused {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	rows := func(raw []wire.ExceptionRow) string {
		var words []string
		for _, r := range raw {
			word := r.ID + " " + r.State
			if r.Gone {
				word += " gone"
			}
			words = append(words, word)
		}
		return strings.Join(words, ", ")
	}
	read := func(text any) (out []wire.ExceptionRow) {
		t.Helper()
		b, err := json.Marshal(text)
		if err == nil {
			err = json.Unmarshal(b, &out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	three := ledger.NewDecimal(3, 0)
	scan("H-1", "floor", ledger.Intent{Action: "remove", Product: "BOLT", Quantity: three, Operator: "ann"})
	all, hers, other := d.hello("watch-1"), d.hello("watch-2"), d.hello("watch-3")
	all.send(`{"type":"subscribe","topic":"exceptions"}`)
	first := read(all.one("snapshot").Snapshot.Rows)
	if got := rows(first); got != "short/H-1/i/1 open" || first[0].Operator != "ann" || first[0].Location != "stock" {
		t.Fatalf("%s: %+v", got, first)
	}
	hers.send(`{"type":"subscribe","topic":"exceptions","site":"main","filter":{"operator":"ann","kind":"short","location":"main/stock","product":"BOLT"}}`)
	if got := rows(read(hers.one("snapshot").Snapshot.Rows)); got != "short/H-1/i/1 open" {
		t.Error(got)
	}
	other.send(`{"type":"subscribe","topic":"exceptions","filter":{"location":"quarantine"}}`)
	if got := rows(read(other.one("snapshot").Snapshot.Rows)); got != "" {
		t.Error(got)
	}
	next := func(h *handheld) string {
		t.Helper()
		for {
			if got := rows(read(h.one("events").Events.Events)); got != "" {
				return got
			}
		}
	}
	scan("S-1", "supervisor", ledger.Intent{Action: "decide", ExceptionN: first[0].ID, Choice: "take", Operator: "eva"})
	for _, h := range []*handheld{all, hers} { // each before the row changes again: a later row replaces it
		if got := next(h); got != "short/H-1/i/1 taken" {
			t.Error(got)
		}
	}
	scan("S-1", "supervisor", ledger.Intent{Action: "decide", ExceptionN: first[0].ID, Choice: "accept", Evidence: first[0].Evidence})
	for _, h := range []*handheld{all, hers} {
		if got := next(h); got != "short/H-1/i/1 decided gone" {
			t.Error(got)
		}
	}
	scan("H-2", "floor", ledger.Intent{Action: "remove", Product: "BOLT", Quantity: three, From: "quarantine"})
	if got := next(other); got != "short/H-2/i/1 open, held_taken/H-2/i/1 open" && got != "held_taken/H-2/i/1 open, short/H-2/i/1 open" {
		t.Error(got)
	}
	late := d.hello("watch-4")
	late.send(`{"type":"subscribe","topic":"exceptions"}`)
	if got := rows(read(late.one("snapshot").Snapshot.Rows)); got != "held_taken/H-2/i/1 open, short/H-2/i/1 open" {
		t.Error(got)
	}
}
