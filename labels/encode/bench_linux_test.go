package encode_test

import (
	"syscall"
	"testing"
	"time"

	"bayledger/labels/encode"
	"bayledger/labels/internal/sample"
)

// processor is the time that this process has had a core.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perCore reports labels by the time of a core that they took, which a machine
// that does other things meanwhile does not change.
func perCore(b *testing.B, start time.Duration, size int) {
	b.ReportMetric(float64(b.N)/(processor(b)-start).Seconds(), "labels/core-s")
	b.ReportMetric(float64(size), "bytes")
}

// Labels as whole PNGs: drawn and compressed.
func BenchmarkPNG(b *testing.B) {
	d := newDrawer(b)
	p := encode.NewPNG()
	for _, l := range builtin(b) {
		if l.Name != "package" && l.Name != "product" {
			continue
		}
		b.Run(l.Name, func(b *testing.B) {
			data := sample.Of(l)
			delete(data.Fields, "lot") // two GS1-128
			delete(data.Fields, "expiry")
			var out []byte
			b.ReportAllocs()
			start := processor(b)
			for b.Loop() {
				page, err := d.Draw(l, data, 203)
				if err != nil {
					b.Fatal(err)
				}
				if out, err = p.Append(out[:0], page); err != nil {
					b.Fatal(err)
				}
				d.Release(page)
			}
			perCore(b, start, len(out))
		})
	}
}

// The same as ZPL, what a printer is sent; with the Data Matrix, too.
func BenchmarkZPL(b *testing.B) {
	d := newDrawer(b)
	for _, l := range builtin(b) {
		if l.Name != "package" {
			continue
		}
		data := sample.Of(l)
		var out []byte
		b.ReportAllocs()
		start := processor(b)
		for b.Loop() {
			page, err := d.Draw(l, data, 203)
			if err != nil {
				b.Fatal(err)
			}
			out = encode.AppendZPL(out[:0], page, encode.ZPLOptions{})
			d.Release(page)
		}
		perCore(b, start, len(out))
	}
}
