package wire

import (
	"crypto/sha256"
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Transport says how strict the reading of an intent is (design: an unknown
// field refuses a line in a file and parks an intent on the socket).
type Transport int

// Transports.
const (
	Socket Transport = iota
	Stated           // REST and files: what cannot be read is refused and leaves its identity free
)

var strict = json.JoinOptions(json.RejectUnknownMembers(true), jsontext.AllowDuplicateNames(false))

// DecodeIntent reads one intent. It never fails: what cannot be read comes back
// with a Fault, as much of its identity as is readable, and a payload that keeps
// what was sent. It keeps nothing of raw.
func DecodeIntent(raw []byte, via Transport) ledger.Received {
	var r ledger.Received
	if len(raw) > ledger.MaxIntent {
		return examine(raw, via, &ledger.Fault{Code: ledger.TooLarge,
			Message: "The intent is larger than 256 KiB. It was not booked; send it as several."})
	}
	if !fastIntent(raw, &r.Intent) {
		r.Intent = ledger.Intent{}
		if err := json.Unmarshal(raw, &r.Intent, strict); err != nil {
			return examine(raw, via, nil)
		}
	}
	complete(&r, nil)
	return r
}

// Receive checks an intent that is already in memory and gives it its payload
// and hash.
func Receive(in ledger.Intent) ledger.Received {
	r := ledger.Received{Intent: in}
	complete(&r, nil)
	return r
}

// complete checks a received intent and gives it its payload, which is appended
// to b, and its hash.
func complete(r *ledger.Received, b []byte) []byte {
	r.Fault = r.Intent.Check()
	out, body := ledger.AppendIntent(b, &r.Intent)
	r.Payload = out[len(b):len(out):len(out)]
	r.Hash = hashOf(out[body:])
	if r.Fault != nil {
		clearIdentity(&r.Intent)
	}
	return out
}

// clearIdentity takes names out of a faulty intent that can be no stream's: the
// books keep a stream for ever.
func clearIdentity(in *ledger.Intent) {
	for _, name := range [...]*string{&in.Device, &in.Install} {
		if len(*name) > ledger.MaxCode || strings.Contains(*name, "/") {
			*name = ""
		}
	}
}

func hashOf(b []byte) [16]byte {
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}
