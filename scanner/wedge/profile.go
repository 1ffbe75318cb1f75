package wedge

import (
	"strings"
	"time"

	"bayledger/scanner/gs1"
)

// GS is the separator of GS1 elements, as a reader should send it.
const GS = "\x1d"

// Profile is how one reader sends.
type Profile struct {
	Prefix    string        // sent before each scan, or a name: STX
	Suffix    string        // sent behind each scan, or a name: CR LF CRLF TAB ETX
	Separator string        // sent for GS: "<GS>", "{GS}", "~"; empty where GS is sent as byte 29
	Layout    Layout        // the host's keyboard layout, where the reader types for another one
	Gap       time.Duration // the longest pause between two keys of one scan; 0 is DefaultGap
}

// names of control characters in profiles.
var names = map[string]string{"STX": "\x02", "ETX": "\x03", "TAB": "\t", "LF": "\n", "CR": "\r", "CRLF": "\r\n"}

// Named gives the control characters of a name in a profile, or the text itself.
func Named(text string) string {
	if c, ok := names[text]; ok {
		return c
	}
	return text
}

// frame are the characters that end or begin a scan whatever the profile says: none of them is in
// GS1 data, and a reader that sends more than its profile says still works.
const frame = "\x02\x03\t\n\r\x00"

// Reading is one scan of a reader.
type Reading struct {
	Scan string // as a reader would send it that does all right: identifier, data, GS between
	// Sent is Scan without the identifier of an EAN, UPC or ITF that the reader kept to itself and that
	// Scan has by the number's looks: where a lot is expected, such a number is a lot.
	Sent    string
	Message gs1.Message
	Fault   *gs1.Error // nil where the scan is good
}

// Read makes a scan of what the reader sent.
func (p Profile) Read(raw string) Reading {
	if len(raw) > gs1.MaxScan {
		m, fault := gs1.Decode(raw)
		return Reading{Scan: raw, Sent: raw, Message: m, Fault: fault}
	}
	return finish(p.separated(p.bare(raw)))
}

// bare takes prefix and suffix off and the layout out.
func (p Profile) bare(raw string) string {
	if s := Named(p.Suffix); s != "" {
		raw = strings.TrimSuffix(raw, s)
	}
	raw = strings.TrimRight(raw, frame)
	if s := Named(p.Prefix); s != "" {
		raw = strings.TrimPrefix(raw, s)
	}
	return p.Layout.Repair(strings.TrimLeft(raw, frame))
}

// separated puts GS where the reader sent its stand-in. Only where GS can be: a "#" of a plain code
// stays one, and so does one of a link.
func (p Profile) separated(scan string) string {
	if p.Separator == "" || !strings.Contains(scan, p.Separator) {
		return scan
	}
	if _, data, ok := identifier(scan); ok {
		return scan[:len(scan)-len(data)] + strings.ReplaceAll(data, p.Separator, GS)
	}
	if strings.HasPrefix(scan, "]") {
		return scan
	}
	with := strings.ReplaceAll(scan, p.Separator, GS)
	if m, fault := gs1.Decode(with); fault == nil && m.Kind == gs1.GS1 {
		return with
	}
	return scan
}

// identifier splits a scan whose identifier says that it holds GS1 elements.
func identifier(scan string) (id, data string, ok bool) {
	if len(scan) < 3 {
		return "", scan, false
	}
	switch scan[:3] {
	case "]C1", "]e0", "]d2", "]Q3", "]J1", "]d5", "]Q4":
		return scan[:3], scan[3:], true
	}
	return "", scan, false
}

// finish lets a GS in front or behind be, which stands between nothing, and gives a scan the
// identifier that its reader kept.
func finish(scan string) Reading {
	if id, data, ok := identifier(scan); ok {
		scan = id + strings.Trim(data, GS)
	} else if strings.HasPrefix(scan, "]E0") && len(scan) == 3+12 { // a UPC-A without its leading zero
		if m, fault := gs1.Decode(scan[3:]); fault == nil && m.Kind == gs1.UPCA {
			scan = "]E00" + scan[3:]
		}
	} else if strings.HasSuffix(scan, GS) {
		scan = strings.TrimRight(scan, GS)
	}
	m, fault := gs1.Decode(scan)
	if fault != nil || m.Symbology != "" {
		return Reading{Scan: scan, Sent: scan, Message: m, Fault: fault}
	}
	with := withIdentifier(scan, m)
	if m.Kind == gs1.GS1 || m.Kind == gs1.Link {
		scan = with // elements are what they are, whatever is expected
	}
	if strings.HasPrefix(with, "]") {
		m, fault = gs1.Decode(with)
	}
	return Reading{Scan: with, Sent: scan, Message: m, Fault: fault}
}

// withIdentifier puts the identifier of the likeliest symbology in front of a scan that has none.
func withIdentifier(scan string, m gs1.Message) string {
	switch m.Kind {
	case gs1.EAN8:
		return "]E4" + scan
	case gs1.EAN13, gs1.UPCA, gs1.UPCE: // a GTIN of 14 digits without its first is how ]E0 is sent
		return "]E0" + m.GTIN()[1:]
	case gs1.ITF14:
		return "]I1" + scan
	case gs1.Link:
		return "]Q1" + scan
	case gs1.GS1:
		if !strings.HasPrefix(scan, "(") {
			return "]C1" + strings.Trim(scan, GS)
		}
	}
	return scan
}
