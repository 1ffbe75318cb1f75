package ledger

// Outcome is the fate of one intent. Outcomes, codes and kinds reach disk and
// wire: the lists below only ever grow.
type Outcome string

// Outcomes, from the best to the worst.
const (
	Applied   Outcome = "applied"   // booked
	Absorbed  Outcome = "absorbed"  // true, but a later count covers it
	Exception Outcome = "exception" // booked, and flagged for a supervisor
	Parked    Outcome = "parked"    // kept, holds no balance until someone has said what it is
	Refused   Outcome = "refused"   // a command that may not happen, or no intent at all
)

// Code is a machine-readable reason; every Fault has one, with a sentence.
type Code string

// Codes.
const (
	BadJSON          Code = "bad_json"
	UnknownField     Code = "unknown_field"
	BadField         Code = "bad_field"
	UnknownAction    Code = "unknown_action"
	BadQuantity      Code = "bad_quantity"
	BadTime          Code = "bad_time"
	NotAllowed       Code = "not_allowed"
	BadKey           Code = "bad_key"
	IdentityConflict Code = "identity_conflict"
	Gap              Code = "gap"
	TooLarge         Code = "too_large"
	TooFast          Code = "too_fast"
	DiskFull         Code = "disk_full"
	Expired          Code = "expired"
	Short            Code = "short"
	Held             Code = "held"
	Closing          Code = "closing"
	StaleCursor      Code = "stale_cursor"
	Unsupported      Code = "unsupported"
	// What a parked intent waits for:
	UnknownProduct  Code = "unknown_product"
	UnknownLocation Code = "unknown_location"
	UnknownOperator Code = "unknown_operator"
	// What edits and queries are answered:
	NotFound Code = "not_found"
)

// Fault is an error for machines and people: what happened, what was kept, what
// to do.
type Fault struct {
	Code    Code   `json:"code"`
	Field   string `json:"field,omitempty"` // the field at fault, as on the wire
	Message string `json:"message"`
}

func (f *Fault) Error() string { return f.Message }

func fault(code Code, field, message string) *Fault {
	return &Fault{Code: code, Field: field, Message: message}
}

// Actions of an intent.
const (
	ActionAdd          = "add"
	ActionRemove       = "remove"
	ActionMove         = "move"
	ActionIsolate      = "isolate"
	ActionRelease      = "release"
	ActionAssemble     = "assemble"
	ActionDisassemble  = "disassemble"
	ActionPack         = "pack"
	ActionUnpack       = "unpack"
	ActionCount        = "count"
	ActionSessionOpen  = "session-open"
	ActionSessionClose = "session-close"
	ActionScrap        = "scrap"
	ActionUndo         = "undo"
	ActionMap          = "map"
	ActionDecide       = "decide"
	ActionClose        = "close"
	ActionAsk          = "ask"
)

// Kind is what an entry is.
type Kind string

// Kinds of entries.
const (
	KindIntent     Kind = "intent"
	KindCorrection Kind = "correction"
	KindDecision   Kind = "decision"
	KindEdit       Kind = "edit"
	KindAlert      Kind = "alert"
	KindDay        Kind = "day"
	KindRecost     Kind = "recost"
)

// PlaceKind says what a location is for.
type PlaceKind string

// Physical kinds: each site starts with one location of each, coded by its kind.
const (
	PlaceStock      PlaceKind = "stock"
	PlaceIncoming   PlaceKind = "incoming"
	PlaceQuality    PlaceKind = "quality"
	PlacePacking    PlaceKind = "packing"
	PlaceOutput     PlaceKind = "output"
	PlaceQuarantine PlaceKind = "quarantine"
)

// Virtual kinds: they belong to the company, which starts with one of each.
const (
	PlaceSupplier   PlaceKind = "supplier"
	PlaceCustomer   PlaceKind = "customer"
	PlaceLoss       PlaceKind = "loss"
	PlaceScrap      PlaceKind = "scrap"
	PlaceProduction PlaceKind = "production"
	PlaceTransit    PlaceKind = "transit"
	PlaceAsset      PlaceKind = "asset"
	PlaceOpening    PlaceKind = "opening"
	PlaceShortage   PlaceKind = "shortage"
	PlaceBreach     PlaceKind = "breach"
)

// PlacePackage is the kind of packages: holders that are no location.
const PlacePackage PlaceKind = "package"

// PhysicalKinds and VirtualKinds list the kinds in the order in which a new book
// creates its first locations.
var (
	PhysicalKinds = []PlaceKind{PlaceStock, PlaceIncoming, PlaceQuality, PlacePacking, PlaceOutput, PlaceQuarantine}
	VirtualKinds  = []PlaceKind{PlaceSupplier, PlaceCustomer, PlaceLoss, PlaceScrap, PlaceProduction, PlaceTransit,
		PlaceAsset, PlaceOpening, PlaceShortage, PlaceBreach}
)

// Status of the goods in a cell.
type Status string

// Statuses.
const (
	Available Status = "available"
	HeldGoods Status = "held"
)

// Modes of an intent; a missing mode is ModeFact.
const (
	ModeFact    = "fact"
	ModeCommand = "command"
)

// Policy for removals below zero (rule 5).
type Policy string

// Policies; a missing one is PolicyAllow.
const (
	PolicyAllow   Policy = "allow"
	PolicyAutoAdd Policy = "auto-add"
	PolicyRefuse  Policy = "refuse"
)
