package handheld

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// stroke is a key of a reader or a person, or the end of the input.
type stroke struct {
	key rune
	err error
}

// readBursts cuts the input of a reader that sends nothing behind a scan: silence ends a burst of keys
// that no person types so fast. What a person types ends with Enter, as ever. It closes the channel
// at the end of the input.
func readBursts(ctx context.Context, in io.Reader, p wedge.Profile, now func() ledger.Moment, lines chan<- line) error {
	defer close(lines)
	strokes := make(chan stroke)
	go func() {
		b := bufio.NewReader(in)
		for {
			key, _, err := b.ReadRune()
			select {
			case strokes <- stroke{key, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	b := bursts{keys: wedge.Keys{Profile: p}, start: time.Now()}
	quiet := time.NewTimer(wedge.Silence)
	defer quiet.Stop()
	for {
		text, whole := "", false
		select {
		case s := <-strokes:
			if s.err != nil {
				if b.line.Len() > 0 {
					_ = pass(ctx, lines, line{b.line.String(), now()})
				}
				if errors.Is(s.err, io.EOF) {
					return nil
				}
				return s.err
			}
			text, whole = b.key(s.key)
			quiet.Reset(max(wedge.Silence, 2*p.Gap))
		case <-quiet.C:
			text, whole = b.idle()
		case <-ctx.Done():
			return nil
		}
		if whole && !pass(ctx, lines, line{text, now()}) {
			return nil
		}
	}
}

func pass(ctx context.Context, lines chan<- line, l line) bool {
	select {
	case lines <- l:
		return true
	case <-ctx.Done():
		return false
	}
}

// bursts gathers keys. All that came since the last line is in line; keys judges whether it was typed
// by a reader.
type bursts struct {
	keys  wedge.Keys
	line  strings.Builder
	start time.Time
}

func (b *bursts) key(key rune) (line string, whole bool) {
	if key == '\r' || key == '\n' || key == '\t' {
		line = b.line.String()
		b.line.Reset()
		b.keys = wedge.Keys{Profile: b.keys.Profile}
		return line, line != ""
	}
	if line, whole = b.keys.Key(key, time.Since(b.start)); whole { // silence ended one before this key
		b.line.Reset()
	}
	if b.line.Len() < maxLine {
		b.line.WriteRune(key)
	}
	return line, whole
}

func (b *bursts) idle() (line string, whole bool) {
	if line, whole = b.keys.Idle(time.Since(b.start)); whole {
		b.line.Reset()
	}
	return line, whole
}
