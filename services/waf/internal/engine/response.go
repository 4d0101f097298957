package engine

import (
	"fmt"
	"net/http"
)

// ResponseHeaders inspects the start of a response.
func (i *Inspection) ResponseHeaders(status int, headers []Header) Verdict {
	for _, header := range headers {
		i.tx.AddResponseHeader(header.Name, header.Value)
	}
	return answered(i.verdict(i.tx.ProcessResponseHeaders(status, "HTTP/1.1")))
}

// ResponseBody inspects a response's whole body.
func (i *Inspection) ResponseBody(body []byte) (Verdict, error) {
	if len(body) > i.waf.profile.ResponseLimit {
		return refuse(http.StatusBadGateway, TooLarge), nil
	}
	if i.tx.IsResponseBodyProcessable() && len(body) > 0 {
		if _, _, err := i.tx.WriteResponseBody(body); err != nil {
			return Verdict{}, fmt.Errorf("write response: %w", err)
		}
	}
	interruption, err := i.tx.ProcessResponseBody()
	if err != nil {
		return Verdict{}, fmt.Errorf("process response: %w", err)
	}
	return answered(i.verdict(interruption)), nil
}

// answered: a response that must not leave is not the client's fault.
func answered(verdict Verdict) Verdict {
	if verdict.Refused {
		verdict.Status = http.StatusBadGateway
	}
	return verdict
}
