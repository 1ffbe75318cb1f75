// Package sheet holds the sheets of codes that a warehouse prints once and hangs up: the commands
// of the handheld, the codes that find out how a reader is set, and codes to try one out on. They
// are data only; drawing them is for labels.
//
// # Use
//
//	s := sheet.Commands([]string{"dock1", "dock2"}) // or Calibration(), Test()
//	for _, g := range s.Groups { for _, it := range g.Items { draw(it) } }
//
// # Promised
//
//   - Every item has a caption and can be drawn: its symbology takes its Text or its Elements, which
//     pass gs1.Check. One of the two is given: Elements where Symbology.GS1 says so, else Text.
//   - Item.Scan is what a reader that does all right sends, with its symbology identifier.
//   - Order is the order to print in. The same arguments give the same sheet.
//
// # Owed by callers
//
//   - Printers are named as in the print queue; a name that no command can hold is left out.
//   - A sheet is shared, not copied: nobody changes it.
package sheet
