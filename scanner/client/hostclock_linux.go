package client

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// systemClock reads CLOCK_BOOTTIME, which goes on in sleep, and the kernel's id
// of the boot.
func systemClock() (monotonic func() time.Duration, boot string, ok bool) {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	boot = strings.TrimSpace(string(id))
	var t unix.Timespec
	if err != nil || boot == "" || unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return nil, "", false
	}
	return func() time.Duration {
		var t unix.Timespec
		if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
			return 0 // behind every anchor: such a scan falls back to the wall clock
		}
		return time.Duration(t.Nano())
	}, boot, true
}
