package fleet

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"time"

	"bayledger/sync/ledger"
)

// recordedColumns are the columns of a recorded scan log that are read; others
// may stand between them.
var recordedColumns = [...]string{"occurred_at", "action", "code", "quantity", "reference", "kind"}

const (
	colAt = iota
	colAction
	colCode
	colQuantity
	colReference
	colKind
)

// Recorded reads a scan log as CSV (RFC 4180, gzipped or not) with a header that
// names at least occurred_at, action, code, quantity, reference and kind:
//
//	source_row,occurred_at,action,code,quantity,unit_price,reference,country,kind
//	1,2024-03-01T08:26:00Z,remove,ART-1,6,2.55,900001,Nowhere,sale
//
// Each row is one intent: action add or remove, product the code (exact, never
// trimmed), quantity, reference, reason the kind, at occurred_at. Rows of one
// moment are spread a microsecond each, in their order, so that they keep it.
// Prices and countries are not read: they tell of sales, not of stock.
//
// All rows of a reference go to one device, chosen by its hash, in the order of
// the file: the same file and number of devices give the same intents for ever.
// Errors name the row, counted from 1 after the header.
func Recorded(r io.Reader, devices int) Source {
	return func(yield func(Item, error) bool) {
		if devices < 1 {
			yield(Item{}, errors.New("a recorded log needs at least one device"))
			return
		}
		plain, err := inflate(r)
		if err != nil {
			yield(Item{}, err)
			return
		}
		rows := csv.NewReader(plain)
		rows.ReuseRecord = true
		columns, err := header(rows)
		if err != nil {
			yield(Item{}, err)
			return
		}
		var spread spreader
		for n := 1; ; n++ {
			fields, err := rows.Read()
			if err == io.EOF {
				return
			}
			var item Item
			if err == nil {
				item, err = recordedRow(fields, &columns, &spread, devices)
			}
			if err != nil {
				yield(Item{}, fmt.Errorf("row %d of the recorded log: %w", n, err))
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// inflate unpacks what begins like gzip.
func inflate(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	magic, err := buffered.Peek(2)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		return gzip.NewReader(buffered)
	}
	return buffered, nil
}

func header(rows *csv.Reader) (columns [len(recordedColumns)]int, err error) {
	names, err := rows.Read()
	if err != nil {
		return columns, fmt.Errorf("the recorded log has no header: %w", err)
	}
	for i, want := range recordedColumns {
		columns[i] = -1
		for j, name := range names {
			if name == want {
				columns[i] = j
			}
		}
		if columns[i] < 0 {
			return columns, fmt.Errorf("the recorded log has no column %s", want)
		}
	}
	return columns, nil
}

// spreader tells rows of one moment apart: each is at least a microsecond after
// the one before.
type spreader struct{ moment, last ledger.Time }

func (s *spreader) at(moment ledger.Time) (ledger.Time, error) {
	switch {
	case moment <= 0:
		return 0, ledger.ErrNotTime
	case moment < s.moment:
		return 0, fmt.Errorf("%s comes after %s; the log must be in the order of time", moment, s.moment)
	}
	s.moment, s.last = moment, max(moment, s.last+1)
	return s.last, nil
}

func recordedRow(fields []string, columns *[len(recordedColumns)]int, spread *spreader, devices int) (Item, error) {
	get := func(column int) string { return fields[columns[column]] }
	stated, err := time.Parse(time.RFC3339, get(colAt))
	if err != nil {
		return Item{}, fmt.Errorf("%q is no time", get(colAt))
	}
	at, err := spread.at(ledger.TimeOf(stated))
	if err != nil {
		return Item{}, err
	}
	quantity, err := ledger.ParseDecimal(get(colQuantity))
	if err != nil {
		return Item{}, fmt.Errorf("the quantity %q: %w", get(colQuantity), err)
	}
	action := get(colAction)
	if action != ledger.ActionAdd && action != ledger.ActionRemove {
		return Item{}, fmt.Errorf("the action %q is neither add nor remove", action)
	}
	in := ledger.Intent{Action: action, At: at, Product: get(colCode), Quantity: quantity, Reference: get(colReference), Reason: get(colKind)}
	if f := in.Check(); f != nil {
		return Item{}, f
	}
	h := fnv.New32a()
	_, _ = io.WriteString(h, in.Reference) // a hash takes everything
	return Item{Device: int(h.Sum32() % uint32(devices)), Intent: in}, nil
}
