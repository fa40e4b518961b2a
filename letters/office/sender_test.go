package office

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func envelope() *Envelope {
	return &Envelope{
		Key: "N1/9-denial", Case: "N1", Letter: "9-denial", Kind: "denial", Title: "不予行政许可决定书", Number: "立市监不准〔2026〕1号", OrganName: "立山区市场监督管理局",
		At: time.Date(2026, 2, 12, 2, 0, 0, 0, time.UTC), HTML: []byte("<p>网页</p>"), PDF: []byte("%PDF-1.7 文书"),
		To: Address{Applicant: true, Name: "某店", Email: "shop@example.cn", Phone: "13800001111"},
	}
}

func TestOutboxWritesOnceUnderOneName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "letters")
	b, err := OpenOutbox(dir)
	require.NoError(t, err)
	e := envelope()
	e.Case, e.Title = "../../N1", `a/b\c`
	for range 2 {
		r, err := b.Send(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, "..-..-N1/9-denial_a-b-c.pdf", r.Proof)
		require.False(t, r.Delivered)
	}
	got, err := os.ReadFile(filepath.Join(dir, "..-..-N1", "9-denial_a-b-c.pdf"))
	require.NoError(t, err)
	require.Equal(t, e.PDF, got)
	entries, err := os.ReadDir(filepath.Join(dir, "..-..-N1"))
	require.NoError(t, err)
	require.Len(t, entries, 2, "no part is left behind")
}

func TestGatewayTellsForEverFromForAWhile(t *testing.T) {
	t.Parallel()
	status, body := 200, `{"proof":"SMS-17","delivered":true}`
	var got posted
	var keys []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Idempotency-Key"))
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(401)
			return
		}
		_ = json.NewDecoder(r.Body).Decode(&got) // looked at below
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	g, err := NewGateway(srv.URL+"/send?key=hidden", "secret")
	require.NoError(t, err)
	r, err := g.Send(t.Context(), envelope())
	require.NoError(t, err)
	require.Equal(t, Receipt{Proof: "SMS-17", Delivered: true}, r)
	require.Equal(t, []string{"N1/9-denial"}, keys)
	require.Equal(t, []string{"某店", "13800001111"}, []string{got.To.Name, got.To.Phone})
	require.Equal(t, envelope().PDF, got.PDF)

	var refused *Refused
	body = ""
	for _, c := range []struct {
		status int
		final  bool
	}{{204, false}, {500, false}, {503, false}, {429, false}, {302, false}, {400, true}, {422, true}} {
		status = c.status
		_, err := g.Send(t.Context(), envelope())
		if c.status/100 == 2 {
			require.NoError(t, err)
			continue
		}
		require.Error(t, err)
		require.Equal(t, c.final, errors.As(err, &refused), c.status)
		require.NotContains(t, err.Error(), "13800001111")
	}
	status, body = 200, "not json"
	_, err = g.Send(t.Context(), envelope())
	require.Error(t, err)
	srv.Close()
	_, err = g.Send(t.Context(), envelope())
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hidden", "the address may hold a key")
	require.False(t, g.Reaches(Address{Org: "org-fire"}))
	_, err = NewGateway("gateway.example", "")
	require.Error(t, err)
}

// post is a mail server that takes what a test lets it take.
type post struct {
	addr  string
	reply string // to RCPT
	mu    sync.Mutex
	mails []string
}

func newPost(t *testing.T, reply string) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	p := &post{addr: l.Addr().String(), reply: reply}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	return p
}

func (p *post) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(s string) { _, _ = fmt.Fprintf(conn, "%s\r\n", s) } // a client that is gone ends the loop below
	r := bufio.NewReader(conn)
	say("220 post")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "EHLO", "HELO", "MAIL":
			say("250 ok")
		case "RCPT":
			say(p.reply)
		case "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				line, err := r.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(line, "."))
			}
			p.mu.Lock()
			p.mails = append(p.mails, b.String())
			p.mu.Unlock()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("502 no")
		}
	}
}

func TestEmailCarriesTheLetter(t *testing.T) {
	t.Parallel()
	p := newPost(t, "250 ok")
	m, err := NewEmail("smtp://" + p.addr + "?from=" + "hall@example.cn")
	require.NoError(t, err)
	r, err := m.Send(t.Context(), envelope())
	require.NoError(t, err)
	require.Equal(t, "SMTP 250 <N1.9-denial@127.0.0.1>", r.Proof)
	require.False(t, r.Delivered, "taken by a server is not yet come")
	require.Len(t, p.mails, 1)
	msg, err := mail.ReadMessage(strings.NewReader(p.mails[0]))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, "不予行政许可决定书 立市监不准〔2026〕1号", subject)
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	require.NoError(t, err)
	parts := multipart.NewReader(msg.Body, params["boundary"])
	var names []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		names = append(names, part.FileName())
	}
	require.Equal(t, []string{"", "不予行政许可决定书.pdf"}, names)
}

func TestEmailErrors(t *testing.T) {
	t.Parallel()
	var refused *Refused
	for reply, final := range map[string]bool{"550 no such user shop@example.cn": true, "451 later": false} {
		m, err := NewEmail("smtp://" + newPost(t, reply).addr + "?from=hall@example.cn")
		require.NoError(t, err)
		_, err = m.Send(t.Context(), envelope())
		require.Error(t, err)
		require.Equal(t, final, errors.As(err, &refused), reply)
		require.NotContains(t, err.Error(), "shop@example.cn")
	}
	m, err := NewEmail("smtp://127.0.0.1:1?from=hall@example.cn")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err = m.Send(ctx, envelope())
	require.Error(t, err)
	require.False(t, errors.As(err, &refused), "a server that is away comes back")
	require.False(t, m.Reaches(Address{Applicant: true, Email: "nothing"}))
	for _, bad := range []string{"http://x?from=a@b.cn", "smtp://x", "smtp://?from=a@b.cn", "smtp://u:secret@h:%zz"} {
		_, err := NewEmail(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "secret")
	}
}

func TestPausesGrowToALimit(t *testing.T) {
	t.Parallel()
	require.Equal(t, 30*time.Second, pauseAfter(1))
	require.Equal(t, time.Minute, pauseAfter(2))
	require.Equal(t, longestWait, pauseAfter(40))
	sum := time.Duration(0)
	for i := 1; i < mostTries; i++ {
		sum += pauseAfter(i)
	}
	require.Greater(t, sum, 24*time.Hour)
}
