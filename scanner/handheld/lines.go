package handheld

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"bayledger/scanner/gs1"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// Keys of a terminal that leaves all of them to us.
const (
	interrupt = 0x03 // Ctrl-C, and the ETX behind a scan
	backspace = 0x7f
)

// shorten takes the last sign off.
func shorten(line *strings.Builder) {
	text := []rune(line.String())
	line.Reset()
	if n := len(text); n > 0 {
		line.WriteString(string(text[:n-1]))
	}
}

// maxLine is the longest line: one byte more than a scan, so that a longer one is seen and refused
// as a whole.
const maxLine = gs1.MaxScan + 1

// line is what was read, and when it was whole: storing those before it, or judging a PIN, takes a while.
type line struct {
	text string
	at   ledger.Moment
}

// readLines cuts the input into lines and closes the channel at its end; now gives their moments. typed, where it is not nil,
// hears what is being keyed in on a terminal that leaves all keys to us.
func readLines(ctx context.Context, in io.Reader, suffix string, typed func(string), now func() ledger.Moment, lines chan<- line) error {
	defer close(lines)
	b := bufio.NewReader(in)
	var keys strings.Builder
	end := wedge.Named(suffix)
	send := func() bool {
		text := keys.String()
		keys.Reset()
		return pass(ctx, lines, line{text, now()})
	}
	ended := byte(0) // what ended the line before
	for {
		if typed != nil && b.Buffered() == 0 {
			typed(keys.String())
		}
		c, err := b.ReadByte()
		if err != nil {
			if keys.Len() > 0 && !send() || errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch {
		case typed != nil && c == interrupt && keys.Len() == 0:
			keys.WriteString("/quit")
			_ = send()
			return nil
		case typed != nil && (c == backspace || c == '\b'):
			shorten(&keys)
			continue
		case c == '\n' && ended == '\r': // of a CR LF
			ended = 0
			continue
		case c == '\r' || c == '\n' || c == '\t' || c == interrupt && keys.Len() > 0:
			if ended = c; (c != '\t' || keys.Len() > 0) && !send() {
				return nil
			}
			continue
		}
		ended = 0
		if keys.Len() < maxLine {
			keys.WriteByte(c)
		}
		if len(end) > 0 && end[len(end)-1] == c && strings.HasSuffix(keys.String(), end) && !send() {
			return nil
		}
	}
}
