// Package catalogue plans edits of master data that are made in numbers: the variants
// of a product, a field of all products that a filter names, a location for every
// facility that has none.
//
// # Use
//
// Ask for a plan with the state as it is now, show it to whoever asked, and give its
// patches to the book as one edit (book.Edit): all of them are taken, or none.
//
// # Promised
//
// All are pure functions of the state and of what is asked: the same plan for the same
// books, and none changes them. What is there already is left out of a plan, so that one
// that was carried out plans nothing the second time.
//
// # Not promised
//
// Between plan and edit somebody may edit too: what would be made bears Fresh, so that
// a code taken meanwhile refuses the whole edit, and the plan is asked for anew.
//
// # Owed by callers
//
// Who may edit what is not judged here.
package catalogue

import "bayledger/sync/ledger"

func fault(code ledger.Code, field, message string) *ledger.Fault {
	return &ledger.Fault{Code: code, Field: field, Message: message}
}
