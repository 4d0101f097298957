import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { type Authority, createAuthority } from '../../../cluster/local/certificates';
import { newFolder, writeKeyPair, writePrivate } from '../../../cluster/local/host-root';
import { Part } from '../../../cluster/local/part';
import { freePorts } from '../../../cluster/local/ports';
import { listAt, stringAt } from '../../../constructs/core/json';
import { toolPath } from '../../../tools/provide';

/** Keys that the cloud gives out for an hour; here they are the same for everybody, and belong to nothing. */
const GIVEN = { id: 'AKIASTANDIN', key: 'stand-in-of-a-test' } as const;

/** One region's store of objects: rclone serves a folder as S3, over TLS. */
export interface BucketStore {
  /** Names of the objects below a prefix. */
  names(prefix: string): readonly string[];
  read(path: string): Buffer;
  /** Variables by which a client finds it, and who gives out its keys. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Gives out keys for tokens of one account, made for it and for nobody else; says what it refused. */
export interface TokenService {
  readonly url: string;
  readonly refused: () => readonly string[];
  stop(): void;
}

/** Starts a store with one bucket. */
export async function startBucket(name: string, tokens: TokenService, authority: Authority): Promise<BucketStore> {
  const folder = newFolder();
  mkdirSync(join(folder, 'data', name), { recursive: true });
  const [port = 0] = await freePorts(1);
  const { certificate, key } = writeKeyPair(folder, 's3', await authority.issue({ name: 's3', hosts: ['127.0.0.1'] }));
  const ca = join(folder, 'ca.crt');
  writePrivate(ca, authority.certificate);
  const tls = ['--cert', certificate, '--key', key];
  const url = `https://127.0.0.1:${port}`;
  const part = new Part<'rclone'>({
    name: 'rclone',
    program: await toolPath('rclone'),
    args: [
      'serve',
      's3',
      '--addr',
      url.slice(8),
      '--auth-key',
      `${GIVEN.id},${GIVEN.key}`,
      ...tls,
      join(folder, 'data'),
    ],
    env: { RCLONE_CONFIG: '/dev/null', RCLONE_VFS_CACHE_MODE: 'off' },
    log: join(folder, 's3.log'),
    isReady: async () =>
      existsSync(join(folder, 's3.log')) && /Starting s3 server/.test(readFileSync(join(folder, 's3.log'), 'utf8')),
  });
  await part.start();
  const below = (path: string) => join(folder, 'data', name, path);
  return {
    names: (prefix) => (existsSync(below(prefix)) ? readdirSync(below(prefix)).sort() : []),
    read: (path) => readFileSync(below(path)),
    // Its own dialect, which differs from that of AWS in how the sums of a request are sent.
    env: {
      RCLONE_S3_PROVIDER: 'Rclone',
      RCLONE_S3_ENDPOINT: url,
      RCLONE_CA_CERT: ca,
      AWS_CA_BUNDLE: ca,
      AWS_ENDPOINT_URL_STS: tokens.url,
    },
    stop: () => part.stop(),
  };
}

/** Starts what stands for AWS's security token service (AssumeRoleWithWebIdentity). It does not look at signatures. */
export async function startTokenService(account: string, authority: Authority): Promise<TokenService> {
  const refused: string[] = [];
  const { certificate, key } = await authority.issue({ name: 'sts', hosts: ['127.0.0.1'] });
  const server = createServer({ cert: certificate, key, minVersion: 'TLSv1.3' }, (asked, answer) => {
    let text = '';
    asked.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    asked.on('end', () => {
      const why = refusalOf(new URLSearchParams(text), account);
      if (why === undefined) return answer.end(credentials());
      refused.push(why);
      return answer
        .writeHead(400)
        .end('<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `https://127.0.0.1:${port}`, refused: () => refused, stop: () => void server.close() };
}

/** An authority for both. */
export function bucketAuthority(): Promise<Authority> {
  return createAuthority('drun test buckets');
}

function refusalOf(form: URLSearchParams, account: string): string | undefined {
  const claims: unknown = JSON.parse(
    Buffer.from(form.get('WebIdentityToken')?.split('.')[1] ?? '', 'base64url').toString() || '{}',
  );
  if (form.get('Action') !== 'AssumeRoleWithWebIdentity') return `action ${form.get('Action')}`;
  if (!listAt(claims, 'aud').includes('sts.amazonaws.com')) return `audience ${listAt(claims, 'aud').join(', ')}`;
  return stringAt(claims, 'sub') === account ? undefined : `account ${stringAt(claims, 'sub')}`;
}

function credentials(): string {
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const fields = { AccessKeyId: GIVEN.id, SecretAccessKey: GIVEN.key, SessionToken: 'stand-in', Expiration: until };
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return [
    '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">',
    `<AssumeRoleWithWebIdentityResult><Credentials>${inner.join('')}</Credentials></AssumeRoleWithWebIdentityResult>`,
    '</AssumeRoleWithWebIdentityResponse>',
  ].join('');
}
