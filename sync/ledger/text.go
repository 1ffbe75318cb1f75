package ledger

import (
	"strconv"
	"strings"
)

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
