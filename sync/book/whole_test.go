package book_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
)

// stated makes intents of so many lines each, of one stream.
func stated(stream string, intents, lines int) (out []ledger.Received) {
	for i := range intents {
		in := ledger.Intent{Device: stream, Install: "-", Seq: uint64(i + 1), Action: "add", From: "loss", Site: "main", Reference: stream}
		for j := range lines {
			in.Lines = append(in.Lines, ledger.Line{Product: fmt.Sprintf("P-%05d", i*lines+j), Quantity: ledger.NewDecimal(1, 0), To: "A-01"})
		}
		out = append(out, wire.Receive(in))
	}
	return out
}

func (b *bench) products(count int) {
	b.Helper()
	var patches []ledger.Patch
	for i := range count {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprintf("P-%05d", i)})
	}
	b.edit(patches...)
}

func free(*settle.Books) error { return nil }

var vouched = book.Source{Role: "admin", Transport: book.Stated}

// What is booked with a guard is one commit: one block has all of it, however much
// others book at the same time.
func TestWholeIsOneCommit(t *testing.T) {
	b := open(t)
	b.products(15_000)
	before := b.book.Head()
	others := make(chan error, 1)
	go func() {
		for i := range 200 {
			if _, err := b.book.Do(context.Background(), vouched, stated(fmt.Sprint("H-", i), 1, 1)); err != nil {
				others <- err
				return
			}
		}
		others <- nil
	}()
	r, err := b.book.DoWhole(context.Background(), vouched, stated("ADJ", 15, 1_000), free)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-others; err != nil {
		t.Fatal(err)
	}
	blocks := 0
	err = b.book.Feed().Stored(context.Background(), before, func(k *journal.Block) (bool, error) {
		ours := 0
		for n := k.First; n <= k.Last; n++ {
			if strings.Contains(string(k.Entry(n)), `"reference":"ADJ"`) {
				ours++
			}
		}
		if ours > 0 {
			blocks++
			t.Logf("%d entries of %d in the block", ours, k.Len())
		}
		return true, nil
	})
	if err != nil || blocks != 1 || r.Results[14].Entry != r.Results[0].Entry+14 {
		t.Errorf("%d blocks have it: %v %+v", blocks, err, r.Results)
	}
}

// A guard that says no has nothing booked, and leaves the identities free; a repeat is
// not asked again.
func TestGuard(t *testing.T) {
	b := open(t)
	b.products(3)
	no := errors.New("it moved")
	head := b.book.Head()
	if _, err := b.book.DoWhole(t.Context(), vouched, stated("ADJ", 1, 3), func(*settle.Books) error { return no }); !errors.Is(err, no) || b.book.Head() != head {
		t.Errorf("%v, head %d", err, b.book.Head())
	}
	first, err := b.book.DoWhole(t.Context(), vouched, stated("ADJ", 1, 3), free)
	if err != nil || first.Results[0].Outcome != ledger.Applied {
		t.Fatal(first, err)
	}
	again, err := b.book.DoWhole(t.Context(), vouched, stated("ADJ", 1, 3), func(*settle.Books) error { return no })
	if err != nil || !again.Results[0].Repeat || again.Results[0].Entry != first.Results[0].Entry {
		t.Error(again, err)
	}
}

// More than one commit holds is refused before anything is booked, and so is too much
// of one product.
func TestWholeHasBounds(t *testing.T) {
	b := open(t)
	b.products(1)
	head := b.book.Head()
	many := stated("ADJ", 2, 600)
	for i := range many {
		for j := range many[i].Intent.Lines {
			many[i].Intent.Lines[j].Product = "P-00000"
		}
	}
	for want, intents := range map[string][]ledger.Received{"one commit": stated("ADJ", 40, 1_000), "P-00000 has 1200 lines": many} {
		var f *ledger.Fault
		if _, err := b.book.DoWhole(t.Context(), vouched, intents, free); !errors.As(err, &f) || f.Code != ledger.TooLarge || !strings.Contains(f.Message, strings.TrimPrefix(want, "P-00000 ")) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if b.book.Head() != head {
		t.Error("something was booked")
	}
}
