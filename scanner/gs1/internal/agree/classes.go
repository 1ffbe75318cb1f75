package main

import (
	"strings"

	"bayledger/scanner/gs1"
)

// classes gives the code for each sentence of the reference, by a part of the sentence that no
// other has. The first that fits counts.
var classes = []struct {
	part string
	code gs1.Code
}{
	{"The AI data is empty", gs1.NoData}, {"data is empty", gs1.EmptyValue}, {"value path element is empty", gs1.EmptyValue}, {"value query element is empty", gs1.EmptyValue},
	{"has incorrect length", gs1.WrongLength}, {"too short to perform", gs1.TooShort},
	{"is too long to perform", gs1.TooLong}, {"value is too short", gs1.TooShort}, {"value is too long", gs1.TooLong},
	{"illegal ^ character", gs1.Caret}, {"Unrecognised AI", gs1.UnknownAI}, {"Too many AIs", gs1.TooManyElements},
	{"Failed to parse AI data", gs1.Malformed}, {"Missing FNC1", gs1.NoData}, {"No known AI is a prefix", gs1.UnknownAI},
	{"data is too long", gs1.TooLong}, {"It is invalid to pair", gs1.ExcludedAI}, {"Required AIs", gs1.MissingAI},
	{"have different values", gs1.Different}, {"Serial component must", gs1.MissingSerial},
	{"URI contains illegal characters", gs1.LinkCharacters}, {"Domain contains illegal", gs1.LinkDomain},
	{"must contain a domain", gs1.LinkPath}, {"No GS1 DL keys", gs1.LinkNoKey}, {"illegal null", gs1.LinkNull},
	{"Unknown AI", gs1.UnknownAI}, {"not a valid key-qualifier", gs1.LinkSequence}, {"is duplicated", gs1.LinkDuplicate},
	{"not a valid DL URI data attribute", gs1.LinkAttribute}, {"should be in the path info", gs1.LinkInPath},
	{"Maximum data length", gs1.TooLong}, {"scan data is too short", gs1.TooShort}, {"Primary message is too long", gs1.TooLong},
	{"may only contain digits", gs1.NotDigit}, {"Primary message check digit", gs1.CheckDigit},
	{"non-digit character was found", gs1.NotDigit}, {"non-CSET 82", gs1.NotSet82}, {"non-CSET 39", gs1.NotSet39},
	{"non-CSET 64", gs1.NotSet64}, {"CSET 64 pad", gs1.Padding}, {"numeric check digit is incorrect", gs1.CheckDigit},
	{"check-character pair", gs1.CheckPair}, {"minimum length GS1 Company Prefix", gs1.PrefixShort}, {"GS1 Company Prefix is invalid", gs1.CompanyPrefix},
	{"coupon", gs1.Coupon}, {"Importer Index", gs1.ImporterIndex}, {"non-zero value is required", gs1.Zero},
	{"zero prefix", gs1.ZeroPrefix}, {"A zero is required", gs1.NotZero}, {`A "0" or "1"`, gs1.NotYesNo}, {"winding", gs1.Winding},
	{`country code or "999"`, gs1.CountryOr999}, {"IBAN is too short", gs1.IBANShort}, {"IBAN contains", gs1.IBANCharacter},
	{"IBAN must start", gs1.IBANCountry}, {"IBAN is invalid", gs1.IBANCheck}, {"three-digit country", gs1.Country},
	{"two-character country", gs1.CountryLetter}, {"currency code", gs1.Currency}, {"illegal month", gs1.Month}, {"illegal day", gs1.Day},
	{"illegal hour", gs1.Hour}, {"illegal minute", gs1.Minute}, {"illegal seconds", gs1.Second}, {"piece number must not have", gs1.PieceZero},
	{"piece total must not", gs1.TotalZero}, {"must not exceed the piece total", gs1.PieceOverAll}, {"percent hex-encoding", gs1.Percent},
	{"latitude is outside", gs1.Latitude}, {"longitude is outside", gs1.Longitude}, {"media type", gs1.MediaType}, {"Only hyphens", gs1.NotHyphen},
	{"biological sex", gs1.Sex}, {"format \"<pos>/<end>\"", gs1.Position}, {"exceed the end number", gs1.PositionOver},
	{"non-digit character is required", gs1.NeedsNonDigit}, {"PackageTypeCode", gs1.PackageType},
}

// class is the code for what the reference says, or empty where its sentence is not known.
func class(why string) gs1.Code {
	for _, c := range classes {
		if strings.Contains(why, c.part) {
			return c.code
		}
	}
	return ""
}
