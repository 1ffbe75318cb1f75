// Package receiving is what an expected delivery is, pure: what was ordered, what came
// of it by the books, and what is booked when somebody receives or rejects.
//
// # Use
//
// Delivery.Check looks at what was keyed or imported; Progress lays Facts, which callers
// read from the intents that name the delivery, over its lines; Plan makes intents of
// what somebody says that has come.
//
// # What counts
//
//	from → to                     is
//	supplier → place              accepted
//	supplier → quarantine         quarantined (held, not accepted)
//	place → quarantine            no more accepted, but quarantined; back: the other way
//	place, quarantine → supplier  returned
//	supplier → supplier           refused at the door: it moved nothing, and is on record
//
// A scan counts for the delivery whose number (or ASN) it names, else for the one that
// alone has the order that it names as reference. Quantities of a product are laid over
// its lines in their order; the last one has what is over.
//
// Goods that are tracked by lot or serial number are refused without it, also where all
// that was ordered is received: whoever receives stands beside them. Scans of handhelds
// have happened, and count as they are.
//
// # What still stands where it came in
//
// Allot says of which delivery it is. What is moved on under a delivery's number is off
// that one; what is moved on without a number is off the oldest receipt of all open
// deliveries of the site (and of the one that is asked for, open or not) that brought such
// goods there. Goods that no such delivery brought are taken to have gone first.
//
// # Promised
//
// Progress is a function of the facts. The same plan gives the same intents. Nothing
// reads a clock.
package receiving
