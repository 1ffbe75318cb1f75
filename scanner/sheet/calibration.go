package sheet

import "bayledger/scanner/wedge"

// Calibration is the sheet that finds out how a reader is set. Which of the first two is scanned
// depends on the reader; the others are scanned from top to bottom, and wedge says in words what to
// set.
func Calibration() Sheet {
	const head, tail = 2, 2 // digits of the two AIs
	parts := []string{"90", wedge.CalibrationHead[head:], "91", wedge.CalibrationTail[tail:]}
	return Sheet{Name: "calibration", Title: "Calibration",
		Intro: "Scan one of the first two codes, then the others from top to bottom, at the speed of your work. The screen says what to set on the reader.",
		Groups: []Group{
			{Title: "1. How the reader sends", Items: []Item{
				elements(GS1DataMatrix, "Camera reader", "For readers that read square codes.", parts...),
				elements(GS1128, "Laser reader", "For readers that read stripes only.", parts...),
			}},
			{Title: "2. What arrives", Items: []Item{
				text(Code128, wedge.CodeDigits, "Digits", "Other keyboard layouts turn digits into signs."),
				text(Code128, wedge.CodeLetters, "Letters", "Caps Lock and other keyboard layouts swap letters."),
				text(Code128, wedge.CodeSymbols, "Signs", "Signs that lots and serial numbers may hold."),
				text(UPCA, wedge.CodeZero, "Leading zero", "Some readers leave the zero in front out."),
				text(Code128, wedge.CodeLong, "Forty characters", "Hosts that are too slow lose keys of long codes."),
				text(Code128, wedge.CodeEnd, "End", "The last one. Each scan has to end by itself."),
			}},
		}}
}
