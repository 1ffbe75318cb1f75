package rest

import (
	"bytes"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json/jsontext"
)

// lenient finds where values end; whether they are right is judged one by one.
var lenient = jsontext.AllowDuplicateNames(true)

// split parts a body into its intents' JSON, by content: one value, an array, or
// JSON lines. What cannot be read stands in the list as it came, so that its
// place gets an outcome too.
func split(body []byte) ([][]byte, *Problem) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, problem(ledger.BadJSON, "The body is empty. Nothing was booked; send one intent, an array, or JSON lines.")
	}
	if body[0] == '[' {
		return splitArray(body)
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(body), lenient, jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadValue(); err == nil && d.InputOffset() == int64(len(body)) {
		return [][]byte{body}, nil
	}
	return splitLines(body)
}

func splitArray(body []byte) ([][]byte, *Problem) {
	d := jsontext.NewDecoder(bytes.NewBuffer(body), lenient, jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return nil, unreadable()
	}
	list := [][]byte{}
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		end := d.InputOffset()
		if err != nil { // the array is broken here: what follows has no borders
			return append(list, bytes.TrimLeft(body[end:], " \t\r\n,")), nil
		}
		if len(list) == maxIntents {
			return nil, tooMany()
		}
		list = append(list, body[end-int64(len(v)):end])
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, unreadable()
	}
	if rest := bytes.TrimSpace(body[d.InputOffset():]); len(rest) > 0 {
		list = append(list, rest)
	}
	return list, nil
}

func splitLines(body []byte) ([][]byte, *Problem) {
	var list [][]byte
	for line := range bytes.Lines(body) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if len(list) == maxIntents {
			return nil, tooMany()
		}
		list = append(list, line)
	}
	return list, nil
}

// readable says whether a value is JSON at all.
func readable(raw []byte) bool {
	return len(raw) > 0 && raw[0] == '{' && jsontext.Value(raw).IsValid(lenient, jsontext.AllowInvalidUTF8(true))
}

func unreadable() *Problem {
	return problem(ledger.BadJSON, "The body is no JSON object, no array of them, and no JSON lines. Nothing was booked; mend it and send it again.")
}

func tooMany() *Problem {
	return problem(ledger.TooLarge, "The body holds more than 10,000 intents. Nothing was booked; send them in pieces.")
}
