package definition

// CheckCode is one kind of finding: its stable code and what it is about. The
// language reference explains each by example.
type CheckCode struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	About    string   `json:"about"`
}

// CheckCodes lists every code a finding can have, by group: S shape, F other
// files, A law, P papers, C conditions, R not run by this release. Codes are
// never given another meaning; a check that goes away leaves a gap.
var CheckCodes = []CheckCode{
	{"S001", SeverityError, "the file is not YAML"},
	{"S002", SeverityError, "a full-width colon or comma stands where YAML needs a half-width one"},
	{"S003", SeverityError, "indented with a tab or a full-width space"},
	{"S004", SeverityError, "the file is too large or nested too deep"},
	{"S005", SeverityError, "anchors, aliases, tags, merge keys or several documents"},
	{"S006", SeverityError, "the same key twice in one map"},
	{"S007", SeverityError, "the language line is missing or names another language"},
	{"S008", SeverityError, "the file is neither an item nor a fragment, a claim or tests"},
	{"S101", SeverityError, "unknown key"},
	{"S102", SeverityError, "a required key is missing"},
	{"S103", SeverityError, "a value of the wrong kind"},
	{"S104", SeverityError, "a word that is not one of those allowed"},
	{"S105", SeverityError, "a duration that cannot be read"},
	{"S106", SeverityError, "an id that is badly formed or reserved"},
	{"S107", SeverityError, "an id used twice"},
	{"S108", SeverityError, "a date, time, version or code that cannot be read"},
	{"S109", SeverityError, "a number out of range"},
	{"S110", SeverityError, "a list of times without its last, unconditional one"},
	{"S111", SeverityError, "a step without exactly one kind"},
	{"S112", SeverityError, "a key that does not belong here"},
	{"S113", SeverityError, "a JSON Schema that is not one, or an unknown dictionary entry"},
	{"S201", SeverityError, "a reference to something that does not exist"},
	{"S202", SeverityError, "a reference to something that stands below"},
	{"S203", SeverityError, "a reference to something of the wrong kind"},
	{"S204", SeverityError, "an unknown parameter"},
	{"S205", SeverityError, "nothing is decided"},
	{"S206", SeverityError, "the process does not start with its one intake"},
	{"S301", SeverityError, "an expression that cannot be read"},
	{"S302", SeverityError, "an unknown name in an expression"},
	{"S303", SeverityError, "kinds of values in an expression that do not fit"},
	{"S304", SeverityError, "compared with a text that is no option"},
	{"S305", SeverityError, "a name in an expression that has no value yet at that place"},

	{"F101", SeverityError, "an included fragment is not in the library"},
	{"F102", SeverityWarning, "the item of a child case is not in the library"},
	{"F103", SeverityError, "the claimed item or version is not in the library"},
	{"F104", SeverityError, "a parameter is set to what it cannot be"},
	{"F105", SeverityError, "a parameter without a value"},
	{"F106", SeverityError, "fragments that include each other"},
	{"F107", SeverityError, "two files hold the same version of the same item or fragment"},
	{"F108", SeverityError, "a scenario names what the item does not have"},

	{"A101", SeverityError, "no basis"},
	{"A102", SeverityError, "promised longer than the law allows"},
	{"A103", SeverityError, "a pause that may not stop the legal clock"},
	{"A104", SeverityError, "silence counts as consent without a basis"},
	{"A105", SeverityError, "silence counts as consent where it never may"},
	{"A106", SeverityError, "a licence without a legal limit"},
	{"A107", SeverityError, "a legal limit of a licence against article 42"},
	{"A108", SeverityError, "the collect window does not fit into the intake"},
	{"A109", SeverityError, "an intake of a licence against article 32"},
	{"A110", SeverityError, "hand-out later than ten working days after the decision"},
	{"A111", SeverityError, "fewer than two inspectors"},
	{"A112", SeverityError, "a hearing chaired by a reviewer"},
	{"A113", SeverityWarning, "no text on remedies for a denial"},
	{"A114", SeverityError, "lapse of an answer the acceptance does not wait for"},
	{"A115", SeverityWarning, "a promise instead of papers on a protected matter"},

	{"P101", SeverityError, "a paper nobody uses"},
	{"P102", SeverityWarning, "a paper asked for although nobody present uses it"},
	{"P103", SeverityError, "a paper asked for twice"},
	{"P104", SeverityError, "a paper needed to make itself"},
	{"P105", SeverityError, "a paper deferred to a gate that is not there"},
	{"P106", SeverityError, "a paper deferred beyond the promised limit"},
	{"P107", SeverityWarning, "a condition nobody checks"},

	{"C101", SeverityError, "a step that can never run"},
	{"C102", SeverityWarning, "answers for which a parallel block has no branch"},
	{"C103", SeverityError, "an answer read where it was not asked"},
	{"C104", SeverityError, "a decision that can never be a grant"},
	{"C105", SeverityWarning, "a condition that never holds"},
	{"C106", SeverityWarning, "more combinations than were tried"},

	{"R101", SeverityError, "a step kind this release does not run"},
	{"R102", SeverityError, "an include that is not resolved"},
	{"R103", SeverityError, "a key this release does not carry out"},
	{"R110", SeverityError, "programmes are not run by this release"},
}

var severities = func() map[string]Severity {
	m := make(map[string]Severity, len(CheckCodes))
	for _, c := range CheckCodes {
		m[c.Code] = c.Severity
	}
	return m
}()
