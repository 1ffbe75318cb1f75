// Package season tells what the books of a shop must hold after recorded years: its
// catalogue, an opening stock, deliveries and every scan, read from files, and taken
// together without anything of the engine.
//
// # Use
//
// Read the files, have a server book what the plan lists, add each entry's intent to
// a Judge as the server tells it, and hold the server's reports against what the
// judge says of the files and of the facts. What no recorded file has (lots, serials,
// returns to vendors, transfers to another site: Trade) follows from the deliveries.
//
// # Promised
//
// What concerns files (Plan) is added up from the files alone. What concerns costs
// is folded by sync/simulation/oracle from the intents' JSON. Numbers are exact.
// The same files give the same plan.
//
// # Owed by callers
//
// Files are those described in shapes.go, sorted by time as they were recorded; the
// facts are those that were booked, each once.
package season
