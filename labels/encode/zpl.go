package encode

import (
	"bytes"
	"strconv"

	"bayledger/labels/draw"
)

// ZPLOptions are what a printer's profile says.
type ZPLOptions struct {
	Copies   int // of the label; below 1 is 1
	Darkness int // 0 to 30 as ~SD; 0 leaves the printer's own
	Speed    int // inches a second as ^PR; 0 leaves the printer's own
}

// Bounds of ZPL's own commands.
const (
	MaxCopies   = 9999
	maxDarkness = 30
	maxSpeed    = 14
)

// AppendZPL adds a page as one ZPL format: the whole label as one compressed
// picture (^GFA), so that the printer prints the dots of the preview and none of
// its own letters or bars. There is nothing in it but our own commands and
// hexadecimal digits.
func AppendZPL(out []byte, page *draw.Page, o ZPLOptions) []byte {
	if o.Darkness > 0 {
		out = append(out, "~SD"...)
		out = append(out, twoDigits(min(o.Darkness, maxDarkness))...)
	}
	out = append(out, "^XA^LH0,0^LT0^LS0^MUD"...)
	if o.Speed > 0 {
		out = number(append(out, "^PR"...), min(o.Speed, maxSpeed))
	}
	out = number(append(out, "^PW"...), page.W)
	out = number(append(out, "^LL"...), page.H)
	size := page.Stride * page.H
	out = number(append(out, "^FO0,0^GFA,"...), size)
	out = number(append(out, ','), size)
	out = append(number(append(out, ','), page.Stride), ',')
	var above []byte
	for y := range page.H {
		row := page.Row(y)
		if above != nil && bytes.Equal(row, above) {
			out = append(out, ':')
			continue
		}
		out = hexRow(out, row)
		above = row
	}
	out = append(out, "^FS"...)
	if o.Copies > 1 {
		out = number(append(out, "^PQ"...), min(o.Copies, MaxCopies))
	}
	return append(out, "^XZ\n"...)
}

func number(out []byte, n int) []byte { return strconv.AppendInt(out, int64(n), 10) }

func twoDigits(n int) string {
	s := strconv.Itoa(n)
	if len(s) < 2 {
		return "0" + s
	}
	return s
}

const hexDigits = "0123456789ABCDEF"

// hexRow writes a row as half bytes, runs as ZPL counts them: G to Y are 1 to 19
// times, g to z 20 to 400 times; "," is zeros to the end of the row, "!" ones.
func hexRow(out, row []byte) []byte {
	n := len(row) * 2
	nibble := func(i int) byte {
		if i%2 == 0 {
			return row[i/2] >> 4
		}
		return row[i/2] & 15
	}
	for i := 0; i < n; {
		v, run := nibble(i), 1
		for i+run < n && nibble(i+run) == v {
			run++
		}
		if i+run == n && (v == 0 || v == 15) {
			if v == 0 {
				return append(out, ',')
			}
			return append(out, '!')
		}
		i += run
		for ; run >= 400; run -= 400 {
			out = append(out, 'z', hexDigits[v])
		}
		if run >= 20 {
			out = append(out, 'g'+byte(run/20-1))
			if run %= 20; run > 0 {
				out = append(out, 'G'+byte(run-1))
			}
			out = append(out, hexDigits[v])
			continue
		}
		if run > 1 {
			out = append(out, 'G'+byte(run-1))
		}
		if run > 0 {
			out = append(out, hexDigits[v])
		}
	}
	return out
}
