package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"lianban/api/gen"
	"lianban/letters"
	"lianban/letters/office"
	"lianban/store"
)

func noSuchLetter() *Problem {
	return problem(CodeNoSuchLetter, "该办件没有这份文书，或不能由本单位查阅", "the case has no such letter, or it is not for your organisation").at("letter")
}

// letterReader is whose letters are asked for.
type letterReader struct {
	whole     bool
	org       string
	applicant bool
}

// may says whether a letter is for the reader: the organ that gives it and the one that gets it may read
// it, and whoever sees the case whole; the applicant reads those to him.
func (r letterReader) may(org, party, partyOrg string) bool {
	if r.applicant {
		return party == letters.Applicant
	}
	return r.whole || org == r.org || partyOrg != "" && partyOrg == r.org
}

func (s *Server) letterReader(ctx context.Context, number string) (letterReader, error) {
	k, err := s.look(ctx, number)
	if err != nil {
		return letterReader{}, err
	}
	return letterReader{whole: k.whole, org: official(ctx).session.Org}, nil
}

// letterList gives the letters of a case: those that have their number, then those whose act is done.
func (s *Server) letterList(ctx context.Context, number string, reader letterReader) (gen.LetterList, error) {
	out := gen.LetterList{Number: number, Letters: []gen.Letter{}}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return out, err
	}
	filed, err := s.catalogue.filedUnder(ctx, number)
	if err != nil {
		return out, caseError(err)
	}
	plan, err := s.catalogue.plan(ctx, filed.hash)
	if err != nil {
		return out, err
	}
	head, err := s.cfg.Store.HeadOf(ctx, number)
	if err != nil {
		return out, caseError(err)
	}
	out.Seq = head.LastSeq
	// How far first: what is numbered meanwhile is in both answers, never in neither.
	done, err := s.cfg.Store.LetteredSeq(ctx, number)
	if err != nil {
		return out, err
	}
	list, err := s.cfg.Store.Letters(ctx, number)
	if err != nil {
		return out, err
	}
	ways, err := s.cfg.Store.Deliveries(ctx, number)
	if err != nil {
		return out, err
	}
	view := func(l store.Letter) gen.Letter {
		v := gen.Letter{
			Id: l.ID, Kind: l.Kind, Title: l.Title, Number: l.Number, Status: gen.Numbered, Seq: l.Seq, Org: l.Org, OrgName: orgs[l.Org].Name, To: l.Party,
			ToName: partyName(plan, orgs, l.Party), Step: l.Step, Notice: l.Notice, At: l.At, Code: l.Code, Template: l.Template,
		}
		if l.Party == letters.Applicant {
			v.ToName = "申请人"
		}
		for _, d := range ways {
			if d.Letter == l.ID {
				v.Deliveries = append(v.Deliveries, deliveryView(d, reader.applicant))
			}
		}
		if l.HTML != "" {
			v.Status, v.Forms = gen.Ready, append(v.Forms, gen.LetterFormsHtml)
		}
		if l.PDF != "" {
			v.Forms = append(v.Forms, gen.LetterFormsPdf)
		}
		return v
	}
	for _, l := range list {
		if reader.may(l.Org, l.Party, l.PartyOrg) {
			out.Letters = append(out.Letters, view(l))
		}
	}
	if done >= head.LastSeq {
		return out, nil
	}
	names := make(map[string]letters.Organ, len(orgs))
	for code, o := range orgs {
		names[code] = letters.Organ{Name: o.Name, Mark: o.Mark}
	}
	drafts, err := office.Pending(ctx, s.cfg.Store, s.catalogue.plan, number, done, 0, names)
	if err != nil {
		return out, err
	}
	for _, d := range drafts {
		if !reader.may(d.Organ, d.To, d.ToOrg) || slices.ContainsFunc(list, func(l store.Letter) bool { return l.ID == d.ID }) {
			continue
		}
		kind, _ := letters.KindOf(d.Kind)
		v := view(store.Letter{ID: d.ID, Kind: d.Kind, Title: kind.Zh, Seq: d.Seq, Org: d.Organ, Party: d.To, Step: d.Step, Notice: d.Notice, At: d.At})
		v.Status = gen.Preparing
		out.Letters = append(out.Letters, v)
	}
	return out, nil
}

// deliveryView shows a delivery; the applicant is not shown what went wrong inside.
func deliveryView(d store.Delivery, applicant bool) gen.Delivery {
	v := gen.Delivery{Channel: d.Channel, Status: gen.DeliveryStatus(d.Status), Attempts: d.Attempts, SentAt: d.SentAt, DeliveredAt: d.DeliveredAt, Proof: d.Proof, Error: d.Error}
	if d.Status == store.DeliveryWaiting {
		v.NextTry = d.NextTry
	}
	if applicant {
		v.Error, v.Attempts = "", 0
	}
	return v
}

// letter finds a letter for a reader.
func (s *Server) letter(ctx context.Context, number, id string, reader letterReader) (store.Letter, error) {
	l, err := s.cfg.Store.LetterByID(ctx, number, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !reader.may(l.Org, l.Party, l.PartyOrg) {
		return l, noSuchLetter()
	}
	return l, err
}

// ListLetters implements GET /v1/cases/{number}/letters.
func (s *Server) ListLetters(ctx context.Context, req gen.ListLettersRequestObject) (gen.ListLettersResponseObject, error) {
	reader, err := s.letterReader(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	out, err := s.letterList(ctx, req.Number, reader)
	return gen.ListLetters200JSONResponse(out), err
}

// GetLetter implements GET /v1/cases/{number}/letters/{letter}.
func (s *Server) GetLetter(ctx context.Context, req gen.GetLetterRequestObject) (gen.GetLetterResponseObject, error) {
	reader, err := s.letterReader(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	if _, err := s.letter(ctx, req.Number, req.Letter, reader); err != nil {
		return nil, err
	}
	list, err := s.letterList(ctx, req.Number, reader)
	if err != nil {
		return nil, err
	}
	out := gen.GetLetter200JSONResponse{}
	for _, l := range list.Letters {
		if l.Id == req.Letter {
			out.Letter = l
		}
	}
	raw, err := s.cfg.Store.LetterData(ctx, req.Number, req.Letter)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(raw, &out.Data)
}

// letterFile gives a letter's drawn form.
func (s *Server) letterFile(ctx context.Context, number, id, form string, reader letterReader) (*letterContent, error) {
	l, err := s.letter(ctx, number, id, reader)
	if err != nil {
		return nil, err
	}
	hash, kind, ending := l.PDF, "application/pdf", ".pdf"
	if form == "html" || form == "" && l.PDF == "" {
		hash, kind, ending = l.HTML, "text/html; charset=utf-8", ".html"
	}
	if hash == "" {
		return nil, problem(CodeLetterNotDrawn, "文书正在制作，或本系统没有可用于 PDF 的字体；可稍后再试，或改取网页版",
			"the letter is being made, or this installation has no font for PDF; try again, or ask for html").at("form").want("a drawn form", "none yet")
	}
	c, err := s.download(ctx, hash, fileName(l.Title+"_"+l.Number+ending), kind)
	if err != nil {
		return nil, err
	}
	// Whom the letter is for has it now (民事诉讼法第九十条): that is its proof.
	if reader.applicant || l.PartyOrg != "" && l.PartyOrg == reader.org {
		if _, err := s.cfg.Store.RecordDelivery(ctx, number, id, office.ChannelInbox, "opened in the product", s.cfg.Clock.Now()); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return &letterContent{c}, nil
}

// letterContent is a letter on its way. Its style sheet is inside; nothing else may run or load.
type letterContent struct{ *content }

func (c *letterContent) send(w http.ResponseWriter) error {
	c.policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
	return c.write(w)
}

// VisitGetLetterFileResponse sends the letter.
func (c *letterContent) VisitGetLetterFileResponse(w http.ResponseWriter) error { return c.send(w) }

// VisitPreviewLetterTemplateResponse sends what the letter would look like.
func (c *letterContent) VisitPreviewLetterTemplateResponse(w http.ResponseWriter) error {
	return c.send(w)
}

// VisitTrackLetterFileResponse sends the letter.
func (c *letterContent) VisitTrackLetterFileResponse(w http.ResponseWriter) error { return c.send(w) }

// GetLetterFile implements GET /v1/cases/{number}/letters/{letter}/file.
func (s *Server) GetLetterFile(ctx context.Context, req gen.GetLetterFileRequestObject) (gen.GetLetterFileResponseObject, error) {
	reader, err := s.letterReader(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	return answerFile[gen.GetLetterFileResponseObject](s.letterFile(ctx, req.Number, req.Letter, string(req.Params.Form), reader))
}

// TrackLetters implements GET /v1/track/letters.
func (s *Server) TrackLetters(ctx context.Context, _ gen.TrackLettersRequestObject) (gen.TrackLettersResponseObject, error) {
	out, err := s.letterList(ctx, official(ctx).number, letterReader{applicant: true})
	return gen.TrackLetters200JSONResponse(out), err
}

// TrackLetterFile implements GET /v1/track/letters/{letter}/file.
func (s *Server) TrackLetterFile(ctx context.Context, req gen.TrackLetterFileRequestObject) (gen.TrackLetterFileResponseObject, error) {
	return answerFile[gen.TrackLetterFileResponseObject](s.letterFile(ctx, official(ctx).number, req.Letter, string(req.Params.Form), letterReader{applicant: true}))
}

// answerFile keeps a nil pointer from becoming an answer.
func answerFile[T any](c *letterContent, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	return any(c).(T), nil
}

// CheckLetter implements GET /v1/letters/check.
func (s *Server) CheckLetter(ctx context.Context, req gen.CheckLetterRequestObject) (gen.CheckLetterResponseObject, error) {
	now, subject := s.cfg.Clock.Real(), "letter:"+req.Params.Case
	allowed, until, err := s.cfg.Store.Attempts(ctx, subject, trackGuesses, guessWindow, now)
	if err != nil {
		return nil, err
	}
	if !allowed {
		return nil, tooMany(retryAfter(until, now))
	}
	l, err := s.cfg.Store.CheckLetter(ctx, req.Params.Case, req.Params.Code)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem(CodeNoSuchLetter, "没有与该办件编号和核验码相符的文书，请核对文书上的编号和核验码", "no letter has this case number and code; both are on the letter").at("code")
	}
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Store.ForgetAttempts(ctx, subject); err != nil {
		return nil, err
	}
	// As it stands on the letter this is compared with.
	orgs, err := s.catalogue.organisations(speaking(ctx, "zh"))
	if err != nil {
		return nil, err
	}
	return gen.CheckLetter200JSONResponse{Case: l.Case, Kind: l.Kind, Title: l.Title, Number: l.Number, OrgName: orgs[l.Org].Name, At: l.At}, nil
}

// ProveLetter implements PUT /v1/cases/{number}/letters/{letter}/proof.
func (s *Server) ProveLetter(ctx context.Context, req gen.ProveLetterRequestObject) (gen.ProveLetterResponseObject, error) {
	reader, err := s.letterReader(ctx, req.Number)
	if err != nil {
		return nil, err
	}
	l, err := s.letter(ctx, req.Number, req.Letter, reader)
	if err != nil {
		return nil, err
	}
	if c := official(ctx); !(l.Org == reader.org || reader.whole && !c.supervises()) {
		return nil, problem(CodeNotPermitted, "送达由作出文书的单位、窗口或牵头单位登记", "delivery is recorded by the organ that gave the letter, the window or the lead").
			want("the giving organ, the window or the lead", reader.org)
	}
	if _, err := s.cfg.Store.RecordDelivery(ctx, req.Number, req.Letter, office.ChannelHand, req.Body.Proof, s.cfg.Clock.Now()); err != nil {
		return nil, err
	}
	list, err := s.letterList(ctx, req.Number, reader)
	if err != nil {
		return nil, err
	}
	for _, v := range list.Letters {
		if v.Id == req.Letter {
			return gen.ProveLetter200JSONResponse(v), nil
		}
	}
	return nil, noSuchLetter()
}
