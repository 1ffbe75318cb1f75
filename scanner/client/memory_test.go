package client_test

import (
	"context"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/wire"

	"github.com/gorilla/websocket"
)

// BenchmarkIdleClient measures what an idle, connected client costs: heap and
// stacks of the client with its connection, without the server's side, which is
// one bare connection per client read by hand.
func BenchmarkIdleClient(b *testing.B) {
	const clients = 1_000
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	// The server upgrades, answers hello, and keeps only the bare connection.
	var held []net.Conn
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if err := answerHello(conn); err != nil {
				b.Error(err)
			}
			held = append(held, conn)
		}
	})
	store, err := outbox.NewMemory().Open(outbox.Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	for b.Loop() {
		before := inUse()
		connected := make(chan struct{}, clients)
		all := make([]*client.Client, clients)
		var running sync.WaitGroup
		for i := range all {
			box, err := store.Box("H-"+string(rune('A'+i%26))+time.Duration(i).String(), "i")
			if err != nil {
				b.Fatal(err)
			}
			all[i], err = client.New(client.Config{Server: "ws://" + listener.Addr().String(), Key: "k", Outbox: box, Notify: func(e client.Event) {
				if e.Kind == client.Connected {
					connected <- struct{}{}
				}
			}})
			if err != nil {
				b.Fatal(err)
			}
			running.Go(func() { _ = all[i].Run(context.Background()) })
		}
		for range clients {
			<-connected
		}
		b.ReportMetric(float64(inUse()-before)/clients/1024, "KiB/client")
		for _, c := range all {
			c.Close()
		}
		running.Wait()
	}
	listener.Close()
	serving.Wait()
	for _, c := range held {
		c.Close()
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

func answerHello(conn net.Conn) error {
	ws, err := upgradeBare(conn)
	if err != nil {
		return err
	}
	if _, _, err = ws.ReadMessage(); err != nil {
		return err
	}
	welcome, err := wire.AppendMessage(nil, &wire.Welcome{Type: "welcome", Head: wire.Cursor{Epoch: "e"}, Policy: wire.Policy{PingEvery: 300}})
	if err != nil {
		return err
	}
	return ws.WriteMessage(websocket.TextMessage, welcome)
}

// BenchmarkScanToBooked is the way of one scan through client, pipe and back.
func BenchmarkScanToBooked(b *testing.B) {
	s := newServerFor(b)
	store, err := outbox.NewMemory().Open(outbox.Options{Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	box, err := store.Box("H-1", "i1")
	if err != nil {
		b.Fatal(err)
	}
	booked := make(chan struct{}, 1)
	c, err := client.New(client.Config{Server: "ws://dock.test", Outbox: box, Dial: s.dial, Notify: func(e client.Event) {
		if e.Kind == client.Booked {
			booked <- struct{}{}
		}
	}})
	if err != nil {
		b.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = c.Run(context.Background()) })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Scan(context.Background(), add("BOLT")); err != nil {
			b.Fatal(err)
		}
		<-booked
	}
	c.Close()
	running.Wait()
	s.setDown(true)
	s.group.Wait()
}
