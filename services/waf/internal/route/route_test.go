package route

import "testing"

func TestTypedRoutes(t *testing.T) {
	for _, name := range []string{"api/acme/rest", "inference/northwind-labs/chat", "console/a/b", "upload/t1/files"} {
		parsed, err := Parse(name)
		if err != nil || parsed.String() != name {
			t.Errorf("%q: %v, %v", name, parsed, err)
		}
	}
}

func TestFailsOnAnythingElse(t *testing.T) {
	for _, name := range []string{
		"", "default", "api", "api/acme", "api/acme/x/y", "API/acme/x", "admin/acme/x", "inference/acme/", "inference//chat",
		"inference/acme/../x", "inference/ac me/x", "inference/acme/x.y", "inference/-acme/x", " inference/acme/chat", "inference/acme/chat\n",
	} {
		if parsed, err := Parse(name); err == nil {
			t.Errorf("%q is taken for %v", name, parsed)
		}
	}
}
