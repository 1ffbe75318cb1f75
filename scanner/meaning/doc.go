// Package meaning says what a scan is about: a product and how much of it, a package, a place, a
// person, a device, a command. scanner/gs1 says what the data of a barcode are; here they meet the
// catalogue, the site's own rules and what the screen expects. It is pure.
//
// # Use
//
//	m := meaning.Read(scan, meaning.Context{Catalogue: c, Site: "main", Year: 2026, Expect: meaning.Lot})
//	switch m.Kind { case meaning.Product: … }
//
// The server reads what arrives as a bare scan with the same rules: Reader is the ledger's
// ScanReader. So a device may send the scan alone, and both mean the same goods.
//
// # Rules
//
//   - A command or a badge of ours is never goods. Goods that somebody names with their prefixes all
//     the same cannot be scanned by that name on a handheld.
//   - A barcode that the catalogue has as it is, is that product. Trade item numbers are equal where
//     their 14 digits are.
//   - A number for restricted circulation (02, 04, 20 to 29) is a site's own: "SITE/NUMBER" in the
//     catalogue comes before NUMBER, and the site's rules may find an item and a weight in it.
//   - A barcode stands for its count (37 and 30), else for its measure in a unit of the product, else
//     for its pack, else for 1. (37) counts what (02) names, so it is multiplied by that one's pack.
//   - Where a lot or a serial is expected, a number without a symbology identifier is one, whatever
//     number it looks like, unless the catalogue has it as goods, a place or a package.
//   - Of a scan that breaks only the rules between AIs the numbers still hold, without its count.
//
// # Not promised
//
// A catalogue on a device may be old. What is not in it is Unknown, with all that the barcode says;
// the server may know it.
package meaning
