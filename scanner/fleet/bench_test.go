package fleet_test

import (
	"context"
	"fmt"
	"testing"

	"bayledger/scanner/fleet"
)

// BenchmarkFleet is a whole fleet with memory outboxes against a server in the
// same process with a journal in memory: what the fleet itself can offer. One
// iteration is one scan.
func BenchmarkFleet(b *testing.B) {
	for _, row := range []struct{ devices, inFlight int }{{1_000, 1}, {100, 16}, {50, 1_000}} {
		b.Run(fmt.Sprintf("%d devices/%d in flight", row.devices, row.inFlight), func(b *testing.B) {
			h := openHouse(b)
			cfg := quick(h.url(), row.devices, fleet.Generated(fleet.Traffic{Devices: row.devices, Scans: b.N, Seed: 3}))
			cfg.InFlight = row.inFlight
			b.ResetTimer()
			r, err := fleet.Run(context.Background(), cfg)
			if err != nil || r.Booked != uint64(b.N) {
				b.Fatalf("%d booked, %v", r.Booked, err)
			}
			b.ReportMetric(float64(b.N)/r.Elapsed.Seconds(), "scans/s")
			b.ReportMetric(float64(r.Ack.P50.Microseconds())/1e3, "ms-p50")
			b.ReportMetric(float64(r.Ack.P99.Microseconds())/1e3, "ms-p99")
		})
	}
}
