// Vault as released, without the parts that its tag `minimal` leaves out; two of those run beside it, as plugins of the same program.
package main

import (
	"fmt"
	"os"

	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	redis "github.com/hashicorp/vault-plugin-database-redis"
	"github.com/hashicorp/vault/command"
	database "github.com/hashicorp/vault/sdk/database/dbplugin/v5"
	"github.com/hashicorp/vault/sdk/plugin"
)

func main() {
	if len(os.Args) != 2 {
		os.Exit(command.Run(os.Args[1:]))
	}
	switch os.Args[1] {
	case "plugin-kubernetes":
		exit(plugin.ServeMultiplex(&plugin.ServeOpts{BackendFactoryFunc: kubernetes.Factory}))
	case "plugin-redis":
		database.ServeMultiplex(redis.New)
	default:
		os.Exit(command.Run(os.Args[1:]))
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
