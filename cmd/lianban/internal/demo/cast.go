package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"time"

	"lianban/api/gen"
	"lianban/cmd/lianban/internal/client"
)

// cast is everybody who acts: one client per account, logged in when first
// needed and again after a restart.
type cast struct {
	server string
	people map[string]*client.Client
}

func (c *cast) as(ctx context.Context, login string) (*client.Client, error) {
	if p, ok := c.people[login]; ok {
		return p, nil
	}
	p := &client.Client{Server: c.server, Lang: "zh"}
	a, err := p.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/session", Body: gen.Login{Account: login}})
	if err != nil {
		return nil, fmt.Errorf("log in as %s: %w", login, err)
	}
	var s gen.Session
	if err := a.Decode(&s); err != nil {
		return nil, err
	}
	p.Token = s.Token
	c.people[login] = p
	return p, nil
}

// get reads a resource as somebody.
func (c *cast) get(ctx context.Context, login, path string, out any) error {
	p, err := c.as(ctx, login)
	if err != nil {
		return err
	}
	a, err := p.Do(ctx, client.Call{Method: http.MethodGet, Path: path})
	if err != nil {
		return fmt.Errorf("%s reads %s: %w", login, path, err)
	}
	return a.Decode(out)
}

// act does an act and waits until it is decided.
func (c *cast) act(ctx context.Context, login, number, act string, body map[string]any) error {
	p, err := c.as(ctx, login)
	if err != nil {
		return err
	}
	if body == nil {
		body = map[string]any{}
	}
	key := client.NewKey()
	a, err := p.Do(ctx, client.Call{Method: http.MethodPost, Path: "/v1/cases/" + url.PathEscape(number) + "/acts/" + act, Body: body, Key: key})
	if err != nil {
		return fmt.Errorf("%s by %s: %w", act, login, err)
	}
	return settled(ctx, p, a, key, act+" by "+login)
}

// settled waits for an act that was only recorded yet.
func settled(ctx context.Context, p *client.Client, a *client.Answer, key, what string) error {
	if a.Status != http.StatusAccepted {
		return nil
	}
	cmd, _, err := p.Settle(ctx, key, time.Minute)
	switch {
	case err != nil:
		return err
	case cmd.State != gen.CommandStateDone:
		return fmt.Errorf("%s: %s after a minute", what, cmd.State)
	}
	return nil
}

// refused does an act that must be refused with the given code.
func (c *cast) refused(ctx context.Context, login, number, act string, body map[string]any, code string) (string, error) {
	err := c.act(ctx, login, number, act, body)
	var p *client.Problem
	switch {
	case errors.As(err, &p) && p.Code == code:
		return p.Zh, nil
	case err != nil:
		return "", err
	}
	return "", fmt.Errorf("%s by %s was done; it must be refused with %s", act, login, code)
}

// upload hands in a small PDF of its own content and gives its hash.
func upload(ctx context.Context, p *client.Client, path, name string) (string, error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", mime.FormatMediaType("form-data", map[string]string{"name": "file", "filename": name + ".pdf"}))
	h.Set("Content-Type", "application/pdf")
	part, err := form.CreatePart(h)
	if err == nil {
		_, err = io.WriteString(part, paper(name))
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return "", err
	}
	a, err := p.Do(ctx, client.Call{Method: http.MethodPost, Path: path, Raw: &b, Type: form.FormDataContentType()})
	if err != nil {
		return "", fmt.Errorf("upload of %s: %w", name, err)
	}
	var f gen.File
	return f.Hash, a.Decode(&f)
}

// uploads hands in one paper after another and gives them as an act names them.
func uploads(ctx context.Context, p *client.Client, path string, ids []string) ([]map[string]any, error) {
	papers := []map[string]any{}
	for _, id := range ids {
		hash, err := upload(ctx, p, path, id)
		if err != nil {
			return nil, err
		}
		papers = append(papers, map[string]any{"id": id, "hash": hash})
	}
	return papers, nil
}

// paper is the smallest PDF there is, with a title that makes its content its own.
func paper(title string) string {
	return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R/Info<</Title(" + title + ")>>>>\n%%EOF\n"
}
