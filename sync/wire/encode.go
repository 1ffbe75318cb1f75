package wire

import (
	"strconv"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

// AppendAck appends an ack message.
func AppendAck(b []byte, through uint64, results []ledger.Result) []byte {
	b = append(b, `{"type":"ack","through":`...)
	b = strconv.AppendUint(b, through, 10)
	b = append(b, `,"outcomes":[`...)
	for i := range results {
		if i > 0 {
			b = append(b, ',')
		}
		b = ledger.AppendResult(b, &results[i])
	}
	return append(b, ']', '}')
}

// AppendEvents appends an events message; events is the rows' JSON, joined by
// commas, without brackets; traces are the contexts of some of them.
func AppendEvents(b []byte, topic string, from, to uint64, events []byte, traces ...Trace) []byte {
	b = append(b, `{"type":"events","topic":`...)
	b = ledger.AppendString(b, topic)
	b = append(b, `,"from":`...)
	b = strconv.AppendUint(b, from, 10)
	b = append(b, `,"to":`...)
	b = strconv.AppendUint(b, to, 10)
	b = append(b, `,"events":[`...)
	b = append(b, events...)
	b = append(b, ']')
	for i, t := range traces {
		if i == 0 {
			b = append(b, `,"traces":[{"entry":`...)
		} else {
			b = append(b, `,{"entry":`...)
		}
		b = strconv.AppendUint(b, t.Entry, 10)
		b = append(b, `,"trace":`...)
		b = append(ledger.AppendString(b, t.Trace), '}')
	}
	if len(traces) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// AppendSnapshot appends one part of a topic's rows as they are at entry n; rows
// is their JSON, joined by commas, without brackets.
func AppendSnapshot(b []byte, topic string, part, parts int, n uint64, rows []byte) []byte {
	b = append(b, `{"type":"snapshot","topic":`...)
	b = ledger.AppendString(b, topic)
	b = append(b, `,"part":`...)
	b = strconv.AppendInt(b, int64(part), 10)
	b = append(b, `,"parts":`...)
	b = strconv.AppendInt(b, int64(parts), 10)
	b = append(b, `,"n":`...)
	b = strconv.AppendUint(b, n, 10)
	b = append(b, `,"rows":[`...)
	b = append(b, rows...)
	return append(b, ']', '}')
}

// AppendMessage appends any other message, a struct of this package. A message
// that cannot be encoded is a fault of the program; the error says which.
func AppendMessage(b []byte, message any) ([]byte, error) {
	out, err := json.Marshal(message)
	return append(b, out...), err
}

// AppendPush appends a push of intents that are already JSON. trace is a W3C
// traceparent, or "".
func AppendPush(b []byte, trace string, intents [][]byte) []byte {
	b = append(b, `{"type":"push",`...)
	if trace != "" {
		b = append(b, `"trace":`...)
		b = append(ledger.AppendString(b, trace), ',')
	}
	b = append(b, `"intents":[`...)
	for i, in := range intents {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, in...)
	}
	return append(b, ']', '}')
}
