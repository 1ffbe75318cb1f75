package rest

import (
	"cmp"
	"context"
	"net/http"
	"sort"
	"strings"

	"bayledger/server/access"
	"bayledger/sync/catalogue"
	"bayledger/sync/ledger"

	"github.com/danielgtaylor/huma/v2"
)

// Item is a piece of master data: its code, its site where it has one, and its
// fields. A field that is not there is empty.
type Item map[string]string

// Schema describes an item for OpenAPI.
func (Item) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: "code, site, location where they apply, and the fields that are not empty",
		AdditionalProperties: &huma.Schema{Type: huma.TypeString}}
}

// Items is a page of a list.
type Items struct {
	Rows  []Item `json:"rows"`
	Next  string `json:"next,omitempty" doc:"after of the next page; missing on the last"`
	Head  uint64 `json:"head"`
	Epoch string `json:"epoch"`
}

// Scalar is a value of a field: a text, number or boolean; null empties it.
type Scalar string

// Schema describes a scalar for OpenAPI.
func (Scalar) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Description: "a text, number or boolean; null empties the field"}
}

// UnmarshalJSON takes a number as it is written, so that none is rounded.
func (s *Scalar) UnmarshalJSON(b []byte) error {
	text, ok := scalarText(b)
	if !ok {
		return badField("", "A field's value is a text, a number, true, false or null. Nothing was changed.")
	}
	*s = Scalar(text)
	return nil
}

// Edited tells what an edit did.
type Edited struct {
	Item    Item                 `json:"item" doc:"as it is now"`
	Created bool                 `json:"created"`
	Changes []ledger.FieldChange `json:"changes" doc:"empty where everything already was so"`
	Head    uint64               `json:"head"`
	Epoch   string               `json:"epoch"`
}

// Queries that others embed; huma looks into exported ones only.
type (
	// ListQuery asks for a page of a list.
	ListQuery struct {
		Prefix string `query:"prefix" doc:"only codes that begin so"`
		After  string `query:"after" doc:"next of the page before"`
		Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"10000"`
	}
	// SiteQuery asks for a page of what belongs to sites.
	SiteQuery struct {
		ListQuery
		Site string `query:"site"`
	}
	// ItemQuery names one item.
	ItemQuery struct {
		Code     string `path:"code" maxLength:"600"`
		Site     string `query:"site" doc:"for locations and constraints; default main"`
		Location string `query:"location" doc:"for constraints; empty: the whole site"`
	}
	putQuery struct {
		ItemQuery
		Body map[string]Scalar
	}
	itemsAnswer  struct{ Body Items }
	itemAnswer   struct{ Body Item }
	editedAnswer struct{ Body Edited }
)

func (a *API) routeCatalog() {
	for _, f := range families {
		list := route{method: http.MethodGet, path: "/v1/" + f.path, id: "list" + cmp.Or(f.plural, f.name+"s"), tag: "Catalogue", action: access.ReadCatalog, summary: "List " + f.path, about: f.about}
		switch {
		case f.entity == ledger.EntityConstraint:
			register(a, list, a.listConstraints)
		case f.entity == ledger.EntityProduct:
			register(a, list, a.listProducts)
		case f.entity == ledger.EntityBarcode:
			register(a, list, a.listBarcodes)
		case f.sited:
			register(a, list, func(ctx context.Context, q *SiteQuery) (*itemsAnswer, error) {
				return a.listItems(ctx, f, &q.ListQuery, q.Site, nil)
			})
		default:
			register(a, list, func(ctx context.Context, q *ListQuery) (*itemsAnswer, error) { return a.listItems(ctx, f, q, "", nil) })
		}
		register(a, route{method: http.MethodGet, path: "/v1/" + f.path + "/{code}", id: "get" + f.name, tag: "Catalogue", action: access.ReadCatalog,
			summary: "Show one of the " + f.path, about: f.about},
			func(ctx context.Context, q *ItemQuery) (*itemAnswer, error) {
				item, err := a.item(ctx, f, q)
				return &itemAnswer{item}, err
			})
		register(a, route{method: http.MethodPut, path: "/v1/" + f.path + "/{code}", id: "put" + f.name, tag: "Catalogue", action: f.create,
			summary: "Create or change one of the " + f.path,
			about:   "Gives the named fields the values named; others stay. Who may create may not always change: that takes " + string(access.EditCatalog) + ", of what all sites share " + string(access.EditCompany) + ". " + f.about},
			func(ctx context.Context, q *putQuery) (*editedAnswer, error) { return a.putItem(ctx, f, q) })
		a.routeHistory(f)
	}
}

// itemOf flattens an item.
func itemOf(v ledger.ItemView) Item {
	item := Item{}
	for name, value := range v.Fields {
		item[name] = value
	}
	item["code"] = v.Code
	if v.Entity == ledger.EntityConstraint {
		delete(item, "code")
		item["product"] = v.Code
	}
	if v.Site != "" {
		item["site"] = v.Site
	}
	if v.Location != "" {
		item["location"] = v.Location
	}
	return item
}

func (a *API) item(ctx context.Context, f family, q *ItemQuery) (item Item, err error) {
	known := false
	err = a.book.View(ctx, func(s *ledger.State, _ uint64) {
		var v ledger.ItemView
		if v, known = s.Item(f.key(s, q)); known {
			item = itemOf(v)
			withSuccessor(s, &f, item)
		}
	})
	if err == nil && (!known || !f.seen(item, a.where(ctx, access.ReadCatalog))) {
		return nil, missing(f.entity, q.Code)
	}
	if err == nil {
		err = a.showNames(ctx, &f, []Item{item})
	}
	return item, err
}

// withSuccessor names the end of the chain of products that took a product's place.
func withSuccessor(s *ledger.State, f *family, item Item) {
	if f.entity != ledger.EntityProduct || item["superseded_by"] == "" {
		return
	}
	if p, ok := s.Product(item["code"]); ok {
		if next := s.Successor(p); next != nil {
			item["successor"] = next.Code
		}
	}
}

// listItems returns a page of a list, of those that wants says (nil: all). The cursor is
// the key of the last item.
func (a *API) listItems(ctx context.Context, f family, q *ListQuery, site string, wants func(*ledger.State, Item) bool) (*itemsAnswer, error) {
	after, err := cursorOf(q.After)
	if err != nil {
		return nil, err
	}
	sites := a.where(ctx, access.ReadCatalog)
	out := &itemsAnswer{Body: Items{Rows: []Item{}, Epoch: a.book.Epoch()}}
	var p *Problem
	err = a.book.View(ctx, func(s *ledger.State, head uint64) {
		out.Body.Head = head
		if site != "" {
			if _, ok := s.Site(site); !ok {
				p = missing("site", site)
				return
			}
		}
		items := s.Items(f.entity)
		from := 0
		if len(after) > 0 {
			from = sort.Search(len(items), func(i int) bool { return items[i].Key > after })
		}
		for i := from; i < len(items); i++ {
			v, ok := s.Item(items[i])
			if ok && !f.seen(itemOf(v), sites) {
				continue
			}
			if !ok || !strings.HasPrefix(v.Code, q.Prefix) || site != "" && v.Site != site || wants != nil && !wants(s, itemOf(v)) {
				continue
			}
			if len(out.Body.Rows) == q.Limit {
				return
			}
			item := itemOf(v)
			withSuccessor(s, &f, item)
			out.Body.Rows = append(out.Body.Rows, item)
			out.Body.Next = ""
			if i+1 < len(items) {
				out.Body.Next = cursorAfter(items[i].Key)
			}
		}
		out.Body.Next = "" // nothing more was wanted
	})
	if p != nil {
		return nil, p
	}
	if err == nil {
		err = a.showNames(ctx, &f, out.Body.Rows)
	}
	return out, err
}

type (
	productsQuery struct {
		ListQuery
		Category  string `query:"category" doc:"with the categories that are part of it"`
		Parent    string `query:"parent" doc:"variants of this product"`
		Attribute string `query:"attribute" doc:"name=value; several by commas"`
		Stocked   string `query:"stocked" enum:"true,false"`
	}
	barcodesQuery struct {
		ListQuery
		Product string `query:"product"`
		Partner string `query:"partner"`
	}
)

func (a *API) listProducts(ctx context.Context, q *productsQuery) (*itemsAnswer, error) {
	attributes, p := parseAttributes(q.Attribute)
	if p != nil {
		return nil, p
	}
	filter := catalogue.Filter{Category: q.Category, Attributes: attributes, Parent: q.Parent}
	return a.listItems(ctx, familyOf(ledger.EntityProduct), &q.ListQuery, "", func(s *ledger.State, item Item) bool {
		product, _ := s.Product(item["code"])
		return (q.Stocked == "" || item["stocked"] == q.Stocked) && filter.Wants(s, product)
	})
}

// parseAttributes reads name=value pairs by commas.
func parseAttributes(text string) (map[string]string, *Problem) {
	if text == "" {
		return nil, nil
	}
	out := map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, badField("attribute", "The attribute "+quoted(pair)+" is not of the form name=value. Nothing was read.")
		}
		out[name] = value
	}
	return out, nil
}

func (a *API) listBarcodes(ctx context.Context, q *barcodesQuery) (*itemsAnswer, error) {
	return a.listItems(ctx, familyOf(ledger.EntityBarcode), &q.ListQuery, "", func(_ *ledger.State, item Item) bool {
		return (q.Product == "" || item["product"] == q.Product) && (q.Partner == "" || item["partner"] == q.Partner)
	})
}
