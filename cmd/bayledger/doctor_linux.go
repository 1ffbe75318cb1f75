package main

import "golang.org/x/sys/unix"

// clockKept says whether something keeps the machine's clock right, and whether that
// is known.
func clockKept() (kept, known bool) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, err == nil
}

// openFiles is how many files the process may open at once.
func openFiles() (uint64, bool) {
	var l unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l)
	return l.Cur, err == nil
}
