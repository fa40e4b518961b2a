package api

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"lianban/api/gen"
	"lianban/store"
)

const streamPage = 100

// cursorText and cursorOf write and read a place in the feed. A position without
// a sequence is the end of its entry.
func cursorText(c store.FeedCursor) string { return fmt.Sprintf("%d.%d", c.Position, c.Seq) }

func cursorOf(text string) store.FeedCursor {
	position, seq, both := strings.Cut(text, ".")
	c := store.FeedCursor{Seq: math.MaxInt64}
	c.Position, _ = strconv.ParseInt(position, 10, 64) // the document's pattern has been checked
	if both {
		c.Seq, _ = strconv.ParseInt(seq, 10, 64)
	}
	return c
}

// visible are the organisations whose cases a caller may hear of.
func (s *Server) visible(ctx context.Context, c *caller) ([]string, error) {
	if !c.supervises() {
		return []string{c.session.Org}, nil
	}
	return s.cfg.Store.OrgsSupervised(ctx, c.session.Org)
}

// ListEvents implements GET /v1/events.
func (s *Server) ListEvents(ctx context.Context, req gen.ListEventsRequestObject) (gen.ListEventsResponseObject, error) {
	after := store.FeedCursor{}
	if req.Params.After != "" {
		after = cursorOf(req.Params.After)
	}
	// The end is read first: an empty page then says how far it has looked.
	end, err := s.cfg.Store.FeedEnd(ctx)
	if err != nil {
		return nil, err
	}
	limit := orElse(req.Params.Limit, 50)
	list, next, err := s.feed(ctx, official(ctx), after, limit)
	if err != nil {
		return nil, err
	}
	if len(list) < limit && end > next.Position {
		next = store.FeedCursor{Position: end, Seq: math.MaxInt64}
	}
	return gen.ListEvents200JSONResponse{Events: list, Next: nextText(next)}, nil
}

// nextText writes a cursor that may stand at the end of an entry.
func nextText(c store.FeedCursor) string {
	if c.Seq == math.MaxInt64 {
		return strconv.FormatInt(c.Position, 10)
	}
	return cursorText(c)
}

// feed reads a page for a caller and says where the next one begins.
func (s *Server) feed(ctx context.Context, c *caller, after store.FeedCursor, limit int) ([]gen.FeedEvent, store.FeedCursor, error) {
	of, err := s.visible(ctx, c)
	if err != nil {
		return nil, after, err
	}
	list, err := s.cfg.Store.FeedEvents(ctx, after, of, limit)
	if err != nil {
		return nil, after, err
	}
	stored := make([]store.StoredEvent, len(list))
	for i := range list {
		stored[i] = list[i].StoredEvent
	}
	actors, err := s.actors(ctx, stored)
	if err != nil {
		return nil, after, err
	}
	orgs, err := s.catalogue.organisations(speaking(ctx, "zh"))
	if err != nil {
		return nil, after, err
	}
	out := make([]gen.FeedEvent, len(list))
	folds := map[string]*folded{}
	for i := range list {
		f := folds[list[i].Case]
		if f == nil {
			if f, err = s.fold(ctx, list[i].Case); err != nil {
				return nil, after, err
			}
			folds[list[i].Case] = f
		}
		e, err := list[i].Event()
		if err != nil {
			return nil, after, err
		}
		step, _ := place(&e)
		out[i] = gen.FeedEvent{
			Cursor: cursorText(list[i].Cursor), Number: list[i].Case, Item: f.state.Item, Seq: e.Seq, At: e.At, Type: e.Type,
			By: actors(list[i].By), Step: step, Text: story{f.rules, f.state, orgs}.tell(&e), Hash: list[i].Hash,
		}
		after = list[i].Cursor
	}
	return out, after, nil
}

// stream is a live feed on its way to a caller.
type stream struct {
	s     *Server
	ctx   context.Context
	who   *caller
	after store.FeedCursor
}

// StreamEvents implements GET /v1/events/stream.
func (s *Server) StreamEvents(ctx context.Context, req gen.StreamEventsRequestObject) (gen.StreamEventsResponseObject, error) {
	st := &stream{s: s, ctx: ctx, who: official(ctx)}
	if req.Params.LastEventID != "" {
		st.after = cursorOf(req.Params.LastEventID)
		return st, nil
	}
	end, err := s.cfg.Store.FeedEnd(ctx)
	st.after = store.FeedCursor{Position: end, Seq: math.MaxInt64}
	return st, err
}

// VisitStreamEventsResponse sends events until the caller hangs up, his session
// ends, or the server stops. It starts with a comment, so that the caller knows
// the stream is open.
func (st *stream) VisitStreamEventsResponse(w http.ResponseWriter) error {
	wake, cancel := st.s.listener.Subscribe(store.TopicFeed)
	defer cancel()
	st.s.metrics.streams.Inc()
	defer st.s.metrics.streams.Dec()
	rc := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	beat := time.NewTicker(streamHeartbeat)
	defer beat.Stop()
	// A wake-up may be lost with its connection: look from time to time.
	look := time.NewTicker(time.Second)
	defer look.Stop()
	if !comment(w, rc, "open") {
		return nil
	}
	for {
		if err := st.send(w, rc); err != nil {
			if st.ctx.Err() == nil {
				st.s.fault("stream", err)
			}
			return nil // the caller comes back with the last id he has
		}
		select {
		case <-st.ctx.Done():
			return nil
		case <-wake:
		case <-look.C:
		case <-beat.C:
			if _, err := st.s.cfg.Store.SessionOf(st.ctx, st.who.token, st.s.cfg.Clock.Real()); err != nil || !comment(w, rc, "beat") {
				return nil
			}
		}
	}
}

func comment(w http.ResponseWriter, rc *http.ResponseController, text string) bool {
	_, err := fmt.Fprintf(w, ": %s\n\n", text)
	return err == nil && rc.Flush() == nil
}

// send writes everything there is after the last event sent.
func (st *stream) send(w http.ResponseWriter, rc *http.ResponseController) error {
	for {
		list, next, err := st.s.feed(st.ctx, st.who, st.after, streamPage)
		if err != nil {
			return err
		}
		for _, e := range list {
			data, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "event: case\nid: %s\ndata: %s\n\n", e.Cursor, data); err != nil {
				return err
			}
		}
		st.after = next
		if len(list) > 0 {
			if err := rc.Flush(); err != nil {
				return err
			}
		}
		if len(list) < streamPage {
			return nil
		}
	}
}
