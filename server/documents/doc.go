// Package documents keeps what people prepare before it is booked: adjustments, and
// deliveries that are expected. What they are is pure (server/adjust, server/receiving);
// here they are stored, handed to the books, and held against them.
//
// # Use
//
// New makes a Service on a book and a disk of rows. Whoever calls has judged rights, and
// says who acts (Actor).
//
// # Rows
//
//	a/ID            an adjustment without its lines, as JSON
//	l/ID\0KEY       a line of it; one that was taken out stays as a change of 0
//	o/ID            it is open
//	d/NUMBER        a delivery
//	e/NUMBER        it is open
//	q/NAME\0NUMBER  it has this order or ASN
//	n/adjustment    the last number given
//	n/epoch         in which all were last held against the books
//	r/…  c          which intents name a delivery or an order, and up to which entry
//
// # Promised
//
// A change is stored when a call returns, and is whole after a crash. Somebody who saw
// an older version of what they change is told, and changes nothing. A booking is in the
// books whole or not at all; one whose answer was lost is told the same again, also
// after a crash in its middle and after a restore. What was received is never counted
// here: it is read from the intents that name a delivery, and the rows that remember
// which these are can be lost and are made again from the journal.
//
// # Owed by callers
//
// One service per disk.
package documents
