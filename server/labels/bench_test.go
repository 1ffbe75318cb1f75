package labels_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"bayledger/labels/printer"
	"bayledger/labels/queue"
	"bayledger/server/access"
	"bayledger/server/labels"
	"bayledger/server/store"
	"bayledger/sync/book"
	"bayledger/sync/journal"

	"github.com/dgraph-io/badger/v4"
)

// sink is a raw printer that prints as fast as it gets labels. first is told when
// the first label is whole.
func sink(b *testing.B, first chan<- time.Time) (address string) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	idle := "\x02030,0,0,1225,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buffer, tail := make([]byte, 1<<16), []byte{}
				for {
					n, err := c.Read(buffer)
					if err != nil {
						return
					}
					data := append(tail, buffer[:n]...)
					if bytes.Contains(data, []byte("^XZ")) {
						select {
						case first <- time.Now():
						default:
						}
					}
					for range bytes.Count(data, []byte("~HS")) {
						if _, err := c.Write([]byte(idle)); err != nil {
							return
						}
					}
					tail = append([]byte{}, data[max(0, len(data)-2):]...)
					if bytes.Contains(data[max(0, len(data)-3):], []byte("~HS")) {
						tail = tail[:0]
					}
				}
			}()
		}
	}()
	return "raw://" + l.Addr().String()
}

func openDock(b *testing.B, first chan<- time.Time) *labels.Service {
	b.Helper()
	db, err := badger.Open(badger.DefaultOptions(b.TempDir()).WithSyncWrites(true).WithLogger(nil).WithMetricsEnabled(false))
	if err != nil {
		b.Fatal(err)
	}
	keys, err := store.Open(db, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	books, err := book.Open(context.Background(), journal.NewMemory("e1"), book.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s, err := labels.New(labels.Options{Book: books, Store: keys, Open: func(p printer.Profile) printer.Driver {
		return printer.Open(p, printer.Times{Poll: 2 * time.Millisecond})
	}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		s.Close(context.Background())
		books.Close()
		db.Close()
	})
	if err := s.PutPrinter(printer.Profile{Name: "P", Address: sink(b, first), DPI: 203, Width: 105, Height: 148}); err != nil {
		b.Fatal(err)
	}
	if _, err := s.PutRange(queue.Range{Name: "pallets", Kind: queue.SSCC, Prefix: "9506000"}); err != nil {
		b.Fatal(err)
	}
	return s
}

// pallets asks for labels of a delivery, and returns when they are out.
func pallets(b *testing.B, s *labels.Service, key string, n int) (asked time.Time) {
	b.Helper()
	asks := make([]labels.Ask, n)
	for i := range asks {
		asks[i] = labels.Ask{Subject: "package", Range: "pallets", Fields: map[string]string{"content": "09506000134352", "count": "48"}}
	}
	done := make(chan queue.State, 1)
	stop := s.Watch(func(j queue.Job) {
		if j.State.Final() && strings.HasSuffix(j.Key, key) {
			done <- j.State
		}
	})
	defer stop()
	asked = time.Now()
	_, _, err := s.Print(context.Background(), labels.Request{Key: key, Printer: "P", Who: access.Principal{Role: access.Admin}, Asks: asks})
	if err != nil {
		b.Fatal(err)
	}
	if state := <-done; state != queue.Printed {
		b.Fatal(state)
	}
	return asked
}

// From the wish for 500 labels to the first of them at the printer: all are checked
// and drawn, given their numbers and stored before.
func BenchmarkFirstOf500(b *testing.B) {
	first := make(chan time.Time, 1)
	s := openDock(b, first)
	total := time.Duration(0)
	for i := range b.N {
		asked := pallets(b, s, fmt.Sprint("d", i), 500)
		total += (<-first).Sub(asked)
		for len(first) > 0 {
			<-first
		}
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms-to-first")
}

// Memory while 100,000 labels are printed: the heap after 10,000 and at the end.
func BenchmarkMemoryOver100000(b *testing.B) {
	for range b.N {
		s := openDock(b, make(chan time.Time))
		heap := func() float64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return float64(m.HeapAlloc) / (1 << 20)
		}
		const each = 1_000
		early := 0.0
		for i := range 100 {
			pallets(b, s, fmt.Sprint("m", i), each)
			if i == 9 {
				early = heap()
			}
		}
		b.ReportMetric(early, "MiB-after-10000")
		b.ReportMetric(heap(), "MiB-after-100000")
		b.ReportMetric(100_000/b.Elapsed().Seconds(), "labels/s")
	}
}
