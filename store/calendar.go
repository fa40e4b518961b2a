package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"lianban/store/dbsqlc"
)

// CalendarVersion is a calendar as cases name it.
type CalendarVersion struct {
	Region   string // "" for the whole mainland
	Version  string
	Data     []byte // calendar.Data as JSON; lists leave it out
	LoadedAt time.Time
	Current  bool // in use by new cases of the region; in lists only
}

// PutCalendar stores a version and says whether it is new; a new one is what new cases of the region
// use. The version names the content, so one that is there already is left alone.
func (s *Store) PutCalendar(ctx context.Context, c CalendarVersion) (bool, error) {
	fresh := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		q := s.q.WithTx(tx)
		n, err := q.PutCalendar(ctx, dbsqlc.PutCalendarParams{Region: c.Region, Version: c.Version, Data: notNull(c.Data), LoadedAt: c.LoadedAt})
		if fresh = n > 0; err != nil || !fresh {
			return err
		}
		return q.UseCalendar(ctx, dbsqlc.UseCalendarParams{Region: c.Region, Version: c.Version, Since: c.LoadedAt})
	})
	if err != nil || !fresh {
		return false, wrap("put calendar", err)
	}
	return true, s.Notify(ctx, TopicCatalogue)
}

// Calendar gives a version by its name, whatever its region (ErrNotFound).
func (s *Store) Calendar(ctx context.Context, version string) (CalendarVersion, error) {
	r, err := s.q.CalendarByVersion(ctx, version)
	return calendarVersion(r), wrap("calendar", err)
}

// LatestCalendar gives the calendar new cases of a region use: that of the longest region it lies in (ErrNotFound).
func (s *Store) LatestCalendar(ctx context.Context, region string) (CalendarVersion, error) {
	r, err := s.q.LatestCalendar(ctx, region)
	return calendarVersion(r), wrap("calendar", err)
}

// Calendars lists all versions, per region in the order they were loaded.
func (s *Store) Calendars(ctx context.Context) ([]CalendarVersion, error) {
	rows, err := s.q.Calendars(ctx)
	out := make([]CalendarVersion, len(rows))
	for i, r := range rows {
		out[i] = CalendarVersion{Region: r.Region, Version: r.Version, LoadedAt: r.LoadedAt.UTC(), Current: r.Current}
	}
	return out, wrap("calendars", err)
}

func calendarVersion(r dbsqlc.CalendarVersion) CalendarVersion {
	return CalendarVersion{Region: r.Region, Version: r.Version, Data: r.Data, LoadedAt: r.LoadedAt.UTC()}
}

// CalendarLoad is a loading of calendars and how far open cases have been told.
type CalendarLoad struct {
	ID  int64
	Key string
	// Regions: open cases whose region begins with one of them are told.
	Regions  []string
	Versions []string
	Reason   string
	By       string
	At       time.Time
	// DoneAt is when all had been told, zero before.
	DoneAt time.Time
	// Open cases not told yet; told; of them: answered, and refused because nothing was left to do.
	Open, Told, Done, Refused int
}

// LoadCalendars stores calendars, makes them what their regions use, and notes that open cases have to
// be told; all in one transaction. A key that was there gives its load and repeated; with other
// versions it is ErrKeyReused.
func (s *Store) LoadCalendars(ctx context.Context, l CalendarLoad, calendars []CalendarVersion) (load CalendarLoad, repeated bool, err error) {
	l.Regions, l.Versions = []string{}, []string{}
	for _, c := range calendars {
		l.Regions, l.Versions = append(l.Regions, c.Region), append(l.Versions, c.Version)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `INSERT INTO calendar_load (key, regions, versions, reason, by, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (key) DO NOTHING RETURNING id`, l.Key, l.Regions, l.Versions, l.Reason, l.By, l.At).Scan(&l.ID)
		if errors.Is(err, pgx.ErrNoRows) {
			repeated = true
			return nil
		}
		if err != nil {
			return err
		}
		q := s.q.WithTx(tx)
		for _, c := range calendars {
			if _, err := q.PutCalendar(ctx, dbsqlc.PutCalendarParams{Region: c.Region, Version: c.Version, Data: notNull(c.Data), LoadedAt: l.At}); err != nil {
				return err
			}
			if err := q.UseCalendar(ctx, dbsqlc.UseCalendarParams{Region: c.Region, Version: c.Version, Since: l.At}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return l, false, wrap("load calendars", err)
	}
	list, err := s.calendarLoads(ctx, `WHERE l.key = $1`, l.Key)
	if err != nil {
		return l, repeated, err
	}
	if repeated {
		if !slices.Equal(list[0].Versions, l.Versions) || list[0].By != l.By {
			return l, true, ErrKeyReused
		}
		return list[0], true, nil
	}
	return list[0], false, s.Notify(ctx, TopicCatalogue)
}

// recountable are the cases that live (closed ones with open duties, too) a load has to tell that it has not told. Whoever files after the load uses
// its calendar already; one who was about to is told within the grace, to no harm.
const recountable = `FROM case_living r WHERE r.received_at < l.at + interval '10 minutes'
	AND EXISTS (SELECT 1 FROM unnest(l.regions) p WHERE starts_with(r.region, p))
	AND NOT EXISTS (SELECT 1 FROM calendar_told t WHERE t.load = l.id AND t.case_no = r.case_no)`

func (s *Store) calendarLoads(ctx context.Context, where string, args ...any) ([]CalendarLoad, error) {
	rows, err := s.pool.Query(ctx, `SELECT l.id, l.key, l.regions, l.versions, l.reason, l.by, l.at, l.done_at,
		CASE WHEN l.done_at IS NULL THEN (SELECT count(*) `+recountable+`) ELSE 0 END,
		n.told, n.done, n.refused
		FROM calendar_load l, LATERAL (SELECT count(*) AS told, count(*) FILTER (WHERE c.status = 'done') AS done,
			count(*) FILTER (WHERE c.status = 'rejected') AS refused
			FROM calendar_told t JOIN command c ON c.key = t.key WHERE t.load = l.id) n `+where+` ORDER BY l.id`, args...)
	if err != nil {
		return nil, wrap("calendar loads", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (CalendarLoad, error) {
		var l CalendarLoad
		var done *time.Time
		err := row.Scan(&l.ID, &l.Key, &l.Regions, &l.Versions, &l.Reason, &l.By, &l.At, &done, &l.Open, &l.Told, &l.Done, &l.Refused)
		l.At, l.DoneAt = l.At.UTC(), instant(done)
		return l, err
	})
	return list, wrap("calendar loads", err)
}

// CalendarLoads lists all loads, the first one first.
func (s *Store) CalendarLoads(ctx context.Context) ([]CalendarLoad, error) {
	return s.calendarLoads(ctx, ``)
}

// CalendarLoadsOpen lists those that still have open cases to tell.
func (s *Store) CalendarLoadsOpen(ctx context.Context) ([]CalendarLoad, error) {
	return s.calendarLoads(ctx, `WHERE l.done_at IS NULL`)
}

// CasePlace is an open case with its region.
type CasePlace struct{ Number, Region string }

// ToRecount gives open cases a load has not told yet, by number.
func (s *Store) ToRecount(ctx context.Context, load int64, limit int) ([]CasePlace, error) {
	rows, err := s.pool.Query(ctx, `SELECT q.case_no, q.region FROM calendar_load l, LATERAL (SELECT r.case_no, r.region `+recountable+` ORDER BY r.case_no LIMIT $2) q WHERE l.id = $1`, load, limit)
	return places(rows, err)
}

// OpenCasesIn gives the cases that live, closed ones with open duties included, of the regions that begin with one of those given, by number, after one.
func (s *Store) OpenCasesIn(ctx context.Context, regions []string, after string, limit int) ([]CasePlace, error) {
	rows, err := s.pool.Query(ctx, `SELECT r.case_no, r.region FROM case_living r WHERE r.case_no > $2
		AND EXISTS (SELECT 1 FROM unnest($1::text[]) p WHERE starts_with(r.region, p)) ORDER BY r.case_no LIMIT $3`, regions, after, limit)
	return places(rows, err)
}

// LivingCases gives the numbers of the cases time still moves for, after one: open ones, and closed ones
// with a duty or a task that outlives them.
func (s *Store) LivingCases(ctx context.Context, after string, limit int) ([]string, error) {
	rows, err := s.pool.Query(ctx, `SELECT case_no FROM case_living WHERE case_no > $1 ORDER BY case_no LIMIT $2`, after, limit)
	if err != nil {
		return nil, wrap("living cases", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return list, wrap("living cases", err)
}

func places(rows pgx.Rows, err error) ([]CasePlace, error) {
	if err != nil {
		return nil, wrap("open cases", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[CasePlace])
	return list, wrap("open cases", err)
}

// NoteRecount notes that a case has been told: its command is recorded.
func (s *Store) NoteRecount(ctx context.Context, load int64, number, key string) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO calendar_told (load, case_no, key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, load, number, key)
	return wrap("note a recount", err)
}

// FinishCalendarLoad ends a load none of whose cases is left, once nobody can file under the calendar
// before any more. It says whether it has.
func (s *Store) FinishCalendarLoad(ctx context.Context, load int64, now time.Time) (bool, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE calendar_load l SET done_at = $2 WHERE l.id = $1 AND l.done_at IS NULL
		AND $2 > l.at + interval '10 minutes' AND NOT EXISTS (SELECT 1 `+recountable+`)`, load, now)
	return tag.RowsAffected() > 0, wrap("finish a calendar load", err)
}
