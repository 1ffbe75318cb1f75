package ledger

// Entities of master data.
const (
	EntitySite       = "site"
	EntityLocation   = "location"
	EntityProduct    = "product"
	EntityBarcode    = "barcode"
	EntityPartner    = "partner"
	EntityConstraint = "constraint"
	EntitySetting    = "setting" // one item, those of the whole book
	EntityOperator   = "operator"
	EntityRight      = "right" // who may do what, by names that are no person's
	EntityCategory   = "category"
	EntityReason     = "reason"
	EntityFacility   = "facility"
	// EntityPartnerItem is how a partner calls a product of ours: "ACME/9981", the
	// partner's code before the first slash.
	EntityPartnerItem = "partner_item"
)

// Shared lists the entities that people and devices are shown as the catalogue, each
// behind those that it refers to.
func Shared() []string {
	return []string{EntitySetting, EntitySite, EntityLocation, EntityCategory, EntityReason, EntityPartner, EntityProduct, EntityBarcode,
		EntityPartnerItem, EntityFacility, EntityConstraint, EntityOperator}
}
