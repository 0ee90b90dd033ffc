// One complete tool loop. A script plays the model, so each run is the same.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"sort"
	"strings"
)

type object = map[string]any

// What the task may do. It comes from the user's session, never from the model.
const task, customer = "ticket-204", "c-17"

var allowed = []string{"find_order", "refund_line"}

type order struct {
	customer   string
	refundable map[string]int // the cents that each line can still get back
}

var (
	orders = map[string]order{
		"8841-A": {"c-17", map[string]int{"1": 4500, "2": 1990}},
		"8814-A": {"c-99", map[string]int{"1": 700}},
	}
	refunds = map[string]int{} // cents by idempotency key; in production, a table
)

type field struct{ name, kind string }

type tool struct {
	name, description string
	fields            []field
}

var tools = map[string]tool{
	"find_order": {"find_order", "Find an order of this customer.",
		[]field{{"order", "string"}}},
	"refund_line": {"refund_line", "Refund an order line, once per ticket.",
		[]field{{"order", "string"}, {"line", "string"}, {"cents", "integer"}}},
}

func (t tool) names() []string {
	names := []string{}
	for _, one := range t.fields {
		names = append(names, one.name)
	}
	return names
}

func (t tool) schema() object {
	types := object{}
	for _, one := range t.fields {
		types[one.name] = object{"type": one.kind}
	}
	parameters := object{"type": "object", "properties": types, "required": t.names()}
	return object{"type": "function", "function": object{
		"name": t.name, "description": t.description, "parameters": parameters}}
}

// --8<-- [start:checks]

type result struct {
	Error           string         `json:"error,omitempty"`
	RefundableCents map[string]int `json:"refundable_cents,omitempty"`
	Status          string         `json:"status,omitempty"`
	Cents           int            `json:"cents,omitempty"`
}

func refuse(why string, values ...any) result {
	return result{Error: fmt.Sprintf(why, values...)}
}

func runTool(name, argumentsText string) result {
	if !contains(allowed, name) { // 1
		return refuse("%s is not available in this task", name)
	}
	var arguments object // 2: text from outside, like any body
	if err := json.Unmarshal([]byte(argumentsText), &arguments); err != nil {
		return refuse("the arguments are not JSON: send one object")
	}
	for _, one := range tools[name].fields {
		value, sent := arguments[one.name]
		if !sent || len(arguments) != len(tools[name].fields) {
			names := strings.Join(tools[name].names(), ", ")
			return refuse("send exactly these fields: %s", names)
		}
		if typeOf(value) != one.kind {
			return refuse("%s must be of type %s", one.name, one.kind)
		}
	}
	number := arguments["order"].(string)
	ordered := orders[number]
	if ordered.customer != customer { // 3: the permission check
		return refuse("this customer has no such order: ask for the number")
	}
	if name == "find_order" {
		return result{RefundableCents: ordered.refundable}
	}
	line, cents := arguments["line"].(string), int(arguments["cents"].(float64))
	left, found := ordered.refundable[line]
	if !found { // 4
		return refuse("no such line: send one of %s", sortedNames(ordered.refundable))
	}
	// From the task and what it may book once. The id of a call is new each time.
	key := fmt.Sprintf("%s/refund/%s/%s", task, number, line)
	if booked, found := refunds[key]; found { // 5
		return result{Status: "already refunded", Cents: booked}
	}
	if cents <= 0 || cents > left { // 6
		return refuse("send at least 1 cent and at most %d", left)
	}
	refunds[key] = cents // in production, these two writes are one transaction
	ordered.refundable[line] -= cents
	return result{Status: "refunded", Cents: cents}
}

// --8<-- [end:checks]

// typeOf is the type of a JSON value, as schemas call it.
func typeOf(value any) string {
	switch value := value.(type) {
	case string:
		return "string"
	case float64:
		if value == float64(int(value)) {
			return "integer"
		}
	}
	return "another"
}

func sortedNames(lines map[string]int) string {
	names := []string{}
	for name := range lines {
		names = append(names, name)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

func contains(names []string, wanted string) bool {
	for _, name := range names {
		if name == wanted {
			return true
		}
	}
	return false
}

type call struct{ id, name, arguments string }

type message struct {
	role, content, callID string
	calls                 []call
}

// --8<-- [start:loop]

func loop(messages []message, mostRequests int) (string, error) {
	offered := []object{}
	for _, name := range allowed {
		offered = append(offered, tools[name].schema())
	}
	for number := 1; number <= mostRequests; number++ {
		reason, answer := ask(messages, offered)
		fmt.Printf("request %d with %d messages: %s\n", number, len(messages), reason)
		if reason == "stop" {
			return answer.content, nil
		}
		if reason != "tool_calls" { // cut off, refused or unknown: run nothing
			return "to a person: " + reason, nil
		}
		messages = append(messages, answer)
		for _, call := range answer.calls {
			text, err := json.Marshal(runTool(call.name, call.arguments))
			if err != nil {
				return "", err
			}
			fmt.Printf("  %s %s %s\n    %s\n", call.id, call.name, call.arguments, text)
			done := message{role: "tool", callID: call.id, content: string(text)}
			messages = append(messages, done)
		}
	}
	return "to a person: too many requests", nil
}

// --8<-- [end:loop]

// ask stands for the model server: with one, it sends both as JSON.
func ask(messages []message, offered []object) (string, message) {
	calls := script[0]
	script = script[1:]
	if calls == nil {
		return "stop", message{role: "assistant", content: "Refunded."}
	}
	return "tool_calls", message{role: "assistant", calls: calls}
}

const refund = `{"order": "8841-A", "line": "2", "cents": 500}`

var script = [][]call{
	{{"call_1a", "find_order", `{"order": "8841-A"}`},
		{"call_1b", "find_order", `{"order": "8814-A"}`}},
	{{"call_2a", "refund_line", `{"order": "8841-A", "line": "2", "cents": "5.00"}`}},
	{{"call_3a", "refund_line", refund}, {"call_3b", "refund_line", refund}},
	nil,
}

func main() {
	question := "The lamp of 8841-A is scratched. 5 euros?"
	answer, err := loop([]message{{role: "user", content: question}}, 6)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer)
}
