package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An extraction is a good answer of the model. Nil is null, which the model may say of number and product.
type extraction struct {
	OrderNumber *string `json:"order_number"`
	Product     *string `json:"product"`
	Reason      string  `json:"reason"`
}

var (
	fieldNames  = []string{"order_number", "product", "reason"}
	products    = []string{"kettle", "toaster", "lamp", "blender", "keyboard", "heater"}
	reasons     = []string{"defect", "wrong_item", "late", "missing", "other", "no_complaint"}
	orderNumber = regexp.MustCompile(`^[A-Z]-[0-9]{5}$`)
)

// readAnswer returns the extraction in the model's answer, or what is wrong with it: form first, then support in the
// message.
func readAnswer(answer choice, text string) (extraction, *failure) {
	message := answer.Message
	switch {
	case message.Refusal != nil && *message.Refusal != "":
		return extraction{}, unusable("refused", "", "the model refused to answer")
	case answer.FinishReason == "length":
		return extraction{}, unusable("cut_off", "", "the answer was cut off at the output cap")
	case message.Content == nil:
		return extraction{}, unusable("not_json", "", "the answer has no content")
	}
	found, failed := readForm(*message.Content)
	if failed == nil {
		failed = checkSupport(found, text)
	}
	return found, failed
}

// readForm reads one JSON object with exactly three fields. It goes through a map, because encoding/json would take
// "Reason" for "reason" in a struct, and a missing field for null.
func readForm(content string) (found extraction, failed *failure) {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(content), &fields) != nil || fields == nil {
		return found, unusable("not_json", "", "the answer is not one JSON object")
	}
	for _, name := range fieldNames {
		if _, given := fields[name]; !given {
			return found, unusable("wrong_shape", name, "is missing")
		}
	}
	if name := surplus(fields); name != "" {
		return found, unusable("wrong_shape", name, "is none of the three fields")
	}
	var reason *string
	switch {
	case json.Unmarshal(fields["order_number"], &found.OrderNumber) != nil ||
		found.OrderNumber != nil && !orderNumber.MatchString(*found.OrderNumber):
		failed = unusable("wrong_shape", "order_number", "is neither a capital letter, a hyphen and five digits, nor null")
	case json.Unmarshal(fields["product"], &found.Product) != nil ||
		found.Product != nil && !contains(products, *found.Product):
		failed = unusable("wrong_shape", "product", "is neither one of "+strings.Join(products, ", ")+", nor null")
	case json.Unmarshal(fields["reason"], &reason) != nil || reason == nil || !contains(reasons, *reason):
		failed = unusable("wrong_shape", "reason", "is none of "+strings.Join(reasons, ", "))
	default:
		found.Reason = *reason
	}
	return found, failed
}

// surplus returns the first name, in the order of the alphabet, that is none of the three fields, or "".
func surplus(fields map[string]json.RawMessage) string {
	var names []string
	for name := range fields {
		if !contains(fieldNames, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	sort.Strings(names)
	return names[0]
}

// checkSupport looks for number and product in the message. The reason can't be looked for.
func checkSupport(found extraction, text string) *failure {
	if number := found.OrderNumber; number != nil {
		letter, digits, _ := strings.Cut(*number, "-")
		if !standsAlone(letter+"[ -]?"+digits, text) {
			return unusable("unsupported_value", "order_number", fmt.Sprintf("'%s' is not in the message", *number))
		}
	}
	if product := found.Product; product != nil && !standsAlone(*product+"s?", text) {
		return unusable("unsupported_value", "product", fmt.Sprintf("'%s' is not in the message", *product))
	}
	return nil
}

// standsAlone says whether the pattern, in upper or lower case, stands in the text with neither a letter nor a digit
// beside it. Go's regular expressions can't look around, and their \b knows ASCII only: it sees the end of a word
// before an ü. Hence the look at both neighbors.
func standsAlone(pattern, text string) bool {
	for _, at := range regexp.MustCompile("(?i)"+pattern).FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if !inWord(before) && !inWord(after) {
			return true
		}
	}
	return false
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func contains(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}
