package client

import (
	"crypto/rand"
	"time"
)

// HostClock returns the time since this machine's boot, sleep included, and the
// boot's id. Where the system tells neither, the start of the process counts as a
// boot: anchors then do not outlive it.
func HostClock() (monotonic func() time.Duration, boot string) {
	if monotonic, boot, ok := systemClock(); ok {
		return monotonic, boot
	}
	start := time.Now()
	return func() time.Duration { return time.Since(start) }, "process-" + rand.Text()
}
