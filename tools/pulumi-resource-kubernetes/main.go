// The Kubernetes plugin of Pulumi as its own main package serves it. That package cannot be built from the module: it embeds
// files that a step of the release writes. They are copies of schema.json and terraform-mapping.json, which the module holds
// and the build lays over this folder.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() { provider.Serve("kubernetes", version.Version, schema, mapping) }
