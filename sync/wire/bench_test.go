package wire

import (
	"bytes"
	"fmt"
	"testing"

	"bayledger/sync/ledger"

	"github.com/go-json-experiment/json"
)

const sampleIntent = `{"device":"H-07","install":"k3f9","seq":41,"at":"2026-03-02T09:15:04.120Z","clock":"a","seen":18211,"epoch":"e1","operator":"ann","site":"main","action":"remove","product":"BOLT-M6","quantity":"3","from":"A-01-02","reference":"536365"}`

var samplePush = []byte(`{"type":"push","intents":[` + sampleIntent + `]}`)

// BenchmarkDecodePush is the server's hottest path: a push of one scan, from the
// frame to payload and hash. The full decoder is there to compare with.
func BenchmarkDecodePush(b *testing.B) {
	for _, n := range []int{1, 16, 256} {
		frame := pushOf(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(frame)))
			for b.Loop() {
				if _, f := DecodeFrame(frame); f != nil {
					b.Fatal(f)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/intent")
		})
	}
	b.Run("full-decoder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p Push
			if err := json.Unmarshal(samplePush, &p, strict); err != nil {
				b.Fatal(err)
			}
			Receive(p.Intents[0])
		}
	})
}

// pushOf returns a push of n intents of different seqs, products and references.
func pushOf(n int) []byte {
	intents := make([][]byte, n)
	for i := range intents {
		one := []byte(sampleIntent)
		one = bytes.Replace(one, []byte(`"seq":41`), fmt.Appendf(nil, `"seq":%d`, 41+i), 1)
		one = bytes.Replace(one, []byte(`BOLT-M6`), fmt.Appendf(nil, `PART-%d`, 2*i), 1)
		intents[i] = bytes.Replace(one, []byte(`536365`), fmt.Appendf(nil, `%d`, 536365+i/20), 1)
	}
	return AppendPush(nil, "", intents)
}

func BenchmarkCheck(b *testing.B) {
	in := DecodeIntent([]byte(sampleIntent), Socket).Intent
	for b.Loop() {
		if in.Check() != nil {
			b.Fatal("not valid")
		}
	}
}

func BenchmarkAppendIntent(b *testing.B) {
	in := DecodeIntent([]byte(sampleIntent), Socket).Intent
	var buffer []byte
	for b.Loop() {
		buffer, _ = ledger.AppendIntent(buffer[:0], &in)
	}
}

func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		hashOf([]byte(sampleIntent))
	}
}
