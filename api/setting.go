package api

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"lianban/api/gen"
)

// temporalCases is the address under which Temporal's own pages show cases, each by its number; "" when they are not
// known to be anywhere.
func temporalCases(ui, namespace string) (string, error) {
	if ui == "" {
		return "", nil
	}
	u, err := url.Parse(strings.TrimRight(ui, "/"))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("api: the address of Temporal's pages must be like https://HOST, got %q", ui)
	}
	if namespace == "" {
		return "", fmt.Errorf("api: Temporal's pages need the namespace")
	}
	return u.JoinPath("namespaces", namespace, "workflows").String() + "/", nil
}

// GetSettings implements GET /v1/settings.
func (s *Server) GetSettings(_ context.Context, _ gen.GetSettingsRequestObject) (gen.GetSettingsResponseObject, error) {
	return gen.GetSettings200JSONResponse{TemporalCases: s.temporalCases}, nil
}
