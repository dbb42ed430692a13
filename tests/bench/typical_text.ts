/** A message as agents write them. */
export const typicalText =
  "The tests of the parser are green again; the fix is on the branch, have a look at it.";
