package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"bayledger/scanner/gs1"
)

// maxDecodeLine bounds a line: the longest scan with every byte escaped in JSON takes 48 KiB, and
// a longer one still gets its answer, up to here.
const maxDecodeLine = 1 << 20

func (a *app) decodeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "decode [FILE]", Short: "Say what scans mean",
		Long: "Read scans, one a line, from a file or standard input, and answer each with one line of JSON:\n" +
			"what it is, its GS1 elements, or the rule that it breaks. A line in double quotes is a JSON string\n" +
			`("]d2010950600013435210A\u001d21B"); bracketed AIs are read too.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return misused("decode takes one file at most")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			path := "-"
			if len(args) == 1 {
				path = args[0]
			}
			in, err := a.openFile(path)
			if err != nil {
				return err
			}
			defer in.Close()
			return decodeLines(in, a.out, time.Now().Year())
		},
	}
}

// decodeLines answers line by line, and holds no answer back while the input waits.
func decodeLines(in io.Reader, out io.Writer, year int) error {
	lines := bufio.NewReaderSize(in, maxDecodeLine)
	answers := bufio.NewWriter(out)
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return errors.Join(answers.Flush(), fmt.Errorf("line %d has more than %d bytes; the lines before it are answered", n, maxDecodeLine))
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(answers.Flush(), fmt.Errorf("line %d cannot be read: %w", n, err))
		}
		if len(line) == 0 {
			return answers.Flush()
		}
		if err := encoder.Encode(answerTo(withoutEnd(line), year)); err != nil {
			return err
		}
		if lines.Buffered() == 0 {
			if err := answers.Flush(); err != nil {
				return err
			}
		}
	}
}

// withoutEnd takes LF or CR LF off a line.
func withoutEnd(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}

// decodeAnswer is one line of decode's output. What a scan does not say is left out.
type decodeAnswer struct {
	Scan      string       `json:"scan"`
	Symbology string       `json:"symbology"` // the AIM identifier; empty where there is none
	Kind      gs1.Kind     `json:"kind"`
	Valid     bool         `json:"valid"`
	Elements  [][2]string  `json:"elements"`
	GTIN      string       `json:"gtin,omitempty"`     // 14 digits
	Lot       string       `json:"lot,omitempty"`      //
	Serial    string       `json:"serial,omitempty"`   //
	Expiry    string       `json:"expiry,omitempty"`   // YYYY-MM-DD; the month's last day where the data give none
	Quantity  string       `json:"quantity,omitempty"` // pieces
	SSCC      string       `json:"sscc,omitempty"`     // 18 digits
	Error     *decodeFault `json:"error,omitempty"`
}

type decodeFault struct {
	Code    gs1.Code `json:"code"`
	AI      string   `json:"ai"`
	At      int      `json:"at"` // the byte of the scan where it begins, from 0
	Message string   `json:"message"`
}

// notJSON is the code for a line in double quotes that is no JSON string.
const notJSON gs1.Code = "not_json"

func answerTo(line []byte, year int) decodeAnswer {
	scan := string(line)
	if n := len(line); n > 1 && line[0] == '"' && line[n-1] == '"' {
		if err := json.Unmarshal(line, &scan); err != nil {
			return decodeAnswer{Scan: string(line), Kind: gs1.Plain, Elements: [][2]string{},
				Error: &decodeFault{Code: notJSON, Message: "a line in double quotes must be a JSON string: " + err.Error()}}
		}
	}
	m, fault := gs1.Decode(scan)
	answer := decodeAnswer{Scan: scan, Symbology: m.Symbology, Kind: m.Kind, Valid: fault == nil, Elements: make([][2]string, 0, len(m.Elements))}
	if fault != nil {
		answer.Error = &decodeFault{Code: fault.Code, AI: fault.AI, At: fault.At, Message: fault.Error()}
		return answer
	}
	for _, e := range m.Elements {
		answer.Elements = append(answer.Elements, [2]string{e.AI, e.Value})
	}
	answer.GTIN, answer.Lot, answer.Serial, answer.SSCC, answer.Quantity = m.GTIN(), m.Lot(), m.Serial(), m.SSCC(), m.Count()
	if d, ok := m.Expiry(year); ok {
		answer.Expiry = d.String()
	}
	return answer
}
