package main

import "testing"

// TestHeapPercent: what a heap may grow to is never more than five times what
// lives, nor more than the machine's room where it is not twice.
func TestHeapPercent(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		live, memory uint64
		want         int
	}{
		{0, 8 * gib, 400}, {1, 8 * gib, 400}, {20 << 20, 8 * gib, 400}, {128 << 20, 8 * gib, 400}, {256 << 20, 8 * gib, 200},
		{400 << 20, 8 * gib, 128}, {512 << 20, 8 * gib, 100}, {8 * gib, 8 * gib, 100},
		{256 << 20, 64 * gib, 400}, {512 << 20, 64 * gib, 200}, // a gigabyte is enough for any
		{128 << 20, gib, 100}, {16 << 20, gib / 2, 400}, // and a small machine gives little
	} {
		if got := heapPercent(c.live, heapRoom(c.memory)); got != c.want {
			t.Errorf("%d bytes live, %d on the machine: %d percent, want %d", c.live, c.memory, got, c.want)
		}
	}
}

// TestMachineMemory: a limit on the process counts as the machine does.
func TestMachineMemory(t *testing.T) {
	for _, c := range []struct {
		machine uint64
		limit   string
		want    uint64
	}{{8 << 30, "max\n", 8 << 30}, {8 << 30, "1073741824\n", 1 << 30}, {8 << 30, "", 8 << 30}, {1 << 30, "8589934592\n", 1 << 30}, {8 << 30, "nonsense", 8 << 30}} {
		if got := smallerMemory(c.machine, []byte(c.limit)); got != c.want {
			t.Errorf("%d with a limit of %q: %d, want %d", c.machine, c.limit, got, c.want)
		}
	}
}
