/** The firewall of every environment. The first release builds it and states its digest here, which ends the exemption. */
export const WAF_IMAGE = {
  unpinned: 'registry.drun.example/platform/waf:0.1.0',
  because: 'the image is built by the first release, which then states its digest',
  owner: 'drun-platform',
  expires: '2027-03-31',
} as const;
