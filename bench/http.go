package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lianban/api"
	"lianban/definitions/calendars"
	"lianban/engine"
	"lianban/engine/calendar"
	"lianban/engine/definition"
	"lianban/store"
	"lianban/store/bucket"
	"lianban/store/clock"
)

// httpWay drives the whole path a clerk's click takes: session, durable intent,
// update, flush, answer, and a look into the store that the step
// can be read.
type httpWay struct {
	server  string
	client  *http.Client
	tokens  map[string]string
	hash    string // of the one paper
	store   *store.Store
	stop    func()
	readers sync.WaitGroup
}

func (w *httpWay) name() string { return "http" }

func newHTTPWay(ctx context.Context, e *env, rules *engine.Rules) (*httpWay, error) {
	if err := e.furnish(ctx, rules); err != nil {
		return nil, err
	}
	files, err := bucket.OpenDir(filepath.Join(e.data, "files"))
	if err != nil {
		return nil, err
	}
	business, err := clock.Open(ctx, e.store, time.Now)
	if err != nil {
		return nil, err
	}
	server, err := api.New(api.Config{Store: e.store, Bucket: files, Temporal: e.client, Clock: business, Dev: true})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(ctx)
	site := &http.Server{Handler: server.Handler(), ReadHeaderTimeout: 5 * time.Second}
	w := &httpWay{
		server: "http://" + listener.Addr().String(), tokens: map[string]string{}, store: e.store,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	w.readers.Go(func() { server.Run(running) })
	w.readers.Go(func() { _ = site.Serve(listener) }) // ends with Close
	w.stop = func() {
		_ = site.Close()
		cancel()
		w.readers.Wait()
	}
	for who := range people {
		var session struct{ Token string }
		if err := w.call(ctx, http.MethodPost, "/v1/session", "", "", map[string]string{"account": who}, &session); err != nil {
			w.close()
			return nil, fmt.Errorf("log in as %s: %w", who, err)
		}
		w.tokens[who] = session.Token
	}
	return w, w.upload(ctx)
}

func (w *httpWay) close() { w.stop() }

// furnish writes the bench's directory, item and calendar.
func (e *env) furnish(ctx context.Context, rules *engine.Rules) error {
	def := rules.Plan.Def
	for _, p := range def.Parties {
		org := parties[p.ID]
		if err := e.store.PutOrganisations(ctx, []store.Organisation{{Code: org, Name: p.Name, Region: region, Kind: p.Kind}}); err != nil {
			return err
		}
		if err := e.store.PutPartyOrgs(ctx, []store.PartyOrg{{Item: "*", Party: p.ID, Region: region, Org: org}}); err != nil {
			return err
		}
	}
	for login, a := range people {
		account := store.Account{ID: a.ID, Login: login, Name: login, Active: true, Roles: []store.Role{{Org: a.Org, Role: a.Roles[0]}}}
		if err := e.store.PutAccount(ctx, account); err != nil {
			return err
		}
	}
	national, err := calendars.National()
	if err != nil {
		return err
	}
	days, err := national.MarshalJSON()
	if err != nil {
		return err
	}
	if _, err := e.store.PutCalendar(ctx, store.CalendarVersion{Version: national.Version(), Data: days}); err != nil {
		return err
	}
	canonical, err := definition.Canonical(def)
	if err != nil {
		return err
	}
	day, err := calendar.ParseDate(def.Item.Effective)
	if err != nil {
		return err
	}
	return e.store.PublishDefinition(ctx, store.DefinitionVersion{
		Item: def.Item.Code, Version: def.Item.Version, Code: def.Item.Code, Name: def.Item.Name, EffectiveOn: day,
		Hash: rules.Plan.Hash, Canonical: canonical, Source: itemYAML, PublishedAt: time.Now(),
	})
}

// call sends JSON and reads JSON; anything but 2xx is an error.
func (w *httpWay) call(ctx context.Context, method, path, who, key string, body, out any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, w.server+path, in)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return w.send(req, who, key, out)
}

func (w *httpWay) send(req *http.Request, who, key string, out any) error {
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+w.tokens[who])
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusAccepted && key != "" {
		return w.settle(req.Context(), who, key, out)
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, resp.Status, b)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

// settle waits for an act that was only recorded yet, as a caller would.
func (w *httpWay) settle(ctx context.Context, who, key string, out any) error {
	again := time.NewTicker(look)
	defer again.Stop()
	for {
		var command struct {
			State string
			Seq   int64
		}
		if err := w.call(ctx, http.MethodGet, "/v1/commands/"+key, who, "", nil, &command); err != nil {
			return err
		}
		if command.State == "done" {
			b, err := json.Marshal(command)
			if err != nil {
				return err
			}
			return json.Unmarshal(b, out)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// upload hands in the one paper all cases use.
func (w *httpWay) upload(ctx context.Context) error {
	const boundary = "lianban-bench"
	body := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"request.txt\"\r\nContent-Type: text/plain\r\n\r\n申请表\r\n--" + boundary + "--\r\n"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.server+"/v1/files", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	var file struct{ Hash string }
	err = w.send(req, "clerk", "", &file)
	w.hash = file.Hash
	return err
}

func (w *httpWay) start(ctx context.Context, id string) (string, error) {
	var started struct{ Number string }
	err := w.call(ctx, http.MethodPost, "/v1/cases", "clerk", "bench-filing-"+id, map[string]any{
		"item": "11210300MB0X12345A4000999002000", "answers": map[string]any{"gathering": true},
		"form":   map[string]any{"applicant": map[string]any{"name": "某某餐饮店"}},
		"papers": []map[string]any{{"id": "request", "hash": w.hash}},
	}, &started)
	return started.Number, err
}

func (w *httpWay) step(ctx context.Context, number string, nth int) error {
	cmd := act(number, nth, time.Time{})
	body := map[string]any{"step": cmd.Step}
	if cmd.Args.Way != "" {
		body["way"] = cmd.Args.Way
	}
	who := strings.TrimPrefix(cmd.By.ID, "bench-")
	var done struct{ Seq int64 }
	if err := w.call(ctx, http.MethodPost, "/v1/cases/"+number+"/acts/"+string(cmd.Do), who, cmd.ID, body, &done); err != nil {
		return err
	}
	head, err := w.store.HeadOf(ctx, number) // readable, and not only promised
	if err != nil {
		return err
	}
	if head.LastSeq < done.Seq {
		return fmt.Errorf("case %s can be read up to event %d only, the answer named %d", number, head.LastSeq, done.Seq)
	}
	return nil
}
