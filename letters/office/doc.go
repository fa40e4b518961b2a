// Package office numbers, draws and keeps the letters that confirmed events ask for.
//
//	feed ──cursor──▶ drafts ──one transaction──▶ number + snapshot + cursor     ① the letter exists
//	                                              │
//	                    template, fonts ──draw────▶ HTML and PDF in the bucket  ② it can be read
//	                                              │
//	                    [Sender] per channel ─────▶ attempts, proof             ③ it is sent, it has come
//
// ① rests on the feed: only what is certain gets a number, so no number is ever taken back. Numbers of
// an organ, kind and year are counted in a row that stays locked until the letter is committed: two
// offices cannot give one twice, and one that is killed leaves no hole.
//
// ② is a function of snapshot and template, both kept; an office that dies between the two is followed
// by another that draws what is not drawn.
//
// ③ an attempt is claimed for a while, made, and recorded; who dies in the middle is followed by another
// attempt under the same key. Pauses double from half a minute to six hours; after two days, or when
// the receiver refuses, nobody tries any more and an operator sees it. That a letter waits to be sent
// holds up nothing: it can be read in the product since ②.
//
// Any number of offices may run on one database; one works at the cursor at a time, the others find
// nothing to do. An entry whose letters cannot be made (a bug, a definition of a newer program) does
// not hold up the others: it is counted, logged, and tried again until it can.
package office
