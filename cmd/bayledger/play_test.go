package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bayledger/server/access"
)

// play is how a command is played: what it is told, and the action without which it does
// nothing.
type play struct {
	needs access.Action
	args  []string
	input string
}

// plays are the commands that ask a server for something. {role} is the role of the key
// that plays, {dir} a folder.
var plays = map[string]play{
	"replay":               {needs: access.IntentOwn, args: []string{"{dir}/{role}.jsonl"}},
	"import":               {needs: access.Import, args: []string{"products", "{dir}/products.csv"}},
	"export":               {needs: access.ReadCatalog, args: []string{"products"}},
	"catalogue variants":   {needs: access.EditCompany, args: []string{"BOLT", "--axis", "size=S", "--dry-run"}},
	"catalogue set":        {needs: access.EditCompany, args: []string{"stocked=true", "--all", "--dry-run"}},
	"catalogue facilities": {needs: access.EditCatalog, args: []string{"--dry-run"}},
	"catalogue history":    {needs: access.ReadReports, args: []string{"products", "BOLT"}},
	"negative preview":     {needs: access.ReadReports, args: []string{"refuse", "--site", "main"}},
	"negative correct":     {needs: access.IntentAny, args: []string{"count", "BOLT", "--evidence", "x"}},
	"pair":                 {needs: access.PairDevice, args: []string{"--device", "X-{role}"}},
	"device list":          {needs: access.ListDevices},
	"device revoke":        {needs: access.PairDevice, args: []string{"H-{role}"}},
	"device renew":         {needs: access.PairDevice, args: []string{"H-1"}},
	"device log":           {needs: access.PairDevice, args: []string{"H-1", "--ask"}},
	"device message":       {needs: access.PairDevice, args: []string{"H-1", "hello"}},
	"user add":             {needs: access.PairPeople, args: []string{"u-{role}", "--role", "floor", "--no-password"}},
	"user list":            {needs: access.PairPeople},
	"user password":        {needs: access.PairPeople, args: []string{"ann"}, input: "correct horse battery\n"},
	"user role":            {needs: access.PairPeople, args: []string{"ann", "dock"}},
	"user disable":         {needs: access.PairPeople, args: []string{"ann"}},
	"user enable":          {needs: access.PairPeople, args: []string{"ann"}},
	"token add":            {needs: access.PairPeople, args: []string{"--user", "ann", "--scope", "read"}},
	"token list":           {needs: access.PairPeople},
	"token end":            {needs: access.PairPeople, args: []string{"t-none"}},
	"backup":               {needs: access.TakeBackup, args: []string{"{dir}/backup-{role}"}},
	"label":                {needs: access.ReadLabels, args: []string{"product", "BOLT", "-o", "{dir}/{role}.png"}},
	"label layouts":        {needs: access.ReadLabels},
	"label printers":       {needs: access.ReadLabels},
	"label jobs":           {needs: access.ReadLabels},
	"label add-printer":    {needs: access.EditPrinters, args: []string{"P", "--address", "raw://127.0.0.1:1"}},
	"label add-range":      {needs: access.EditPrinters, args: []string{"R", "--kind", "lot", "--prefix", "L", "--digits", "4"}},
	"label reprint":        {needs: access.CorrectLabels, args: []string{"1", "--reason", "x"}},
	"label resume":         {needs: access.CorrectLabels, args: []string{"1"}},
	"label stop":           {needs: access.CorrectLabels, args: []string{"1"}},
	"label void":           {needs: access.CorrectLabels, args: []string{"1", "--reason", "x"}},
	"subscription list":    {needs: access.OwnSubscriptions},
	"subscription contact": {needs: access.OwnSubscriptions, args: []string{"--mail", "ann@example.com"}},
	"subscription add":     {needs: access.OwnSubscriptions, args: []string{"--kind", "low"}},
	"subscription remove":  {needs: access.OwnSubscriptions, args: []string{"sub-none"}},
	"schedule list":        {needs: access.OwnSchedules},
	"schedule add":         {needs: access.OwnSchedules, args: []string{"balance", "--every", "daily", "--at", "07:30", "--to", "ann@example.com"}},
	"schedule send":        {needs: access.OwnSchedules, args: []string{"rep-none"}},
	"schedule remove":      {needs: access.OwnSchedules, args: []string{"rep-none"}},
	"webhook list":         {needs: access.OwnWebhooks},
	"webhook add":          {needs: access.OwnWebhooks, args: []string{"https://93.184.216.34/x", "--event", "entries"}},
	"webhook enable":       {needs: access.OwnWebhooks, args: []string{"wh-none"}},
	"webhook remove":       {needs: access.OwnWebhooks, args: []string{"wh-none"}},
	"webhook rotate":       {needs: access.OwnWebhooks, args: []string{"wh-none"}},
	"webhook test":         {needs: access.OwnWebhooks, args: []string{"wh-none"}},
	"webhook log":          {needs: access.OwnWebhooks, args: []string{"wh-none"}},
	"webhook replay":       {needs: access.OwnWebhooks, args: []string{"wh-none", "--after", "0"}},
	"alert list":           {needs: access.ReadAlerts},
	"alert acknowledge":    {needs: access.AnswerAlerts, args: []string{"low/NONE/main"}},
	"alert snooze":         {needs: access.AnswerAlerts, args: []string{"low/NONE/main", "--until", "2030-01-01T00:00:00Z"}},
	"alert wake":           {needs: access.AnswerAlerts, args: []string{"low/NONE/main"}},
	"report reorder":       {needs: access.ReadCatalog},
	"price":                {needs: access.SeeMoney, args: []string{"--entry", "1", "--unit-cost", "1", "--reason", "x", "--preview"}},
	"report asset":         {needs: access.ReadReports, args: []string{"--asset", "M-1"}},
	"report attributes":    {needs: access.ReadReports},
	"report availability":  {needs: access.Availability},
	"report trace":         {needs: access.ReadReports, args: []string{"--product", "BOLT", "--lot", "L1"}},
	"report activity":      {needs: access.ReadActivity},
	"report alerts":        {needs: access.ReadAlerts},
	"report attention":     {needs: access.ReadAlerts},
	"report balance":       {needs: access.ReadBalances},
	"report constraints":   {needs: access.ReadCatalog},
	"report exceptions":    {needs: access.ReadExceptions},
	"report fifo":          {needs: access.ReadReports},
	"report holds":         {needs: access.ReadReports},
	"report missing":       {needs: access.ReadReports},
	"report negative":      {needs: access.ReadReports},
	"report stock":         {needs: access.ReadBalances},
	"report throughput":    {needs: access.ReadReports, args: []string{"--span", "7-days"}},
	"report dock-to-stock": {needs: access.ReadReports},
	"report tainted":       {needs: access.ReadReports, args: []string{"--product", "BOLT", "--lot", "*"}},
	"report transactions":  {needs: access.ReadReports},
	"report unknown":       {needs: access.ReadReports},
	"report valuation":     {needs: access.ReadReports},
	"receive list":         {needs: access.ReadDeliveries},
	"receive show":         {needs: access.ReadDeliveries, args: []string{"D-1"}},
	"receive put-away":     {needs: access.ReadDeliveries},
	"receive import":       {needs: access.Receive, args: []string{"{dir}/deliveries.csv"}},
	"receive book":         {needs: access.Receive, args: []string{"D-1", "BOLT", "1"}},
	"receive reopen":       {needs: access.Receive, args: []string{"D-1"}},
	"receive cancel":       {needs: access.Receive, args: []string{"D-1"}},
	"adjust list":          {needs: access.ReadAdjustments},
	"adjust show":          {needs: access.ReadAdjustments, args: []string{"ADJ-000001"}},
	"adjust review":        {needs: access.ReadAdjustments, args: []string{"ADJ-000001"}},
	"adjust new":           {needs: access.Adjust, args: []string{"x"}},
	"adjust set":           {needs: access.Adjust, args: []string{"ADJ-000001", "BOLT", "=1"}},
	"adjust import":        {needs: access.Adjust, args: []string{"ADJ-000001", "{dir}/lines.csv"}},
	"adjust book":          {needs: access.Adjust, args: []string{"ADJ-000001"}},
	"adjust drop":          {needs: access.Adjust, args: []string{"ADJ-000001"}},
	"adjust copy":          {needs: access.Adjust, args: []string{"ADJ-000001"}},
}

// playedElsewhere are commands that take more than one call: fleet and scan are whole
// handhelds, practice reset counts, doctor opens the folder. They have tests of their own.
var playedElsewhere = []string{"fleet", "scan", "practice reset", "doctor"}

// refusals are the words by which a server says that a key may not.
var refusals = []string{"may not do this", "The key is not valid", "This is for people who sign in"}

// Every command that reaches a server is played with a key of each role, and with none
// that is good: what is let through is what the table says. A new command without a
// play fails.
func TestEveryCommandWithEveryKey(t *testing.T) {
	s := newShell(t)
	url, _, _ := s.serving()
	s.file("products.csv", "code\nBOLT\n")
	s.do(0, "import", "products", filepath.Join(s.dir, "products.csv"))
	s.file("deliveries.csv", "number,product,quantity\nD-1,BOLT,5\n")
	s.file("lines.csv", "product,change\nBOLT,5\n")
	s.do(0, "receive", "import", filepath.Join(s.dir, "deliveries.csv"))
	s.do(0, "adjust", "new", "x", filepath.Join(s.dir, "lines.csv"))
	s.do(0, "user", "add", "ann", "--role", "floor", "--no-password")
	s.do(0, "pair", "--device", "H-1")
	keys := map[string]string{"none": "bl_" + strings.Repeat("a", 52)}
	for _, role := range access.Roles() {
		out, _ := s.do(0, "pair", "--device", "K-"+string(role), "--role", string(role), "--print-key")
		keys[string(role)] = lastLine(out)
	}
	for role := range keys {
		s.file(role+".jsonl", `{"device":"K-`+role+`","seq":1,"action":"add","product":"BOLT"}`)
		s.do(0, "pair", "--device", "H-"+role)
	}
	for _, name := range access.Commands() {
		rule, _ := access.Command(name)
		p, ok := plays[name]
		switch {
		case len(rule.Asks) == 0 || slices.Contains(playedElsewhere, name):
			continue
		case !ok:
			t.Errorf("the command %q asks a server for something and is not played", name)
			continue
		case !slices.Contains(rule.Asks, p.needs):
			t.Errorf("the command %q needs %s, which its rule does not name", name, p.needs)
		}
		for role, key := range keys {
			args := strings.Fields(name)
			for _, arg := range p.args {
				args = append(args, strings.NewReplacer("{role}", role, "{dir}", s.dir).Replace(arg))
			}
			t.Setenv("BAYLEDGER_KEY", key)
			var out bytes.Buffer
			code := run(context.Background(), append(args, "--server", url, "--data", filepath.Join(s.dir, "elsewhere")), strings.NewReader(p.input), &out, &out)
			refused := slices.ContainsFunc(refusals, func(words string) bool { return strings.Contains(out.String(), words) })
			may := access.May(access.Principal{Role: access.Role(role)}, p.needs)
			if refused == may || code == exitMisused || refused && code == exitDone {
				t.Errorf("%s with the key %s: exit %d, may %v: %s", name, role, code, may, out.String())
			}
		}
	}
	for name := range plays {
		if rule, ok := access.Command(name); !ok || len(rule.Asks) == 0 {
			t.Errorf("%q is played, and there is no such command, or it asks for nothing", name)
		}
	}
}
