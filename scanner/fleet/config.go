package fleet

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// Bounds and defaults.
const (
	// MaxDevices is what one process carries: two sockets' ends, three goroutines
	// and some 20 KiB each.
	MaxDevices = outbox.MaxBoxes
	// InFlight is how many scans of a device may be without an answer before its
	// operator waits: a whole window.
	InFlight = wire.MaxUnacked
	// Patience is how long nothing may move before a run gives up: a server may
	// replay for a while after it was killed.
	Patience = 2 * time.Minute
	// ProgressEvery is how often Progress is called.
	ProgressEvery = 100 * time.Millisecond

	// scansPerCommit are stored together when a device has them waiting, as a burst
	// of trigger pulls is.
	scansPerCommit = 100
	// handed is how many scans the source may be ahead of a device.
	handed = 2 * scansPerCommit
	// mostConflicts are named; more only count.
	mostConflicts = 100
	// mostGroups bounds the groups of devices that a watcher counts.
	mostGroups = 10_000
)

// Item is one scan of the source: who scans what.
type Item struct {
	Device int // index, below Config.Devices
	Intent ledger.Intent
}

// Source hands out scans in their order; an error ends it.
type Source = iter.Seq2[Item, error]

// Config is what a fleet is given. Server, Devices, Key and Source are required.
type Config struct {
	Server  string
	Devices int
	Source  Source
	// Key returns a device's key.
	Key func(device string) (string, error)
	// Name names a device; default F-0001 and so on.
	Name func(index int) string
	// Store holds the outboxes; nil: one in memory, which ends with the run.
	Store *outbox.Store

	// Rate is how many scans a second the whole fleet makes; 0: as many as the
	// windows allow.
	Rate float64
	// InFlight is how many scans of a device may be unanswered, default InFlight;
	// 1 is an operator who waits for each.
	InFlight int
	// CutBytes is how many bytes a connection lives on average, in both directions
	// together; 0: nothing is cut.
	CutBytes int64
	// RestartEvery is after how many scans on average a device is closed and
	// started anew on its outbox; 0: never.
	RestartEvery int
	Seed         uint64

	Subprotocol string         // default JSON
	Topics      []client.Topic // followed by every device
	// Dial opens connections, for a proxy between; default net.Dialer.
	Dial       func(ctx context.Context, network, address string) (net.Conn, error)
	TLS        *tls.Config   // whom the devices trust; nil: whom the machine trusts
	BackoffMin time.Duration // default the client's
	BackoffMax time.Duration
	Patience   time.Duration
	// Progress is called every ProgressEvery, and at the end; it may take its time.
	Progress func(Progress)
	// NewInstall makes an install id; default random.
	NewInstall func() string
	Log        *slog.Logger
}

func (cfg *Config) complete() error {
	switch {
	case cfg.Devices < 1 || cfg.Devices > MaxDevices:
		return fmt.Errorf("a fleet has 1 to %d devices, not %d; nothing was started", MaxDevices, cfg.Devices)
	case cfg.Source == nil || cfg.Key == nil || cfg.Server == "":
		return fmt.Errorf("a fleet needs a server, a source and keys; nothing was started")
	case cfg.Rate < 0 || cfg.InFlight < 0 || cfg.CutBytes < 0 || cfg.RestartEvery < 0 || cfg.Patience < 0:
		return fmt.Errorf("a number of the fleet's configuration is negative; nothing was started")
	}
	if cfg.Name == nil {
		cfg.Name = func(i int) string { return fmt.Sprintf("F-%04d", i+1) }
	}
	if cfg.NewInstall == nil {
		cfg.NewInstall = rand.Text
	}
	if cfg.Dial == nil {
		cfg.Dial = new(net.Dialer).DialContext
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Progress) {}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.InFlight = min(cmp.Or(cfg.InFlight, InFlight), outbox.MaxWaiting)
	cfg.Patience = cmp.Or(cfg.Patience, Patience)
	return nil
}
