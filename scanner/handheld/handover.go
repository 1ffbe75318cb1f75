package handheld

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bayledger/scanner/outbox"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// maxAsk is how much a supervisor is told of a scan: what the screen showed of it, and what the server said.
const maxAsk = 240 // characters: an intent takes 1,000 bytes

// handOver asks a supervisor to look at a scan that needs somebody, and takes it off the list. That is an
// intent like any other: in the outbox behind the scan it is about, so that it goes out in order, once there
// is a network. It is stored before the list is: who is cut off in between asks twice, which harms nobody.
func (h *Handheld) handOver(ctx context.Context, number string) {
	notes, err := h.box.Notes()
	if err != nil {
		h.view.say(sentence(err))
		return
	}
	seq, err := strconv.ParseUint(strings.TrimPrefix(strings.TrimSpace(number), "#"), 10, 64)
	at := slices.IndexFunc(notes, func(n outbox.Note) bool { return n.Seq == seq })
	if err != nil || at < 0 {
		h.view.say("Say which one of those that need you: /ask 7. /needs lists them.")
		return
	}
	own, err := h.client.Scan(ctx, h.asks(&notes[at]))
	if err == nil {
		err = h.box.ClearNote(seq)
	}
	if err != nil {
		h.view.say(sentence(err))
		return
	}
	h.view.say("#" + strconv.FormatUint(own, 10) + " asks a supervisor to see to #" + strconv.FormatUint(seq, 10) + ", which is off your list. It goes out with your scans.")
}

// asks is the intent about a scan that needs somebody. It must never be refused itself: what it takes over
// from the scan, which may have been refused for it, is taken only where a server takes it. It moves nothing,
// so it is of no later moment than scans that wait: the server dates none before one in front of it.
func (h *Handheld) asks(n *outbox.Note) ledger.Intent {
	in := ledger.Intent{Action: ledger.ActionAsk, Reference: strconv.FormatUint(n.Seq, 10), Operator: fitting(h.machine.Operator()), Reason: told(h.machine.Words(n.Seq), n)}
	if first, _ := h.machine.Waiting(); first.At != 0 {
		in.SetMoment(first)
	}
	row, err := h.box.Row(n.Seq)
	if err != nil || row.Lost {
		return in
	}
	scan := wire.DecodeIntent(row.Data, wire.Socket).Intent
	in.Product = fitting(scan.Product)
	if in.From = fitting(scan.From); in.From == "" {
		in.From = fitting(scan.To)
	}
	return in
}

// fitting is a code where a server takes it, else nothing.
func fitting(code string) string {
	if len(code) > ledger.MaxCode || !utf8.ValidString(code) {
		return ""
	}
	return code
}

// told says what a scan was and what the server had to say of it.
func told(words string, n *outbox.Note) string {
	said := "Its answer is damaged."
	if r := (ledger.Result{}); !n.Damaged && json.Unmarshal(n.Outcome, &r) == nil {
		said = cmp.Or(r.Message, string(r.Code), string(r.Outcome))
	}
	if words = strings.TrimSuffix(words, "."); words != "" {
		said = words + ". " + said
	}
	text := []rune(strings.ToValidUTF8(said, "?"))
	if len(text) >= maxAsk {
		text = append(text[:maxAsk-1], '…')
	}
	return string(text)
}
