// The least that a program costs: it says one line and ends.
// deno-lint-ignore no-console -- nothing is less than this
console.log("hello");
