// Package sources finds the papers and answers an applicant need not bring: papers of his earlier
// cases, certificates our own cases have issued, licences and data of other organs. The law forbids
// to ask him for what the organs share (国务院关于在线政务服务的若干规定第七条; 行政许可法第三十三条).
//
// # Model
//
//	guide: materials.ID.from, situations.ID.from         in the order written
//	   │
//	   ├─ library        Library    papers of earlier cases (store), with their trust grade
//	   ├─ e-licence      Licences   certificates of our own cases (store), then an outside service (HTTP)
//	   ├─ data:NAME      Data       one HTTP service each, described in a file
//	   ├─ intermediary   Data       the same
//	   ├─ party:ID       asked at the window: the party hands it in
//	   ├─ project        no case here has sisters; passed over
//	   └─ applicant      the only place where he is asked
//
// A [Resolver] goes through them before the engine decides a filing, and hands it what was found as
// papers with source, grade, validity and hash, and a record of every source that was asked. What is
// used is a snapshot, kept by its content: nothing that changes at the source later touches the case.
//
// # Trust
//
// Grades are those of 国办函〔2016〕108号. A (made by the organ) and B (compared with the original by a
// clerk) are used directly while they are valid. C (uploaded) is used once a clerk has compared it with
// the original, which the filing says. D (the applicant's own, with his promise) is used when the filing
// names it. A copy may be used again for a period; after that it is asked for anew.
//
// # What may fail
//
//	source slow            its timeout, then the next try, then the next source
//	source down            after some failures in a row it is left alone for a while (breaker)
//	wrong status, no JSON, too large, no such field    a failure of the source, with a word for why
//	everything slow        one budget for a filing: what has no answer then has failed
//	our database away      the filing fails as a whole, it cannot be stored either
//
// A failure never refuses a filing: the next source is asked, and with none left the paper is a gap.
// An applicant without a number of an identity document has no library and no licences here.
//
// # Personal data
//
// Whose papers are looked for is a [Holder], which prints as a mask. No error, log line, metric or
// record of a trial carries it, nor anything a source has answered.
package sources
