//go:build tools

// Package nodejs pins Pulumi's host for programs of Node. Newer releases keep it in a module that is not published by
// version; the engine's protocol has stayed the same, so the command line of 3.250 drives this one.
package nodejs

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
