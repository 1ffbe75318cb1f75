package access

import "slices"

// CommandRule says what a command of the command line asks for. All speak to a server
// by REST, with the key that they are given or that of the data folder, and are judged
// there like anyone; what works on a data folder as it lies asks for the folder itself,
// whose files are for its owner alone.
type CommandRule struct {
	Asks   []Action // of the server
	Folder bool     // it opens the data folder as it lies
}

var commands = map[string]CommandRule{
	"serve": {Folder: true}, "verify": {Folder: true}, "rebuild": {Folder: true}, "migrate": {Folder: true}, "restore": {Folder: true},
	"simulate": {}, "season": {}, "bench": {}, "bench feed": {}, "bench server": {}, "decode": {}, "version": {}, "backup verify": {Folder: true},
	"practice": {}, "config": {}, "config print": {}, "config check": {}, "load": {}, "load connected": {}, "load homecoming": {}, "load opens": {}, "load soak": {}, "load live": {},
	"device": {}, "user": {}, "token": {}, "report": {}, "adjust": {}, "receive": {}, "webhook": {}, "alert": {}, "subscription": {}, "schedule": {}, // they only say what there is behind them

	"replay":               {Asks: []Action{IntentOwn, IntentAny, CreateProduct, CreateLocation}},
	"fleet":                {Asks: []Action{IntentOwn, PairDevice, ReadActivity, ReadBalances}},
	"scan":                 {Asks: []Action{IntentOwn, ReadCatalog, ReadBalances, VerifyPIN, OwnKey}},
	"import":               {Asks: []Action{Import}},
	"export":               {Asks: []Action{ReadCatalog}},
	"catalogue":            {},
	"catalogue variants":   {Asks: []Action{EditCompany}},
	"catalogue set":        {Asks: []Action{EditCompany}},
	"catalogue facilities": {Asks: []Action{EditCatalog}},
	"catalogue history":    {Asks: []Action{ReadReports}},
	"negative":             {},
	"negative preview":     {Asks: []Action{ReadReports, SeeMoney}},
	"negative correct":     {Asks: []Action{IntentAny}},
	"receive list":         {Asks: []Action{ReadDeliveries}},
	"receive show":         {Asks: []Action{ReadDeliveries}},
	"receive put-away":     {Asks: []Action{ReadDeliveries}},
	"receive import":       {Asks: []Action{Receive}},
	"receive book":         {Asks: []Action{Receive}},
	"receive reopen":       {Asks: []Action{Receive}},
	"receive cancel":       {Asks: []Action{Receive}},
	"adjust list":          {Asks: []Action{ReadAdjustments}},
	"adjust show":          {Asks: []Action{ReadAdjustments}},
	"adjust review":        {Asks: []Action{ReadAdjustments}},
	"adjust new":           {Asks: []Action{Adjust}},
	"adjust set":           {Asks: []Action{Adjust}},
	"adjust import":        {Asks: []Action{Adjust}},
	"adjust book":          {Asks: []Action{Adjust}},
	"adjust drop":          {Asks: []Action{Adjust}},
	"adjust copy":          {Asks: []Action{Adjust}},
	"pair":                 {Asks: []Action{PairDevice, PairPeople}},
	"device list":          {Asks: []Action{ListDevices}},
	"device revoke":        {Asks: []Action{PairDevice, PairPeople}},
	"device renew":         {Asks: []Action{PairDevice, PairPeople}},
	"device log":           {Asks: []Action{PairDevice, PairPeople}},
	"device message":       {Asks: []Action{PairDevice, PairPeople}},
	"user add":             {Asks: []Action{PairPeople}},
	"user list":            {Asks: []Action{PairPeople}},
	"user password":        {Asks: []Action{PairPeople}},
	"user role":            {Asks: []Action{PairPeople}},
	"user disable":         {Asks: []Action{PairPeople}},
	"user enable":          {Asks: []Action{PairPeople}},
	"token add":            {Asks: []Action{OwnTokens, PairPeople}},
	"token list":           {Asks: []Action{OwnTokens, PairPeople}},
	"token end":            {Asks: []Action{OwnTokens, PairPeople}},
	"practice reset":       {Asks: []Action{ReadBalances, IntentAny}},
	"doctor":               {Asks: []Action{ReadActivity, ReadLabels}, Folder: true},
	"backup":               {Asks: []Action{TakeBackup}},
	"label":                {Asks: []Action{ReadLabels, PrintLabels}},
	"label layouts":        {Asks: []Action{ReadLabels}},
	"label printers":       {Asks: []Action{ReadLabels}},
	"label jobs":           {Asks: []Action{ReadLabels}},
	"label check":          {},
	"label add-printer":    {Asks: []Action{EditPrinters}},
	"label add-range":      {Asks: []Action{EditPrinters}},
	"label reprint":        {Asks: []Action{CorrectLabels}},
	"label resume":         {Asks: []Action{CorrectLabels}},
	"label stop":           {Asks: []Action{CorrectLabels}},
	"label void":           {Asks: []Action{CorrectLabels}},
	"report activity":      {Asks: []Action{ReadActivity}},
	"report asset":         {Asks: []Action{ReadReports, SeeMoney}},
	"report attributes":    {Asks: []Action{ReadReports}},
	"report availability":  {Asks: []Action{Availability, ReadBalances}},
	"report trace":         {Asks: []Action{ReadReports}},
	"price":                {Asks: []Action{IntentAny, SeeMoney}},
	"report alerts":        {Asks: []Action{ReadAlerts}},
	"report attention":     {Asks: []Action{ReadAlerts}},
	"report balance":       {Asks: []Action{ReadBalances, SeeMoney}},
	"report constraints":   {Asks: []Action{ReadCatalog}},
	"report exceptions":    {Asks: []Action{ReadExceptions}},
	"report fifo":          {Asks: []Action{ReadReports, SeeMoney}},
	"report holds":         {Asks: []Action{ReadReports}},
	"report missing":       {Asks: []Action{ReadReports}},
	"report negative":      {Asks: []Action{ReadReports}},
	"report reorder":       {Asks: []Action{ReadCatalog}},
	"report stock":         {Asks: []Action{ReadBalances}},
	"report throughput":    {Asks: []Action{ReadReports}},
	"report dock-to-stock": {Asks: []Action{ReadReports}},
	"report tainted":       {Asks: []Action{ReadReports}},
	"report transactions":  {Asks: []Action{ReadReports, SeeMoney}},
	"report unknown":       {Asks: []Action{ReadReports}},
	"report valuation":     {Asks: []Action{ReadReports, SeeMoney}},
	"subscription list":    {Asks: []Action{OwnSubscriptions}},
	"subscription contact": {Asks: []Action{OwnSubscriptions, ReadAlerts}},
	"subscription add":     {Asks: []Action{OwnSubscriptions, ReadAlerts, AnyWebhooks}},
	"subscription remove":  {Asks: []Action{OwnSubscriptions}},
	"schedule list":        {Asks: []Action{OwnSchedules}},
	"schedule add":         {Asks: []Action{OwnSchedules, ReadReports}},
	"schedule send":        {Asks: []Action{OwnSchedules}},
	"schedule remove":      {Asks: []Action{OwnSchedules}},
	"webhook list":         {Asks: []Action{OwnWebhooks}},
	"webhook add":          {Asks: []Action{OwnWebhooks}},
	"webhook enable":       {Asks: []Action{OwnWebhooks}},
	"webhook remove":       {Asks: []Action{OwnWebhooks}},
	"webhook rotate":       {Asks: []Action{OwnWebhooks}},
	"webhook test":         {Asks: []Action{OwnWebhooks}},
	"webhook log":          {Asks: []Action{OwnWebhooks}},
	"webhook replay":       {Asks: []Action{OwnWebhooks}},
	"alert list":           {Asks: []Action{ReadAlerts}},
	"alert acknowledge":    {Asks: []Action{AnswerAlerts}},
	"alert snooze":         {Asks: []Action{AnswerAlerts}},
	"alert wake":           {Asks: []Action{AnswerAlerts}},
}

// Command is the rule of a command, by its words; ok is false where there is none.
func Command(name string) (r CommandRule, ok bool) {
	r, ok = commands[name]
	return r, ok
}

// Commands lists the commands that have a rule, sorted.
func Commands() []string {
	var out []string
	for name := range commands {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
