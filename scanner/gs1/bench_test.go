package gs1_test

import (
	"testing"

	"bayledger/scanner/gs1"
)

// everyday are the scans of a dock: a case, a pallet, a medicine, a carton, a retail item, a link.
var everyday = []string{
	"]C1010950600013435217261231" + "10LOT-7B",
	"]C100395201938183501646",
	"]d20109506000134352" + "21SERIAL123\x1d172612311030ED",
	"]C10209506000134352" + "37144\x1d00395201938183501646",
	"]E04006381333931",
	"]Q1https://id.gs1.org/01/09506000134352/10/LOT7?17=261231",
}

func BenchmarkDecode(b *testing.B) {
	for _, scan := range everyday {
		if _, err := gs1.Decode(scan); err != nil {
			b.Fatalf("%q: %v", scan, err)
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if _, err := gs1.Decode(everyday[n]); err != nil {
			b.Fatal(err)
		}
		if n++; n == len(everyday) {
			n = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decodes/s")
}

// A scan costs two allocations at most: its elements, and a value that differs from the scan.
func TestDecodeAllocations(t *testing.T) {
	for _, scan := range everyday {
		if n := testing.AllocsPerRun(100, func() { _, _ = gs1.Decode(scan) }); n > 2 {
			t.Errorf("%q takes %v allocations", scan, n)
		}
	}
}
