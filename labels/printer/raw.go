package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// raw is a ZPL printer on a TCP port. It acknowledges nothing, so that it is asked
// (~HS) before labels are sent, and after them until its buffer is empty.
type raw struct {
	address string
	times   Times
}

// Marks of answers.
const (
	stx, etx = 2, 3
	// hostStatus and errorStatus are what is asked.
	hostStatus, errorStatus = "~HS", "~HQES"
	// maxAnswer is far more than a printer's status has to say.
	maxAnswer = 4096
	// settled statuses in a row with an empty buffer mean that all is out: the first
	// may come between the taking of a format and its printing.
	settled = 2
)

// host is a printer's answer to ~HS.
type host struct {
	paperOut, paused, bufferFull, tooHot, tooCold, headUp, ribbonOut bool
	formats, remaining                                               int // in the buffer; of the batch
}

// idle says whether nothing is left to print.
func (h *host) idle() bool { return h.formats == 0 && h.remaining == 0 }

// reason is why nothing comes out; "" if nothing is in the way.
func (h *host) reason() string {
	switch {
	case h.paperOut:
		return "out of labels"
	case h.headUp:
		return "the print head is open"
	case h.ribbonOut:
		return "out of ribbon"
	case h.tooHot:
		return "the print head is too hot"
	case h.tooCold:
		return "the print head is too cold"
	case h.paused:
		return "paused at the printer"
	}
	return ""
}

// link is a connection to a printer.
type link struct {
	net.Conn
	times *Times
	rest  []byte // read, and not yet looked at
}

func (r *raw) dial(ctx context.Context) (*link, error) {
	d := net.Dialer{Timeout: r.times.Dial}
	c, err := d.DialContext(ctx, "tcp", r.address)
	if err != nil {
		return nil, err
	}
	return &link{Conn: c, times: &r.times}, nil
}

// watch breaks a connection's waiting off when a context ends.
func (l *link) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = l.SetDeadline(time.Unix(1, 0)) })
}

// frames asks something and reads that many STX…ETX answers.
func (l *link) frames(ask string, n int) ([][]byte, error) {
	if err := l.SetDeadline(time.Now().Add(l.times.Answer)); err != nil {
		return nil, err
	}
	if _, err := l.Write([]byte(ask)); err != nil {
		return nil, err
	}
	var out [][]byte
	buffer := make([]byte, 512)
	for {
		for len(out) < n {
			start := bytes.IndexByte(l.rest, stx)
			if start < 0 {
				break
			}
			end := bytes.IndexByte(l.rest[start:], etx)
			if end < 0 {
				break
			}
			out = append(out, l.rest[start+1:start+end])
			l.rest = l.rest[start+end+1:]
		}
		if len(out) == n {
			return out, nil
		}
		if len(l.rest) > maxAnswer {
			return nil, errors.New("the answer is no status")
		}
		m, err := l.Read(buffer)
		l.rest = append(l.rest, buffer[:m]...)
		if err != nil {
			return nil, err
		}
	}
}

// host asks how the printer is.
func (l *link) host() (*host, error) {
	lines, err := l.frames(hostStatus, 3)
	if err != nil {
		return nil, err
	}
	return parseHost(lines)
}

// parseHost reads the three lines of ~HS, fields apart by commas.
func parseHost(lines [][]byte) (*host, error) {
	one, two := strings.Split(string(lines[0]), ","), strings.Split(string(lines[1]), ",")
	if len(one) < 12 || len(two) < 11 {
		return nil, errors.New("the status is not one of ~HS")
	}
	flag := func(s string) bool { return strings.TrimSpace(s) == "1" }
	h := &host{paperOut: flag(one[1]), paused: flag(one[2]), bufferFull: flag(one[5]), tooCold: flag(one[10]), tooHot: flag(one[11]),
		headUp: flag(two[2]), ribbonOut: flag(two[3])}
	var err, err2 error
	h.formats, err = strconv.Atoi(strings.TrimSpace(one[4]))
	h.remaining, err2 = strconv.Atoi(strings.TrimSpace(two[8]))
	if err != nil || err2 != nil {
		return nil, errors.New("the status is not one of ~HS")
	}
	return h, nil
}

// errorWords are the error flags of ~HQES that ~HS does not know.
var errorWords = []struct {
	bit  uint64
	word string
}{{0x1, "out of labels"}, {0x2, "out of ribbon"}, {0x4, "the print head is open"}, {0x8, "the cutter is stuck"}, {0x10, "the print head is too hot"}, {0x20, "the motor is too hot"},
	{0x40, "a dot of the print head is dead"}, {0x80, "the print head is not found"}, {0x2000, "labels do not feed"}, {0x8000, "labels are jammed"}, {0x10000, "paused at the printer"}}

// errors asks for the flags of what is wrong. A printer that does not know the
// question leaves it at what ~HS said.
func (l *link) errors() (words, detail string) {
	lines, err := l.frames(errorStatus, 1)
	if err != nil {
		return "", ""
	}
	_, after, ok := strings.Cut(string(lines[0]), "ERRORS:")
	fields := strings.Fields(after)
	if !ok || len(fields) < 3 || fields[0] != "1" {
		return "", ""
	}
	flags, err := strconv.ParseUint(fields[2], 16, 64)
	if err != nil {
		return "", ""
	}
	for _, e := range errorWords {
		if flags&e.bit != 0 {
			return e.word, printable("~HQES " + fields[1] + " " + fields[2])
		}
	}
	return "it reports an error", printable("~HQES " + fields[1] + " " + fields[2])
}

// ask is a status with the printer's own reason.
func (l *link) ask() (*host, Status, error) {
	h, err := l.host()
	if err != nil {
		return nil, Status{}, err
	}
	s := Status{Reason: h.reason()}
	if s.Ready = s.Reason == ""; s.Ready {
		return h, s, nil
	}
	if words, detail := l.errors(); words != "" {
		s.Reason, s.Detail = words, detail
	}
	return h, s, nil
}

func (r *raw) Status(ctx context.Context) (Status, error) {
	l, err := r.dial(ctx)
	if err != nil {
		return Status{}, errors.New(r.unreached(err))
	}
	defer l.Close()
	defer l.watch(ctx)()
	_, s, err := l.ask()
	if err != nil {
		return Status{}, errors.New(r.unreached(err))
	}
	return s, nil
}

// unreached says in words why a printer was not reached.
func (r *raw) unreached(err error) string { return unreached(r.address, err) }

func unreached(address string, err error) string {
	var late net.Error
	var name *net.DNSError
	switch {
	case errors.As(err, &name):
		return "there is no host of the name in " + address
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers at " + address + "; is it switched on?"
	case errors.As(err, &late) && late.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return "it does not answer at " + address
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "it cut the connection at " + address
	}
	return "it gives no status at " + address
}

func (r *raw) Send(ctx context.Context, p *Piece) Outcome {
	body, err := p.Document(ZPL)
	if err != nil {
		return Outcome{Fate: Refused, Reason: err.Error()}
	}
	l, err := r.dial(ctx)
	if err != nil {
		return Outcome{Fate: NotSent, Reason: r.unreached(err)}
	}
	defer l.Close()
	defer l.watch(ctx)()
	h, s, err := l.ask()
	switch {
	case err != nil:
		return Outcome{Fate: NotSent, Reason: r.unreached(err)}
	case !s.Ready:
		return Outcome{Fate: NotSent, Reason: s.Reason, Condition: true}
	case h.bufferFull:
		return Outcome{Fate: NotSent, Reason: "its memory is full", Condition: true}
	}
	if ctx.Err() != nil {
		return Outcome{Fate: NotSent, Reason: "stopped"}
	}
	if err := l.SetDeadline(time.Now().Add(r.times.Write)); err != nil {
		return Outcome{Fate: NotSent, Reason: r.unreached(err)}
	}
	n, err := l.Write(body)
	if err != nil {
		return r.broken(body, n, err)
	}
	return r.await(ctx, l, p)
}

// formatEnd ends a format: a printer that has not got it prints nothing of it.
const formatEnd = "^XZ"

// broken judges a piece that was not taken whole. What went into the connection
// may have arrived; a label of which the end did not go is not printed.
func (r *raw) broken(body []byte, n int, err error) Outcome {
	whole := bytes.Count(body[:n], []byte(formatEnd))
	if whole == 0 {
		return Outcome{Fate: NotSent, Reason: r.unreached(err)}
	}
	return Outcome{Fate: Unknown, Reason: fmt.Sprintf("%s while up to %d labels were on their way", r.unreached(err), whole)}
}

// await asks until all is out. The questions come behind the labels in the same
// stream, so that an answer is about a printer that has them.
func (r *raw) await(ctx context.Context, l *link, p *Piece) Outcome {
	last, quiet := "", 0
	for wait := r.times.Poll; ; wait = min(2*wait, longestPoll) {
		h, s, err := l.ask()
		if err != nil {
			return Outcome{Fate: Unknown, Reason: r.unreached(err) + ", after the labels were sent"}
		}
		if h.idle() {
			if quiet++; quiet == settled {
				p.waits(&last, "")
				return Outcome{Fate: Printed}
			}
			wait = r.times.Poll / 2 // so that the next is asked after one Poll
		} else {
			quiet = 0
			p.waits(&last, s.Reason)
		}
		if !pause(ctx, wait) {
			return Outcome{Fate: Unknown, Reason: "the server stopped while labels were on their way"}
		}
	}
}

// Recall cannot know: a raw printer keeps no list of what it printed.
func (r *raw) Recall(context.Context, *Piece, time.Time) Outcome {
	return Outcome{Fate: Unknown, Reason: "the server went down while labels were on their way, and this printer keeps no list of what it printed"}
}
