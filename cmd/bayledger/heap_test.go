package main

import "testing"

// TestHeapPercent: what a heap may grow to is never more than five times what
// lives, nor half a gigabyte more where it is not twice.
func TestHeapPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 400}, {1, 400}, {20 << 20, 400}, {128 << 20, 400}, {256 << 20, 200}, {400 << 20, 128}, {512 << 20, 100}, {8 << 30, 100}} {
		if got := heapPercent(c.live); got != c.want {
			t.Errorf("%d bytes live: %d percent, want %d", c.live, got, c.want)
		}
	}
}
