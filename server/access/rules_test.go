package access_test

import (
	"strings"
	"testing"

	"bayledger/server/access"
	"bayledger/sync/ledger"
)

// matrix is the whole table, written down a second time: f floor, d dock,
// s supervisor, a admin, - nobody with a key but everybody without one.
var matrix = map[access.Action]string{
	access.Public:           "fdsa-",
	access.Availability:     "fdsa",
	access.ReadAdjustments:  "sa",
	access.Adjust:           "sa",
	access.ReadDeliveries:   "fdsa",
	access.Receive:          "dsa",
	access.IntentOwn:        "fdsa",
	access.IntentAny:        "sa",
	access.ReadActivity:     "fdsa",
	access.ReadBalances:     "fdsa",
	access.ReadAlerts:       "fdsa",
	access.AnswerAlerts:     "sa",
	access.OwnSubscriptions: "fdsa",
	access.OwnSchedules:     "sa",
	access.OwnWebhooks:      "sa",
	access.AnyWebhooks:      "a",
	access.ReadCatalog:      "fdsa",
	access.ReadReports:      "sa",
	access.ReadExceptions:   "sa",
	access.ReadRights:       "sa",
	access.SeeMoney:         "sa",
	access.CreateProduct:    "dsa",
	access.CreateLocation:   "dsa",
	access.EditCatalog:      "sa",
	access.EditCompany:      "sa",
	access.OwnKey:           "fdsa",
	access.OwnTokens:        "fdsa",
	access.VerifyPIN:        "fdsa",
	access.SetPIN:           "sa",
	access.Import:           "sa",
	access.ListDevices:      "sa",
	access.PairDevice:       "sa",
	access.PairPeople:       "a",
	access.ReadMetrics:      "sa",
	access.WatchAsAnyone:    "sa",
	access.ChangeSettings:   "a",
	access.TakeBackup:       "a",
	access.ReadLabels:       "fdsa",
	access.PrintLabels:      "fdsa",
	access.CorrectLabels:    "dsa",
	access.EditPrinters:     "sa",
}

func TestMatrix(t *testing.T) {
	letters := map[string]access.Role{"f": access.Floor, "d": access.Dock, "s": access.Supervisor, "a": access.Admin, "-": "", "x": "owner"}
	for _, action := range access.Actions() {
		allowed, ok := matrix[action]
		if !ok {
			t.Errorf("action %q is not in the matrix of this test", action)
			continue
		}
		if action == access.Public {
			allowed += "x"
		}
		for letter, role := range letters {
			p := access.Principal{Role: role}
			if got, want := access.May(p, action), strings.Contains(allowed, letter); got != want {
				t.Errorf("May(%q, %q) = %v, want %v", role, action, got, want)
			}
		}
	}
	if len(matrix) != len(access.Actions()) {
		t.Errorf("the matrix names %d actions, the table %d", len(matrix), len(access.Actions()))
	}
}

func TestUnknownActionIsForbidden(t *testing.T) {
	for _, role := range access.Roles() {
		if access.May(access.Principal{Role: role}, "print.money") {
			t.Errorf("%s may do what no rule names", role)
		}
	}
}

func TestPairingNeedsMoreForPeople(t *testing.T) {
	for _, c := range []struct {
		who, what access.Role
		want      bool
	}{
		{access.Floor, access.Floor, false}, {access.Dock, access.Floor, false},
		{access.Supervisor, access.Floor, true}, {access.Supervisor, access.Dock, true},
		{access.Supervisor, access.Supervisor, false}, {access.Supervisor, access.Admin, false},
		{access.Admin, access.Supervisor, true}, {access.Admin, access.Admin, true},
	} {
		if got := access.May(access.Principal{Role: c.who}, access.Pairing(c.what)); got != c.want {
			t.Errorf("a %s pairs a %s: %v, want %v", c.who, c.what, got, c.want)
		}
	}
}

// Roles by site: what is asked at each, at all, and where rows come from.
func TestRightsBySite(t *testing.T) {
	p := access.Principal{Role: access.Supervisor, Grants: ledger.Grants{{Site: "north", Role: "supervisor"}, {Site: "main", Role: "floor"}}}
	for _, c := range []struct {
		action       access.Action
		may          bool
		north, main  bool
		company, all bool
	}{
		{access.ReadBalances, true, true, true, false, false},
		{access.ReadReports, true, true, false, false, false},
		{access.SeeMoney, true, true, false, false, false},
		{access.EditCatalog, true, true, false, false, false},
		{access.EditCompany, false, true, false, false, false},
		{access.Import, false, true, false, false, false},
		{access.PairPeople, false, false, false, false, false},
	} {
		where := access.Where(p, c.action)
		if access.May(p, c.action) != c.may || access.MayAt(p, c.action, "north") != c.north || access.MayAt(p, c.action, "main") != c.main ||
			access.MayAt(p, c.action, "") != c.company || where.All() != c.all || where.Has("north") != c.north || where.Has("main") != c.main ||
			access.MayAt(p, c.action, "elsewhere") || where.Has("elsewhere") {
			t.Errorf("%s: may %v, at north %v, main %v, company %v, %v", c.action, access.May(p, c.action), access.MayAt(p, c.action, "north"), access.MayAt(p, c.action, "main"), access.MayAt(p, c.action, ""), where)
		}
	}
	none := access.Principal{Role: access.Admin, Grants: ledger.Grants{}}
	for _, a := range access.Actions() {
		if a != access.Public && access.May(none, a) {
			t.Errorf("somebody without any role may %s", a)
		}
	}
}

func TestTheEndOfAKeyLeavesHandingIn(t *testing.T) {
	for _, a := range access.Actions() {
		for _, role := range access.Roles() {
			p := access.Principal{Role: role, Until: 1}
			if got, want := access.May(p, a), a == access.Public || a == access.IntentOwn; got != want {
				t.Errorf("%s after its end: %s %v", role, a, got)
			}
		}
	}
}

// Whoever may bring others' scans at one site brings none of another, where they may
// bring their own alone.
func TestWhoseScansSomebodyBrings(t *testing.T) {
	own, _ := access.ParseScope([]string{"intent.own", "read"})
	anyones, _ := access.ParseScope([]string{"intent.own", "intent.any"})
	both := ledger.Grants{{Site: "north", Role: "supervisor"}, {Site: "main", Role: "floor"}}
	for name, c := range map[string]struct {
		who  access.Principal
		want string
	}{
		"a supervisor of one site": {access.Principal{Name: "u-1", Role: access.Supervisor, Grants: both}, "north=supervisor"},
		"a handheld":               {access.Principal{Device: "H-1", Role: access.Floor, Grants: both[1:]}, "main=floor"},
		"a floor hand":             {access.Principal{Name: "u-2", Role: access.Floor, Grants: both[1:]}, "main=floor"},
		"a token for its own":      {access.Principal{Name: "u-1", Role: access.Supervisor, Grants: both, Right: "user/u-1", Scope: own}, "main=floor/north=floor"},
		"a token for anyone's":     {access.Principal{Name: "u-1", Role: access.Supervisor, Grants: both, Right: "user/u-1", Scope: anyones}, "north=supervisor"},
		"a key of old":             {access.Principal{Name: "boss", Role: access.Supervisor}, ""},
	} {
		got := access.Bringing(c.who)
		if got.Grants.Text() != c.want || (got.Grants == nil) != (c.who.Grants == nil) {
			t.Errorf("%s brings %q", name, got.Grants.Text())
		}
		// What the books know of the owner is not what the token may.
		if limited := c.who.Scope == own; limited != (got.Right != c.who.Right) || limited != (got.Role != c.who.Role) {
			t.Errorf("%s is judged as %q %s", name, got.Right, got.Role)
		}
	}
}

// A token hands out rights only where its scope names that, and never more than it holds.
func TestWhatTokensGive(t *testing.T) {
	scope := func(words ...string) *access.Scope {
		s, err := access.ParseScope(words)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	boss := access.Principal{Kind: access.Token, Role: access.Admin, Grants: ledger.GrantsEverywhere("admin")}
	for _, a := range []access.Action{access.PairDevice, access.PairPeople, access.SetPIN, access.TakeBackup} {
		if !access.Named(a) || access.May(boss, a) {
			t.Errorf("an administrator's token without a scope may %s", a)
		}
	}
	if !access.May(boss, access.EditCompany) {
		t.Error("a token without a scope may not what its owner may")
	}
	floor := []string{"device.pair", "read", "intent.own", "pin.verify", "print.labels"}
	var all []string
	for _, a := range access.Actions() {
		if a != access.Public {
			all = append(all, string(a))
		}
	}
	for name, c := range map[string]struct {
		scope []string
		role  access.Role
		site  string
		want  bool
	}{
		"that pairs alone":              {[]string{"device.pair"}, access.Floor, "*", false},
		"that has what a floor key has": {floor, access.Floor, "*", true},
		"the same, at one site":         {floor, access.Floor, "north", true},
		"that reads no alerts":          {[]string{"device.pair", "read.activity", "read.balances", "read.catalog", "read.labels", "read.deliveries", "intent.own", "pin.verify", "print.labels"}, access.Floor, "*", false},
		"that reads words alone":        {[]string{"device.pair", "availability", "read.activity", "read.alerts", "read.catalog", "read.labels", "read.deliveries", "intent.own", "pin.verify", "print.labels"}, access.Floor, "*", false},
		"a dock key's is more":          {floor, access.Dock, "*", false},
		"an admin's is more":            {append([]string{"people.pair"}, floor...), access.Admin, "*", false},
		"that has all":                  {all, access.Admin, "*", true},
	} {
		token := boss
		token.Scope = scope(c.scope...)
		g := ledger.Grants{{Site: c.site, Role: string(c.role)}}
		_, _, may := access.Refused(token, c.role, g)
		_, _, holds := access.Exceeds(token, c.role, g)
		if (may && holds) != c.want {
			t.Errorf("a token %s gives a %s key at %s: %v %v", name, c.role, c.site, may, holds)
		}
	}
	if _, _, ok := access.Exceeds(access.Principal{Role: access.Supervisor}, access.Floor, ledger.GrantsEverywhere("floor")); !ok {
		t.Error("who is no token is held to a scope")
	}
}

func TestScopes(t *testing.T) {
	read, err := access.ParseScope([]string{"read", "print.labels"})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range access.Actions() {
		for _, role := range access.Roles() {
			owner, token := access.Principal{Role: role}, access.Principal{Role: role, Scope: read}
			if access.May(token, a) && !access.May(owner, a) {
				t.Errorf("a token of a %s may %s, its owner may not", role, a)
			}
			within := a == access.Public || a == access.OwnKey || a == access.PrintLabels || strings.HasPrefix(string(a), "read.")
			if access.May(token, a) != (within && access.May(owner, a)) {
				t.Errorf("a token of a %s that reads and prints: %s %v", role, a, access.May(token, a))
			}
		}
	}
	if _, err := access.ParseScope([]string{"everything"}); err == nil {
		t.Error("a word that names nothing is taken")
	}
	if s, err := access.ParseScope(nil); s != nil || err != nil {
		t.Error("no words are no scope")
	}
}

// What a move was worth is shown to who sees money at both of its ends, as far as they
// are at a site.
func TestWhoSeesWhatAMoveWasWorth(t *testing.T) {
	at := func(grants ...ledger.Grant) access.Sites {
		return access.Where(access.Principal{Role: access.Supervisor, Grants: grants}, access.SeeMoney)
	}
	main, north, floor := ledger.Grant{Site: "main", Role: "supervisor"}, ledger.Grant{Site: "north", Role: "supervisor"}, ledger.Grant{Site: "main", Role: "floor"}
	for _, c := range []struct {
		name     string
		money    access.Sites
		from, to string
		sees     bool
	}{
		{"at all sites", access.AllSites(), "main/A", "north/B", true},
		{"at both", at(main, north), "main/A", "north/B", true},
		{"at one of two", at(main), "main/A", "north/B", false},
		{"within its own", at(main), "main/A", "main/B", true},
		{"from its own to a customer", at(main), "main/A", "customer", true},
		{"from a supplier to another's", at(main), "supplier", "north/B", false},
		{"between places of no site", at(main), "transit", "loss", true},
		{"nowhere", at(floor), "transit", "loss", false},
		{"nowhere, within its own", at(floor), "main/A", "main/B", false},
	} {
		if got := c.money.SeesValue(&ledger.Move{From: c.from, To: c.to}); got != c.sees {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
