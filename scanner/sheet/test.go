package sheet

// Codes to try on. GS1 keeps company prefix 952 for examples, so no shop sells one of these.
const (
	testPiece = "9521234543213"
	testCase  = "19521234543210"
	testSSCC  = "395212345000000019"
)

// Test is a sheet with one code of each kind: what a handheld shows for it is what its help says.
func Test() Sheet {
	return Sheet{Name: "test", Title: "Test codes",
		Intro: "One code of each kind. Choose LOOKUP and scan them: nothing is booked. Then pull the trigger twenty times on one, as fast as you can, and count the beeps.",
		Groups: []Group{
			{Title: "Goods in a shop", Items: []Item{
				text(EAN13, testPiece, "EAN-13", "A piece: GTIN 9521234543213."),
				text(EAN8, "95212340", "EAN-8", "A small piece."),
				text(UPCA, "036000291452", "UPC-A", "Twelve digits; some readers send thirteen."),
				text(EAN13, "2101234012345", "In-store number", "A price label of a shop: means something in that shop only."),
			}},
			{Title: "Cases and pallets", Items: []Item{
				text(ITF14, testCase, "ITF-14", "A case of the piece above."),
				elements(GS1128, "Case with lot", "A case, best before the end of 2031, lot LOT-7B.", "01", testCase, "15", "311231", "10", "LOT-7B"),
				elements(GS1128, "Weighed case", "9.75 kg of a product that is sold by weight.", "01", "99521234543216", "3102", "000975"),
				elements(GS1128, "Pallet", "Its number (SSCC) and nothing else.", "00", testSSCC),
				elements(GS1128, "Pallet with content", "The same pallet, and what is on it: 48 cases.", "00", testSSCC, "02", testCase, "37", "48"),
			}},
			{Title: "Square codes", Items: []Item{
				elements(GS1DataMatrix, "Medicine", "A serial, a lot and an expiry date.", "01", "0"+testPiece, "17", "311130", "10", "A1B2C3", "21", "SN000123"),
				elements(GS1QR, "GS1 QR", "The same kind of data in a QR code.", "01", "0"+testPiece, "10", "LOT-7B"),
				text(QR, "https://id.gs1.org/01/0"+testPiece+"/10/LOT-7B?17=311130", "Link", "A GS1 Digital Link: a web address that holds the same data."),
			}},
			{Title: "Other codes", Items: []Item{
				text(Code128, "A-01-02", "Place", "The label of a shelf."),
				text(Code128, "95212340-7", "Not a number", "Looks like an EAN-8 and is none."),
				text(Code128, "NOBODY-KNOWS-THIS", "Unknown", "A code that nobody knows: the scan is kept until someone says what it is."),
			}},
		}}
}
