package api

import (
	"slices"

	"lianban/engine"
)

// Who says which callers a policy lets in.
type Who int

// The kinds of caller, from widest to narrowest.
const (
	Anybody   Who = iota // no login
	Dev                  // no login, only with the built-in identity
	Applicant            // case number and code
	Official             // logged in, in one of the policy's roles
)

// Policy says who may call an operation. It is the first of three gates: lists
// are cut to the caller's organisation in SQL, and the engine judges every act
// on its case.
type Policy struct {
	Who Who
	// Roles, one of which an Official needs; empty: any.
	Roles []string
}

// Roles outside the process of a case.
const (
	RoleAnalyst   = "analyst"   // writes definitions
	RolePublisher = "publisher" // publishes supervision rules, and what analysts have written
	RoleOperator  = "operator"  // runs the installation
	RoleAdmin     = "admin"     // keeps the directory, loads calendars
)

// caseRoles take part in cases.
var caseRoles = []string{
	engine.RoleClerk, engine.RoleHandle, engine.RoleCheck, engine.RoleApprove, engine.RoleLead, engine.RoleOrganHead,
	engine.RoleGovernmentHead, engine.RoleSupervisor,
}

// The policies, by the name operations call them (`x-policy`).
var named = map[string]Policy{
	"public":      {Who: Anybody},
	"dev":         {Who: Dev},
	"applicant":   {Who: Applicant},
	"signed-in":   {Who: Official},
	"file":        {Who: Official, Roles: []string{engine.RoleClerk}},
	"act":         {Who: Official, Roles: caseRoles},
	"read-cases":  {Who: Official, Roles: caseRoles},
	"read-tasks":  {Who: Official, Roles: caseRoles},
	"read-events": {Who: Official, Roles: caseRoles},
	// answer-cards: see the cards of one's organisation and answer for them; supervise: decide on them.
	"answer-cards": {Who: Official, Roles: caseRoles},
	"read-reports": {Who: Official, Roles: caseRoles},
	"supervise":    {Who: Official, Roles: []string{engine.RoleSupervisor}},
	"upload":       {Who: Official, Roles: caseRoles},
	// edit: write, try and publish definitions, by two persons; operate: install a version as it is.
	"edit":       {Who: Official, Roles: []string{RoleAnalyst, RolePublisher}},
	"operate":    {Who: Official, Roles: []string{RoleOperator, RoleAdmin}},
	"run":        {Who: Official, Roles: []string{RoleOperator}},
	"administer": {Who: Official, Roles: []string{RoleAdmin}},
	"publish":    {Who: Official, Roles: []string{RolePublisher}},
}

// Policies names the policy of every operation. A test walks document and
// router and fails on one that is missing or differs from its `x-policy`.
var Policies = map[string]string{
	"login": "public", "whoami": "signed-in", "logout": "signed-in", "changeSession": "signed-in", "listWays": "public", "beginSignIn": "public", "endSignIn": "public", "providerLogout": "public", "changePassword": "signed-in",

	"getOrganisation": "administer", "putOrganisation": "administer", "listPeople": "signed-in", "createPerson": "administer", "getPerson": "administer",
	"changePerson": "administer", "resetPassword": "administer", "listParties": "signed-in", "putParty": "administer", "endParty": "administer",
	"listGaps": "signed-in", "listWindows": "signed-in", "putWindow": "administer", "listItemWindows": "public", "listAdministration": "administer",
	"listAccounts": "dev", "listOrganisations": "signed-in",

	"listItems": "public", "listGrants": "public", "getItem": "public", "listVersions": "public", "getVersion": "public", "getVersionFlow": "public", "getGuide": "public",
	"checkItem": "edit", "publishItem": "operate", "checkPapers": "file", "listSources": "signed-in", "testSource": "publish",

	"listDefinitionDrafts": "edit", "newDefinitionDraft": "edit", "getDefinitionDraft": "edit", "saveDefinitionDraft": "edit",
	"dropDefinitionDraft": "edit", "requestPublication": "edit", "withdrawPublication": "edit", "publishDefinitionDraft": "edit",
	"returnDefinitionDraft": "edit", "testDefinition": "edit", "diffDefinitions": "edit", "diffVersions": "edit", "playDefinition": "edit", "getItemHistory": "edit", "listVersionCases": "edit", "getVersionTests": "edit",
	"suspendVersion": "edit", "resumeVersion": "edit", "getLanguageNames": "edit", "getLanguageSchema": "public",

	"startCase": "file", "listCases": "read-cases", "getCase": "read-cases", "getTimeline": "read-cases", "getClocks": "read-cases",
	"getPapers": "read-cases", "getCaseTasks": "read-cases", "getNotices": "read-cases", "getResults": "read-cases",
	"getWaitingFor": "read-cases", "getCaseFlow": "read-cases", "lookAtTask": "read-cases", "leaveTask": "read-cases", "getTaskActs": "act", "getCaseActs": "act", "getDossier": "read-cases", "getTalk": "read-cases", "getPaperFile": "read-cases", "getCaseFile": "read-cases",
	"getGathering": "read-cases",
	"listLetters":  "read-cases", "getLetter": "read-cases", "getLetterFile": "read-cases", "proveLetter": "act", "checkLetter": "public",
	"listLetterTemplates": "administer", "getLetterTemplate": "administer", "publishLetterTemplate": "administer", "previewLetterTemplate": "administer",
	"listTrackCodes": "read-cases", "reissueTrackCode": "file",
	"trackLetters": "applicant", "trackLetterFile": "applicant",

	"actGap": "act", "actClear": "act", "actAnswer": "act", "actAccept": "act", "actRefuse": "act", "actClaim": "act",
	"actRelease": "act", "actPass": "act", "actSendBack": "act", "actGrant": "act", "actDeny": "act", "actAgree": "act",
	"actAgreeWith": "act", "actDisagree": "act", "actNotConcerned": "act", "actNeedsUpper": "act", "actStop": "act",
	"actContinue": "act", "actReturn": "act", "actDrop": "act", "actAdd": "act", "actAmend": "act", "actExtend": "act",
	"actPause": "act", "actResume": "act",
	"actHand": "act", "actWithdraw": "act", "actTerminate": "act",
	"actAssign": "act", "actTransfer": "act", "actDelegate": "act", "actGiveBack": "act", "actRecall": "act", "actUrge": "act",
	"actAddSigner": "act", "actRemoveSigner": "act",
	"actConsult": "act", "actReply": "act", "actCopy": "act", "actRead": "act", "actComment": "act", "actHandOver": "act",
	"actFulfil": "act", "actRetract": "act", "actJudge": "act", "actAnnul": "act", "actChallenge": "act", "actDefend": "act", "actKeep": "act",

	"actArrange": "act", "actRecord": "act", "actRectify": "act", "actRecheck": "act",

	"actPost": "act", "actObject": "act", "actUphold": "act", "actDismiss": "act",

	"actRequest": "act",

	"actInform": "act", "actAskTime": "act", "actRefuseTime": "act", "actHear": "act",

	"actCorrect": "act", "actMend": "act",

	"actOverride": "act",

	"actDeliver": "act",

	"listTasks": "read-tasks", "claimTasks": "act", "completeTasks": "act",
	"listDeputies": "act", "putDeputy": "act", "endDeputy": "act", "handOverDesk": "act",
	"listDrafts": "signed-in", "getDraft": "signed-in", "saveDraft": "signed-in", "dropDraft": "signed-in",

	"uploadFile": "upload", "getFile": "upload", "getCommand": "signed-in",
	"listEvents": "read-events", "streamEvents": "read-events",
	"getAgeing": "read-reports", "getAgeingLines": "read-reports", "exportAgeing": "read-reports",
	"exportCases": "read-cases", "exportReport": "read-reports", "exportReportLines": "read-reports",
	"getReport": "read-reports", "getReportLines": "read-reports", "getSupervisionSettings": "signed-in", "putSupervisionSettings": "publish", "getSupervision": "signed-in", "publishSupervision": "publish", "listCards": "answer-cards", "getCard": "answer-cards", "raiseCard": "supervise", "explainCard": "answer-cards",
	"appealCard": "answer-cards", "confirmCard": "supervise", "liftCard": "supervise", "upholdCard": "supervise", "overturnCard": "supervise", "trackAnswer": "applicant",
	"trackWithdraw": "applicant", "trackUrge": "applicant", "trackUpload": "applicant", "trackCommand": "applicant", "track": "applicant", "trackFulfil": "applicant", "trackRectify": "applicant", "trackRequest": "applicant", "trackDefend": "applicant", "trackRate": "applicant", "trackRetract": "applicant", "trackAskTime": "applicant",
	"listCalendars": "signed-in", "previewCalendars": "administer", "loadCalendars": "administer",
	"getSettings": "run",
	"getClock":    "public", "advanceClock": "dev",
	"health": "public", "ready": "public", "metrics": "public", "openapi": "public", "listProblems": "public", "getProblem": "public",
}

// policyOf is the policy of an operation; false for one that names none, which
// is then refused to everybody.
func policyOf(operation string) (Policy, bool) {
	p, ok := named[Policies[operation]]
	return p, ok
}

// permits says whether roles fulfil the policy.
func (p Policy) permits(roles []string) bool {
	if len(p.Roles) == 0 {
		return true
	}
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(p.Roles, r) })
}
