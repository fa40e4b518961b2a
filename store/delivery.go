package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/store/dbsqlc"
)

// Delivery is a letter on its way by one channel.
type Delivery struct {
	Case, Letter, Channel string
	// Status: waiting, sent, delivered, failed (no further attempt is made).
	Status      string
	Attempts    int
	NextTry     time.Time
	SentAt      time.Time
	DeliveredAt time.Time
	// Proof shows that it was sent or came; Error is what the last attempt ran into.
	Proof, Error string
}

// The states of a delivery.
const (
	DeliveryWaiting   = "waiting"
	DeliverySent      = "sent"
	DeliveryDelivered = "delivered"
	DeliveryFailed    = "failed"
)

// ClaimDeliveries gives deliveries that are due on the channels, each to one caller for the lease: one
// who dies in the middle is followed by another attempt.
func (s *Store) ClaimDeliveries(ctx context.Context, channels []string, lease time.Duration, limit int) ([]Delivery, error) {
	rows, err := s.q.ClaimDeliveries(ctx, dbsqlc.ClaimDeliveriesParams{Lease: lease, Channels: channels, Most: int32(limit)})
	return deliveries(rows), wrap("claim deliveries", err)
}

// Attempt is what came of trying to send a letter.
type Attempt struct {
	At time.Time
	// Delivered: it has come; else it was sent when Proof is set.
	Delivered bool
	Proof     string
	// Error is what went wrong; Again when to try again, zero: never.
	Error string
	Again time.Time
}

// SettleDelivery records an attempt on a claimed delivery. One whose lease another has taken over, or
// that was delivered otherwise meanwhile, keeps what it is; the attempt is recorded all the same.
func (s *Store) SettleDelivery(ctx context.Context, d Delivery, a Attempt) error {
	p := dbsqlc.SettleDeliveryParams{CaseNo: d.Case, ID: d.Letter, Channel: d.Channel, Attempts: int32(d.Attempts), NextTry: a.At, Proof: a.Proof, Error: a.Error}
	outcome, detail := "sent", a.Proof
	switch {
	case a.Delivered:
		p.Status, p.SentAt, p.DeliveredAt, outcome = DeliveryDelivered, &a.At, &a.At, "delivered"
	case a.Proof != "":
		p.Status, p.SentAt = DeliverySent, &a.At
	case a.Again.IsZero():
		p.Status, outcome, detail = DeliveryFailed, "given-up", a.Error
	default:
		p.Status, p.NextTry, outcome, detail = DeliveryWaiting, a.Again, "failed", a.Error
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		if _, err := q.SettleDelivery(ctx, p); err != nil {
			return err
		}
		return q.PutAttempt(ctx, dbsqlc.PutAttemptParams{CaseNo: d.Case, ID: d.Letter, Channel: d.Channel, Attempt: int32(d.Attempts), At: a.At, Outcome: outcome, Detail: detail})
	})
	return wrap("settle delivery", err)
}

// RecordDelivery records that a letter has come by a channel, once; the first proof counts. It says
// whether this was the first.
func (s *Store) RecordDelivery(ctx context.Context, number, id, channel, proof string, at time.Time) (bool, error) {
	n, err := s.q.RecordDelivery(ctx, dbsqlc.RecordDeliveryParams{CaseNo: number, ID: id, Channel: channel, At: at, Proof: proof})
	return n > 0, wrap("record delivery", err)
}

// Deliveries gives the deliveries of a case's letters, by letter and channel.
func (s *Store) Deliveries(ctx context.Context, number string) ([]Delivery, error) {
	rows, err := s.q.DeliveriesOfCase(ctx, number)
	return deliveries(rows), wrap("deliveries", err)
}

// LetterAttempt is an attempt as it was recorded.
type LetterAttempt struct {
	Channel         string
	Attempt         int
	At              time.Time
	Outcome, Detail string
}

// LetterAttempts gives all attempts to send a letter.
func (s *Store) LetterAttempts(ctx context.Context, number, id string) ([]LetterAttempt, error) {
	rows, err := s.q.LetterAttempts(ctx, dbsqlc.LetterAttemptsParams{CaseNo: number, ID: id})
	out := make([]LetterAttempt, len(rows))
	for i, r := range rows {
		out[i] = LetterAttempt{Channel: r.Channel, Attempt: int(r.Attempt), At: r.At.UTC(), Outcome: r.Outcome, Detail: r.Detail}
	}
	return out, wrap("letter attempts", err)
}

// Arrival is a letter that has come and of which its case has not been told.
type Arrival struct {
	Delivery Delivery
	Letter   Letter
}

// Arrivals gives deliveries of which their case is to be told, where a clock waits for them; oldest first.
func (s *Store) Arrivals(ctx context.Context, limit int) ([]Arrival, error) {
	rows, err := s.q.UntoldDeliveries(ctx, int32(limit))
	out := make([]Arrival, len(rows))
	for i, r := range rows {
		out[i] = Arrival{Delivery: delivery(r.LetterDelivery), Letter: letterRow(r.Letter)}
	}
	return out, wrap("arrivals", err)
}

// MarkArrival records that an arrival needs nothing more.
func (s *Store) MarkArrival(ctx context.Context, d Delivery) error {
	return wrap("mark arrival", s.q.MarkDeliveryTold(ctx, dbsqlc.MarkDeliveryToldParams{CaseNo: d.Case, ID: d.Letter, Channel: d.Channel}))
}

func deliveries(rows []dbsqlc.LetterDelivery) []Delivery {
	out := make([]Delivery, len(rows))
	for i, r := range rows {
		out[i] = delivery(r)
	}
	return out
}

func delivery(r dbsqlc.LetterDelivery) Delivery {
	return Delivery{
		Case: r.CaseNo, Letter: r.ID, Channel: r.Channel, Status: r.Status, Attempts: int(r.Attempts), NextTry: r.NextTry.UTC(), SentAt: instant(r.SentAt),
		DeliveredAt: instant(r.DeliveredAt), Proof: r.Proof, Error: r.Error,
	}
}
