package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// How far the heap may grow beyond what lives before it is collected: most of
// what lives are the books' cells, which collecting only looks at. A book gets as
// much room as a machine of its size has to spare, since that saves a tenth of the
// processor under load; a large one no more than it has itself.
const (
	leastRoom   = 64 << 20
	mostRoom    = 1 << 30
	roomPart    = 16 // of the machine's memory
	mostPercent = 400
	leastGC     = 100
	tuneEvery   = time.Second
	tuneStep    = 10 // percent: smaller changes are not worth stopping the world for a moment
)

// heapRoom is the room that a heap gets on a machine with so much memory, in bytes.
func heapRoom(memory uint64) uint64 { return min(mostRoom, max(leastRoom, memory/roomPart)) }

// heapPercent is the collector's percentage for so much living heap and room, in
// bytes.
func heapPercent(live, room uint64) int {
	if live == 0 {
		return mostPercent
	}
	return int(min(mostPercent, max(leastGC, room*100/live)))
}

// commonMemory stands for a machine that does not say.
const commonMemory = 8 << 30

// smallerMemory is the machine's memory, or a container's limit where that is less;
// the limit is a number, or a word that says there is none.
func smallerMemory(machine uint64, limit []byte) uint64 {
	if most, err := strconv.ParseUint(strings.TrimSpace(string(limit)), 10, 64); err == nil && most < machine {
		return most
	}
	return machine
}

// tuneHeap fits the collector to the heap until the context ends. GOGC overrides
// it.
func tuneHeap(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set, room := mostPercent, heapRoom(machineMemory())
	debug.SetGCPercent(set)
	ticks := time.NewTicker(tuneEvery)
	defer ticks.Stop()
	for {
		metrics.Read(sample)
		if sample[0].Value.Kind() == metrics.KindUint64 {
			percent := heapPercent(sample[0].Value.Uint64(), room)
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
