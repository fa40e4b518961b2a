package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/engine"
	"lianban/store/dbsqlc"
)

// FindingKind is a kind of disagreement Verify finds.
type FindingKind string

// The findings. docs/ tells operators what each may come from.
const (
	// BytesChanged: an event's bytes do not give its hash.
	BytesChanged FindingKind = "bytes-changed"
	// ChainBroken: an event's previous hash is not the hash of the event before.
	ChainBroken FindingKind = "chain-broken"
	// EventMissing: a sequence is missing between others.
	EventMissing FindingKind = "event-missing"
	// TailMissing: head or anchors go further than the log.
	TailMissing FindingKind = "tail-missing"
	// CaseMissing: head or anchors name a case the log has nothing of.
	CaseMissing FindingKind = "case-missing"
	// Rewritten: the log's own hashes fit each other, but not the anchor set when they became certain.
	Rewritten FindingKind = "rewritten"
	// ColumnChanged: a column beside an event says something else than its bytes.
	ColumnChanged FindingKind = "column-changed"
	// HeadChanged: the case's head names another last event than the log's.
	HeadChanged FindingKind = "head-changed"
	// FeedBroken: the anchors' own chain does not fit at this position.
	FeedBroken FindingKind = "feed-broken"
	// FeedMissing: an anchor is missing.
	FeedMissing FindingKind = "feed-missing"
	// FileDiffers: the anchor file has another anchor at this position.
	FileDiffers FindingKind = "file-differs"
	// FileBroken: the anchor file's own lines do not follow each other.
	FileBroken FindingKind = "file-broken"
)

// Finding is one disagreement. It holds no values of the case.
type Finding struct {
	Kind FindingKind `json:"kind"`
	Case string      `json:"case,omitempty"`
	// Seq is the event, Position the feed entry concerned; 0 where there is none.
	Seq      int64  `json:"seq,omitempty"`
	Position int64  `json:"position,omitempty"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
}

// VerifyOptions say how to verify.
type VerifyOptions struct {
	// AnchorFile is compared with the feed; empty: none.
	AnchorFile string
	// Progress is called now and then with the events and anchors checked so far.
	Progress func(events, anchors int64)
}

// Verified is how much was checked.
type Verified struct {
	Cases, Events, Anchors, FileLines int64
	Findings                          int64
}

const progressEvery = 10_000

// Verify walks the whole log and all anchors as of one instant and reports every disagreement. It
// needs memory for one event at a time. The returned error is of reading, not of what was found.
func (s *Store) Verify(ctx context.Context, o VerifyOptions, report func(Finding)) (Verified, error) {
	v := &verifier{report: report, progress: o.Progress}
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		for _, step := range []func(context.Context, pgx.Tx) error{v.log, v.heads, v.feed, v.unanchored, v.cards, v.administration} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		if o.AnchorFile != "" {
			return v.file(ctx, tx, o.AnchorFile)
		}
		return nil
	})
	return v.Verified, wrap("verify", err)
}

type verifier struct {
	Verified
	report   func(Finding)
	progress func(events, anchors int64)
}

func (v *verifier) find(f Finding) {
	v.Findings++
	v.report(f)
}

func (v *verifier) step() {
	if v.progress != nil && (v.Events+v.Anchors)%progressEvery == 0 {
		v.progress(v.Events, v.Anchors)
	}
}

// log walks all events by case: bytes, chain, columns, and at the end of each case its head.
func (v *verifier) log(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT e.case_no, e.seq, e.at, e.type, e.actor_kind, e.actor, e.org, e.command, e.body, e.prev, e.hash,
			coalesce(h.last_seq, 0), coalesce(h.last_hash, '')
		FROM case_event e LEFT JOIN case_head h ON h.case_no = e.case_no ORDER BY e.case_no, e.seq`)
	if err != nil {
		return err
	}
	var e, last dbsqlc.CaseEvent
	var headSeq, lastHeadSeq int64
	var headHash, lastHeadHash []byte
	var before time.Time
	end := func() {
		if last.CaseNo != "" {
			v.head(last, lastHeadSeq, lastHeadHash)
		}
	}
	_, err = pgx.ForEachRow(rows, []any{&e.CaseNo, &e.Seq, &e.At, &e.Type, &e.ActorKind, &e.Actor, &e.Org, &e.Command, &e.Body, &e.Prev, &e.Hash,
		&headSeq, &headHash}, func() error {
		if e.CaseNo != last.CaseNo {
			end()
			v.Cases++
			last, before = dbsqlc.CaseEvent{CaseNo: e.CaseNo}, time.Time{}
		}
		v.event(e, last, before)
		v.Events++
		v.step()
		// The scanned slices are used again for the next row.
		last.Seq, last.Hash, before = e.Seq, append(last.Hash[:0], e.Hash...), e.At
		lastHeadSeq, lastHeadHash = headSeq, append(lastHeadHash[:0], headHash...)
		return nil
	})
	end()
	return err
}

func (v *verifier) event(e, last dbsqlc.CaseEvent, before time.Time) {
	at := Finding{Case: e.CaseNo, Seq: e.Seq}
	switch {
	case e.Seq != last.Seq+1:
		at.Kind, at.Seq = EventMissing, last.Seq+1
		at.Zh, at.En = fmt.Sprintf("缺少第 %d 至 %d 条记录", last.Seq+1, e.Seq-1), fmt.Sprintf("events %d to %d are missing", last.Seq+1, e.Seq-1)
		v.find(at)
		at.Seq = e.Seq
	case !bytes.Equal(e.Prev, last.Hash):
		at.Kind = ChainBroken
		at.Zh, at.En = "所引前一条记录的摘要与前一条不符", "its previous hash is not the hash of the event before"
		v.find(at)
	}
	if engine.ChainHash(hex.EncodeToString(e.Prev), e.Body) != hex.EncodeToString(e.Hash) {
		at.Kind, at.Zh, at.En = BytesChanged, "内容与摘要不符", "its bytes do not give its hash"
		v.find(at)
	}
	if column := columnOff(e); column != "" {
		at.Kind, at.Zh, at.En = ColumnChanged, "列 "+column+" 与内容不符", "column "+column+" disagrees with the bytes"
		v.find(at)
	} else if e.At.Before(before) {
		at.Kind, at.Zh, at.En = ColumnChanged, "时间早于前一条记录", "its time is before that of the event before"
		v.find(at)
	}
}

// columnOff names the first column that says something else than the bytes, "" when all agree.
func columnOff(e dbsqlc.CaseEvent) string {
	var b struct {
		Seq     int64        `json:"seq"`
		At      time.Time    `json:"at"`
		Type    string       `json:"type"`
		By      engine.Actor `json:"by"`
		Command string       `json:"command"`
	}
	if json.Unmarshal(e.Body, &b) != nil {
		return "body"
	}
	for _, c := range []struct {
		name string
		same bool
	}{
		{"seq", b.Seq == e.Seq}, {"at", b.At.Equal(e.At)}, {"type", b.Type == e.Type}, {"actor_kind", string(b.By.Kind) == e.ActorKind},
		{"actor", b.By.ID == e.Actor}, {"org", b.By.Org == e.Org}, {"command", b.Command == e.Command},
	} {
		if !c.same {
			return c.name
		}
	}
	return ""
}

// head compares the end of a case's log with its head.
func (v *verifier) head(last dbsqlc.CaseEvent, seq int64, hash []byte) {
	f := Finding{Case: last.CaseNo, Seq: seq}
	switch {
	case seq > last.Seq:
		f.Kind, f.Zh, f.En = TailMissing, fmt.Sprintf("末尾第 %d 至 %d 条记录缺失", last.Seq+1, seq), fmt.Sprintf("events %d to %d at the end are missing", last.Seq+1, seq)
		f.Seq = last.Seq + 1
	case seq < last.Seq || !bytes.Equal(hash, last.Hash):
		f.Kind, f.Seq, f.Zh, f.En = HeadChanged, last.Seq, "案头所记末条与记录不符", "the head names another last event than the log's"
	default:
		return
	}
	v.find(f)
}

// heads finds cases that have a head and no event at all.
func (v *verifier) heads(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT h.case_no FROM case_head h WHERE NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_no = h.case_no) ORDER BY 1`)
	if err != nil {
		return err
	}
	var number string
	_, err = pgx.ForEachRow(rows, []any{&number}, func() error {
		v.find(Finding{Kind: CaseMissing, Case: number, Seq: 1, Zh: "有案头而无任何记录", En: "there is a head but no event"})
		return nil
	})
	return err
}

// feed walks the anchors: their own chain, and the event each of them names.
func (v *verifier) feed(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT f.position, f.case_no, f.from_seq, f.to_seq, f.hash, f.chain, e.hash,
			CASE WHEN e.hash IS NULL THEN (SELECT coalesce(max(x.seq), 0) FROM case_event x WHERE x.case_no = f.case_no) ELSE 0 END
		FROM feed f LEFT JOIN case_event e ON e.case_no = f.case_no AND e.seq = f.to_seq ORDER BY f.position`)
	if err != nil {
		return err
	}
	var f dbsqlc.Feed
	var have []byte
	var lastSeq, position int64
	var chain []byte
	_, err = pgx.ForEachRow(rows, []any{&f.Position, &f.CaseNo, &f.FromSeq, &f.ToSeq, &f.Hash, &f.Chain, &have, &lastSeq}, func() error {
		if f.Position != position+1 {
			v.find(Finding{Kind: FeedMissing, Position: position + 1,
				Zh: fmt.Sprintf("缺少第 %d 至 %d 个锚点", position+1, f.Position-1), En: fmt.Sprintf("anchors %d to %d are missing", position+1, f.Position-1)})
		} else if !bytes.Equal(f.Chain, anchorChain(chain, f.Position, f.CaseNo, f.FromSeq, f.ToSeq, f.Hash)) {
			v.find(Finding{Kind: FeedBroken, Case: f.CaseNo, Seq: f.ToSeq, Position: f.Position,
				Zh: "锚点与其链不符", En: "the anchor does not fit the anchors' chain"})
		}
		v.anchored(f, have, lastSeq)
		position, chain = f.Position, append(chain[:0], f.Chain...)
		v.Anchors++
		v.step()
		return nil
	})
	return err
}

func (v *verifier) anchored(f dbsqlc.Feed, have []byte, lastSeq int64) {
	at := Finding{Case: f.CaseNo, Seq: f.ToSeq, Position: f.Position}
	switch {
	case have == nil && lastSeq == 0:
		at.Kind, at.Seq, at.Zh, at.En = CaseMissing, 1, "有锚点而无任何记录", "there is an anchor but no event"
	case have == nil && lastSeq < f.ToSeq:
		at.Kind, at.Seq = TailMissing, lastSeq+1
		at.Zh, at.En = fmt.Sprintf("锚点记到第 %d 条，记录止于第 %d 条", f.ToSeq, lastSeq), fmt.Sprintf("anchored up to event %d, the log ends at %d", f.ToSeq, lastSeq)
	case have == nil:
		at.Kind, at.Zh, at.En = EventMissing, "锚点所记之条缺失", "the anchored event is missing"
	case !bytes.Equal(have, f.Hash):
		at.Kind, at.Zh, at.En = Rewritten, "与确认时所立锚点不符", "it is not the event that was anchored when it became certain"
	default:
		return
	}
	v.find(at)
}

// unanchored finds cases with certain events that neither have an anchor nor wait for one: anchors
// were cut off at the end.
func (v *verifier) unanchored(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT h.case_no, coalesce(a.told, 0) FROM case_head h
		LEFT JOIN LATERAL (SELECT max(f.to_seq) AS told FROM feed f WHERE f.case_no = h.case_no) a ON true
		WHERE h.confirmed_seq > coalesce(a.told, 0) AND NOT EXISTS (SELECT 1 FROM feed_queue q WHERE q.case_no = h.case_no) ORDER BY 1`)
	if err != nil {
		return err
	}
	var number string
	var told int64
	_, err = pgx.ForEachRow(rows, []any{&number, &told}, func() error {
		v.find(Finding{Kind: FeedMissing, Case: number, Seq: told + 1, Zh: "已确认而无锚点", En: "certain, but its anchor is missing"})
		return nil
	})
	return err
}

// anchorChain is SQL's feed_chain.
func anchorChain(prev []byte, position int64, number string, from, to int64, hash []byte) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%x\x00%d %s %d %d %x", prev, position, number, from, to, hash)
	return h.Sum(nil)
}
