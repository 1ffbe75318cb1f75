package rest

import (
	"context"
	"net/http"

	"bayledger/server/access"
	"bayledger/server/outbound"
	"bayledger/sync/ledger"
)

// OwnContact is where and when one is reached.
type OwnContact struct {
	Mail      string `json:"mail,omitempty" maxLength:"254" doc:"missing: one is not reached"`
	Zone      string `json:"zone,omitempty" maxLength:"200" doc:"of the quiet hours, such as Europe/Vienna"`
	QuietFrom string `json:"quiet_from,omitempty" doc:"such as 22:00: letters wait until quiet_to, but for what cannot"`
	QuietTo   string `json:"quiet_to,omitempty"`
}

// SubscriptionBody says which alerts reach whom.
type SubscriptionBody struct {
	Role     string   `json:"role,omitempty" doc:"all who have this role at the alert's site; missing: oneself"`
	Kinds    []string `json:"kinds,omitempty" maxItems:"20" doc:"low, out, over, negative, held_taken, expiring, expired; missing: all"`
	Site     string   `json:"site,omitempty"`
	Location string   `json:"location,omitempty" doc:"with all below it"`
	Category string   `json:"category,omitempty" doc:"of the product"`
	Level    uint64   `json:"level,omitempty" doc:"told once nobody acknowledged it so often, and not before"`
}

// SubscriptionRows are subscriptions.
type SubscriptionRows struct {
	Rows []outbound.Subscription `json:"rows"`
}

type (
	contactAnswer     struct{ Body OwnContact }
	contactQuery      struct{ Body OwnContact }
	subscribeQuery    struct{ Body SubscriptionBody }
	subscriptionQuery struct {
		ID string `path:"id" maxLength:"100"`
	}
	subscriptionAnswer  struct{ Body outbound.Subscription }
	subscriptionsAnswer struct{ Body SubscriptionRows }
)

func (a *API) routeSubscriptions() {
	if a.opts.Outbound == nil {
		return
	}
	r := func(method, path, id, summary, about string) route { // letters go on when the token that asked for them has ended
		return route{method: method, path: path, id: id, tag: "Alerts", action: access.OwnSubscriptions, summary: summary, about: about}
	}
	register(a, r(http.MethodGet, "/v1/own-contact", "getOwnContact", "Where and when one is reached", ""), func(ctx context.Context, _ *struct{}) (*contactAnswer, error) {
		c := a.opts.Outbound.ContactOf(callOf(ctx).who.Name)
		return &contactAnswer{OwnContact{c.Mail, c.Zone, c.QuietFrom, c.QuietTo}}, nil
	})
	register(a, r(http.MethodPut, "/v1/own-contact", "putOwnContact", "Say where and when one is reached", "Alerts come by mail, summed up where there are many."),
		func(ctx context.Context, q *contactQuery) (*contactAnswer, error) {
			if p := a.may(ctx, access.ReadAlerts); p != nil {
				return nil, p
			}
			err := a.opts.Outbound.PutContact(outbound.Contact{Whose: callOf(ctx).who.Name, Mail: q.Body.Mail, Zone: q.Body.Zone, QuietFrom: q.Body.QuietFrom, QuietTo: q.Body.QuietTo})
			return &contactAnswer{q.Body}, err
		})
	register(a, r(http.MethodGet, "/v1/subscriptions", "listSubscriptions", "Which alerts reach whom", "One's own; of whoever may see everybody's, all."), a.listSubscriptions)
	add := r(http.MethodPost, "/v1/subscriptions", "subscribe", "Be told of alerts by mail", "For a role it takes the right to set up everybody's. Who may not see a site is not told of it.")
	add.status = http.StatusCreated
	register(a, add, a.subscribe)
	remove := r(http.MethodDelete, "/v1/subscriptions/{id}", "unsubscribe", "Be told no more", "")
	remove.status = http.StatusNoContent
	register(a, remove, a.unsubscribe)
}

// subscriptionsOf are those that whoever asks may see.
func (a *API) subscriptionsOf(ctx context.Context, id string) []outbound.Subscription {
	who := callOf(ctx).who
	all := access.May(who, access.AnyWebhooks)
	return a.opts.Outbound.Subscriptions(func(x *outbound.Subscription) bool {
		return (id == "" || x.ID == id) && (all || x.By == who.Name || x.For == who.Name)
	})
}

func (a *API) listSubscriptions(ctx context.Context, _ *struct{}) (*subscriptionsAnswer, error) {
	out := &subscriptionsAnswer{SubscriptionRows{a.subscriptionsOf(ctx, "")}}
	if out.Body.Rows == nil {
		out.Body.Rows = []outbound.Subscription{}
	}
	return out, nil
}

func (a *API) subscribe(ctx context.Context, q *subscribeQuery) (*subscriptionAnswer, error) {
	who, b := callOf(ctx).who, &q.Body
	if p := a.may(ctx, access.ReadAlerts); p != nil {
		return nil, p
	}
	if p := a.subscribable(ctx, b); p != nil {
		return nil, p
	}
	x := outbound.Subscription{By: who.Name, Role: b.Role, Kinds: b.Kinds, Site: b.Site, Location: b.Location, Category: b.Category, Level: b.Level}
	if b.Role == "" {
		x.For = who.Name
	} else if p := a.may(ctx, access.AnyWebhooks); p != nil {
		return nil, p
	}
	x, err := a.opts.Outbound.Subscribe(x)
	return &subscriptionAnswer{x}, err
}

// subscribable says why a subscription would never be about anything: a site that one
// does not see, or what does not exist.
func (a *API) subscribable(ctx context.Context, b *SubscriptionBody) (p *Problem) {
	sites := a.where(ctx, access.ReadAlerts)
	if err := a.book.View(ctx, func(s *ledger.State, _ uint64) {
		if _, p = scopeOf(s, sites, b.Site, "", b.Location); p == nil && b.Category != "" {
			if _, ok := s.Item(ledger.Item{Entity: ledger.EntityCategory, Key: b.Category}); !ok {
				p = problem(ledger.NotFound, "There is no category "+quoted(b.Category)+". Nothing was changed; look at /v1/categories.")
				p.Field = "category"
			}
		}
	}); err != nil {
		return a.asProblem(ctx, err)
	}
	return p
}

func (a *API) unsubscribe(ctx context.Context, q *subscriptionQuery) (*struct{}, error) {
	if len(a.subscriptionsOf(ctx, q.ID)) == 0 {
		p := problem(ledger.NotFound, "There is no subscription "+quoted(q.ID)+" of this key. Nothing was changed; look at /v1/subscriptions.")
		p.Field = "id"
		return nil, p
	}
	return &struct{}{}, a.opts.Outbound.Unsubscribe(q.ID)
}
