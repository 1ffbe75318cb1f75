package book

import (
	"bytes"
	"strings"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json/jsontext"
)

// fill completes an intent's identity with the session's.
func fill(r *ledger.Received, source *Source) {
	in := &r.Intent
	device, install := in.Device, in.Install
	if device == "" {
		device = source.Device
	}
	if install == "" {
		install = source.Install
	}
	if install == "" {
		install = "-"
	}
	if device == in.Device && install == in.Install {
		return
	}
	in.Device, in.Install = device, install
	if r.Fault == nil {
		r.Payload, _ = ledger.AppendIntent(nil, in)
		return
	}
	r.Payload = withIdentity(r.Payload, in)
}

// withIdentity puts device and install into the payload of what could not be read
// in full, unless it says something of its own there.
func withIdentity(payload []byte, in *ledger.Intent) []byte {
	if len(payload) < 2 || payload[0] != '{' || !goodName(in.Device) || !goodName(in.Install) {
		return payload
	}
	said := members(payload)
	out := []byte{'{'}
	for _, f := range [...]struct{ name, value string }{{"device", in.Device}, {"install", in.Install}} {
		if !said[f.name] {
			out = append(ledger.AppendString(append(ledger.AppendString(out, f.name), ':'), f.value), ',')
		}
	}
	if payload[1] == '}' {
		out = bytes.TrimSuffix(out, []byte{','})
	}
	return append(out, payload[1:]...)
}

// members names what an object says of itself, as far as it can be read; objects
// inside it are not looked into.
func members(object []byte) map[string]bool {
	names := map[string]bool{}
	d := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := d.ReadToken(); err != nil {
		return names
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		names[name.String()] = true
		if d.SkipValue() != nil {
			break
		}
	}
	return names
}

// lostIntent makes the entry that stands for a row lost in an outbox.
func lostIntent(l *Lost) ledger.Received {
	reason := strings.ToValidUTF8(l.Reason[:min(len(l.Reason), ledger.MaxText)], "")
	in := ledger.Intent{Seq: l.Seq, Action: "skip", Reason: reason}
	payload, body := ledger.AppendIntent(nil, &in)
	r := ledger.Received{Intent: in, Payload: payload}
	copy(r.Hash[:], payload[body:])
	return r
}

// notIdentified says why an intent has no place in any stream; it is no entry.
func (w *writer) notIdentified(r *ledger.Received, source *Source) *ledger.Fault {
	in := &r.Intent
	switch {
	case source.Device != "" && in.Device != source.Device:
		return &ledger.Fault{Code: ledger.NotAllowed, Message: "The key of " + source.Device + " brings its own scans only. This one was not taken; send it with its own device's key."}
	case source.Transport == Socket && source.Device != "" && in.Install != source.Install:
		return &ledger.Fault{Code: ledger.NotAllowed, Field: "install", Message: "The session speaks for another install. This scan was not taken; send it in a session of its own."}
	case !goodName(in.Device) || !goodName(in.Install):
		return &ledger.Fault{Code: ledger.BadField, Field: "device", Message: "The device or install is longer than 200 bytes or has a slash. The scan was not taken; pair the device under another name."}
	case in.Device == "":
		return cmpFault(r.Fault, &ledger.Fault{Code: ledger.BadField, Field: "device", Message: "The intent names no device. It was not taken; every scan comes from one."})
	case in.Seq == 0:
		return cmpFault(r.Fault, &ledger.Fault{Code: ledger.BadField, Field: "seq", Message: "The intent has no seq. It was not taken; number the scans of a device from 1."})
	}
	return nil
}

// goodName says whether a device or install can stand in the journal's index and
// in references.
func goodName(name string) bool {
	return len(name) <= ledger.MaxCode && !strings.Contains(name, "/")
}

func cmpFault(first, second *ledger.Fault) *ledger.Fault {
	if first != nil {
		return first
	}
	return second
}
