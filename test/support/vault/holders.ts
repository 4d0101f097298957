import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** People who hold recovery keys, each with an OpenPGP key of his own. */
export interface Holders {
  /** Files with their public keys. */
  readonly files: readonly string[];
  /** The public keys themselves, base64. */
  readonly keys: readonly string[];
  /** What one of them reads in what was sealed for him; base64 in and out. */
  open(sealed: string): string;
  stop(): void;
}

/** Makes the keys with GnuPG. Throws with the remedy where there is none. */
export function holders(names: readonly string[]): Holders {
  if (spawnSync('gpg', ['--version']).error !== undefined)
    throw new Error('no gpg on the PATH: `apt-get install gnupg`');
  // Short: its agent listens at a socket in there.
  const home = mkdtempSync(join(tmpdir(), 'gpg-'));
  const gpg = (args: readonly string[], input?: Buffer) =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
      {
        ...(input === undefined ? {} : { input }),
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
  const files = names.map((name) => {
    gpg(['--quick-generate-key', name, 'future-default', 'default', '1d']);
    const file = join(home, `${name}.asc`);
    writeFileSync(file, gpg(['--armor', '--export', name]));
    return file;
  });
  return {
    files,
    keys: names.map((name) => gpg(['--export', name]).toString('base64')),
    open: (sealed) => gpg(['--decrypt'], Buffer.from(sealed, 'base64')).toString('utf8').trim(),
    stop: () => {
      spawnSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
