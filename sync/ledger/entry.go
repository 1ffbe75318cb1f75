package ledger

// Entry is one numbered line of the journal as everyone outside sees it.
type Entry struct {
	N          uint64           `json:"n"`
	Kind       Kind             `json:"kind"`
	BookedAt   Time             `json:"booked_at"`
	TEff       Time             `json:"t_eff"`
	Intent     *Intent          `json:"intent,omitzero"`
	Site       string           `json:"site,omitzero" doc:"that an intent counts for which names none, where that is not main: its device's"`
	Actor      string           `json:"actor,omitzero" doc:"who made an edit, where it came from no device"`
	Edit       *Edit            `json:"edit,omitzero"`
	Outcome    Outcome          `json:"outcome"`
	Code       Code             `json:"code,omitzero"`
	Message    string           `json:"message,omitzero"`
	Moves      []Move           `json:"moves"`
	Alerts     []Alert          `json:"alerts"`
	Exceptions []ExceptionEvent `json:"exceptions"`
	Hash       string           `json:"hash,omitzero"`
}

// SiteOf is the site that an entry with an intent counts for, as far as no move says
// where something happened. Entries of before they kept it count for main where their
// intent names none.
func (e *Entry) SiteOf() string {
	if e.Intent == nil {
		return SiteOfEntry(e.Site, "")
	}
	return SiteOfEntry(e.Site, e.Intent.Site)
}

// SiteOfEntry is Entry.SiteOf for who reads no more of an entry than the site that it
// keeps and the one that its intent names.
func SiteOfEntry(kept, named string) string {
	switch {
	case kept != "": // which device it was of; what nobody could read may name anything
		return kept
	case named != "":
		return named
	}
	return MainSite
}

// Move is one leg of stock between two holders. Places are written as
// "site/code", virtual ones by their code alone.
type Move struct {
	Product     string `json:"product"`
	Lot         string `json:"lot,omitzero"`
	Serial      string `json:"serial,omitzero"`
	From        string `json:"from"`
	FromPackage string `json:"from_package,omitzero"`
	FromStatus  Status `json:"from_status"`
	To          string `json:"to"`
	ToPackage   string `json:"to_package,omitzero"`
	ToStatus    Status `json:"to_status"`
	Quantity    string `json:"quantity"`
	Value       string `json:"value,omitzero"`
	Cause       string `json:"cause,omitzero"`
}

// Alert tells of one crossing of a line, raised or cleared.
type Alert struct {
	ID       string `json:"id"`
	Kind     string `json:"kind" enum:"low,over,out,negative,held_taken,expiring,expired"`
	State    string `json:"state" enum:"raised,cleared,acknowledged,snoozed,escalated"`
	Product  string `json:"product"`
	Site     string `json:"site,omitzero"`
	Location string `json:"location,omitzero"`
	Quantity string `json:"quantity"`
	Limit    string `json:"limit,omitzero"`
	Lot      string `json:"lot,omitzero"`
	Expiry   string `json:"expiry,omitzero" doc:"of the lot, 2027-01-31"`
	DaysLeft string `json:"days_left,omitzero" doc:"how many days the stock lasts, by the removals of the last weeks"`
	By       string `json:"by,omitzero" doc:"who acknowledged or snoozed it"`
	Until    Time   `json:"until,omitzero" doc:"when it is snoozed to"`
	Level    uint64 `json:"level,omitzero" doc:"how often it was escalated"`
	Message  string `json:"message"`
}

// ExceptionEvent is something a supervisor should look at, raised by the entry
// that it stands in.
type ExceptionEvent struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Severity string `json:"severity" enum:"info,warning,critical"`
	Message  string `json:"message"`
}

// Edit is one change of master data, field by field.
type Edit struct {
	Entity  string        `json:"entity" enum:"site,location,product,barcode,partner,constraint,setting,operator,right,category,reason,facility,partner_item"`
	Code    string        `json:"code"`
	Site    string        `json:"site,omitzero"`
	Changes []FieldChange `json:"changes"`

	created bool
}

// FieldChange is one field's value before and after; empty is missing.
type FieldChange struct {
	Field string `json:"field"`
	From  string `json:"from,omitzero"`
	To    string `json:"to"`
}

// Result is what is said of one intent, at once and for ever after.
type Result struct {
	Seq     uint64  `json:"seq"`
	Outcome Outcome `json:"outcome"`
	Entry   uint64  `json:"entry,omitzero"` // 0 where it is no entry: a gap, a line refused in a file
	Code    Code    `json:"code,omitzero"`
	Message string  `json:"message,omitzero"`
	Repeat  bool    `json:"repeat,omitzero"`
}
