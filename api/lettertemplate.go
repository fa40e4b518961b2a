package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"lianban/api/gen"
	"lianban/engine/calendar"
	"lianban/letters"
	"lianban/letters/office"
	"lianban/store"
)

// kindOfLetter finds a kind of letter that has a wording here.
func (s *Server) kindOfLetter(id string) (letters.Kind, error) {
	k, ok := letters.KindOf(id)
	if !ok || s.wording.Own[id] == nil {
		return k, noEntry("kind", "没有这种文书，见 GET /v1/letter-templates", "there is no such kind of letter, see GET /v1/letter-templates")
	}
	return k, nil
}

// ListLetterTemplates implements GET /v1/letter-templates.
func (s *Server) ListLetterTemplates(ctx context.Context, _ gen.ListLetterTemplatesRequestObject) (gen.ListLetterTemplatesResponseObject, error) {
	list, err := s.cfg.Store.LetterEditions(ctx, "")
	if err != nil {
		return nil, err
	}
	by := map[string][]store.LetterEdition{}
	for _, e := range list {
		by[e.Kind] = append(by[e.Kind], e)
	}
	out := gen.ListLetterTemplates200JSONResponse{Kinds: []gen.LetterKind{}}
	today := calendar.DateOf(s.cfg.Clock.Now())
	for _, k := range letters.Kinds() {
		own := s.wording.Own[k.ID]
		if own == nil {
			continue
		}
		v := gen.LetterKind{Kind: k.ID, Zh: k.Zh, En: k.En, Word: k.Word, Version: own.Version, BuiltIn: true}
		if at := inForce(by[k.ID], today); at >= 0 {
			e := by[k.ID][at]
			v.Version, v.From, v.BuiltIn = e.Version, e.From, false
		}
		for _, e := range by[k.ID] {
			if e.From > today {
				v.Coming = true
			}
		}
		out.Kinds = append(out.Kinds, v)
	}
	return out, nil
}

// inForce is which of a kind's editions, the last published first, holds on a day; -1: none.
func inForce(list []store.LetterEdition, day calendar.Date) int {
	best := -1
	for i := range list {
		if list[i].From <= day && (best < 0 || list[i].From > list[best].From) {
			best = i
		}
	}
	return best
}

// GetLetterTemplate implements GET /v1/letter-templates/{kind}.
func (s *Server) GetLetterTemplate(ctx context.Context, r gen.GetLetterTemplateRequestObject) (gen.GetLetterTemplateResponseObject, error) {
	k, err := s.kindOfLetter(r.Kind)
	if err != nil {
		return nil, err
	}
	v, err := s.letterTemplate(ctx, k)
	return gen.GetLetterTemplate200JSONResponse(v), err
}

func (s *Server) letterTemplate(ctx context.Context, k letters.Kind) (gen.LetterTemplate, error) {
	list, err := s.cfg.Store.LetterEditions(ctx, k.ID)
	if err != nil {
		return gen.LetterTemplate{}, err
	}
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = e.PublishedBy
	}
	names, err := s.names(ctx, ids...)
	if err != nil {
		return gen.LetterTemplate{}, err
	}
	own := s.wording.Own[k.ID]
	out := gen.LetterTemplate{Kind: k.ID, Zh: k.Zh, En: k.En, Word: k.Word, Latest: latest(list, own)}
	at := inForce(list, calendar.DateOf(s.cfg.Clock.Now()))
	for i, e := range list {
		out.Editions = append(out.Editions, gen.LetterEdition{
			Version: e.Version, From: e.From, Hash: e.Hash, Source: string(e.Source), InForce: i == at, By: e.PublishedBy, ByName: names.of(e.PublishedBy).Name, PublishedAt: e.PublishedAt,
		})
	}
	out.Editions = append(out.Editions, gen.LetterEdition{Version: own.Version, Hash: own.Hash, Source: string(own.Source), BuiltIn: true, InForce: at < 0})
	for _, f := range append(k.Fields, letters.CommonFields()...) {
		out.Fields = append(out.Fields, letterField(f))
	}
	return out, nil
}

// latest is the hash of what was published last: who changes a wording has read that.
func latest(list []store.LetterEdition, own *letters.Template) string {
	if len(list) > 0 {
		return list[0].Hash
	}
	return own.Hash
}

func letterField(f letters.Field) gen.LetterField {
	v := gen.LetterField{Id: f.ID, Type: gen.LetterFieldType(f.Type), Zh: f.Zh, En: f.En, Must: f.Must}
	if f.Law != nil {
		v.Law, v.Article = f.Law.Law, f.Law.Article
	}
	for _, c := range f.Columns {
		v.Columns = append(v.Columns, gen.LetterColumn{Id: c.ID, Zh: c.Zh, En: c.En})
	}
	return v
}

// readTemplate reads a wording somebody has written for a kind.
func readTemplate(kind, source string) (*letters.Template, error) {
	t, found := letters.ParseTemplate(kind+".zh.yaml", []byte(source))
	if t != nil && !found.Failed() && t.Kind != kind {
		found = append(found, letters.Misnamed(kind+".zh.yaml", kind, t.Kind))
	}
	if t == nil || found.Failed() {
		p := problem(CodeDefinition, "文书样式未通过检查，下面逐条写明位置和改法", "the template did not pass its checks; each fault is listed with its place and how to mend it").at("/source").want("a template without errors", "errors")
		p.Findings = findings(found)
		return nil, p
	}
	return t, nil
}

// PublishLetterTemplate implements POST /v1/letter-templates/{kind}.
func (s *Server) PublishLetterTemplate(ctx context.Context, r gen.PublishLetterTemplateRequestObject) (gen.PublishLetterTemplateResponseObject, error) {
	k, err := s.kindOfLetter(r.Kind)
	if err != nil {
		return nil, err
	}
	from, err := calendar.ParseDate(r.Body.From)
	if err != nil {
		return nil, badEntry("/from", "没有这一天", "there is no such day", "2026-03-01", r.Body.From)
	}
	if today := calendar.DateOf(s.cfg.Clock.Now()); from < today {
		return nil, badEntry("/from", "不能早于今天：已发出的文书不变", "not before today: letters given stay as they are", "a day not before "+today.String(), from.String())
	}
	t, err := readTemplate(k.ID, r.Body.Source)
	if err != nil {
		return nil, err
	}
	own := s.wording.Own[k.ID]
	if t.Version == own.Version && t.Hash != own.Hash {
		return nil, versionExists(t.Version)
	}
	err = s.administer(ctx, func(reg *store.Registry) error {
		list, err := reg.LetterEditions(ctx, k.ID)
		if err != nil {
			return err
		}
		if now := latest(list, own); now != r.Body.Over {
			return changedMeanwhile("/over", r.Body.Over, now)
		}
		err = reg.PublishLetterEdition(ctx, store.LetterEdition{
			Kind: k.ID, Version: t.Version, From: from, Hash: t.Hash, Source: t.Source, PublishedBy: official(ctx).session.Account, PublishedAt: s.cfg.Clock.Now(),
		})
		if errors.Is(err, store.ErrExists) {
			return versionExists(t.Version)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	v, err := s.letterTemplate(ctx, k)
	return gen.PublishLetterTemplate200JSONResponse(v), err
}

// PreviewLetterTemplate implements POST /v1/letter-templates/{kind}/preview.
func (s *Server) PreviewLetterTemplate(ctx context.Context, r gen.PreviewLetterTemplateRequestObject) (gen.PreviewLetterTemplateResponseObject, error) {
	k, err := s.kindOfLetter(r.Kind)
	if err != nil {
		return nil, err
	}
	var t *letters.Template
	if r.Body.Source != "" {
		t, err = readTemplate(k.ID, r.Body.Source)
	} else {
		t, err = s.wording.In(ctx, k.ID, calendar.DateOf(s.cfg.Clock.Now()))
	}
	if err != nil {
		return nil, err
	}
	page := t.Fill(letters.SampleOf(k, office.Link("", "11210300MB0X12345A4000131001000202602120001", "SAMPLE0123456789")))
	var b []byte
	kind := "text/html; charset=utf-8"
	switch {
	case r.Body.Form != gen.PreviewPDF:
		b, err = letters.HTML(page)
	case !s.cfg.Fonts.Usable():
		return nil, problem(CodeLetterNotDrawn, "本系统没有可用于 PDF 的字体，可改看网页版", "this installation has no font for PDF; ask for html").at("/form").want("html", "pdf")
	default:
		kind = "application/pdf"
		b, _, err = letters.PDF(page, s.cfg.Fonts)
	}
	if err != nil {
		return nil, fmt.Errorf("preview of %s: %w", k.ID, err)
	}
	return &letterContent{&content{ReadSeekCloser: unclosed{bytes.NewReader(b)}, name: k.ID + "." + string(orElse(r.Body.Form, gen.PreviewHTML)), kind: kind, size: int64(len(b))}}, nil
}

// unclosed is content that lies in memory.
type unclosed struct{ io.ReadSeeker }

func (unclosed) Close() error { return nil }
