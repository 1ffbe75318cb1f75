// Package draw draws labels: a layout and its data onto one raster of black and
// white dots, the printer's own, from which every output is made.
//
// # Use
//
// A Drawer holds fonts and the shapes of their letters; one serves the whole
// program, any number of goroutines at once. Draw gives a Page: the raster, where
// each symbol stands and what a reader must read there, and notes. Release gives
// its memory back.
//
// # Promised
//
// A page is right or there is none. Modules are whole dots, at or above the least
// that the symbol's use allows; bars have their height, quiet zones are white, an
// SSCC stands lowest. GS1 data are checked as one message by the rules for scans;
// what breaks one is refused with AI and reason. Text fits its box, made smaller
// as far as the layout allows; else the fault says by how many millimetres it does
// not, or, where the layout says so, it ends in "…", with a note.
//
// Letters: Latin, Greek and Cyrillic (the Go fonts). Any other letter becomes a
// box "□", with a note, in text that only describes; in a text marked exact, which
// identifies something, it is refused. Control characters become spaces; marks of
// writing direction and of joining, which have no shape of their own, are left out.
// Text is put into composed form (NFC) first. A page depends on its layout, data
// and resolution only.
package draw
