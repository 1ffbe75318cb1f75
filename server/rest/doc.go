// Package rest is the HTTP side of the server: the twins of everything that the
// sync protocol does, the catalogue, reports, devices and operation, with an
// OpenAPI 3.1 document made from the handlers.
//
// # Use
//
// New makes an API; its Handler serves everything, the page and the socket that
// it was given included. Drain ends the streams and makes /readyz say no.
//
// # Promised
//
// Every route is in the OpenAPI document with the action that it asks for
// ("x-action"); nobody without the right reaches a handler, and no body is read
// before the key has been judged. Errors are application/problem+json (RFC 9457)
// with a code and a message that says what happened, what was kept, and what to
// do. What is answered has happened durably. Streams take no memory that grows
// with what is streamed, and hold up neither the book's writer nor each other.
//
// # Not promised
//
// The order of members in an answer, and members that the document does not
// name.
//
// # Owed by callers
//
// The book, the store and the socket live longer than the API.
package rest
