package symbol

// Use is what a symbol is for: it decides how large its modules must be.
type Use string

// The uses.
const (
	Logistic Use = "logistic" // goods in distribution, read from afar
	Retail   Use = "retail"   // at a till, or by hand
	InHouse  Use = "in-house" // by our own handhelds, from near
)

// Uses lists the uses that a layout may name.
func Uses() []Use { return []Use{Logistic, Retail, InHouse} }

// Rules are the sizes that a symbol must have, in millimetres, and the white
// around it, in modules.
type Rules struct {
	Min, Target, Max         float64 // of a module
	Height                   float64 // of the bars; 0: as the modules say
	Left, Right, Top, Bottom int     // quiet zones
}

// Heights of EAN symbols belong to a module width: a wider symbol is higher.
const (
	eanX      = 0.330
	ean13High = 22.85
	ean8High  = 18.23
	eanCut    = 9.00
)

// RulesOf gives a symbol's rules. Those of GS1's symbols are of the GS1 General
// Specifications (symbol specification tables 1 to 5); our own codes, which no
// standard measures, have what a handheld reads at arm's length.
func RulesOf(k Kind, u Use) Rules {
	switch k {
	case GS1128, ITF14:
		r := Rules{Min: 0.495, Target: 0.495, Max: 0.940, Height: 31.75, Left: 10, Right: 10}
		if u != Logistic {
			r.Min, r.Target, r.Height = 0.250, 0.375, 12.70
		}
		return r
	case EAN13, EAN8:
		r := Rules{Min: 0.264, Target: eanX, Max: 0.660, Height: ean13High, Left: 11, Right: 7}
		if k == EAN8 {
			r.Height, r.Left = ean8High, 7
		}
		if u == InHouse { // cut down: a handheld aims, a till does not
			r.Height = eanCut
		}
		return r
	case Code128:
		return Rules{Min: 0.250, Target: 0.375, Max: 1.016, Height: 10, Left: 10, Right: 10}
	case GS1DataMatrix, DataMatrix:
		r := Rules{Min: 0.254, Target: 0.500, Max: 1.500, Left: 1, Right: 1, Top: 1, Bottom: 1}
		if u == Logistic {
			r.Min, r.Target = 0.743, 0.743
		}
		return r
	default:
		r := Rules{Min: 0.254, Target: 0.500, Max: 1.500, Left: 4, Right: 4, Top: 4, Bottom: 4}
		if u == Logistic {
			r.Min, r.Target = 0.743, 0.743
		}
		return r
	}
}

// HeightAt is the least height of the bars at a module width.
func (r Rules) HeightAt(k Kind, x float64) float64 {
	if k == EAN13 || k == EAN8 {
		return r.Height * x / eanX
	}
	return r.Height
}
