module drun.io/tools/published

go 1.26

require (
	github.com/argoproj/argo-cd/v3 v3.5.4
	github.com/cert-manager/cert-manager v1.21.2
	github.com/external-secrets/external-secrets v1.3.2
	github.com/fluxcd/helm-controller v1.6.4
	github.com/fluxcd/kustomize-controller v1.9.5
	github.com/fluxcd/source-controller v1.9.5
	github.com/hashicorp/vault-secrets-operator v0.10.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
	istio.io/api v1.31.1
	k8s.io/pod-security-admission v0.36.1
	sigs.k8s.io/gateway-api v1.6.1
	sigs.k8s.io/kueue v0.15.2
	sigs.k8s.io/network-policy-api v0.2.0
	sigs.k8s.io/secrets-store-csi-driver v1.5.5
)
