package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secretservice "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
)

// identities are the certificates of workloads, one a service account: pki/<namespace>/<service account>.crt and .key.
type identities struct{ folder string }

var identity = regexp.MustCompile(`^/ns/([a-z0-9-]+)/sa/([a-z0-9.-]+)$`)

func (i identities) rootFile() string { return filepath.Join(i.folder, "root.crt") }

// secrets gives each proxy the certificate of its own identity, as istio-agent does through a socket in the proxy's pod.
type secrets struct {
	secretservice.UnimplementedSecretDiscoveryServiceServer
	store identities
}

// FetchSecrets answers once.
func (s *secrets) FetchSecrets(ctx context.Context, request *discovery.DiscoveryRequest) (*discovery.DiscoveryResponse, error) {
	return s.answer(ctx, request)
}

// StreamSecrets answers each new subscription; certificates do not change while the lab runs.
func (s *secrets) StreamSecrets(stream secretservice.SecretDiscoveryService_StreamSecretsServer) error {
	var answered []string
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		if request.ErrorDetail != nil {
			return status.Errorf(codes.InvalidArgument, "a secret was refused: %s", request.ErrorDetail.Message)
		}
		// The same names again are how a proxy says that it has taken them.
		if slices.Equal(request.ResourceNames, answered) {
			continue
		}
		response, err := s.answer(stream.Context(), request)
		if err != nil {
			return err
		}
		if err := stream.Send(response); err != nil {
			return err
		}
		answered = request.ResourceNames
	}
}

func (s *secrets) answer(ctx context.Context, request *discovery.DiscoveryRequest) (*discovery.DiscoveryResponse, error) {
	caller, err := callerOf(ctx)
	if err != nil {
		return nil, status.Error(codes.Unauthenticated, err.Error())
	}
	response := &discovery.DiscoveryResponse{VersionInfo: "1", Nonce: "1", TypeUrl: request.TypeUrl}
	for _, name := range request.ResourceNames {
		secret, err := s.secret(caller, name)
		if err != nil {
			return nil, status.Error(codes.NotFound, err.Error())
		}
		packed, err := anypb.New(secret)
		if err != nil {
			return nil, err
		}
		response.Resources = append(response.Resources, packed)
	}
	return response, nil
}

// callerOf is the SPIFFE identity that a proxy proved.
func callerOf(ctx context.Context) (*url.URL, error) {
	from, ok := peer.FromContext(ctx)
	if !ok {
		return nil, fmt.Errorf("no peer")
	}
	info, ok := from.AuthInfo.(credentials.TLSInfo)
	if !ok || len(info.State.VerifiedChains) == 0 || len(info.State.VerifiedChains[0][0].URIs) != 1 {
		return nil, fmt.Errorf("no certificate with one SPIFFE identity")
	}
	return info.State.VerifiedChains[0][0].URIs[0], nil
}

func (s *secrets) secret(caller *url.URL, name string) (*tlsv3.Secret, error) {
	switch name {
	case "default":
		parts := identity.FindStringSubmatch(caller.Path)
		if parts == nil {
			return nil, fmt.Errorf("%s is no identity of a service account", caller)
		}
		base := filepath.Join(s.store.folder, parts[1], parts[2])
		chain, err := inline(base + ".crt")
		if err != nil {
			return nil, err
		}
		key, err := inline(base + ".key")
		if err != nil {
			return nil, err
		}
		certificate := &tlsv3.TlsCertificate{CertificateChain: chain, PrivateKey: key}
		return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_TlsCertificate{TlsCertificate: certificate}}, nil
	case "ROOTCA":
		root, err := inline(s.store.rootFile())
		if err != nil {
			return nil, err
		}
		context := &tlsv3.CertificateValidationContext{TrustedCa: root}
		return &tlsv3.Secret{Name: name, Type: &tlsv3.Secret_ValidationContext{ValidationContext: context}}, nil
	}
	return nil, fmt.Errorf("no secret %q", name)
}

func inline(path string) (*core.DataSource, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return &core.DataSource{Specifier: &core.DataSource_InlineBytes{InlineBytes: bytes}}, nil
}
