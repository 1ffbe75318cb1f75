package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"

	"github.com/spf13/cobra"
)

// replayLines is how many intents go into one request: large enough that the
// round trip does not matter, small enough that progress is seen.
const (
	replayLines = 1_000
	replayBytes = 4 << 20 // a quarter of what a server takes at once
)

func (a *app) replayCommand() *cobra.Command {
	var create bool
	c := &cobra.Command{
		Use: "replay [--create] [FILE…]", Short: "Book intents from files",
		Long: "Book intents from files of JSON lines or CSV (headers are field names), in the order given, each with the time it states.\n" +
			"A missing device is import:<file name>, a missing install -, a missing seq the line's ordinal, a missing time now.\n" +
			"Every line that can be taken is; replaying a file again books nothing twice. Exits 1 if any line was refused.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"-"}
			}
			server, done, err := a.connect(c.Context())
			if err != nil {
				return err
			}
			defer done()
			r := &replay{app: a, server: server, tally: map[ledger.Outcome]int{}}
			if create {
				r.creator = &creator{server: server, known: map[string]bool{}}
			}
			var failed []error
			for _, path := range args {
				if err := r.file(c.Context(), path); err != nil {
					failed = append(failed, err)
				}
			}
			if err := r.report(); err != nil {
				failed = append(failed, err)
			}
			return errors.Join(failed...)
		},
	}
	c.Flags().BoolVar(&create, "create", false, "make unknown products (4 decimals) and locations (stock)")
	return c
}

// replay books files.
type replay struct {
	app     *app
	server  *api
	creator *creator // nil: unknown things are parked
	tally   map[ledger.Outcome]int
	repeats int
	shown   int

	path    string
	ordinal int
	bytes   int      // of lines
	lines   [][]byte // as they will be sent
	at      []int    // the line of the file that each came from
}

// file books one file.
func (r *replay) file(ctx context.Context, path string) error {
	f, err := r.app.openFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r.path, r.ordinal = path, 0
	b := bufio.NewReaderSize(f, 1<<20)
	bar := r.app.progress(baseName(path), 0)
	defer bar.done()
	take := func(line int, intent []byte) error {
		r.ordinal++
		if !isObject(intent) {
			r.refuse(line, ledger.BadJSON, "This is no JSON object. Nothing was booked; mend the line.")
			return nil
		}
		r.lines = append(r.lines, complete(intent, baseName(path), r.ordinal))
		r.at = append(r.at, line)
		if r.bytes += len(intent); len(r.lines) < replayLines && r.bytes < replayBytes {
			return nil
		}
		bar.grow(int64(r.ordinal), int64(r.ordinal+1))
		return r.flush(ctx)
	}
	if looksLikeJSON(b) {
		err = eachJSONLine(b, take)
	} else {
		err = eachCSVRow(b, take, func(line int, why string) { r.ordinal++; r.refuse(line, ledger.BadJSON, why) })
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return r.flush(ctx)
}

func looksLikeJSON(b *bufio.Reader) bool {
	head, _ := b.Peek(512)
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	return len(head) == 0 || head[0] == '{' || head[0] == '['
}

// eachJSONLine calls take with every line, or with every element where the whole
// input is one array.
func eachJSONLine(b *bufio.Reader, take func(line int, intent []byte) error) error {
	head, _ := b.Peek(512)
	if trimmed := bytes.TrimLeft(head, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return eachElement(json.NewDecoder(b), take)
	}
	for line := 1; ; line++ {
		text, err := b.ReadBytes('\n')
		if len(text) > wire.MaxFrame {
			return fmt.Errorf("line %d is longer than 1 MiB", line)
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			if err := take(line, bytes.Clone(text)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func eachElement(d *json.Decoder, take func(line int, intent []byte) error) error {
	if _, err := d.Token(); err != nil {
		return err
	}
	for n := 1; d.More(); n++ {
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return fmt.Errorf("element %d cannot be read: %w", n, err)
		}
		if err := take(n, v); err != nil {
			return err
		}
	}
	return nil
}

// numberFields are fields of an intent that are no text in JSON.
var numberFields = map[string]bool{"seq": true, "seen": true, "complete": true, "lines": true, "holds": true}

// eachCSVRow turns rows into JSON objects by their headers; an empty cell is a
// missing field.
func eachCSVRow(b io.Reader, take func(line int, intent []byte) error, bad func(line int, why string)) error {
	r := csv.NewReader(b)
	r.ReuseRecord, r.FieldsPerRecord = true, -1
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("the first line is no CSV header: %w", err)
	}
	names := append([]string(nil), header...)
	names[0] = string(bytes.TrimPrefix([]byte(names[0]), []byte("\ufeff")))
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			bad(syntax.StartLine, "The row is no CSV: "+syntax.Err.Error()+". Nothing was booked; mend the line.")
			continue
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		if len(row) > len(names) {
			bad(line, "The row has more cells than the header. Nothing was booked; mend the line.")
			continue
		}
		if err := take(line, rowAsJSON(names, row)); err != nil {
			return err
		}
	}
}

func rowAsJSON(names, row []string) []byte {
	out := []byte{'{'}
	for i, value := range row {
		if value == "" || i >= len(names) {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(ledger.AppendString(out, names[i]), ':')
		if numberFields[names[i]] && json.Valid([]byte(value)) {
			out = append(out, value...)
		} else {
			out = ledger.AppendString(out, value)
		}
	}
	return append(out, '}')
}

// isObject says whether a line is one JSON object.
func isObject(line []byte) bool { return len(line) > 0 && line[0] == '{' && json.Valid(line) }

// refuse counts a line that no server needs to see.
func (r *replay) refuse(line int, code ledger.Code, message string) {
	r.tally[ledger.Refused]++
	r.tell(line, ledger.Result{Outcome: ledger.Refused, Code: code, Message: message})
}

// tell shows what became of a line, if not too many were shown.
func (r *replay) tell(line int, o ledger.Result) {
	if r.shown++; r.shown <= maxShown {
		fmt.Fprintf(r.app.err, "%s line %d: %s %s: %s\n", r.path, line, o.Outcome, o.Code, o.Message)
	}
}

// complete adds what a line of a file may leave out, in front, so that the line
// itself is sent as it is.
func complete(intent []byte, name string, ordinal int) []byte {
	var said map[string]json.RawMessage
	if json.Unmarshal(intent, &said) != nil {
		return compactLine(intent)
	}
	missing := func(field string) bool {
		v := string(said[field])
		return v == "" || v == "null" || v == `""` || (field == "seq" && v == "0")
	}
	add := map[string]any{}
	if missing("device") {
		add["device"] = "import:" + name
	}
	if missing("install") {
		add["install"] = "-"
	}
	if missing("seq") {
		add["seq"] = ordinal
	}
	if len(add) == 0 {
		return compactLine(intent)
	}
	for field := range add {
		delete(said, field)
	}
	for field, v := range said {
		add[field] = v
	}
	out, err := json.Marshal(add)
	if err != nil {
		return compactLine(intent)
	}
	return out
}

// compactLine brings an intent onto one line.
func compactLine(intent []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, intent) != nil {
		return intent
	}
	return out.Bytes()
}

// maxShown is how many refused or parked lines are told one by one.
const maxShown = 20

// flush sends what has been collected and tells of what was not booked.
func (r *replay) flush(ctx context.Context) error {
	if len(r.lines) == 0 {
		return nil
	}
	if r.creator != nil {
		if err := r.creator.make(ctx, r.lines); err != nil {
			return err
		}
	}
	var answer struct{ Outcomes []ledger.Result }
	for {
		err := r.server.call(ctx, http.MethodPost, "/v1/intents", "application/x-ndjson", bytes.Join(r.lines, []byte("\n")), &answer)
		var p *problem
		if errors.As(err, &p) && p.Code == string(ledger.TooFast) { // the server is busy; it has taken nothing
			select {
			case <-time.After(time.Second):
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err != nil {
			return err
		}
		break
	}
	for i, o := range answer.Outcomes {
		r.tally[o.Outcome]++
		if o.Repeat {
			r.repeats++
		}
		if (o.Outcome == ledger.Refused || o.Outcome == ledger.Parked) && i < len(r.at) {
			r.tell(r.at[i], o)
		}
	}
	r.lines, r.at, r.bytes = r.lines[:0], r.at[:0], 0
	return nil
}

// report says what became of all lines.
func (r *replay) report() error {
	if r.shown > maxShown {
		fmt.Fprintf(r.app.err, "… and %d more\n", r.shown-maxShown)
	}
	total := 0
	for _, n := range r.tally {
		total += n
	}
	if _, err := fmt.Fprintf(r.app.out, "%d intents: %d applied, %d absorbed, %d with an exception, %d parked, %d refused (%d were booked before)\n", total,
		r.tally[ledger.Applied], r.tally[ledger.Absorbed], r.tally[ledger.Exception], r.tally[ledger.Parked], r.tally[ledger.Refused], r.repeats); err != nil {
		return err
	}
	if n := r.tally[ledger.Refused]; n > 0 {
		return fmt.Errorf("%d lines were refused; mend them and replay the file again: what is booked is not booked twice", n)
	}
	return nil
}
