package book_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// BenchmarkBook books moves of 100 devices with 16 intents in flight each,
// decoded beforehand: the writer, the commit and the announcing, without sockets.
func BenchmarkBook(b *testing.B) {
	for _, store := range []string{"memory", "disk"} {
		b.Run(store, func(b *testing.B) { benchmarkBook(b, benchJournal(b, store)) })
	}
}

func benchJournal(b *testing.B, store string) journal.Journal {
	if store == "memory" {
		return journal.NewMemory("e1")
	}
	o := journal.Options{NewEpoch: func() string { return "e1" }}
	db, err := journal.OpenDB(b.TempDir(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	j, err := journal.Open(db, o)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

func benchmarkBook(b *testing.B, j journal.Journal) {
	const devices, window, products, places = 100, 16, 200, 1000
	bk, err := book.Open(context.Background(), j, book.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer bk.Close()
	stockUp(b, bk, products, places)
	morning, err := ledger.ParseTime("2026-03-02T09:15:04.120Z")
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	submissions := make([][]*book.Submission, devices)
	var group sync.WaitGroup
	for d := range devices {
		for seq := 1; seq <= b.N/devices+1; seq += window {
			s := &book.Submission{Source: book.Source{Device: fmt.Sprint("D-", d), Install: "i", Transport: book.Socket}}
			for i := range window {
				from := rng.IntN(places)
				s.Intents = append(s.Intents, wire.DecodeIntent(fmt.Appendf(nil,
					`{"device":"D-%d","install":"i","seq":%d,"at":"%s","clock":"a","operator":"ann","action":"move","product":"P-%d","quantity":"%d","from":"A-%d","to":"A-%d"}`,
					d, seq+i, morning+ledger.Time(seq*devices+16*d+i), rng.IntN(products), 1+rng.IntN(9), from, (from+1)%places), wire.Socket))
			}
			submissions[d] = append(submissions[d], s)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for d := range devices {
		group.Go(func() {
			done := make(chan struct{})
			for _, s := range submissions[d] {
				s.Done = func(book.Results, error) { done <- struct{}{} }
				if err := bk.Submit(context.Background(), s); err != nil {
					b.Error(err)
					return
				}
				<-done
			}
		})
	}
	group.Wait()
	b.StopTimer()
}

func stockUp(b *testing.B, bk *book.Book, products, places int) {
	var patches []ledger.Patch
	for i := range products {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityProduct, Code: fmt.Sprint("P-", i)})
	}
	for i := range places {
		patches = append(patches, ledger.Patch{Entity: ledger.EntityLocation, Site: "main", Code: fmt.Sprint("A-", i)})
	}
	if _, _, err := bk.Edit(context.Background(), "bench", patches, false); err != nil {
		b.Fatal(err)
	}
	for place := range places {
		in := ledger.Intent{Device: "opening", Install: "i", Seq: uint64(place + 1), Action: ledger.ActionCount, Reason: "opening", At: ledger.Time(place + 1), From: fmt.Sprint("A-", place)}
		for i := range products {
			in.Lines = append(in.Lines, ledger.Line{Product: fmt.Sprint("P-", i), Quantity: ledger.NewDecimal(1_000_000, 0)})
		}
		if _, err := bk.Do(context.Background(), book.Source{Transport: book.Stated}, []ledger.Received{wire.Receive(in)}); err != nil {
			b.Fatal(err)
		}
	}
}
