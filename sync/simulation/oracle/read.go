package oracle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
)

// linesMost is the contract's bound on the lines of an intent.
const linesMost = 1000

// decimalMost is the longest spelling of a number that is read: 15 digits, a
// sign, a point, an exponent and leading or trailing zeros fit well within it.
const decimalMost = 40

// decimal is an exact number as an intent spells it; nil where it is missing.
type decimal struct{ *big.Rat }

// The exponent has at most two digits, so that no spelling costs much to expand.
var decimalForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

func (d *decimal) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
	}
	if text == "null" && raw[0] != '"' || text == "" {
		return nil
	}
	number, err := readDecimal(text)
	if err != nil {
		return err
	}
	d.Rat = number
	return nil
}

func readDecimal(text string) (*big.Rat, error) {
	if len(text) > decimalMost || !decimalForm.MatchString(text) {
		return nil, fmt.Errorf("%.60q is not a decimal number", text)
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, fmt.Errorf("%.60q is not a decimal number", text)
	}
	return number, nil
}

// goods is what an intent and each of its lines may say.
type goods struct {
	Product   string  `json:"product"`
	Scan      string  `json:"scan"`
	Quantity  decimal `json:"quantity"`
	Unit      string  `json:"unit"`
	Lot       string  `json:"lot"`
	Expiry    string  `json:"expiry"`
	Serial    string  `json:"serial"`
	Package   string  `json:"package"`
	Delivery  string  `json:"delivery"`
	Status    string  `json:"status"`
	UnitCost  decimal `json:"unit_cost"`
	TotalCost decimal `json:"total_cost"`
	From      string  `json:"from"`
	To        string  `json:"to"`
}

// intent is the JSON of design.md §3.
type intent struct {
	goods
	Device    string   `json:"device"`
	Install   string   `json:"install"`
	Seq       uint64   `json:"seq"`
	At        string   `json:"at"`
	Clock     string   `json:"clock"`
	Seen      uint64   `json:"seen"`
	Epoch     string   `json:"epoch"`
	Operator  string   `json:"operator"`
	Site      string   `json:"site"`
	Mode      string   `json:"mode"`
	Action    string   `json:"action"`
	Partner   string   `json:"partner"`
	Asset     string   `json:"asset"`
	Reference string   `json:"reference"`
	Reason    string   `json:"reason"`
	Session   string   `json:"session"`
	Section   string   `json:"section"`
	Complete  bool     `json:"complete"`
	Through   string   `json:"through"`
	Raw       string   `json:"raw"`
	Exception string   `json:"exception"`
	Choice    string   `json:"choice"`
	Evidence  string   `json:"evidence"`
	Holds     []string `json:"holds"`
	Lines     []goods  `json:"lines"`
}

// readIntent reads one intent. A field that the contract does not name is an
// error: what the oracle cannot read it must not pass over.
func readIntent(raw []byte) (intent, error) {
	var in intent
	reader := json.NewDecoder(bytes.NewReader(raw))
	reader.DisallowUnknownFields()
	if err := reader.Decode(&in); err != nil {
		return in, err
	}
	if _, err := reader.Token(); err != io.EOF {
		return in, errors.New("something follows the intent")
	}
	if in.Device == "" || in.Seq == 0 {
		return in, errors.New("it has no device or no seq")
	}
	if len(in.Lines) > linesMost {
		return in, fmt.Errorf("it has %d lines, %d are the most", len(in.Lines), linesMost)
	}
	return in, nil
}

// or returns the first text that says something.
func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// under fills in what a line leaves out from its intent. A line that says itself
// what it is about, by product or by scan, does not take the intent's other one,
// and total costs are shared out, not repeated.
func (g goods) under(in goods) goods {
	if g.Product == "" && g.Scan == "" {
		g.Product, g.Scan = in.Product, in.Scan
	}
	if g.Quantity.Rat == nil {
		g.Quantity = in.Quantity
	}
	if g.UnitCost.Rat == nil && g.TotalCost.Rat == nil {
		g.UnitCost = in.UnitCost
	}
	g.Unit, g.Lot, g.Expiry = or(g.Unit, in.Unit), or(g.Lot, in.Lot), or(g.Expiry, in.Expiry)
	g.Serial, g.Package = or(g.Serial, in.Serial), or(g.Package, in.Package)
	g.Delivery, g.Status = or(g.Delivery, in.Delivery), or(g.Status, in.Status)
	g.From, g.To = or(g.From, in.From), or(g.To, in.To)
	return g
}
