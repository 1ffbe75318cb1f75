package gs1

import "strings"

// Decode reads one scan as a reader sent it. A symbology identifier (]d2) says what the data are;
// without one, what they look like:
//
//   - "(" begins bracketed AIs, a web address with a GS1 key is a Digital Link;
//   - GS at the start or inside, or a whole message that begins with a checked (00), (01) or (02),
//     is an element string;
//   - 8, 12, 13 or 14 digits with a right check digit are a GTIN; 8 digits may be a UPC-E;
//   - all else is plain.
//
// What breaks a rule gives an error, and a message with a kind but without elements.
func Decode(scan string) (Message, *Error) { return decode(scan, whole) }

// DecodePart reads a scan that may be one of several barcodes of one label: all that Decode checks,
// but which AIs must or must not be together, and the same AI twice. Join checks that, over all of them.
func DecodePart(scan string) (Message, *Error) { return decode(scan, partly) }

// extent says whether the rules over a whole message hold for one scan.
type extent bool

const (
	partly extent = false
	whole  extent = true
)

func decode(scan string, x extent) (Message, *Error) {
	if len(scan) > MaxScan {
		return Message{Kind: Plain}, &Error{Code: TooLong, At: MaxScan}
	}
	if len(scan) < identifier || scan[0] != ']' {
		return guess(scan, x)
	}
	id, data := scan[:identifier], scan[identifier:]
	m, err := identified(id, data, x)
	m.Symbology = id
	return m, err
}

// identifier is the length of an AIM symbology identifier.
const identifier = 3

func identified(id, data string, x extent) (Message, *Error) {
	switch id {
	case "]C1", "]e0", "]d2", "]Q3", "]J1", "]d5", "]Q4":
		if len(data) > maxPayload {
			return Message{Kind: GS1}, &Error{Code: TooLong, At: identifier + maxPayload}
		}
		if i := strings.IndexByte(data, '^'); i >= 0 {
			return Message{Kind: GS1}, &Error{Code: Caret, At: identifier + i}
		}
		return read(GS1, data, identifier, x)
	case "]E0":
		return retail(data, 13, x)
	case "]E3":
		return retail(addOnOff(data), 13, x)
	case "]E4":
		return retail(data, 8, x)
	case "]I0", "]I1":
		return itf(data)
	case "]I3": // the reader has checked the check digit and kept it
		if len(data) == 13 && allDigits(data) {
			data += string(CheckDigitFor(data))
		}
		return itf(data)
	}
	if len(data) > maxPayload {
		return Message{Kind: Plain}, &Error{Code: TooLong, At: identifier + maxPayload}
	}
	if afterScheme(data) > 0 {
		return read(Link, data, identifier, x)
	}
	return text(data)
}

// read reads data of a kind that has elements.
func read(kind Kind, data string, at int, x extent) (Message, *Error) {
	var r reading
	var err *Error
	if kind == Link {
		err = r.link(data, at)
	} else {
		err = r.elementString(data, at)
	}
	if err == nil && x == whole {
		err = r.whole()
	}
	if err != nil {
		return Message{Kind: kind}, err
	}
	return Message{Kind: kind, Elements: r.result()}, nil
}

func readBrackets(data string, x extent) (Message, *Error) {
	var r reading
	err := r.brackets(data, 0)
	if err == nil && x == whole {
		err = r.whole()
	}
	if err != nil {
		return Message{Kind: GS1}, err
	}
	return Message{Kind: GS1, Elements: r.result()}, nil
}

// text is data without elements: a command of ours, or plain.
func text(data string) (Message, *Error) {
	if strings.HasPrefix(data, CommandPrefix) {
		if !knownCommand(data[len(CommandPrefix):]) {
			return Message{Kind: Command}, &Error{Code: UnknownCommand, At: len(CommandPrefix)}
		}
		return Message{Kind: Command, Text: data[len(CommandPrefix):]}, nil
	}
	return Message{Kind: Plain, Text: data}, nil
}

// guess reads a scan without identifier.
func guess(scan string, x extent) (Message, *Error) {
	switch {
	case strings.HasPrefix(scan, "("):
		return readBrackets(scan, x)
	case afterScheme(scan) > 0:
		m, err := read(Link, scan, 0, x)
		if err != nil && (err.Code == LinkNoKey || err.Code == LinkPath) {
			return Message{Kind: Plain, Text: scan}, nil
		}
		return m, err
	case len(scan) > maxPayload:
		return Message{Kind: Plain}, &Error{Code: TooLong, At: maxPayload}
	case strings.IndexByte(scan, separator) >= 0 && !strings.HasPrefix(scan, "[)>"): // that is ISO/IEC 15434
		if scan[0] == separator {
			return read(GS1, scan[1:], 1, x)
		}
		return read(GS1, scan, 0, x)
	case len(scan) > ITFDigits && beginsMessage(scan):
		if m, err := read(GS1, scan, 0, x); err == nil {
			return m, nil
		}
	case allDigits(scan):
		if m, ok := numbers(scan); ok {
			return m, nil
		}
	}
	return text(scan)
}

// beginsMessage says whether data begin with a key that can be told from chance by its check
// digit. Readers without identifier send most element strings so.
func beginsMessage(data string) bool {
	row, key := find(data)
	if row == nil || key > 200 {
		return false
	}
	end := shortest + row.longestValue()
	return len(data) >= end && allDigits(data[:end]) && sum(data[shortest:end]) == 0
}
