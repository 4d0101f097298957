/** The firewall of every environment. The first release builds it and states its digest here, which ends the exemption. */
export const WAF_IMAGE = {
  unpinned: 'registry.drun.example/platform/waf:0.1.0',
  because: 'the image is built by the first release, which then states its digest',
  owner: 'drun-platform',
  expires: '2027-03-31',
} as const;

/** What carries tenants' exclusions to the firewall (https://github.com/kiwigrid/k8s-sidecar); mirrored by the first release. */
export const CONFIG_SYNC_IMAGE = {
  unpinned: 'registry.drun.example/mirror/kiwigrid/k8s-sidecar:2.11.2',
  because: 'the image is mirrored by the first release, which then states its digest',
  owner: 'drun-platform',
  expires: '2027-03-31',
} as const;

/** Who counts over all proxies, at the commit that tools/ratelimit builds; the first release mirrors it and states its digest. */
export const RATE_LIMIT_IMAGE = {
  unpinned: 'registry.drun.example/mirror/envoyproxy/ratelimit:3fb70258',
  because: 'the image is mirrored by the first release, which then states its digest',
  owner: 'drun-platform',
  expires: '2027-03-31',
} as const;

/** Command lines that take and carry snapshots; the first release mirrors both and states their digests. */
export const SNAPSHOT_IMAGES = {
  vault: {
    unpinned: 'registry.drun.example/mirror/hashicorp/vault:1.21.0',
    because: 'the image is mirrored by the first release, which then states its digest',
    owner: 'drun-platform',
    expires: '2027-03-31',
  },
  rclone: {
    unpinned: 'registry.drun.example/mirror/rclone/rclone:1.72.1',
    because: 'the image is mirrored by the first release, which then states its digest',
    owner: 'drun-platform',
    expires: '2027-03-31',
  },
} as const;
