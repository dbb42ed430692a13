/** The literal address: a name could lead to another interface, or to another family of addresses. */
export const loopback = "127.0.0.1";
