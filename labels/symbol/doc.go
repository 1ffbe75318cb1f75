// Package symbol makes the modules of barcodes: what is black and what is white,
// before anything has a size.
//
// # Use
//
// One function a symbology. Each checks its data first and refuses in words what
// the symbol cannot hold, so that nothing wrong is ever drawn: GS1 data by the
// same rules as scans (package gs1), numbers by their check digits, texts by
// their characters. RulesOf says how large the modules must be and how much white
// belongs around them.
//
// # Promised
//
// A Symbol says what a reader answers for it: the AIM identifier and the bytes
// behind it. Nothing but the data goes into a symbol: the encoders underneath
// take some letters (ñ ò ó ô) for function characters, fill up short EANs, and
// have check digits of their own making; none of that reaches a label.
//
// # Not promised
//
// The smallest symbol: Data Matrix is in ASCII mode, QR in one mode.
package symbol
