import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../../cluster/local/certificates';
import { writeKeyPair, writePrivate } from '../../../cluster/local/host-root';
import { Part } from '../../../cluster/local/part';
import { freePorts } from '../../../cluster/local/ports';

/** A real PostgreSQL that speaks TLS and asks everybody who comes over the network for a password. */
export interface Postgresql {
  /** `localhost:<port>`; its certificate is for `localhost`. */
  readonly address: string;
  /** File with the authority of its certificate. */
  readonly authority: string;
  /** Runs SQL as its owner, over a socket. */
  sql(text: string, database?: string): string;
  /** Runs SQL as an account with a password, over TLS; what it says, or undefined where it is refused. */
  as(account: { readonly username: string; readonly password: string }, text: string): string | undefined;
  stop(): Promise<void>;
}

const DATABASE = 'orders';
const DEBIAN = '/usr/lib/postgresql';

/** Starts the machine's own PostgreSQL with an empty database. Throws with the remedy where there is none. */
export async function startPostgresql(): Promise<Postgresql> {
  const bin = programs();
  const folder = mkdtempSync(join(tmpdir(), 'drun-pg-'));
  const data = join(folder, 'data');
  const owner = ownerOf();
  const [port = 0] = await freePorts(1);
  const authority = await createAuthority('authority of the database');
  const server = writeKeyPair(folder, 'server', await authority.issue({ name: 'localhost', hosts: ['localhost'] }));
  writePrivate(join(folder, 'root.crt'), authority.certificate);
  for (const path of [folder, server.certificate, server.key]) owner.give(path);
  chmodSync(folder, 0o755);
  owner.run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--auth-local=trust', '-N']);
  const settings = {
    ssl: 'on',
    ssl_cert_file: server.certificate,
    ssl_key_file: server.key,
    ssl_min_protocol_version: 'TLSv1.3',
    unix_socket_directories: folder,
    listen_addresses: 'localhost',
    fsync: 'off',
  };
  const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
  const psql = (connection: string, text: string, password?: string) =>
    spawnSync(join(bin, 'psql'), ['-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', connection, '-c', text], {
      encoding: 'utf8',
      env: { ...process.env, ...(password === undefined ? {} : { PGPASSWORD: password }) },
    });
  const local = (database: string) => `host=${folder} port=${port} user=postgres dbname=${database}`;
  const part = new Part<'postgresql'>({
    ...{ name: 'postgresql', ...owner.command(join(bin, 'postgres'), args), log: join(folder, 'postgresql.log') },
    isReady: () => Promise.resolve(psql(local('postgres'), 'SELECT 1').status === 0),
  });
  await part.start();
  const sql = (text: string, database = DATABASE) => {
    const { status, stdout, stderr } = psql(local(database), text);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  sql(`CREATE DATABASE ${DATABASE}`, 'postgres');
  return {
    address: `localhost:${port}`,
    authority: join(folder, 'root.crt'),
    sql,
    as: ({ username, password }, text) => {
      const tls = `sslmode=verify-full sslrootcert=${join(folder, 'root.crt')}`;
      const ran = psql(`host=localhost port=${port} user=${username} dbname=${DATABASE} ${tls}`, text, password);
      return ran.status === 0 ? ran.stdout.trim() : undefined;
    },
    stop: async () => {
      await part.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Folder of its programs: Debian keeps them off the PATH. */
function programs(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (found === undefined) throw new Error('no PostgreSQL on this machine: `apt-get install postgresql`');
  return found;
}

interface Owner {
  give(path: string): void;
  run(program: string, args: readonly string[]): void;
  command(program: string, args: readonly string[]): { readonly program: string; readonly args: readonly string[] };
}

/** PostgreSQL does not run as root: there it runs as the account that its package made. */
function ownerOf(): Owner {
  if (process.getuid?.() !== 0) {
    return {
      give: () => undefined,
      run: (program, args) => void execFileSync(program, args, { stdio: 'pipe' }),
      command: (program, args) => ({ program, args }),
    };
  }
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  return {
    give: (path) => chownSync(path, uid, gid),
    run: (program, args) => void execFileSync(program, args, { stdio: 'pipe', uid, gid, cwd: '/' }),
    command: (program, args) => ({
      program: 'setpriv',
      args: [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', program, ...args],
    }),
  };
}
