/** Every state of a delivery, each worded as the index is by which those of a mailbox are found. */
export const stateConditions = ["state = 0", "state = 1", "state >= 2"] as const;
