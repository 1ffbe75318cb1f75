package client_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/server/access"
	"bayledger/server/socket"
	"bayledger/sync/book"
	"bayledger/sync/journal"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// house is a real server: sessions, book, and a journal in memory.
type house struct {
	*testing.T
	journal *journal.Memory
	book    *book.Book
	hub     *socket.Hub
	http    *httptest.Server
}

func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, journal: journal.NewMemory("e1")}
	var err error
	if h.book, err = book.Open(context.Background(), h.journal, book.Options{}); err != nil {
		t.Fatal(err)
	}
	h.hub, err = socket.New(h.book, socket.Options{Authenticate: func(key string) (access.Principal, bool) {
		device, ok := strings.CutPrefix(key, "key-")
		return access.Principal{Device: device, Role: access.Floor}, ok
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(h.hub)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		h.hub.Drain(ctx)
		h.http.Close()
		h.book.Close()
	})
	patches := []ledger.Patch{{Entity: ledger.EntityProduct, Code: "BOLT"},
		{Entity: ledger.EntityBarcode, Code: "5012", Fields: map[string]string{"product": "BOLT", "quantity": "12"}}}
	if _, _, err := h.book.Edit(context.Background(), "test", patches, false); err != nil {
		t.Fatal(err)
	}
	return h
}

// entries counts how many entries each seq of the device became.
func (h *house) entries(device string) map[uint64]int {
	out := map[uint64]int{}
	err := h.book.Feed().Stored(context.Background(), 0, func(b *journal.Block) (bool, error) {
		for n := b.First; n <= b.Last; n++ {
			e, err := ledger.ReadEntry(b.Entry(n))
			if err != nil {
				return false, err
			}
			if e.Intent != nil && e.Intent.Device == device {
				out[e.Intent.Seq]++
			}
		}
		return b.Last < h.book.Head(), nil
	})
	if err != nil {
		h.Error(err)
	}
	return out
}

func (h *house) join(box outbox.Box, change func(*client.Config)) *handheld {
	c := newHandheld(h.T, box, func(cfg *client.Config) {
		cfg.Server = h.http.URL
		cfg.BackoffMin, cfg.BackoffMax = time.Millisecond, 20*time.Millisecond
		if change != nil {
			change(cfg)
		}
	})
	c.run()
	return c
}

// Against the real server: cuts at random bytes, both codecs, restarts of the
// client; every scan becomes one entry.
func TestRealServerWithCuts(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			srv, m := openHouse(t), newMemory(t, outbox.Options{})
			r := rand.New(rand.NewPCG(seed, 3))
			var mu sync.Mutex
			cuts := rand.New(rand.NewPCG(seed, 33))
			change := func(cfg *client.Config) {
				cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, network, address)
					if err != nil {
						return nil, err
					}
					k := &cutter{Conn: conn}
					mu.Lock()
					k.left.Store(500 + cuts.Int64N(20_000))
					mu.Unlock()
					return k, nil
				}
				if seed%2 == 1 {
					cfg.Subprotocol = wire.SubprotocolCBOR
				}
			}
			h := srv.join(m.box(), change)
			total := 0
			for range 20 {
				n := 1 + r.IntN(30)
				h.scan(n)
				total += n
				if r.IntN(4) == 0 {
					h.cancel()
					<-h.over
					m.close()
					m.open()
					h = srv.join(m.box(), change)
				}
			}
			h.untilEmpty()
			got := srv.entries("H-1")
			for seq := uint64(1); seq <= uint64(total); seq++ {
				if got[seq] != 1 {
					t.Errorf("scan %d became %d entries", seq, got[seq])
				}
			}
			if len(got) != total {
				t.Errorf("%d scans became entries, %d were made", len(got), total)
			}
		})
	}
}

func TestRealServerCopyAndCommand(t *testing.T) {
	srv, m := openHouse(t), newMemory(t, outbox.Options{})
	h := srv.join(m.box(), func(cfg *client.Config) {
		cfg.Topics = []client.Topic{{Name: wire.TopicCatalog}, {Name: wire.TopicBalances, Site: "main"}}
	})
	h.until("the copy is complete", func() bool {
		return h.Copy().CatalogAsOf().Complete && h.Copy().BalancesAsOf().Complete
	})
	if p, q, ok := h.Copy().Barcode("5012"); !ok || p.Code != "BOLT" || q != "12" {
		t.Errorf("%+v %s %v", p, q, ok)
	}
	if kind, ok := h.Copy().Item("location", "stock", "main", ""); !ok || kind.Fields["kind"] != "stock" {
		t.Errorf("%+v", kind)
	}
	if policy, ok := h.Policy(); !ok || policy.Site != "main" {
		t.Errorf("%+v", policy)
	}
	if r, err := h.Command(t.Context(), add("BOLT")); err != nil || r.Outcome != ledger.Applied {
		t.Errorf("%+v, %v", r, err)
	}
	h.until("the balance is there", func() bool {
		rows := h.Copy().Balances("main", "stock", "BOLT")
		return len(rows) == 1 && rows[0].Quantity == "1"
	})
	if _, err := h.Scan(t.Context(), add("NOBODY")); err != nil {
		t.Fatal(err)
	}
	h.until("it needs you", func() bool { return h.count(client.NeedsYou) == 1 })
	if notes, err := h.box.Notes(); err != nil || len(notes) != 1 || notes[0].Seq != 2 {
		t.Errorf("%+v, %v", notes, err)
	}
}

// The wrong key stops the device, and what it scans is kept.
func TestRealServerWrongKey(t *testing.T) {
	srv, m := openHouse(t), newMemory(t, outbox.Options{})
	h := srv.join(m.box(), func(cfg *client.Config) { cfg.Key = "nonsense" })
	h.scan(1)
	if err := <-h.over; client.CodeOf(err) != client.CodeStopped || !strings.Contains(err.Error(), "pair") {
		t.Errorf("%v", err)
	}
	if st := h.box.Stats(); st.Waiting != 1 {
		t.Errorf("%+v", st)
	}
}

// Two connections of one device: the older stops and says so.
func TestRealServerReplaced(t *testing.T) {
	srv := openHouse(t)
	first := srv.join(newMemory(t, outbox.Options{}).box(), nil)
	first.until("it is connected", first.Connected)
	second := srv.join(newMemory(t, outbox.Options{}).box(), nil)
	err := <-first.over
	if client.CodeOf(err) != client.CodeStopped || !strings.Contains(err.Error(), "other device") {
		t.Errorf("%v", err)
	}
	second.scan(1)
	second.untilEmpty()
}
