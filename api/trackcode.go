package api

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/store"
)

// trackCodeIssues bounds how many of one case are listed.
const trackCodeIssues = 100

// ReissueTrackCode implements POST /v1/cases/{number}/track-code.
func (s *Server) ReissueTrackCode(ctx context.Context, r gen.ReissueTrackCodeRequestObject) (gen.ReissueTrackCodeResponseObject, error) {
	k, err := s.counter(ctx, r.Number)
	if err != nil {
		return nil, err
	}
	proof, err := s.trackProof(ctx, k, r.Body)
	if err != nil {
		return nil, err
	}
	c, now, code := official(ctx), s.cfg.Clock.Now(), rand.Text()[:trackLetters]
	err = s.cfg.Store.Audited(ctx, store.Administrator{Account: c.session.Account, Org: c.session.Org, At: now}, func(reg *store.Registry) error {
		return reg.ReplaceTrackCode(ctx, r.Number, code, proof)
	})
	if err != nil {
		return nil, err
	}
	// Whoever guessed before guesses at another code now.
	if err := s.cfg.Store.ForgetAttempts(ctx, "track:"+r.Number); err != nil {
		return nil, err
	}
	s.log.Info("tracking code given anew", "request", callOf(ctx).id, "case", r.Number)
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	return gen.ReissueTrackCode200JSONResponse{
		Number: r.Number, ItemName: k.view.ItemName, ReceivedAt: k.view.ReceivedAt, TrackCode: shownCode(code), At: now,
		ByName: c.session.Name, OrgName: orgs[c.session.Org].Name, Bearer: r.Body.Bearer, BearerName: proof.Name,
	}, nil
}

// counter reads a case for a clerk of a window that has a part in it and sees it whole.
func (s *Server) counter(ctx context.Context, number string) (*seen, error) {
	k, err := s.look(ctx, number)
	if err != nil {
		return nil, err
	}
	org := official(ctx).session.Org
	if !k.whole || org != k.view.LeadOrg && !slices.Contains(k.view.Orgs, org) {
		return nil, problem(CodeNotInvolved, "只有该办件的收件、发证窗口可以办理", "only a window that takes in or hands out in this case does that").
			want("a window of the case", org)
	}
	return k, nil
}

var (
	identityCard  = regexp.MustCompile(`^[1-9][0-9]{16}[0-9X]$`)
	otherDocument = regexp.MustCompile(`^[0-9A-Z()/-]{5,24}$`)
)

// trackProof judges what was shown at the counter: the document is the applicant's or
// his agent's as the case knows them, or of somebody an authorisation names.
func (s *Server) trackProof(ctx context.Context, k *seen, b *gen.TrackCodeProof) (store.TrackCodeProof, error) {
	number := strings.ToUpper(strings.Join(strings.Fields(b.Number), ""))
	proof := store.TrackCodeProof{
		Bearer: string(b.Bearer), Name: clean(b.Name), Document: string(b.Document), Authority: b.Authority, Reason: clean(b.Reason), For: official(ctx).behalf,
	}
	if proof.Name == "" {
		return proof, badEntry("/name", "请填写证件上的姓名", "the name on the document is missing", "a name", "blank")
	}
	if proof.Reason == "" {
		return proof, badEntry("/reason", "请填写补发原因", "the reason is missing", "a reason", "blank")
	}
	if b.Document == gen.IdentityCard && !isIdentityCard(number) || !otherDocument.MatchString(number) {
		return proof, badEntry("/number", "证件号码的格式不对", "that is no number of such a document", "a number as on the document", "something else")
	}
	proof.Ending = number[len(number)-4:]
	if b.Bearer == gen.BearerRepresentative {
		return proof, s.authorised(ctx, b.Authority)
	}
	if b.Authority != "" {
		return proof, badEntry("/authority", "本人或办件所载代理人领取，不需授权文件", "the applicant, or the agent the case knows, needs no authorisation", "none", "a file")
	}
	name, id := k.view.Applicant.Name, k.view.Applicant.ID
	if b.Bearer == gen.BearerAgent {
		f, err := s.fold(ctx, k.view.Number)
		if err != nil {
			return proof, err
		}
		a := f.state.Agent
		if a == nil || a.Until < calendar.DateOf(s.cfg.Clock.Now()) {
			return proof, problem(CodeProofDiffers, "该办件没有授权仍有效的代理人", "the case knows no agent whose authorisation still runs").at("/bearer").want("an agent of the case", "none")
		}
		name, id = a.Name, a.ID
	}
	if !sameText(proof.Name, name) {
		return proof, problem(CodeProofDiffers, "证件上的姓名与办件所载不符", "the name on the document is not the one the case holds").at("/name").want("the name in the case", "another")
	}
	if id != "" && !sameText(number, id) {
		return proof, problem(CodeProofDiffers, "证件号码与办件所载不符", "the number of the document is not the one the case holds").at("/number").want("the number in the case", "another")
	}
	proof.Compared = id != ""
	return proof, nil
}

// authorised wants a file that authorises the bearer.
func (s *Server) authorised(ctx context.Context, hash string) error {
	if hash == "" {
		return badEntry("/authority", "代领须附申请人的授权文件", "somebody else needs the applicant's authorisation, as a file", "the hash of an uploaded file", "none")
	}
	_, err := s.cfg.Store.FileByHash(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return fileUnknown("authority")
	}
	return err
}

// isIdentityCard says whether a number is made like that of a resident identity card (GB 11643): with a birthday in it.
// It tells a person's number from the code of an organisation, of as many characters.
func isIdentityCard(number string) bool {
	if !identityCard.MatchString(number) {
		return false
	}
	_, err := time.Parse("20060102", number[6:14])
	return err == nil
}

// sameText compares without case and blanks.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), ""), strings.Join(strings.Fields(b), ""))
}

// ListTrackCodes implements GET /v1/cases/{number}/track-code.
func (s *Server) ListTrackCodes(ctx context.Context, r gen.ListTrackCodesRequestObject) (gen.ListTrackCodesResponseObject, error) {
	k, err := s.look(ctx, r.Number)
	if err != nil {
		return nil, err
	}
	if !k.whole {
		return nil, problem(CodeNotPermitted, "只有看得到整个办件的单位可以查看", "only who sees the whole case may see that").at("number")
	}
	list, err := s.cfg.Store.TrackCodeIssues(ctx, r.Number, trackCodeIssues)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, x := range list {
		ids[i] = x.Account
	}
	names, err := s.names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	orgs, err := s.catalogue.organisations(ctx)
	if err != nil {
		return nil, err
	}
	out := gen.ListTrackCodes200JSONResponse{Issues: make([]gen.TrackCodeIssue, len(list))}
	for i, x := range list {
		out.Issues[i] = gen.TrackCodeIssue{
			At: x.At, By: x.Account, ByName: names.of(x.Account).Name, Org: x.Org, OrgName: orgs[x.Org].Name, Bearer: gen.TrackCodeBearer(x.Proof.Bearer),
			Name: x.Proof.Name, Document: gen.TrackCodeDocument(x.Proof.Document), Ending: x.Proof.Ending, Compared: x.Proof.Compared,
			Authority: x.Proof.Authority, Reason: x.Proof.Reason,
		}
	}
	return out, nil
}
