package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// cgroupLimit is where the kernel says what a container may use.
const cgroupLimit = "/sys/fs/cgroup/memory.max"

// machineMemory is how much memory this process may think of as its machine's, in
// bytes.
func machineMemory() uint64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return commonMemory
	}
	limit, err := os.ReadFile(cgroupLimit)
	if err != nil {
		limit = nil // no container, or an older kernel
	}
	return smallerMemory(uint64(info.Totalram)*uint64(info.Unit), limit)
}
