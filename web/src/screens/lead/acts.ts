// Which acts stand on the joint case's page. Whether each is allowed, the server says.

/** On the case as a whole, in this order; each is shown, and says why where it cannot be done. */
export const onCase = ["add", "override", "continue", "stop", "amend", "extend", "comment"];

/** On one step of a lane. */
export const onStep = new Set(["urge", "drop", "extend", "override", "continue", "stop", "return", "grant", "deny", "consult"]);
