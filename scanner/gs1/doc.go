// Package gs1 says what the data of a barcode mean by the GS1 General Specifications: element
// strings (with and without a symbology identifier), bracketed AIs, GS1 Digital Link URIs,
// EAN/UPC, ITF-14 and SSCC numbers. It reads, checks and builds; it opens nothing, asks nobody
// and knows no clock.
//
// Decode takes one scan as a reader sent it and answers with a Message: the kind, the symbology
// and the elements, whose values are parts of the scan wherever they could stay so. What breaks a
// rule comes back as an *Error with a code, the AI, the byte where it begins and a sentence; a
// scan is wholly good or it has no elements.
//
// The verdicts are those of the GS1 Barcode Syntax Engine 1.4.1 with its default checks: every
// component's character set and checks, required (req) and excluded (ex) AIs over the whole
// message, no AI twice with two values. The engine gives no elements for EAN, UPC and ITF and
// knows no scans without identifier; here they mean AI (01) with 14 digits.
//
// # Notice
//
// table.go and codes.go are derived from the GS1 Barcode Syntax Dictionary and the code lists of
// the GS1 Barcode Syntax Tests, Copyright (c) 2021-2025 GS1 AISBL, Copyright (c) 2020-2021 BWIPP
// project and Zint Project, licensed under the Apache License, Version 2.0. The checks and the order
// of the parser follow the source of the GS1 Barcode Syntax Engine 1.4.1, GS1 AISBL, under the same
// licence, and testdata/verdicts.jsonl holds its verdicts. To follow a new release:
//
//	go run ./scanner/gs1/internal/generate DICTIONARY CODELISTS scanner/gs1
package gs1
