package wire

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json/jsontext"
)

var (
	errNoObject = errors.New("it is something else")
	errNoArray  = errors.New("it is no array")
	errMore     = errors.New("more follows it")
	errTooMany  = errors.New("it holds too many values")
)

// NotBooked is the only field of a line in a handheld's file of scans that is no intent: it waits
// there, behind a PIN or a stop, say.
const NotBooked = "not_booked"

func unknownFault(name string, via Transport) *ledger.Fault {
	if via == Socket {
		return &ledger.Fault{Code: ledger.Unsupported, Field: short(name),
			Message: "This server does not know the field " + strconv.Quote(short(name)) + ". The intent is kept whole and holds no stock; a server that knows the field books it."}
	}
	if name == NotBooked {
		return &ledger.Fault{Code: ledger.UnknownField, Field: name,
			Message: "This was scanned on a handheld and not booked there: not_booked says what it waits for. It was not booked here either; go on with it on the handheld, or write the intent that was meant."}
	}
	return &ledger.Fault{Code: ledger.UnknownField, Field: short(name),
		Message: "The field " + strconv.Quote(short(name)) + " is not known. The line was not booked; mend the name or leave it out."}
}

func fieldFault(name string, value jsontext.Value, err error) *ledger.Fault {
	shown := strconv.Quote(short(string(value)))
	switch {
	case errors.Is(err, ledger.ErrNotTime):
		return &ledger.Fault{Code: ledger.BadTime, Field: name,
			Message: "The field " + name + " holds " + shown + ", which is no RFC 3339 time. The intent was not booked."}
	case name == "quantity" || errors.Is(err, ledger.ErrTooManyDigits):
		return &ledger.Fault{Code: ledger.BadQuantity, Field: name,
			Message: "The field " + name + " holds " + shown + ", which is no decimal number of at most 15 digits. The intent was not booked."}
	}
	return &ledger.Fault{Code: ledger.BadField, Field: name,
		Message: "The field " + name + " holds " + shown + ", which is not of its type. The intent was not booked."}
}

// short cuts a value down to what a sentence can hold.
func short(s string) string {
	const most = 60
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// sentence cuts an error of a library down to what a person can read.
func sentence(err error) string {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
		return "it ends too early"
	case errors.As(err, &syntax):
		return syntax.Err.Error() + " at byte " + strconv.FormatInt(syntax.ByteOffset, 10)
	case err == errNoObject || err == errNoArray || err == errMore:
		return err.Error()
	}
	return "a value is not of the type expected"
}
