package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"lianban/api/gen"
	"lianban/contract"
	"lianban/engine"
	"lianban/letters"
	"lianban/letters/office"
	"lianban/store"
)

// Deliveries: by hand, and as the letters prove them.

// ActDeliver implements POST /v1/cases/{number}/acts/deliver.
func (s *Server) ActDeliver(ctx context.Context, r gen.ActDeliverRequestObject) (gen.ActDeliverResponseObject, error) {
	return s.done(ctx, engine.Deliver, r.Number, r.Params.IdempotencyKey, r.Body)
}

// VisitActDeliverResponse writes the answer.
func (a acted) VisitActDeliverResponse(w http.ResponseWriter) error { return a.write(w) }

// sweepArrivals tells cases of letters that have come, where a time waits for them.
// A case has been told when its command is recorded: from then on it is an act like
// any other, sent again until it is answered.
func (s *Server) sweepArrivals(ctx context.Context) error {
	for {
		list, err := s.cfg.Store.Arrivals(ctx, sweepBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		errs := make([]error, len(list))
		parallel(len(list), sweepWidth, func(i int) { errs[i] = s.arrived(ctx, &list[i]) })
		if err := errors.Join(errs...); err != nil || len(list) < sweepBatch || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
	}
}

func (s *Server) arrived(ctx context.Context, a *store.Arrival) error {
	waits, err := s.awaits(ctx, &a.Letter)
	if err != nil {
		return err
	}
	if waits {
		if err := s.tellArrival(ctx, a); err != nil {
			return err
		}
	}
	return s.cfg.Store.MarkArrival(ctx, a.Delivery)
}

// awaits says whether a time of the case waits for the delivery of what a letter carries.
func (s *Server) awaits(ctx context.Context, l *store.Letter) (bool, error) {
	if l.Notice == "" || l.Party != letters.Applicant {
		return false, nil
	}
	rows, err := s.cfg.Store.Dossier(ctx, l.Case)
	if err != nil {
		return false, err
	}
	for i := range rows {
		if d := rows[i].Delivery; d != nil && d.ID == l.Notice && d.Status == engine.DeliveryOpen {
			return true, nil
		}
	}
	return false, nil
}

// tellArrival records the system's word that a letter has come, and carries it to the
// case. There is one key for each way; the first proof counts.
func (s *Server) tellArrival(ctx context.Context, a *store.Arrival) error {
	way := engine.WayElectronic
	if a.Delivery.Channel == office.ChannelHand {
		way = engine.WayDirect
	}
	cmd := engine.Command{Do: engine.Deliver, By: engine.Actor{Kind: engine.System}, Args: engine.Args{
		Of: a.Letter.Notice, Way: way, Proof: a.Delivery.Proof, On: a.Delivery.DeliveredAt,
	}}
	// Whoever proves a delivery may have another clock than the case.
	now := s.cfg.Clock.Now()
	if cmd.Args.On.Before(a.Letter.At) {
		cmd.Args.On = a.Letter.At
	}
	if cmd.Args.On.After(now) {
		cmd.Args.On = time.Time{}
	}
	body, err := contract.EncodeCommand(cmd)
	if err != nil {
		return err
	}
	key := derivedKey("delivery "+a.Delivery.Channel, a.Letter.Case, a.Letter.ID)
	recorded, repeated, err := s.cfg.Store.RecordCommand(ctx, store.Intent{Key: key, Case: a.Letter.Case, Act: cmd.Do, By: cmd.By, Body: body, At: now})
	if err != nil || recorded.Status != store.CommandPending {
		return err
	}
	wait, cancel := s.temporal.within(ctx, s.cfg.Wait)
	defer cancel()
	s.metrics.swept.WithLabelValues("delivery").Inc()
	s.carry(wait, recorded, repeated) // without an answer the sweeper of acts goes on
	return nil
}
