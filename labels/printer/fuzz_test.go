package printer

import "testing"

// What a printer answers cannot do more than be refused.
func FuzzParseAnswer(f *testing.F) {
	f.Add(newRequest(opGetPrinter, 1, "ipp://h/ipp/print").end())
	r := newRequest(opPrintJob, 1, "ipp://h/ipp/print")
	r.media(105, 148)
	r.boolean("x", true)
	f.Add(r.end())
	f.Add([]byte{2, 0, 0, 0, 0, 0, 0, 1, 4, 0x44, 0, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := parseAnswer(b)
		if err != nil {
			return
		}
		for _, g := range a.of(tagPrinter) {
			statusOf(g)
			g.texts("")
		}
	})
}

func FuzzParseHost(f *testing.F) {
	f.Add([]byte("030,0,0,1225,000,0,0,0,000,0,0,0"), []byte("000,0,0,0,1,2,4,0,00000000,1,000"))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		if h, err := parseHost([][]byte{one, two, nil}); err == nil {
			h.reason()
		}
	})
}
