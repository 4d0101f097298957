// Vault as released, without what its tag `minimal` leaves out. Two plugins of that are here again: the program runs them beside
// itself, as it runs any external plugin, and `plugin-kubernetes` or `plugin-postgresql` is what it is called with then.
package main

import (
	"fmt"
	"os"

	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	"github.com/hashicorp/vault/command"
	"github.com/hashicorp/vault/plugins/database/postgresql"
	database "github.com/hashicorp/vault/sdk/database/dbplugin/v5"
	"github.com/hashicorp/vault/sdk/plugin"
)

func main() {
	if len(os.Args) < 2 {
		os.Exit(command.Run(nil))
	}
	switch os.Args[1] {
	case "plugin-kubernetes":
		if err := plugin.ServeMultiplex(&plugin.ServeOpts{BackendFactoryFunc: kubernetes.Factory}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "plugin-postgresql":
		database.ServeMultiplex(postgresql.New)
	default:
		os.Exit(command.Run(os.Args[1:]))
	}
}
