package definition

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func testScope() *Scope {
	return &Scope{
		Questions: map[string]ValueType{
			"gathering": {Kind: ValueBoolean},
			"fireMode":  {Kind: ValueText, Options: []string{"commitment", "ordinary"}},
			"kinds":     {Kind: ValueList, Options: []string{"hot", "packaged"}},
			"area":      {Kind: ValueNumber},
		},
		Form: map[string]any{"type": "object", "properties": map[string]any{
			"staff":     map[string]any{"type": "integer"},
			"applicant": map[string]any{"type": "object", "properties": map[string]any{"name": map[string]any{"type": "string"}}},
		}},
		Params:  map[string]ValueType{"free": {Kind: ValueNumber}},
		Steps:   map[string]Kind{"review": KindParallel, "food": KindDecide},
		Outputs: map[string]map[string]any{"licence": {"type": "object", "properties": map[string]any{"no": map[string]any{"type": "string"}}}},
		Calls:   map[string]map[string]any{"distance": {"type": "object", "properties": map[string]any{"metres": map[string]any{"type": "number"}}}},
	}
}

func testEnv() *Env {
	return &Env{
		Answers: map[string]any{"gathering": true, "kinds": []any{"packaged", "hot"}, "area": 120.0},
		Form:    map[string]any{"staff": 6.0, "applicant": map[string]any{"name": "某某"}},
		Case:    map[string]any{"region": "210304", "channel": "window", "receivedOn": "2026-02-12"},
		Param:   map[string]any{"free": 200.0},
		Steps:   map[string]any{"food": map[string]any{"verdict": "grant", "round": 1}},
		Outputs: map[string]any{"licence": map[string]any{"no": "A1"}},
		Calls:   map[string]any{"distance": map[string]any{"metres": 199.5}},
		Agreed:  func(block string) int { return len(block) },
		Objected: func(string) int {
			return 1
		},
	}
}

func TestExpressionsEvaluate(t *testing.T) {
	t.Parallel()
	for src, want := range map[Expr]any{
		`gathering`:                                 true,
		`not gathering`:                             false,
		`kinds == ["hot", "packaged"]`:              true, // several choices have no order
		`kinds == ["packaged"]`:                     false,
		`kinds != ["packaged"]`:                     true,
		`"hot" in kinds`:                            true,
		`"hot" not in kinds`:                        false,
		`len(kinds)`:                                2.0,
		`len(form.applicant.name)`:                  2.0,
		`area >= 100 and area < 200.5`:              true,
		`area * 2 - 40`:                             200.0,
		`form.staff / 4`:                            1.5,
		`area == 120`:                               true,
		`area <= param.free ? "filing" : "permit"`:  "filing",
		`case.region startsWith "2103"`:             true,
		`case.receivedOn < "2026-03-01"`:            true,
		`steps.food.verdict == "grant"`:             true,
		`steps.food.verdict in ["grant", "absent"]`: true,
		`steps.food.round > 0`:                      true,
		`outputs.licence.no`:                        "A1",
		`calls.distance.metres < 200`:               true,
		`agreed(review)`:                            6.0,
		`objected("review") <= 1`:                   true,
		`steps.food.verdict == "deny" or gathering`: true,
		`gathering or fireMode == "commitment"`:     true, // the second part is never read
	} {
		p, err := CompileExpr(src, testScope(), ValueAny)
		require.NoError(t, err, src)
		got, err := p.Eval(testEnv())
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
}

func TestWhatHasNoValueDoesNotHold(t *testing.T) {
	t.Parallel()
	for _, src := range []Expr{
		`fireMode == "commitment"`, `fireMode != "commitment"`, `not (fireMode == "commitment")`,
		`not gathering or fireMode != "ordinary"`, `form.staff > 1`, `kinds == []`, `"hot" in kinds`, `"hot" not in kinds`,
		`steps.food.verdict != "deny"`, `len(kinds) == 0`, `objected(review) == 0`,
	} {
		p, err := CompileExpr(src, testScope(), ValueBoolean)
		require.NoError(t, err, src)
		require.False(t, p.Bool(&Env{Answers: map[string]any{"gathering": true}}), src)
		require.False(t, p.Bool(nil), src)
		_, err = p.Eval(nil)
		var unknown *UnknownError
		require.ErrorAs(t, err, &unknown, src)
	}
	p, err := CompileExpr("gathering", testScope(), ValueBoolean)
	require.NoError(t, err)
	require.False(t, p.Bool(&Env{Answers: map[string]any{"gathering": "yes"}}), "an answer of another kind has no value")
	require.True(t, (*Program)(nil).Bool(nil), "no condition always holds")
}

func TestExpressionsAreRefused(t *testing.T) {
	t.Parallel()
	for src, want := range map[Expr]struct {
		fault  ExprFault
		offset int
		fix    string
	}{
		`gatherin`:                        {FaultName, 0, "gathering"},
		`gathering and gatherng`:          {FaultName, 14, "gathering"},
		`fireMode == "comitment"`:         {FaultOption, 12, "commitment"},
		`fireMode in ["ordinary", "x"]`:   {FaultOption, 25, ""},
		`kinds == ["hott"]`:               {FaultOption, 10, "hot"},
		`"pack" in kinds`:                 {FaultOption, 0, ""},
		`area`:                            {FaultType, 0, ""},
		`area == "x"`:                     {FaultType, 5, ""},
		`gathering + 1 == 2`:              {FaultType, 10, ""},
		`form.stuff > 1`:                  {FaultName, 0, "form.staff"},
		`form.applicant.nam == ""`:        {FaultName, 0, "form.applicant.name"},
		`form`:                            {FaultName, 0, ""},
		`case.regoin == "1"`:              {FaultName, 0, "case.region"},
		`steps.foot.round == 1`:           {FaultName, 0, "food"},
		`steps.food.verdct == "deny"`:     {FaultName, 0, "steps.food.verdict"},
		`steps.food.verdict == "granted"`: {FaultOption, 22, "grant"},
		`agreed(food) > 1`:                {FaultName, 0, ""},
		`now() > 1`:                       {FaultName, 0, ""},
		`all(kinds, true)`:                {FaultName, 0, ""},
		`kinds[0] == "hot"`:               {FaultSyntax, 0, ""},
		`let x = 1; x == 1`:               {FaultSyntax, 4, ""},
		`nil == nil`:                      {FaultSyntax, 0, ""},
		`area % 2 == 1`:                   {FaultSyntax, 5, ""},
		`gathering and`:                   {FaultSyntax, 12, ""},
		`gathering ??  true`:              {FaultSyntax, 10, ""},
		``:                                {FaultSyntax, 0, ""},
	} {
		_, err := CompileExpr(src, testScope(), ValueBoolean)
		var fault *ExprError
		require.ErrorAs(t, err, &fault, src)
		require.Equal(t, want.fault, fault.Fault, "%s: %s", src, fault.En)
		require.Equal(t, want.offset, fault.Offset, "%s: %s", src, fault.En)
		require.NotEmpty(t, fault.Zh, src)
		if want.fix != "" {
			require.Contains(t, fault.FixEn, want.fix, src)
			require.Contains(t, fault.FixZh, want.fix, src)
		}
	}
	long := Expr(strings.Repeat("area>1 and ", 300) + "gathering")
	_, err := CompileExpr(long, testScope(), ValueBoolean)
	var fault *ExprError
	require.ErrorAs(t, err, &fault)
	require.Equal(t, FaultTooLarge, fault.Fault)
	_, err = CompileExpr(Expr(strings.Repeat("(", 5000)), testScope(), ValueBoolean)
	require.ErrorAs(t, err, &fault)
	require.Equal(t, FaultTooLarge, fault.Fault)
}

func TestExpressionsSayWhatTheyRead(t *testing.T) {
	t.Parallel()
	p, err := CompileExpr(`gathering and steps.food.verdict == "grant" and (objected(review) > 1 or gathering)`, testScope(), ValueBoolean)
	require.NoError(t, err)
	require.Equal(t, []string{"gathering", "objected(review)", "steps.food.verdict"}, p.Reads)
	require.True(t, p.Late)
	p, err = CompileExpr(`form.staff > 1 and case.channel == "online"`, testScope(), ValueBoolean)
	require.NoError(t, err)
	require.Equal(t, []string{"case.channel", "form.staff"}, p.Reads)
	require.False(t, p.Late)
}

// Whatever is written and whatever the environment holds, compiling and running
// end in a value or an error.
func TestExpressionsNeverPanic(t *testing.T) {
	t.Parallel()
	words := []string{"gathering", "fireMode", "kinds", "area", "form.staff", "steps.food.round", "not", "and", "or", "==", "!=", "<", "in", "+", "-", "/", "(", ")", "[", "]", `"hot"`, "1", "0.5", "?", ":", ",", "len(", "agreed(review)", "true", "$env", "nil", ".", "#"}
	rapid.Check(t, func(t *rapid.T) {
		src := Expr(strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 12).Draw(t, "words"), " "))
		p, err := CompileExpr(src, testScope(), ValueBoolean)
		if err != nil {
			var fault *ExprError
			if !errors.As(err, &fault) || fault.Zh == "" || fault.En == "" {
				t.Fatalf("%q: %v", src, err)
			}
			return
		}
		values := []any{nil, true, 1.0, "hot", []any{"hot"}, map[string]any{"round": "x"}}
		env := &Env{Answers: map[string]any{}, Form: map[string]any{}, Steps: map[string]any{}}
		for _, k := range []string{"gathering", "fireMode", "kinds", "area"} {
			env.Answers[k] = rapid.SampledFrom(values).Draw(t, k)
		}
		env.Form["staff"] = rapid.SampledFrom(values).Draw(t, "staff")
		env.Steps["food"] = rapid.SampledFrom(values).Draw(t, "food")
		p.Bool(env)
	})
}

func BenchmarkExpression(b *testing.B) {
	p, err := CompileExpr(`gathering and area >= 100 and kinds != ["packaged"]`, testScope(), ValueBoolean)
	require.NoError(b, err)
	env := testEnv()
	b.ReportAllocs()
	for b.Loop() {
		p.Bool(env)
	}
}
