/** Codes with which the commands around a Vault refuse. */
export const VAULT_CODES = {
  VB001: {
    title: 'what is asked of Vault is done',
    why: 'a step that was refused leaves a Vault that is neither closed nor configured',
    remedy: 'read what Vault said; the procedure may be run again and goes on where it stopped',
    control: 'IAM-4',
  },
  VB002: {
    title: 'every Vault unseals itself with the key of its seal',
    why: 'shares of an unseal key lie with people, who are asleep when a node restarts',
    remedy:
      'give the Vault a seal (`seal` of VaultCluster) and let it reach the key’s service, then run the procedure again',
    control: 'ENC-3',
  },
  VB003: {
    title: 'recovery keys are sealed for those who hold them',
    why: 'a share that was on a screen or in a file in plain text is nobody’s secret, and one holder alone could become root',
    remedy: 'name a file with the OpenPGP public key of each holder, three at least (`--holder`)',
    control: 'ENC-3',
  },
  VB004: {
    title: 'a Vault that has no administrator yet is configured with a root token',
    why: 'a run that stopped after the first step took its root token with it: it was in memory only',
    remedy:
      'let the holders of the recovery keys make another one (`vault operator generate-root`) and hand it over in VAULT_TOKEN; if the recovery keys were lost as well, nothing is lost with the Vault: begin with an empty one',
    control: 'IAM-4',
  },
  VB005: {
    title: 'an administrator has signed on before the root token goes',
    why: 'a Vault that nobody can administer can only be opened again by the holders of its recovery keys',
    remedy:
      'sign on at the identity provider and hand the token over in DRUN_ID_TOKEN; it needs the claims that the message names',
    control: 'IAM-4',
  },
  VB006: {
    title: 'no root token is left',
    why: 'a root token is never asked for anything, and leaves no name in the audit log',
    remedy: 'run the procedure again; it revokes every root token that it finds',
    control: 'IAM-4',
  },
  VB007: {
    title: 'what is restored is what was taken',
    why: 'a snapshot that was cut short or changed would replace everything that Vault knows',
    remedy:
      'fetch the snapshot and its .json again, with the .sha256 of the other region, which nobody changed along with them',
    control: 'BDR-3',
  },
  VB008: {
    title: 'a snapshot is restored where the key of its seal is',
    why: 'under another key the Vault stays sealed, and what it held before is gone',
    remedy:
      'restore in the region itself or in one that `seal.replicatedTo` names, into a Vault with the same seal; keys that stay in their region open nothing elsewhere',
    control: 'BDR-2',
  },
  VB009: {
    title: 'a restore takes nothing away that is newer',
    why: 'everything that the Vault holds is replaced: what was written after the snapshot is lost',
    remedy: 'take a snapshot of it first; then say with `--replace <reason>` why it may go',
    control: 'BDR-3',
  },
  VB010: {
    title: 'a Vault that is initialized is restored by its holders',
    why: 'no login of the platform may replace what Vault holds; an empty Vault has nothing to lose and needs none',
    remedy:
      'let the holders of its recovery keys make a root token (`vault operator generate-root`) and hand it over in VAULT_TOKEN; one that an earlier run left behind has no holders and holds nothing: remove its storage and run again',
    control: 'IAM-4',
  },
  VB011: {
    title: 'a restored Vault holds what was there when the snapshot was taken',
    why: 'a Vault that answers may still be the one from before, or one that nobody can sign on to',
    remedy: 'leave the Vault closed to workloads, and restore the snapshot before this one into an empty Vault',
    control: 'BDR-3',
  },
  VB012: {
    title: 'the versions of a key are known',
    why: 'a version is retired by its age, and one that is retired too early takes data with it',
    remedy:
      'look at what answers at the address: `vault read transit/keys/<key>` names versions and when each was made',
    control: 'ENC-3',
  },
} as const;

/** A code of {@link VAULT_CODES}. */
export type VaultCode = keyof typeof VAULT_CODES;
