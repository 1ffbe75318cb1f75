package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// What the kernel says of processes, on systems with /proc; elsewhere nothing is
// known and the figures are left out.

// clockTick is the unit of CPU times in /proc: USER_HZ, 100 on every Linux.
const clockTick = 0.01 // seconds

// procStat is a line of /proc/PID/stat, as far as it is used.
type procStat struct {
	parent int
	cpu    float64 // seconds, user and system
}

// parseStat reads /proc/PID/stat. The name of the program, in parentheses, may
// hold anything.
func parseStat(b []byte) (s procStat, ok bool) {
	end := bytes.LastIndexByte(b, ')')
	if end < 0 {
		return s, false
	}
	f := bytes.Fields(b[end+1:])
	if len(f) < 13 {
		return s, false
	}
	parent, err1 := strconv.Atoi(string(f[1]))
	user, err2 := strconv.ParseFloat(string(f[11]), 64)
	system, err3 := strconv.ParseFloat(string(f[12]), 64)
	if err1 != nil || err2 != nil || err3 != nil {
		return s, false
	}
	return procStat{parent, (user + system) * clockTick}, true
}

// cpuSeconds returns what a process has used so far, 0 where that is not known.
func cpuSeconds(pid int) float64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	s, _ := parseStat(b)
	return s.cpu
}

// familyCPU returns what a process and its children have used so far.
func familyCPU(pid int) float64 {
	sum := cpuSeconds(pid)
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return sum
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		if s, ok := parseStat(b); ok && s.parent == pid {
			sum += s.cpu
		}
	}
	return sum
}

// procMemory is resident memory in bytes.
type procMemory struct {
	RSS  int64 `json:"rss"`
	Anon int64 `json:"anon"` // the program's own
	File int64 `json:"file"` // pages of files that it has mapped
}

// parseStatus reads the resident memory from /proc/PID/status.
func parseStatus(b []byte) (m procMemory) {
	for line := range bytes.Lines(b) {
		f := bytes.Fields(line)
		if len(f) < 2 {
			continue
		}
		kib, err := strconv.ParseInt(string(f[1]), 10, 64)
		if err != nil {
			continue
		}
		switch string(f[0]) {
		case "VmRSS:":
			m.RSS = kib << 10
		case "RssAnon:":
			m.Anon = kib << 10
		case "RssFile:":
			m.File = kib << 10
		}
	}
	return m
}

func memoryOf(pid int) procMemory {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return procMemory{}
	}
	return parseStatus(b)
}

// load1 is the machine's load over the last minute.
func load1() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), " ")
	f, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return f
}

// machine describes where the figures come from.
func machine() string {
	parts := []string{strconv.Itoa(runtime.NumCPU()) + " CPUs"}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				parts = append(parts, strings.TrimSpace(value))
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		parts = append(parts, runtime.GOOS+" "+strings.TrimSpace(string(b)))
	}
	return strings.Join(append(parts, runtime.Version()), ", ")
}
