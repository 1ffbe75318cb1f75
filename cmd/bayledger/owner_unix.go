//go:build unix

package main

import (
	"os"
	"syscall"
)

// ownerOf is whose a folder is, where it is there.
func ownerOf(dir string) (uid int, known bool) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Uid), true
}

// sameDisk says that two folders lie on one file system.
func sameDisk(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	if err != nil {
		return false
	}
	s, ok := x.Sys().(*syscall.Stat_t)
	t, fine := y.Sys().(*syscall.Stat_t)
	return ok && fine && s.Dev == t.Dev
}
