package printer

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"bayledger/labels/draw"
	"bayledger/scanner/gs1"
)

// Bounds of a profile.
const (
	MaxName     = 32 // what a command code holds
	maxTitle    = 100
	maxAddress  = 300
	maxDarkness = 30
	maxSpeed    = 14
	maxMedia    = 500.0 // mm
	rawPort     = "9100"
	ippPort     = "631"
)

// Profile is a printer: where it is and how it is set.
type Profile struct {
	Name     string  `json:"name" doc:"1 to 32 characters that a barcode can hold; the printer's label says it"`
	Title    string  `json:"title,omitempty" doc:"what people call it"`
	Address  string  `json:"address" doc:"raw://HOST:9100 or ipp://HOST:631/ipp/print"`
	DPI      int     `json:"dpi" doc:"203, 300 or 600"`
	Width    float64 `json:"width,omitempty" doc:"of its labels, mm; 0: not known, any label is sent"`
	Height   float64 `json:"height,omitempty" doc:"of its labels, mm"`
	Darkness int     `json:"darkness,omitempty" doc:"0 to 30, of ZPL; 0 leaves the printer's own"`
	Speed    int     `json:"speed,omitempty" doc:"inches a second, of ZPL; 0 leaves the printer's own"`
	Format   string  `json:"format,omitempty" enum:"zpl,pwg,pdf" doc:"of what an IPP printer is sent; empty: the best that it takes"`
	Site     string  `json:"site,omitempty" doc:"where it stands; empty: main"`
}

// Formats of documents.
const (
	ZPL = "zpl"
	PWG = "pwg"
	PDF = "pdf"
)

// Command is the code that chooses a printer when it is scanned.
func Command(name string) string { return gs1.CommandPrefix + "PRINTER-" + name }

// Named takes a printer's name out of what was scanned or typed.
func Named(scan string) string { return strings.TrimPrefix(scan, gs1.CommandPrefix+"PRINTER-") }

// Check says what is wrong with a profile, field and reason; "" if nothing is.
func (p *Profile) Check() (field, reason string) {
	if m, err := gs1.Decode(Command(p.Name)); p.Name == "" || len(p.Name) > MaxName || err != nil || m.Kind != gs1.Command || strings.ContainsAny(p.Name, "/?#") {
		return "name", "A printer's name has 1 to 32 of the letters, digits and signs that a barcode holds, and no slash."
	}
	if len(p.Title) > maxTitle || len(p.Site) > 200 {
		return "title", "A printer's title has at most 100 bytes, its site 200."
	}
	if _, why := p.target(); why != "" {
		return "address", why
	}
	switch {
	case p.DPI < draw.MinDPI || p.DPI > draw.MaxDPI:
		return "dpi", "A printer has 203, 300 or 600 dots an inch."
	case !(p.Width >= 0 && p.Width <= maxMedia && p.Height >= 0 && p.Height <= maxMedia) || (p.Width == 0) != (p.Height == 0):
		return "width", "The size of a printer's labels is two numbers of at most 500 mm, or none."
	case p.Darkness < 0 || p.Darkness > maxDarkness:
		return "darkness", "Darkness is 0 to 30."
	case p.Speed < 0 || p.Speed > maxSpeed:
		return "speed", "Speed is 0 to 14 inches a second."
	case p.Format != "" && p.Format != ZPL && p.Format != PWG && p.Format != PDF:
		return "format", "The format is zpl, pwg or pdf."
	}
	return "", ""
}

// target reads the address.
func (p *Profile) target() (*url.URL, string) {
	const use = "An address is raw://HOST:9100 or ipp://HOST:631/ipp/print."
	if len(p.Address) > maxAddress {
		return nil, use
	}
	u, err := url.Parse(p.Address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, use
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, use
		}
	}
	switch u.Scheme {
	case "raw":
		if u.Path != "" && u.Path != "/" {
			return nil, use
		}
		u.Host = withPort(u, rawPort)
	case "ipp", "ipps":
		u.Host = withPort(u, ippPort)
	default:
		return nil, use
	}
	return u, ""
}

func withPort(u *url.URL, port string) string {
	if p := u.Port(); p != "" {
		port = p
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// Fits says by how many millimetres a label is larger than the printer's; 0: not.
func (p *Profile) Fits(width, height float64) (over float64) {
	const slack = 0.5 // media are cut so
	if p.Width == 0 {
		return 0
	}
	if over = max(width-p.Width, height-p.Height); over <= slack {
		return 0
	}
	return over
}
