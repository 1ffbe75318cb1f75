package ledger

import "strings"

// Around what a difference is worth, in the sentence of an exception.
const (
	worthMark   = ", worth "
	worthEnd    = ". Approve it"
	moneyBegins = '{' // begins a push as it came, which may hold costs
)

// WithWorth ends a sentence by what a difference is worth, and what to do.
func WithWorth(sentence, value string) string {
	return sentence + worthMark + value + worthEnd + ", or have it counted again."
}

// WithoutWorth is such a sentence for those who see no money; any other as it is.
func WithoutWorth(sentence string) string {
	at := strings.LastIndex(sentence, worthMark)
	if at < 0 {
		return sentence
	}
	value, rest, ok := strings.Cut(sentence[at+len(worthMark):], worthEnd)
	if !ok || strings.Trim(value, "0123456789.-") != "" {
		return sentence
	}
	return sentence[:at] + worthEnd + rest
}

// RawWithMoney says whether what was scanned is a push that could not be read, which
// is kept as it came and may hold costs.
func RawWithMoney(raw string) bool {
	return strings.HasPrefix(strings.TrimSpace(raw), string(moneyBegins))
}
