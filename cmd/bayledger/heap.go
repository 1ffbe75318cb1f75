package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How far the heap may grow beyond what lives before it is collected: most of
// what lives are the books' cells, which collecting only looks at. A small book
// gets much room, since that is cheap and saves a tenth of the processor under
// load; a large one no more than it has.
const (
	heapRoom    = 512 << 20 // the room of every book above an eighth of a gigabyte, until it is larger itself
	mostPercent = 400
	leastGC     = 100
	tuneEvery   = time.Second
	tuneStep    = 10 // percent: smaller changes are not worth stopping the world for a moment
)

// heapPercent is the collector's percentage for so much living heap, in bytes.
func heapPercent(live uint64) int {
	if live == 0 {
		return mostPercent
	}
	return int(min(mostPercent, max(leastGC, heapRoom*100/live)))
}

// tuneHeap fits the collector to the heap until the context ends. GOGC overrides
// it.
func tuneHeap(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := mostPercent
	debug.SetGCPercent(set)
	ticks := time.NewTicker(tuneEvery)
	defer ticks.Stop()
	for {
		metrics.Read(sample)
		if sample[0].Value.Kind() == metrics.KindUint64 {
			percent := heapPercent(sample[0].Value.Uint64())
			if percent > set+tuneStep || percent < set-tuneStep {
				set = percent
				debug.SetGCPercent(set)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}
