/** One complete tool loop. A script plays the model, so each run is the same. */

type Json = Record<string, unknown>;
type Called = { name: string; arguments: string };
type Call = { id: string; type: "function"; function: Called };
type Message = {
  role: string;
  content: string;
  tool_call_id?: string;
  tool_calls?: Call[];
};
type Arguments = { order: string; line: string; cents: number };
type Kind = "string" | "integer";

/** What the task may do. It comes from the user's session, never from the model. */
const [TASK, CUSTOMER] = ["ticket-204", "c-17"];
const ALLOWED = ["find_order", "refund_line"];
type Order = { customer: string; refundable: Map<string, number> };
/** The customer of each order, and the cents that its lines can still get back. */
const ORDERS = new Map<string, Order>([
  ["8841-A", { customer: "c-17", refundable: new Map([["1", 4500], ["2", 1990]]) }],
  ["8814-A", { customer: "c-99", refundable: new Map([["1", 700]]) }],
]);
const REFUNDS = new Map<string, number>(); // by idempotency key; in production, a table

const FIELDS: Record<string, Record<string, Kind>> = {
  find_order: { order: "string" },
  refund_line: { order: "string", line: "string", cents: "integer" },
};
const DESCRIPTIONS: Record<string, string> = {
  find_order: "Find an order of this customer.",
  refund_line: "Refund an order line, once per ticket.",
};

function tool(name: string): Json {
  const types = Object.entries(FIELDS[name]).map(([field, type]) => [field, { type }]);
  const parameters = {
    type: "object",
    properties: Object.fromEntries(types),
    required: Object.keys(FIELDS[name]),
  };
  const description = DESCRIPTIONS[name];
  return { type: "function", function: { name, description, parameters } };
}

// --8<-- [start:checks]
function runTool(name: string, argumentsText: string): Json {
  if (!ALLOWED.includes(name)) { // 1
    return { error: `${name} is not available in this task` };
  }
  let values: Json | null;
  try {
    values = JSON.parse(argumentsText); // 2: text from outside, like any body
  } catch {
    return { error: "the arguments are not JSON: send one object" };
  }
  const fields = Object.keys(FIELDS[name]);
  if (Object.keys(values ?? {}).sort().join() !== [...fields].sort().join()) {
    return { error: `send exactly these fields: ${fields.join(", ")}` };
  }
  for (const [field, kind] of Object.entries(FIELDS[name])) {
    if (!isA(kind, values![field])) {
      return { error: `${field} must be of type ${kind}` };
    }
  }
  const { order, line, cents } = values as Arguments;
  const found = ORDERS.get(order);
  if (found?.customer !== CUSTOMER) { // 3: the permission check
    return { error: "this customer has no such order: ask for the number" };
  }
  const { refundable } = found;
  if (name === "find_order") {
    return { refundable_cents: Object.fromEntries(refundable) };
  }
  const left = refundable.get(line);
  if (left === undefined) { // 4
    return { error: `no such line: send one of ${[...refundable.keys()].join(", ")}` };
  }
  // From the task and what it may book once. The id of a call is new each time.
  const key = `${TASK}/refund/${order}/${line}`;
  if (REFUNDS.has(key)) { // 5
    return { status: "already refunded", cents: REFUNDS.get(key) };
  }
  if (cents <= 0 || cents > left) { // 6
    return { error: `send at least 1 cent and at most ${left}` };
  }
  REFUNDS.set(key, cents); // in production, these two writes are one transaction
  refundable.set(line, left - cents);
  return { status: "refunded", cents };
}
// --8<-- [end:checks]

function isA(kind: Kind, value: unknown): boolean {
  return kind === "integer" ? Number.isInteger(value) : typeof value === "string";
}

// --8<-- [start:loop]
function loop(messages: Message[], mostRequests = 6): string {
  const tools = ALLOWED.map(tool);
  for (let number = 1; number <= mostRequests; number++) {
    const choice = ask({ model: "example", messages, tools });
    const { finish_reason: reason, message } = choice;
    console.log(`request ${number} with ${messages.length} messages: ${reason}`);
    if (reason === "stop") return message.content;
    if (reason !== "tool_calls") { // cut off, refused or unknown: run nothing
      return `to a person: ${reason}`;
    }
    messages.push(message);
    for (const { id, function: called } of message.tool_calls ?? []) {
      const text = JSON.stringify(runTool(called.name, called.arguments));
      console.log(`  ${id} ${called.name} ${called.arguments}\n    ${text}`);
      messages.push({ role: "tool", tool_call_id: id, content: text });
    }
  }
  return "to a person: too many requests";
}
// --8<-- [end:loop]

/** With a server: sends the request, and takes choices[0] of the body. */
function ask(request: Json): { finish_reason: string; message: Message } {
  const calls = SCRIPT.shift() ?? [];
  const message = { role: "assistant", content: calls.length ? "" : "Refunded." };
  const reason = calls.length ? "tool_calls" : "stop";
  return { finish_reason: reason, message: { ...message, tool_calls: calls } };
}

function call(number: string, name: string, values: string): Call {
  const called = { name, arguments: values };
  return { id: `call_${number}`, type: "function", function: called };
}

const REFUND = '{"order": "8841-A", "line": "2", "cents": 500}';
const SCRIPT = [
  [call("1a", "find_order", '{"order": "8841-A"}'),
   call("1b", "find_order", '{"order": "8814-A"}')],
  [call("2a", "refund_line", '{"order": "8841-A", "line": "2", "cents": "5.00"}')],
  [call("3a", "refund_line", REFUND), call("3b", "refund_line", REFUND)],
  [],
];
const QUESTION = "The lamp of 8841-A is scratched. 5 euros?";
console.log(loop([{ role: "user", content: QUESTION }]));
