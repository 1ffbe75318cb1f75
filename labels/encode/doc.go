// Package encode turns drawn pages into what printers and people take: PNG, SVG,
// PDF, ZPL and PWG raster.
//
// # Promised
//
// Every output shows the same dots: what a person sees before printing is what
// the printer prints. No text of a label's data is in any output, only dots; so
// nothing that a user wrote can become a command of a printer or a script.
// Equal pages give equal bytes.
package encode
