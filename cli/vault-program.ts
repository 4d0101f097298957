import type { Command } from 'commander';
import { common, examples, lazy, type Runner, repeatedOption } from './command-options';

/** Adds what people do with the Vault of a region. */
export function addVault(drun: Command, run: Runner): void {
  const vault = drun.command('vault').description('bring up the Vault of a region, and bring it back');
  addVaultRestore(vault, run);
  common(
    vault.command('bootstrap'),
    'initialize a Vault that its seal opens, let the administrators of the environment sign on, and revoke the root token; may be run again wherever it stopped',
  )
    .argument('<environment>', 'dev, staging or prod')
    .requiredOption('--address <url>', 'where the Vault answers, such as https://vault.example:8200')
    .option('--region <region>', 'whose Vault it is (default: the only one)')
    .option('--ca <file>', 'authority of its certificate, as PEM (default: those that Node believes)')
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

function addVaultRestore(vault: Command, run: Runner): void {
  common(
    vault.command('restore'),
    'put a snapshot into the Vault of a region that has its seal’s key: checks its hashes, loses nothing newer unless told so, and looks for what it must hold; may be run again wherever it stopped',
  )
    .argument('<environment>', 'dev, staging or prod')
    .requiredOption('--address <url>', 'where the Vault answers, such as https://vault.example:8200')
    .requiredOption('--snapshot <file>', 'the snapshot; its .json lies beside it')
    .option('--from <region>', 'whose snapshot it is (default: the only one)')
    .option('--region <region>', 'whose Vault takes it (default: the one that it is of)')
    .option('--ca <file>', 'authority of its certificate, as PEM (default: those that Node believes)')
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
