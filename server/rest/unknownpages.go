package rest

import (
	"encoding/json"
	"strconv"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
)

// Cursors of the codes that nobody could read, and of the scans that wait for one: each
// holds the order of the last row of its page, so that it stays good when that row goes.

// kindOfUnknown is the word of the API for what a code was scanned as.
func kindOfUnknown(u *ledger.Unknown) string {
	switch {
	case u.At:
		return "location"
	case u.Piece:
		return "serial"
	case u.Who:
		return "operator"
	}
	return "product"
}

// unknownOf is the code that a kind and a text name.
func unknownOf(kind, raw, site string) ledger.Unknown {
	return ledger.Unknown{Raw: raw, Site: site, At: kind == "location", Piece: kind == "serial", Who: kind == "operator"}
}

// cursorFields is a cursor of several texts, which may hold anything.
func cursorFields(fields ...string) string {
	b, _ := json.Marshal(fields) // texts always can be
	return cursorAfter(string(b))
}

// fieldsOf reads the parts of a cursor; nil where there is none.
func fieldsOf(after string, count int) (fields []string, p *Problem) {
	if after == "" {
		return nil, nil
	}
	text, err := cursorOf(after)
	if err != nil || json.Unmarshal([]byte(text), &fields) != nil || len(fields) != count {
		return nil, notOurs(after)
	}
	return fields, nil
}

func notOurs(after string) *Problem {
	return badField("after", "The cursor "+quoted(after)+" is not one of ours. Nothing was read; begin without one.")
}

func codeCursor(u *settle.UnknownCode) string {
	return cursorFields(strconv.Itoa(u.Scans), kindOfUnknown(&u.Unknown), u.Raw, u.Site)
}

func codeAfter(after string) (*settle.UnknownCode, *Problem) {
	parts, p := fieldsOf(after, 4)
	if p != nil || parts == nil {
		return nil, p
	}
	scans, err := strconv.Atoi(parts[0])
	if err != nil {
		return nil, notOurs(after)
	}
	return &settle.UnknownCode{Unknown: unknownOf(parts[1], parts[2], parts[3]), Scans: scans}, nil
}

func scanCursor(k *settle.Key) string {
	return cursorFields(strconv.FormatInt(int64(k.TEff), 10), k.Device, k.Install, strconv.FormatUint(k.Seq, 10))
}

func scanAfter(after string) (*settle.Key, *Problem) {
	parts, p := fieldsOf(after, 4)
	if p != nil || parts == nil {
		return nil, p
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	seq, err2 := strconv.ParseUint(parts[3], 10, 64)
	if err != nil || err2 != nil {
		return nil, notOurs(after)
	}
	return &settle.Key{TEff: ledger.Time(at), Device: parts[1], Install: parts[2], Seq: seq}, nil
}
