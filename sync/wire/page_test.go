package wire_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"bayledger/sync/ledger"
	"bayledger/sync/settle"
	"bayledger/sync/wire"
	"bayledger/sync/wire/schema"
)

const pagePath = "../PROTOCOL.md"

func page(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(pagePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The bounds that the page names are those of the code.
func TestPageNamesTheBounds(t *testing.T) {
	text := page(t)
	for name, value := range map[string]string{
		"a frame from a device":              fmt.Sprint(wire.MaxFrame, " bytes"),
		"messages of a frame from a device":  fmt.Sprint(wire.MaxMessages),
		"intents of a push":                  fmt.Sprint(wire.MaxPush),
		"intents under way for a device":     fmt.Sprint(wire.MaxUnacked),
		"installs of a device":               fmt.Sprint(wire.MaxInstalls),
		"an intent":                          fmt.Sprint(ledger.MaxIntent, " bytes"),
		"nesting within an intent":           fmt.Sprint(wire.MaxDepth, " levels"),
		"lines of an intent":                 fmt.Sprint(ledger.MaxLines),
		"holds of a release":                 fmt.Sprint(ledger.MaxHolds),
		"a code, name, place, lot, serial …": fmt.Sprint(ledger.MaxCode, " bytes"),
		"a reference, reason, evidence":      fmt.Sprint(ledger.MaxText, " bytes"),
		"a scan, raw":                        fmt.Sprint(ledger.MaxScan, " bytes"),
		"digits of a decimal":                fmt.Sprint(ledger.MaxDigits),
		"a frame from the server, at most":   fmt.Sprint(wire.MaxServerFrame, " bytes"),
	} {
		if row := "| " + name + " | " + value + " |\n"; !strings.Contains(text, row) {
			t.Errorf("the page has no row %s", row)
		}
	}
	if n := strings.Count(text[strings.Index(text, "## 13."):strings.Index(text, "## 14.")], "\n| "); n != 14+2 {
		t.Errorf("%d rows of bounds, some of them unknown to this test", n)
	}
	for _, want := range []string{wire.SubprotocolJSON, wire.SubprotocolCBOR,
		fmt.Sprintf("older than %d seconds", settle.CommandMaxAge/1e6),
		fmt.Sprintf("the first %d KiB", ledger.MaxScan>>10)} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Every word of the protocol stands on the page.
func TestPageNamesEveryWord(t *testing.T) {
	text := page(t)
	words := []string{"hello", "push", "subscribe", "ping", "skip", "print", "welcome", "ack", "events", "snapshot", "pong", "notice", "error",
		"message", "policy", "drain", "revoked",
		wire.TopicActivity, wire.TopicAlerts, wire.TopicBalances, wire.TopicCatalog, wire.TopicExceptions,
		ledger.ActionAdd, ledger.ActionRemove, ledger.ActionMove, ledger.ActionIsolate, ledger.ActionRelease, ledger.ActionAssemble,
		ledger.ActionDisassemble, ledger.ActionPack, ledger.ActionUnpack, ledger.ActionCount, ledger.ActionSessionOpen,
		ledger.ActionSessionClose, ledger.ActionScrap, ledger.ActionUndo, ledger.ActionMap, ledger.ActionDecide, ledger.ActionClose}
	for _, o := range []ledger.Outcome{ledger.Applied, ledger.Absorbed, ledger.Exception, ledger.Parked, ledger.Refused} {
		words = append(words, string(o))
	}
	for _, c := range []ledger.Code{ledger.BadJSON, ledger.UnknownField, ledger.BadField, ledger.UnknownAction, ledger.BadQuantity, ledger.BadTime,
		ledger.NotAllowed, ledger.BadKey, ledger.IdentityConflict, ledger.Gap, ledger.TooLarge, ledger.TooFast, ledger.DiskFull, ledger.Expired,
		ledger.Short, ledger.Held, ledger.Closing, ledger.StaleCursor, ledger.Unsupported, ledger.UnknownProduct, ledger.UnknownLocation, ledger.NotFound} {
		words = append(words, string(c))
	}
	words = append(words, fieldsOf(t)...)
	for _, word := range words {
		if !regexp.MustCompile("`([^`]*[ {])?" + regexp.QuoteMeta(word) + "([ },][^`]*)?`").MatchString(text) {
			t.Errorf("the page does not name `%s`", word)
		}
	}
	for _, code := range []int{wire.CloseResume, wire.CloseDrain, wire.CloseIdle, wire.CloseTooFast, wire.CloseBadFrame, wire.CloseBadKey, wire.CloseReplaced, wire.CloseUnsupported} {
		row := regexp.MustCompile(fmt.Sprintf(`\n\| %d \|[^|]*\| (yes|no)`, code)).FindStringSubmatch(text)
		if row == nil || (row[1] == "yes") != (code < 4400) {
			t.Errorf("the page does not say whether to come back after %d", code)
		}
	}
}

// fieldsOf returns the names of an intent's fields, which the canonical form of
// the fullest example has.
func fieldsOf(t *testing.T) (names []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`\n    "([a-z_]+)": \{`).FindAllSubmatch(schema.Intent(), -1) {
		names = append(names, string(m[1]))
	}
	if len(names) < 39 {
		t.Fatalf("the schema has %d fields only", len(names))
	}
	return names
}

// Every frame that the page shows is one.
func TestPageShowsFrames(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(page(t), -1)
	if len(blocks) < 6 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		for _, frame := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			device, server := schema.Validate([]byte(frame), schema.FromDevice), schema.Validate([]byte(frame), schema.FromServer)
			if device != nil && server != nil {
				t.Errorf("%s\n%v\n%v", frame, device, server)
			}
		}
	}
}
