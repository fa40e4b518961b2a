// Package contract is what the api, the worker and the case workflow must agree
// on: names, envelopes, time limits, and how a refusal travels. It holds no
// behaviour of its own beyond encoding, and it knows neither the store nor the
// api.
//
//	api ──StartOptions, StartInput, bundle──▶ Case workflow (id = case number)
//	api ──ActUpdate(engine.Command)─────────▶   validator ─ Refuse ─▶ api: ReadReply
//	                                            handler ─── ActReply ▶
//	api ──ReflushUpdate──────────────────────▶   an empty flush: rows nobody decided go away
//	api ──StateQuery─────────────────────────▶   View
//	clock ──ClockSignal(ClockMoved)──────────▶   business time has been moved forward
//	                                            main loop ──Writer(FlushRequest)─────────▶ activities
//	                                                       ◀─────────── FlushReply ───────
//	                                                       ─ FlushActivity, after outages ─▶
//	                                            main loop ──IntentsActivity──▶ earlier acts
//
// # Names are for ever
//
// Workflow type, update, query, signal and activity names, the JSON keys of all
// envelopes and the error type [ErrRejected] stand in recorded histories that
// must replay years later. They are added to, never renamed.
//
// # Personal data
//
// A case number is the workflow id; nothing else of a case goes into ids, memo
// or search attributes. Error messages carry the stable code of a refusal only;
// its sentences travel in the details, which the payload codec can encrypt.
package contract
