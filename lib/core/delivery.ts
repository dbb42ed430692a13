/**
 * The way of one message to one reader.
 *
 * | state | entered by | left by | ignores |
 * |---|---|---|---|
 * | accepted | the commit of a send; the end of a lease | a check that hands it over | acknowledgements of others; an answer from who was not handed it |
 * | handed | a check: leased to one process and one of its requests | `ack` → read; an answer → answered; `release` or the holder's end → accepted | checks of others |
 * | read | `ack`: the text was returned to the reader's model | an answer to it | everything else |
 * | answered | a send that replies to it | never | everything |
 *
 * A lease that ends because its holder died marks the delivery as redelivered: the text may have
 * been seen. One that was released unseen, or repeated to the same request, does not.
 */
const deliveryStates = ["accepted", "handed", "read", "answered"] as const;
export type DeliveryState = typeof deliveryStates[number];

/** The state under the number with which the store keeps it. */
export function deliveryState(stored: number): DeliveryState | undefined {
  return deliveryStates[stored];
}
