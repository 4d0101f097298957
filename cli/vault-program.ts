import type { Command } from 'commander';
import { common, examples, lazy, type Runner, repeatedOption } from './command-options';

/** The commands around a Vault. */
export function addVault(drun: Command, run: Runner): void {
  const vault = drun
    .command('vault')
    .description('bring up the Vault of a region, bring it back, and retire versions of its keys');
  addBootstrap(vault, run);
  addRestore(vault, run);
  addRetire(vault, run);
  addReencrypt(vault, run);
}

function addBootstrap(vault: Command, run: Runner): void {
  ofVault(
    vault.command('bootstrap'),
    'initialize a Vault that its seal opens, let the administrators of the environment sign on, and revoke the root token; may be run again wherever it stopped',
  )
    .addOption(repeatedOption('--holder <file>', 'public key (OpenPGP) of a recovery key’s holder; three at least'))
    .option('-o, --out <file>', 'file for the sealed keys (default: vault-recovery-keys-<environment>-<region>.json)')
    .addHelpText(
      'after',
      examples(
        'drun vault bootstrap dev --address https://127.0.0.1:8200 --holder ada.asc --holder bo.asc --holder cy.asc',
      ),
    )
    .action((environment: string, flags: object) =>
      run(
        'vault bootstrap',
        () => lazy<typeof import('./commands/vault-bootstrap')>('./commands/vault-bootstrap').vaultBootstrap,
        { address: '', ...flags, environment },
      ),
    );
}

function addRestore(vault: Command, run: Runner): void {
  ofVault(
    vault.command('restore'),
    'put a snapshot into the Vault of a region that has its seal’s key: checks its hashes, loses nothing newer unless told so, and looks for what it must hold; may be run again wherever it stopped',
    'whose Vault takes it (default: the one that it is of)',
  )
    .requiredOption('--snapshot <file>', 'the snapshot; its .json lies beside it')
    .option('--from <region>', 'whose snapshot it is (default: the only one)')
    .addOption(repeatedOption('--sha256 <file>', 'file of hashes, of each bucket; all must agree (default: beside it)'))
    .option('--replace <reason>', 'why what the Vault holds may go')
    .addHelpText(
      'after',
      examples('drun vault restore dev --address https://127.0.0.1:8200 --snapshot 20261128T060700Z.snap'),
    )
    .action((environment: string, flags: object) =>
      run(
        'vault restore',
        () => lazy<typeof import('./commands/vault-restore')>('./commands/vault-restore').vaultRestore,
        { address: '', snapshot: '', ...flags, environment },
      ),
    );
}

function addRetire(vault: Command, run: Runner): void {
  ofVault(
    vault.command('retire'),
    'let no version of a key decrypt that its policy retires; needs the token of an administrator in VAULT_TOKEN',
  )
    .option('--dry-run', 'say what would be retired, and retire nothing; exits with 1 where something is due')
    .addHelpText('after', examples('drun vault retire prod --region eu-west-1 --address https://vault.example:8200'))
    .action((environment: string, flags: object) =>
      run('vault retire', () => lazy<typeof import('./commands/vault-retire')>('./commands/vault-retire').vaultRetire, {
        address: '',
        ...flags,
        environment,
      }),
    );
}

function addReencrypt(vault: Command, run: Runner): void {
  ofVault(
    vault.command('reencrypt'),
    'have everything in the store of an API server written anew that is not sealed with the newest version of its key, then retire what the key’s policy retires; may be run again wherever it stopped',
  )
    .requiredOption('--key <key>', 'transit key behind the API server’s key service')
    .requiredOption('--store <url>', 'where its etcd answers, such as https://127.0.0.1:2379')
    .requiredOption('--store-ca <file>', 'authority of etcd’s certificate, as PEM')
    .requiredOption('--store-cert <file>', 'client certificate that etcd takes, as PEM')
    .requiredOption('--store-key <file>', 'its key, as PEM')
    .option('--kubeconfig <file>', 'kubeconfig of the API server (default: where kubectl looks)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .addHelpText(
      'after',
      examples(
        'drun vault reencrypt prod --region eu-west-1 --address https://vault.example:8200 --key etcd --context eu-central-1 --store https://127.0.0.1:2379 --store-ca ca.crt --store-cert client.crt --store-key client.key',
      ),
    )
    .action((environment: string, flags: object) =>
      run(
        'vault reencrypt',
        () => lazy<typeof import('./commands/vault-reencrypt')>('./commands/vault-reencrypt').vaultReencrypt,
        { address: '', key: '', store: '', storeCa: '', storeCert: '', storeKey: '', ...flags, environment },
      ),
    );
}

function ofVault(command: Command, description: string, region = 'whose Vault it is (default: the only one)'): Command {
  return common(command, description)
    .argument('<environment>', 'dev, staging or prod')
    .requiredOption('--address <url>', 'where the Vault answers, such as https://vault.example:8200')
    .option('--region <region>', region)
    .option('--ca <file>', 'authority of its certificate, as PEM (default: those that Node believes)');
}
