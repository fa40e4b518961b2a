package fault_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"lianban/engine"
	"lianban/fault"
	"lianban/standalone/devtest"
	"lianban/store"
)

// The proof that the comparison can fail: one account after the other is bent,
// and each time it is found.
func TestCheckFindsDisagreement(t *testing.T) {
	t.Parallel()
	h := open(t, devtest.Shared(t))
	api := h.api()
	h.worker()
	ended, number := h.filed(api, false), h.filed(api, false)
	for _, d := range through(ended) {
		require.Equal(t, http.StatusOK, h.do(t.Context(), api, d).status)
	}
	accept := deed{"clerk", number, engine.Accept, "receive", newKey("accept")}
	require.Equal(t, http.StatusOK, h.do(t.Context(), api, accept).status)
	late := deed{"clerk", number, engine.Accept, "receive", newKey("late")}
	require.Equal(t, http.StatusConflict, h.do(t.Context(), api, late).status)
	h.healed()
	api.kill9() // nobody mends what is bent now

	found := func(want string, told ...fault.Told) {
		t.Helper()
		report, err := fault.Check(t.Context(), fault.Sources{Store: h.store, Temporal: h.client, Told: told})
		require.NoError(t, err)
		var all []string
		for _, f := range report.Findings {
			all = append(all, f.String())
		}
		require.Contains(t, strings.Join(all, "\n"), want)
	}
	found("was told done at 1 under", fault.Told{Key: accept.key, Case: number, Outcome: fault.Done, Seq: 1})
	found("was told refused (claimed) under", fault.Told{Key: late.key, Case: number, Outcome: fault.Refused, Code: engine.Claimed})
	found("which is not recorded", fault.Told{Key: "nobody's", Case: number, Outcome: fault.Recorded})
	found("about a case that does not exist", fault.Told{Key: "k", Case: "nothing", Outcome: fault.Filed})

	// bend changes the database the way only a superuser can, and takes it back.
	bend := func(change, back, want string) {
		t.Helper()
		for i, sql := range []string{change, back} {
			_, err := h.store.Pool().Exec(t.Context(), "DO $$ BEGIN SET LOCAL session_replication_role = replica; "+sql+"; END $$")
			require.NoError(t, err, sql)
			if i == 0 {
				found(want)
			}
		}
		report, err := fault.Check(t.Context(), fault.Sources{Store: h.store, Temporal: h.client})
		require.NoError(t, err)
		require.Empty(t, report.Findings)
	}
	last := len(h.log(number))
	at := func(column string) string { return "(SELECT " + column + " FROM kept)" }
	_, err := h.store.Pool().Exec(t.Context(), `CREATE TABLE kept AS SELECT * FROM case_event WHERE case_no = $1 ORDER BY seq DESC LIMIT 1`, number)
	require.NoError(t, err)
	bend("DELETE FROM case_event e USING kept k WHERE e.case_no = k.case_no AND e.seq = k.seq",
		"INSERT INTO case_event SELECT * FROM kept", "its head names event")
	bend("UPDATE case_event SET command = '"+late.key+"' WHERE case_no = '"+number+"' AND seq = "+at("seq"),
		"UPDATE case_event SET command = '"+accept.key+"' WHERE case_no = '"+number+"' AND seq = "+at("seq"), "belongs to another command than its row says")
	bend("UPDATE case_event SET at = at + interval '1 second' WHERE case_no = '"+number+"' AND seq = "+at("seq"),
		"UPDATE case_event SET at = "+at("at")+" WHERE case_no = '"+number+"' AND seq = "+at("seq"), "has a time before that of the event before, or another than its row")
	bend("UPDATE command SET status = 'rejected' WHERE key = '"+accept.key+"'",
		"UPDATE command SET status = 'done' WHERE key = '"+accept.key+"'", "is answered as rejected and is in the log")
	bend("UPDATE command SET seq = seq - 1 WHERE key = '"+accept.key+"'",
		"UPDATE command SET seq = seq + 1 WHERE key = '"+accept.key+"'", "the log ends it at")
	bend("UPDATE command SET recorded_at = recorded_at + interval '1 hour' WHERE key = '"+accept.key+"'",
		"UPDATE command SET recorded_at = recorded_at - interval '1 hour' WHERE key = '"+accept.key+"'", "and counts from")
	bend("UPDATE case_record SET channel = 'online' WHERE case_no = '"+number+"'",
		"UPDATE case_record SET channel = 'window' WHERE case_no = '"+number+"'", "its rows in the read model are not those the log gives")
	bend("UPDATE case_head SET alarm = 'x' WHERE case_no = '"+number+"'",
		"UPDATE case_head SET alarm = '' WHERE case_no = '"+number+"'", "bears an alarm")

	// A decision nobody has in history, written in good order: chain and rows fit each other.
	ghost := engine.Decide(h.caseRules(number), h.view(number).State,
		engine.Command{ID: "ghost", Do: engine.Claim, By: engine.Actor{Kind: engine.Person, ID: "a-officer01", Org: "org-dept", Roles: []string{engine.RoleHandle}}, Step: "one", At: h.clock.Now()})
	require.Nil(t, ghost.Rejection)
	head, err := h.store.HeadOf(t.Context(), number)
	require.NoError(t, err)
	rows := engine.Project(h.caseRules(number), ghost.State)
	reply, err := h.store.Flush(t.Context(), store.Flush{
		Case: number, First: int64(last) + 1, Prev: head.LastHash, Fence: head.Fence, Fence2: head.Fence2,
		Events: engine.Seal(head.LastHash, ghost.Events), Changed: rows, Full: rows.All(),
	})
	require.NoError(t, err)
	require.Equal(t, store.Written, reply.Refused)
	found("its workflow has come to another event than the log's")
	found("belongs to act ghost, which was never recorded")
}
