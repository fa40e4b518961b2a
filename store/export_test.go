package store

// The queries of lists, for looking at their plans.
var (
	TaskQuery = taskQuery
	CaseQuery = caseQuery
)
