package wire

import "testing"

var samplePush = []byte(`{"type":"push","intents":[{"device":"H-07","install":"k3f9","seq":41,"at":"2026-03-02T09:15:04.120Z","clock":"a","seen":18211,"epoch":"e1","operator":"ann","site":"main","action":"remove","product":"BOLT-M6","quantity":"3","from":"A-01-02","reference":"536365"}]}`)

func BenchmarkDecodePush(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, f := DecodeFrame(samplePush); f != nil {
			b.Fatal(f)
		}
	}
}
