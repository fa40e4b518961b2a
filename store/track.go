package store

import (
	"bytes"
	"context"
	"errors"
	"time"

	"lianban/store/dbsqlc"
)

// Attempts says whether one more try at a subject ("track:NUMBER", "login:NAME") is allowed: at most
// limit in a window of the given length that starts with the first. until is when the window ends.
// The try is counted before it is judged, so that parallel guesses cannot slip through.
func (s *Store) Attempts(ctx context.Context, subject string, limit int, length time.Duration, now time.Time) (allowed bool, until time.Time, err error) {
	r, err := s.q.Attempt(ctx, dbsqlc.AttemptParams{Subject: subject, Now: now, Length: length})
	if err != nil {
		return false, time.Time{}, wrap("attempts", err)
	}
	return int(r.Tries) <= limit, r.WindowEnd.UTC(), nil
}

// ForgetAttempts ends the window of a subject, after a right guess.
func (s *Store) ForgetAttempts(ctx context.Context, subject string) error {
	return wrap("forget attempts", s.q.ForgetAttempts(ctx, subject))
}

// TrackCode says whether code is the tracking code of a case. It answers the same for a wrong code
// and for a case that is not there; count the try first (Attempts).
func (s *Store) TrackCode(ctx context.Context, number, code string) (bool, error) {
	hash, err := s.q.TrackCode(ctx, number)
	if err = wrap("track", err); errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && code != "" && bytes.Equal(hash, codeHash(number, code)), err
}
