// Package outbound tells the outside what happened: webhooks, mail about alerts, and
// reports by mail. It stands behind the feed, reads what was announced after a commit,
// and knows nothing of the fold.
//
// # Use
//
// Open reads what is set up from a Disk; Run works until its context ends. People set
// up endpoints (webhooks), subscriptions (which alerts reach whom), contacts (where and
// when somebody is reached) and schedules (reports).
//
// # Promised
//
// Each endpoint has a cursor of its own over the journal: nothing is lost, nothing is
// passed over, and what it gets comes in the order of the journal, one message at a
// time. A message is stored before it is sent and marked after it was taken, so that a
// kill between the two sends the same bytes under the same webhook-id again: at least
// once, never in another order. Mail likewise, by order of being due: a letter keeps its
// Message-ID. What
// somebody is sent is what they may see at that moment: of their sites, without money
// where they see none. Nothing is sent to addresses of this machine or of private
// networks unless that was allowed in words, which is asked of the address that is
// dialled. Secrets stand in no log.
//
// # Not promised
//
// Between endpoints there is no order. A message may come twice; receivers tell by its
// id. Letters that could not be sent for a day are given up, and said so in the log and
// the metrics.
//
// # Owed by callers
//
// One Service per disk, one Run per Service.
package outbound
