//go:build tools

// Package pulumi pins the Pulumi command line, the engine that the deployment tests drive.
package pulumi

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
