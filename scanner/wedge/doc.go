// Package wedge makes scans of what readers send that pose as keyboards or serial lines.
//
// Such readers wrap the data in a prefix and a suffix, write something else for the GS that
// separates GS1 elements, or drop it, keep the symbology identifier to themselves, and type for a
// keyboard layout that the host may not have. A Profile says what one reader does; Profile.Read
// takes it away again and has scanner/gs1 say what the scan means. Learn finds the profile from one
// calibration code; LostSeparator says when a reader drops GS; Keys tells a reader's typing from a
// person's.
//
// The package is pure: it knows no clock and no device.
package wedge
