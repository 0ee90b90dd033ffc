// Retry what waiting can fix, within a deadline, and stop at once otherwise.
package main

import (
	"fmt"
	"math"
)

// The times are in seconds.
const (
	base     = 0.5
	limit    = 8.0
	attempts = 3
	deadline = 6.0
)

type reply struct {
	status     int
	code       string // error.code
	retryAfter float64
	took       float64
}

var good = reply{200, "", 0, 1.4}

var cases = []struct {
	name    string
	replies []reply
}{
	{"two short faults", []reply{{503, "", 0, 0.2}, {529, "", 0, 0.2}, good}},
	{"rate limit", []reply{{429, "rate_limit_exceeded", 2, 0.1}, good}},
	{"long rate limit", []reply{{429, "rate_limit_exceeded", 30, 0.1}, good}},
	{"no credit", []reply{{429, "credit_balance_exhausted", 0, 0.1}, good}},
	{"prompt too long", []reply{{400, "context_length_exceeded", 0, 0.1}}},
	{"slow and down", []reply{{504, "", 0, 4.0}, {504, "", 0, 4.0}, good}},
}

var state = 81

// share is from 0 to 1, and the same on each run. In production, use rand.Float64.
func share() float64 {
	state = state * 48_271 % 2_147_483_647
	return float64(state) / 2_147_483_647
}

// --8<-- [start:policy]

// Values of error.code for a limit on money or usage: add those of your provider.
var spentCodes = map[string]bool{"credit_balance_exhausted": true}

// worthARetry says whether the same request can succeed later without anyone's help.
func worthARetry(status int, code string) bool {
	switch status {
	case 429:
		return !spentCodes[code]
	case 408, 500, 502, 503, 504, 529:
		return true
	}
	return false
}

func call(replies []reply) string {
	spent := 0.0
	for attempt := 0; attempt < attempts; attempt++ {
		r := replies[attempt]
		spent += r.took // a real client also cuts the call off at the deadline
		if r.status == 200 {
			return fmt.Sprintf("answered after %d calls, %.1f s", attempt+1, spent)
		}
		if !worthARetry(r.status, r.code) {
			return fmt.Sprintf("fallback: %d %s is not "+
				"worth a retry", r.status, r.code)
		}
		if attempt == attempts-1 {
			break
		}
		// A random wait below a growing limit, and never less than Retry-After.
		most := math.Min(limit, base*math.Pow(2, float64(attempt)))
		wait := math.Max(share()*most, r.retryAfter)
		if spent+wait >= deadline {
			return fmt.Sprintf("fallback: a wait of %.1f s "+
				"would miss the deadline", wait)
		}
		spent += wait
		if left := deadline - spent; r.took >= left {
			return fmt.Sprintf("fallback: %.1f s left, "+
				"a call took %.1f s", left, r.took)
		}
	}
	return fmt.Sprintf("fallback: %d calls failed", attempts)
}

// --8<-- [end:policy]

func main() {
	for _, c := range cases {
		fmt.Printf("%-18s%s\n", c.name, call(c.replies))
	}
}
