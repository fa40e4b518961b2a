package api_test

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/api/gen"
	templates "lianban/definitions/letters"
	"lianban/letters"
	"lianban/letters/office"
)

// office makes an office on the rig's database.
func (r *rig) office() *office.Office {
	r.t.Helper()
	set, found, err := templates.Set(nil)
	require.NoError(r.t, err)
	require.False(r.t, found.Failed())
	out, err := office.OpenOutbox(filepath.Join(r.t.TempDir(), "letters"))
	require.NoError(r.t, err)
	o, err := office.New(office.Config{Store: r.store, Bucket: r.bucket, Templates: set, Senders: []office.Sender{out}, Link: "https://hall.example/check"})
	require.NoError(r.t, err)
	return o
}

// letter makes all letters there are to make.
func (r *rig) letters(o *office.Office) {
	r.t.Helper()
	_, err := r.store.Publish(r.t.Context())
	require.NoError(r.t, err)
	for {
		n, err := o.Number(r.t.Context())
		require.NoError(r.t, err)
		d, err := o.Draw(r.t.Context())
		require.NoError(r.t, err)
		m, err := o.Send(r.t.Context())
		require.NoError(r.t, err)
		if n+d+m == 0 {
			return
		}
	}
}

func (r *rig) letterList(as, number string) []gen.Letter {
	r.t.Helper()
	var out gen.LetterList
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters", as: as}).into(r.t, &out)
	return out.Letters
}

func kindsOf(list []gen.Letter) []string {
	var out []string
	for _, l := range list {
		out = append(out, l.Kind)
	}
	return out
}

func TestActsMakeLetters(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{})
	number, code := r.file()

	// Before anybody has made it, the receipt is in preparation: seen, without a number.
	list := r.letterList("clerk", number)
	require.Equal(t, []string{letters.Receipt}, kindsOf(list))
	require.Equal(t, gen.Preparing, list[0].Status)
	require.Empty(t, list[0].Number)
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + list[0].Id, as: "clerk"}).problem(t, 404, "no-such-letter")

	r.finish(number)
	r.eventually("the case's last events are certain", func() bool {
		h, err := r.store.HeadOf(t.Context(), number)
		require.NoError(t, err)
		if h.Confirmed < h.LastSeq {
			return false
		}
		r.letters(r.office())
		return !slices.ContainsFunc(r.letterList("lead", number), func(l gen.Letter) bool { return l.Status != gen.Ready })
	})
	list = r.letterList("lead", number)
	require.Equal(t, []string{letters.Receipt, letters.Acceptance, letters.Consultation, letters.Consultation, letters.Reply, letters.Reply, letters.Grant, letters.Delivery}, kindsOf(list))
	for _, l := range list {
		require.Contains(t, l.Number, "〔", l.Id)
		require.Equal(t, []gen.LetterForms{gen.LetterFormsHtml}, l.Forms, "no font was given")
		require.NotEmpty(t, l.OrgName)
	}

	// A department reads what it gives and gets, and nothing else.
	mine := r.letterList("one", number)
	require.Equal(t, []string{letters.Consultation, letters.Reply}, kindsOf(mine))
	grant := list[6]
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + grant.Id, as: "one"}).problem(t, 404, "no-such-letter")
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + grant.Id + "/file", as: "one"}).problem(t, 404, "no-such-letter")
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters", as: "stranger"}).problem(t, 403, "not-involved")

	var one gen.LetterWithData
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + grant.Id, as: "lead"}).into(t, &one)
	require.Equal(t, applicantName, one.Data.Text["to"])
	require.Equal(t, "P-1", one.Data.Lists["outputs"][0]["number"])
	require.Equal(t, grant.Number, one.Data.Text["number"])

	file := r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + grant.Id + "/file", as: "lead"})
	require.Equal(t, 200, file.status)
	require.Equal(t, "text/html; charset=utf-8", file.header.Get("Content-Type"))
	require.True(t, strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment;"))
	require.Equal(t, "default-src 'none'; style-src 'unsafe-inline'; sandbox", file.header.Get("Content-Security-Policy"))
	require.Equal(t, "nosniff", file.header.Get("X-Content-Type-Options"))
	require.Contains(t, string(file.body), applicantName)
	require.Contains(t, string(file.body), "准予行政许可决定书")
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + grant.Id + "/file?form=pdf", as: "lead"}).problem(t, 409, "letter-not-drawn")

	// The applicant has those to him.
	track := number + " " + code
	var his gen.LetterList
	r.do(req{method: "GET", path: "/v1/track/letters", track: track}).into(t, &his)
	require.Equal(t, []string{letters.Receipt, letters.Acceptance, letters.Grant, letters.Delivery}, kindsOf(his.Letters))
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/track/letters/" + grant.Id + "/file", track: track}).status)
	r.do(req{method: "GET", path: "/v1/track/letters/" + list[2].Id + "/file", track: track}).problem(t, 404, "no-such-letter")

	// The folder has it, and he has opened it: that is the proof. What was signed for is entered by the organ.
	r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + grant.Id, as: "lead"}).into(t, &one)
	require.Len(t, one.Letter.Deliveries, 2)
	require.Equal(t, []any{"inbox", gen.DeliveryStatusDelivered}, []any{one.Letter.Deliveries[0].Channel, one.Letter.Deliveries[0].Status})
	require.Equal(t, []any{"outbox", gen.DeliveryStatusSent, 1}, []any{one.Letter.Deliveries[1].Channel, one.Letter.Deliveries[1].Status, one.Letter.Deliveries[1].Attempts})
	prove := func(as, id string) answer {
		return r.do(req{method: "PUT", path: "/v1/cases/" + number + "/letters/" + id + "/proof", as: as, key: "-", body: map[string]any{"proof": "本人签收"}})
	}
	prove("supervisor", grant.Id).problem(t, 403, "not-permitted")
	prove("two", mine[1].Id).problem(t, 404, "no-such-letter")
	var proven gen.Letter
	prove("lead", grant.Id).into(t, &proven)
	require.Len(t, proven.Deliveries, 3)
	require.Equal(t, "本人签收", proven.Deliveries[0].Proof)
	require.Equal(t, 200, prove("clerk", grant.Id).status, "again changes nothing")
	require.Equal(t, 200, r.do(req{method: "GET", path: "/v1/cases/" + number + "/letters/" + mine[0].Id + "/file", as: "one"}).status)
	require.Contains(t, kindsOf(r.letterList("one", number)), letters.Consultation)
	require.Equal(t, "inbox", r.letterList("one", number)[0].Deliveries[0].Channel, "the department has its letter")

	// Anybody who holds it can check it; a wrong code says nothing, and guesses end.
	check := func(c string) answer {
		return r.do(req{method: "GET", path: "/v1/letters/check?" + url.Values{"case": {number}, "code": {c}}.Encode()})
	}
	var genuine gen.LetterCheck
	check(grant.Code).into(t, &genuine)
	require.Equal(t, grant.Number, genuine.Number)
	require.Equal(t, "单位 org-lead", genuine.OrgName)
	r.do(req{method: "GET", path: "/v1/letters/check?" + url.Values{"case": {number}, "code": {grant.Code}}.Encode(), header: english}).into(t, &genuine)
	require.Equal(t, "单位 org-lead", genuine.OrgName, "as it stands on the letter")
	require.NotContains(t, string(check(grant.Code).body), applicantName)
	for range 10 {
		check("AAAAAAAAAAAAAAAA").problem(t, 404, "no-such-letter")
	}
	check(grant.Code).problem(t, 429, "too-many")
	require.NotContains(t, r.log.String(), applicantName)
}

// The same feed by two offices at once: each letter once, numbers in a row.
func TestTwoOfficesMakeEachLetterOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, rigOptions{noWorker: true})
	var numbers []string
	for range 6 {
		n, _ := r.file()
		numbers = append(numbers, n)
	}
	_, err := r.store.Publish(t.Context())
	require.NoError(t, err)
	done := make(chan error, 2)
	for range 2 {
		o := r.office()
		go func() {
			for range 20 {
				if _, err := o.Number(t.Context()); err != nil {
					done <- err
					return
				}
				if _, err := o.Draw(t.Context()); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	require.NoError(t, <-done)
	require.NoError(t, <-done)
	var serials []string
	for _, n := range numbers {
		list := r.letterList("clerk", n)
		require.Len(t, list, 1)
		require.Equal(t, gen.Ready, list[0].Status)
		serials = append(serials, list[0].Number)
	}
	slices.Sort(serials)
	for i, s := range serials {
		require.True(t, strings.HasSuffix(s, "〕"+string(rune('1'+i))+"号"), serials)
	}
}
