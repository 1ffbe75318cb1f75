package rest

import (
	"context"
	"net/http"
	"slices"

	"bayledger/server/access"
	"bayledger/server/outbound"
	"bayledger/sync/book/history"
	"bayledger/sync/ledger"
)

// Webhook is where messages go, and how that does.
type Webhook struct {
	ID       string      `json:"id"`
	URL      string      `json:"url"`
	Label    string      `json:"label"`
	Owner    string      `json:"owner" doc:"whose rights it sees by"`
	Events   []string    `json:"events"`
	Site     string      `json:"site,omitempty"`
	Product  string      `json:"product,omitempty"`
	Location string      `json:"location,omitempty"`
	Kind     string      `json:"kind,omitempty"`
	Operator string      `json:"operator,omitempty"`
	Limit    string      `json:"limit,omitempty"`
	Created  ledger.Time `json:"created"`
	State    string      `json:"state" enum:"well,failing,disabled"`
	Why      string      `json:"why,omitempty" doc:"why it is disabled, or what the last try met"`
	Since    ledger.Time `json:"since,omitzero" doc:"since when it fails, or is disabled"`
	Tries    int         `json:"tries" doc:"of the message that is under way"`
	Next     ledger.Time `json:"next,omitzero" doc:"when that is tried again"`
	Cursor   uint64      `json:"cursor" doc:"the entry up to which everything was taken"`
	Behind   uint64      `json:"behind" doc:"entries that are still to be looked at"`
}

// Webhooks are those that one may see.
type Webhooks struct {
	Rows []Webhook `json:"rows"`
}

// NewWebhook is one that was set up, with its secret.
type NewWebhook struct {
	Webhook Webhook `json:"webhook"`
	Secret  string  `json:"secret" doc:"with which messages are signed (Standard Webhooks); nobody can see it again"`
}

// WebhookSecret is a new secret.
type WebhookSecret struct {
	Secret string `json:"secret" doc:"nobody can see it again; the old one signs beside it for a day"`
}

// DeliveryLog are the last tries to deliver.
type DeliveryLog struct {
	Rows []outbound.Delivery `json:"rows" doc:"the last 200, the oldest first"`
}

// WebhookBody is what a webhook is to be.
type WebhookBody struct {
	URL      string   `json:"url" maxLength:"2000" doc:"https; plain http and private addresses where the server was started so"`
	Label    string   `json:"label,omitempty" maxLength:"200"`
	Events   []string `json:"events" maxItems:"10" doc:"entries, alerts, exceptions, availability"`
	Site     string   `json:"site,omitempty"`
	Product  string   `json:"product,omitempty"`
	Location string   `json:"location,omitempty"`
	Kind     string   `json:"kind,omitempty" doc:"of the entry, or of the alert"`
	Operator string   `json:"operator,omitempty"`
	Limit    string   `json:"limit,omitempty" doc:"of availability: from there down a product is low in stock, and levels alone are told; missing: the exact amounts"`
	From     *uint64  `json:"from,omitempty" doc:"the entry behind which it begins; missing: now. Only where it is new."`
	Enable   bool     `json:"enable,omitempty" doc:"send again where it was disabled"`
}

func (b *WebhookBody) wish() outbound.EndpointWish {
	events := slices.Clone(b.Events)
	slices.Sort(events)
	return outbound.EndpointWish{URL: b.URL, Label: b.Label, Events: slices.Compact(events), Limit: b.Limit, From: b.From,
		Filter: history.Filter{Site: b.Site, Product: b.Product, Location: b.Location, Kind: b.Kind, Operator: b.Operator}}
}

func webhookOf(v *outbound.EndpointView) Webhook {
	h := Webhook{ID: v.ID, URL: v.URL, Label: v.Label, Owner: v.Owner, Events: v.Events, Site: v.Filter.Site, Product: v.Filter.Product, Location: v.Filter.Location,
		Kind: v.Filter.Kind, Operator: v.Filter.Operator, Limit: v.Limit, Created: v.Created, State: "well", Cursor: v.Cursor, Behind: v.Behind, Tries: v.Tries, Next: v.Next}
	switch {
	case v.Disabled != "":
		h.State, h.Why, h.Since = "disabled", v.Disabled, v.DisabledAt
	case v.Failing != 0:
		h.State, h.Why, h.Since = "failing", v.Error, v.Failing
	}
	return h
}

// Webhook queries; huma looks into exported ones only.
type (
	// WebhookQuery names a webhook.
	WebhookQuery struct {
		ID string `path:"id" maxLength:"100"`
	}
	newWebhookQuery    struct{ Body WebhookBody }
	changeWebhookQuery struct {
		WebhookQuery
		Body WebhookBody
	}
	replayQuery struct {
		WebhookQuery
		Body struct {
			After    *uint64 `json:"after,omitempty" doc:"everything behind this entry is sent again; what is before it is passed over"`
			Delivery uint64  `json:"delivery,omitempty" doc:"or this one alone, by its number in the log"`
		}
	}
	webhooksAnswer      struct{ Body Webhooks }
	webhookAnswer       struct{ Body Webhook }
	newWebhookAnswer    struct{ Body NewWebhook }
	webhookSecretAnswer struct{ Body WebhookSecret }
	deliveryLogAnswer   struct{ Body DeliveryLog }
	deliveryAnswer      struct{ Body outbound.Delivery }
)

func (a *API) routeWebhooks() {
	if a.opts.Outbound == nil {
		return
	}
	r := func(method, path, id, summary, about string) route {
		return route{method: method, path: "/v1/webhooks" + path, id: id, tag: "Webhooks", action: access.OwnWebhooks, summary: summary, about: about}
	}
	register(a, r(http.MethodGet, "", "listWebhooks", "List webhooks", "One's own; of whoever may see everybody's, all."), a.listWebhooks)
	add := r(http.MethodPost, "", "addWebhook", "Set a webhook up",
		"Messages are POSTs of JSON, signed as Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature), one at a time in the order of the journal, until they are answered with 2xx: "+
			"tried again over five days, later and later. They show what the owner may see at that moment.")
	add.status = http.StatusCreated
	register(a, add, a.addWebhook)
	register(a, r(http.MethodPut, "/{id}", "changeWebhook", "Change a webhook", "It goes on where it was. With enable it is sent to again."), a.changeWebhook)
	remove := r(http.MethodDelete, "/{id}", "removeWebhook", "Remove a webhook, its cursor and its log", "")
	remove.status = http.StatusNoContent
	register(a, remove, a.removeWebhook)
	register(a, r(http.MethodPost, "/{id}/secret", "rotateWebhookSecret", "Give a webhook a new secret", "The old one signs beside it for a day."), a.rotateWebhook)
	register(a, r(http.MethodPost, "/{id}/test", "testWebhook", "Send a message to try a webhook", "At once; it counts for nothing."), a.testWebhook)
	register(a, r(http.MethodGet, "/{id}/deliveries", "listDeliveries", "The last tries to deliver", ""), a.listDeliveries)
	register(a, r(http.MethodPost, "/{id}/replay", "replayWebhook", "Send again from an entry on, or one delivery", "Under the ids that they had, but availability: of that all is told anew."), a.replayWebhook)
}

func (a *API) listWebhooks(ctx context.Context, _ *struct{}) (*webhooksAnswer, error) {
	who := callOf(ctx).who
	all := access.May(who, access.AnyWebhooks)
	out := &webhooksAnswer{Body: Webhooks{Rows: []Webhook{}}}
	for _, v := range a.opts.Outbound.Endpoints(func(e *outbound.Endpoint) bool { return all || e.Owner == who.Name }) {
		out.Body.Rows = append(out.Body.Rows, webhookOf(&v))
	}
	return out, nil
}

// ownWebhook judges whether a webhook is whoever's that asks. Of another's nothing is
// said, but that there is none.
func (a *API) ownWebhook(ctx context.Context, id string) *Problem {
	who := callOf(ctx).who
	if len(a.opts.Outbound.Endpoints(func(e *outbound.Endpoint) bool {
		return e.ID == id && (e.Owner == who.Name || access.May(who, access.AnyWebhooks))
	})) == 1 {
		return nil
	}
	p := problem(ledger.NotFound, "There is no webhook "+quoted(id)+" of this key. Nothing was changed; look at /v1/webhooks.")
	p.Field = "id"
	return p
}

func (a *API) addWebhook(ctx context.Context, q *newWebhookQuery) (*newWebhookAnswer, error) {
	who := callOf(ctx).who
	e, secret, err := a.opts.Outbound.AddEndpoint(ctx, who.Name, who.Scope.Words(), q.Body.wish())
	if err != nil {
		return nil, err
	}
	return &newWebhookAnswer{NewWebhook{webhookOf(&outbound.EndpointView{Endpoint: e, Cursor: a.book.Head()}), secret}}, nil
}

func (a *API) changeWebhook(ctx context.Context, q *changeWebhookQuery) (*webhookAnswer, error) {
	if p := a.ownWebhook(ctx, q.ID); p != nil {
		return nil, p
	}
	if q.Body.From != nil {
		return nil, badField("from", "Where a webhook begins is said once, when it is set up. Nothing was changed; use replay.")
	}
	v, err := a.opts.Outbound.ChangeEndpoint(ctx, q.ID, q.Body.wish(), q.Body.Enable)
	return &webhookAnswer{webhookOf(&v)}, err
}

func (a *API) removeWebhook(ctx context.Context, q *WebhookQuery) (*struct{}, error) {
	if p := a.ownWebhook(ctx, q.ID); p != nil {
		return nil, p
	}
	return &struct{}{}, a.opts.Outbound.RemoveEndpoint(q.ID)
}

func (a *API) rotateWebhook(ctx context.Context, q *WebhookQuery) (*webhookSecretAnswer, error) {
	if p := a.ownWebhook(ctx, q.ID); p != nil {
		return nil, p
	}
	secret, err := a.opts.Outbound.Rotate(q.ID)
	return &webhookSecretAnswer{WebhookSecret{secret}}, err
}

func (a *API) testWebhook(ctx context.Context, q *WebhookQuery) (*deliveryAnswer, error) {
	if p := a.ownWebhook(ctx, q.ID); p != nil {
		return nil, p
	}
	d, err := a.opts.Outbound.Test(ctx, q.ID)
	return &deliveryAnswer{d}, err
}

func (a *API) listDeliveries(ctx context.Context, q *WebhookQuery) (*deliveryLogAnswer, error) {
	if p := a.ownWebhook(ctx, q.ID); p != nil {
		return nil, p
	}
	rows, err := a.opts.Outbound.Deliveries(q.ID)
	if rows == nil {
		rows = []outbound.Delivery{}
	}
	return &deliveryLogAnswer{DeliveryLog{rows}}, err
}

func (a *API) replayWebhook(ctx context.Context, q *replayQuery) (*webhookAnswer, error) {
	if p := a.ownWebhook(ctx, q.ID); p != nil {
		return nil, p
	}
	var v outbound.EndpointView
	var err error
	switch {
	case (q.Body.After == nil) == (q.Body.Delivery == 0):
		return nil, badField("after", "Say after or delivery, one of the two. Nothing was changed.")
	case q.Body.After != nil:
		v, err = a.opts.Outbound.Replay(q.ID, *q.Body.After)
	default:
		v, err = a.opts.Outbound.Again(q.ID, q.Body.Delivery)
	}
	return &webhookAnswer{webhookOf(&v)}, err
}
