package ledger

import (
	"strconv"
	"strings"
)

// Quote shows a value inside a sentence, cut so that a sentence stays one.
func Quote(s string) string { return quote(s) }

// quote shows a value inside a sentence, cut so that a sentence stays one.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strconv.Quote(s)
}

func itoa(n int) string { return strconv.Itoa(n) }

func containsByte(s string, c byte) bool { return strings.IndexByte(s, c) >= 0 }

func lastByte(s string, c byte) int { return strings.LastIndexByte(s, c) }

func parseSeq(s string) (uint64, bool) {
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n > 0
}
