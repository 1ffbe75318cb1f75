package ledger

import "strings"

// currencies are the codes of ISO 4217 by how many decimals amounts in them have.
var currencies = map[int]string{
	0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
	2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG",
	3: "BHD IQD JOD KWD LYD OMR TND",
	4: "CLF UYW",
}

// MinorUnit says how many decimals amounts in a currency have; known is false for what
// is no code of ISO 4217. Where no currency is named they have two.
func MinorUnit(currency string) (decimals int, known bool) {
	if currency == "" {
		return MoneyDecimals, true
	}
	if len(currency) == 3 && !strings.Contains(currency, " ") {
		for decimals, codes := range currencies {
			if strings.Contains(codes, currency) {
				return decimals, true
			}
		}
	}
	return 0, false
}

func setCurrency(to *string, value string) string {
	if _, known := MinorUnit(value); !known {
		return "its currency is three capitals of ISO 4217, such as EUR."
	}
	*to = value
	return ""
}

func setPrice(to *Decimal, value string) string {
	price, err := ParseDecimal(value)
	if err != nil || price.Sign() < 0 {
		return "its price is a decimal number, 0 or more, of at most 15 digits."
	}
	*to = price
	return ""
}

// CurrencyOf is the currency of a product's price: its own, else the book's.
func (s *State) CurrencyOf(p *Product) string { return pick(p.Currency, s.settings.Currency) }

func (p *Product) priceText() string { return p.Price.String() }

// fitPrice refuses a price that is finer than its currency's minor unit, and takes
// back what the edit set: which of the two fields came first says nothing.
func (s *State) fitPrice(e *Edit, p *Product) *Fault {
	decimals, _ := MinorUnit(s.CurrencyOf(p))
	if _, ok := p.Price.Scaled(decimals); ok || !p.Price.IsSet() {
		return nil
	}
	f := fault(BadField, "price", "The price "+p.Price.String()+" of "+quote(p.Code)+" has more decimals than the "+itoa(decimals)+" of "+
		pick(s.CurrencyOf(p), "money")+". Nothing was changed.")
	for _, c := range e.Changes {
		s.setProduct(p, c.Field, c.From)
	}
	e.Changes = nil
	return f
}

// setBookCurrency sets the currency of prices that name none. Those that are finer
// than it has decimals stand against it.
func (s *State) setBookCurrency(value string) string {
	decimals, known := MinorUnit(value)
	if !known {
		return "the currency is three capitals of ISO 4217, such as EUR."
	}
	for _, p := range s.products {
		if p.Currency != "" || !p.Price.IsSet() {
			continue
		}
		if _, ok := p.Price.Scaled(decimals); !ok {
			return "the price " + p.Price.String() + " of " + quote(p.Code) + " has more decimals than the " + itoa(decimals) + " of " + pick(value, "money") + "."
		}
	}
	s.settings.Currency = value
	return ""
}
