package office

import (
	"context"
	"errors"
	"fmt"
	"io"

	"lianban/letters"
	"lianban/store"
)

// channels are those a letter goes out by.
func (o *Office) channels(a Address) []string {
	var out []string
	for _, s := range o.cfg.Senders {
		if s.Reaches(a) {
			out = append(out, s.Channel())
		}
	}
	return out
}

// Send sends letters that are due and says how many it tried.
func (o *Office) Send(ctx context.Context) (int, error) {
	names := make([]string, len(o.cfg.Senders))
	for i, s := range o.cfg.Senders {
		names[i] = s.Channel()
	}
	if len(names) == 0 {
		return 0, nil
	}
	list, err := o.cfg.Store.ClaimDeliveries(ctx, names, sendLease, sendBatch)
	if err != nil {
		return 0, err
	}
	for i, d := range list {
		if err := o.send(ctx, d); err != nil {
			return i, err
		}
	}
	return len(list), nil
}

// send makes one attempt and records it.
func (o *Office) send(ctx context.Context, d store.Delivery) error {
	a := store.Attempt{}
	receipt, err := o.attempt(ctx, d)
	a.At = o.cfg.Real().UTC()
	var refused *Refused
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // the lease ends by itself
	case err == nil:
		a.Proof, a.Delivered = receipt.Proof, receipt.Delivered
	default:
		o.fault("send", fmt.Errorf("letter %s of case %s by %s, attempt %d: %w", d.Letter, d.Case, d.Channel, d.Attempts, err))
		a.Error = errShort(err)
		if !errors.As(err, &refused) && d.Attempts < mostTries {
			a.Again = a.At.Add(pauseAfter(d.Attempts))
		}
	}
	return o.cfg.Store.SettleDelivery(ctx, d, a)
}

func (o *Office) attempt(ctx context.Context, d store.Delivery) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	l, err := o.cfg.Store.LetterByID(ctx, d.Case, d.Letter)
	if err != nil {
		return Receipt{}, err
	}
	e := &Envelope{Key: d.Case + "/" + d.Letter, Case: d.Case, Letter: d.Letter, Kind: l.Kind, Title: l.Title, Number: l.Number, At: l.At}
	if e.To, err = o.address(ctx, &l); err != nil {
		return Receipt{}, err
	}
	organs, err := o.organs(ctx)
	if err != nil {
		return Receipt{}, err
	}
	e.OrganName = organs[l.Org].Name
	if e.HTML, err = o.content(ctx, l.HTML); err != nil {
		return Receipt{}, err
	}
	if l.PDF != "" {
		if e.PDF, err = o.content(ctx, l.PDF); err != nil {
			return Receipt{}, err
		}
	}
	for _, s := range o.cfg.Senders {
		if s.Channel() == d.Channel {
			if !s.Reaches(e.To) {
				return Receipt{}, refuses("the addressee can no longer be reached this way")
			}
			r, err := s.Send(ctx, e)
			if err == nil && r.Proof == "" {
				r.Proof = "sent"
			}
			return r, err
		}
	}
	return Receipt{}, refuses("there is no such channel")
}

func (o *Office) content(ctx context.Context, hash string) ([]byte, error) {
	f, _, err := o.cfg.Bucket.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	return b, errors.Join(err, f.Close())
}

// address reads where a letter may go.
func (o *Office) address(ctx context.Context, l *store.Letter) (Address, error) {
	if l.Party != letters.Applicant {
		return Address{Org: l.PartyOrg}, nil
	}
	v, err := o.cfg.Store.CaseByNumber(ctx, l.Case)
	if err != nil {
		return Address{}, err
	}
	a := Address{Applicant: true, Name: v.Applicant.Name, Phone: v.Applicant.Phone}
	if m, ok := v.Form[letters.Applicant].(map[string]any); ok {
		a.Email, _ = m["email"].(string)
	}
	return a, nil
}
