package engine

// Verdict is what becomes of a request.
type Verdict struct {
	// Refused says that it does not pass.
	Refused bool
	// Status of the answer, such as 403; zero where it passes.
	Status int
	// Reason is a word for logs and metrics, never for the client.
	Reason string
	// Rules that matched, by id, also where the request passes.
	Rules []int
}

// Reasons of verdicts.
const (
	Matched       = "rules"         // the rules found an attack
	TooLarge      = "too-large"     // the body, the response or a part of them is larger than its limit
	Unsupported   = "media-type"    // the route accepts no such body
	Malformed     = "malformed"     // the body is not what it says it is
	Trailers      = "trailers"      // nothing inspects trailers, so none pass
	Overloaded    = "overloaded"    // more requests than can be inspected in time
	Failed        = "failed"        // the inspection itself failed
	Misconfigured = "misconfigured" // the proxy does not send what must be inspected
	WouldRefuse   = "detected"      // the rules found an attack, and the route only detects
	Passed        = "passed"
)

func refuse(status int, reason string) Verdict {
	return Verdict{Refused: true, Status: status, Reason: reason}
}
