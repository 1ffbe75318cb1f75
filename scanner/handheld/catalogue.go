package handheld

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bayledger/scanner/client"
	"bayledger/scanner/meaning"
	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// maxPackages bounds the package codes that are kept in mind.
const maxPackages = 100_000

// catalogue is the handheld's copy of the catalogue, as the flow asks for it. It is kept in a file,
// so that a handheld that starts without network knows its places and goods.
type catalogue struct {
	copy *client.Copy
	site string

	mu       sync.Mutex
	packages map[string]bool
	kept     uint64 // the entry of the catalogue in the file
}

func newCatalogue(c *client.Copy, site string) *catalogue {
	return &catalogue{copy: c, site: site, packages: map[string]bool{}}
}

// keptCatalogue is the file.
type keptCatalogue struct {
	N    uint64
	At   time.Time
	Rows []wire.CatalogRow
}

func (c *catalogue) load(path string) error {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var k keptCatalogue
	if err == nil {
		err = json.Unmarshal(data, &k)
	}
	if err != nil {
		return err
	}
	c.copy.LoadCatalog(k.Rows, k.N, k.At)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = k.N
	return nil
}

func (c *catalogue) isKept() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept > 0
}

// keep writes the catalogue where it has changed.
func (c *catalogue) keep(path string) error {
	rows, n := c.copy.Catalog()
	c.mu.Lock()
	defer c.mu.Unlock()
	if rows == nil || n == c.kept {
		return nil
	}
	data, err := json.Marshal(keptCatalogue{n, c.copy.CatalogAsOf().At, rows})
	if err == nil {
		err = writeFile(path, data)
	}
	if err == nil {
		c.kept = n
	}
	return err
}

// heard keeps the codes of packages in mind.
func (c *catalogue) heard(r *client.Rows) {
	if r.Topic != wire.TopicBalances {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, raw := range r.Rows {
		var row struct{ Package string }
		if json.Unmarshal(raw, &row) == nil && row.Package != "" && len(c.packages) < maxPackages {
			c.packages[row.Package] = true
		}
	}
}

// rules are the site's, for its own numbers.
func (c *catalogue) rules() string {
	row, _ := c.copy.Item(ledger.EntitySite, c.site, "", "")
	return row.Fields["restricted"]
}

// reasons are what is not done without a reason at the site: setting goods aside, and what the site names.
func (c *catalogue) reasons() string {
	row, _ := c.copy.Item(ledger.EntitySite, c.site, "", "")
	if more := row.Fields["reasons_required"]; more != "" {
		return ledger.ActionIsolate + "," + more
	}
	return ledger.ActionIsolate
}

func (c *catalogue) Barcode(code string) (string, ledger.Decimal, bool) {
	row, ok := c.copy.Item(ledger.EntityBarcode, code, "", "")
	if !ok {
		return "", ledger.Decimal{}, false
	}
	quantity, _ := ledger.ParseDecimal(row.Fields["quantity"])
	return row.Fields["product"], quantity, true
}

func (c *catalogue) Product(code string) (meaning.Item, bool) {
	row, ok := c.copy.Product(code)
	if !ok {
		return meaning.Item{}, false
	}
	it := meaning.Item{Code: row.Code, Name: row.Fields["name"], Unit: row.Fields["unit"], Tracking: row.Fields["tracking"], Units: map[string]ledger.Decimal{}}
	it.Decimals, _ = strconv.Atoi(row.Fields["decimals"])
	for name, value := range row.Fields {
		if unit, ok := strings.CutPrefix(name, "unit."); ok {
			it.Units[unit], _ = ledger.ParseDecimal(value)
		}
	}
	return it, true
}

func (c *catalogue) Place(site, code string) bool {
	_, ok := c.copy.Item(ledger.EntityLocation, code, site, "")
	if !ok && !c.copy.CatalogAsOf().Complete {
		return slices.Contains(ledger.PhysicalKinds, ledger.PlaceKind(code)) // each site has these
	}
	return ok
}

func (c *catalogue) Package(code string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.packages[code]
}

func (c *catalogue) Operator(code string) bool {
	_, ok := c.copy.Item(ledger.EntityOperator, code, "", "")
	return ok
}

// has says whether a code is one of the catalogue as it is.
func (c *catalogue) has(code string) bool {
	_, _, barcode := c.Barcode(code)
	_, product := c.Product(code)
	return barcode || product || c.Place(c.site, code)
}

// Held says whether all that is known of a product at a place, or of a lot of it, is held.
func (c *catalogue) Held(site, place, product, lot string) bool {
	held := false
	for _, row := range c.copy.Balances(site, place, product) {
		if lot != "" && row.Lot != lot || row.Package != "" || strings.HasPrefix(row.Quantity, "-") || row.Quantity == "0" {
			continue
		}
		if row.Status != string(ledger.HeldGoods) {
			return false
		}
		held = true
	}
	return held
}
