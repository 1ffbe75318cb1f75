package handheld

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"bayledger/scanner/flow"
	"bayledger/scanner/wedge"
	"bayledger/sync/ledger"
)

// help says what may be keyed in.
const help = "/add /remove /move /isolate /count /assemble /disassemble /lookup: what you do. /12: the next scan is of 12. /correct 12: the last one was. " +
	"/undo 7: #7 is taken back. /undo /redo /confirm /cancel /done /ok: as on the sheet of commands. /reason WORDS: why it is done. " +
	"/session-NAME: count together with others; /complete: nothing else is there; /leave: count alone. /run 30: the last 30 went to the wrong place; /run 41,43: those. /end: your shift is over. " +
	"/printer-NAME: where labels come out. /needs: what needs you; /clear 7: that is dealt with; /ask 7: a supervisor is to see to it. /status. /quit."

// typed takes what a person keyed in; true ends the work.
func (h *Handheld) typed(ctx context.Context, text string) (quit bool) {
	word, rest, _ := strings.Cut(text, " ")
	switch strings.ToLower(word) {
	case "quit":
		return true
	case "help", "":
		h.view.say(help)
	case "status":
		h.view.say(h.status())
	case "needs":
		h.view.say(h.needs()...)
	case "clear":
		h.clear(rest)
	case "ask":
		h.handOver(ctx, rest)
	case "correct":
		h.event(ctx, flow.Event{Correct: rest})
	case "run":
		h.event(ctx, flow.Event{Run: runOf(rest)})
	case "reason":
		h.event(ctx, flow.Event{Reason: rest})
	case "undo":
		h.takeBack(ctx, strings.TrimPrefix(strings.TrimSpace(rest), "#"))
	default:
		if c := word[0]; c >= '0' && c <= '9' {
			h.event(ctx, flow.Event{Number: word})
			return false
		}
		name, printer, named := strings.Cut(word, "-") // a printer's name is exact, as all codes are
		if name = strings.ToUpper(name); named {
			name += "-" + printer
		}
		h.event(ctx, flow.Event{Tap: name})
	}
	return false
}

// runOf are the scans of a correction as flow wants them: how many of the last, or their numbers.
func runOf(text string) string {
	if text = strings.TrimSpace(text); !strings.ContainsAny(text, "#,") {
		return text
	}
	var numbers []string
	for one := range strings.SplitSeq(text, ",") {
		numbers = append(numbers, "#"+strings.TrimPrefix(strings.TrimSpace(one), "#"))
	}
	return strings.Join(numbers, ",")
}

// takeBack undoes the last scan, or the one of a number: that is off the list of what needs someone.
func (h *Handheld) takeBack(ctx context.Context, number string) {
	if number == "" {
		h.event(ctx, flow.Event{Tap: "UNDO"})
		return
	}
	before := h.box.Stats().Next
	h.event(ctx, flow.Event{Undo: number})
	if seq, err := strconv.ParseUint(number, 10, 64); err == nil && h.box.Stats().Next > before {
		if err := h.box.ClearNote(seq); err != nil {
			h.view.say(sentence(err))
		}
	}
}

// status says how the handheld is.
func (h *Handheld) status() string {
	st, name := h.box.Stats(), h.box.Name()
	text := "Handheld " + name.Device + ", install " + name.Install + ". Saved on this device: " + strconv.FormatUint(st.Next-1, 10) + ". Not sent yet: " + strconv.Itoa(st.Waiting) + ". Needs you: " + strconv.Itoa(st.Notes) + "."
	if st.Warning != nil {
		text += " " + sentence(st.Warning)
	}
	as := h.goods.copy.CatalogAsOf()
	if as.Complete {
		return text + " Catalogue as of " + as.At.Local().Format("2006-01-02 15:04") + "."
	}
	return text + " No catalogue yet: everything is kept as it is scanned."
}

// needs lists what a person has to look at.
func (h *Handheld) needs() []string {
	notes, err := h.box.Notes()
	if err != nil {
		return []string{sentence(err)}
	}
	lines := []string{"Needs you: " + strconv.Itoa(len(notes)) + "."}
	for _, n := range notes {
		var r ledger.Result
		text := "its answer is damaged; ask a supervisor"
		if !n.Damaged && json.Unmarshal(n.Outcome, &r) == nil {
			text = string(r.Outcome) + ": " + why(&r)
		}
		lines = append(lines, "#"+strconv.FormatUint(n.Seq, 10)+" "+wedge.Shown(text))
	}
	if len(notes) > 0 {
		lines = append(lines, "A supervisor sees them too. /undo 7 takes #7 back, to be scanned again as it should be; /clear 7: that is dealt with; /ask 7: hand it to a supervisor, who is told that you ask.")
	}
	return lines
}

// clear takes one off the list.
func (h *Handheld) clear(number string) {
	seq, err := strconv.ParseUint(strings.TrimPrefix(strings.TrimSpace(number), "#"), 10, 64)
	if err == nil {
		err = h.box.ClearNote(seq)
	}
	if err != nil {
		h.view.say("Say which one: /clear 7.")
		return
	}
	h.view.say("#" + strconv.FormatUint(seq, 10) + " is off the list.")
}
