package wedge

import (
	"strings"
	"time"

	"bayledger/scanner/gs1"
)

// How a reader's typing is told from a person's: the first keys of a burst come faster than anyone
// types, and it ends with the suffix, or with silence.
const (
	DefaultGap = 50 * time.Millisecond  // between two keys; a fast typist needs 60 ms
	Silence    = 100 * time.Millisecond // ends a scan of a reader without suffix
	MinKeys    = 4                      // fewer keys can be a person's by chance
)

// Keys gathers key by key what a reader types. Moments are given, on any clock that does not go
// back. The zero Keys has the zero Profile.
type Keys struct {
	Profile Profile
	text    strings.Builder
	keys    int
	slow    bool // a pause was too long for a reader
	last    time.Duration
}

// Key takes a key and says whether a scan has ended: with this key, or, of a reader without suffix,
// by the silence before it. Then raw is the whole of it, to give to Profile.Read.
func (k *Keys) Key(key rune, at time.Duration) (raw string, scan bool) {
	raw, scan = k.Idle(at)
	if k.keys > 0 && at-k.last > k.gap() {
		k.slow = true
	}
	k.last = at
	k.keys++
	if k.text.Len() <= gs1.MaxScan {
		k.text.WriteRune(key)
	}
	if end := Named(k.Profile.Suffix); end != "" && strings.HasSuffix(k.text.String(), end) {
		return k.take()
	}
	return raw, scan
}

// Idle says whether silence has ended a scan, of a reader without suffix. With one, what silence
// ends is someone's typing, and is let go.
func (k *Keys) Idle(at time.Duration) (raw string, scan bool) {
	if k.keys == 0 || at-k.last < k.silence() {
		return "", false
	}
	if k.Profile.Suffix != "" {
		k.drop()
		return "", false
	}
	return k.take()
}

func (k *Keys) take() (string, bool) {
	raw, scan := k.text.String(), k.keys >= MinKeys && !k.slow
	k.drop()
	if !scan {
		return "", false
	}
	return raw, true
}

func (k *Keys) drop() {
	k.text.Reset()
	k.keys, k.slow = 0, false
}

func (k *Keys) gap() time.Duration {
	if k.Profile.Gap > 0 {
		return k.Profile.Gap
	}
	return DefaultGap
}

// silence is never shorter than two gaps of a slow reader.
func (k *Keys) silence() time.Duration { return max(Silence, 2*k.gap()) }
